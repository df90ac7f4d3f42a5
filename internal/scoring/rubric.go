package scoring

import "math/big"

// Criterion is one point of assessment of a rubric and how much it counts beside the others.
type Criterion struct {
	Key    string
	Weight int
}

// CriterionScore is the level that one response reached on one criterion.
type CriterionScore struct {
	Criterion
	Awarded int    // level points, from 0 to Maximum; bounded to that
	Maximum int    // level points of the highest anchored level
	Status  Status // anything but Scored leaves the criterion, and with it the response, without a score
}

// RubricScore gives max × Σ w·(awarded/maximum) / Σ w over the criteria, rounded once.
//
// It is not ok, and the points mean nothing, if any criterion is not scored: a criterion without evidence is
// not a zero. The same holds of a rubric that cannot be computed: no criteria, no weight among them, a weight
// below zero, or a criterion whose highest level is worth nothing.
func RubricScore(maximum Points, criteria []CriterionScore) (points Points, ok bool) {
	sum, weights := new(big.Rat), new(big.Rat)
	for _, c := range criteria {
		if c.Status != Scored || c.Weight < 0 || c.Maximum <= 0 {
			return 0, false
		}
		weight := whole(int64(c.Weight))
		weights.Add(weights, weight)
		sum.Add(sum, weight.Mul(weight, c.level()))
	}
	if weights.Sign() == 0 {
		return 0, false
	}
	return part(maximum, sum.Quo(sum, weights)), true
}

// level is the level reached, as a fraction of the highest.
func (c CriterionScore) level() *big.Rat {
	return big.NewRat(int64(max(0, min(c.Awarded, c.Maximum))), int64(c.Maximum))
}
