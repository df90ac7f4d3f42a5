package scoring

import (
	"math/big"
	"slices"
)

// Status says what became of an item of a paper, or of a criterion of a rubric.
type Status string

// The states of an item.
const (
	Scored     Status = "SCORED"      // has points, perhaps none
	Omitted    Status = "OMITTED"     // seen and left without an answer: no points
	NotReached Status = "NOT_REACHED" // never seen before the time was over: no points
	NotScored  Status = "NOT_SCORED"  // answered, and nobody has awarded anything yet: neither points nor zero
)

// Item is one question of a sitting with what it earned.
type Item struct {
	Section string
	Skills  []string // the item counts for each of them; repetition means nothing
	Max     Points
	Awarded Points // bounded to 0…Max; read only if the status is Scored
	Status  Status
}

// Band is a named range of percentages, from its minimum up to the next band's.
type Band struct {
	Name       string
	MinPercent int
}

// Summary is how a paper turns items into a result.
type Summary struct {
	Bands      []Band // in any order
	CutPercent int    // the percentage with which one passes; zero lets everybody pass
	// SkillWeights is how often a point of an item counts in the overall percentage, by the names of skills: the
	// mean over the item's skills. A name that is not listed weighs 1, a weight below zero is zero.
	SkillWeights map[string]int
	// SectionShares is the part of the overall percentage that each section makes up beside the others, by name,
	// whatever the points in it. Without any, a point is a point in every section; with some, a section that is
	// not listed has none.
	SectionShares map[string]int
}

// Total is the sum of a group of items.
type Total struct {
	Awarded Points
	Max     Points // of all items, whatever their status
	Pending Points // the part of Max that is not scored yet
	// PercentMicro is the percentage of the points already decided, Awarded / (Max − Pending), in millionths of
	// a percent: 50 % is 50,000,000. It is rounded once, half to even, and zero if nothing is decided.
	PercentMicro                           int64
	Scored, Omitted, NotReached, NotScored int // numbers of items
}

// Group is the total of one section or one skill.
type Group struct {
	Name string
	Total
}

// Result is what a sitting comes to.
type Result struct {
	Overall  Total   // its percentage is the weighted one
	Sections []Group // in the order of first appearance among the items
	Skills   []Group // likewise
	Band     string  // name of the highest band whose minimum is reached; empty if none, or while provisional
	Passed   bool    // the cut is reached; false while provisional
	// Provisional says that some item is not scored. There is then no verdict: what is pending is not a zero.
	Provisional bool
}

// Summarise adds up the items of a sitting.
//
// Omitted and not-reached items have no points, are counted apart, and stay in the maximum. Items that are not
// scored leave the percentage alone and withhold the verdict. Bands and the cut are compared with the exact
// overall percentage 100 · Σ w·awarded / Σ w·max, never with the rounded one. A paper on which nothing can be
// earned has percentage zero, no band, and is not passed. Of two bands with one minimum the first listed has
// it. An unknown status is NotScored.
func Summarise(items []Item, config Summary) Result { return summarise(items, config, false) }

// summarise sums in whole numbers as long as they are whole and fit, or in rational ones from the start; both are exact.
func summarise(items []Item, config Summary, rational bool) Result {
	var result Result
	overall, sections, skills := newTally(rational), newTallies(rational), newTallies(rational)
	weight := config.weights(items)
	for _, item := range items {
		overall.add(item, weight(item))
		sections.add(item.Section, item)
		for i, skill := range item.Skills {
			if !slices.Contains(item.Skills[:i], skill) {
				skills.add(skill, item)
			}
		}
	}
	result.Overall, result.Sections, result.Skills = overall.sum(), sections.groups(), skills.groups()
	result.Provisional = result.Overall.NotScored > 0
	if overall.share.decided() && !result.Provisional {
		result.Band = config.band(&overall.share)
		result.Passed = overall.share.reached(config.CutPercent)
	}
	return result
}

// weights gives how often a point of an item counts in the overall percentage. Without shares of sections the weights
// are all multiplied by one number that makes them whole, which changes no percentage.
func (c Summary) weights(items []Item) func(Item) weight {
	if len(c.SectionShares) > 0 {
		scale := c.scale(items)
		return func(item Item) weight { return weight{exact: new(big.Rat).Mul(c.weight(item), scale(item.Section))} }
	}
	multiple := int64(1)
	for _, item := range items {
		multiple = leastCommon(multiple, int64(len(distinct(item.Skills))))
		if multiple > 1<<20 { // no item has that many skills
			return func(item Item) weight { return weight{exact: c.weight(item)} }
		}
	}
	return func(item Item) weight {
		sum, n := c.skillSum(item)
		return weight{whole: sum * (multiple / n)}
	}
}

// skillSum is the sum of the weights of an item's skills, and how many those are; of an item without any, one of one.
func (c Summary) skillSum(item Item) (sum, n int64) {
	for _, skill := range distinct(item.Skills) {
		w, ok := c.SkillWeights[skill]
		if !ok {
			w = 1
		}
		sum, n = sum+int64(max(0, w)), n+1
	}
	if n == 0 {
		return 1, 1
	}
	return sum, n
}

// weight is how often a point of an item counts for its skills.
func (c Summary) weight(item Item) *big.Rat {
	sum, n := c.skillSum(item)
	return new(big.Rat).SetFrac64(sum, n)
}

// distinct are the names of a list, each once, in the order in which they came.
func distinct(names []string) []string {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return slices.Compact(slices.Sorted(slices.Values(names)))
		}
	}
	return names
}

func leastCommon(a, b int64) int64 {
	if b == 0 {
		return a
	}
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}

// scale gives the factor that makes a section its share: share / Σ w·max over all items of the section, decided or not.
func (c Summary) scale(items []Item) func(section string) *big.Rat {
	if len(c.SectionShares) == 0 {
		return func(string) *big.Rat { return whole(1) }
	}
	mass := map[string]*big.Rat{}
	for _, item := range items {
		if mass[item.Section] == nil {
			mass[item.Section] = new(big.Rat)
		}
		mass[item.Section].Add(mass[item.Section], new(big.Rat).Mul(c.weight(item), whole(int64(max(0, item.Max)))))
	}
	return func(section string) *big.Rat {
		if mass[section].Sign() == 0 {
			return new(big.Rat)
		}
		return new(big.Rat).Quo(whole(int64(max(0, c.SectionShares[section]))), mass[section])
	}
}

func (c Summary) band(of *share) string {
	var best *Band
	for i, band := range c.Bands {
		if of.reached(band.MinPercent) && (best == nil || band.MinPercent > best.MinPercent) {
			best = &c.Bands[i]
		}
	}
	if best == nil {
		return ""
	}
	return best.Name
}

// tally is a total on its way: the sums of weighted points stay exact until the percentage is rounded.
type tally struct {
	total Total
	share share
}

func newTally(rational bool) *tally {
	t := new(tally)
	if rational {
		t.share.widen()
	}
	return t
}

func (t *tally) add(item Item, w weight) {
	possible := max(0, item.Max)
	t.total.Max += possible
	var awarded Points
	switch item.Status {
	case Scored:
		t.total.Scored++
		awarded = item.Awarded.Within(possible)
	case Omitted:
		t.total.Omitted++
	case NotReached:
		t.total.NotReached++
	default:
		t.total.NotScored++
		t.total.Pending += possible
		return
	}
	t.total.Awarded += awarded
	t.share.add(awarded, possible, w)
}

func (t *tally) sum() Total {
	t.total.PercentMicro = t.share.micro()
	return t.total
}

// tallies are tallies by name, in the order in which the names came.
type tallies struct {
	names    []string
	byName   map[string]*tally
	rational bool
}

func newTallies(rational bool) *tallies {
	return &tallies{byName: map[string]*tally{}, rational: rational}
}

// add counts an item unweighted: inside one section or skill a point is a point.
func (t *tallies) add(name string, item Item) {
	if t.byName[name] == nil {
		t.byName[name] = newTally(t.rational)
		t.names = append(t.names, name)
	}
	t.byName[name].add(item, weight{whole: 1})
}

func (t *tallies) groups() []Group {
	groups := make([]Group, 0, len(t.names))
	for _, name := range t.names {
		groups = append(groups, Group{Name: name, Total: t.byName[name].sum()})
	}
	return groups
}
