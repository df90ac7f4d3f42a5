package psychometrics

import "math"

// isReliability reports whether r can be one.
func isReliability(r float64) bool { return r >= 0 && r <= 1 }

// SEM is the standard error of measurement, sd·√(1−r), in the unit of sd (Lord & Novick 1968); nil unless r is from 0
// to 1 and sd is not below 0.
func SEM(sd, reliability float64) *float64 {
	if !isReliability(reliability) || !(sd >= 0) {
		return nil
	}
	return number(sd * math.Sqrt(1-reliability))
}

// SED is the standard error of the difference between two persons' scores on one test, SEM·√2; nil for an SEM below 0.
func SED(sem float64) *float64 {
	if !(sem >= 0) {
		return nil
	}
	return number(sem * math.Sqrt2)
}

// TrueScore is Kelley's estimate of the score without error of measurement (Kelley 1947).
type TrueScore struct {
	Estimate float64 // mean + r·(score − mean): nearer to the mean than the score
	SE       float64 // standard error of that estimate, sd·√(r(1−r)): less than SEM
}

// Kelley estimates a true score from a score, the mean and SD of the person's group, and the reliability there; nil
// unless the reliability is from 0 to 1 and sd is not below 0.
func Kelley(score, mean, sd, reliability float64) *TrueScore {
	t := TrueScore{
		Estimate: mean + reliability*(score-mean),
		SE:       sd * math.Sqrt(reliability*(1-reliability)),
	}
	if !isReliability(reliability) || !(sd >= 0) || !finite(t.Estimate, t.SE) {
		return nil
	}
	return &t
}

// LordCSEM is the conditional standard error at one score, √(x(k−x)/(k−1)), in points, for k items of one point that
// are right or wrong (Lord 1955): zero at both ends, largest in the middle. Nil for fewer than two items or a score
// outside 0…k.
func LordCSEM(score float64, items int) *float64 {
	k := float64(items)
	if items < 2 || !(score >= 0 && score <= k) {
		return nil
	}
	return number(math.Sqrt(score * (k - score) / (k - 1)))
}

// SpearmanBrown is the reliability of a test made factor times as long, n·r/(1+(n−1)·r), or of the mean of that many
// raters (Spearman 1910; Brown 1910); nil where the denominator is not above zero or the factor is not.
func SpearmanBrown(reliability, factor float64) *float64 {
	denominator := 1 + (factor-1)*reliability
	if !(factor > 0) || !(denominator > rounding) {
		return nil
	}
	return number(factor * reliability / denominator)
}

// LengthFor is the factor by which a test must be lengthened to have a reliability: Spearman and Brown's formula the
// other way round, r*(1−r)/(r(1−r*)). Nil unless both are above 0 and below 1.
func LengthFor(reliability, target float64) *float64 {
	if !(reliability > 0 && reliability < 1 && target > 0 && target < 1) {
		return nil
	}
	return ratio(target*(1-reliability), reliability*(1-target))
}

// Livingston is K²(C), how dependable decisions at a cut score are: (r·s² + (x̄−C)²)/(s² + (x̄−C)²), at least r and
// higher the farther the cut is from the mean (Livingston 1972); nil without variance at the mean, or unless the
// reliability is from 0 to 1.
func Livingston(reliability, mean, sd, cut float64) *float64 {
	if !isReliability(reliability) {
		return nil
	}
	distance := (mean - cut) * (mean - cut)
	return ratio(reliability*sd*sd+distance, sd*sd+distance)
}

// Composite is a weighted sum of sections.
type Composite struct {
	SD          float64 // in the unit of weight × points
	Reliability float64
	SEM         float64
}

// Compose gives the reliability of a weighted sum of k sections: 1 − Σw²s²(1−r)/s_C², s_C² being w′Cov w, if the
// errors of the sections are independent (Mosier 1943). Covariances are k × k with variances in the diagonal,
// divided by n−1. Nil for shapes that do not fit, a reliability outside 0…1, or a sum without variance.
func Compose(weights, reliabilities []float64, covariances [][]float64) *Composite {
	if len(reliabilities) != len(weights) || len(covariances) != len(weights) {
		return nil
	}
	total, errors := 0.0, 0.0
	for i, row := range covariances {
		if len(row) != len(weights) || !isReliability(reliabilities[i]) {
			return nil
		}
		for j := range row {
			total += weights[i] * weights[j] * row[j]
		}
		errors += weights[i] * weights[i] * row[i] * (1 - reliabilities[i])
	}
	if c := (Composite{SD: math.Sqrt(total), Reliability: 1 - errors/total, SEM: math.Sqrt(errors)}); total > 0 && finite(c.SD, c.Reliability, c.SEM) {
		return &c
	}
	return nil
}
