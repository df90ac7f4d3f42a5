// Package scoring turns answers and keys into exact points.
//
// Every function is pure: the same arguments always give the same points. Fractions are rational numbers
// until the end of a computation and are then rounded once, half to even, to a millionth of a point; there is
// no floating-point number anywhere, so that .5 + .5 − 3·⅓ is zero and a cut score is met or missed exactly.
//
// The package will never read a clock, a context or a row, never award less than nothing or more than the
// item's maximum for a keyed answer, and never offer a rule under which ticking every option pays.
package scoring

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Points is an amount of points in millionths of a point.
type Points int64

// Point is one whole point.
const Point Points = 1_000_000

// Of gives whole points. Beyond nine million million it overflows, which no paper comes near.
func Of(points int) Points { return Points(points) * Point }

// Decimal renders the points as the shortest exact decimal number: "7.5", "10", "-0.000001".
func (p Points) Decimal() string {
	magnitude, sign := uint64(p), ""
	if p < 0 {
		magnitude, sign = -magnitude, "-"
	}
	whole := strconv.FormatUint(magnitude/uint64(Point), 10)
	// Counting from one million keeps the fraction's leading zeros.
	fraction := strconv.FormatUint(uint64(Point)+magnitude%uint64(Point), 10)[1:]
	return strings.TrimSuffix(sign+whole+"."+strings.TrimRight(fraction, "0"), ".")
}

// String renders the points as Decimal does.
func (p Points) String() string { return p.Decimal() }

// Within bounds the points to what an item can give: nothing at least, its maximum at most.
func (p Points) Within(maximum Points) Points { return max(0, min(p, maximum)) }

// part is the share of a maximum that a fraction from 0 to 1 earns; a fraction outside is bounded first, and a
// maximum below zero earns nothing. This is the one rounding of every keyed kind and rubric.
func part(maximum Points, fraction *big.Rat) Points {
	product := new(big.Rat).Mul(fraction, whole(int64(maximum)))
	return Points(round(product)).Within(maximum)
}

// all is the maximum if the answer is right, and nothing if not.
func all(maximum Points, right bool) Points {
	if !right {
		return 0
	}
	return maximum.Within(maximum)
}

// whole is an integer as a rational number.
func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// round gives the nearest integer, the even one of two equally near; beyond the range of int64 its nearest end.
func round(r *big.Rat) int64 {
	floor, rest := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	half := rest.Lsh(rest, 1).Cmp(r.Denom())
	if half > 0 || half == 0 && floor.Bit(0) == 1 {
		floor.Add(floor, big.NewInt(1))
	}
	switch {
	case floor.IsInt64():
		return floor.Int64()
	case floor.Sign() < 0:
		return math.MinInt64
	default:
		return math.MaxInt64
	}
}
