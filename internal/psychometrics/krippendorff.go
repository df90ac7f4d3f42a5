package psychometrics

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Scale is what the values of marks mean, and so how far apart two of them are.
type Scale string

// The scales, with the squared difference of two values c < k.
const (
	Nominal  Scale = "NOMINAL"  // names: 1
	Ordinal  Scale = "ORDINAL"  // ranks: the square of the number of marks from c to k, half of those at each end
	Interval Scale = "INTERVAL" // numbers whose differences mean something: (c−k)²
	Ratio    Scale = "RATIO"    // numbers from a true zero, none below it: ((c−k)/(c+k))²
)

// Krippendorff is Krippendorff's alpha, 1 − observed/expected disagreement (Krippendorff 2004). It is at most 1, and
// zero where marks agree as chance would have it; below zero where they agree less.
type Krippendorff struct {
	Value              float64
	Observed, Expected float64 // disagreement in the squared unit of the scale
	Units, Marks       int     // units with at least two marks, and marks on them: what was used
}

// Krippendorff gives the alpha of marks by raters who need not have rated everything. Only units with two marks or more
// are used, so that it does not matter who gave a mark. It is nil without such a unit, where all marks are equal, for
// an unknown scale, and on a ratio scale for a mark below zero.
func (m Marks) Krippendorff(scale Scale) *Krippendorff { return krippendorff(m.paired(), scale) }

// KrippendorffInterval gives an interval of a level such as .95 for alpha by the bootstrap over units (Zapf et al.
// 2016): units are drawn again with replacement, each with all of its marks, and the limits are percentiles (type 7)
// of the alphas of so many draws; a thousand is a usual number. The generator is the caller's: the same seed and table
// give the same limits. It is nil where alpha is, for fewer than two units or draws, and if more than one draw in
// twenty has no alpha.
func (m Marks) KrippendorffInterval(scale Scale, level float64, draws int, random *rand.Rand) *Limits {
	units := m.paired()
	if krippendorff(units, scale) == nil || len(units) < 2 || draws < 2 {
		return nil
	}
	var alphas []float64
	again := make([][]float64, len(units))
	for range draws {
		for i := range again {
			again[i] = units[random.IntN(len(units))]
		}
		if alpha := krippendorff(again, scale); alpha != nil {
			alphas = append(alphas, alpha.Value)
		}
	}
	if 20*len(alphas) < 19*draws {
		return nil
	}
	slices.Sort(alphas)
	p := upperTail(level)
	return limits(quantile(alphas, 1-p), quantile(alphas, p))
}

// quantile of sorted numbers by linear interpolation, type 7 of Hyndman and Fan (1996).
func quantile(sorted []float64, p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	at := p * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}

// krippendorff needs units of two marks or more.
func krippendorff(units [][]float64, scale Scale) *Krippendorff {
	c := coincide(units)
	if c.marks == 0 {
		return nil
	}
	distance := c.distances(scale)
	k := &Krippendorff{Units: len(units), Marks: c.marks}
	for i := range c.values {
		for j := range c.values {
			if d := distance(i, j); d != 0 {
				k.Observed += c.pairs[i][j] * d
				k.Expected += c.each[i] * c.each[j] * d
			}
		}
	}
	n := float64(c.marks)
	k.Observed /= n
	k.Expected /= n * (n - 1)
	k.Value = 1 - k.Observed/k.Expected
	if !(k.Expected > 0) || !finite(k.Observed, k.Expected, k.Value) {
		return nil
	}
	return k
}

// coincidences is the matrix of coincidences: how often two values meet in one unit, each unit counting as many times
// as it has marks.
type coincidences struct {
	values []float64 // ascending
	pairs  [][]float64
	each   []float64 // how often each value was given
	marks  int
}

func coincide(units [][]float64) coincidences {
	c := coincidences{values: distinct(slices.Concat(units...))}
	c.each = make([]float64, len(c.values))
	for range c.values {
		c.pairs = append(c.pairs, make([]float64, len(c.values)))
	}
	for _, unit := range units {
		at := make([]int, len(unit))
		for i, mark := range unit {
			at[i], _ = slices.BinarySearch(c.values, mark)
			c.each[at[i]]++
		}
		for i, a := range at {
			for _, b := range at[:i] {
				c.pairs[a][b] += 1 / float64(len(unit)-1)
				c.pairs[b][a] += 1 / float64(len(unit)-1)
			}
		}
		c.marks += len(unit)
	}
	return c
}

// distances gives the squared difference of two values by their place among the values; an unknown scale has none.
func (c coincidences) distances(scale Scale) func(i, j int) float64 {
	switch scale {
	case Nominal:
		return Unweighted
	case Ordinal:
		upTo := make([]float64, len(c.each)) // marks below a value, and half of those at it
		below := 0.0
		for i, n := range c.each {
			upTo[i] = below + n/2
			below += n
		}
		return func(i, j int) float64 { return square(upTo[i] - upTo[j]) }
	case Interval:
		return func(i, j int) float64 { return square(c.values[i] - c.values[j]) }
	case Ratio:
		return func(i, j int) float64 {
			if a, b := c.values[i], c.values[j]; i == j {
				return 0
			} else if min(a, b) >= 0 {
				return square((a - b) / (a + b))
			}
			return math.NaN()
		}
	default:
		return func(int, int) float64 { return math.NaN() }
	}
}
