package psychometrics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Concordance is Kendall's W: how far raters rank units alike, from 0 to 1 (Kendall & Babington Smith 1939).
type Concordance struct {
	W          float64 // corrected for ties
	ChiSquared float64 // m(n−1)W, with n−1 degrees of freedom if ranks are random; rough for fewer than seven units
	DF         int
	P          float64 // of a χ² at least as large
	N, Raters  int     // units used, raters
}

// Concordance gives Kendall's W over the units that every rater has rated; tied marks share their mean rank. It is nil
// for fewer than two of either, or if a rater gave every unit the same mark.
func (m Marks) Concordance() *Concordance {
	rows := m.crossed()
	if len(rows) < 2 || len(rows[0]) < 2 || len(flat(rows)) > 0 {
		return nil
	}
	totals, ties := make([]float64, len(rows)), 0.0
	for _, marks := range columns(rows) {
		ranks, tied := rank(marks)
		for i := range ranks {
			totals[i] += ranks[i]
		}
		ties += tied
	}
	n, raters := float64(len(rows)), float64(len(rows[0]))
	w := 12 * around(totals, mean(totals)) / (raters*raters*(n*n*n-n) - raters*ties)
	c := &Concordance{W: min(1, w), DF: len(rows) - 1, N: len(rows), Raters: len(rows[0])}
	c.ChiSquared = raters * (n - 1) * c.W
	c.P = distuv.ChiSquared{K: n - 1}.Survival(c.ChiSquared)
	if !finite(c.W, c.P) {
		return nil
	}
	return c
}

// rank gives the mean ranks from 1 and Σ(t³−t) over groups of t ties.
func rank(marks []float64) (ranks []float64, ties float64) {
	sorted := slices.Sorted(slices.Values(marks))
	ranks = make([]float64, len(marks))
	for i, mark := range marks {
		first, _ := slices.BinarySearch(sorted, mark)
		t := 0
		for first+t < len(sorted) && sorted[first+t] == mark {
			t++
		}
		ranks[i] = float64(first) + float64(t+1)/2
		ties += float64(t*t - 1) // each of the t members adds a t-th of t³−t
	}
	return ranks, ties
}

// Agreement is how often two raters of one unit give the same mark or nearly so.
type Agreement struct {
	Exact    float64 // share of pairs with the same mark, from 0 to 1
	Adjacent float64 // share of pairs that differ, and by no more than one step
	Pairs    int     // pairs of marks on one unit
	Units    int     // units with such a pair
}

// Agreement compares all pairs of marks on one unit; step is the distance of two neighbouring marks of the scale. A unit
// with m marks has m(m−1)/2 pairs. It is nil without a pair, or for a step that is not above zero.
func (m Marks) Agreement(step float64) *Agreement {
	units := m.paired()
	if len(units) == 0 || !(step > 0) {
		return nil
	}
	exact, adjacent := 0, 0
	a := &Agreement{Units: len(units)}
	for _, marks := range units {
		for i, mark := range marks {
			for _, other := range marks[:i] {
				a.Pairs++
				switch distance := math.Abs(mark-other) / step; {
				case distance <= 1e-9:
					exact++
				case distance <= 1+1e-9:
					adjacent++
				}
			}
		}
	}
	a.Exact, a.Adjacent = float64(exact)/float64(a.Pairs), float64(adjacent)/float64(a.Pairs)
	return a
}
