package account_test

import (
	"crypto/rand"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// rig is a store with two organizations and the room on it.
type rig struct {
	store    *tenant.Store
	accounts *account.Service
	owner    policy.Actor // of the first organization
	stranger policy.Actor // owner of the second
	ids      *gid.Source
	rules    *policy.Policy
	ahead    atomic.Int64 // how far the clock was set forward, in nanoseconds
	offset   atomic.Int64 // what the test clock adds to domain time, in nanoseconds
}

func each(t *testing.T, run func(t *testing.T, r *rig)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) { run(t, newRig(t, db)) })
}

func newRig(t *testing.T, db dbtest.Database) *rig {
	t.Helper()
	rules, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	ids := gid.NewSource(rand.Reader)
	// Each look at the clock is a little later, so that the order of creation is the order of ids.
	var looks atomic.Int64
	r := &rig{ids: ids, rules: rules}
	now := func() time.Time {
		ticks := time.Duration(looks.Add(1)) * 10 * time.Millisecond
		return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(ticks + time.Duration(r.ahead.Load()))
	}
	clock := tenant.Clock{Now: now, Own: true, Offset: func() time.Duration { return time.Duration(r.offset.Load()) }}
	store, err := tenant.Open(tenant.Config{URL: db.URL, Policy: rules, Clock: clock, IDs: ids, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	r.store, r.accounts = store, account.New(store, rand.Reader)
	r.owner, r.stranger = r.found(t, "one"), r.found(t, "two")
	return r
}

// found makes an organization and gives the owner who signed in to it.
func (r *rig) found(t *testing.T, slug string) policy.Actor {
	t.Helper()
	_, err := r.store.Directory().NewOrganization(t.Context(), slug, "The "+slug, slug+"@example.com", "Owner")
	if err != nil {
		t.Fatal(err)
	}
	who := policy.Identity{Issuer: "test", Subject: slug, Email: slug + "@example.com", EmailVerified: true}
	actor, err := r.store.Directory().Resolve(t.Context(), who, slug)
	if err != nil {
		t.Fatal(err)
	}
	return actor
}

// deniedTo demands that each role without an action, and nobody, is refused.
func (r *rig) deniedTo(t *testing.T, action policy.Action, call func(policy.Actor) error) {
	t.Helper()
	for _, role := range policy.Roles {
		if r.rules.RoleAllows(role, action) && role != policy.Integration {
			continue
		}
		actor := policy.Actor{Org: r.owner.Org, ID: r.owner.ID, Roles: []policy.Role{role}}
		if err := call(actor); !fault.Is(err, fault.Denied) {
			t.Errorf("%s as %s: got %v, want Denied", action, role, err)
		}
	}
	if err := call(policy.Actor{}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("%s as nobody: got %v, want Unauthenticated", action, err)
	}
}

func TestOrganization(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, actor := range []policy.Actor{r.owner, r.stranger} {
			got, err := r.accounts.Organization(t.Context(), actor)
			if err != nil || got.ID != actor.Org {
				t.Errorf("got %v, %v; want the actor's own", got, err)
			}
		}
		t.Run("one that is gone is not found", func(t *testing.T) {
			actor := policy.Actor{Org: r.ids.New(gid.Organization, time.Now()), ID: r.owner.ID, Roles: []policy.Role{policy.Owner}}
			if _, err := r.accounts.Organization(t.Context(), actor); !fault.Is(err, fault.NotFound) {
				t.Errorf("got %v, want NotFound", err)
			}
		})
		r.deniedTo(t, policy.OrganizationRead, func(a policy.Actor) error {
			_, err := r.accounts.Organization(t.Context(), a)
			return err
		})
	})
}

// addMembers adds one member who stays and one who was removed.
func (r *rig) addMembers(t *testing.T) (stays, removed gid.ID) {
	t.Helper()
	scope, err := r.store.As(t.Context(), r.owner, policy.MemberRead)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (struct{}, error) {
		a, err := tx.NewMember().SetEmail("a@example.com").SetName("A").SetRoles([]string{"analyst"}).Save(t.Context())
		if err != nil {
			return struct{}{}, err
		}
		b, err := tx.NewMember().SetEmail("b@example.com").SetName("B").SetRoles([]string{"analyst"}).SetRemovedAt(tx.Now).Save(t.Context())
		if err != nil {
			return struct{}{}, err
		}
		stays, removed = a.ID, b.ID
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return stays, removed
}

func TestMembers(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		stays, removed := r.addMembers(t)
		t.Run("lists the newest first, without the removed", func(t *testing.T) {
			page, err := r.accounts.Members(t.Context(), r.owner, tenant.Paging{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]gid.ID{stays, r.owner.ID}, memberIDs(page.Nodes)); diff != "" {
				t.Error(diff)
			}
			if n, err := page.Total(t.Context()); n != 2 || err != nil {
				t.Errorf("total: got %d, %v", n, err)
			}
		})
		t.Run("a batch leaves out another organization's and keeps the removed", func(t *testing.T) {
			rows, err := r.accounts.MembersByID(t.Context(), r.owner, []gid.ID{stays, removed, r.stranger.ID})
			if err != nil {
				t.Fatal(err)
			}
			got := memberIDs(rows)
			if len(got) != 2 || !slices.Contains(got, stays) || !slices.Contains(got, removed) {
				t.Errorf("got %v", got)
			}
		})
		t.Run("a forged cursor is bad input", func(t *testing.T) {
			cursor := "forged"
			_, err := r.accounts.Members(t.Context(), r.owner, tenant.Paging{After: &cursor})
			if !fault.Is(err, fault.BadInput) {
				t.Errorf("got %v, want BadInput", err)
			}
		})
		r.deniedTo(t, policy.MemberRead, func(a policy.Actor) error {
			_, err := r.accounts.Members(t.Context(), a, tenant.Paging{})
			return err
		})
		r.deniedTo(t, policy.MemberRead, func(a policy.Actor) error {
			_, err := r.accounts.MembersByID(t.Context(), a, nil)
			return err
		})
	})
}

func memberIDs(rows []*ent.Member) (ids []gid.ID) {
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids
}

func TestAuditEvents(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first, second := r.create(t, "first"), r.create(t, "second")
		manage := string(policy.APIKeyManage)
		list := func(t *testing.T, actor policy.Actor, f *account.AuditFilter) (subjects []gid.ID) {
			t.Helper()
			page, err := r.accounts.AuditEvents(t.Context(), actor, f, tenant.Paging{})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := page.Total(t.Context()); n != len(page.Nodes) || err != nil {
				t.Errorf("total: got %d, %v; want %d", n, err, len(page.Nodes))
			}
			for _, row := range page.Nodes {
				if row.OrganizationID != actor.Org {
					t.Error("an event of another organization")
				}
				subjects = append(subjects, row.SubjectID)
			}
			return subjects
		}
		t.Run("by action, the newest first", func(t *testing.T) {
			want := []gid.ID{second.ID, first.ID}
			if diff := cmp.Diff(want, list(t, r.owner, &account.AuditFilter{Action: &manage})); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("by subject", func(t *testing.T) {
			if diff := cmp.Diff([]gid.ID{first.ID}, list(t, r.owner, &account.AuditFilter{SubjectID: &first.ID})); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("from is included, to is not", func(t *testing.T) {
			f := &account.AuditFilter{Action: &manage, From: &first.CreatedAt, To: &second.CreatedAt}
			if diff := cmp.Diff([]gid.ID{first.ID}, list(t, r.owner, f)); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("all", func(t *testing.T) {
			if got := len(list(t, r.owner, nil)); got != 4 { // founded, joined, two keys
				t.Errorf("got %d events, want 4", got)
			}
		})
		t.Run("another organization sees none of them", func(t *testing.T) {
			if got := list(t, r.stranger, &account.AuditFilter{Action: &manage}); got != nil {
				t.Errorf("got %v", got)
			}
		})
		r.deniedTo(t, policy.AuditRead, func(a policy.Actor) error {
			_, err := r.accounts.AuditEvents(t.Context(), a, nil, tenant.Paging{})
			return err
		})
	})
}
