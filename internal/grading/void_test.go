package grading_test

import (
	"testing"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
)

// TestVoidedSessionsCountNowhere makes sessions void before and after their reports are released.
func TestVoidedSessionsCountNowhere(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		void := func(id sitting.VoidSessionInput) {
			t.Helper()
			must(r.sitting.Void(t.Context(), r.owner, id))(t)
		}
		figures := insight.New(r.store)
		tpl := r.publish(t, r.draft(t, r.role, term.FeedbackSections))
		id, who := r.took(t, tpl.ID, keyed().with("1.2", ticked("a")))
		r.score(t, id)
		report, _ := r.report(t, id)
		early, _ := r.took(t, tpl.ID, keyed())
		void(sitting.VoidSessionInput{ID: early, Reason: "the fire alarm"})
		r.score(t, early) // the job comes late, and finds nothing to do
		if got := r.session(t, early); got.State != term.Voided || got.ScoredAt != nil {
			t.Errorf("got %v", got)
		}
		count := func() (released, passed, submitted, voided, reports int) {
			t.Helper()
			f := must(figures.Funnel(t.Context(), r.owner, insight.FunnelInput{JobRoleID: r.role}))(t)
			d := must(figures.ScoreDistribution(t.Context(), r.owner, insight.DistributionInput{JobRoleID: r.role}))(t)
			return f.Released, f.Passed, f.Submitted, f.Voided, d.Count
		}
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: report.ID}))(t)
		if released, passed, submitted, voided, reports := count(); released != 1 || passed != 1 || submitted != 1 || voided != 1 || reports != 1 {
			t.Errorf("before: %d released, %d passed, %d submitted, %d void, %d reports", released, passed, submitted, voided, reports)
		}
		void(sitting.VoidSessionInput{ID: id, Reason: "somebody else took it"})
		if released, passed, submitted, voided, reports := count(); released+passed+submitted+reports != 0 || voided != 2 {
			t.Errorf("after: %d released, %d passed, %d submitted, %d void, %d reports", released, passed, submitted, voided, reports)
		}
		if f := must(r.grading.Feedback(t.Context(), who, id))(t); f != nil {
			t.Errorf("feedback %v", f)
		}
		if s := must(r.sitting.Sitting(t.Context(), who, id))(t); s.State != sitting.Voided {
			t.Errorf("the candidate is shown %s", s.State)
		}
		scored, _ := r.scored(t, keyed())
		ready, _ := r.report(t, scored)
		void(sitting.VoidSessionInput{ID: scored, Reason: "the fire alarm"})
		r.refused(t, "release what is void", fault.Conflict, func() error {
			return lastErr(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: ready.ID}))
		})
	})
}
