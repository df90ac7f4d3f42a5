package scoring

import "math/big"

// Standing is where a score stands in a norm group; its percentile ranks are in millionths of a percent,
// rounded once, half to even, and zero in an empty group.
//
// Whether the candidate belongs to the group is the caller's choice, to be made once for all; small groups
// should not be shown a percentile at all. The four conventions are those of SciPy's percentileofscore.
type Standing struct {
	Below int // members with a lesser score
	Equal int // members with the same score
	Of    int // members of the group
}

// Strict is the percentage of members below the score.
func (s Standing) Strict() int64 { return s.halves(2 * s.Below) }

// Weak is the percentage of members at or below the score.
func (s Standing) Weak() int64 { return s.halves(2 * (s.Below + s.Equal)) }

// Mid is the mid-percentile, half-way between Strict and Weak: the convention of testing.
func (s Standing) Mid() int64 { return s.halves(2*s.Below + s.Equal) }

// Rank is the average rank of the members with the same score, as a percentage of the group's size.
func (s Standing) Rank() int64 {
	if s.Equal == 0 {
		return s.Strict()
	}
	return s.halves(2*s.Below + s.Equal + 1)
}

// Shown is the mid-percentile as people read it, an integer from 1 to 99: nobody is above or below all that
// could ever come.
func (s Standing) Shown() int {
	if s.Of <= 0 {
		return 1
	}
	return int(max(1, min(99, round(s.percent(2*s.Below+s.Equal)))))
}

// halves is a number of half members as micro-percent of the group.
func (s Standing) halves(n int) int64 {
	if s.Of <= 0 {
		return 0
	}
	return micro(s.percent(n))
}

func (s Standing) percent(halves int) *big.Rat {
	return big.NewRat(50*int64(halves), int64(s.Of))
}
