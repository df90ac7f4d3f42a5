package sitting_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// TestExportStatements counts what the database is asked for somebody with one sitting and for somebody with twenty.
func TestExportStatements(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		one, twenty := person("one", "one@example.com"), person("twenty", "twenty@example.com")
		r.saysOften(t, one, 1)
		r.saysOften(t, twenty, 20)
		worker := policy.Worker(r.owner.Org)
		for name, c := range map[string]struct {
			most int
			ask  func(who policy.Actor) error
		}{
			"records": {7, func(who policy.Actor) error { return lastErr(r.sitting.MyRecords(t.Context(), who)) }},
			"export":  {9, func(who policy.Actor) error { return lastErr(r.sitting.ExportMine(t.Context(), who)) }},
			"export on behalf": {11, func(who policy.Actor) error {
				return lastErr(r.sitting.ExportCandidate(t.Context(), worker, who.Identity.Email))
			}},
		} {
			asked := func(who policy.Actor) int {
				before := r.statements.Load()
				if err := c.ask(who); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				return int(r.statements.Load() - before)
			}
			few, many := asked(one), asked(twenty)
			t.Logf("%-16s %d, and %d with twenty sittings", name, few, many)
			if few != many || few > c.most {
				t.Errorf("%s: %d statements for one sitting, %d for twenty; want at most %d for any", name, few, many, c.most)
			}
		}
	})
}

// saysOften takes sittings of somebody, in each of which they leave words of their own.
func (r *rig) saysOften(t *testing.T, who policy.Actor, n int) {
	t.Helper()
	for i := range n {
		row := must(r.sitting.Invite(t.Context(), r.owner, r.invitation(who.Identity.Email)))(t)
		must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: r.token(t, who.Identity.Email)}))(t)
		r.speak(t, row.ID, who, fmt.Sprint(who.Identity.Subject, " ", i))
	}
}

// TestExportIsWhole exports somebody whom two organizations know, one of them with more sittings than are read together.
func TestExportIsWhole(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		who := person("ann", "ann@example.com")
		want := map[string][]gid.ID{"The one": r.invitedOften(t, who, 101), "The two": r.elsewhere(t).invitedOften(t, who, 2)}
		var exported struct {
			Records []struct {
				Organization string                `json:"organization"`
				Sittings     []struct{ ID gid.ID } `json:"sittings"`
			} `json:"records"`
		}
		document := must(r.sitting.ExportMine(t.Context(), who))(t).Document
		if err := json.Unmarshal([]byte(document), &exported); err != nil {
			t.Fatal(err)
		}
		got := map[string][]gid.ID{}
		for _, record := range exported.Records {
			for _, each := range record.Sittings {
				got[record.Organization] = append(got[record.Organization], each.ID)
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("the export: %s", diff)
		}
		clear(got)
		for _, record := range must(r.sitting.MyRecords(t.Context(), who))(t) {
			for _, each := range record.Sittings {
				got[record.Organization] = append(got[record.Organization], each.ID)
			}
		}
		want["The one"] = want["The one"][:100]
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("the records: %s", diff)
		}
	})
}

// invitedOften invites somebody, who accepts the first of it, and gives the sessions, the newest first.
func (r *rig) invitedOften(t *testing.T, who policy.Actor, n int) []gid.ID {
	t.Helper()
	ids := make([]gid.ID, n)
	for i := range n {
		r.clock.pass(time.Second) // so that each is newer than the one before
		ids[n-1-i] = must(r.sitting.Invite(t.Context(), r.owner, r.invitation(who.Identity.Email)))(t).ID
		if i == 0 {
			must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: r.token(t, who.Identity.Email)}))(t)
		}
	}
	return ids
}

// elsewhere is the other organization, with a template of its own.
func (r *rig) elsewhere(t *testing.T) *rig {
	t.Helper()
	other := &rig{base: r.base, authoring: r.authoring, sitting: r.sitting, config: r.config}
	base := *r.base
	base.owner, base.stranger = r.stranger, r.owner
	other.base = &base
	for _, kind := range []term.QuestionKind{term.SingleChoice, term.MultipleChoice, term.Numeric, term.ShortText, term.LongText} {
		other.questions = append(other.questions, other.question(t, kind))
	}
	other.template = other.publish(t, other.draft(t, other.jobRole(t)))
	return other
}
