package scoring

import (
	"math/big"
	"slices"
)

// Mapping gives points to single values of a response, as a QTI mapping does.
type Mapping struct {
	Values  map[string]Points // points of a value; keys are case-sensitive
	Default Points            // points of a value that is not mapped
	Lower   *Points           // the least total, unbounded if nil
	Upper   *Points           // the greatest total, unbounded if nil
}

// Map adds the points of the distinct values of a response and then bounds the total: map_response of IMS QTI.
//
// An empty response gives zero whatever the bounds are. The total may be below zero or above an item's maximum
// where the mapping leaves it unbounded; Points.Within bounds it to the item.
func Map(response []string, mapping Mapping) Points {
	if len(response) == 0 {
		return 0
	}
	sum := new(big.Rat)
	for value := range newSet(response) {
		sum.Add(sum, whole(int64(mapping.of(value))))
	}
	return mapping.bound(Points(round(sum)))
}

// Mapped gives the share of an item's maximum that a mapping's total is of its upper bound, which stands for the whole.
// A mapping without an upper bound above zero gives nothing; publishing refuses it.
func Mapped(maximum Points, response []string, mapping Mapping) Points {
	if mapping.Upper == nil || *mapping.Upper <= 0 {
		return 0
	}
	return part(maximum, big.NewRat(int64(Map(response, mapping)), int64(*mapping.Upper)))
}

func (m Mapping) of(value string) Points {
	if points, ok := m.Values[value]; ok {
		return points
	}
	return m.Default
}

func (m Mapping) bound(total Points) Points {
	if m.Lower != nil {
		total = max(total, *m.Lower)
	}
	if m.Upper != nil {
		total = min(total, *m.Upper)
	}
	return total
}

// MatchSet reports whether a response names exactly the correct values, in any order: match_correct of IMS QTI
// for a response of several values. An empty response matches nothing.
func MatchSet(correct, response []string) bool {
	return len(response) > 0 && newSet(response).equal(newSet(correct))
}

// MatchSequence reports whether a response names the correct values in their order: match_correct of IMS QTI
// for an ordered response. An empty response matches nothing.
func MatchSequence(correct, response []string) bool {
	return len(response) > 0 && slices.Equal(correct, response)
}
