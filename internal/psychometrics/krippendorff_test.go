package psychometrics_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/google/go-cmp/cmp"
)

var scales = []psychometrics.Scale{psychometrics.Nominal, psychometrics.Ordinal, psychometrics.Interval, psychometrics.Ratio}

// observers is Krippendorff's example C: four observers in rows, twelve units in columns, _ where there is no mark.
const observers = `1 2 3 3 2 1 4 1 2 _ _ _ / 1 2 3 3 2 2 4 1 2 5 _ _ / _ 3 3 3 2 3 4 2 2 5 1 3 / 1 2 3 3 2 4 4 1 2 5 1 _`

func observerMarks(t *testing.T) psychometrics.Marks {
	t.Helper()
	rows := numbers(t, strings.ReplaceAll(observers, "_", "NaN"))
	units := make([][]float64, len(rows[0]))
	for i := range units {
		for _, observer := range rows {
			units[i] = append(units[i], observer[i])
		}
	}
	return marks(units)
}

func TestKrippendorff_C(t *testing.T) {
	m := observerMarks(t)
	for i, want := range []string{".74342105", ".81538750", ".84910714", ".79740277"} {
		alpha := m.Krippendorff(scales[i])
		close(t, string(scales[i]), alpha.Value, want)
		if alpha.Units != 11 || alpha.Marks != 40 {
			t.Errorf("%d marks on %d units; the unit with one mark drops out", alpha.Marks, alpha.Units)
		}
	}
}

// TestKrippendorff_Shrout_Fleiss is a complete table, for which irr::kripp.alpha 0.84.1 gives .1226 where the definition
// by coincidences gives this.
func TestKrippendorff_Shrout_Fleiss(t *testing.T) {
	m := judgeMarks(t)
	for i, want := range []string{"-.06481481", ".10905941", ".14730785", ".08195128"} {
		close(t, string(scales[i]), m.Krippendorff(scales[i]).Value, want)
	}
	alpha := m.Krippendorff(psychometrics.Interval)
	close(t, "observed: twice the variance within", alpha.Observed, "12.5278")
	close(t, "expected: twice the variance of all", alpha.Expected, "14.6920")
}

func TestKrippendorff_that_cannot_be_computed(t *testing.T) {
	seed := func() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
	for name, rows := range map[string]string{
		"nothing":                      "",
		"no unit with two marks":       "1 NaN / NaN 2",
		"all marks are equal":          ".1 .1 / .1 .1",
		"rows of unequal length":       "1 2 / 3",
		"a number that is beyond size": "1 2 / 3 Inf",
	} {
		for _, scale := range scales {
			m := marks(numbers(t, rows))
			if alpha := m.Krippendorff(scale); alpha != nil {
				t.Errorf("%s, %s: got %+v", name, scale, *alpha)
			}
			if interval := m.KrippendorffInterval(scale, .95, 100, seed()); interval != nil {
				t.Errorf("%s, %s: got %+v", name, scale, *interval)
			}
		}
	}
	if alpha := marks(numbers(t, "-1 1 / 2 2")).Krippendorff(psychometrics.Ratio); alpha != nil {
		t.Errorf("a ratio scale below its zero: got %+v", *alpha)
	}
	if alpha := judgeMarks(t).Krippendorff("UNHEARD_OF"); alpha != nil {
		t.Errorf("an unknown scale: got %+v", *alpha)
	}
	if alpha := marks(numbers(t, "0 0 / 0 1 / 2 2")).Krippendorff(psychometrics.Ratio); alpha == nil {
		t.Error("a ratio scale with zeros has no alpha")
	}
}

func TestKrippendorffInterval(t *testing.T) {
	m := observerMarks(t)
	of := func(seed uint64, level float64) *psychometrics.Limits {
		return m.KrippendorffInterval(psychometrics.Interval, level, 1000, rand.New(rand.NewPCG(seed, 0)))
	}
	wide := of(7, .95)
	if diff := cmp.Diff(wide, of(7, .95)); diff != "" {
		t.Errorf("the same seed gives other limits:\n%s", diff)
	}
	if value := m.Krippendorff(psychometrics.Interval).Value; wide.Lower >= value || wide.Upper <= value || wide.Upper > 1 {
		t.Errorf("%v to %v around %v", wide.Lower, wide.Upper, value)
	}
	// Another seed gives nearly the same: the draws are enough.
	if other := of(8, .95); math.Abs(wide.Lower-other.Lower) > .05 || math.Abs(wide.Upper-other.Upper) > .05 {
		t.Errorf("seeds give %v and %v", *wide, *other)
	}
	if narrow := of(7, .5); narrow.Lower <= wide.Lower || narrow.Upper >= wide.Upper {
		t.Errorf("half of draws lie in %v, nineteen of twenty in %v", *narrow, *wide)
	}
	for _, level := range []float64{0, 1, math.NaN()} {
		if got := of(7, level); got != nil {
			t.Errorf("level %v: got %v", level, *got)
		}
	}
	t.Run("one unit, or one draw, has none", func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 0))
		if got := marks(numbers(t, "1 2")).KrippendorffInterval(psychometrics.Nominal, .95, 100, random); got != nil {
			t.Errorf("got %v", *got)
		}
		if got := m.KrippendorffInterval(psychometrics.Nominal, .95, 1, random); got != nil {
			t.Errorf("got %v", *got)
		}
	})
	t.Run("draws that mostly have no alpha give none", func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 0))
		if got := marks(numbers(t, "1 1 / 1 1 / 2 1")).KrippendorffInterval(psychometrics.Nominal, .95, 1000, random); got != nil {
			t.Errorf("got %v", *got)
		}
	})
}

// TestKrippendorffInterval_covers: of samples from a population whose alpha is known, about nineteen in twenty have it in
// their interval.
func TestKrippendorffInterval_covers(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 13))
	const samples, units = 150, 80
	half := func(x float64) float64 { return math.Round(2*x) / 2 } // few values make it quick, and cost alpha .003
	covered := 0
	for range samples {
		var rows [][]float64
		for range units {
			ability := 2 * random.NormFloat64() // four parts of variance are the unit's, one is the rater's: alpha .8
			rows = append(rows, []float64{half(ability + random.NormFloat64()), half(ability + random.NormFloat64())})
		}
		interval := marks(rows).KrippendorffInterval(psychometrics.Interval, .95, 100, random)
		if interval.Lower <= .8 && .8 <= interval.Upper {
			covered++
		}
	}
	if share := float64(covered) / samples; share < .88 || share > .99 {
		t.Errorf("%.3f of intervals hold the alpha of the population, want about .95", share)
	}
}
