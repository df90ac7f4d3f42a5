package tenant_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/apikey"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// keyRig is a store with two organizations and a clock that only the test moves.
type keyRig struct {
	store    *tenant.Store
	accounts *account.Service
	one, two policy.Actor
	minute   atomic.Int64 // of the test's hour
}

func (r *keyRig) now() time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(r.minute.Load()) * time.Minute)
}

func newKeyRig(t *testing.T, db dbtest.Database) *keyRig {
	t.Helper()
	r := &keyRig{}
	r.store = openStore(t, db, tenant.Clock{Now: r.now, Own: true})
	r.accounts = account.New(r.store, rand.Reader)
	r.one, r.two = found(t, r.store, "one"), found(t, r.store, "two")
	return r
}

func (r *keyRig) issue(t *testing.T, owner policy.Actor, name string) *account.IssuedAPIKey {
	t.Helper()
	issued, err := r.accounts.CreateAPIKey(t.Context(), owner, account.CreateAPIKeyInput{
		Name: name, Permissions: []policy.Action{policy.SkillRead, policy.ReportRead},
	})
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

func hashed(issued *account.IssuedAPIKey) [32]byte { return sha256.Sum256([]byte(*issued.Secret)) }

func (r *keyRig) use(t *testing.T, uses *tenant.KeyUses, issued *account.IssuedAPIKey) {
	t.Helper()
	if _, err := uses.KeyActor(t.Context(), hashed(issued)); err != nil {
		t.Fatal(err)
	}
}

func (r *keyRig) row(t *testing.T, owner policy.Actor, id gid.ID) *ent.APIKey {
	t.Helper()
	row, err := scopeOf(t, r.store, owner).APIKeys().Where(apikey.ID(id)).Only(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// used is the minute of a key's last use, or -1.
func (r *keyRig) used(t *testing.T, owner policy.Actor, issued *account.IssuedAPIKey) int {
	t.Helper()
	at := r.row(t, owner, issued.Key.ID).LastUsedAt
	if at == nil {
		return -1
	}
	return int(at.Sub(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)).Minutes())
}

func flush(t *testing.T, uses *tenant.KeyUses) {
	t.Helper()
	if err := uses.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestKeyUses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		r, db := newKeyRig(t, database), database.Open(t)
		a, b, idle := r.issue(t, r.one, "a"), r.issue(t, r.two, "b"), r.issue(t, r.one, "idle")
		uses := tenant.NewKeyUses(r.store)
		t.Run("a use is written by the next flush, of every organization", func(t *testing.T) {
			r.minute.Store(1)
			r.use(t, uses, a)
			r.minute.Store(2)
			r.use(t, uses, a)
			r.use(t, uses, b)
			if got := r.used(t, r.one, a); got != -1 {
				t.Errorf("written by the request, at minute %d", got)
			}
			flush(t, uses)
			got := []int{r.used(t, r.one, a), r.used(t, r.two, b), r.used(t, r.one, idle)}
			if diff := cmp.Diff([]int{2, 2, -1}, got); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("it never goes back", func(t *testing.T) {
			elsewhere := tenant.NewKeyUses(r.store) // another process, which writes late
			r.minute.Store(3)
			r.use(t, elsewhere, a)
			r.minute.Store(4)
			r.use(t, uses, a)
			flush(t, uses)
			flush(t, elsewhere)
			if got := r.used(t, r.one, a); got != 4 {
				t.Errorf("got minute %d, want 4", got)
			}
		})
		t.Run("a refused secret was not used", func(t *testing.T) {
			if _, err := r.accounts.RevokeAPIKey(t.Context(), r.one, account.RevokeAPIKeyInput{ID: idle.Key.ID}); err != nil {
				t.Fatal(err)
			}
			if _, err := uses.KeyActor(t.Context(), hashed(idle)); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("got %v, want Unauthenticated", err)
			}
			flush(t, uses)
			if got := r.used(t, r.one, idle); got != -1 {
				t.Errorf("used at minute %d", got)
			}
		})
		t.Run("what could not be written waits for the next flush", func(t *testing.T) {
			r.minute.Store(9)
			r.use(t, uses, a)
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := uses.Flush(ended); err == nil {
				t.Error("it was written by a context that had ended")
			}
			flush(t, uses)
			if got := r.used(t, r.one, a); got != 9 {
				t.Errorf("got minute %d, want 9", got)
			}
		})
		t.Run("nothing else is written", func(t *testing.T) {
			written := "SELECT (SELECT COUNT(*) FROM audit_events) + (SELECT COUNT(*) FROM events)"
			r.minute.Store(10)
			before := count(t, db, written)
			r.use(t, uses, a)
			flush(t, uses)
			if got := count(t, db, written) - before; got != 0 || r.used(t, r.one, a) != 10 {
				t.Errorf("%d rows more", got)
			}
		})
	})
}

// TestKeyClock rotates by the clock of each database itself.
func TestKeyClock(t *testing.T) {
	eachDirectory(t, func(t *testing.T, r *directoryRig) {
		accounts := account.New(r.store, rand.Reader)
		first, err := accounts.CreateAPIKey(t.Context(), r.owner, account.CreateAPIKeyInput{Name: "ats", Permissions: []policy.Action{policy.SkillRead}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			overlap time.Duration
			refused bool
		}{{time.Hour, false}, {time.Microsecond, true}} {
			second, err := accounts.RotateAPIKey(t.Context(), r.owner, account.RotateAPIKeyInput{ID: first.Key.ID, Overlap: &c.overlap})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.store.Directory().KeyActor(t.Context(), hashed(first)); fault.Is(err, fault.Unauthenticated) != c.refused {
				t.Errorf("the old secret after an overlap of %s: got %v", c.overlap, err)
			}
			first = second
		}
		if _, err := r.store.Directory().KeyActor(t.Context(), hashed(first)); err != nil {
			t.Errorf("the last secret: got %v", err)
		}
	})
}

func TestKeyPermissions(t *testing.T) {
	eachDirectory(t, func(t *testing.T, r *directoryRig) {
		issued, err := account.New(r.store, rand.Reader).CreateAPIKey(t.Context(), r.owner, account.CreateAPIKeyInput{
			Name: "ats", Permissions: []policy.Action{policy.SkillRead},
		})
		if err != nil {
			t.Fatal(err)
		}
		change := func(t *testing.T, fn func(tx tenant.Tx) (int, error)) {
			t.Helper()
			if n, err := tenant.InTx(t.Context(), scopeOf(t, r.store, r.owner), fn); err != nil || n != 1 {
				t.Fatalf("changed %d: %v", n, err)
			}
		}
		as := func(t *testing.T, action policy.Action) error {
			t.Helper()
			actor, err := r.store.Directory().KeyActor(t.Context(), hashed(issued))
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.store.As(t.Context(), actor, action)
			return err
		}
		t.Run("what the policy allows no integration is refused, whatever was granted", func(t *testing.T) {
			change(t, func(tx tenant.Tx) (int, error) {
				return tx.ChangeAPIKey(issued.Key.ID).SetPermissions([]string{"audit.read", "no.such", "skill.read"}).Save(t.Context())
			})
			for _, action := range []policy.Action{policy.AuditRead, "no.such"} {
				if err := as(t, action); !fault.Is(err, fault.Denied) {
					t.Errorf("%s: got %v, want Denied", action, err)
				}
			}
		})
		t.Run("it keeps what it was granted when its maker leaves", func(t *testing.T) {
			change(t, func(tx tenant.Tx) (int, error) {
				return tx.ChangeMember(r.owner.ID).SetRemovedAt(tx.Now).Save(t.Context())
			})
			if err := as(t, policy.SkillRead); err != nil {
				t.Errorf("got %v", err)
			}
		})
	})
}

// TestKeyActorIsOneStatement keeps what every request of an integration costs.
func TestKeyActorIsOneStatement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		var statements atomic.Int64
		rules, err := policy.New()
		if err != nil {
			t.Fatal(err)
		}
		seen := func(string) { statements.Add(1) }
		store, err := tenant.Open(tenant.Config{
			URL: database.URL, Policy: rules, Clock: realTime, IDs: gid.NewSource(rand.Reader), Log: slog.New(slog.DiscardHandler), Observe: seen,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		if _, err := store.Directory().KeyActor(t.Context(), [32]byte{}); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("got %v, want Unauthenticated", err)
		}
		if got := statements.Load(); got != 1 {
			t.Errorf("got %d statements, want 1", got)
		}
	})
}
