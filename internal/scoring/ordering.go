package scoring

import "math/big"

// OrderRule is the rule by which an ordering answer is scored.
type OrderRule string

// The rules of ordering.
const (
	// ExactOrder gives the maximum for the correct sequence and else nothing.
	ExactOrder OrderRule = "EXACT"
	// AdjacentPairs gives the share of adjacent pairs kept: k/(n−1), where n is the length of the correct
	// sequence and k counts the items that the answer follows at once with the one that should come next. It
	// is the rule "relative to the next item (excluding last)" of Moodle's ordering question. An answer shifted
	// by one place keeps most of its credit, a reversed one has none, guessing earns 1/n on average.
	AdjacentPairs OrderRule = "ADJACENT_PAIRS"
)

// Ordering scores a sequence by a rule; an unknown rule is ExactOrder, the strictest.
//
// An answer that leaves items out keeps the pairs it has. One that names an item twice, or a key that does, has
// no partial credit, since repeating items would be a way to cover more pairs than one order can.
func Ordering(maximum Points, correct, given []string, rule OrderRule) Points {
	if MatchSequence(correct, given) {
		return all(maximum, true)
	}
	if rule != AdjacentPairs || len(correct) < 2 || repeats(correct) || repeats(given) {
		return 0
	}
	return part(maximum, big.NewRat(int64(pairsKept(correct, given)), int64(len(correct)-1)))
}

func pairsKept(correct, given []string) int {
	next := make(map[string]string, len(correct))
	for i := range len(correct) - 1 {
		next[correct[i]] = correct[i+1]
	}
	kept := 0
	for i := 1; i < len(given); i++ {
		if want, ok := next[given[i-1]]; ok && want == given[i] {
			kept++
		}
	}
	return kept
}

func repeats(values []string) bool { return len(newSet(values)) < len(values) }
