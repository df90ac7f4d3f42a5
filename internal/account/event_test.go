package account_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// sequence gives every event its place.
func (r *rig) sequence(t *testing.T) {
	t.Helper()
	for {
		n, err := r.store.Sequence(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func TestEvents(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		read := func(actor policy.Actor, types []string, paging tenant.Paging) (*tenant.Page[*ent.Event], error) {
			return r.accounts.Events(t.Context(), actor, types, paging)
		}
		happen := func(actor policy.Actor, names ...string) {
			t.Helper()
			for _, name := range names {
				if _, err := r.accounts.UpdateOrganization(t.Context(), actor, account.UpdateOrganizationInput{Name: &name}); err != nil {
					t.Fatal(err)
				}
			}
		}
		whole := func() []*ent.Event {
			t.Helper()
			page, err := read(r.owner, nil, tenant.Paging{})
			if err != nil {
				t.Fatal(err)
			}
			return page.Nodes
		}
		r.sequence(t)
		before := len(whole())
		happen(r.owner, "a", "b", "c")
		happen(r.stranger, "z")
		if n := len(whole()); n != before {
			t.Errorf("%d events before they have their place, want %d", n, before)
		}
		r.sequence(t)
		all := whole()
		if len(all) != before+3 {
			t.Fatalf("%d events, want %d", len(all), before+3)
		}
		for i, e := range all {
			if *e.Position != int64(i+1) || e.OrganizationID != r.owner.Org {
				t.Errorf("event %d: got %v", i, e)
			}
		}

		t.Run("are read to the end, page by page, while more happens", func(t *testing.T) {
			var got []gid.ID
			one, paging := 1, tenant.Paging{}
			paging.First = &one
			for {
				page, err := read(r.owner, nil, paging)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page.Nodes {
					got = append(got, e.ID)
				}
				if len(got) == 1 {
					happen(r.owner, "later")
					r.sequence(t)
				}
				if !page.HasNextPage {
					break
				}
				paging.After = new(page.Cursors[0].String())
			}
			var want []gid.ID
			for _, e := range whole() {
				want = append(want, e.ID)
			}
			if diff := cmp.Diff(want, got); diff != "" || !slices.Equal(want[:len(all)], idsOf(all)) {
				t.Error(diff)
			}
		})
		t.Run("can be of some types", func(t *testing.T) {
			page, err := read(r.owner, []string{string(event.OrganizationChanged)}, tenant.Paging{})
			if err != nil || len(page.Nodes) != 4 {
				t.Fatalf("got %v, %v", page, err)
			}
			if n, err := page.Total(t.Context()); n != 4 || err != nil {
				t.Errorf("total %d, %v", n, err)
			}
			page, err = read(r.owner, []string{string(event.SkillCreated)}, tenant.Paging{})
			if err != nil || len(page.Nodes) != 0 {
				t.Errorf("got %v, %v", page, err)
			}
		})
		t.Run("begin after a place of this feed only", func(t *testing.T) {
			theirs, err := read(r.stranger, nil, tenant.Paging{})
			if err != nil {
				t.Fatal(err)
			}
			last := all[len(all)-1]
			for name, cursor := range map[string]string{
				"no cursor":               "nonsense",
				"another organization's":  theirs.Cursors[0].String(),
				"a moved place":           tenant.Cursor{Key: *last.Position + 1, ID: last.ID}.String(),
				"an unknown event":        tenant.Cursor{Key: int64(1), ID: r.ids.New(gid.Event, last.At)}.String(),
				"a place of another list": tenant.Cursor{ID: last.ID}.String(),
			} {
				if _, err := read(r.owner, nil, tenant.Paging{After: &cursor}); !fault.Is(err, fault.BadInput) {
					t.Errorf("%s: got %v, want BadInput", name, err)
				}
			}
		})
		t.Run("are for who has the permission and sees every job role", func(t *testing.T) {
			limited := r.owner
			limited.Limited = true
			key := policy.Actor{Org: r.owner.Org, ID: r.owner.ID, Roles: []policy.Role{policy.Integration}}
			for name, actor := range map[string]policy.Actor{
				"a limited owner": limited, "a key without the grant": key,
				"a recruiter": {Org: r.owner.Org, ID: r.owner.ID, Roles: []policy.Role{policy.Recruiter}},
			} {
				if _, err := read(actor, nil, tenant.Paging{}); !fault.Is(err, fault.Denied) {
					t.Errorf("%s: got %v, want Denied", name, err)
				}
				if _, err := r.accounts.EventsByID(t.Context(), actor, idsOf(all)); !fault.Is(err, fault.Denied) {
					t.Errorf("%s by id: got %v, want Denied", name, err)
				}
			}
			key.Granted = []policy.Action{policy.EventRead}
			if _, err := read(key, nil, tenant.Paging{}); err != nil {
				t.Errorf("a key with the grant: %v", err)
			}
			if _, err := read(policy.Actor{}, nil, tenant.Paging{}); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("nobody: got %v", err)
			}
			if rows, err := r.accounts.EventsByID(t.Context(), r.stranger, idsOf(all)); err != nil || len(rows) != 0 {
				t.Errorf("another organization: got %v, %v", rows, err)
			}
		})
	})
}

func idsOf(events []*ent.Event) []gid.ID {
	ids := make([]gid.ID, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	return ids
}
