package grading_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// wrong says that b was right in the first question all along.
func wrong() []*content.KeyFix { return []*content.KeyFix{{Ref: "1.1", Correct: []string{"b"}}} }

// versionOf is the version that a session pins.
func (r *rig) versionOf(t testing.TB, session gid.ID) gid.ID {
	t.Helper()
	return r.session(t, session).TemplateVersionID
}

// fresh is a template of which nobody took anything yet.
func (r *rig) fresh(t testing.TB) gid.ID {
	t.Helper()
	return r.publish(t, r.draft(t, r.role, term.FeedbackSections)).ID
}

// graded is a sitting of a template that was scored by its key.
func (r *rig) graded(t testing.TB, template gid.ID, given answers) (gid.ID, policy.Actor) {
	t.Helper()
	id, who := r.took(t, template, given)
	r.score(t, id)
	return id, who
}

func (r *rig) preview(t testing.TB, version gid.ID, fixes []*content.KeyFix) *grading.RescorePreview {
	t.Helper()
	return must(r.grading.PreviewRescore(t.Context(), r.owner, version, fixes))(t)
}

// apply mends a key as it was previewed, without the work that follows.
func (r *rig) apply(t testing.TB, version gid.ID, fixes []*content.KeyFix) (*ent.Rescoring, *grading.RescorePreview) {
	t.Helper()
	p := r.preview(t, version, fixes)
	return must(r.grading.ApplyRescore(t.Context(), r.owner, grading.ApplyRescoreInput{
		TemplateVersionID: version, Fixes: fixes, Reason: "the key was wrong", Digest: p.Digest,
	}))(t), p
}

// rescored mends a key and brings every report up to it.
func (r *rig) rescored(t testing.TB, version gid.ID, fixes []*content.KeyFix) *grading.RescorePreview {
	t.Helper()
	row, p := r.apply(t, version, fixes)
	r.work(t, row.ID)
	return p
}

func (r *rig) work(t testing.TB, rescoring gid.ID) {
	t.Helper()
	if err := r.grading.Rescore(t.Context(), policy.Worker(r.owner.Org), rescoring); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) changes(t testing.TB, p *grading.RescorePreview) map[gid.ID]*grading.ScoreChange {
	t.Helper()
	all := map[gid.ID]*grading.ScoreChange{}
	for _, c := range must(p.Changes(tenant.Paging{First: new(100)}))(t).Nodes {
		all[c.SessionID] = c
	}
	return all
}

// outcome is what a session's current report says.
func (r *rig) outcome(t testing.TB, session gid.ID) grading.Outcome {
	t.Helper()
	row, doc := r.report(t, session)
	return grading.Outcome{Percent: grading.Percent(row.Percent), Points: doc.Overall.Awarded, MaxPoints: doc.Overall.Maximum, Band: row.Band, Passed: row.Passed,
		Provisional: row.State == term.ReportProvisional}
}

// TestAWrongKeyIsMended takes sessions with every standing through a wrong key.
func TestAWrongKeyIsMended(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.fresh(t)
		loses, _ := r.graded(t, template, keyed())                                                                            // 8 of 10
		gains, candidate := r.graded(t, template, answers{"1.1": ticked("b"), "1.2": ticked("a", "b"), "1.3": number("3.5")}) // 4 of 10
		same, _ := r.graded(t, template, answers{"1.1": ticked("c")})
		version := r.versionOf(t, loses)
		frozen := r.texts(t, "SELECT hash FROM template_versions WHERE id = '"+version.UUID()+"'")
		first, _ := r.report(t, gains)
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: first.ID}))(t)
		told := must(r.grading.Feedback(t.Context(), candidate, gains))(t)

		p := r.preview(t, version, wrong())
		if p.Concerned != 3 || p.Changed != 2 || p.Up != 1 || p.Down != 1 || p.Passing != 1 || p.Failing != 0 || p.Bands != 1 || p.Told != 1 {
			t.Errorf("got %+v", p)
		}
		if diff := gocmp.Diff([]*grading.RescoreBucket{{Change: -20, Count: 1}, {Change: 20, Count: 1}}, p.Histogram); diff != "" {
			t.Error(diff)
		}
		row, _ := r.apply(t, version, wrong())
		if row.State != term.RescoringApplying || row.Number != 1 || row.Changed != 2 || row.Concerned != 3 || row.AppliedBy != r.owner.Label() {
			t.Errorf("got %v", row)
		}
		before := r.snapshot(t)
		r.work(t, row.ID)
		want := map[string]int{"reports": 2, "score_sheets": 2, "events": 2, "audit_events": 3}
		grown := growth(before, r.snapshot(t))
		if diff := gocmp.Diff(want, grown); diff != "" {
			t.Error(diff)
		}
		if err := r.unchanged(t, "again", func() error { return r.grading.Rescore(t.Context(), policy.Worker(r.owner.Org), row.ID) }); err != nil {
			t.Error(err)
		}
		for id, change := range r.changes(t, p) {
			if diff := gocmp.Diff(change.To, r.outcome(t, id)); diff != "" {
				t.Errorf("%s: %s", id, diff)
			}
		}
		now, doc := r.report(t, gains)
		if now.Number != 2 || now.State != term.ReportReady || now.Reason != "the key was wrong" || now.Mended != 1 || r.session(t, gains).State != term.Released {
			t.Errorf("got %v", now)
		}
		r.adds(t, now, doc)
		if untouched, _ := r.report(t, same); untouched.Number != 1 || untouched.Mended != 1 {
			t.Errorf("got %v", untouched)
		}
		if diff := gocmp.Diff(told, must(r.grading.Feedback(t.Context(), candidate, gains))(t)); diff != "" {
			t.Errorf("the candidate is shown what was not released: %s", diff)
		}
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: now.ID}))(t)
		if shown := must(r.grading.Feedback(t.Context(), candidate, gains))(t); !*shown.Passed || *told.Passed {
			t.Errorf("passed %v, then %v", *told.Passed, *shown.Passed)
		}
		if diff := gocmp.Diff([]gid.ID{now.ID, first.ID}, pages(t, 1, reportID, func(p tenant.Paging) (*tenant.Page[*ent.Report], error) {
			return grading.PageOfRevisions(p, must(r.grading.Revisions(t.Context(), r.owner, []gid.ID{gains}))(t))
		})); diff != "" {
			t.Error(diff)
		}
		sheets := r.sheets(t, gains)
		if len(sheets) != 2 || sheets[1].RescoringID == nil || *sheets[1].RescoringID != row.ID || len(sheets[1].Entries) != 1 || sheets[1].Entries[0].Points != 2_000_000 {
			t.Errorf("got %v", sheets)
		}
		later, _ := r.graded(t, template, keyed()) // by the mended key, from the start
		if late, _ := r.report(t, later); late.Mended != 1 || late.Percent != 60_000_000 {
			t.Errorf("got %v", late)
		}
		if diff := gocmp.Diff(frozen, r.texts(t, "SELECT hash FROM template_versions WHERE id = '"+version.UUID()+"'")); diff != "" {
			t.Error(diff)
		}
		applied := must(r.grading.RescoringsByID(t.Context(), r.owner, []gid.ID{row.ID}))(t)[0]
		progress := must(r.grading.ProgressOf(t.Context(), r.owner, []gid.ID{row.ID}))(t)[0]
		if applied.State != term.RescoringApplied || applied.FinishedAt == nil || progress.Done != 4 || progress.Total != 4 {
			t.Errorf("got %v, %+v", applied, progress)
		}
	})
}

// TestWhatPeopleAwardedIsKept mends the points of a text that was reviewed, drops it, and credits one that waits.
func TestWhatPeopleAwardedIsKept(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, review, _ := r.assigned(t)
		r.reviewed(t, review.ID)
		waits, _ := r.scored(t, keyed().with("2.1", words(text)))
		version := r.versionOf(t, session)
		_, was := r.report(t, session)
		r.rescored(t, version, []*content.KeyFix{{Ref: "2.1", Points: new(4)}})
		row, now := r.report(t, session)
		if now.Questions[4].Awarded != 2*was.Questions[4].Awarded || row.Number != 3 {
			t.Errorf("%v of %v, before %v", now.Questions[4].Awarded, now.Questions[4].Maximum, was.Questions[4].Awarded)
		}
		if diff := gocmp.Diff(was.Questions[4].Trace(), now.Questions[4].Trace()); diff != "" {
			t.Error(diff)
		}
		r.adds(t, row, now)
		r.rescored(t, version, []*content.KeyFix{{Ref: "2.1", Drop: true}})
		_, dropped := r.report(t, session)
		if q := dropped.Questions[4]; !q.Dropped || q.Status != term.ItemScored || len(q.Trace()) != 2 || dropped.Overall.Maximum != was.Overall.Maximum-was.Questions[4].Maximum || len(dropped.Sections) != 1 {
			t.Errorf("got %+v of %+v", q, dropped.Overall)
		}
		if s := r.session(t, waits); s.State != term.Scored {
			t.Errorf("nothing waits any more, and the session is %s", s.State)
		}
		r.rescored(t, version, []*content.KeyFix{{Ref: "2.1", Credit: true}})
		if _, credited := r.report(t, waits); credited.Questions[4].Awarded != credited.Questions[4].Maximum || credited.Questions[4].Dropped {
			t.Errorf("got %+v", credited.Questions[4])
		}
	})
}

// TestAnAnswerThatIsAcceptedNoMoreWaitsForAPerson takes an accepted short text away, also from a released session.
func TestAnAnswerThatIsAcceptedNoMoreWaitsForAPerson(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.fresh(t)
		id, who := r.graded(t, template, keyed())
		row, _ := r.report(t, id)
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
		r.rescored(t, r.versionOf(t, id), []*content.KeyFix{{Ref: "1.4", Accepted: []string{"because of leases"}}})
		if s, now := r.session(t, id), r.outcome(t, id); s.State != term.InReview || !now.Provisional {
			t.Errorf("%s with %+v", s.State, now)
		}
		if f := must(r.grading.Feedback(t.Context(), who, id))(t); f == nil || !*f.Passed {
			t.Errorf("what was told is gone: %v", f)
		}
	})
}

// TestWhatWaitsAfterAMendingIsGivenOut takes an accepted text away where a rule gives answers to reviewers by itself: from a
// session that was scored, and from one whose long text somebody has already.
func TestWhatWaitsAfterAMendingIsGivenOut(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, pool := r.reviewers(t, 2)
		scored, _ := r.graded(t, r.template.ID, keyed())
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool, in.Reviewers = pool, 1 })
		open, _ := r.graded(t, r.template.ID, keyed().with("2.1", words(text)))
		for id, want := range map[gid.ID]int{scored: 0, open: 1} {
			if got := len(r.reviewsOf(t, id)); got != want {
				t.Fatalf("%d reviews before, want %d", got, want)
			}
		}
		r.rescored(t, r.versionOf(t, scored), []*content.KeyFix{{Ref: "1.4", Accepted: []string{"because of leases"}}})
		for _, id := range []gid.ID{scored, open} {
			if lacking := r.lacking(t, id); len(lacking) > 0 || len(r.reviewsOf(t, id)) == 0 {
				t.Errorf("somebody lacks for %v of %d reviews", lacking, len(r.reviewsOf(t, id)))
			}
		}
	})
}

// TestWhatPeopleAwardedComesBack accepts a text that a reviewer had scored, and takes it back: their awards, which stood aside
// meanwhile, count again.
func TestWhatPeopleAwardedComesBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.fresh(t)
		id, _ := r.graded(t, template, keyed().with("1.4", words("LOCKS")))
		row := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: id, ReviewerID: r.reviewer.ID}))(t)
		must(r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: row.ID, Scores: shortText()}))(t)
		_, before := r.report(t, id)
		version := r.versionOf(t, id)
		r.rescored(t, version, []*content.KeyFix{{Ref: "1.4", Accepted: []string{"locks"}}})
		_, by := r.report(t, id)
		q := by.Questions[3]
		if trace := q.Trace(); q.Awarded != q.Maximum || len(trace) != 3 || trace[0].Source != term.SourceKey || !trace[0].Counts() || trace[1].Counts() || trace[2].Counts() {
			t.Errorf("accepted: %s of %s, %d awards", q.Awarded, q.Maximum, len(trace))
		}
		r.rescored(t, version, []*content.KeyFix{{Ref: "1.4", Accepted: []string{"leases"}}})
		now, after := r.report(t, id)
		if diff := gocmp.Diff(before.Questions[3], after.Questions[3]); diff != "" || now.State != term.ReportReady || r.session(t, id).State != term.Scored {
			t.Errorf("%s: %s", now.State, diff)
		}
	})
}

// TestAMendingTakesNeedlessReviewsBack accepts the only text that a reviewer was to score.
func TestAMendingTakesNeedlessReviewsBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, _ := r.graded(t, r.fresh(t), keyed().with("1.4", words("LOCKS")))
		must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: id, ReviewerID: r.reviewer.ID}))(t)
		r.rescored(t, r.versionOf(t, id), []*content.KeyFix{{Ref: "1.4", Accepted: []string{"locks"}}})
		if got := r.reviewsOf(t, id)[0].State; got != term.ReviewWithdrawn || r.session(t, id).State != term.Scored {
			t.Errorf("the review is %s, the session %s", got, r.session(t, id).State)
		}
	})
}

// TestErasureEndsAReview erases a person whose answers wait for a reviewer, who then has nothing to read.
func TestErasureEndsAReview(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id := r.waiting(t, false)
		must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: id, ReviewerID: r.reviewer.ID}))(t)
		must(r.sitting.EraseCandidate(t.Context(), r.owner, sitting.EraseCandidateInput{ID: r.session(t, id).CandidateID, Reason: "asked"}))(t)
		if got := r.reviewsOf(t, id)[0].State; got != term.ReviewWithdrawn || r.session(t, id).State != term.Voided {
			t.Errorf("the review is %s, the session %s", got, r.session(t, id).State)
		}
	})
}

// shortText are scores of the short text: half of each criterion.
func shortText() []*grading.CriterionScoreInput {
	score := func(criterion string) *grading.CriterionScoreInput {
		return &grading.CriterionScoreInput{Question: "1.4", Criterion: criterion, Points: 1, Comment: "half", Evidence: new("LOCKS")}
	}
	return []*grading.CriterionScoreInput{score("why"), score("how")}
}

func (r *rig) lacking(t testing.TB, session gid.ID) []string {
	t.Helper()
	return must(r.grading.LackingBySession(t.Context(), r.owner, []gid.ID{session}))(t)[0].Questions
}

// TestWhatWaitsAgainIsGivenToSomebody takes an accepted text away from sessions that somebody had reviewed as a whole: that
// review was not of this text.
func TestWhatWaitsAgainIsGivenToSomebody(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template, second := r.fresh(t), r.member(t, policy.Reviewer)
		reviewed := func() gid.ID {
			session, _ := r.graded(t, template, keyed().with("2.1", words(text)))
			row := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: r.reviewer.ID}))(t)
			r.reviewed(t, row.ID)
			return session
		}
		byReview, byConsensus := reviewed(), reviewed()
		before, _ := r.report(t, byReview)
		r.rescored(t, r.versionOf(t, byReview), []*content.KeyFix{{Ref: "1.4", Accepted: []string{"because of leases"}}})
		if got := r.lacking(t, byReview); !slices.Equal(got, []string{"1.4"}) {
			t.Errorf("somebody lacks for %v", got)
		}
		row := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: byReview, ReviewerID: second.ID}))(t)
		if !slices.Equal(row.Refs, []string{"1.4"}) {
			t.Errorf("given %v", row.Refs)
		}
		r.submits(t, byReview, second, shortText())
		must(r.grading.RecordConsensus(t.Context(), r.owner, grading.RecordConsensusInput{SessionID: byConsensus, Scores: shortText(), Reason: "nobody is left"}))(t)
		for name, session := range map[string]gid.ID{"by review": byReview, "by consensus": byConsensus} {
			now, doc := r.report(t, session)
			if s := r.session(t, session); s.State != term.Scored || now.State != term.ReportReady || now.Points != before.Points-1_000_000 || doc.Questions[4].Status != term.ItemScored {
				t.Errorf("%s: %s, report %s with %d points, before %d", name, s.State, now.State, now.Points, before.Points)
			}
		}
	})
}

// TestNobodyScoresWhatWasDropped drops a question while people review it.
func TestNobodyScoresWhatWasDropped(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.fresh(t)
		waits := func() gid.ID {
			session, _ := r.graded(t, template, keyed().with("1.4", words("no accepted answer")).with("2.1", words(text)))
			return session
		}
		assigned, unassigned := waits(), waits()
		row := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: assigned, ReviewerID: r.reviewer.ID}))(t)
		r.rescored(t, r.versionOf(t, assigned), []*content.KeyFix{{Ref: "1.4", Drop: true}})
		if got := r.lacking(t, unassigned); !slices.Equal(got, []string{"2.1"}) {
			t.Errorf("somebody lacks for %v", got)
		}
		r.refused(t, "what was dropped", fault.NotScorable, func() error {
			return lastErr(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: unassigned, ReviewerID: r.reviewer.ID, Questions: []string{"1.4"}}))
		})
		work := must(r.grading.Work(t.Context(), r.reviewer, []gid.ID{row.ID}))(t)
		if len(work) != 1 || len(work[0].Items) != 1 || work[0].Items[0].Question != "2.1" {
			t.Errorf("there is to score: %v", work)
		}
		r.refused(t, "scores of it", fault.Invalid, func() error {
			return lastErr(r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: row.ID, Scores: append(scores(), shortText()...)}))
		}, "scores.2.criterion", "scores.3.criterion")
		r.reviewed(t, row.ID)
		report, doc := r.report(t, assigned)
		if s := r.session(t, assigned); s.State != term.Scored || report.State != term.ReportReady || !doc.Questions[3].Dropped || doc.Overall.Maximum != 8_000_000 {
			t.Errorf("%s, report %s of %v", s.State, report.State, doc.Overall)
		}
	})
}

// TestWhatNeedsNoReviewAnyMoreIsGivenBack mends a key so that what somebody has to review counts without them.
func TestWhatNeedsNoReviewAnyMoreIsGivenBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		given := func() answers { return keyed().with("1.4", words("no accepted answer")) }
		assign := func(session gid.ID, who policy.Actor, refs ...string) *ent.Review {
			return must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: who.ID, Questions: refs}))(t)
		}
		template, second := r.fresh(t), r.member(t, policy.Reviewer)
		both, _ := r.graded(t, template, given().with("2.1", words(text)))
		assign(both, second, "1.4")
		assign(both, r.reviewer, "2.1")
		var rows []*ent.Review
		for range 3 {
			alone, _ := r.graded(t, template, given())
			rows = append(rows, assign(alone, second))
		}
		r.rescored(t, r.versionOf(t, both), []*content.KeyFix{{Ref: "1.4", Drop: true}})
		t.Run("with the next review of the session", func(t *testing.T) {
			r.submits(t, both, r.reviewer, gives(2, 1))
			if got := r.standing(t, both, []policy.Actor{r.reviewer, second}); !slices.Equal(got, []string{"0 REGULAR SUBMITTED 2.1", "1 REGULAR WITHDRAWN 1.4"}) {
				t.Errorf("got %q", got)
			}
		})
		t.Run("or with the mending, where nothing else waits", func(t *testing.T) {
			for _, row := range rows {
				if got := r.reviewsOf(t, row.SessionID)[0]; got.State != term.ReviewWithdrawn || got.EndReason == "" {
					t.Errorf("a review is %s", got.State)
				}
			}
		})
		t.Run("or by whoever has it, or assigned it, since before mendings did so", func(t *testing.T) {
			for _, row := range rows {
				must(r.db.ExecContext(t.Context(), "UPDATE reviews SET state = 'ASSIGNED' WHERE id = '"+row.ID.UUID()+"'"))(t)
			}
			before, _ := r.report(t, rows[0].SessionID)
			must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: before.ID}))(t)
			must(r.grading.DeclineReview(t.Context(), second, grading.DeclineReviewInput{ID: rows[0].ID, Reason: grading.ReviewerAway}))(t)
			must(r.grading.WithdrawReview(t.Context(), r.owner, grading.WithdrawReviewInput{ID: rows[1].ID, Reason: "it counts for nobody"}))(t)
			if now, _ := r.report(t, rows[0].SessionID); now.ID != before.ID || r.session(t, now.SessionID).State != term.Released {
				t.Errorf("what was released changed: %v", now)
			}
		})
		t.Run("and is neither scored nor passed on", func(t *testing.T) {
			r.refused(t, "scores", fault.Conflict, func() error {
				return lastErr(r.grading.SubmitReview(t.Context(), second, grading.SubmitReviewInput{ID: rows[2].ID, Scores: shortText()}))
			})
			r.refused(t, "somebody else", fault.Conflict, func() error {
				return lastErr(r.grading.ReassignReview(t.Context(), r.owner, grading.ReassignReviewInput{ID: rows[2].ID, ReviewerID: r.reviewer.ID, Reason: "so"}))
			})
		})
	})
}

func TestPreviewRescore(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, _ := r.scored(t, keyed())
		version, skill := r.versionOf(t, id), r.ids.New(gid.Skill, r.clock.look())
		fix := func(f content.KeyFix) []*content.KeyFix { return []*content.KeyFix{&f} }
		for name, c := range map[string]struct {
			fixes []*content.KeyFix
			paths []string
		}{
			"nothing at all":        {nil, []string{"fixes"}},
			"a fix of nothing":      {fix(content.KeyFix{Ref: "1.1"}), []string{"fixes.0"}},
			"two things in one":     {fix(content.KeyFix{Ref: "1.1", Drop: true, Credit: true}), []string{"fixes.0"}},
			"no such question":      {fix(content.KeyFix{Ref: "9.9", Drop: true}), []string{"fixes.0.ref"}},
			"a cut of a question":   {fix(content.KeyFix{Ref: "1.1", CutPercent: new(60)}), []string{"fixes.0.ref"}},
			"the same key":          {fix(content.KeyFix{Ref: "1.1", Correct: []string{"a"}}), []string{"fixes.0.correct"}},
			"the same cut":          {fix(content.KeyFix{CutPercent: new(50)}), []string{"fixes.0.cutPercent"}},
			"dropped twice":         {append(fix(content.KeyFix{Ref: "1.1", Drop: true}), &content.KeyFix{Ref: "1.1", Drop: true}), []string{"fixes.1.drop"}},
			"no choice":             {fix(content.KeyFix{Ref: "1.1", Correct: []string{"x"}}), []string{"fixes.0.correct.0", "fixes.0.correct"}},
			"two of a single one":   {fix(content.KeyFix{Ref: "1.1", Correct: []string{"a", "b"}}), []string{"fixes.0.correct"}},
			"choices of a number":   {fix(content.KeyFix{Ref: "1.3", Correct: []string{"a"}}), []string{"fixes.0.correct"}},
			"a number of a choice":  {fix(content.KeyFix{Ref: "1.1", Numeric: &content.NumericKey{Value: "1"}}), []string{"fixes.0.numeric"}},
			"no number":             {fix(content.KeyFix{Ref: "1.3", Numeric: &content.NumericKey{Value: "many", Mode: term.Exact}}), []string{"fixes.0.numeric.value"}},
			"accepted of a choice":  {fix(content.KeyFix{Ref: "1.1", Accepted: []string{"a"}}), []string{"fixes.0.accepted", "fixes.0.accepted"}},
			"no points":             {fix(content.KeyFix{Ref: "1.1", Points: new(0)}), []string{"fixes.0.points"}},
			"a cut above all":       {fix(content.KeyFix{CutPercent: new(101)}), []string{"fixes.0.cutPercent"}},
			"bands from the middle": {fix(content.KeyFix{Bands: []*content.Band{{Name: "High", MinPercent: 10}}}), []string{"fixes.0.bands"}},
			"an unknown skill":      {fix(content.KeyFix{SkillWeights: []*content.SkillWeight{{SkillID: skill, Weight: 2}}}), []string{"fixes.0.skillWeights.0.skillId"}},
		} {
			r.refused(t, name, fault.Invalid, func() error { return lastErr(r.grading.PreviewRescore(t.Context(), r.owner, version, c.fixes)) }, c.paths...)
		}
		ask := func(a policy.Actor) error { return lastErr(r.grading.PreviewRescore(t.Context(), a, version, wrong())) }
		if err := r.unchanged(t, "a preview", func() error { return ask(r.owner) }); err != nil {
			t.Error(err)
		}
		r.denied(t, policy.ReportRescore, ask)
		r.refused(t, "another organization", fault.NotFound, func() error { return ask(r.stranger) })
		elsewhere := r.as(policy.Recruiter)
		elsewhere.Limited, elsewhere.JobRoles = true, []gid.ID{r.jobRole(t)}
		r.refused(t, "another job role", fault.NotFound, func() error { return ask(elsewhere) })
		elsewhere.JobRoles = []gid.ID{r.role}
		if err := ask(elsewhere); err != nil {
			t.Errorf("their own job role: %v", err)
		}
	})
}

func TestApplyRescore(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.fresh(t)
		id, _ := r.graded(t, template, keyed())
		version := r.versionOf(t, id)
		p := r.preview(t, version, wrong())
		in := grading.ApplyRescoreInput{TemplateVersionID: version, Fixes: wrong(), Reason: "the key was wrong", Digest: p.Digest}
		with := func(change func(*grading.ApplyRescoreInput)) func() error {
			other := in
			change(&other)
			return func() error { return lastErr(r.grading.ApplyRescore(t.Context(), r.owner, other)) }
		}
		r.refused(t, "no reason", fault.Invalid, with(func(in *grading.ApplyRescoreInput) { in.Reason = " " }), "reason")
		r.refused(t, "no digest", fault.Invalid, with(func(in *grading.ApplyRescoreInput) { in.Digest = "abc" }), "digest")
		r.refused(t, "another fix", fault.Conflict, with(func(in *grading.ApplyRescoreInput) { in.Fixes = []*content.KeyFix{{Ref: "1.1", Drop: true}} }))
		second, _ := r.graded(t, template, keyed())
		r.refused(t, "a session since then", fault.Conflict, with(func(*grading.ApplyRescoreInput) {}))
		must(r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: second, Reason: "the fire alarm"}))(t)
		row := must(r.grading.ApplyRescore(t.Context(), r.owner, in))(t)
		r.refused(t, "while it is applied", fault.Conflict, func() error {
			return lastErr(r.grading.PreviewRescore(t.Context(), r.owner, version, []*content.KeyFix{{Ref: "1.1", Drop: true}}))
		})
		r.work(t, row.ID)
		if void, _ := r.report(t, second); void.Number != 1 || void.Mended != 1 {
			t.Errorf("what is void became %v", void)
		}
		r.refused(t, "once more", fault.Invalid, with(func(*grading.ApplyRescoreInput) {}), "fixes.0.correct")
		r.refused(t, "the work, for another organization", fault.NotFound, func() error {
			return r.grading.Rescore(t.Context(), policy.Worker(r.stranger.Org), row.ID)
		})
		r.denied(t, policy.SessionScore, func(a policy.Actor) error { return r.grading.Rescore(t.Context(), a, row.ID) })
		r.mutate(t, map[string]mutation{"ApplyRescore": {
			action: policy.ReportRescore, actor: r.owner, events: []event.Type{event.VersionRescored}, foreign: true, fresh: func(t testing.TB) call {
				id, _ := r.graded(t, r.fresh(t), keyed())
				version := r.versionOf(t, id)
				in := grading.ApplyRescoreInput{TemplateVersionID: version, Fixes: wrong(), Reason: "the key was wrong", Digest: r.preview(t, version, wrong()).Digest}
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := in
					in.IdempotencyKey = key
					if other {
						in.Reason = "another"
					}
					row, err := r.grading.ApplyRescore(ctx, a, in)
					if err != nil {
						return gid.ID{}, err
					}
					return row.ID, nil
				}
			},
		}})
	})
}

// anyFixes are one to three mendings that may stand together.
func anyFixes(rt *rapid.T) []*content.KeyFix {
	ref := func() string {
		return rapid.SampledFrom([]string{"1.1", "1.2", "1.3", "1.4", "2.1"}).Draw(rt, "question")
	}
	var fixes []*content.KeyFix
	for range rapid.IntRange(1, 3).Draw(rt, "fixes") {
		fixes = append(fixes, []*content.KeyFix{
			{Ref: ref(), Drop: true}, {Ref: ref(), Credit: true}, {Ref: ref(), Points: new(rapid.IntRange(1, 5).Draw(rt, "points"))},
			{Ref: "1.1", Correct: []string{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "right")}},
			{Ref: "1.2", Correct: rapid.SampledFrom([][]string{{"a"}, {"b", "c"}, {"a", "b", "c"}}).Draw(rt, "right ones")},
			{Ref: "1.3", Numeric: &content.NumericKey{Value: rapid.SampledFrom([]string{"3.5", "4", "9"}).Draw(rt, "number"), Mode: term.Exact}},
			{Ref: "1.4", Accepted: []string{rapid.SampledFrom([]string{"because of locks", "leases"}).Draw(rt, "accepted")}},
			{CutPercent: new(rapid.IntRange(0, 100).Draw(rt, "cut"))},
			{Bands: []*content.Band{{Name: "All"}, {Name: "Top", MinPercent: rapid.IntRange(1, 100).Draw(rt, "top")}}},
		}[rapid.IntRange(0, 8).Draw(rt, "kind")])
	}
	return fixes
}

// TestApplyingDoesWhatWasPreviewed mends at random and demands that exactly the sessions of the preview get a revision, each
// with the outcome that was previewed, and that it is stopped after a random number of batches and begun again.
func TestApplyingDoesWhatWasPreviewed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		r := newRig(t, db)
		var sessions []gid.ID
		for i := range 12 {
			given := []answers{keyed(), {"1.1": ticked("b"), "1.3": number("4")}, {"1.2": ticked("b", "c"), "1.4": words("leases")}, {}}[i%4]
			if i%5 == 0 {
				given = given.with("2.1", words(text))
			}
			id, _ := r.took(t, r.template.ID, given)
			sessions = append(sessions, id)
		}
		r.score(t, sessions[0])
		version, applied := r.versionOf(t, sessions[0]), 0
		rapid.Check(t, func(rt *rapid.T) {
			if applied >= 25 {
				return
			}
			fixes := anyFixes(rt)
			p, err := r.grading.PreviewRescore(t.Context(), r.owner, version, fixes)
			if fault.Is(err, fault.Invalid) { // it changes nothing, or does not fit
				return
			}
			if err != nil {
				rt.Fatal(err)
			}
			applied++
			want, before := map[gid.ID]grading.Outcome{}, map[gid.ID]int{}
			for _, id := range sessions {
				want[id] = r.outcome(t, id)
				row, _ := r.report(t, id)
				before[id] = row.Number
			}
			changes := r.changes(t, p)
			for id, c := range changes {
				if diff := gocmp.Diff(want[id], c.From); diff != "" {
					rt.Fatal(diff)
				}
				want[id] = c.To
			}
			row := must(r.grading.ApplyRescore(t.Context(), r.owner, grading.ApplyRescoreInput{TemplateVersionID: version, Fixes: fixes, Reason: "again", Digest: p.Digest}))(t)
			r.stopped(t, db, row.ID, rapid.IntRange(0, 12).Draw(rt, "stopped after"))
			r.work(t, row.ID)
			for _, id := range sessions {
				if diff := gocmp.Diff(want[id], r.outcome(t, id)); diff != "" {
					rt.Fatalf("%v: %s", fixes, diff)
				}
				now, _ := r.report(t, id)
				if more := now.Number - before[id]; (more == 1) != (changes[id] != nil) || more > 1 || now.Mended != row.Number {
					rt.Fatalf("%d more revisions of %s", more, id)
				}
			}
		})
		if applied == 0 {
			t.Error("nothing was applied")
		}
		t.Logf("%d mendings were applied", applied)
	})
}

// stopped works a re-scoring in another process that is stopped after a number of statements.
func (r *rig) stopped(t *testing.T, db dbtest.Database, rescoring gid.ID, after int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var seen atomic.Int64
	store := must(tenant.Open(tenant.Config{
		URL: db.URL, Policy: r.rules, Clock: tenant.Clock{Now: r.clock.look, Own: true}, IDs: gid.NewSource(rand.Reader), Log: slog.New(slog.DiscardHandler),
		Observe: func(text string) {
			if strings.HasPrefix(text, "INSERT") || strings.HasPrefix(text, "UPDATE") || strings.HasPrefix(text, "SELECT") {
				if seen.Add(1) > int64(after) {
					stop()
				}
			}
		},
	}))(t)
	_ = grading.New(store).Rescore(ctx, policy.Worker(r.owner.Org), rescoring) // stopped or, with many statements, done
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

// TestReScoringStoppedHalfWayGoesOn has more sessions than one transaction takes and is stopped between two of them.
func TestReScoringStoppedHalfWayGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		c := newCrowd(t, db, 250)
		c.grade(t)
		row, p := c.apply(t, c.version, []*content.KeyFix{{Ref: "1.1", Correct: []string{"b"}}})
		ctx, stop := context.WithCancel(t.Context())
		batches := 0
		store := must(tenant.Open(tenant.Config{
			URL: db.URL, Policy: c.rules, Clock: tenant.Clock{Now: c.clock.look, Own: true}, IDs: gid.NewSource(rand.Reader), Log: slog.New(slog.DiscardHandler),
			Observe: func(text string) {
				if strings.HasPrefix(text, "UPDATE") && strings.Contains(text, "superseded_at") {
					if batches++; batches == 2 {
						stop()
					}
				}
			},
		}))(t)
		if err := grading.New(store).Rescore(ctx, policy.Worker(c.owner.Org), row.ID); err == nil {
			t.Error("it was not stopped")
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
		half := must(c.grading.ProgressOf(t.Context(), c.owner, []gid.ID{row.ID}))(t)[0]
		if half.Done != 100 || half.Total != 250 {
			t.Errorf("stopped at %+v", half)
		}
		c.work(t, row.ID)
		revised := c.texts(t, "SELECT id FROM reports WHERE number = 2")
		events := c.texts(t, "SELECT id FROM events WHERE type = 'report.revised'")
		if len(revised) != p.Changed || len(events) != p.Changed || p.Changed == 0 {
			t.Errorf("%d revisions and %d events, want %d", len(revised), len(events), p.Changed)
		}
		if more := c.texts(t, "SELECT id FROM reports WHERE number > 2"); len(more) != 0 {
			t.Errorf("%d revised twice", len(more))
		}
	})
}

// TestReScoringBesideOthers releases, reviews, voids and scores while a mending is applied: each session ends with one current
// report that counts the mending.
func TestReScoringBesideOthers(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.fresh(t)
		var ready, reviews, submitted, late []gid.ID
		for range 6 {
			id, _ := r.graded(t, template, keyed())
			ready = append(ready, id)
			open, _ := r.graded(t, template, keyed().with("2.1", words(text)))
			row := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: open, ReviewerID: r.reviewer.ID}))(t)
			reviews, submitted = append(reviews, row.ID), append(submitted, open)
		}
		for range 4 {
			id, _ := r.took(t, template, keyed())
			late = append(late, id)
		}
		version := r.versionOf(t, ready[0])
		row, _ := r.apply(t, version, wrong())
		reports := must(r.grading.ReportsBySession(t.Context(), r.owner, ready))(t)
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { _ = r.grading.Rescore(t.Context(), policy.Worker(r.owner.Org), row.ID) })
		}
		all.Go(func() {
			for _, rep := range reports[:3] {
				_, _ = r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: rep.ID}) // or it was superseded just before
			}
		})
		all.Go(func() {
			for _, id := range reviews {
				if _, err := r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: id, Scores: scores()}); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			if _, err := r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: ready[5], Reason: "the fire alarm"}); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			for _, id := range late {
				if err := r.grading.Score(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
					t.Error(err)
				}
			}
		})
		all.Wait()
		r.work(t, row.ID)
		for i, id := range append(append(append([]gid.ID{}, ready[:5]...), submitted...), late...) {
			now, doc := r.report(t, id)
			if now.Mended != 1 || doc.Questions[0].Awarded != 0 {
				t.Errorf("%d: counts %d mendings, %v", i, now.Mended, doc.Questions[0].Awarded)
			}
			r.adds(t, now, doc)
		}
		if twice := r.texts(t, "SELECT session_id FROM reports WHERE superseded_at IS NULL GROUP BY session_id HAVING COUNT(*) > 1"); len(twice) != 0 {
			t.Errorf("two current reports: %v", twice)
		}
	})
}

// TestScoreTrace reads the ledger of a session that was scored by key, by a person, and by a mended key.
func TestScoreTrace(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, review, _ := r.assigned(t)
		list := func() []*grading.Award { return r.ledger(t, r.owner, session) }
		if got := list(); len(got) != 4 || !got[0].Counts || got[0].ConfirmedBy != nil {
			t.Fatalf("got %d awards", len(got))
		}
		r.clock.pass(time.Second)
		r.reviewed(t, review.ID)
		r.clock.pass(time.Second)
		r.rescored(t, r.versionOf(t, session), wrong())
		row, _ := r.report(t, session)
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
		var lines []string
		for _, a := range list() {
			confirmed := a.ConfirmedBy != nil && *a.ConfirmedBy == r.owner.ID && a.ConfirmedAt != nil
			lines = append(lines, fmt.Sprint(a.Ref, " ", a.Criterion, " ", a.Points, "/", a.Maximum, " ", a.Source, " ", a.Anchor, " counts ", a.Counts, " confirmed ", confirmed,
				" review ", a.ReviewID != nil, " re-scoring ", a.RescoringID != nil))
		}
		want := []string{
			"1.1 answer 2/2 KEY  counts false confirmed false review false re-scoring false",
			"1.2 answer 2/2 KEY  counts true confirmed true review false re-scoring false",
			"1.3 answer 2/2 KEY  counts true confirmed true review false re-scoring false",
			"1.4 answer 2/2 KEY  counts true confirmed true review false re-scoring false",
			"2.1 why 2/2 REVIEWER a good one counts true confirmed true review true re-scoring false",
			"2.1 how 1/2 REVIEWER some counts true confirmed true review true re-scoring false",
			"1.1 answer 0/2 KEY  counts true confirmed true review false re-scoring true",
		}
		if diff := gocmp.Diff(want, lines); diff != "" {
			t.Error(diff)
		}
		n := 2
		var paged int
		for paging := (tenant.Paging{First: &n}); ; {
			page := must(must(r.trace(t.Context(), r.owner, session))(t).Page(paging))(t)
			paged += len(page.Nodes)
			if !page.HasNextPage {
				break
			}
			paging.After = new(page.Cursors[len(page.Cursors)-1].String())
		}
		if paged != len(want) {
			t.Errorf("%d in pages, want %d", paged, len(want))
		}
		ask := func(a policy.Actor) error {
			return lastErr(r.trace(t.Context(), a, session))
		}
		r.denied(t, policy.ReportRead, ask)
		r.refused(t, "another organization", fault.NotFound, func() error { return ask(r.stranger) })
		elsewhere := r.limited(r.jobRole(t))
		r.refused(t, "another job role", fault.NotFound, func() error { return ask(elsewhere) })
	})
}
