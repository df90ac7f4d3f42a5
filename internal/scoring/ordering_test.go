package scoring_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"pgregory.net/rapid"
)

func TestOrdering(t *testing.T) {
	tests := []struct {
		name, correct, given string
		exact, pairs         string
	}{
		{"the correct order", "abcde", "abcde", "4", "4"},
		{"two neighbours swapped at the end", "abcde", "abced", "0", "2"},
		{"two neighbours swapped in the middle", "abcde", "acbde", "0", "1"},
		{"shifted by one place", "abcde", "eabcd", "0", "3"},
		{"reversed", "abcde", "edcba", "0", "0"},
		{"an item left out", "abcde", "abde", "0", "2"},
		{"a foreign item between", "abcde", "abxcd", "0", "2"},
		{"nothing", "abcde", "", "0", "0"},
		{"pairs repeated to cover more than one order can", "abc", "bcabc", "0", "0"},
		{"one item, right", "a", "a", "4", "4"},
		{"one item, wrong", "a", "b", "0", "0"},
		{"a key with a repeated item, right", "aba", "aba", "4", "4"},
		{"a key with a repeated item, nearly right", "aba", "ab", "0", "0"},
		{"an empty key", "", "", "0", "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			correct, given := strings.Split(tt.correct, ""), strings.Split(tt.given, "")
			for rule, want := range map[scoring.OrderRule]string{
				scoring.ExactOrder: tt.exact, "UNHEARD_OF": tt.exact, scoring.AdjacentPairs: tt.pairs,
			} {
				if got := scoring.Ordering(scoring.Of(4), correct, given, rule); got != points(t, want) {
					t.Errorf("%s: got %v, want %s", rule, got, want)
				}
			}
		})
	}
}

func TestOrdering_rounds_a_third(t *testing.T) {
	got := scoring.Ordering(scoring.Point, strings.Split("abcd", ""), strings.Split("abdc", ""), scoring.AdjacentPairs)
	if got != 333_333 {
		t.Errorf("got %v, want 0.333333", got)
	}
}

func TestOrdering_properties(t *testing.T) {
	correct := strings.Split("abcdef", "")
	rapid.Check(t, func(t *rapid.T) {
		maximum := scoring.Points(rapid.Int64Range(1, 1_000_000_000).Draw(t, "maximum"))
		given := rapid.SliceOfN(rapid.SampledFrom(append(slices.Clone(correct), "x")), 0, 9).Draw(t, "given")
		partial := scoring.Ordering(maximum, correct, given, scoring.AdjacentPairs)
		if partial < 0 || partial > maximum {
			t.Fatalf("%v is outside 0…%v", partial, maximum)
		}
		if exact := scoring.Ordering(maximum, correct, given, scoring.ExactOrder); exact > partial {
			t.Fatalf("exact gives %v, partial credit %v", exact, partial)
		}
		shuffled := rapid.Permutation(correct).Draw(t, "shuffled")
		whole := scoring.Ordering(scoring.Of(5), correct, shuffled, scoring.AdjacentPairs)
		if (whole == scoring.Of(5)) != slices.Equal(shuffled, correct) {
			t.Fatalf("%v earns %v of 5", shuffled, whole)
		}
	})
}
