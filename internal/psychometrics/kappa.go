package psychometrics

import "math"

// Crosstab counts how often two raters chose each pair of categories: rows are the first rater's, columns the
// second's. Counts need not be whole numbers.
type Crosstab [][]float64

// Tabulate counts the pairs of two lists of marks from low to high. It is nil for lists of different length, a mark
// outside, or high below low.
func Tabulate(first, second []int, low, high int) Crosstab {
	if len(first) != len(second) || high < low {
		return nil
	}
	table := make(Crosstab, high-low+1)
	for i := range table {
		table[i] = make([]float64, len(table))
	}
	for i := range first {
		a, b := first[i]-low, second[i]-low
		if min(a, b) < 0 || max(a, b) > high-low {
			return nil
		}
		table[a][b]++
	}
	return table
}

// Disagreement is how much it matters that one rater chose category i and the other j: zero for the same category,
// not below zero for two. Only the proportions of its values count.
type Disagreement func(i, j int) float64

// Unweighted counts every disagreement alike (Cohen 1960).
func Unweighted(i, j int) float64 {
	if i == j {
		return 0
	}
	return 1
}

// Linear counts a disagreement by its steps.
func Linear(i, j int) float64 { return math.Abs(float64(i - j)) }

// Quadratic counts a disagreement by the square of its steps; kappa is then QWK.
func Quadratic(i, j int) float64 { return square(float64(i - j)) }

// Custom takes disagreements from a square table; a pair outside it has none that can be computed with.
func Custom(weights [][]float64) Disagreement {
	return func(i, j int) float64 {
		if i >= len(weights) || j >= len(weights[i]) {
			return math.NaN()
		}
		return weights[i][j]
	}
}

// Kappa is agreement of two raters beyond chance, at most 1.
type Kappa struct {
	Value    float64
	SE       float64 // large-sample standard error; zero where raters agree wholly
	Interval *Limits // Value ± z·SE, within −1…1; nil where SE is zero, since then it says nothing
	// Observed and Expected are weighted agreement, from 0 to 1, as it is and as chance would have it.
	Observed, Expected float64
	N                  float64 // units
}

// Kappa gives Cohen's kappa, weighted by a disagreement (Cohen 1960, 1968), with the standard error of Fleiss, Cohen
// and Everitt (1969) and an interval of a level such as .95.
//
// It is nil for a table that is not square, has a count below zero or no count, for weights that are no disagreement,
// and for a rater who chose one category throughout: the formula then gives zero or nothing, and neither says
// anything about agreement.
func (t Crosstab) Kappa(disagreement Disagreement, level float64) *Kappa {
	p, n, ok := t.proportions()
	if !ok {
		return nil
	}
	rows, cols := rowSums(p), rowSums(columns(p))
	w, ok := disagreements(len(p), disagreement)
	if !ok || degenerate(rows) || degenerate(cols) {
		return nil
	}
	observed, expected := 0.0, 0.0 // disagreement
	for i := range p {
		observed += dot(p[i], w[i])
		expected += rows[i] * dot(cols, w[i])
	}
	k := &Kappa{Value: 1 - observed/expected, Observed: 1 - observed, Expected: 1 - expected, N: n}
	k.SE = math.Sqrt(k.variance(p, w, rows, cols))
	if !finite(k.Value, k.SE) {
		return nil
	}
	if z := normalQuantile(upperTail(level)); k.SE > 0 {
		k.Interval = limits(k.Value-z*k.SE, k.Value+z*k.SE).within(-1, 1)
	}
	return k
}

// variance is {Σp·[v − (v̄i. + v̄.j)(1−κ)]² − [κ − pe(1−κ)]²}/(n(1−pe)²); v = 1−w are weights of agreement.
func (k Kappa) variance(p, w [][]float64, rows, cols []float64) float64 {
	byRow, byCol := make([]float64, len(p)), make([]float64, len(p))
	for i := range p {
		byRow[i] = 1 - dot(cols, w[i])
		byCol[i] = 1 - dot(rows, column(w, i))
	}
	total := 0.0
	for i := range p {
		for j := range p {
			total += p[i][j] * square(1-w[i][j]-(byRow[i]+byCol[j])*(1-k.Value))
		}
	}
	spread := total - square(k.Value-k.Expected*(1-k.Value))
	if spread < 1e-15 { // a difference of two numbers up to one: this is rounding
		return 0
	}
	return spread / (k.N * square(1-k.Expected))
}

// proportions of a table; it is not ok unless the table is square and holds counts.
func (t Crosstab) proportions() (p [][]float64, n float64, ok bool) {
	for _, row := range t {
		n += sum(row)
		if len(row) != len(t) || !counts(row) {
			return nil, 0, false
		}
	}
	if !(n > 0) || !finite(n) {
		return nil, 0, false
	}
	for _, row := range t {
		shares := make([]float64, len(row))
		for j, count := range row {
			shares[j] = count / n
		}
		p = append(p, shares)
	}
	return p, n, true
}

func counts(row []float64) bool {
	for _, count := range row {
		if !(count >= 0) {
			return false
		}
	}
	return true
}

// degenerate reports whether one category has everything.
func degenerate(shares []float64) bool {
	used := 0
	for _, share := range shares {
		if share > 0 {
			used++
		}
	}
	return used < 2
}

// disagreements tabulates the weights of all pairs, 0 in the diagonal and 1 for the worst pair; it is not ok for what is no
// disagreement.
func disagreements(categories int, disagreement Disagreement) (w [][]float64, ok bool) {
	worst := 0.0
	for i := range categories {
		w = append(w, make([]float64, categories))
		for j := range w[i] {
			d := disagreement(i, j)
			if !finite(d) || d < 0 || i == j && d != 0 {
				return nil, false
			}
			w[i][j], worst = d, max(worst, d)
		}
	}
	for i := range w {
		for j := range w[i] {
			w[i][j] /= worst
		}
	}
	return w, worst > 0
}

// FleissKappa is agreement beyond chance of several raters, not the same for each unit, about categories without an
// order (Fleiss 1971). It is at most 1.
type FleissKappa struct {
	Value              float64
	Observed, Expected float64 // P̄ and P_e, from 0 to 1
	N, Raters          int     // units, raters of each
}

// Fleiss gives Fleiss' kappa of a table of counts: one row for each unit, one column for each category, how many raters
// chose it. Nil unless every unit has the same number of raters, at least two, and more than one category was used.
func Fleiss(table [][]int) *FleissKappa {
	if len(table) == 0 {
		return nil
	}
	k := &FleissKappa{N: len(table)}
	shares := make([]float64, len(table[0]))
	for i, row := range table {
		raters, pairs := 0, 0
		if len(row) != len(shares) {
			return nil
		}
		for j, count := range row {
			if count < 0 {
				return nil
			}
			raters += count
			pairs += count * (count - 1)
			shares[j] += float64(count)
		}
		if i > 0 && raters != k.Raters || raters < 2 {
			return nil
		}
		k.Raters = raters
		k.Observed += float64(pairs) / float64(raters*(raters-1)) / float64(k.N)
	}
	if degenerate(shares) {
		return nil
	}
	for _, share := range shares {
		k.Expected += square(share / float64(k.N*k.Raters))
	}
	k.Value = min(1, (k.Observed-k.Expected)/(1-k.Expected))
	return k
}
