package insight_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// drift fails if a counter does not come to what its rows say.
func (r *rig) drift(t *testing.T) {
	t.Helper()
	drift, err := r.store.TallyDrift(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(drift) > 0 {
		t.Errorf("counters differ from their rows: %v", drift)
	}
}

func (r *rig) fold(t *testing.T) {
	t.Helper()
	if err := r.store.FoldTallies(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// each change of a session or report that counters follow.
var changes = map[string]func(w writer, s *ent.Session, p *ent.Report){
	"a session goes on":      func(w writer, s *ent.Session, _ *ent.Report) { w.changeSession(s.ID, term.InReview) },
	"a session is made void": func(w writer, s *ent.Session, _ *ent.Report) { w.changeSession(s.ID, term.Voided) },
	"void is taken back": func(w writer, s *ent.Session, _ *ent.Report) {
		w.changeSession(s.ID, term.Voided)
		w.changeSession(s.ID, term.Scored)
	},
	"a report is released": func(w writer, _ *ent.Session, p *ent.Report) {
		must[int](w.t)(w.tx.ChangeReport(p.ID).SetState(term.ReportReleased).SetReleasedAt(noon).Save(w.t.Context()))
	},
	"a report is withdrawn": func(w writer, _ *ent.Session, p *ent.Report) {
		must[int](w.t)(w.tx.ChangeReport(p.ID).SetState(term.ReportWithdrawn).SetWithdrawnAt(noon).Save(w.t.Context()))
	},
	"a report is superseded": func(w writer, s *ent.Session, p *ent.Report) {
		must[int](w.t)(w.tx.ChangeReport(p.ID).SetSupersededAt(noon).Save(w.t.Context()))
		w.report(s, 2, 12.345678, asIs)
	},
}

func (w writer) changeSession(id gid.ID, to term.SessionState) {
	must[int](w.t)(w.tx.ChangeSession(id).SetState(to).Save(w.t.Context()))
}

func TestCountersFollowEveryChange(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for name, change := range changes {
			t.Run(name, func(t *testing.T) {
				r.write(t, func(w writer) {
					s := w.session(w.version(w.role(name).ID), scored)
					w.report(s, 1, 77.7, asIs)
					current := must[*ent.Report](t)(w.tx.Reports().Where(report.SessionID(s.ID)).Only(t.Context()))
					change(w, s, current)
				})
				r.drift(t)
				r.fold(t)
				r.drift(t)
			})
		}
	})
}

func TestCountersAndRowsSayTheSame(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first, _ := r.seedFunnel(t)
		day, almost := noon.Truncate(24*time.Hour), noon.Truncate(24*time.Hour).Add(-time.Microsecond)
		for _, folded := range []bool{false, true} {
			if folded {
				r.fold(t)
			}
			counted := must[*insight.Funnel](t)(r.insights.Funnel(t.Context(), r.owner, insight.FunnelInput{JobRoleID: first, From: &day}))
			exact := must[*insight.Funnel](t)(r.insights.Funnel(t.Context(), r.owner, insight.FunnelInput{JobRoleID: first, From: &almost}))
			if diff := cmp.Diff(exact, counted); diff != "" || exact.Invited == 0 || exact.Passed == 0 {
				t.Errorf("funnel, folded %t: %+v %s", folded, exact, diff)
			}
			spread := must[*insight.Distribution](t)(r.insights.ScoreDistribution(t.Context(), r.owner, insight.DistributionInput{JobRoleID: first, From: &day}))
			rows := must[*insight.Distribution](t)(r.insights.ScoreDistribution(t.Context(), r.owner, insight.DistributionInput{JobRoleID: first, From: &almost}))
			if diff := cmp.Diff(rows, spread); diff != "" || rows.Count == 0 {
				t.Errorf("distribution, folded %t: %+v %s", folded, rows, diff)
			}
		}
	})
}

func TestFoldingCountsEveryLineOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const rounds = 20
		done := make(chan error, 2)
		for range 2 {
			go func() {
				for range rounds {
					if err := r.store.FoldTallies(t.Context()); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range rounds {
			r.write(t, func(w writer) { w.session(w.version(w.role("role").ID), asIs) })
			r.drift(t) // a reader in the middle sees every line once
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		r.fold(t)
		r.drift(t)
	})
}

func TestAWrongCounterIsFoundAndMended(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.seedFunnel(t)
		r.fold(t)
		r.write(t, func(w writer) {
			if _, err := w.tx.Exec(t.Context(), `UPDATE tallies SET amount = amount + 1 WHERE organization_id = @org AND metric = 'STEPS' AND label = 'OPENED'`, nil); err != nil {
				t.Fatal(err)
			}
		})
		drift, err := r.store.TallyDrift(t.Context())
		if err != nil || len(drift) == 0 || drift[0].Metric != tenant.StepTally || drift[0].Label != "OPENED" || drift[0].Missing != -1 {
			t.Fatalf("got %v, %v", drift, err)
		}
		if err := r.store.RebuildTallies(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.drift(t)
	})
}
