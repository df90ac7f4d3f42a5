package psychometrics

import "math"

// Reliability is how well a whole test measures, from one administration; points are sums over its items.
type Reliability struct {
	N, Items int     // persons who reached every item, and items
	Mean, SD float64 // of the sum of points
	// Alpha is Cronbach's: k/(k−1)·(1 − Σs²/s²) with n−1 in all variances, which for right-or-wrong items is KR-20
	// (Cronbach 1951). It has no lower bound.
	Alpha float64
	// Interval of Alpha by Feldt (1965), from the F distribution with N−1 and (N−1)(k−1) degrees of freedom.
	Interval *Limits
	// Standardized is alpha of the standardized items, k·r̄/(1+(k−1)·r̄). Nil where an item does not vary.
	Standardized    *float64
	MeanCorrelation *float64 // r̄, the mean correlation between two items
	// KR21 is Kuder and Richardson's formula 21, for right-or-wrong items taken as equally hard, with the variance that
	// divides by n (1937). Nil for other items.
	KR21 *float64
	// SEM is the standard error of measurement in points, SD·√(1−Alpha). Nil where Alpha is below zero.
	SEM *float64
	// SED is the standard error of the difference between two persons, SEM·√2.
	SED *float64
}

// Reliability gives the reliability of the sum score with an interval of a level such as .95; nil for fewer than two
// items, fewer than two persons who reached all of them, or sums that do not vary.
func (s Scores) Reliability(level float64) *Reliability {
	rows := s.complete()
	alpha := alphaOf(rows)
	if alpha == nil {
		return nil
	}
	totals := rowSums(rows)
	r := &Reliability{
		N: len(rows), Items: len(s.Max), Mean: mean(totals), SD: math.Sqrt(variance(totals)),
		Alpha: *alpha, Interval: Feldt(*alpha, len(rows), len(s.Max), level),
		KR21: s.kr21(rows),
	}
	r.MeanCorrelation = meanCorrelation(rows)
	r.Standardized = SpearmanBrown(value(r.MeanCorrelation), float64(r.Items))
	r.SEM = SEM(r.SD, r.Alpha)
	r.SED = SED(value(r.SEM))
	return r
}

// Alpha is Cronbach's alpha alone, as in Reliability.
func (s Scores) Alpha() *float64 { return alphaOf(s.complete()) }

// alphaOf needs rows of equal length.
func alphaOf(rows [][]float64) *float64 {
	if len(rows) < 2 || len(rows[0]) < 2 {
		return nil
	}
	k, items := float64(len(rows[0])), 0.0
	for _, item := range columns(rows) {
		items += variance(item)
	}
	total := variance(rowSums(rows))
	if !(total > 0) || !finite(total) {
		return nil
	}
	unexplained := 1 - items/total
	if math.Abs(unexplained) < rounding {
		unexplained = 0
	}
	return number(k / (k - 1) * unexplained)
}

// alphaWithout is alpha of the items but one.
func alphaWithout(rows [][]float64, item int) *float64 {
	others := make([][]float64, len(rows))
	for i, row := range rows {
		others[i] = append(append([]float64{}, row[:item]...), row[item+1:]...)
	}
	return alphaOf(others)
}

func rowSums(rows [][]float64) []float64 {
	totals := make([]float64, len(rows))
	for i, row := range rows {
		totals[i] = sum(row)
	}
	return totals
}

func meanCorrelation(rows [][]float64) *float64 {
	items, total, pairs := columns(rows), 0.0, 0
	for i := range items {
		for _, other := range items[:i] {
			r := Correlation(items[i], other)
			if r == nil {
				return nil
			}
			total += *r
			pairs++
		}
	}
	return ratio(total, float64(pairs))
}

// kr21 is k/(k−1)·(1 − M(k−M)/(k·σ²)), σ² dividing by n.
func (s Scores) kr21(rows [][]float64) *float64 {
	for _, row := range rows {
		for j, points := range row {
			if s.Max[j] != 1 || points != 0 && points != 1 {
				return nil
			}
		}
	}
	totals, n, k := rowSums(rows), float64(len(rows)), float64(len(s.Max))
	m := mean(totals)
	return number(k / (k - 1) * (1 - m*(k-m)/(k*variance(totals)*(n-1)/n)))
}

// Feldt gives the interval of an alpha from its number of persons and items: 1 − (1−α)·F with N−1 and (N−1)(k−1)
// degrees of freedom (Feldt 1965); nil for fewer than two of either or a level that is none.
func Feldt(alpha float64, persons, items int, level float64) *Limits {
	df1 := float64(persons - 1)
	df2 := df1 * float64(items-1)
	p := upperTail(level)
	return limits(1-(1-alpha)*fQuantile(p, df1, df2), 1-(1-alpha)*fQuantile(1-p, df1, df2))
}
