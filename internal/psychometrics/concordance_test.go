package psychometrics_test

import (
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/google/go-cmp/cmp"
)

// TestConcordance_Shrout_Fleiss holds irr::kendall's numbers, corrected for ties.
func TestConcordance_Shrout_Fleiss(t *testing.T) {
	w := judgeMarks(t).Concordance()
	close(t, "W", w.W, ".887037")
	close(t, "χ²", w.ChiSquared, "17.740741")
	close(t, "p", w.P, ".0032895")
	if w.DF != 5 || w.N != 6 || w.Raters != 4 {
		t.Errorf("%d degrees of freedom, %d units, %d raters", w.DF, w.N, w.Raters)
	}
}

func TestConcordance_ends(t *testing.T) {
	close(t, "all rank alike, with ties", marks(numbers(t, "1 10 / 1 10 / 2 30 / 3 31")).Concordance().W, "1")
	close(t, "two rank the other way round", marks(numbers(t, "1 3 / 2 2 / 3 1")).Concordance().W, "0.0000000")
}

func TestAgreement(t *testing.T) {
	// Pairs: 3-3; 3-4, 3-5, 4-5; 1-4. The last unit has one mark.
	m := marks(numbers(t, "3 3 NaN / 3 4 5 / 1 4 NaN / NaN 2 NaN"))
	want := &psychometrics.Agreement{Exact: .2, Adjacent: .4, Pairs: 5, Units: 3}
	if diff := cmp.Diff(want, m.Agreement(1)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want = &psychometrics.Agreement{Exact: .2, Adjacent: .6, Pairs: 5, Units: 3}
	if diff := cmp.Diff(want, m.Agreement(2)); diff != "" {
		t.Errorf("steps of two (-want +got):\n%s", diff)
	}
	tenths := marks(numbers(t, ".1 .2 / .3 .4 / .7 .9"))
	if got := tenths.Agreement(.1); got.Adjacent != 2./3 {
		t.Errorf("steps of a tenth: %v adjacent, want two thirds", got.Adjacent)
	}
	if m.Agreement(0) != nil || marks(numbers(t, "1 NaN")).Agreement(1) != nil || (psychometrics.Marks{}).Agreement(1) != nil {
		t.Error("no pair, or no step, has an agreement")
	}
}

func TestArrange(t *testing.T) {
	got, units, raters := psychometrics.Arrange([]psychometrics.Mark{
		{Unit: "u2", Rater: "eve", Value: 3},
		{Unit: "u1", Rater: "ada", Value: 1},
		{Unit: "u2", Rater: "ada", Value: 2},
		{Unit: "u2", Rater: "eve", Value: 4},
	})
	if diff := cmp.Diff([]string{"u1", "u2"}, units); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ada", "eve"}, raters); diff != "" {
		t.Errorf("raters (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(marks(numbers(t, "1 NaN / 2 4")), got); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	if empty, _, _ := psychometrics.Arrange(nil); len(empty) != 0 {
		t.Errorf("nothing arranges to %v", empty)
	}
}
