package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	entsql "entgo.io/ent/dialect/sql"

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

// APIKeyState is whether an API key works.
type APIKeyState string

// The states of an API key. One that was revoked stays so when its time is over.
const (
	APIKeyActive  APIKeyState = "ACTIVE"
	APIKeyExpired APIKeyState = "EXPIRED"
	APIKeyRevoked APIKeyState = "REVOKED"
)

// Values lists every state.
func (APIKeyState) Values() []string {
	return []string{string(APIKeyActive), string(APIKeyExpired), string(APIKeyRevoked)}
}

// APIKey is an API key as it stood when it was read.
//
// It keeps the permissions it was granted when whoever made it loses theirs or leaves: it is the organization's.
// What the policy no longer allows any integration is refused to it all the same.
type APIKey struct {
	*ent.APIKey
	State              APIKeyState
	PreviousValidUntil *time.Time // until when the secret before the last rotation goes on working; nil if it does not
}

// asOf tells how an API key stands at a time.
func asOf(row *ent.APIKey, now time.Time) *APIKey {
	key := &APIKey{APIKey: row, State: APIKeyActive}
	switch {
	case row.RevokedAt != nil:
		key.State = APIKeyRevoked
	case row.ExpiresAt != nil && !row.ExpiresAt.After(now):
		key.State = APIKeyExpired
	case row.PreviousUntil != nil && row.PreviousUntil.After(now):
		key.PreviousValidUntil = row.PreviousUntil
	}
	return key
}

// IssuedAPIKey is an API key with its new secret, which is shown this once: a repetition has none.
type IssuedAPIKey struct {
	Key    *APIKey
	Secret *string
}

// CreateAPIKeyInput is a new API key: what it may do, and for how long; without an end it is valid until revoked.
type CreateAPIKeyInput struct {
	Name           string
	Permissions    []policy.Action
	ValidFor       *time.Duration
	IdempotencyKey *string
}

// CreateAPIKey makes an API key and gives its secret, which is shown this once. A permission that integrations or
// the actor cannot have is Invalid at its place, a name that is taken AlreadyExists. Repeating it with the same
// idempotency key returns the first key again, without its secret.
func (s *Service) CreateAPIKey(ctx context.Context, actor policy.Actor, in CreateAPIKeyInput) (*IssuedAPIKey, error) {
	scope, err := s.tenant.As(ctx, actor, policy.APIKeyManage)
	if err = unlimited(scope, err); err != nil {
		return nil, err
	}
	if err := in.check(scope); err != nil {
		return nil, err
	}
	return issue(ctx, scope, in.IdempotencyKey, in, func(tx tenant.Tx) (string, gid.ID, error) {
		return s.addKey(ctx, tx, in)
	})
}

// unlimited refuses members who see only some job roles, after As has refused who lacks the permission.
func unlimited(scope tenant.Scope, err error) error {
	if err == nil && scope.Limited() {
		return fault.New(fault.Denied, "a limited member cannot manage API keys, which see the whole organization")
	}
	return err
}

func (in *CreateAPIKeyInput) check(scope tenant.Scope) error {
	var c fault.Checks
	c.Line(in.Name, 1, 200, "name")
	c.That(len(in.Permissions) >= 1, "at least one permission is needed", "permissions")
	seen := map[policy.Action]bool{}
	for i, p := range in.Permissions {
		place := []string{"permissions", strconv.Itoa(i)}
		possible := scope.RoleAllows(policy.Integration, p)
		c.That(possible, "there is no such permission for integrations", place...)
		c.That(!possible || mayGrant(scope, p), "you cannot grant a permission that you do not have", place...)
		c.That(!seen[p], "this permission is named twice", place...)
		seen[p] = true
	}
	if in.ValidFor != nil {
		c.That(*in.ValidFor > 0 && *in.ValidFor <= MaxKeyValidity, "this must be more than nothing and at most ten years", "validFor")
	}
	return c.Err()
}

// mayGrant keeps a member from granting more than they have; the operator's command line acts as Assay itself.
func mayGrant(scope tenant.Scope, p policy.Action) bool {
	return scope.Allows(p) || scope.Actor().Has(policy.System)
}

// issue makes a secret in one transaction, once for an idempotency key.
func issue(ctx context.Context, scope tenant.Scope, key *string, input any, secretOf func(tenant.Tx) (string, gid.ID, error)) (*IssuedAPIKey, error) {
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*IssuedAPIKey, error) {
		var issued IssuedAPIKey
		id, err := tenant.Once(ctx, tx, key, input, func() (gid.ID, error) {
			secret, id, err := secretOf(tx)
			issued.Secret = &secret
			return id, err
		})
		if err != nil {
			return nil, err
		}
		issued.Key, err = oneKey(ctx, tx, id)
		return &issued, err
	})
}

// oneKey reads an API key as it stands at the operation's time.
func oneKey(ctx context.Context, tx tenant.Tx, id gid.ID) (*APIKey, error) {
	row, err := tenant.Only[*ent.APIKey]("API key")(tx.APIKeys().Where(apikey.ID(id)).Only(ctx))
	if err != nil {
		return nil, err
	}
	return asOf(row, tx.TokenTime()), nil
}

func (s *Service) addKey(ctx context.Context, tx tenant.Tx, in CreateAPIKeyInput) (secret string, id gid.ID, err error) {
	now := tx.TokenTime()
	existing, err := tx.APIKeys().Where(apikey.Name(in.Name)).Only(ctx)
	if err == nil {
		return "", gid.ID{}, nameTaken(asOf(existing, now))
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
	create := tx.NewAPIKey().SetCreatedAt(now).SetName(in.Name).SetSecretHash(hash).SetPermissions(permissions).
		SetHolders(holders(tx, nil))
	if in.ValidFor != nil {
		create.SetExpiresAt(now.Add(in.ValidFor.Truncate(time.Microsecond)))
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

// holders are the members who were shown a secret of a key, whoever is shown one now among them: what the key writes they
// may not approve.
func holders(tx tenant.Tx, before []gid.ID) []gid.ID {
	if id := tx.Actor().ID; !id.IsZero() && !slices.Contains(before, id) {
		return append(slices.Clone(before), id)
	}
	return before
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

// APIKeys lists the API keys, also those that work no longer, the newest first.
func (s *Service) APIKeys(ctx context.Context, actor policy.Actor, paging tenant.Paging) (*tenant.Page[*APIKey], error) {
	scope, err := s.tenant.As(ctx, actor, policy.APIKeyManage)
	if err = unlimited(scope, err); err != nil {
		return nil, err
	}
	at := func(key *APIKey) tenant.Cursor { return tenant.Cursor{ID: key.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*APIKey, error) {
		return readKeys(ctx, scope, window)
	})
	if err != nil {
		return nil, err
	}
	page.Total = scope.APIKeys().Count
	return page, nil
}

// APIKeysByID reads API keys for a batch; what is not visible is left out.
func (s *Service) APIKeysByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*APIKey, error) {
	scope, err := s.tenant.As(ctx, actor, policy.APIKeyManage)
	if err = unlimited(scope, err); err != nil {
		return nil, err
	}
	return readKeys(ctx, scope, tenant.In(apikey.FieldID, ids))
}

func readKeys(ctx context.Context, scope tenant.Scope, where func(*entsql.Selector)) ([]*APIKey, error) {
	now, err := scope.TokenTime(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := scope.APIKeys().Where(where).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read API keys: %w", err)
	}
	keys := make([]*APIKey, len(rows))
	for i, row := range rows {
		keys[i] = asOf(row, now)
	}
	return keys, nil
}
