package scoring

import "math/big"

// ToleranceMode says how the tolerances of a numeric key are meant.
type ToleranceMode string

// The modes of tolerance, those of the QTI operator equal.
const (
	Exact    ToleranceMode = "EXACT"    // no tolerance
	Absolute ToleranceMode = "ABSOLUTE" // in the unit of the value: from y − t0 to y + t1
	Relative ToleranceMode = "RELATIVE" // in percent of the value: from y(1 − t0/100) to y(1 + t1/100)
)

// NumericKey is the correct value of a numeric answer and what is accepted around it.
type NumericKey struct {
	Value *big.Rat
	Lower *big.Rat // t0, the tolerance below; none if nil
	Upper *big.Rat // t1, the tolerance above; none if nil
	Mode  ToleranceMode
	// The ends of the accepted range belong to it unless they are excluded. Of a range that a negative value
	// turned round, the lower end is the lesser number all the same.
	ExclusiveLower, ExclusiveUpper bool
}

// Numeric gives the maximum for a number that the key accepts and else nothing.
//
// The comparison is exact, with the modes and the inclusive bounds of the QTI operator equal; "9.90" is 9.9. A
// nil answer, which is no number, and a key without a value earn nothing. An unknown mode is Exact.
func Numeric(maximum Points, answer *big.Rat, key NumericKey) Points {
	return all(maximum, answer != nil && key.Value != nil && key.accepts(answer))
}

func (k NumericKey) accepts(answer *big.Rat) bool {
	if k.Mode != Absolute && k.Mode != Relative {
		return answer.Cmp(k.Value) == 0
	}
	low, high := k.bounds()
	below, above := answer.Cmp(low), answer.Cmp(high)
	return (below > 0 || below == 0 && !k.ExclusiveLower) && (above < 0 || above == 0 && !k.ExclusiveUpper)
}

// bounds gives the accepted range, lesser end first: a percentage of a negative value turns it round.
func (k NumericKey) bounds() (low, high *big.Rat) {
	low = new(big.Rat).Sub(k.Value, k.distance(k.Lower))
	high = new(big.Rat).Add(k.Value, k.distance(k.Upper))
	if low.Cmp(high) > 0 {
		return high, low
	}
	return low, high
}

// distance is a tolerance in the unit of the value; in relative mode it has the value's sign.
func (k NumericKey) distance(tolerance *big.Rat) *big.Rat {
	if tolerance == nil {
		return new(big.Rat)
	}
	if k.Mode == Absolute {
		return tolerance
	}
	percent := new(big.Rat).Mul(tolerance, big.NewRat(1, 100))
	return percent.Mul(percent, k.Value)
}
