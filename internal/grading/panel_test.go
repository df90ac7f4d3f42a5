package grading_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// rule is the rule of the rig's template: two reviewers, at once.
func (r *rig) rule(t testing.TB, change func(*grading.SetReviewRuleInput)) *ent.ReviewRule {
	t.Helper()
	in := grading.SetReviewRuleInput{TemplateID: r.template.ID, Reviewers: 2, Spread: term.SpreadSession, Automatic: new(true)}
	if change != nil {
		change(&in)
	}
	return must(r.grading.SetReviewRule(t.Context(), r.owner, in))(t)
}

// reviewers makes members who review, and takes the owner out of it by the pool that it gives.
func (r *rig) reviewers(t testing.TB, n int) (people []policy.Actor, pool []gid.ID) {
	t.Helper()
	for range n {
		who := r.member(t, policy.Reviewer)
		people, pool = append(people, who), append(pool, who.ID)
	}
	return people, pool
}

// waiting is a session whose long text waits, and perhaps its short text.
func (r *rig) waiting(t testing.TB, both bool) gid.ID {
	t.Helper()
	given := keyed().with("2.1", words(text))
	if both {
		given.with("1.4", words("no accepted answer"))
	}
	id, _ := r.scored(t, given)
	return id
}

func (r *rig) reviewsOf(t testing.TB, session gid.ID) []*ent.Review {
	t.Helper()
	return must(r.grading.AssignmentsBySession(t.Context(), r.owner, []gid.ID{session}))(t)
}

// standing are a session's reviews in short: who, what kind, where it stands, of what.
func (r *rig) standing(t testing.TB, session gid.ID, people []policy.Actor) []string {
	t.Helper()
	var list []string
	for _, v := range r.reviewsOf(t, session) {
		i := slices.IndexFunc(people, func(a policy.Actor) bool { return a.ID == v.ReviewerID })
		line := fmt.Sprintf("%d %s %s", i, v.Kind, v.State)
		if len(v.Refs) > 0 {
			line += " " + strings.Join(v.Refs, ",")
		}
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}

// gives are scores of the long text.
func gives(why, how int) []*grading.CriterionScoreInput {
	score := func(criterion string, points int) *grading.CriterionScoreInput {
		s := &grading.CriterionScoreInput{Question: "2.1", Criterion: criterion, Points: points, Comment: "because"}
		if points > 0 {
			s.Evidence = new("we lock")
		}
		return s
	}
	return []*grading.CriterionScoreInput{score("why", why), score("how", how)}
}

// submits scores what somebody has of a session.
func (r *rig) submits(t testing.TB, session gid.ID, who policy.Actor, scores []*grading.CriterionScoreInput) {
	t.Helper()
	must(r.grading.SubmitReview(t.Context(), who, grading.SubmitReviewInput{ID: r.own(t, session, who), Scores: scores}))(t)
}

// own is somebody's review of a session.
func (r *rig) own(t testing.TB, session gid.ID, who policy.Actor) gid.ID {
	t.Helper()
	for _, v := range r.reviewsOf(t, session) {
		if v.ReviewerID == who.ID && v.State != term.ReviewWithdrawn {
			return v.ID
		}
	}
	t.Fatalf("%s has no review of it", who.ID)
	return gid.ID{}
}

// happened counts the events of a type.
func (r *rig) happened(t testing.TB, what string) int {
	t.Helper()
	return len(r.texts(t, "SELECT id FROM events WHERE type = '"+what+"'"))
}

// question is the result of a question on the current report, with the report's state.
func (r *rig) long(t testing.TB, session gid.ID) (*grading.QuestionResult, term.ReportState, int) {
	t.Helper()
	row, doc := r.report(t, session)
	return doc.Questions[4], row.State, row.Number
}

func counted(q *grading.QuestionResult) (all []string) {
	for _, e := range q.Trace() {
		all = append(all, fmt.Sprintf("%s %s %s %t", e.Criterion, e.Source, e.Points, e.Counts()))
	}
	return all
}

func TestTwoReviewersAgree(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 2)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool })
		session := r.waiting(t, false)
		if diff := gocmp.Diff([]string{"0 REGULAR ASSIGNED", "1 REGULAR ASSIGNED"}, r.standing(t, session, people)); diff != "" {
			t.Fatal(diff)
		}
		r.submits(t, session, people[0], gives(2, 1))
		q, state, number := r.long(t, session)
		if q.Status != term.ItemNotScored || len(q.Trace()) != 0 || state != term.ReportProvisional || number != 1 {
			t.Errorf("after one of two: %+v, %s, revision %d", q, state, number)
		}
		r.submits(t, session, people[1], gives(1, 1))
		q, state, _ = r.long(t, session)
		// (3 × 1.5/2 + 1 × 1/2) / 4 of two points.
		if q.Status != term.ItemScored || q.Awarded != 1_375_000 || state != term.ReportReady {
			t.Errorf("after both: %+v, %s", q, state)
		}
		want := []string{"why REVIEWER 2 true", "why REVIEWER 1 true", "how REVIEWER 1 true", "how REVIEWER 1 true"}
		if diff := gocmp.Diff(want, counted(q)); diff != "" {
			t.Error(diff)
		}
		if s := r.session(t, session); s.State != term.Scored {
			t.Errorf("session %s", s.State)
		}
		rows := r.rows(t, "SELECT criterion, number FROM scores WHERE source = 'REVIEWER' ORDER BY criterion, number")
		if diff := gocmp.Diff([][]string{{"how", "1"}, {"how", "2"}, {"why", "1"}, {"why", "2"}}, rows); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAFurtherReviewerIsCalledWhereTheyAreFarApart(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 3)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool })
		session := r.waiting(t, false)
		var first, second policy.Actor
		for i, line := range r.standing(t, session, people) {
			who := people[line[0]-'0']
			if i == 0 {
				first = who
			} else {
				second = who
			}
		}
		r.submits(t, session, first, gives(0, 1))
		r.submits(t, session, second, gives(2, 1))
		third := people[slices.IndexFunc(people, func(a policy.Actor) bool { return a.ID != first.ID && a.ID != second.ID })]
		q, state, number := r.long(t, session)
		if q.Status != term.ItemNotScored || len(q.Trace()) != 0 || state != term.ReportProvisional || number != 1 {
			t.Errorf("while the third scores: %+v, %s, revision %d", q, state, number)
		}
		if n := r.happened(t, "review.adjudication_called"); n != 1 {
			t.Errorf("%d called", n)
		}
		r.refused(t, "the third once more", fault.AlreadyExists, func() error {
			return lastErr(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: third.ID}))
		}, "reviewerId")
		r.submits(t, session, third, gives(2, 0))
		q, state, _ = r.long(t, session)
		// The median: why 2 of 0, 2, 2; how 1 of 1, 1, 0. (3 × 2/2 + 1 × 1/2) / 4 of two points.
		if q.Status != term.ItemScored || q.Awarded != 1_750_000 || state != term.ReportReady {
			t.Errorf("after the third: %+v, %s", q, state)
		}
		if !q.Trace()[0].WholeAnswer || q.Trace()[0].Evidence != text {
			t.Errorf("a zero without a quotation has %q as its evidence", q.Trace()[0].Evidence)
		}
	})
}

func TestNobodyIsLeftToDecide(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 2)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool })
		session := r.waiting(t, false)
		r.submits(t, session, people[0], gives(0, 1))
		r.submits(t, session, people[1], gives(2, 1))
		q, state, _ := r.long(t, session)
		want := []string{"why REVIEWER 0 false", "why REVIEWER 2 false", "how REVIEWER 1 false", "how REVIEWER 1 false"}
		if diff := gocmp.Diff(want, counted(q)); diff != "" || q.Status != term.ItemNotScored || state != term.ReportProvisional {
			t.Errorf("%s, %s: %s", q.Status, state, diff)
		}
		if n := r.happened(t, "review.reviewer_lacked"); n != 1 {
			t.Errorf("told %d times", n)
		}
		lacking := must(r.grading.LackingBySession(t.Context(), r.owner, []gid.ID{session}))(t)
		if diff := gocmp.Diff([]string{"2.1"}, lacking[0].Questions); diff != "" {
			t.Error(diff)
		}
		further := r.member(t, policy.Reviewer)
		row := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: further.ID}))(t)
		if row.Kind != term.ReviewAdjudication {
			t.Errorf("by hand: %s", row.Kind)
		}
		in := grading.RecordConsensusInput{SessionID: session, Reason: "we talked", Scores: gives(1, 1)[:1]}
		must(r.grading.RecordConsensus(t.Context(), r.owner, in))(t)
		q, state, _ = r.long(t, session)
		want = []string{"why REVIEWER 0 false", "why REVIEWER 2 false", "why CONSENSUS 1 true", "how REVIEWER 1 true", "how REVIEWER 1 true"}
		if diff := gocmp.Diff(want, counted(q)); diff != "" || q.Awarded != 1_000_000 || state != term.ReportReady {
			t.Errorf("%s, %s: %s", q.Awarded, state, diff)
		}
		if rows := must(r.grading.ReviewsByID(t.Context(), further, []gid.ID{row.ID}))(t); rows[0].State != term.ReviewWithdrawn {
			t.Errorf("what nobody needs any more is %s", rows[0].State)
		}
		r.refused(t, "scoring what was taken back", fault.Conflict, func() error {
			return lastErr(r.grading.SubmitReview(t.Context(), further, grading.SubmitReviewInput{ID: row.ID, Scores: gives(2, 2)}))
		})
	})
}

func TestConsensus(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 2)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool })
		session := r.waiting(t, false)
		agree := func(a policy.Actor, scores []*grading.CriterionScoreInput, reason string) error {
			return lastErr(r.grading.RecordConsensus(t.Context(), a, grading.RecordConsensusInput{SessionID: session, Scores: scores, Reason: reason}))
		}
		keyedOnly, _ := r.scored(t, keyed())
		begun, _ := r.began(t, r.template.ID, keyed())
		for name, c := range map[string]struct {
			call  func() error
			code  fault.Code
			paths []string
		}{
			"before anybody scored": {func() error { return agree(r.owner, gives(1, 1), "so") }, fault.Conflict, nil},
			"without a reason":      {func() error { return agree(r.owner, gives(1, 1), " ") }, fault.Invalid, []string{"reason"}},
			"without scores":        {func() error { return agree(r.owner, nil, "so") }, fault.Invalid, []string{"scores"}},
			"of another tenant":     {func() error { return agree(r.stranger, gives(1, 1), "so") }, fault.NotFound, nil},
			"that nothing can be said": {func() error {
				s := gives(0, 0)[:1]
				s[0].NotScorable = new(true)
				return agree(r.owner, s, "so")
			}, fault.Invalid, []string{"scores.0.notScorable"}},
			"of a key's question": {func() error {
				return lastErr(r.grading.RecordConsensus(t.Context(), r.owner, grading.RecordConsensusInput{SessionID: keyedOnly, Scores: gives(1, 1)[:1], Reason: "so"}))
			}, fault.Invalid, []string{"scores.0.criterion"}},
			"of what goes on": {func() error {
				return lastErr(r.grading.RecordConsensus(t.Context(), r.owner, grading.RecordConsensusInput{SessionID: begun, Scores: gives(1, 1)[:1], Reason: "so"}))
			}, fault.Conflict, nil},
		} {
			r.refused(t, name, c.code, c.call, c.paths...)
		}
		r.denied(t, policy.ReviewConsensus, func(a policy.Actor) error { return agree(a, gives(1, 1), "so") })
		r.submits(t, session, people[0], gives(2, 1))
		r.refused(t, "while one is still scoring", fault.Conflict, func() error { return agree(r.owner, gives(1, 1), "so") })
		r.submits(t, session, people[1], gives(2, 2))
		row, _ := r.report(t, session)
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
		if err := agree(r.owner, gives(0, 0), "we were too kind"); err != nil {
			t.Fatal(err)
		}
		again, doc := r.report(t, session)
		if again.State != term.ReportReady || again.Reason != "we were too kind" || again.Number != row.Number+1 || doc.Questions[4].Awarded != 0 {
			t.Errorf("got %v", again)
		}
		var shown []string
		for _, e := range r.sheet(t, r.owner, session).Questions[4].Trace {
			shown = append(shown, fmt.Sprintf("%s %s %s %t", e.Criterion, e.Source, e.Points.Decimal(), !e.SetAside))
		}
		if diff := gocmp.Diff([]string{
			"why REVIEWER 2 false", "why REVIEWER 2 false", "why CONSENSUS 0 true", "how REVIEWER 1 false", "how REVIEWER 2 false", "how CONSENSUS 0 true",
		}, shown); diff != "" {
			t.Errorf("the report does not say what counts: %s", diff)
		}
		if err := agree(r.owner, gives(2, 2)[1:], "how was better"); err != nil {
			t.Fatal(err)
		}
		_, doc = r.report(t, session)
		if doc.Questions[4].Awarded != 500_000 {
			t.Errorf("the last consensus counts: got %s", doc.Questions[4].Awarded)
		}
		if s := r.session(t, session); s.State != term.Released {
			t.Errorf("session %s", s.State)
		}
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: must(r.grading.ReportsBySession(t.Context(), r.owner, []gid.ID{session}))(t)[0].ID}))(t)
	})
}

func TestWhatCannotBeScored(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 2)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool })
		session := r.waiting(t, false)
		mute := gives(0, 0)
		mute[0].NotScorable = new(true)
		for name, c := range map[string]struct {
			change func(*grading.CriterionScoreInput)
			path   string
		}{
			"with points":       {func(s *grading.CriterionScoreInput) { s.Points = 1 }, "scores.0.points"},
			"with a quotation":  {func(s *grading.CriterionScoreInput) { s.Evidence = new("we lock") }, "scores.0.evidence"},
			"without a comment": {func(s *grading.CriterionScoreInput) { s.Comment = "" }, "scores.0.comment"},
		} {
			bad := *mute[0]
			c.change(&bad)
			r.refused(t, name, fault.Invalid, func() error {
				return lastErr(r.grading.SubmitReview(t.Context(), people[0], grading.SubmitReviewInput{
					ID: r.own(t, session, people[0]), Scores: []*grading.CriterionScoreInput{&bad, mute[1]},
				}))
			}, c.path)
		}
		r.submits(t, session, people[0], mute)
		r.submits(t, session, people[1], mute)
		q, state, _ := r.long(t, session)
		if q.Status != term.ItemNotScored || state != term.ReportProvisional || !q.Trace()[0].NotScorable || q.Trace()[0].Counts() || !q.Trace()[2].Counts() {
			t.Errorf("nobody could say: %+v, %s", q, state)
		}
		if s := r.session(t, session); s.State != term.InReview {
			t.Errorf("session %s", s.State)
		}
		other := r.waiting(t, false)
		r.submits(t, other, people[0], mute)
		r.submits(t, other, people[1], gives(2, 0))
		q, state, _ = r.long(t, other)
		if q.Awarded != 1_500_000 || state != term.ReportReady {
			t.Errorf("one could: %s, %s", q.Awarded, state)
		}
	})
}

func TestDeclining(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 3)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool })
		session := r.waiting(t, false)
		rows := r.reviewsOf(t, session)
		by := func(id gid.ID) policy.Actor {
			return people[slices.IndexFunc(people, func(a policy.Actor) bool { return a.ID == id })]
		}
		first, second := by(rows[0].ReviewerID), by(rows[1].ReviewerID)
		decline := func(a policy.Actor, id gid.ID, reason grading.DeclineReason, note *string) error {
			return lastErr(r.grading.DeclineReview(t.Context(), a, grading.DeclineReviewInput{ID: id, Reason: reason, Note: note}))
		}
		r.refused(t, "without the words", fault.Invalid, func() error { return decline(first, rows[0].ID, grading.InWords, nil) }, "note")
		r.refused(t, "another's", fault.NotFound, func() error { return decline(second, rows[0].ID, grading.ConflictOfInterest, nil) })
		r.refused(t, "another tenant's", fault.NotFound, func() error { return decline(r.stranger, rows[0].ID, grading.ConflictOfInterest, nil) })
		r.denied(t, policy.ReviewScore, func(a policy.Actor) error { return decline(a, rows[0].ID, grading.ConflictOfInterest, nil) })
		if err := decline(first, rows[0].ID, grading.ConflictOfInterest, new("my cousin")); err != nil {
			t.Fatal(err)
		}
		standing := r.standing(t, session, people)
		if len(standing) != 3 || strings.Count(strings.Join(standing, "\n"), "ASSIGNED") != 2 {
			t.Errorf("the next one has it: %v", standing)
		}
		r.refused(t, "again", fault.Conflict, func() error { return decline(first, rows[0].ID, grading.ConflictOfInterest, nil) })
		r.refused(t, "scoring it after all", fault.Conflict, func() error {
			return lastErr(r.grading.SubmitReview(t.Context(), first, grading.SubmitReviewInput{ID: rows[0].ID, Scores: gives(1, 1)}))
		})
		r.refused(t, "giving it back to them", fault.Conflict, func() error {
			return lastErr(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: first.ID}))
		})
		if got := r.texts(t, "SELECT end_reason FROM reviews WHERE state = 'DECLINED'"); !slices.Equal(got, []string{"CONFLICT_OF_INTEREST: my cousin"}) {
			t.Errorf("got %v", got)
		}
		work := must(r.grading.Work(t.Context(), first, []gid.ID{rows[0].ID}))(t)
		if len(work) != 1 || len(work[0].Items) != 0 {
			t.Errorf("who declined reads %v", work[0].Items)
		}
		if err := decline(second, rows[1].ID, grading.ReviewerAway, nil); err != nil {
			t.Fatal(err)
		}
		if n := r.happened(t, "review.reviewer_lacked"); n != 1 {
			t.Errorf("told %d times that nobody is left", n)
		}
		third := people[slices.IndexFunc(people, func(a policy.Actor) bool { return a.ID != first.ID && a.ID != second.ID })]
		r.submits(t, session, third, gives(2, 1))
		if q, _, _ := r.long(t, session); q.Status != term.ItemNotScored || len(q.Trace()) != 0 {
			t.Errorf("one of two that the rule demands: %+v", q)
		}
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool, in.Reviewers = pool, 1 })
		made := must(r.grading.AssignReviews(t.Context(), r.owner, grading.AssignReviewsInput{SessionIDs: []gid.ID{session}}))(t)
		if len(made[0].Faults) != 0 || len(made[0].Unassigned) != 0 {
			t.Errorf("got %+v", made[0])
		}
		if q, state, _ := r.long(t, session); q.Status != term.ItemScored || state != term.ReportReady {
			t.Errorf("with a rule that demands one: %+v", q)
		}
	})
}

func TestWithdrawAndReassign(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, row, _ := r.assigned(t)
		second := r.member(t, policy.Reviewer)
		withdraw := func(a policy.Actor, id gid.ID, reason string) error {
			return lastErr(r.grading.WithdrawReview(t.Context(), a, grading.WithdrawReviewInput{ID: id, Reason: reason}))
		}
		reassign := func(a policy.Actor, id, to gid.ID) (*ent.Review, error) {
			return r.grading.ReassignReview(t.Context(), a, grading.ReassignReviewInput{ID: id, ReviewerID: to, Reason: "away"})
		}
		r.refused(t, "no reason", fault.Invalid, func() error { return withdraw(r.owner, row.ID, "") }, "reason")
		r.refused(t, "another tenant's", fault.NotFound, func() error { return withdraw(r.stranger, row.ID, "so") })
		r.denied(t, policy.ReviewAssign, func(a policy.Actor) error { return withdraw(a, row.ID, "so") })
		r.denied(t, policy.ReviewAssign, func(a policy.Actor) error { return lastErr(reassign(a, row.ID, second.ID)) })
		r.refused(t, "to who has it", fault.AlreadyExists, func() error { return lastErr(reassign(r.owner, row.ID, r.reviewer.ID)) }, "reviewerId")
		r.refused(t, "to nobody", fault.NotFound, func() error { return lastErr(reassign(r.owner, row.ID, r.stranger.ID)) })
		moved := must(reassign(r.owner, row.ID, second.ID))(t)
		if moved.ReviewerID != second.ID || moved.State != term.ReviewAssigned || !moved.Blind || moved.DueAt == nil {
			t.Errorf("got %v", moved)
		}
		r.refused(t, "who had it scores", fault.Conflict, func() error {
			return lastErr(r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: row.ID, Scores: scores()}))
		})
		third := r.member(t, policy.Reviewer)
		must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: third.ID}))(t)
		r.submits(t, session, second, gives(2, 1))
		if _, state, _ := r.long(t, session); state != term.ReportProvisional {
			t.Errorf("one of two: %s", state)
		}
		r.refused(t, "what was submitted", fault.Conflict, func() error { return withdraw(r.owner, moved.ID, "so") })
		if err := withdraw(r.owner, r.own(t, session, third), "not needed"); err != nil {
			t.Fatal(err)
		}
		if q, state, _ := r.long(t, session); state != term.ReportReady || q.Awarded != 1_750_000 {
			t.Errorf("what is left is all: %s, %s", state, q.Awarded)
		}
	})
}

func TestAssignByQuestionKeepsReviewersToTheirQuestions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 2)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool, in.Reviewers, in.Spread = pool, 1, term.SpreadQuestion })
		keeps := map[string]gid.ID{}
		for i := range 4 {
			session := r.waiting(t, true)
			for _, v := range r.reviewsOf(t, session) {
				if len(v.Refs) != 1 {
					t.Fatalf("session %d: %v", i, v.Refs)
				}
				ref := v.Refs[0]
				if i > 0 && keeps[ref] != v.ReviewerID {
					t.Errorf("session %d: question %s changed hands", i, ref)
				}
				keeps[ref] = v.ReviewerID
				work := must(r.grading.Work(t.Context(), people[slices.Index(pool, v.ReviewerID)], []gid.ID{v.ID}))(t)
				if len(work[0].Items) != 1 || work[0].Items[0].Question != ref {
					t.Errorf("session %d: the work is %v", i, work[0].Items)
				}
			}
		}
		if len(keeps) != 2 || keeps["1.4"] == keeps["2.1"] {
			t.Errorf("got %v", keeps)
		}
	})
}

func TestAssignBySkill(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 2)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool, in.Reviewers, in.Spread = pool, 1, term.SpreadSkill })
		standing := r.standing(t, r.waiting(t, true), people)
		if len(standing) != 2 || !strings.Contains(strings.Join(standing, "\n"), "ASSIGNED 1.4") || !strings.Contains(strings.Join(standing, "\n"), "ASSIGNED 2.1") {
			t.Errorf("got %v", standing)
		}
	})
}

func TestAssignmentsBalance(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, pool := r.reviewers(t, 4)
		var sessions []gid.ID
		for range 8 {
			sessions = append(sessions, r.waiting(t, false))
		}
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool, in.Automatic = pool, new(false) })
		var all sync.WaitGroup
		errs := make([]error, len(sessions))
		for i, id := range sessions {
			all.Go(func() {
				_, errs[i] = r.grading.AssignReviews(t.Context(), r.owner, grading.AssignReviewsInput{SessionIDs: []gid.ID{id}})
			})
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		rows := r.rows(t, "SELECT reviewer_id, COUNT(*) FROM reviews GROUP BY reviewer_id")
		if len(rows) != 4 {
			t.Fatalf("got %v", rows)
		}
		for _, row := range rows {
			if row[1] != "4" {
				t.Errorf("16 reviews among four people: %v", rows)
			}
		}
	})
}

func TestAssignReviews(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 2)
		one, two := r.waiting(t, false), r.waiting(t, false)
		done, _ := r.scored(t, keyed())
		ask := func(a policy.Actor, in grading.AssignReviewsInput) ([]*grading.AssignmentResult, error) {
			return r.grading.AssignReviews(t.Context(), a, in)
		}
		codes := func(results []*grading.AssignmentResult) (all []string) {
			for _, result := range results {
				line := "ok"
				for _, f := range result.Faults {
					line = string(f.Code) + " " + strings.Join(f.Field, ".")
				}
				all = append(all, line)
			}
			return all
		}
		without := must(ask(r.owner, grading.AssignReviewsInput{SessionIDs: []gid.ID{one}}))(t)
		if diff := gocmp.Diff([]string{"CONFLICT sessionIds.0"}, codes(without)); diff != "" {
			t.Error(diff)
		}
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool, in.Automatic = pool, new(false) })
		r.refused(t, "nothing", fault.Invalid, func() error { return lastErr(ask(r.owner, grading.AssignReviewsInput{})) }, "sessionIds")
		r.refused(t, "both", fault.Invalid, func() error {
			return lastErr(ask(r.owner, grading.AssignReviewsInput{SessionIDs: []gid.ID{one}, TemplateID: &r.template.ID}))
		}, "templateId")
		r.refused(t, "one twice", fault.Invalid, func() error {
			return lastErr(ask(r.owner, grading.AssignReviewsInput{SessionIDs: []gid.ID{one, one}}))
		}, "sessionIds.1")
		r.refused(t, "a template of another tenant", fault.NotFound, func() error {
			return lastErr(ask(r.stranger, grading.AssignReviewsInput{TemplateID: &r.template.ID}))
		})
		r.denied(t, policy.ReviewAssign, func(a policy.Actor) error {
			return lastErr(ask(a, grading.AssignReviewsInput{SessionIDs: []gid.ID{one}}))
		})
		mixed := must(ask(r.owner, grading.AssignReviewsInput{SessionIDs: []gid.ID{done, one, r.ids.New(gid.Session, r.clock.look())}}))(t)
		if diff := gocmp.Diff([]string{"NOT_SCORABLE sessionIds.0", "ok", "INVALID sessionIds.2"}, codes(mixed)); diff != "" {
			t.Error(diff)
		}
		rest := must(ask(r.owner, grading.AssignReviewsInput{TemplateID: &r.template.ID}))(t)
		if len(rest) != 1 || rest[0].SessionID != two {
			t.Errorf("what still waits: %v", rest)
		}
		if err := r.unchanged(t, "again", func() error {
			return lastErr(ask(r.owner, grading.AssignReviewsInput{SessionIDs: []gid.ID{one, two}}))
		}); err != nil {
			t.Error(err)
		}
		if got := r.standing(t, two, people); len(got) != 2 {
			t.Errorf("got %v", got)
		}
	})
}

// TestAssignReviewsFindsWhatIsStuck gives out a template's sessions after its rule came to demand fewer, and after a part was
// taken back from a session whose other parts are there: nothing else would ever move them.
func TestAssignReviewsFindsWhatIsStuck(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 2)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool })
		session := r.waiting(t, false)
		must(r.grading.DeclineReview(t.Context(), people[1], grading.DeclineReviewInput{ID: r.own(t, session, people[1]), Reason: grading.ReviewerAway}))(t)
		r.submits(t, session, people[0], gives(2, 2))
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool, in.Reviewers = pool, 1 })
		ask := func() []*grading.AssignmentResult {
			return must(r.grading.AssignReviews(t.Context(), r.owner, grading.AssignReviewsInput{TemplateID: &r.template.ID}))(t)
		}
		if got := ask(); len(got) != 1 || got[0].SessionID != session || len(got[0].Unassigned)+len(got[0].Faults) != 0 {
			t.Errorf("got %v", got)
		}
		if s := r.session(t, session); s.State != term.Scored {
			t.Errorf("one review was demanded and is there, and the session is %s", s.State)
		}
		people, pool = r.reviewers(t, 2)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool, in.Reviewers, in.Spread = pool, 1, term.SpreadQuestion })
		parts := r.waiting(t, true)
		if got := r.standing(t, parts, people); len(got) != 2 {
			t.Fatalf("got %v", got)
		}
		must(r.grading.WithdrawReview(t.Context(), r.owner, grading.WithdrawReviewInput{ID: r.own(t, parts, people[0]), Reason: "away"}))(t)
		if got := ask(); len(got) != 1 || got[0].SessionID != parts || len(got[0].Unassigned) != 0 {
			t.Errorf("got %v", got)
		}
		if got := ask(); len(got) != 0 {
			t.Errorf("what has its reviewers is found again: %v", got)
		}
	})
}

func TestWhoIsGivenASession(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		away, limited, candidate := r.member(t, policy.Reviewer), r.member(t, policy.Reviewer), r.member(t, policy.Reviewer)
		recruiter, fit := r.member(t, policy.Recruiter), r.member(t, policy.Reviewer)
		for _, change := range []string{
			"UPDATE members SET removed_at = created_at WHERE id = '" + away.ID.UUID() + "'",
			"UPDATE members SET limited = true, job_role_ids = '[]' WHERE id = '" + limited.ID.UUID() + "'",
			"UPDATE members SET email = 'self@example.com' WHERE id = '" + candidate.ID.UUID() + "'",
			"UPDATE members SET removed_at = created_at WHERE id IN ('" + r.owner.ID.UUID() + "', '" + r.reviewer.ID.UUID() + "')",
		} {
			must(r.db.ExecContext(t.Context(), change))(t)
		}
		must(r.db.ExecContext(t.Context(), "UPDATE candidates SET email = 'unused' WHERE email = 'self@example.com'"))(t)
		r.rule(t, nil)
		id, who := r.took(t, r.template.ID, keyed().with("2.1", words(text)))
		must(r.db.ExecContext(t.Context(), "UPDATE candidates SET email = 'self@example.com' WHERE email = '"+who.Identity.Email+"'"))(t)
		r.score(t, id)
		rows := r.reviewsOf(t, id)
		if len(rows) != 1 || rows[0].ReviewerID != fit.ID {
			t.Errorf("given to %v; fit is only %s", rows, fit.ID)
		}
		if n := r.happened(t, "review.reviewer_lacked"); n != 1 {
			t.Errorf("told %d times that one is missing", n)
		}
		r.refused(t, "a pool with who may not review", fault.Invalid, func() error {
			return lastErr(r.grading.SetReviewRule(t.Context(), r.owner, grading.SetReviewRuleInput{
				TemplateID: r.template.ID, Reviewers: 1, Spread: term.SpreadSession, Pool: []gid.ID{recruiter.ID, fit.ID, away.ID},
			}))
		}, "pool.0", "pool.2")
	})
}

func TestReviewRule(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		set := func(a policy.Actor, change func(*grading.SetReviewRuleInput)) error {
			in := grading.SetReviewRuleInput{TemplateID: r.template.ID, Reviewers: 2, Spread: term.SpreadQuestion}
			if change != nil {
				change(&in)
			}
			return lastErr(r.grading.SetReviewRule(t.Context(), a, in))
		}
		remove := func(a policy.Actor) error {
			return lastErr(r.grading.RemoveReviewRule(t.Context(), a, grading.RemoveReviewRuleInput{TemplateID: r.template.ID}))
		}
		r.refused(t, "numbers", fault.Invalid, func() error {
			return set(r.owner, func(in *grading.SetReviewRuleInput) { in.Reviewers, in.Gap, in.DueDays = 6, new(0), new(91) })
		}, "reviewers", "gap", "dueDays")
		r.refused(t, "a pool that is too small", fault.Invalid, func() error {
			return set(r.owner, func(in *grading.SetReviewRuleInput) { in.Pool = []gid.ID{r.reviewer.ID} })
		}, "pool")
		r.refused(t, "another tenant's template", fault.NotFound, func() error { return set(r.stranger, nil) })
		r.refused(t, "removing none", fault.Conflict, func() error { return remove(r.owner) })
		r.denied(t, policy.ReviewAssign, func(a policy.Actor) error { return set(a, nil) })
		r.denied(t, policy.ReviewAssign, remove)
		r.denied(t, policy.ReviewAssign, func(a policy.Actor) error {
			return lastErr(r.grading.RulesByTemplate(t.Context(), a, []gid.ID{r.template.ID}))
		})
		first := r.rule(t, nil)
		second := r.rule(t, func(in *grading.SetReviewRuleInput) { in.Gap, in.DueDays, in.Blind = new(1), new(3), new(false) })
		if first.ID != second.ID || first.Gap != 2 || first.DueDays != 7 || !first.Blind || second.Gap != 1 || second.DueDays != 3 || second.Blind {
			t.Errorf("got %v, %v", first, second)
		}
		if rows := must(r.grading.RulesByTemplate(t.Context(), r.owner, []gid.ID{r.template.ID}))(t); len(rows) != 1 {
			t.Errorf("got %v", rows)
		}
		session := r.waiting(t, false)
		if v := r.reviewsOf(t, session)[0]; v.Blind || !v.DueAt.Equal(r.clock.look().Add(72*time.Hour)) || v.AssignedBy != first.ID {
			t.Errorf("assigned %v", v)
		}
		if err := remove(r.owner); err != nil {
			t.Fatal(err)
		}
		if rows := r.reviewsOf(t, r.waiting(t, false)); len(rows) != 0 {
			t.Errorf("without a rule: %v", rows)
		}
	})
}

func TestAssignPartsByHand(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session := r.waiting(t, true)
		second := r.member(t, policy.Reviewer)
		assign := func(who gid.ID, due *time.Time, refs ...string) (*ent.Review, error) {
			return r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: who, Questions: refs, DueAt: due})
		}
		r.refused(t, "what the key scored", fault.Invalid, func() error { return lastErr(assign(second.ID, nil, "1.1", "2.1", "2.1")) }, "questions.0", "questions.2")
		r.refused(t, "yesterday", fault.Invalid, func() error { return lastErr(assign(second.ID, new(r.clock.look().Add(-time.Hour)), "2.1")) }, "dueAt")
		row := must(assign(r.reviewer.ID, new(r.clock.look().Add(48*time.Hour)), "2.1"))(t)
		if !slices.Equal(row.Refs, []string{"2.1"}) || !row.DueAt.Equal(r.clock.look().Add(48*time.Hour)) {
			t.Errorf("got %v", row)
		}
		r.submits(t, session, r.reviewer, gives(2, 2))
		q, state, _ := r.long(t, session)
		if q.Status != term.ItemScored || state != term.ReportProvisional {
			t.Errorf("one question is scored, the other waits: %s, %s", q.Status, state)
		}
		r.refused(t, "what is scored", fault.NotScorable, func() error { return lastErr(assign(second.ID, nil, "2.1")) })
		if row := must(assign(second.ID, nil))(t); !slices.Equal(row.Refs, []string{"1.4"}) {
			t.Errorf("the rest is %v", row.Refs)
		}
	})
}

// TestWhatNobodyBeganIsNotReviewed asks for reviews of sessions that ended before they were begun.
func TestWhatNobodyBeganIsNotReviewed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.rule(t, nil)
		invited := func() (gid.ID, string) {
			email := r.email()
			return must(r.sitting.Invite(t.Context(), r.owner, r.invitation(email)))(t).ID, email
		}
		waits, _ := invited()
		cancelled, _ := invited()
		must(r.sitting.Cancel(t.Context(), r.owner, sitting.CancelSessionInput{ID: cancelled, Reason: "a mistake"}))(t)
		declined, email := invited()
		must(r.sitting.Decline(t.Context(), policy.Actor{}, sitting.DeclineInvitationInput{Token: new(r.token(t, email)), Reason: "no time"}))(t)
		ends := map[string]gid.ID{"invited": waits, "cancelled": cancelled, "declined": declined}
		for name, session := range ends {
			r.refused(t, name+", by hand", fault.Conflict, func() error {
				return lastErr(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: r.reviewer.ID}))
			})
			r.refused(t, name+", agreed on", fault.Conflict, func() error {
				return lastErr(r.grading.RecordConsensus(t.Context(), r.owner, grading.RecordConsensusInput{SessionID: session, Scores: gives(1, 1), Reason: "so"}))
			})
			byRule := must(r.grading.AssignReviews(t.Context(), r.owner, grading.AssignReviewsInput{SessionIDs: []gid.ID{session}}))(t)
			if len(byRule) != 1 || len(byRule[0].Faults) != 1 || byRule[0].Faults[0].Code != fault.Conflict {
				t.Errorf("%s, by the rule: %v", name, byRule[0].Faults)
			}
		}
	})
}

func TestTwoSubmitAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 3)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool })
		for name, c := range map[string]struct {
			scores [2][]*grading.CriterionScoreInput
			called int
		}{
			"who agree":      {[2][]*grading.CriterionScoreInput{gives(2, 1), gives(2, 1)}, 0},
			"who do not":     {[2][]*grading.CriterionScoreInput{gives(0, 1), gives(2, 1)}, 1},
			"who score it 0": {[2][]*grading.CriterionScoreInput{gives(0, 0), gives(0, 0)}, 0},
		} {
			session := r.waiting(t, false)
			called, scored := r.happened(t, "review.adjudication_called"), r.happened(t, "session.scored")
			rows := r.reviewsOf(t, session)
			var all sync.WaitGroup
			errs := make([]error, 8)
			for i := range errs { // each of the two four times
				who := people[slices.Index(pool, rows[i%2].ReviewerID)]
				all.Go(func() {
					_, errs[i] = r.grading.SubmitReview(t.Context(), who, grading.SubmitReviewInput{ID: rows[i%2].ID, Scores: c.scores[i%2]})
				})
			}
			all.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !fault.Is(err, fault.Conflict) {
					t.Errorf("%s: %v", name, err)
				}
			}
			called, scored = r.happened(t, "review.adjudication_called")-called, r.happened(t, "session.scored")-scored
			if won != 2 || called != c.called || scored != 1-c.called {
				t.Errorf("%s: %d submitted, %d called, %d scored", name, won, called, scored)
			}
		}
	})
}

func TestSubmittingWhileItIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for range 5 {
			session, row, _ := r.assigned(t)
			var submitted, withdrawn error
			var both sync.WaitGroup
			both.Go(func() {
				_, submitted = r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: row.ID, Scores: scores()})
			})
			both.Go(func() {
				_, withdrawn = r.grading.WithdrawReview(t.Context(), r.owner, grading.WithdrawReviewInput{ID: row.ID, Reason: "so"})
			})
			both.Wait()
			if (submitted == nil) == (withdrawn == nil) {
				t.Fatalf("submitted: %v, withdrawn: %v", submitted, withdrawn)
			}
			want := term.InReview
			if submitted == nil {
				want = term.Scored
			}
			if s := r.session(t, session); s.State != want {
				t.Errorf("session %s, want %s", s.State, want)
			}
		}
	})
}

func TestReviewersAreWrittenTo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, who := r.scored(t, keyed())
		session := r.waiting(t, false)
		row := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: session, ReviewerID: r.reviewer.ID}))(t)
		mails := func() []string {
			return r.texts(t, "SELECT subject FROM mails WHERE kind = 'REVIEW' ORDER BY id")
		}
		look := func() {
			for _, d := range must(r.store.Directory().DueReviews(t.Context(), 10))(t) {
				for range 2 { // two processes may look at once
					if err := r.grading.RemindReviewer(t.Context(), policy.Worker(d.Organization), d.Review); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		second := r.waiting(t, false)
		must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: second, ReviewerID: r.reviewer.ID, DueAt: new(r.clock.look().Add(60 * 24 * time.Hour))}))(t)
		look()
		if got := mails(); len(got) != 1 { // one for both: within an hour
			t.Fatalf("got %v", got)
		}
		r.clock.set(row.DueAt.Add(-25 * time.Hour))
		look()
		r.clock.set(row.DueAt.Add(-23 * time.Hour))
		look()
		look()
		r.clock.set(row.DueAt.Add(time.Hour))
		look()
		r.clock.set(row.DueAt.Add(48 * time.Hour))
		look()
		want := []string{"The one: answers wait for your review", "The one: a review is due soon", "The one: a review is overdue"}
		if diff := gocmp.Diff(want, mails()); diff != "" {
			t.Error(diff)
		}
		all := strings.Join(r.texts(t, "SELECT text FROM mails WHERE kind = 'REVIEW'"), "\n")
		for _, secret := range []string{"Ann", who.Identity.Email, "Screening", "ses_", "can_", "%!"} {
			if strings.Contains(all, secret) {
				t.Errorf("the mail says %q: %s", secret, all)
			}
		}
		must(r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: second, Reason: "so"}))(t)
		if n := len(r.texts(t, "SELECT id FROM reviews WHERE state = 'WITHDRAWN'")); n != 1 {
			t.Errorf("%d reviews of a void session were taken back", n)
		}
		r.refused(t, "somebody else reminds", fault.Denied, func() error { return r.grading.RemindReviewer(t.Context(), r.owner, row.ID) })
	})
}

func TestQueueByDueDate(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var rows []*ent.Review
		for _, d := range []int{5, 2, 9} {
			session := r.waiting(t, false)
			rows = append(rows, must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{
				SessionID: session, ReviewerID: r.reviewer.ID, DueAt: new(r.clock.look().Add(time.Duration(d) * 24 * time.Hour)),
			}))(t))
		}
		got := pages(t, 1, reviewID, func(p tenant.Paging) (*tenant.Page[*ent.Review], error) {
			return r.grading.Reviews(t.Context(), r.reviewer, nil, new(grading.ByDue), p)
		})
		if diff := gocmp.Diff([]gid.ID{rows[1].ID, rows[0].ID, rows[2].ID}, got); diff != "" {
			t.Error(diff)
		}
		soon := r.clock.look().Add(6 * 24 * time.Hour)
		page := must(r.grading.Reviews(t.Context(), r.reviewer, &grading.ReviewFilter{DueBefore: &soon, State: new(term.ReviewAssigned)}, nil, tenant.Paging{}))(t)
		if n := must(page.Total(t.Context()))(t); len(page.Nodes) != 2 || n != 2 {
			t.Errorf("%d due within six days, counted %d", len(page.Nodes), n)
		}
	})
}

func TestOwnAwardsAlone(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		people, pool := r.reviewers(t, 2)
		r.rule(t, func(in *grading.SetReviewRuleInput) { in.Pool = pool })
		session := r.waiting(t, false)
		r.submits(t, session, people[0], gives(2, 1))
		id := r.own(t, session, people[0])
		own := must(r.grading.AwardsByReview(t.Context(), people[0], []gid.ID{id}))(t)
		if len(own) != 1 || len(own[0].Scores) != 2 || own[0].Scores[0].Points != int64(scoring.Of(2)) {
			t.Errorf("got %v", own)
		}
		for name, a := range map[string]policy.Actor{"the other reviewer": people[1], "the owner": r.owner, "another tenant": r.stranger} {
			if got := must(r.grading.AwardsByReview(t.Context(), a, []gid.ID{id}))(t); len(got) != 0 {
				t.Errorf("%s reads %v", name, got)
			}
		}
		r.denied(t, policy.ReviewScore, func(a policy.Actor) error { return lastErr(r.grading.AwardsByReview(t.Context(), a, nil)) })
	})
}

func TestWhoseAnswersTheyAre(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, blind, who := r.assigned(t)
		open := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{
			SessionID: session, ReviewerID: r.member(t, policy.Reviewer).ID, Blind: new(false),
		}))(t)
		found := must(r.grading.CandidatesByReview(t.Context(), r.owner, []gid.ID{blind.ID, open.ID}))(t)
		for _, c := range found {
			if (c.ReviewID == open.ID) != (c.Candidate != nil && c.Candidate.Email == who.Identity.Email) {
				t.Errorf("%s shows %v", c.ReviewID, c.Candidate)
			}
		}
		if got := must(r.grading.CandidatesByReview(t.Context(), r.stranger, []gid.ID{open.ID}))(t); len(found) != 2 || len(got) != 0 {
			t.Errorf("got %v, %v", found, got)
		}
		r.denied(t, policy.CandidateRead, func(a policy.Actor) error {
			if a.Has(policy.Integration) {
				return lastErr(r.grading.CandidatesByReview(t.Context(), a, nil))
			}
			return lastErr(r.grading.CandidatesByReview(t.Context(), a, []gid.ID{open.ID}))
		})
	})
}
