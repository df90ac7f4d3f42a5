package psychometrics

import "math"

// ICC are the six intraclass correlations of Shrout and Fleiss (1979), from a two-way analysis of variance over the
// units that every rater of the design has rated. Those of one kind say how far one rater's mark can be trusted
// (single) or the mean of all k raters' marks (average).
//
// Candidates rated by different reviewers call for OneWay or TwoWay, where a severe reviewer counts as error; Fixed is
// right only where the same panel rates everybody.
type ICC struct {
	N, Raters int // units used, raters
	// Flat are the columns of raters who gave every unit the same mark. With one of them there is no coefficient: the
	// formula would give a number, but nothing can be known about agreement with a rater who does not tell units apart.
	Flat []int
	// Mean squares between units, within units, between raters, and of the rest.
	BetweenUnits, WithinUnits, BetweenRaters, Residual float64

	OneWay, OneWayAverage *Coefficient // ICC(1,1), ICC(1,k): each unit has raters of its own
	TwoWay, TwoWayAverage *Coefficient // ICC(2,1), ICC(2,k): raters are a sample, absolute agreement
	Fixed, FixedAverage   *Coefficient // ICC(3,1), ICC(3,k): just these raters, consistency; the average is alpha
}

// Coefficient is one intraclass correlation. It is at most 1 and has no lower bound.
type Coefficient struct {
	Value float64
	// Interval of the level asked for. That of ICC(2,k) is the interval of ICC(2,1) stepped up by Spearman and Brown's
	// formula, the convention of psych::ICC in R and not the one of irr::icc. Nil where marks agree wholly, and where the
	// means of units do not differ.
	Interval *Limits
	F        *FTest // of the hypothesis that the coefficient is zero; nil where marks agree wholly
}

// ICCs gives the six coefficients with intervals of a level such as .95. A coefficient is nil where its denominator is
// not above zero; all of it is nil for fewer than two raters or fewer than two units that all have rated.
func (m Marks) ICCs(level float64) *ICC {
	rows := m.crossed()
	a, ok := analyse(rows)
	if !ok {
		return nil
	}
	icc := &ICC{
		N: len(rows), Raters: len(rows[0]), Flat: flat(rows),
		BetweenUnits: a.msb, WithinUnits: a.msw, BetweenRaters: a.msj, Residual: a.mse,
	}
	if len(icc.Flat) > 0 {
		return icc
	}
	p := upperTail(level)
	icc.OneWay, icc.OneWayAverage = a.consistency(a.msw, a.n*(a.k-1), p)
	icc.Fixed, icc.FixedAverage = a.consistency(a.mse, (a.n-1)*(a.k-1), p)
	icc.TwoWay, icc.TwoWayAverage = a.absolute(p)
	return icc
}

// anova is a two-way analysis of variance with one mark in each cell.
type anova struct {
	n, k               float64 // units, raters
	msb, msw, msj, mse float64 // mean squares: units, within units, raters, residual
}

// analyse is not ok for fewer than two rows or two columns.
func analyse(rows [][]float64) (a anova, ok bool) {
	if len(rows) < 2 || len(rows[0]) < 2 {
		return anova{}, false
	}
	units, raters, scale := make([]float64, len(rows)), make([]float64, len(rows[0])), 0.0
	for i, row := range rows {
		units[i] = mean(row)
		scale = max(scale, largest(row))
	}
	for j, marks := range columns(rows) {
		raters[j] = mean(marks)
	}
	all := mean(units)
	var within, residual float64
	for i, row := range rows {
		for j, x := range row {
			within += square(x - units[i])
			residual += square(x - units[i] - raters[j] + all)
		}
	}
	a.n, a.k = float64(len(rows)), float64(len(rows[0]))
	scale *= scale * a.n * a.k
	a.msb = settled(a.k*around(units, all), scale) / (a.n - 1)
	a.msj = settled(a.n*around(raters, all), scale) / (a.k - 1)
	a.msw = settled(within, scale) / (a.n * (a.k - 1))
	a.mse = settled(residual, scale) / ((a.n - 1) * (a.k - 1))
	return a, finite(a.msb, a.msj, a.msw, a.mse)
}

func square(x float64) float64 { return x * x }

// around is the sum of squared distances from a centre.
func around(xs []float64, centre float64) float64 {
	total := 0.0
	for _, x := range xs {
		total += square(x - centre)
	}
	return total
}

// consistency gives ICC(1) and ICC(3), which differ only in what they take for error and in its degrees of freedom;
// p is the upper end of the interval.
func (a anova) consistency(errors, df, p float64) (single, average *Coefficient) {
	f := a.msb / errors
	test := fTest(f, a.n-1, df)
	if test == nil || f == 0 {
		p = math.NaN() // marks agree wholly, or units not at all: no interval
	}
	low, high := f/fQuantile(p, a.n-1, df), f*fQuantile(p, df, a.n-1)
	if single = a.coefficient(a.msb-errors, a.msb+(a.k-1)*errors); single != nil {
		single.F = test
		single.Interval = limits((low-1)/(low+a.k-1), (high-1)/(high+a.k-1))
	}
	if average = a.coefficient(a.msb-errors, a.msb); average != nil {
		average.F = test
		average.Interval = limits(1-1/low, 1-1/high)
	}
	return single, average
}

// absolute gives ICC(2), with Satterthwaite's degrees of freedom for the interval.
func (a anova) absolute(p float64) (single, average *Coefficient) {
	test := fTest(a.msb/a.mse, a.n-1, (a.n-1)*(a.k-1))
	single = a.coefficient(a.msb-a.mse, a.msb+(a.k-1)*a.mse+a.k*(a.msj-a.mse)/a.n)
	average = a.coefficient(a.msb-a.mse, a.msb+(a.msj-a.mse)/a.n)
	if single != nil {
		single.F, single.Interval = test, a.absoluteLimits(single.Value, p)
	}
	if average != nil {
		average.F = test
		if single != nil {
			average.Interval = steppedUp(single.Interval, a.k)
		}
	}
	return single, average
}

func (a anova) absoluteLimits(r, p float64) *Limits {
	if a.msb == 0 {
		return nil
	}
	forRaters := a.k * r / (a.n * (1 - r))
	forRest := 1 + a.k*r*(a.n-1)/(a.n*(1-r))
	df := square(forRaters*a.msj+forRest*a.mse) /
		(square(forRaters*a.msj)/(a.k-1) + square(forRest*a.mse)/((a.n-1)*(a.k-1)))
	low, high := fQuantile(p, a.n-1, df), fQuantile(p, df, a.n-1)
	others := a.k*a.msj + (a.k*a.n-a.k-a.n)*a.mse
	return limits(
		a.n*(a.msb-low*a.mse)/(low*others+a.n*a.msb),
		a.n*(high*a.msb-a.mse)/(others+a.n*high*a.msb),
	)
}

func steppedUp(single *Limits, k float64) *Limits {
	if single == nil {
		return nil
	}
	return limits(value(SpearmanBrown(single.Lower, k)), value(SpearmanBrown(single.Upper, k)))
}

// least is what differences of the mean squares must exceed to be more than their rounding.
func (a anova) least() float64 { return rounding * (a.msb + a.msw + a.msj + a.mse) }

// coefficient is nil unless the denominator is above zero by more than the rounding of the mean squares.
func (a anova) coefficient(above, under float64) *Coefficient {
	if !(under > a.least()) || !finite(above, under) {
		return nil
	}
	if math.Abs(above) <= a.least() {
		above = 0
	}
	return &Coefficient{Value: min(1, above/under)}
}
