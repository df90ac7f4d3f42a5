package psychometrics_test

import (
	"math"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/google/go-cmp/cmp"
)

// TestICCs_Shrout_Fleiss is the table of Shrout and Fleiss (1979), with the digits of psych::ICC.
func TestICCs_Shrout_Fleiss(t *testing.T) {
	icc := judgeMarks(t).ICCs(.95)
	if icc.N != 6 || icc.Raters != 4 || icc.Flat != nil {
		t.Errorf("%d units, %d raters, %v flat", icc.N, icc.Raters, icc.Flat)
	}
	close(t, "between units", icc.BetweenUnits, "11.2416667")
	close(t, "within units", icc.WithinUnits, "6.2638889")
	close(t, "between raters", icc.BetweenRaters, "32.4861111")
	close(t, "residual", icc.Residual, "1.0194444")
	close(t, "sum of squares of targets", icc.BetweenUnits*5, "56.2083333")
	close(t, "sum of squares of judges", icc.BetweenRaters*3, "97.4583333")
	close(t, "sum of squares of the rest", icc.Residual*15, "15.2916667")

	for _, tt := range []struct {
		name                string
		got                 *psychometrics.Coefficient
		value, lower, upper string
	}{
		{"ICC(1,1)", icc.OneWay, ".16574177", "-.1329323", ".7225601"},
		{"ICC(2,1)", icc.TwoWay, ".28976378", ".0187865", ".7610844"},
		{"ICC(3,1)", icc.Fixed, ".71484071", ".3424648", ".9458583"},
		{"ICC(1,4)", icc.OneWayAverage, ".44279713", "-.8844422", ".9124154"},
		{"ICC(2,4)", icc.TwoWayAverage, ".62005055", ".0711368", ".9272320"},
		{"ICC(3,4)", icc.FixedAverage, ".90931554", ".6756747", ".9858917"},
	} {
		close(t, tt.name, tt.got.Value, tt.value)
		spans(t, tt.name, tt.got.Interval, tt.lower, tt.upper)
	}
	within := psychometrics.FTest{F: icc.OneWay.F.F, DF1: 5, DF2: 18, P: icc.OneWay.F.P}
	residual := psychometrics.FTest{F: icc.Fixed.F.F, DF1: 5, DF2: 15, P: icc.Fixed.F.P}
	close(t, "F against what is within units", within.F, "1.7946785")
	close(t, "its p", within.P, ".1647688")
	close(t, "F against the rest", residual.F, "11.0272480")
	close(t, "its p", residual.P, ".00013457")
	for _, pair := range [][2]psychometrics.FTest{
		{within, *icc.OneWay.F}, {within, *icc.OneWayAverage.F}, {residual, *icc.TwoWay.F},
		{residual, *icc.TwoWayAverage.F}, {residual, *icc.Fixed.F}, {residual, *icc.FixedAverage.F},
	} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("F test (-want +got):\n%s", diff)
		}
	}
}

// TestICCs_average_is_alpha: ICC(3,k) is Cronbach's alpha of raters taken for items.
func TestICCs_average_is_alpha(t *testing.T) {
	alpha := full(numbers(t, judges), 10).Alpha()
	if got := judgeMarks(t).ICCs(.95).FixedAverage.Value; math.Abs(got-*alpha) > 1e-12 {
		t.Errorf("ICC(3,k) %v, alpha %v", got, *alpha)
	}
}

// TestICCs_interval_of_the_average is a choice: other programs print .0394402 to .9285732 for ICC(2,4).
func TestICCs_interval_of_the_average(t *testing.T) {
	icc := judgeMarks(t).ICCs(.95)
	for _, pair := range [][2]float64{
		{icc.TwoWay.Interval.Lower, icc.TwoWayAverage.Interval.Lower},
		{icc.TwoWay.Interval.Upper, icc.TwoWayAverage.Interval.Upper},
		{icc.Fixed.Interval.Lower, icc.FixedAverage.Interval.Lower},
		{icc.OneWay.Interval.Upper, icc.OneWayAverage.Interval.Upper},
	} {
		if up := psychometrics.SpearmanBrown(pair[0], 4); math.Abs(*up-pair[1]) > 1e-12 {
			t.Errorf("%v of one rater is %v of four, not %v", pair[0], *up, pair[1])
		}
	}
}

func TestICCs_use_units_that_all_rated(t *testing.T) {
	gap := math.NaN()
	rows := append(numbers(t, judges), []float64{9, 9, gap, 9}, []float64{1, gap, gap, gap})
	icc := marks(rows).ICCs(.95)
	if icc.N != 6 {
		t.Errorf("%d units used, want 6", icc.N)
	}
	if diff := cmp.Diff(judgeMarks(t).ICCs(.95), icc); diff != "" {
		t.Errorf("without and with the other units:\n%s", diff)
	}
}

func TestICCs_that_cannot_be_computed(t *testing.T) {
	for name, rows := range map[string]string{
		"one rater":              "1 / 2 / 3",
		"one unit":               "1 2 3",
		"nothing":                "",
		"no unit that all rated": "1 NaN / NaN 2",
		"rows of unequal length": "1 2 / 3",
		"a number beyond size":   "1 2 / 3 Inf",
	} {
		t.Run(name, func(t *testing.T) {
			m := marks(numbers(t, rows))
			if icc := m.ICCs(.95); icc != nil {
				t.Errorf("got %+v", *icc)
			}
			if c := m.Components(); c != nil {
				t.Errorf("components %+v", *c)
			}
			if w := m.Concordance(); w != nil {
				t.Errorf("concordance %+v", *w)
			}
		})
	}
	t.Run("a rater who gives all the same", func(t *testing.T) {
		m := marks(numbers(t, "1 .1 2 / 3 .1 4 / 5 .1 4"))
		icc := m.ICCs(.95)
		want := &psychometrics.ICC{
			N: 3, Raters: 3, Flat: []int{1}, BetweenUnits: icc.BetweenUnits, WithinUnits: icc.WithinUnits,
			BetweenRaters: icc.BetweenRaters, Residual: icc.Residual,
		}
		if diff := cmp.Diff(want, icc); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if m.Components() != nil || m.Concordance() != nil {
			t.Error("there are components of variance or a concordance")
		}
	})
	t.Run("whole agreement has no interval", func(t *testing.T) {
		icc := marks(numbers(t, "1.1 1.1 / 2.2 2.2 / 3.3 3.3")).ICCs(.95)
		for _, c := range []*psychometrics.Coefficient{icc.OneWay, icc.TwoWay, icc.Fixed, icc.OneWayAverage, icc.TwoWayAverage, icc.FixedAverage} {
			if diff := cmp.Diff(&psychometrics.Coefficient{Value: 1}, c); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	})
	t.Run("units that do not differ have no reliable average", func(t *testing.T) {
		icc := marks(numbers(t, "1 2 / 2 1")).ICCs(.95)
		if icc.OneWayAverage != nil || icc.FixedAverage != nil {
			t.Errorf("got %+v", *icc)
		}
		close(t, "ICC(1,1)", icc.OneWay.Value, "-1")
	})
}

func TestComponents_Shrout_Fleiss(t *testing.T) {
	c := judgeMarks(t).Components()
	close(t, "units", c.Units, "2.555556")
	close(t, "severity", c.Severity, "5.244444")
	close(t, "residual", c.Residual, "1.019444")
	close(t, "share of units", 100*c.Units/c.Total(), "29.0")
	close(t, "share of severity", 100*c.Severity/c.Total(), "59.5")
	close(t, "share of the rest", 100*c.Residual/c.Total(), "11.6")
	for raters, want := range map[int][2]string{
		1: {".71484", ".28976"}, 2: {".83371", ".44933"}, 3: {".88264", ".55035"}, 4: {".90932", ".62005"}, 10: {".96164", ".80314"},
	} {
		has(t, "Eρ²", c.Generalizability(raters), want[0])
		has(t, "Φ", c.Dependability(raters), want[1])
	}
	if n := c.RatersForDependability(.80); n == nil || *n != 10 {
		t.Errorf("raters for Φ ≥ .80: %v, want 10", n)
	}
	if n := c.RatersForGeneralizability(.80); n == nil || *n != 2 {
		t.Errorf("raters for Eρ² ≥ .80: %v, want 2", n)
	}
}

func TestComponents_edges(t *testing.T) {
	c := psychometrics.Components{Units: 1, Residual: 1}
	if c.Dependability(0) != nil || (psychometrics.Components{}).Dependability(1) != nil {
		t.Error("no rater, or nothing that varies, is dependable")
	}
	for _, target := range []float64{0, 1, -1, math.NaN()} {
		if n := c.RatersForDependability(target); n != nil {
			t.Errorf("%d raters for a Φ of %v", *n, target)
		}
	}
	if n := c.RatersForDependability(.5); n == nil || *n != 1 {
		t.Errorf("raters for a target reached exactly: %v, want 1", n)
	}
	if n := (psychometrics.Components{Residual: 1}).RatersForDependability(.5); n != nil {
		t.Errorf("%d raters would tell apart units that do not differ", *n)
	}
	if n := (psychometrics.Components{Units: 1e-300, Residual: 1}).RatersForDependability(.5); n != nil {
		t.Errorf("%d raters", *n)
	}
	negative := marks(numbers(t, "1 3 / 3 1 / 2 2.5")).Components()
	if negative.Units != 0 || negative.Severity != 0 || !(negative.Residual > 0) {
		t.Errorf("estimates below zero: %+v", *negative)
	}
}
