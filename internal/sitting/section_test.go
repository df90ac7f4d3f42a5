package sitting_test

import (
	"testing"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/sitting"
)

// TestNextQuestionByItsNumber goes on in a forward-only section whose next question's place does not show yet.
func TestNextQuestionByItsNumber(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.timed(t)
		id, who := r.started(t)
		must(r.sitting.EnterSection(t.Context(), who, sitting.EnterSectionInput{SittingID: id, Section: 2}))(t)
		enter := func(question string) (*sitting.Sitting, error) {
			return r.sitting.EnterQuestion(t.Context(), who, sitting.EnterQuestionInput{SittingID: id, Question: question})
		}
		for _, wrong := range []string{"2#0", "2#3", "4#1", "0#1", "2#", "#2", "2#x", "2#1#2"} {
			r.refused(t, wrong, fault.Invalid, func() error { return lastErr(enter(wrong)) }, "question")
		}
		for _, elsewhere := range []string{"1#1", "3#1"} {
			r.refused(t, elsewhere, fault.Conflict, func() error { return lastErr(enter(elsewhere)) }, "question")
		}
		for range 2 { // doing it again changes nothing
			at := must(enter("2#2"))(t)
			if got := at.Sections(nil)[1].CurrentQuestion; got == nil || *got != "2.2" {
				t.Fatalf("got %v", got)
			}
		}
		r.refused(t, "back", fault.Conflict, func() error { return lastErr(enter("2#1")) }, "question")
	})
}
