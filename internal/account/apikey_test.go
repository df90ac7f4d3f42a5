package account_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"regexp"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

func input(name string) account.CreateAPIKeyInput {
	return account.CreateAPIKeyInput{Name: name, Permissions: []policy.Action{policy.SessionInvite, policy.ReportRead}}
}

// create makes a key of the first organization.
func (r *rig) create(t *testing.T, name string) *account.APIKey {
	t.Helper()
	return r.issued(t, input(name)).Key
}

func (r *rig) issued(t *testing.T, in account.CreateAPIKeyInput) *account.IssuedAPIKey {
	t.Helper()
	issued, err := r.accounts.CreateAPIKey(t.Context(), r.owner, in)
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

// opens reports whether a secret is taken.
func (r *rig) opens(t *testing.T, secret string) bool {
	t.Helper()
	_, err := r.store.Directory().KeyActor(t.Context(), sha256.Sum256([]byte(secret)))
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		t.Fatal(err)
	}
	return err == nil
}

// limited is an owner who sees only some job roles.
func (r *rig) limited() policy.Actor {
	actor := r.owner
	actor.Limited = true
	return actor
}

// refused demands that keys are managed by nobody who may not, and not by who sees only some job roles.
func (r *rig) refused(t *testing.T, call func(policy.Actor) error) {
	t.Helper()
	r.deniedTo(t, policy.APIKeyManage, call)
	if err := call(r.limited()); !fault.Is(err, fault.Denied) {
		t.Errorf("a limited member: got %v, want Denied", err)
	}
}

func TestCreateAPIKey(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		t.Run("the secret opens the organization with what was granted", func(t *testing.T) {
			issued, err := r.accounts.CreateAPIKey(t.Context(), policy.Worker(r.owner.Org), input("ats"))
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(`^ask_[A-Za-z0-9_-]{43}$`).MatchString(*issued.Secret) {
				t.Errorf("a key of another form: %d characters", len(*issued.Secret))
			}
			actor, err := r.store.Directory().KeyActor(t.Context(), sha256.Sum256([]byte(*issued.Secret)))
			if err != nil {
				t.Fatal(err)
			}
			want := policy.Actor{
				Org: r.owner.Org, ID: issued.Key.ID, Roles: []policy.Role{policy.Integration},
				Granted: []policy.Action{policy.SessionInvite, policy.ReportRead},
			}
			if diff := cmp.Diff(want, actor); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("two keys have two secrets", func(t *testing.T) {
			if a, b := r.issued(t, input("a")), r.issued(t, input("b")); *a.Secret == *b.Secret {
				t.Error("they are equal")
			}
		})
		t.Run("a taken name is AlreadyExists with its holder", func(t *testing.T) {
			held := r.create(t, "held")
			issued, err := r.accounts.CreateAPIKey(t.Context(), r.owner, input("held"))
			if !fault.Is(err, fault.AlreadyExists) || issued != nil {
				t.Fatalf("got %v, want AlreadyExists and no secret", err)
			}
			if got, ok := fault.All(err)[0].Current.(*account.APIKey); !ok || got.ID != held.ID {
				t.Errorf("got %v, want the holder", fault.All(err)[0].Current)
			}
			if _, err := r.accounts.CreateAPIKey(t.Context(), r.stranger, input("held")); err != nil {
				t.Errorf("another organization: %v", err)
			}
		})
		t.Run("a repetition gives the key without its secret", func(t *testing.T) {
			in := input("once")
			in.IdempotencyKey = new("k")
			first, again := r.issued(t, in), r.issued(t, in)
			if first.Secret == nil || again.Secret != nil || again.Key.ID != first.Key.ID {
				t.Errorf("got %v and %v", first, again)
			}
			in.Name = "other"
			if _, err := r.accounts.CreateAPIKey(t.Context(), r.owner, in); !fault.Is(err, fault.IdempotencyMismatch) {
				t.Errorf("got %v, want IdempotencyMismatch", err)
			}
		})
		t.Run("a random source that ends makes no key", func(t *testing.T) {
			for name, source := range map[string]io.Reader{
				"short": bytes.NewReader(make([]byte, 31)), "broken": iotest.ErrReader(errors.New("broken")),
			} {
				issued, err := account.New(r.store, source).CreateAPIKey(t.Context(), r.owner, input(name))
				if err == nil || issued != nil {
					t.Errorf("%s: got a key", name)
				}
			}
		})
		r.refused(t, func(a policy.Actor) error {
			_, err := r.accounts.CreateAPIKey(t.Context(), a, input("denied"))
			return err
		})
	})
}

func TestAPIKeyEnds(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		in := input("ends")
		in.ValidFor = new(time.Hour)
		r.offset.Store(int64(-3 * time.Hour))
		issued := r.issued(t, in)
		if got := issued.Key.ExpiresAt.Sub(issued.Key.CreatedAt); got != time.Hour {
			t.Errorf("valid for %s", got)
		}
		r.offset.Store(int64(3 * time.Hour))
		if !r.opens(t, *issued.Secret) || r.state(t, issued.Key.ID) != account.APIKeyActive {
			t.Error("the test clock ended it")
		}
		r.ahead.Store(int64(59 * time.Minute))
		if !r.opens(t, *issued.Secret) {
			t.Error("it ended early")
		}
		r.ahead.Store(int64(time.Hour))
		if r.opens(t, *issued.Secret) || r.state(t, issued.Key.ID) != account.APIKeyExpired {
			t.Error("it did not end")
		}
	})
}

func (r *rig) read(t *testing.T, id gid.ID) *account.APIKey {
	t.Helper()
	keys, err := r.accounts.APIKeysByID(t.Context(), r.owner, []gid.ID{id})
	if err != nil || len(keys) != 1 {
		t.Fatalf("got %d keys, %v", len(keys), err)
	}
	return keys[0]
}

func (r *rig) state(t *testing.T, id gid.ID) account.APIKeyState {
	t.Helper()
	return r.read(t, id).State
}

func TestCreateAPIKeyChecks(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	with := func(change func(*account.CreateAPIKeyInput)) account.CreateAPIKeyInput {
		in := input("name")
		change(&in)
		return in
	}
	for name, c := range map[string]struct {
		in   account.CreateAPIKeyInput
		want [][]string
	}{
		"no name":        {with(func(in *account.CreateAPIKeyInput) { in.Name = " " }), [][]string{{"name"}}},
		"no permissions": {with(func(in *account.CreateAPIKeyInput) { in.Permissions = nil }), [][]string{{"permissions"}}},
		"permissions that integrations cannot have": {with(func(in *account.CreateAPIKeyInput) {
			in.Permissions = []policy.Action{policy.SkillRead, policy.AuditRead, "no.such", policy.APIKeyManage}
		}), [][]string{{"permissions", "1"}, {"permissions", "2"}, {"permissions", "3"}}},
		"a permission named twice": {with(func(in *account.CreateAPIKeyInput) {
			in.Permissions = []policy.Action{policy.SkillRead, policy.SkillRead}
		}), [][]string{{"permissions", "1"}}},
		"no time":       {with(func(in *account.CreateAPIKeyInput) { in.ValidFor = new(time.Duration(0)) }), [][]string{{"validFor"}}},
		"too much time": {with(func(in *account.CreateAPIKeyInput) { in.ValidFor = new(account.MaxKeyValidity + 1) }), [][]string{{"validFor"}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := r.accounts.CreateAPIKey(t.Context(), r.owner, c.in)
			var got [][]string
			for _, f := range fault.All(err) {
				if f.Code != fault.Invalid {
					t.Errorf("got %s, want INVALID", f.Code)
				}
				got = append(got, f.Field)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPIKeys(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first, second, third := r.create(t, "first"), r.create(t, "second"), r.create(t, "third")
		r.revoke(t, second.ID)
		t.Run("lists the newest first, also those that were revoked", func(t *testing.T) {
			page, err := r.accounts.APIKeys(t.Context(), r.owner, tenant.Paging{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]gid.ID{third.ID, second.ID, first.ID}, keyIDs(page.Nodes)); diff != "" {
				t.Error(diff)
			}
			if n, err := page.Total(t.Context()); n != 3 || err != nil {
				t.Errorf("total: got %d, %v", n, err)
			}
		})
		t.Run("another organization sees none of them", func(t *testing.T) {
			page, err := r.accounts.APIKeys(t.Context(), r.stranger, tenant.Paging{})
			if err != nil || len(page.Nodes) != 0 {
				t.Errorf("got %d, %v", len(page.Nodes), err)
			}
			keys, err := r.accounts.APIKeysByID(t.Context(), r.stranger, []gid.ID{first.ID, third.ID})
			if err != nil || len(keys) != 0 {
				t.Errorf("got %d, %v", len(keys), err)
			}
		})
		r.refused(t, func(a policy.Actor) error {
			_, err := r.accounts.APIKeys(t.Context(), a, tenant.Paging{})
			return err
		})
		r.refused(t, func(a policy.Actor) error {
			_, err := r.accounts.APIKeysByID(t.Context(), a, []gid.ID{first.ID})
			return err
		})
	})
}

func keyIDs(keys []*account.APIKey) (ids []gid.ID) {
	for _, key := range keys {
		ids = append(ids, key.ID)
	}
	return ids
}
