package scoring_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"pgregory.net/rapid"
)

func level(weight, awarded, maximum int) scoring.CriterionScore {
	return scoring.CriterionScore{
		Criterion: scoring.Criterion{Key: "k", Weight: weight}, Awarded: awarded, Maximum: maximum, Status: scoring.Scored,
	}
}

func TestRubricScore(t *testing.T) {
	tests := []struct {
		name     string
		criteria []scoring.CriterionScore
		want     string
	}{
		{"one criterion, half its levels", []scoring.CriterionScore{level(1, 2, 4)}, "5"},
		{"weights count", []scoring.CriterionScore{level(3, 4, 4), level(1, 0, 4)}, "7.5"},
		{"scales of different length count alike", []scoring.CriterionScore{level(1, 2, 4), level(1, 1, 1)}, "7.5"},
		{"three thirds are whole", []scoring.CriterionScore{level(1, 1, 1), level(1, 1, 1), level(1, 1, 1)}, "10"},
		{"a third is rounded once", []scoring.CriterionScore{level(1, 1, 3)}, "3.333333"},
		{"so is a sum of thirds and sevenths", []scoring.CriterionScore{level(1, 1, 3), level(1, 1, 7)}, "2.380952"},
		{"a criterion without weight counts nothing", []scoring.CriterionScore{level(1, 4, 4), level(0, 0, 4)}, "10"},
		{"above the highest level is the highest", []scoring.CriterionScore{level(1, 9, 4)}, "10"},
		{"below the lowest is nothing", []scoring.CriterionScore{level(1, -1, 4)}, "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := scoring.RubricScore(scoring.Of(10), tt.criteria)
			if !ok || got != points(t, tt.want) {
				t.Errorf("got %v, %v, want %s", got, ok, tt.want)
			}
		})
	}
}

func TestRubricScore_without_a_score(t *testing.T) {
	unscored := level(1, 4, 4)
	unscored.Status = scoring.NotScored
	unset := level(0, 4, 4)
	unset.Status = ""
	tests := []struct {
		name     string
		criteria []scoring.CriterionScore
	}{
		{"a criterion is not scored", []scoring.CriterionScore{level(1, 4, 4), unscored}},
		{"a criterion has no status, though no weight either", []scoring.CriterionScore{level(1, 4, 4), unset}},
		{"no criteria", nil},
		{"no weight", []scoring.CriterionScore{level(0, 4, 4)}},
		{"a weight below zero", []scoring.CriterionScore{level(3, 4, 4), level(-1, 4, 4)}},
		{"a criterion whose highest level is worth nothing", []scoring.CriterionScore{level(1, 0, 0)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := scoring.RubricScore(scoring.Of(10), tt.criteria); ok || got != 0 {
				t.Errorf("got %v, %v, want no score", got, ok)
			}
		})
	}
}

func TestRubricScore_properties(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) scoring.CriterionScore {
		maximum := rapid.IntRange(1, 7).Draw(t, "maximum")
		return level(rapid.IntRange(1, 100).Draw(t, "weight"), rapid.IntRange(0, maximum).Draw(t, "awarded"), maximum)
	})
	rapid.Check(t, func(t *rapid.T) {
		maximum := scoring.Points(rapid.Int64Range(0, 1_000_000_000).Draw(t, "maximum points"))
		criteria := rapid.SliceOfN(draw, 1, 8).Draw(t, "criteria")
		score, ok := scoring.RubricScore(maximum, criteria)
		if !ok || score < 0 || score > maximum {
			t.Fatalf("%v, %v is outside 0…%v", score, ok, maximum)
		}
		if other, _ := scoring.RubricScore(maximum, rapid.Permutation(criteria).Draw(t, "order")); other != score {
			t.Fatalf("in another order %v, not %v", other, score)
		}
		i := rapid.IntRange(0, len(criteria)-1).Draw(t, "raised")
		criteria[i].Awarded++
		if higher, _ := scoring.RubricScore(maximum, criteria); higher < score {
			t.Fatalf("a higher level lowered %v to %v", score, higher)
		}
	})
}

func TestLevelsOfSeveralPeople(t *testing.T) {
	for _, c := range []struct {
		name         string
		awards       []int
		mean, median string
		gap          int
	}{
		{"one person", []int{3}, "3", "3", 0},
		{"two", []int{1, 2}, "3/2", "3/2", 1},
		{"a third is no 0.333…", []int{0, 0, 1}, "1/3", "0", 1},
		{"one far away does not move the median", []int{4, 0, 4}, "8/3", "4", 4},
		{"four: the two in the middle", []int{0, 3, 4, 4}, "11/4", "7/2", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			mean, median := scoring.MeanLevel(c.awards), scoring.MedianLevel(c.awards)
			if mean.RatString() != c.mean || median.RatString() != c.median || scoring.Gap(c.awards) != c.gap {
				t.Errorf("got %s, %s, %d", mean.RatString(), median.RatString(), scoring.Gap(c.awards))
			}
		})
	}
	if scoring.MeanLevel(nil) != nil || scoring.MedianLevel(nil) != nil || scoring.Gap(nil) != 0 {
		t.Error("nobody's awards come to something")
	}
	third := level(1, 0, 1)
	third.Level = scoring.MeanLevel([]int{0, 0, 1})
	if got, ok := scoring.RubricScore(scoring.Of(3), []scoring.CriterionScore{third}); !ok || got != scoring.Of(1) {
		t.Errorf("a third of three points: got %v, %v", got, ok)
	}
}

func TestLevelsOfSeveralPeople_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		awards := rapid.SliceOfN(rapid.IntRange(0, 10), 1, 9).Draw(t, "awards")
		shuffled := rapid.Permutation(awards).Draw(t, "shuffled")
		for _, of := range []func([]int) *big.Rat{scoring.MeanLevel, scoring.MedianLevel} {
			got := of(awards)
			if got.Cmp(of(shuffled)) != 0 {
				t.Fatalf("the order of people matters: %s, %s", got, of(shuffled))
			}
			low, high := big.NewRat(int64(slices.Min(awards)), 1), big.NewRat(int64(slices.Max(awards)), 1)
			if got.Cmp(low) < 0 || got.Cmp(high) > 0 {
				t.Fatalf("%s is outside %s … %s", got, low, high)
			}
		}
	})
}
