package psychometrics

import "math"

// Severity is how much a rater's marks lie above or below those of others on the same units.
type Severity struct {
	Residual float64  // mean of own mark minus the mean of the others', in the unit of marks: below zero is severe, above lenient
	SE       *float64 // standard error of that mean; nil for one unit
	Interval *Limits  // by Student's t; nil for one unit
	N        int      // units that somebody else has rated too
}

// Spread is how far a rater uses the scale, beside the others on the same units: a much smaller SD is range restriction.
type Spread struct {
	SD    *float64 // of the rater's own marks; nil for fewer than two units
	Peers *float64 // of all other marks on those units; nil for fewer than two
	N     int      // units that somebody else has rated too
}

// Residuals gives for each unit a rater's mark minus the mean of the other raters' marks: nil where the rater or
// everybody else has none, for a rater outside the table, and for a table that is not sound.
func (m Marks) Residuals(rater int) []*float64 {
	residuals := make([]*float64, len(m))
	if !m.sound() {
		return residuals
	}
	for i, row := range m {
		if own, others := apart(row, rater); own != nil && len(others) > 0 {
			residuals[i] = number(*own - mean(others))
		}
	}
	return residuals
}

// apart splits a row into one rater's mark and the others'.
func apart(row []*float64, rater int) (own *float64, others []float64) {
	if rater < 0 || rater >= len(row) {
		return nil, nil
	}
	for j, mark := range row {
		if mark != nil && j != rater {
			others = append(others, *mark)
		}
	}
	return row[rater], others
}

// Severity compares a rater with the others, with an interval of a level such as .95; nil if no unit was rated by this
// rater and another one.
func (m Marks) Severity(rater int, level float64) *Severity {
	residuals := given(m.Residuals(rater))
	s := &Severity{Residual: mean(residuals), N: len(residuals)}
	if !finite(s.Residual) {
		return nil
	}
	s.SE = number(math.Sqrt(variance(residuals) / float64(s.N)))
	reach := tQuantile(upperTail(level), float64(s.N-1)) * value(s.SE)
	s.Interval = limits(s.Residual-reach, s.Residual+reach)
	return s
}

// Spread compares how far a rater and the others use the scale; nil if no unit was rated by this rater and another one.
func (m Marks) Spread(rater int) *Spread {
	if !m.sound() {
		return nil
	}
	var own, peers []float64
	for _, row := range m {
		if mark, others := apart(row, rater); mark != nil && len(others) > 0 {
			own, peers = append(own, *mark), append(peers, others...)
		}
	}
	if len(own) == 0 {
		return nil
	}
	return &Spread{SD: number(math.Sqrt(variance(own))), Peers: number(math.Sqrt(variance(peers))), N: len(own)}
}

// Halo is how alike one rater marks different dimensions of the same person: near 1, the rater has one impression and
// spreads it over all of them.
type Halo struct {
	Correlation float64 // mean of r over pairs of dimensions
	Pairs       int     // pairs of dimensions that have an r
	N           int     // units of the pair that has fewest
}

// Halo takes the marks of one rater: one row for each unit, one column for each dimension, nil where there is none. Each
// pair of dimensions is compared over the units that have both. It is nil if no pair has an r, as where the rater gave
// every unit the same mark on all dimensions but one.
func (m Marks) Halo() *Halo {
	if len(m) == 0 || !m.sound() {
		return nil
	}
	h, total := &Halo{}, 0.0
	for a := range m[0] {
		for b := range a {
			xs, ys := m.both(a, b)
			if r := Correlation(xs, ys); r != nil {
				total += *r
				if h.Pairs++; h.Pairs == 1 || len(xs) < h.N {
					h.N = len(xs)
				}
			}
		}
	}
	if h.Pairs == 0 {
		return nil
	}
	h.Correlation = total / float64(h.Pairs)
	return h
}

// both are two columns over the rows that have a mark in each.
func (m Marks) both(a, b int) (xs, ys []float64) {
	for _, row := range m {
		if row[a] != nil && row[b] != nil {
			xs, ys = append(xs, *row[a]), append(ys, *row[b])
		}
	}
	return xs, ys
}

// Observation is one residual of a rater and when the mark was given.
type Observation struct {
	Day      float64 // days since any origin, with fractions
	Residual float64 // as Marks.Residuals gives it
}

// Drift is how a rater's severity changes with time: the slope of least squares.
type Drift struct {
	Slope    float64 // in the unit of marks per 30 days: below zero, the rater becomes more severe
	SE       float64 // its standard error, with N−2 degrees of freedom
	Interval *Limits // by Student's t
	N        int
}

// DriftOf gives the drift of a rater with an interval of a level such as .95; nil for fewer than three observations or
// all of one time.
func DriftOf(observations []Observation, level float64) *Drift {
	var months, residuals []float64
	for _, o := range observations {
		months, residuals = append(months, o.Day/30), append(residuals, o.Residual)
	}
	spread, df := variance(months), float64(len(months)-2)
	if !(spread > 0) || df < 1 {
		return nil
	}
	slope := covariance(months, residuals) / spread
	off := make([]float64, len(months))
	for i := range off {
		off[i] = residuals[i] - slope*months[i]
	}
	d := &Drift{Slope: slope, N: len(months)}
	d.SE = math.Sqrt(variance(off) / df / spread)
	reach := tQuantile(upperTail(level), df) * d.SE
	if !finite(d.Slope, d.SE) {
		return nil
	}
	d.Interval = limits(slope-reach, slope+reach)
	return d
}

// StandardizedDifference is SMD, how far the marks of a model lie from those of people in standard deviations:
// (m̄−h̄)/√((s²m+s²h)/2) (Williamson, Xi & Breyer 2012). Above zero the model is lenient. Nil for fewer than two marks of
// either, or where neither varies.
func StandardizedDifference(model, human []float64) *float64 {
	return ratio(mean(model)-mean(human), math.Sqrt((variance(model)+variance(human))/2))
}
