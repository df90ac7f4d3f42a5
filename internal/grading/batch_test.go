package grading_test

import (
	"sync"
	"sync/atomic"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// TestWhatWaitsIsScoredTogether scores one of several sessions and demands that the others of its version are scored with
// it, each as by itself, and none of another version or in another state.
func TestWhatWaitsIsScoredTogether(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		alone, _ := r.scored(t, keyed().with("1.1", ticked("b")))
		_, want := r.report(t, alone)
		other := r.publish(t, r.draft(t, r.role, term.FeedbackSections))
		elsewhere, _ := r.took(t, other.ID, keyed())
		begun, _ := r.began(t, r.template.ID, keyed())
		void, _ := r.took(t, r.template.ID, keyed())
		must(r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: void, Reason: "the fire alarm"}))(t)
		same, _ := r.took(t, r.template.ID, keyed().with("1.1", ticked("b")))
		text, _ := r.took(t, r.template.ID, keyed().with("2.1", words(text)))
		good, _ := r.took(t, r.template.ID, keyed())
		before := r.snapshot(t)
		r.score(t, good)
		for id, state := range map[gid.ID]term.SessionState{
			same: term.Scored, text: term.InReview, good: term.Scored, elsewhere: term.Submitted, begun: term.InProgress, void: term.Voided,
		} {
			if got := r.session(t, id); got.State != state || (got.ScoredAt != nil) != (state == term.Scored) {
				t.Errorf("%s: %s, scored at %v; want %s", id, got.State, got.ScoredAt, state)
			}
		}
		_, got := r.report(t, same)
		if diff := gocmp.Diff(encodedText(t, want), encodedText(t, got)); diff != "" {
			t.Error(diff)
		}
		grown := growth(before, r.snapshot(t))
		delete(grown, "river_job")
		// Reading the report above leaves its note in the audit.
		if diff := gocmp.Diff(map[string]int{"score_sheets": 3, "reports": 3, "events": 5, "audit_events": 6}, grown); diff != "" {
			t.Error(diff)
		}
		for _, id := range []gid.ID{same, text, good} {
			if err := r.unchanged(t, "its own job", func() error { return r.grading.Score(t.Context(), policy.Worker(r.owner.Org), id) }); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestManyJobsScoreEachSessionOnce works the jobs of many sessions at once.
func TestManyJobsScoreEachSessionOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var sessions []gid.ID
		for range 30 {
			id, _ := r.took(t, r.template.ID, keyed())
			sessions = append(sessions, id)
		}
		var all sync.WaitGroup
		var next atomic.Int64
		for range 4 {
			all.Go(func() {
				for i := next.Add(1) - 1; int(i) < len(sessions); i = next.Add(1) - 1 {
					if err := r.grading.Score(t.Context(), policy.Worker(r.owner.Org), sessions[i]); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		for what, query := range map[string]string{
			"reports": "SELECT id FROM reports", "sheets": "SELECT id FROM score_sheets", "sessions": "SELECT id FROM sessions WHERE state = 'SCORED'",
			"events": "SELECT id FROM events WHERE type = 'session.scored'",
		} {
			if n := len(r.texts(t, query)); n != len(sessions) {
				t.Errorf("%d %s, want %d", n, what, len(sessions))
			}
		}
	})
}

// TestASheetSaysWhatTheKeyAwarded compares the sheet with the report that was computed with it.
func TestASheetSaysWhatTheKeyAwarded(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, _ := r.scored(t, keyed().with("1.4", words("no accepted answer")).with("1.2", ticked("a")))
		_, doc := r.report(t, id)
		sheets := r.sheets(t, id)
		if len(sheets) != 1 || sheets[0].Number != 1 || len(r.texts(t, "SELECT id FROM scores")) != 0 {
			t.Fatalf("got %v", sheets)
		}
		next := 0
		for _, q := range doc.Questions {
			if q.Status == term.ItemNotScored {
				continue
			}
			e := sheets[0].Entries[next]
			next++
			if e.Ref != q.Ref || scoring.Points(e.Points) != q.Awarded || scoring.Points(e.Maximum) != q.Maximum || e.Status != q.Status ||
				e.Source != q.Trace()[0].Source || e.Evidence != q.Trace()[0].Evidence || e.Comment != q.Trace()[0].Comment {
				t.Errorf("%+v beside %+v", e, q)
			}
		}
		if next != len(sheets[0].Entries) {
			t.Errorf("%d entries, want %d", len(sheets[0].Entries), next)
		}
	})
}
