package psychometrics_test

import (
	"math"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/google/go-cmp/cmp"
)

// panel is three raters; the first is one below the mean of the others twice, two below once, alone once.
const panel = `2 3 3 / 3 4 NaN / 1 2 4 / 5 NaN NaN / NaN 4 4`

func TestSeverity(t *testing.T) {
	m := marks(numbers(t, panel))
	s := m.Severity(0, .95)
	close(t, "mean residual", s.Residual, "-1.3333333333") // −1, −1, −2
	has(t, "standard error", s.SE, "0.3333333333")
	spans(t, "interval", s.Interval, "-2.7675509", "0.1008843") // t(2) = 4.3026527
	if s.N != 3 {
		t.Errorf("%d units, want 3", s.N)
	}
	one, minus := -1.0, -2.0
	if diff := cmp.Diff([]*float64{&one, &one, &minus, nil, nil}, m.Residuals(0)); diff != "" {
		t.Errorf("residuals (-want +got):\n%s", diff)
	}
	single := marks(numbers(t, "2 3")).Severity(0, .95)
	if diff := cmp.Diff(&psychometrics.Severity{Residual: -1, N: 1}, single); diff != "" {
		t.Errorf("one unit (-want +got):\n%s", diff)
	}
}

func TestSpread(t *testing.T) {
	s := marks(numbers(t, panel)).Spread(0)
	has(t, "own", s.SD, "1")                  // 2 3 1
	has(t, "others", s.Peers, "0.8366600265") // 3 3 4 2 4
	if s.N != 3 {
		t.Errorf("%d units, want 3", s.N)
	}
	if narrow := marks(numbers(t, ".1 1 / .1 5")).Spread(0); *narrow.SD != 0 {
		t.Errorf("who gives all the same has an SD of %v, want zero", *narrow.SD)
	}
}

func TestRaters_that_cannot_be_compared(t *testing.T) {
	alone := marks(numbers(t, "1 NaN / NaN 2"))
	for _, rater := range []int{-1, 0, 1, 2} {
		if alone.Severity(rater, .95) != nil || alone.Spread(rater) != nil {
			t.Errorf("rater %d has a severity or a spread beside nobody", rater)
		}
	}
	ragged := marks(numbers(t, "1 2 / 3"))
	if ragged.Severity(0, .95) != nil || ragged.Spread(0) != nil || ragged.Halo() != nil || ragged.Agreement(1) != nil {
		t.Error("a table with rows of unequal length has statistics")
	}
}

func TestHalo(t *testing.T) {
	// r is 1 between the first two, ½ between either and the third.
	h := marks(numbers(t, "1 2 1 / 2 4 3 / 3 6 2")).Halo()
	close(t, "mean correlation", h.Correlation, "0.6666666667")
	if h.Pairs != 3 || h.N != 3 {
		t.Errorf("%d pairs, %d units", h.Pairs, h.N)
	}
	gap := marks(numbers(t, "1 2 1 / 2 4 NaN / 3 6 2 / 4 NaN NaN")).Halo()
	if gap.Pairs != 3 || gap.N != 2 {
		t.Errorf("with gaps: %d pairs, %d units", gap.Pairs, gap.N)
	}
	if same := marks(numbers(t, "1 3 / 2 3 / 3 3")).Halo(); same != nil {
		t.Errorf("a dimension that does not vary: got %+v", *same)
	}
	if (psychometrics.Marks{}).Halo() != nil {
		t.Error("nothing has a halo")
	}
}

func TestDriftOf(t *testing.T) {
	at := func(pairs ...float64) []psychometrics.Observation {
		var out []psychometrics.Observation
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, psychometrics.Observation{Day: pairs[i], Residual: pairs[i+1]})
		}
		return out
	}
	d := psychometrics.DriftOf(at(0, .1, 30, -.4, 60, -.5, 90, -1.2), .95)
	close(t, "slope per 30 days", d.Slope, "-0.4000000000")
	close(t, "its standard error", d.SE, "0.0774596669") // √(.06/2/5): squared residuals, degrees of freedom, squared months
	spans(t, "interval", d.Interval, "-0.7332820", "-0.0667180")
	if d.N != 4 {
		t.Errorf("%d observations", d.N)
	}
	straight := psychometrics.DriftOf(at(10, 1, 25, 1.5, 40, 2), .95)
	close(t, "a straight line", straight.Slope, "1.0000000000")
	if !(straight.SE < 1e-9) {
		t.Errorf("it has a standard error of %v", straight.SE)
	}
	for name, observations := range map[string][]psychometrics.Observation{
		"nothing":             nil,
		"two observations":    at(1, 1, 2, 2),
		"all at one time":     at(.1, 1, .1, 2, .1, 3),
		"a number that is no": at(1, math.NaN(), 2, 2, 3, 3),
	} {
		if got := psychometrics.DriftOf(observations, .95); got != nil {
			t.Errorf("%s: got %+v", name, *got)
		}
	}
}
