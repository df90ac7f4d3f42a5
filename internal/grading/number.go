package grading

import "math"

// Percent is a percentage in millionths of a percent: 50 % is 50,000,000.
type Percent int64

// hundred is the whole.
const hundred Percent = 100_000_000

// percentOf is a percentage that was computed, kept between nothing and the whole.
func percentOf(x float64) Percent {
	return max(0, min(hundred, Percent(math.Round(x*1_000_000))))
}

func (p Percent) float() float64 { return float64(p) / 1_000_000 }

// whole is the percentage in whole percent, half up.
func (p Percent) whole() int { return int((p + 500_000) / 1_000_000) }
