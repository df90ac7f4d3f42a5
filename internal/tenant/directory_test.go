package tenant_test

import (
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// directoryRig is a store with one organization whose owner has signed in.
type directoryRig struct {
	store *tenant.Store
	owner policy.Actor
}

func eachDirectory(t *testing.T, run func(t *testing.T, r *directoryRig)) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		rules, err := policy.New()
		if err != nil {
			t.Fatal(err)
		}
		store, err := tenant.Open(tenant.Config{
			URL: db.URL, Policy: rules, Clock: tenant.Clock{Now: time.Now}, IDs: gid.NewSource(rand.Reader), Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		if _, err := store.Directory().NewOrganization(t.Context(), "first", "First", "owner@first.example", "Olga"); err != nil {
			t.Fatal(err)
		}
		r := &directoryRig{store: store}
		r.owner = r.resolve(t, identity("owner@first.example"), "")
		run(t, r)
	})
}

func identity(email string) policy.Identity {
	return policy.Identity{Issuer: "https://id.example", Subject: "sub-" + email, Email: email, EmailVerified: true}
}

func (r *directoryRig) resolve(t *testing.T, who policy.Identity, slug string) policy.Actor {
	t.Helper()
	actor, err := r.store.Directory().Resolve(t.Context(), who, slug)
	if err != nil {
		t.Fatal(err)
	}
	return actor
}

func (r *directoryRig) invite(t *testing.T, email string, roles ...policy.Role) gid.ID {
	t.Helper()
	m, err := account.New(r.store, rand.Reader).AddMember(t.Context(), r.owner, account.AddMemberInput{Email: email, Name: "N", Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	return m.ID
}

func TestResolve(t *testing.T) {
	eachDirectory(t, func(t *testing.T, r *directoryRig) {
		t.Run("the first owner joins at the first sign-in", func(t *testing.T) {
			if !r.owner.Has(policy.Owner) || r.owner.Org.IsZero() {
				t.Errorf("got %+v", r.owner)
			}
		})
		t.Run("an address that is not verified joins nothing", func(t *testing.T) {
			r.invite(t, "shy@first.example", policy.Analyst)
			who := identity("shy@first.example")
			who.EmailVerified = false
			if got := r.resolve(t, who, ""); !got.Org.IsZero() {
				t.Errorf("got a membership: %+v", got)
			}
		})
		t.Run("a member that has an identity is never tied to another", func(t *testing.T) {
			thief := identity("owner@first.example")
			thief.Issuer = "https://evil.example"
			if got := r.resolve(t, thief, ""); !got.Org.IsZero() || len(got.Roles) != 0 {
				t.Errorf("another issuer's same address became %+v", got)
			}
		})
		t.Run("a second invitation joins who is a member elsewhere", func(t *testing.T) {
			if _, err := r.store.Directory().NewOrganization(t.Context(), "second", "Second", "owner@first.example", "Olga"); err != nil {
				t.Fatal(err)
			}
			if got := r.resolve(t, identity("owner@first.example"), "second"); got.Org == r.owner.Org || !got.Has(policy.Owner) {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("an organization of others is not found", func(t *testing.T) {
			_, err := r.store.Directory().Resolve(t.Context(), identity("owner@first.example"), "third")
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("got %v", err)
			}
		})
	})
}

func TestResolveForgets(t *testing.T) {
	eachDirectory(t, func(t *testing.T, r *directoryRig) {
		id := r.invite(t, "rita@first.example", policy.Recruiter)
		if got := r.resolve(t, identity("rita@first.example"), ""); !got.Has(policy.Recruiter) {
			t.Fatalf("got %+v", got)
		}
		scope, err := r.store.As(t.Context(), r.owner, policy.MemberManage)
		if err != nil {
			t.Fatal(err)
		}
		change := func(t *testing.T, fn func(tx tenant.Tx) (int, error)) {
			t.Helper()
			if n, err := tenant.InTx(t.Context(), scope, fn); err != nil || n != 1 {
				t.Fatalf("changed %d: %v", n, err)
			}
		}
		t.Run("a role that was taken away, on the next request", func(t *testing.T) {
			change(t, func(tx tenant.Tx) (int, error) {
				return tx.ChangeMember(id).SetRoles([]string{string(policy.Analyst)}).Save(t.Context())
			})
			if got := r.resolve(t, identity("rita@first.example"), ""); got.Has(policy.Recruiter) || !got.Has(policy.Analyst) {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("a member who was removed", func(t *testing.T) {
			change(t, func(tx tenant.Tx) (int, error) {
				return tx.ChangeMember(id).SetRemovedAt(tx.Now).Save(t.Context())
			})
			if got := r.resolve(t, identity("rita@first.example"), ""); !got.Org.IsZero() || len(got.Roles) != 0 {
				t.Errorf("got %+v", got)
			}
		})
	})
}

func TestKeyActor(t *testing.T) {
	eachDirectory(t, func(t *testing.T, r *directoryRig) {
		valid := time.Hour
		issued, err := account.New(r.store, rand.Reader).CreateAPIKey(t.Context(), r.owner, account.CreateAPIKeyInput{
			Name: "ats", Permissions: []policy.Action{policy.SessionInvite}, ValidFor: &valid,
		})
		if err != nil {
			t.Fatal(err)
		}
		hash := sha256.Sum256([]byte(*issued.Secret))
		t.Run("has what it was granted and no more", func(t *testing.T) {
			actor, err := r.store.Directory().KeyActor(t.Context(), hash)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.store.As(t.Context(), actor, policy.SessionInvite); err != nil {
				t.Errorf("invite: %v", err)
			}
			if _, err := r.store.As(t.Context(), actor, policy.ReportRead); !fault.Is(err, fault.Denied) {
				t.Errorf("read reports: got %v, want Denied", err)
			}
		})
		t.Run("an unknown one is nobody", func(t *testing.T) {
			if _, err := r.store.Directory().KeyActor(t.Context(), sha256.Sum256([]byte("ask_x"))); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("got %v", err)
			}
		})
		t.Run("a revoked one is nobody on the next request", func(t *testing.T) {
			actor, err := r.store.Directory().KeyActor(t.Context(), hash)
			if err != nil {
				t.Fatal(err)
			}
			scope, err := r.store.As(t.Context(), r.owner, policy.APIKeyManage)
			if err != nil {
				t.Fatal(err)
			}
			_, err = tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (int, error) {
				return tx.ChangeAPIKey(actor.ID).SetRevokedAt(tx.Now).Save(t.Context())
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.store.Directory().KeyActor(t.Context(), hash); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("got %v", err)
			}
		})
	})
}

func TestWebSessions(t *testing.T) {
	eachDirectory(t, func(t *testing.T, r *directoryRig) {
		sessions := r.store.WebSessions()
		if err := sessions.CommitCtx(t.Context(), "token", []byte("data"), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := sessions.CommitCtx(t.Context(), "token", []byte("newer"), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if data, found, err := sessions.FindCtx(t.Context(), "token"); err != nil || !found || string(data) != "newer" {
			t.Errorf("got %q, %v, %v", data, found, err)
		}
		if err := sessions.CommitCtx(t.Context(), "old", []byte("x"), time.Now().Add(-time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, found, _ := sessions.FindCtx(t.Context(), "old"); found {
			t.Error("an expired session was found")
		}
		if err := sessions.DeleteCtx(t.Context(), "token"); err != nil {
			t.Fatal(err)
		}
		if _, found, _ := sessions.FindCtx(t.Context(), "token"); found {
			t.Error("a deleted session was found")
		}
	})
}

func TestTidy(t *testing.T) {
	eachDirectory(t, func(t *testing.T, r *directoryRig) {
		sessions := r.store.WebSessions()
		for token, expiry := range map[string]time.Duration{"old": -time.Hour, "new": time.Hour} {
			if err := sessions.CommitCtx(t.Context(), token, []byte("x"), time.Now().Add(expiry)); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.store.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, found, _ := sessions.FindCtx(t.Context(), "new"); !found {
			t.Error("a session that lives was deleted")
		}
	})
}
