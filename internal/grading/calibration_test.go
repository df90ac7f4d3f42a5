package grading_test

import (
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

func levels(why, how int) []*content.CalibrationScore {
	return []*content.CalibrationScore{{Criterion: "why", Points: why, Comment: "so"}, {Criterion: "how", Points: how}}
}

func TestCalibration(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		add := func(a policy.Actor, question gid.ID, scores []*content.CalibrationScore) (*grading.Calibration, error) {
			return r.grading.AddCalibration(t.Context(), a, grading.AddCalibrationInput{QuestionID: question, Text: text, Scores: scores, Note: new("mind the lock")})
		}
		submit := func(a policy.Actor, id gid.ID, scores []*content.CalibrationScore) (*grading.Calibration, error) {
			return r.grading.SubmitCalibration(t.Context(), a, grading.SubmitCalibrationInput{ID: id, Scores: scores})
		}
		retire := func(a policy.Actor, id gid.ID) error {
			return lastErr(r.grading.RetireCalibration(t.Context(), a, grading.RetireCalibrationInput{ID: id}))
		}
		long := r.questions[4]
		r.refused(t, "a keyed question", fault.Invalid, func() error { return lastErr(add(r.owner, r.questions[0], nil)) }, "questionId")
		r.refused(t, "a score that is missing", fault.Invalid, func() error { return lastErr(add(r.owner, long, levels(1, 1)[:1])) }, "scores")
		r.refused(t, "no level", fault.Invalid, func() error { return lastErr(add(r.owner, long, levels(1, 3))) }, "scores.1.points")
		r.refused(t, "no criterion", fault.Invalid, func() error {
			return lastErr(add(r.owner, long, append(levels(1, 1), &content.CalibrationScore{Criterion: "x"})))
		}, "scores.2.criterion")
		r.refused(t, "another tenant's question", fault.NotFound, func() error { return lastErr(add(r.stranger, long, levels(1, 1))) })
		r.denied(t, policy.QuestionWrite, func(a policy.Actor) error { return lastErr(add(a, long, levels(1, 1))) })
		made := must(add(r.owner, long, levels(2, 0)))(t)
		if made.Agreed == nil || made.Own != nil || made.Prompt != "Why?" {
			t.Errorf("got %+v", made)
		}

		page := must(r.grading.Calibrations(t.Context(), r.reviewer, tenant.Paging{}))(t)
		if c := page.Nodes[0]; len(page.Nodes) != 1 || c.ID != made.ID || c.Agreed != nil || c.Note != nil || c.Exact != nil || c.Text != text || len(c.Criteria) != 2 {
			t.Errorf("before the own scores: %+v", c)
		}
		r.refused(t, "no level of the reviewer's", fault.Invalid, func() error { return lastErr(submit(r.reviewer, made.ID, levels(1, 9))) }, "scores.1.points")
		r.refused(t, "another tenant submits", fault.NotFound, func() error { return lastErr(submit(r.stranger, made.ID, levels(1, 1))) })
		r.denied(t, policy.ReviewScore, func(a policy.Actor) error { return lastErr(submit(a, made.ID, levels(1, 1))) })
		done := must(submit(r.reviewer, made.ID, levels(1, 2)))(t)
		want := []*grading.CalibrationScore{
			{Criterion: "why", Points: 1, Comment: "so", Agreed: 2, Adjacent: true}, {Criterion: "how", Points: 2},
		}
		if diff := gocmp.Diff(want, done.Own); diff != "" || *done.Exact != 0 || *done.Adjacent != 50_000_000 || *done.Note != "mind the lock" {
			t.Errorf("%d, %d: %s", *done.Exact, *done.Adjacent, diff)
		}
		r.refused(t, "twice", fault.Conflict, func() error { return lastErr(submit(r.reviewer, made.ID, levels(2, 0))) })
		other := r.member(t, policy.Reviewer)
		if c := must(r.grading.CalibrationsByID(t.Context(), other, []gid.ID{made.ID}))(t)[0]; c.Agreed != nil || c.Own != nil {
			t.Errorf("another reviewer reads %+v", c)
		}
		var all sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			all.Go(func() { errs[i] = lastErr(submit(other, made.ID, levels(2, 0))) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !fault.Is(err, fault.Conflict) {
				t.Errorf("at once: %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of six at once were taken", won)
		}
		shown := must(r.grading.CalibrationsByQuestion(t.Context(), r.owner, []gid.ID{long}))(t)
		if len(shown) != 1 || len(shown[0].Agreed) != 2 {
			t.Errorf("its author reads %v", shown)
		}
		r.refused(t, "another tenant retires", fault.NotFound, func() error { return retire(r.stranger, made.ID) })
		if err := retire(r.owner, made.ID); err != nil {
			t.Fatal(err)
		}
		r.refused(t, "retired twice", fault.Conflict, func() error { return retire(r.owner, made.ID) })
		r.refused(t, "scoring what is retired", fault.Conflict, func() error {
			return lastErr(submit(r.owner, made.ID, levels(2, 0)))
		})
		if page := must(r.grading.Calibrations(t.Context(), r.reviewer, tenant.Paging{}))(t); len(page.Nodes) != 0 {
			t.Errorf("retired and listed: %v", page.Nodes)
		}
		if got := must(r.grading.CalibrationsByID(t.Context(), r.stranger, []gid.ID{made.ID}))(t); len(got) != 0 {
			t.Errorf("another tenant reads %v", got)
		}
	})
}
