package account

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// How long the old secret goes on working after a rotation: by default, and at most.
const (
	DefaultKeyOverlap = 24 * time.Hour
	MaxKeyOverlap     = 30 * 24 * time.Hour
)

// RotateAPIKeyInput gives an API key a new secret; the old one works for another Overlap.
type RotateAPIKeyInput struct {
	ID             gid.ID
	Overlap        *time.Duration // DefaultKeyOverlap if nil
	IdempotencyKey *string
}

// RotateAPIKey gives an API key a new secret, which is shown this once. The old one works until the overlap is over
// or the key ends, whichever is first; one that was still in its overlap ends at once. A key that was revoked or has
// expired is Conflict. Repeating it with the same idempotency key rotates nothing and gives no secret.
func (s *Service) RotateAPIKey(ctx context.Context, actor policy.Actor, in RotateAPIKeyInput) (*IssuedAPIKey, error) {
	scope, err := s.tenant.As(ctx, actor, policy.APIKeyManage)
	if err = unlimited(scope, err); err != nil {
		return nil, err
	}
	overlap := DefaultKeyOverlap
	if in.Overlap != nil {
		overlap = *in.Overlap
	}
	if overlap < 0 || overlap > MaxKeyOverlap {
		return nil, fault.At("this must be at most thirty days", "overlap")
	}
	return issue(ctx, scope, in.IdempotencyKey, in, func(tx tenant.Tx) (string, gid.ID, error) {
		secret, err := s.rotateKey(ctx, tx, in.ID, overlap.Truncate(time.Microsecond))
		return secret, in.ID, err
	})
}

func (s *Service) rotateKey(ctx context.Context, tx tenant.Tx, id gid.ID, overlap time.Duration) (string, error) {
	row, err := tenant.Only[*ent.APIKey]("API key")(tx.LockAPIKey(ctx, id))
	if err != nil {
		return "", err
	}
	now := tx.TokenTime()
	switch asOf(row, now).State {
	case APIKeyRevoked:
		return "", fault.New(fault.Conflict, "this API key was revoked; make a new one")
	case APIKeyExpired:
		return "", fault.New(fault.Conflict, "this API key has expired; make a new one")
	}
	secret, hash, err := s.newSecret()
	if err != nil {
		return "", err
	}
	change := tx.ChangeAPIKey(id).SetSecretHash(hash).SetRotatedAt(now).SetHolders(holders(tx, row.Holders))
	if overlap > 0 {
		change.SetPreviousHash(row.SecretHash).SetPreviousUntil(earlier(now.Add(overlap), row.ExpiresAt))
	} else {
		change.ClearPreviousHash().ClearPreviousUntil()
	}
	if err := change.Exec(ctx); err != nil {
		return "", fmt.Errorf("rotate API key: %w", err)
	}
	return secret, tx.Announce(ctx, event.APIKeyRotated, id, nil)
}

// earlier is the first of two times, of which the second may be none.
func earlier(t time.Time, other *time.Time) time.Time {
	if other != nil && other.Before(t) {
		return *other
	}
	return t
}

// RevokeAPIKeyInput ends an API key.
type RevokeAPIKeyInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// RevokeAPIKey ends an API key with every secret it has: the next request is refused. Doing it again changes nothing.
func (s *Service) RevokeAPIKey(ctx context.Context, actor policy.Actor, in RevokeAPIKeyInput) (*APIKey, error) {
	scope, err := s.tenant.As(ctx, actor, policy.APIKeyManage)
	if err = unlimited(scope, err); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*APIKey, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, revokeKey(ctx, tx, in.ID) })
		if err != nil {
			return nil, err
		}
		return oneKey(ctx, tx, id)
	})
}

func revokeKey(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := tenant.Only[*ent.APIKey]("API key")(tx.LockAPIKey(ctx, id))
	if err != nil || row.RevokedAt != nil {
		return err
	}
	err = tx.ChangeAPIKey(id).SetRevokedAt(tx.TokenTime()).ClearPreviousHash().ClearPreviousUntil().Exec(ctx)
	if err != nil {
		return fmt.Errorf("revoke API key: %w", err)
	}
	return tx.Announce(ctx, event.APIKeyRevoked, id, nil)
}
