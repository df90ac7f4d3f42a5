package psychometrics

import "math"

// Components are what the marks of units crossed with raters vary by (Cronbach et al. 1972; Brennan 2001), in squared
// units of the marks. An estimate below zero is reported as zero, as is usual.
type Components struct {
	N, Raters int     // units used, raters
	Units     float64 // σ²p, true differences between units
	Severity  float64 // σ²r, differences between raters
	Residual  float64 // σ²e, everything else
}

// Components estimates the components of variance over the units that every rater has rated; nil for fewer than two
// of either, or if a rater gave every unit the same mark.
func (m Marks) Components() *Components {
	rows := m.crossed()
	a, ok := analyse(rows)
	if !ok || len(flat(rows)) > 0 {
		return nil
	}
	return &Components{
		N: len(rows), Raters: len(rows[0]),
		Units:    a.component(a.msb, a.k),
		Severity: a.component(a.msj, a.n),
		Residual: a.mse,
	}
}

// component is what a mean square has more than the residual, per marks in each of its means.
func (a anova) component(square, marks float64) float64 {
	if square-a.mse <= a.least() {
		return 0
	}
	return (square - a.mse) / marks
}

// Total is the variance of a single mark: the sum of the components.
func (c Components) Total() float64 { return c.Units + c.Severity + c.Residual }

// Generalizability is Eρ² for the mean of a number of raters, σ²p/(σ²p + σ²e/m): how well the same panel ranks units.
// Nil for fewer than one rater or nothing that varies.
func (c Components) Generalizability(raters int) *float64 { return c.dependable(raters, c.Residual) }

// Dependability is Φ for the mean of a number of raters, σ²p/(σ²p + (σ²r + σ²e)/m): how well marks stand for
// themselves whoever gave them. Nil for fewer than one rater or nothing that varies.
func (c Components) Dependability(raters int) *float64 {
	return c.dependable(raters, c.Severity+c.Residual)
}

func (c Components) dependable(raters int, errors float64) *float64 {
	if raters < 1 {
		return nil
	}
	return ratio(c.Units, c.Units+errors/float64(raters))
}

// RatersForGeneralizability is the least number of raters with which Eρ² reaches a target; nil if none does, or for a
// target that is not above 0 and below 1.
func (c Components) RatersForGeneralizability(target float64) *int {
	return c.raters(target, c.Residual)
}

// RatersForDependability is the least number of raters with which Φ reaches a target; nil if none does, or for a target
// that is not above 0 and below 1.
func (c Components) RatersForDependability(target float64) *int {
	return c.raters(target, c.Severity+c.Residual)
}

func (c Components) raters(target, errors float64) *int {
	if !(target > 0 && target < 1) || !(c.Units > 0) {
		return nil
	}
	needed := math.Ceil(target/(1-target)*errors/c.Units - 1e-9)
	if !(needed <= math.MaxInt32) {
		return nil
	}
	raters := max(1, int(needed))
	return &raters
}
