package psychometrics

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Item is what classical test theory says about one item (Lord & Novick 1968; Crocker & Algina 1986).
type Item struct {
	Reached, Omitted, NotReached int // persons; the omitted ones have reached it
	// Difficulty is the mean share of the item's maximum, from 0 to 1, of those who reached it: high is easy.
	Difficulty *float64
	// Delta is the difficulty on the scale of ETS, 13 − 4Φ⁻¹(p): high is hard. Nil where p is 0 or 1.
	Delta *float64
	// ItemTotal is the correlation with the whole test, the item in it: kept for comparison with other programs.
	ItemTotal *float64
	// ItemRest is the discrimination: the correlation with the other items alone. Nil where either does not vary.
	ItemRest *float64
	// Biserial estimates ItemRest for the normal variable behind a right-or-wrong item: r·√(pq)/φ(Φ⁻¹(p)). Nil for
	// items with partial points. It may exceed 1 where that variable is not normal.
	Biserial       *float64
	AlphaIfDeleted *float64 // alpha of the other items, over those who reached every item of the test
	Extremes       *Extremes
	Flags          []ItemFlag
}

// Extremes compare the difficulty of an item in the highest and the lowest 27 % of persons (Kelley 1939).
type Extremes struct {
	D            float64 // upper minus lower difficulty, from −1 to 1
	Upper, Lower float64
	Group        int // persons in each of the groups, .27·N rounded
}

// ItemFlag says why a person should look at an item.
type ItemFlag string

// The usual rules of thumb of item review; they are for reading, nothing acts on them.
const (
	TooHard  ItemFlag = "TOO_HARD" // difficulty below .20
	TooEasy  ItemFlag = "TOO_EASY" // difficulty above .95
	Weak     ItemFlag = "WEAK"     // discrimination from 0 to below .20
	Negative ItemFlag = "NEGATIVE" // discrimination below 0: who is good fails it; take it out of scoring until it is understood
)

// Items gives the statistics of each item, in the order of Max; none for a table that is not regular.
//
// Of persons with equal shares the earlier row counts as the higher one in Extremes, so give persons in an order that
// does not change. Everything else does not depend on the order.
func (s Scores) Items() []Item {
	if !s.regular() {
		return nil
	}
	complete, groups := s.complete(), s.extremes()
	items := make([]Item, len(s.Max))
	for j := range items {
		items[j] = s.item(j)
		items[j].AlphaIfDeleted = alphaWithout(complete, j)
		items[j].Extremes = s.compare(j, groups)
		items[j].Flags = items[j].flags()
	}
	return items
}

func (s Scores) item(j int) Item {
	var item Item
	var own, ownOfRest, rest, total []float64
	for _, person := range s.Persons {
		points, reached := person[j].Points()
		if !reached {
			item.NotReached++
			continue
		}
		item.Reached++
		if person[j].state == omitted {
			item.Omitted++
		}
		own = append(own, points/s.Max[j])
		total = append(total, value(s.share(person, -1)))
		if others := s.share(person, j); others != nil {
			ownOfRest, rest = append(ownOfRest, points/s.Max[j]), append(rest, *others)
		}
	}
	item.Difficulty, item.Delta = number(mean(own)), delta(mean(own))
	item.ItemTotal, item.ItemRest = Correlation(own, total), Correlation(ownOfRest, rest)
	item.Biserial = biserial(ownOfRest, item.ItemRest)
	return item
}

// value is what a pointer points at, or NaN.
func value(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

func delta(p float64) *float64 { return number(13 - 4*normalQuantile(p)) }

func biserial(shares []float64, r *float64) *float64 {
	if r == nil || slices.ContainsFunc(shares, func(x float64) bool { return x != 0 && x != 1 }) {
		return nil
	}
	p := mean(shares)
	return ratio(*r*math.Sqrt(p*(1-p)), distuv.UnitNormal.Prob(normalQuantile(p)))
}

func (i Item) flags() []ItemFlag {
	var flags []ItemFlag
	if p := i.Difficulty; p != nil && below(*p, .20) {
		flags = append(flags, TooHard)
	} else if p != nil && below(.95, *p) {
		flags = append(flags, TooEasy)
	}
	if r := i.ItemRest; r != nil && below(*r, 0) {
		flags = append(flags, Negative)
	} else if r != nil && below(*r, .20) {
		flags = append(flags, Weak)
	}
	return flags
}

// tails are the rows of the persons with the highest and the lowest shares.
type tails struct{ upper, lower []int }

func (s Scores) extremes() tails {
	var order []int
	shares := make([]*float64, len(s.Persons))
	for i, person := range s.Persons {
		if shares[i] = s.share(person, -1); shares[i] != nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(*shares[b], *shares[a]) })
	n := int(math.Round(.27 * float64(len(order))))
	return tails{upper: order[:n], lower: order[len(order)-n:]}
}

func (s Scores) compare(j int, groups tails) *Extremes {
	upper, lower := s.difficulty(j, groups.upper), s.difficulty(j, groups.lower)
	if !finite(upper, lower, upper-lower) {
		return nil
	}
	return &Extremes{D: upper - lower, Upper: upper, Lower: lower, Group: len(groups.upper)}
}

// difficulty is the mean share among some persons, of those who reached the item.
func (s Scores) difficulty(j int, persons []int) float64 {
	var shares []float64
	for _, i := range persons {
		if points, reached := s.Persons[i][j].Points(); reached {
			shares = append(shares, points/s.Max[j])
		}
	}
	return mean(shares)
}
