package psychometrics

import (
	"cmp"
	"math"
	"slices"
)

// Multiples of a standard error that bands are drawn with.
const (
	Z68 = 1.0  // a band that holds two times in three
	Z95 = 1.96 // a band that holds nineteen times in twenty
	Z90 = 1.65 // the reach with which strengths are flagged
)

// Band is a score ± a multiple of its standard error of measurement; nil for an SEM below zero.
func Band(score, sem, multiple float64) *Limits {
	if !(sem >= 0) {
		return nil
	}
	return limits(score-multiple*sem, score+multiple*sem)
}

// Borderline reports whether a score is no farther from a cut than one SEM, so that the decision could have been the
// other one.
func Borderline(score, cut, sem float64) bool { return math.Abs(score-cut) <= sem }

// Sufficient reports whether a competency may be reported at all: five scored questions or more, or a reliability of .60 or
// more. If not, the report says that there is not enough evidence.
func Sufficient(scored float64, reliability *float64) bool {
	return scored >= 5 || reliability != nil && *reliability >= .60
}

// Contrast is how a competency lies beside the same person's mean.
type Contrast string

// The contrasts.
const (
	Strength Contrast = "STRENGTH" // above the person's own mean by more than measurement explains
	Weakness Contrast = "WEAKNESS" // below it likewise
	Even     Contrast = "EVEN"     // neither
)

// ContrastOf compares a competency with the same person's own mean: it is a strength or a weakness if it lies farther from it
// than a multiple (Z95, or Z90 to flag) of the standard error of the difference, √(SEM²+SEM²) with the error of each.
// Errors that are no numbers, or none, leave it even.
func ContrastOf(competency, own, semCompetency, semOwn, multiple float64) Contrast {
	reach := multiple * math.Hypot(semCompetency, semOwn)
	switch difference := competency - own; {
	case difference > reach:
		return Strength
	case difference < -reach:
		return Weakness
	default:
		return Even
	}
}

// Step is the finest step in which a score should be shown, half an SEM or more: 1, 2, 5, 10, 20, 50 …. It is 1 for an SEM
// that is none.
func Step(sem float64) float64 {
	step := 1.0
	if !finite(sem) {
		return step
	}
	for factor := []float64{2, 2.5, 2}; step < sem/2; factor = append(factor[1:], factor[0]) {
		step *= factor[0]
	}
	return step
}

// Tie puts scores into bands within which they cannot be told apart, and gives the number of each score's band from 1 for
// the highest. A band reaches from its highest score down by one SED (fixed bands, Cascio et al. 1991); an SED that is no
// number, or below zero, makes a band of each distinct score.
func Tie(scores []float64, sed float64) []int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	if !(sed >= 0) {
		sed = 0
	}
	bands, band, top := make([]int, len(scores)), 0, math.Inf(1)
	for _, i := range order {
		if band == 0 || top-scores[i] > sed {
			band, top = band+1, scores[i]
		}
		bands[i] = band
	}
	return bands
}

// Angoff is a cut score that a panel has set.
type Angoff struct {
	Cut             float64 // Σ over items of the mean rating, in points
	SE              float64 // SD of the judges' sums over √judges, in points
	Judges, Ratings int
}

// AngoffCut gives the modified Angoff cut (Angoff 1971): one row for each judge, one column for each item, each rating
// the points that a barely acceptable person earns on it. Nil for fewer than two judges, no item, or rows of unequal
// length.
func AngoffCut(ratings [][]float64) *Angoff {
	if len(ratings) < 2 || len(ratings[0]) == 0 {
		return nil
	}
	for _, row := range ratings {
		if len(row) != len(ratings[0]) {
			return nil
		}
	}
	sums := rowSums(ratings)
	a := &Angoff{
		Cut:    mean(sums),
		SE:     math.Sqrt(variance(sums) / float64(len(sums))),
		Judges: len(sums), Ratings: len(sums) * len(ratings[0]),
	}
	if !finite(a.Cut, a.SE) {
		return nil
	}
	return a
}
