package scoring

import "math/big"

// PartialCredit is the rule by which a multiple choice answer that is not wholly right is scored.
type PartialCredit string

// The rules of partial credit. Each tick of a correct option earns 1/n of the maximum, n being the number of
// correct options; the rules differ in what a wrong tick costs. The total is never below zero. Ticking every
// option of a question that has a wrong one earns nothing under any rule, which is our own addition: without
// it, the last two would pay for it when a question has fewer wrong options than what they divide by.
const (
	// AllOrNothing gives the maximum for exactly the correct options and else nothing.
	AllOrNothing PartialCredit = "ALL_OR_NOTHING"
	// SubtractWrong takes 1/max(w, 2) for a wrong tick, w being the number of wrong options: "false2" of
	// exams_eval in the R package exams.
	SubtractWrong PartialCredit = "SUBTRACT_WRONG"
	// SubtractEqual takes 1/n for a wrong tick, as much as a right one earns: "true" of exams_eval.
	SubtractEqual PartialCredit = "SUBTRACT_EQUAL"
)

// SingleChoice gives the maximum for the correct option and nothing for another one or for none.
func SingleChoice(maximum Points, correct, chosen string) Points {
	return all(maximum, chosen != "" && chosen == correct)
}

// MultipleChoice scores a set of ticked options by a rule; an unknown rule is AllOrNothing, the strictest.
//
// Order and repetition in options, correct and chosen mean nothing. A tick of what is no option counts as a
// wrong one. A key without a correct option gives nothing to anybody; publishing refuses it.
func MultipleChoice(maximum Points, options, correct, chosen []string, rule PartialCredit) Points {
	key, ticked, offered := newSet(correct), newSet(chosen), newSet(options)
	if len(key) == 0 || ticked.equal(key) {
		return all(maximum, len(key) > 0)
	}
	if offered.within(ticked) {
		return 0
	}
	right := ticked.shared(key)
	cost, ok := wrongTick(rule, len(key), len(offered)-offered.shared(key))
	if !ok {
		return 0
	}
	earned := big.NewRat(int64(right), int64(len(key)))
	lost := cost.Mul(cost, whole(int64(len(ticked)-right)))
	return part(maximum, earned.Sub(earned, lost))
}

// wrongTick is what one wrong tick costs, as a fraction of the maximum; it is not ok if the rule gives no
// partial credit at all.
func wrongTick(rule PartialCredit, correct, wrong int) (cost *big.Rat, ok bool) {
	switch rule {
	case SubtractWrong:
		return big.NewRat(1, int64(max(wrong, 2))), true
	case SubtractEqual:
		return big.NewRat(1, int64(correct)), true
	default:
		return nil, false
	}
}

// set holds distinct values.
type set map[string]struct{}

func newSet(values []string) set {
	s := make(set, len(values))
	for _, v := range values {
		s[v] = struct{}{}
	}
	return s
}

// shared counts the values that both sets hold.
func (s set) shared(other set) int {
	n := 0
	for v := range s {
		if _, ok := other[v]; ok {
			n++
		}
	}
	return n
}

func (s set) within(other set) bool { return s.shared(other) == len(s) }

func (s set) equal(other set) bool { return len(s) == len(other) && s.within(other) }
