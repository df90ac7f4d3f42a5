package scoring

import (
	"math/big"
	"slices"
)

// Criterion is one point of assessment of a rubric and how much it counts beside the others.
type Criterion struct {
	Key    string
	Weight int
}

// CriterionScore is the level that one response reached on one criterion.
type CriterionScore struct {
	Criterion
	Awarded int // level points, from 0 to Maximum; bounded to that
	// Level counts in place of Awarded where it is given: what the awards of several people come to.
	Level   *big.Rat
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
	reached := c.Level
	if reached == nil {
		reached = whole(int64(c.Awarded))
	}
	share := new(big.Rat).Quo(reached, whole(int64(c.Maximum)))
	return bounded(share)
}

// bounded is a fraction from 0 to 1.
func bounded(share *big.Rat) *big.Rat {
	switch {
	case share.Sign() < 0:
		return new(big.Rat)
	case share.Cmp(whole(1)) > 0:
		return whole(1)
	default:
		return share
	}
}

// MeanLevel is what several people's awards of one criterion come to where they are near each other: their arithmetic
// mean, exact. Without an award it is nil.
func MeanLevel(awards []int) *big.Rat {
	if len(awards) == 0 {
		return nil
	}
	sum := new(big.Rat)
	for _, a := range awards {
		sum.Add(sum, whole(int64(a)))
	}
	return sum.Quo(sum, whole(int64(len(awards))))
}

// MedianLevel is what the awards come to where a further person was called because they were far apart: the one in the
// middle, or the exact mean of the two there. One award far from the others does not move it. Without an award it is nil.
func MedianLevel(awards []int) *big.Rat {
	sorted := slices.Sorted(slices.Values(awards))
	middle := len(sorted) / 2
	switch {
	case len(sorted) == 0:
		return nil
	case len(sorted)%2 == 1:
		return whole(int64(sorted[middle]))
	default:
		return MeanLevel(sorted[middle-1 : middle+1])
	}
}

// Gap is how far the awards are apart: the highest less the lowest, and nothing for fewer than two.
func Gap(awards []int) int {
	if len(awards) == 0 {
		return 0
	}
	return slices.Max(awards) - slices.Min(awards)
}
