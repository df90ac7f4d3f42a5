package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/apikey"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// The form of an API key: a prefix by which people and scanners know it, and 256 bits of randomness.
const (
	keyPrefix = "ask_"
	keyBytes  = 32
)

// MaxKeyValidity is how long an API key with an end may be valid, at most.
const MaxKeyValidity = 10 * 366 * 24 * time.Hour

// CreateAPIKeyInput is a new API key: what it may do, and for how long; without an end it is valid until revoked.
type CreateAPIKeyInput struct {
	Name           string
	Permissions    []policy.Action
	ValidFor       *time.Duration
	IdempotencyKey *string
}

// CreateAPIKey makes an API key and gives its secret, which is shown this once. A permission that integrations
// cannot have is Invalid at its place, a name that is taken AlreadyExists. Repeating it with the same idempotency
// key returns the first key again, without its secret.
func (s *Service) CreateAPIKey(ctx context.Context, actor policy.Actor, in CreateAPIKeyInput) (key *ent.APIKey, secret string, err error) {
	scope, err := s.tenant.As(ctx, actor, policy.APIKeyManage)
	if err != nil {
		return nil, "", err
	}
	if scope.Limited() {
		return nil, "", fault.New(fault.Denied, "a limited member cannot make API keys, which see the whole organization")
	}
	if err := in.check(scope); err != nil {
		return nil, "", err
	}
	key, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.APIKey, error) {
		secret = ""
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (id gid.ID, err error) {
			secret, id, err = s.addKey(ctx, tx, in)
			return id, err
		})
		if err != nil {
			return nil, err
		}
		return tenant.Only[*ent.APIKey]("API key")(tx.APIKeys().Where(apikey.ID(id)).Only(ctx))
	})
	if err != nil {
		return nil, "", err
	}
	return key, secret, nil
}

func (in *CreateAPIKeyInput) check(scope tenant.Scope) error {
	var c fault.Checks
	c.Line(in.Name, 1, 200, "name")
	c.That(len(in.Permissions) >= 1, "at least one permission is needed", "permissions")
	seen := map[policy.Action]bool{}
	for i, p := range in.Permissions {
		place := []string{"permissions", strconv.Itoa(i)}
		c.That(scope.RoleAllows(policy.Integration, p), "there is no such permission for integrations", place...)
		c.That(!seen[p], "this permission is named twice", place...)
		seen[p] = true
	}
	if in.ValidFor != nil {
		c.That(*in.ValidFor > 0 && *in.ValidFor <= MaxKeyValidity, "this must be more than nothing and at most ten years", "validFor")
	}
	return c.Err()
}

func (s *Service) addKey(ctx context.Context, tx tenant.Tx, in CreateAPIKeyInput) (secret string, id gid.ID, err error) {
	existing, err := tx.APIKeys().Where(apikey.Name(in.Name)).Only(ctx)
	if err == nil {
		return "", gid.ID{}, nameTaken(existing)
	}
	if !ent.IsNotFound(err) {
		return "", gid.ID{}, fmt.Errorf("find API key: %w", err)
	}
	secret, hash, err := s.newSecret()
	if err != nil {
		return "", gid.ID{}, err
	}
	permissions := make([]string, len(in.Permissions))
	for i, p := range in.Permissions {
		permissions[i] = string(p)
	}
	create := tx.NewAPIKey().SetName(in.Name).SetSecretHash(hash).SetPermissions(permissions)
	if in.ValidFor != nil {
		create.SetExpiresAt(tx.Now.Add(in.ValidFor.Truncate(time.Microsecond)))
	}
	row, err := create.Save(ctx)
	if ent.IsConstraintError(err) {
		return "", gid.ID{}, nameTaken(nil)
	}
	if err != nil {
		return "", gid.ID{}, fmt.Errorf("create API key: %w", err)
	}
	return secret, row.ID, tx.Announce(ctx, event.APIKeyCreated, row.ID, nil)
}

func nameTaken(existing any) error {
	return fault.Taken("there is already an API key of this name", existing, "name")
}

// newSecret makes a key's secret and the hash that is kept of the whole of it.
func (s *Service) newSecret() (secret string, hash []byte, err error) {
	raw := make([]byte, keyBytes)
	if _, err := io.ReadFull(s.random, raw); err != nil {
		return "", nil, fmt.Errorf("random source: %w", err)
	}
	secret = keyPrefix + base64.RawURLEncoding.EncodeToString(raw)
	sum := sha256.Sum256([]byte(secret))
	return secret, sum[:], nil
}
