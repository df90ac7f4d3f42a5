// Package psychometrics measures tests and raters.
//
// Classical test theory says how well items and whole tests measure; statistics of agreement say how far raters can
// be trusted. Every function is pure: tables in, numbers out. What cannot be computed from the data is nil, never a
// NaN, an infinity or a made-up zero: too few people, a rater who gave everybody the same mark, a table with rows of
// unequal length, a number in it that is none. Variances divide by n−1 unless a formula says otherwise.
//
// The package will never read a clock, a context or a row, never decide about a person, and never write percentile
// ranks a second time: scoring.Standing has them.
//
// Which statistic is shown where, and why by this convention, is in docs/measurement.md.
package psychometrics

import "math"

// Limits are the two ends of a confidence interval, in the unit of what they are about.
type Limits struct{ Lower, Upper float64 }

// limits gives an interval, or nil if its ends are not two numbers in order.
func limits(lower, upper float64) *Limits {
	if !finite(lower, upper) || lower > upper {
		return nil
	}
	return &Limits{Lower: lower, Upper: upper}
}

// within cuts an interval off where its statistic cannot be.
func (l *Limits) within(least, most float64) *Limits {
	if l == nil {
		return nil
	}
	return &Limits{Lower: max(least, l.Lower), Upper: min(most, l.Upper)}
}

// number gives x, or nil if it is not a finite number.
func number(x float64) *float64 {
	if !finite(x) {
		return nil
	}
	return &x
}

// ratio gives a/b, or nil if one of them is not a finite number or b is zero.
func ratio(a, b float64) *float64 {
	if !finite(a, b) {
		return nil
	}
	return number(a / b)
}

func finite(xs ...float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

func sum(xs []float64) float64 {
	total := 0.0
	for _, x := range xs {
		total += x
	}
	return total
}

func mean(xs []float64) float64 { return sum(xs) / float64(len(xs)) }

// variance divides by n−1; it is NaN for fewer than two numbers and exactly zero for numbers that differ by no more
// than rounding.
func variance(xs []float64) float64 { return covariance(xs, xs) }

// covariance divides by n−1, like variance.
func covariance(xs, ys []float64) float64 {
	if len(xs) < 2 || len(xs) != len(ys) {
		return math.NaN()
	}
	mx, my, products := mean(xs), mean(ys), 0.0
	for i := range xs {
		products += (xs[i] - mx) * (ys[i] - my)
	}
	scale := largest(xs) * largest(ys) * float64(len(xs))
	return settled(products, scale) / float64(len(xs)-1)
}

// settled gives a sum of squares or products, or zero where it is only the rounding of its terms: less than 10⁻²⁴ of
// what it would be if every term were the largest.
func settled(sum, scale float64) float64 {
	if math.Abs(sum) <= 1e-24*scale {
		return 0
	}
	return sum
}

// rounding is less than any correlation or share that means something: comparisons with a limit leave so much room.
const rounding = 1e-12

// below reports whether x lies under a limit by more than rounding.
func below(x, limit float64) bool { return x < limit-rounding }

func largest(xs []float64) float64 {
	most := 0.0
	for _, x := range xs {
		most = max(most, math.Abs(x))
	}
	return most
}

// Correlation is Pearson's r of two lists of equal length; nil for fewer than two pairs or where one list does not
// vary.
func Correlation(xs, ys []float64) *float64 {
	vx, vy := variance(xs), variance(ys)
	if !(vx > 0 && vy > 0) {
		return nil
	}
	r := covariance(xs, ys) / math.Sqrt(vx) / math.Sqrt(vy)
	if math.Abs(r) < rounding {
		r = 0
	}
	return number(max(-1, min(1, r)))
}

// column gives one column of a table.
func column(rows [][]float64, j int) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		out[i] = row[j]
	}
	return out
}

// columns turns a table of at least one row on its side.
func columns(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows[0]))
	for j := range out {
		out[j] = column(rows, j)
	}
	return out
}
