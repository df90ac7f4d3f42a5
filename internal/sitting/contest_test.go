package sitting_test

import (
	"testing"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func TestContest(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.submitted(t)
		object := func(subject term.ContestSubject) (*ent.Contest, error) {
			return r.sitting.Contest(t.Context(), who, sitting.ContestSittingInput{SittingID: id, Subject: subject, Statement: "that was my screen reader", IdempotencyKey: new(string(subject) + r.clock.look().String())})
		}
		t.Run("a score only once it is released", func(t *testing.T) {
			r.refused(t, "too early", fault.Conflict, func() error { return lastErr(object(term.ContestScore)) })
			r.release(t, id)
			must(object(term.ContestScore))(t)
		})
		var open *ent.Contest
		t.Run("opens a task with a due date, one at a time", func(t *testing.T) {
			open = must(object(term.ContestIntegrity))(t)
			if open.State != term.ContestOpen || open.DueAt.Sub(open.CreatedAt) != 14*24*time.Hour || open.JobRoleID != r.role {
				t.Errorf("got %v", open)
			}
			r.clock.pass(time.Second)
			r.refused(t, "again", fault.Conflict, func() error { return lastErr(object(term.ContestIntegrity)) })
		})
		t.Run("is listed, answered once, and read by the candidate", func(t *testing.T) {
			state := term.ContestOpen
			list := func(p tenant.Paging) (*tenant.Page[*ent.Contest], error) {
				return r.sitting.Contests(t.Context(), r.owner, &sitting.ContestFilter{State: &state}, p)
			}
			if got := pages(t, 1, func(c *ent.Contest) gid.ID { return c.ID }, list); len(got) != 2 || got[1] != open.ID {
				t.Errorf("got %v", got)
			}
			must(r.sitting.AnswerContest(t.Context(), r.owner, sitting.AnswerContestInput{ID: open.ID, Answer: "you are right"}))(t)
			r.refused(t, "a second answer", fault.Conflict, func() error {
				return lastErr(r.sitting.AnswerContest(t.Context(), r.owner, sitting.AnswerContestInput{ID: open.ID, Answer: "or not"}))
			})
			own := must(r.sitting.OwnContests(t.Context(), who, id))(t)
			if len(own) != 2 || own[0].State != term.ContestAnswered || own[0].Answer != "you are right" || *own[0].AnsweredBy != r.owner.ID {
				t.Errorf("got %v", own)
			}
			if got := must(r.sitting.OwnVerdict(t.Context(), who, id))(t); got == nil || *got != term.NotEvaluated {
				t.Errorf("the verdict: %v", got)
			}
			must(object(term.ContestIntegrity))(t) // and may be contested anew
		})
		t.Run("faults and sight", func(t *testing.T) {
			r.refused(t, "no words", fault.Invalid, func() error {
				return lastErr(r.sitting.Contest(t.Context(), who, sitting.ContestSittingInput{SittingID: id, Subject: term.ContestScore}))
			}, "statement")
			r.refused(t, "no answer", fault.Invalid, func() error {
				return lastErr(r.sitting.AnswerContest(t.Context(), r.owner, sitting.AnswerContestInput{ID: open.ID}))
			}, "answer")
			early, someone := r.accepted(t)
			r.refused(t, "before the start", fault.Conflict, func() error {
				return lastErr(r.sitting.Contest(t.Context(), someone, sitting.ContestSittingInput{SittingID: early, Subject: term.ContestIntegrity, Statement: "x"}))
			})
			r.refused(t, "somebody else's", fault.NotFound, func() error {
				return lastErr(r.sitting.Contest(t.Context(), someone, sitting.ContestSittingInput{SittingID: id, Subject: term.ContestIntegrity, Statement: "x"}))
			})
			if page := must(r.sitting.Contests(t.Context(), r.stranger, nil, tenant.Paging{}))(t); len(page.Nodes) > 0 {
				t.Error("another organization sees it")
			}
			r.denied(t, policy.ContestAnswer, func(a policy.Actor) error {
				return lastErr(r.sitting.Contests(t.Context(), a, nil, tenant.Paging{}))
			})
		})
	})
}
