package psychometrics

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// FTest is a test of the hypothesis that two mean squares estimate the same variance.
type FTest struct {
	F        float64
	DF1, DF2 float64 // degrees of freedom of numerator and denominator
	P        float64 // of an F at least as large, if the hypothesis holds
}

// fTest is nil without a finite F and degrees of freedom.
func fTest(f, df1, df2 float64) *FTest {
	if !finite(f, df1, df2) || f < 0 || df1 <= 0 || df2 <= 0 {
		return nil
	}
	p := distuv.F{D1: df1, D2: df2}.Survival(min(f, 1e100))
	return &FTest{F: f, DF1: df1, DF2: df2, P: p}
}

// upperTail is the probability up to which the upper limit of an interval of a level reaches: .975 for .95. It is NaN
// for a level that is not between 0 and 1.
func upperTail(level float64) float64 {
	if !(level > 0 && level < 1) {
		return math.NaN()
	}
	return 1 - (1-level)/2
}

// fQuantile is NaN outside of what an F distribution allows.
func fQuantile(p, df1, df2 float64) float64 {
	if !(p > 0 && p < 1) || !finite(df1, df2) || df1 <= 0 || df2 <= 0 {
		return math.NaN()
	}
	return distuv.F{D1: df1, D2: df2}.Quantile(p)
}

func normalQuantile(p float64) float64 {
	if !(p > 0 && p < 1) {
		return math.NaN()
	}
	return distuv.UnitNormal.Quantile(p)
}

func tQuantile(p, df float64) float64 {
	if !(p > 0 && p < 1) || !(df > 0) {
		return math.NaN()
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}
