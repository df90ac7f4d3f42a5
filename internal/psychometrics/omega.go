package psychometrics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Omega is McDonald's ω of a test that one factor explains (McDonald 1999): (Σλ)²/((Σλ)² + Σψ).
type Omega struct {
	Loadings     []float64 // λ of the standardized items, signed so that their sum is not below zero
	Uniqueness   []float64 // ψ of the standardized items, each at least .005
	Standardized float64   // ω of the sum of standardized items
	Raw          float64   // ω of the sum of points: loadings and ψ in the items' own units
}

// The fit stops when no loading moves by more than this, and gives up after so many rounds.
const (
	stillness  = 1e-12
	rounds     = 20_000
	uniqueness = .005 // the least ψ, that of factanal in R: below it lies the impossible
)

// Omega fits one factor by maximum likelihood to the correlations of the items, over the persons who reached all of
// them, with the EM algorithm of Rubin and Thayer (1982). It is nil for fewer than three items, no more persons than
// items, an item that does not vary, or a fit that does not settle.
func (s Scores) Omega() *Omega {
	rows := s.complete()
	if len(s.Max) < 3 || len(rows) <= len(s.Max) {
		return nil
	}
	r, sds, ok := correlations(columns(rows))
	if !ok {
		return nil
	}
	loadings, unique, ok := oneFactor(r)
	if !ok {
		return nil
	}
	omega := &Omega{Loadings: loadings, Uniqueness: unique}
	ones := make([]float64, len(sds))
	for j := range ones {
		ones[j] = 1
	}
	omega.Standardized, omega.Raw = omegaOf(loadings, unique, ones), omegaOf(loadings, unique, sds)
	if !finite(omega.Standardized, omega.Raw) {
		return nil
	}
	return omega
}

func omegaOf(loadings, unique, units []float64) float64 {
	common, errors := 0.0, 0.0
	for j, unit := range units {
		common += loadings[j] * unit
		errors += unique[j] * unit * unit
	}
	return common * common / (common*common + errors)
}

// correlations is not ok if an item does not vary.
func correlations(items [][]float64) (r [][]float64, sds []float64, ok bool) {
	r, sds = make([][]float64, len(items)), make([]float64, len(items))
	for i, item := range items {
		r[i], sds[i] = make([]float64, len(items)), math.Sqrt(variance(item))
		for j, other := range items {
			c := Correlation(item, other)
			if c == nil {
				return nil, nil, false
			}
			r[i][j] = *c
		}
	}
	return r, sds, true
}

// oneFactor gives loadings and uniquenesses of a correlation matrix; it is not ok if it has not settled.
func oneFactor(r [][]float64) (loadings, unique []float64, ok bool) {
	k := len(r)
	loadings, unique = make([]float64, k), make([]float64, k)
	for j := range k {
		loadings[j], unique[j] = sum(r[j])/math.Sqrt(math.Abs(grand(r))+1), .5 // first centroid, kept off zero
	}
	for range rounds {
		moved := step(r, loadings, unique)
		if !finite(moved) {
			return nil, nil, false
		}
		if moved <= stillness {
			upright(loadings)
			return loadings, unique, true
		}
	}
	return nil, nil, false
}

func grand(r [][]float64) float64 { return sum(rowSums(r)) }

// step is one round of EM; it says how far the loading that moved most has moved.
func step(r [][]float64, loadings, unique []float64) (moved float64) {
	k, information := len(r), 0.0
	for j := range k {
		information += loadings[j] * loadings[j] / unique[j]
	}
	beta := make([]float64, k) // regression of the factor on the items
	for j := range k {
		beta[j] = loadings[j] / unique[j] / (1 + information)
	}
	covered := make([]float64, k) // R·β
	for i := range k {
		for j := range k {
			covered[i] += r[i][j] * beta[j]
		}
	}
	second := 1 - dot(beta, loadings) + dot(beta, covered) // mean of the factor's square
	for j := range k {
		next := covered[j] / second
		moved = max(moved, math.Abs(next-loadings[j]))
		if math.IsNaN(next) {
			return next
		}
		loadings[j], unique[j] = next, max(uniqueness, r[j][j]-next*covered[j])
	}
	return moved
}

func dot(a, b []float64) float64 {
	total := 0.0
	for i := range a {
		total += a[i] * b[i]
	}
	return total
}

// upright turns loadings so that their sum is not negative.
func upright(loadings []float64) {
	if sum(loadings) >= 0 {
		return
	}
	for j := range loadings {
		loadings[j] = -loadings[j]
	}
}

// Lambda6 is Guttman's λ6 of the standardized items, 1 − Σ(1−R²)/Σr: a lower bound of reliability from how well the other
// items predict each (Guttman 1945), over the persons who reached all of them. It is nil for fewer than two items, an item
// that does not vary, items that predict one another wholly, or correlations whose sum is not above zero.
func (s Scores) Lambda6() *float64 {
	rows := s.complete()
	if len(s.Max) < 2 || len(rows) == 0 {
		return nil
	}
	r, _, ok := correlations(columns(rows))
	if !ok {
		return nil
	}
	var factors mat.Cholesky
	var inverse mat.SymDense
	if !factors.Factorize(mat.NewSymDense(len(r), slices.Concat(r...))) || factors.InverseTo(&inverse) != nil {
		return nil
	}
	unpredicted := 0.0
	for j := range r {
		unpredicted += 1 / inverse.At(j, j)
	}
	if !(grand(r) > rounding) {
		return nil
	}
	return number(1 - unpredicted/grand(r))
}
