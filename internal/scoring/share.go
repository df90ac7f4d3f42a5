package scoring

import (
	"math/big"
	"math/bits"
)

// weight is how often a point counts: a whole number, or else an exact one.
type weight struct {
	whole int64
	exact *big.Rat
}

func (w weight) rational() *big.Rat {
	if w.exact != nil {
		return w.exact
	}
	return whole(w.whole)
}

// share is a sum of points out of another, weighted: Σ w·awarded / Σ w·possible. It is kept in whole numbers while every
// weight is whole and the sums fit, which is nearly always, and in rational numbers from the first time on that they do not.
type share struct {
	awarded, possible       uint64
	exactAwarded, exactPoss *big.Rat // nil while the whole numbers hold
}

// add counts points that are from nothing to what is possible.
func (s *share) add(awarded, possible Points, w weight) {
	if s.exactPoss == nil && w.exact == nil {
		a, fits := plus(s.awarded, uint64(awarded), uint64(w.whole))
		p, fit := plus(s.possible, uint64(possible), uint64(w.whole))
		if fits && fit {
			s.awarded, s.possible = a, p
			return
		}
	}
	s.widen()
	s.exactAwarded.Add(s.exactAwarded, new(big.Rat).Mul(w.rational(), whole(int64(awarded))))
	s.exactPoss.Add(s.exactPoss, new(big.Rat).Mul(w.rational(), whole(int64(possible))))
}

// plus is sum + a·b, and whether it fits.
func plus(sum, a, b uint64) (result uint64, fits bool) {
	high, low := bits.Mul64(a, b)
	result, carry := bits.Add64(sum, low, 0)
	return result, high == 0 && carry == 0
}

// widen goes on in rational numbers.
func (s *share) widen() {
	if s.exactPoss == nil {
		s.exactAwarded, s.exactPoss = new(big.Rat).SetUint64(s.awarded), new(big.Rat).SetUint64(s.possible)
	}
}

// decided reports whether anything can be earned at all.
func (s *share) decided() bool {
	if s.exactPoss != nil {
		return s.exactPoss.Sign() != 0
	}
	return s.possible != 0
}

// reached compares with a percentage, exactly; nothing is decided counts as nothing.
func (s *share) reached(minimum int) bool {
	if !s.decided() || minimum <= 0 {
		return minimum <= 0
	}
	if s.exactPoss != nil {
		return new(big.Rat).Mul(s.exactAwarded, whole(100)).Cmp(new(big.Rat).Mul(s.exactPoss, whole(int64(minimum)))) >= 0
	}
	high, low := bits.Mul64(s.awarded, 100)
	needHigh, needLow := bits.Mul64(s.possible, uint64(minimum))
	return high > needHigh || high == needHigh && low >= needLow
}

// micro is the percentage in millionths of a percent, rounded once, half to even; zero if nothing is decided.
func (s *share) micro() int64 {
	const all = 100_000_000
	switch {
	case !s.decided():
		return 0
	case s.exactPoss != nil:
		return micro(new(big.Rat).Quo(new(big.Rat).Mul(s.exactAwarded, whole(100)), s.exactPoss))
	}
	high, low := bits.Mul64(s.awarded, all)
	result, rest := bits.Div64(high, low, s.possible) // awarded is at most possible: the result is at most all
	if rest > s.possible-rest || rest == s.possible-rest && result%2 == 1 {
		result++
	}
	return int64(result)
}

// micro rounds a percentage to millionths of a percent.
func micro(percent *big.Rat) int64 { return round(new(big.Rat).Mul(percent, whole(1_000_000))) }
