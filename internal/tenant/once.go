package tenant

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
)

// MaxKey bounds an idempotency key, in bytes.
const MaxKey = 255

// Once runs fn at most once for an idempotency key of the actor and action, in the same commit, and returns the
// id of what it made. The same key with the same input returns the first id again; with another input it is
// IdempotencyMismatch. Without a key, fn simply runs.
func Once(ctx context.Context, tx Tx, key *string, input any, fn func() (gid.ID, error)) (gid.ID, error) {
	if key == nil {
		return fn()
	}
	if *key == "" || len(*key) > MaxKey || !utf8.ValidString(*key) || strings.ContainsRune(*key, 0) {
		return gid.ID{}, fault.At("an idempotency key has 1 to 255 characters", "idempotencyKey")
	}
	hash, err := inputHash(input)
	if err != nil {
		return gid.ID{}, err
	}
	args := Args{
		"id": tx.NewID(gid.Once), "actor": tx.label(), "action": string(tx.action), "key": *key,
		"hash": hash, "now": tx.Now,
	}
	n, err := tx.Exec(ctx, `INSERT INTO onces (id, organization_id, actor, action, key, input_hash, created_at)
		VALUES (@id, @org, @actor, @action, @key, @hash, @now)
		ON CONFLICT (organization_id, actor, action, key) DO NOTHING`, args)
	if err != nil {
		return gid.ID{}, fmt.Errorf("claim idempotency key: %w", err)
	}
	if n == 0 {
		return earlier(ctx, tx, args)
	}
	id, err := fn()
	if err != nil {
		return gid.ID{}, err
	}
	args["result"] = id
	_, err = tx.Exec(ctx, "UPDATE onces SET result_id = @result WHERE organization_id = @org AND id = @id", args)
	return id, err
}

// earlier finds what the same key made before.
func earlier(ctx context.Context, tx Tx, args Args) (gid.ID, error) {
	rows, err := tx.Query(ctx, `SELECT input_hash, result_id FROM onces
		WHERE organization_id = @org AND actor = @actor AND action = @action AND key = @key`, args)
	if err != nil {
		return gid.ID{}, fmt.Errorf("find idempotency key: %w", err)
	}
	defer rows.Close()
	var (
		hash []byte
		id   gid.ID
	)
	if !rows.Next() {
		return gid.ID{}, fmt.Errorf("find idempotency key: %w", rows.Err())
	}
	if err := rows.Scan(&hash, &id); err != nil {
		return gid.ID{}, fmt.Errorf("find idempotency key: %w", err)
	}
	if string(hash) != string(args["hash"].([]byte)) {
		return gid.ID{}, fault.New(fault.IdempotencyMismatch, "this idempotency key was used with another input")
	}
	return id, nil
}

// inputHash names the input's type as well: two operations of one permission may look alike.
func inputHash(input any) ([]byte, error) {
	text, err := json.Marshal(input)
	if err != nil {
		return nil, fmt.Errorf("hash input: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%T\n%s", input, text))
	return sum[:], nil
}
