package grading_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func (r *rig) ledger(t testing.TB, who policy.Actor, session gid.ID) []*grading.Award {
	t.Helper()
	return must(r.trace(t.Context(), who, session))(t).Awards
}

// trace is the score trace of one session.
func (r *rig) trace(ctx context.Context, who policy.Actor, session gid.ID) (*grading.ScoreTrace, error) {
	found, err := r.grading.ScoreTraces(ctx, who, []gid.ID{session})
	if err == nil && len(found) != 1 {
		err = tenant.NotFound("session")
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// explained demands that the ledger has a line that counts for everything that the current report counts.
func (r *rig) explained(t testing.TB, session gid.ID) {
	t.Helper()
	_, doc := r.report(t, session)
	want, got := map[string]int{}, map[string]int{}
	for _, q := range doc.Questions {
		for _, e := range q.Trace() {
			if e.Counts() && !q.Dropped {
				want[q.Ref+" "+e.Criterion+" "+string(e.Source)+" "+e.Points.String()]++
			}
		}
	}
	for _, a := range r.ledger(t, r.owner, session) {
		if a.Counts {
			got[a.Ref+" "+a.Criterion+" "+string(a.Source)+" "+a.Points.String()]++
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("the report counts (-), the ledger does (+): %s", diff)
	}
}

func (r *rig) agrees(t testing.TB, session gid.ID, why, how int) {
	t.Helper()
	must(r.grading.RecordConsensus(t.Context(), r.owner, grading.RecordConsensusInput{SessionID: session, Scores: gives(why, how), Reason: "we talked"}))(t)
}

// TestWhatPeopleSayWhileAMendingIsApplied has a review submitted and a consensus recorded between the mending of a key and the
// work that brings reports up to it. Whoever writes a report counts the mending; the work leaves that report alone.
func TestWhatPeopleSayWhileAMendingIsApplied(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		open, review, _ := r.assigned(t)
		agreed, other, _ := r.assigned(t)
		r.reviewed(t, other.ID)
		left, last, _ := r.assigned(t)
		r.reviewed(t, last.ID)
		row, p := r.apply(t, r.versionOf(t, open), wrong())
		r.clock.pass(time.Second)
		r.reviewed(t, review.ID)
		r.agrees(t, agreed, 1, 1)
		written := map[gid.ID]int{}
		for _, session := range []gid.ID{open, agreed} {
			now, doc := r.report(t, session)
			if now.Mended != 1 || doc.Questions[0].Awarded != 0 || now.State != term.ReportReady {
				t.Errorf("counts %d mendings, %s for the mended question, %s", now.Mended, doc.Questions[0].Awarded, now.State)
			}
			written[session] = now.Number
			r.explained(t, session)
			last := r.ledger(t, r.owner, session)
			if !slices.ContainsFunc(last, func(a *grading.Award) bool {
				return a.Ref == "1.1" && a.Counts && a.Points == 0 && a.RescoringID != nil && *a.RescoringID == row.ID
			}) {
				t.Error("the ledger does not say that the mended key awarded nothing")
			}
		}
		r.work(t, row.ID)
		for session, number := range written {
			if now, _ := r.report(t, session); now.Number != number {
				t.Errorf("the work wrote revision %d over %d", now.Number, number)
			}
			r.explained(t, session)
		}
		if now, doc := r.report(t, left); now.Reason != "the key was wrong" || doc.Questions[0].Awarded != 0 {
			t.Errorf("what nobody touched: %v", now)
		}
		if n := r.happened(t, "report.revised"); n != 1 || p.Changed != 3 {
			t.Errorf("%d reports were revised by the work, of %d that the preview told of", n, p.Changed)
		}
		r.clock.pass(time.Second)
		for _, session := range []gid.ID{open, agreed, left} {
			r.agrees(t, session, 2, 2)
			now, doc := r.report(t, session)
			if now.Mended != 1 || doc.Questions[0].Awarded != 0 || doc.Questions[4].Awarded != 2_000_000 {
				t.Errorf("a consensus afterwards: %d mendings, %s and %s", now.Mended, doc.Questions[0].Awarded, doc.Questions[4].Awarded)
			}
			r.explained(t, session)
		}
		if n := len(r.sheets(t, open)); n != 2 {
			t.Errorf("%d sheets: a consensus that nothing was mended before awards nothing by key", n)
		}
	})
}

// TestConsensusBesideReScoring records consensus and submits reviews while two workers apply a mending. Every report counts it
// once, whoever was first, and the last word of people stands.
func TestConsensusBesideReScoring(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var sessions, reviews []gid.ID
		for range 5 {
			session, review, _ := r.assigned(t)
			sessions, reviews = append(sessions, session), append(reviews, review.ID)
		}
		for _, id := range reviews[:3] {
			r.reviewed(t, id)
		}
		row, _ := r.apply(t, r.versionOf(t, sessions[0]), wrong())
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { _ = r.grading.Rescore(t.Context(), policy.Worker(r.owner.Org), row.ID) })
		}
		for _, id := range sessions[:3] {
			all.Go(func() {
				if _, err := r.grading.RecordConsensus(t.Context(), r.owner, grading.RecordConsensusInput{SessionID: id, Scores: gives(1, 1), Reason: "we talked"}); err != nil {
					t.Error(err)
				}
			})
		}
		for _, id := range reviews[3:] {
			all.Go(func() {
				if _, err := r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: id, Scores: gives(1, 1)}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		r.work(t, row.ID)
		for _, id := range sessions {
			now, doc := r.report(t, id)
			// 6 points by key, and half of two.
			if now.Mended != 1 || now.State != term.ReportReady || doc.Questions[0].Awarded != 0 || doc.Overall.Awarded != 7_000_000 {
				t.Errorf("counts %d mendings, %s, %s and %s in all", now.Mended, now.State, doc.Questions[0].Awarded, doc.Overall.Awarded)
			}
			r.explained(t, id)
			if n := len(r.sheets(t, id)); n != 2 {
				t.Errorf("%d sheets, want the key's and the mended key's", n)
			}
		}
	})
}

// TestAQuestionThatOpensAgainFindsAReviewer takes an accepted text away from a session whose other answer was reviewed: the
// review that is in says nothing of this one, which waits for somebody, by the rule and by hand.
func TestAQuestionThatOpensAgainFindsAReviewer(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, review, _ := r.assigned(t)
		r.reviewed(t, review.ID)
		r.rescored(t, r.versionOf(t, session), []*content.KeyFix{{Ref: "1.4", Accepted: []string{"because of leases"}}})
		lacking := must(r.grading.LackingBySession(t.Context(), r.owner, []gid.ID{session}))(t)
		if diff := gocmp.Diff([]string{"1.4"}, lacking[0].Questions); diff != "" {
			t.Error(diff)
		}
		r.refused(t, "who reviewed the other answer", fault.AlreadyExists, func() error {
			return lastErr(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: r.reviewer.ID}))
		}, "reviewerId")
		second := r.member(t, policy.Reviewer)
		must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: second.ID}))(t)
		given := gives(1, 1)
		for _, g := range given {
			g.Question, g.Evidence = "1.4", new("Because")
		}
		r.submits(t, session, second, given)
		now, doc := r.report(t, session)
		if now.State != term.ReportReady || doc.Questions[3].Awarded != 1_000_000 || len(doc.Questions[4].Trace()) != 2 {
			t.Errorf("%s, %+v", now.State, doc.Questions[3])
		}
		r.explained(t, session)
	})
}

// TestTheLedgerIsSealedAsThePanelIs reads the ledger while somebody is still to be heard: whoever it is, and also if nobody
// was found for it yet.
func TestTheLedgerIsSealedAsThePanelIs(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 3)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool[:2] })
		session := r.waiting(t, false)
		told := func(who policy.Actor) (n int) {
			for _, a := range r.ledger(t, who, session) {
				if a.Source == term.SourceReviewer {
					n++
				}
			}
			return n
		}
		r.submits(t, session, people[0], gives(2, 2))
		if n := told(r.owner); n != 0 {
			t.Errorf("%d awards are told while the other scores", n)
		}
		must(r.grading.DeclineReview(t.Context(), people[1], grading.DeclineReviewInput{ID: r.own(t, session, people[1]), Reason: grading.ReviewerAway}))(t)
		if n := told(r.owner); n != 0 {
			t.Errorf("%d awards are told while nobody is left to be the other", n)
		}
		must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: people[2].ID}))(t)
		r.submits(t, session, people[2], gives(0, 0))
		if n := told(r.owner); n != 4 {
			t.Errorf("%d awards are told once all are in, and nobody is left to decide", n)
		}
		must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: r.reviewer.ID}))(t)
		if n := told(r.owner); n != 0 {
			t.Errorf("%d awards are told while somebody decides who must not know them", n)
		}
		r.submits(t, session, r.reviewer, gives(1, 1))
		if n := told(r.owner); n != 6 {
			t.Errorf("%d awards are told in the end", n)
		}
		for _, a := range r.ledger(t, r.as(policy.Analyst), session) {
			if a.AwardedBy != nil || a.ConfirmedBy != nil {
				t.Fatalf("an analyst, who reads no members, is told who: %+v", a)
			}
		}
		r.explained(t, session)
	})
}

// TestTheLedgerForgetsNobody has a key accept what a person scored: what they awarded counts no more, and stays in the ledger.
func TestTheLedgerForgetsNobody(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, _ := r.scored(t, keyed().with("1.4", words("because of leases")))
		row := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: r.reviewer.ID}))(t)
		given := gives(1, 1)
		for _, g := range given {
			g.Question, g.Evidence = "1.4", new("leases")
		}
		must(r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: row.ID, Scores: given}))(t)
		r.clock.pass(time.Second)
		r.rescored(t, r.versionOf(t, session), []*content.KeyFix{{Ref: "1.4", Accepted: []string{"because of leases"}}})
		var lines []string
		for _, a := range r.ledger(t, r.owner, session) {
			if a.Ref == "1.4" {
				lines = append(lines, fmt.Sprint(a.Criterion, " ", a.Source, " ", a.Points, "/", a.Maximum, " counts ", a.Counts))
			}
		}
		want := []string{"why REVIEWER 1/2 counts false", "how REVIEWER 1/2 counts false", "answer KEY 2/2 counts true"}
		if diff := gocmp.Diff(want, lines); diff != "" {
			t.Error(diff)
		}
		r.explained(t, session)
	})
}
