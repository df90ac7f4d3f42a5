package psychometrics_test

import (
	"math"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
)

// TestKappa_Cohen is the example of Cohen (1960, 1968), 200 units in three categories; the standard error of the
// weighted one is that of Fleiss, Cohen and Everitt (1969), which not every program gives.
func TestKappa_Cohen(t *testing.T) {
	table := psychometrics.Crosstab(numbers(t, "88 14 18 / 10 40 10 / 2 6 12"))
	plain := table.Kappa(psychometrics.Unweighted, .95)
	close(t, "unweighted", plain.Value, ".49152542")
	close(t, "its standard error", plain.SE, ".05100182")
	close(t, "observed", plain.Observed, "0.70")
	close(t, "expected", plain.Expected, "0.41")
	close(t, "units", plain.N, "200")
	spans(t, "unweighted", plain.Interval, "0.3915637", "0.5914872")

	weighted := table.Kappa(psychometrics.Custom(numbers(t, "0 1 3 / 1 0 6 / 3 6 0")), .95)
	close(t, "weighted", weighted.Value, ".34782609")
	close(t, "its standard error", weighted.SE, ".07550402")
	close(t, "linear", table.Kappa(psychometrics.Linear, .95).Value, ".47368421")
	close(t, "quadratic", table.Kappa(psychometrics.Quadratic, .95).Value, ".45454545")

	scaled := table.Kappa(psychometrics.Custom(numbers(t, "0 10 30 / 10 0 60 / 30 60 0")), .95)
	close(t, "weights of ten times the size", scaled.Value, ".34782609")
	close(t, "its standard error", scaled.SE, ".07550402")
}

func TestKappa_Bates(t *testing.T) {
	table := psychometrics.Tabulate([]int{1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{1, 3, 1, 6, 1, 5, 5, 6, 7}, 1, 9)
	close(t, "unweighted", table.Kappa(psychometrics.Unweighted, .95).Value, "0.00000000")
	close(t, "linear", table.Kappa(psychometrics.Linear, .95).Value, ".39495798")
	close(t, "quadratic", table.Kappa(psychometrics.Quadratic, .95).Value, ".67796610")
}

// TestKappa_quadratic holds the vectors of ml_metrics.
func TestKappa_quadratic(t *testing.T) {
	for _, tt := range []struct {
		first, second []int
		low, high     int
		want          string
	}{
		{[]int{1, 2, 3}, []int{1, 2, 3}, 1, 3, "1"},
		{[]int{1, 2, 1}, []int{1, 2, 2}, 1, 2, "0.4000000000"},
		{[]int{1, 2, 3, 1, 2, 2, 3}, []int{1, 2, 3, 1, 2, 3, 2}, 1, 3, "0.7500000000"},
		{[]int{1, 3, 5}, []int{2, 4, 6}, 1, 6, "0.8421052631578947"},
		{[]int{1, 3, 3, 5}, []int{2, 4, 5, 6}, 1, 6, "0.6956521739130435"},
	} {
		close(t, "QWK", psychometrics.Tabulate(tt.first, tt.second, tt.low, tt.high).Kappa(psychometrics.Quadratic, .95).Value, tt.want)
	}
	third := psychometrics.Tabulate([]int{1, 2, 3, 1, 2, 2, 3}, []int{1, 2, 3, 1, 2, 3, 2}, 1, 3)
	close(t, "linear", third.Kappa(psychometrics.Linear, .95).Value, "0.6500000000")
	close(t, "unweighted", third.Kappa(psychometrics.Unweighted, .95).Value, "0.5625000000")
}

func TestKappa_that_cannot_be_computed(t *testing.T) {
	for name, got := range map[string]*psychometrics.Kappa{
		"no unit":                       psychometrics.Tabulate(nil, nil, 1, 5).Kappa(psychometrics.Unweighted, .95),
		"lists of different length":     psychometrics.Tabulate([]int{1}, nil, 1, 5).Kappa(psychometrics.Unweighted, .95),
		"a mark outside":                psychometrics.Tabulate([]int{1, 6}, []int{1, 2}, 1, 5).Kappa(psychometrics.Unweighted, .95),
		"a scale upside down":           psychometrics.Tabulate([]int{1}, []int{1}, 5, 1).Kappa(psychometrics.Unweighted, .95),
		"both chose one category":       psychometrics.Tabulate([]int{2, 2}, []int{2, 2}, 1, 5).Kappa(psychometrics.Unweighted, .95),
		"the first chose one category":  psychometrics.Tabulate([]int{2, 2}, []int{2, 3}, 1, 5).Kappa(psychometrics.Quadratic, .95),
		"the second chose one category": psychometrics.Tabulate([]int{2, 3}, []int{3, 3}, 1, 5).Kappa(psychometrics.Linear, .95),
		"a table that is not square":    psychometrics.Crosstab(numbers(t, "1 2 / 3")).Kappa(psychometrics.Unweighted, .95),
		"a count below zero":            psychometrics.Crosstab(numbers(t, "1 2 / -3 1")).Kappa(psychometrics.Unweighted, .95),
		"a count that is no number":     psychometrics.Crosstab(numbers(t, "1 2 / NaN 1")).Kappa(psychometrics.Unweighted, .95),
		"a count beyond size":           psychometrics.Crosstab(numbers(t, "1 2 / Inf 1")).Kappa(psychometrics.Unweighted, .95),
		"weights that are too few":      psychometrics.Crosstab(numbers(t, "1 2 / 3 1")).Kappa(psychometrics.Custom(nil), .95),
		"weights below zero":            psychometrics.Crosstab(numbers(t, "1 2 / 3 1")).Kappa(psychometrics.Custom(numbers(t, "0 -1 / 1 0")), .95),
		"a weight on agreement":         psychometrics.Crosstab(numbers(t, "1 2 / 3 1")).Kappa(psychometrics.Custom(numbers(t, "1 1 / 1 0")), .95),
		"weights on unused pairs alone": psychometrics.Crosstab(numbers(t, "1 1 0 / 1 1 0 / 0 0 0")).Kappa(psychometrics.Custom(numbers(t, "0 0 1 / 0 0 1 / 1 1 0")), .95),
		"weights that are all nothing":  psychometrics.Crosstab(numbers(t, "1 2 / 3 1")).Kappa(psychometrics.Custom(numbers(t, "0 0 / 0 0")), .95),
	} {
		if got != nil {
			t.Errorf("%s: got %+v, want nil", name, *got)
		}
	}
	if got := psychometrics.Crosstab(numbers(t, "1 2 / 3 1")).Kappa(psychometrics.Unweighted, 1); got == nil || got.Interval != nil {
		t.Errorf("a level that is none: got %+v, want a kappa without an interval", got)
	}
	whole := psychometrics.Tabulate([]int{1, 2, 3}, []int{1, 2, 3}, 1, 3).Kappa(psychometrics.Unweighted, .95)
	if whole.Value != 1 || whole.SE != 0 || whole.Interval != nil {
		t.Errorf("whole agreement: %+v", *whole)
	}
}

// TestFleiss is the example of Fleiss' kappa that is passed from hand to hand: ten units, five categories, fourteen raters.
func TestFleiss(t *testing.T) {
	k := psychometrics.Fleiss([][]int{
		{0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6}, {0, 3, 9, 2, 0}, {2, 2, 8, 1, 1},
		{7, 7, 0, 0, 0}, {3, 2, 6, 3, 0}, {2, 5, 3, 2, 2}, {6, 5, 2, 1, 0}, {0, 2, 2, 3, 7},
	})
	close(t, "kappa", k.Value, ".20993070")
	close(t, "observed", k.Observed, ".378022")
	close(t, "expected", k.Expected, ".212755")
	if k.N != 10 || k.Raters != 14 {
		t.Errorf("%d units, %d raters", k.N, k.Raters)
	}
}

func TestFleiss_that_cannot_be_computed(t *testing.T) {
	for name, table := range map[string][][]int{
		"nothing":                nil,
		"rows of unequal length": {{1, 1}, {2}},
		"a count below zero":     {{3, -1}},
		"one rater":              {{1, 0}, {0, 1}},
		"raters of another unit": {{1, 1}, {2, 1}},
		"one category":           {{2, 0}, {2, 0}},
	} {
		if k := psychometrics.Fleiss(table); k != nil {
			t.Errorf("%s: got %+v", name, *k)
		}
	}
}

func TestStandardizedDifference(t *testing.T) {
	// Means 4 and 3, variances 1 and 4.
	has(t, "SMD", psychometrics.StandardizedDifference([]float64{3, 4, 5}, []float64{1, 3, 5}), "0.6324555320")
	for name, lists := range map[string][2][]float64{
		"one mark":        {{1}, {1, 2}},
		"no mark":         {{1, 2}, nil},
		"nothing varies":  {{.1, .1, .1}, {.1, .1, .1}},
		"not a number":    {{1, 2}, {1, math.NaN()}},
		"nothing, and by": {{3, 3}, {2, 2}},
	} {
		if got := psychometrics.StandardizedDifference(lists[0], lists[1]); got != nil {
			t.Errorf("%s: got %v", name, *got)
		}
	}
}
