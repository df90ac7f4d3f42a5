package scoring_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"pgregory.net/rapid"
)

func bound(p scoring.Points) *scoring.Points { return &p }

// water is the mapping of the IMS QTI sample item "Composition of Water".
func water() scoring.Mapping {
	return scoring.Mapping{
		Values:  map[string]scoring.Points{"H": scoring.Of(1), "O": scoring.Of(1), "Cl": scoring.Of(-1)},
		Default: scoring.Of(-2),
		Lower:   bound(0),
		Upper:   bound(scoring.Of(2)),
	}
}

// TestMap_composition_of_water is the IMS QTI sample item of that name: map_response with and without its
// bounds, and match_correct.
func TestMap_composition_of_water(t *testing.T) {
	unbounded := water()
	unbounded.Lower, unbounded.Upper = nil, nil
	tests := []struct {
		response    string
		raw, mapped int
		matches     bool
	}{
		{"H O", 2, 2, true},
		{"O H", 2, 2, true},
		{"H", 1, 1, false},
		{"H Cl", 0, 0, false},
		{"H O Cl", 1, 1, false},
		{"H O N", 0, 0, false},
		{"N", -2, 0, false},
		{"H O He C N Cl", -5, 0, false},
		{"", 0, 0, false},
	}
	for _, tt := range tests {
		t.Run("{"+tt.response+"}", func(t *testing.T) {
			response := strings.Fields(tt.response)
			if got := scoring.Map(response, unbounded); got != scoring.Of(tt.raw) {
				t.Errorf("raw: got %v, want %d", got, tt.raw)
			}
			if got := scoring.Map(response, water()); got != scoring.Of(tt.mapped) {
				t.Errorf("mapped: got %v, want %d", got, tt.mapped)
			}
			if got := scoring.MatchSet([]string{"H", "O"}, response); got != tt.matches {
				t.Errorf("matches: got %v, want %v", got, tt.matches)
			}
		})
	}
}

// TestMap_samples are the IMS QTI samples of text entry and of associated pairs.
func TestMap_samples(t *testing.T) {
	text := scoring.Mapping{Values: map[string]scoring.Points{"York": scoring.Of(1), "york": points(t, "0.5")}}
	pairs := scoring.Mapping{Values: map[string]scoring.Points{"A P": scoring.Of(2), "C M": points(t, "0.5"), "D L": points(t, "0.5")}}
	tests := []struct {
		name     string
		mapping  scoring.Mapping
		response []string
		want     string
	}{
		{"York", text, []string{"York"}, "1"},
		{"york", text, []string{"york"}, "0.5"},
		{"YORK", text, []string{"YORK"}, "0"},
		{"another city", text, []string{"Leeds"}, "0"},
		{"the first pair", pairs, []string{"A P"}, "2"},
		{"the second pair", pairs, []string{"C M"}, "0.5"},
		{"the third pair", pairs, []string{"D L"}, "0.5"},
		{"all pairs", pairs, []string{"A P", "C M", "D L"}, "3"},
		{"two pairs", pairs, []string{"D L", "A P"}, "2.5"},
		{"an unmapped pair", pairs, []string{"A L", "C M"}, "0.5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := scoring.Map(tt.response, tt.mapping); got != points(t, tt.want) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestMap_edges(t *testing.T) {
	t.Run("the upper bound holds", func(t *testing.T) {
		mapping := scoring.Mapping{Default: scoring.Of(2), Upper: bound(scoring.Of(3))}
		if got := scoring.Map([]string{"a", "b"}, mapping); got != scoring.Of(3) {
			t.Errorf("got %v, want 3", got)
		}
	})
	t.Run("an empty response is zero though the lower bound is above", func(t *testing.T) {
		if got := scoring.Map(nil, scoring.Mapping{Lower: bound(scoring.Of(1))}); got != 0 {
			t.Errorf("got %v, want 0", got)
		}
	})
	t.Run("a value mapped to zero does not get the default", func(t *testing.T) {
		mapping := scoring.Mapping{Values: map[string]scoring.Points{"a": 0}, Default: scoring.Of(1)}
		if got := scoring.Map([]string{"a"}, mapping); got != 0 {
			t.Errorf("got %v, want 0", got)
		}
	})
}

func TestMap_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		response := rapid.SliceOfN(rapid.SampledFrom([]string{"H", "He", "C", "O", "N", "Cl"}), 0, 10).Draw(t, "response")
		score := scoring.Map(response, water())
		if score < 0 || score > scoring.Of(2) {
			t.Fatalf("%v is outside 0…2", score)
		}
		if other := scoring.Map(rapid.Permutation(response).Draw(t, "order"), water()); other != score {
			t.Fatalf("in another order %v, not %v", other, score)
		}
		if twice := scoring.Map(append(slices.Clone(response), response...), water()); twice != score {
			t.Fatalf("given twice %v, not %v", twice, score)
		}
	})
}

func TestMatchSet(t *testing.T) {
	if !scoring.MatchSet([]string{"a", "b"}, []string{"b", "a", "b"}) {
		t.Error("order and repetition count in a set")
	}
	if scoring.MatchSet([]string{"a", "b"}, []string{"a", "c"}) || scoring.MatchSet([]string{"a"}, []string{"a", "b"}) {
		t.Error("another set matches")
	}
	if scoring.MatchSet(nil, nil) {
		t.Error("an empty response matches an empty key")
	}
}

func TestMatchSequence(t *testing.T) {
	correct := []string{"a", "b", "c"}
	if !scoring.MatchSequence(correct, []string{"a", "b", "c"}) {
		t.Error("the correct sequence does not match")
	}
	for _, response := range [][]string{{"b", "a", "c"}, {"a", "b"}, {"a", "b", "c", "c"}, nil} {
		if scoring.MatchSequence(correct, response) {
			t.Errorf("%v matches %v", response, correct)
		}
	}
	if scoring.MatchSequence(nil, nil) {
		t.Error("an empty response matches an empty key")
	}
}

// TestMapped_composition_of_water is the same item as a question of two points, of three, and of one.
func TestMapped_composition_of_water(t *testing.T) {
	for response, want := range map[string][3]string{
		"H O": {"2", "3", "1"}, "O H": {"2", "3", "1"}, "H": {"1", "1.5", "0.5"}, "H Cl": {"0", "0", "0"}, "H O Cl": {"1", "1.5", "0.5"},
		"H O N": {"0", "0", "0"}, "N": {"0", "0", "0"}, "H O He C N Cl": {"0", "0", "0"}, "": {"0", "0", "0"}, "H H": {"1", "1.5", "0.5"},
	} {
		for i, maximum := range []int{2, 3, 1} {
			if got := scoring.Mapped(scoring.Of(maximum), strings.Fields(response), water()); got != points(t, want[i]) {
				t.Errorf("{%s} of %d: got %v, want %s", response, maximum, got, want[i])
			}
		}
	}
}

func TestMapped_edges(t *testing.T) {
	of := func(lower, upper *scoring.Points) scoring.Mapping {
		return scoring.Mapping{Values: map[string]scoring.Points{"a": scoring.Of(1), "b": scoring.Of(-4)}, Lower: lower, Upper: upper}
	}
	for _, tt := range []struct {
		name     string
		mapping  scoring.Mapping
		response string
		want     string
	}{
		{"a third is rounded once", of(bound(0), bound(scoring.Of(3))), "a", "0.666667"},
		{"a total above the upper bound is the whole", of(bound(0), bound(500_000)), "a", "2"},
		{"a total below zero earns nothing", of(bound(scoring.Of(-5)), bound(scoring.Of(2))), "b", "0"},
		{"a lower bound above zero is what a wrong answer earns", of(bound(scoring.Of(1)), bound(scoring.Of(2))), "b", "1"},
		{"no answer earns nothing even so", of(bound(scoring.Of(1)), bound(scoring.Of(2))), "", "0"},
		{"without an upper bound nothing is the whole", of(bound(0), nil), "a", "0"},
		{"nor is zero", of(bound(0), bound(0)), "a", "0"},
		{"nor less", of(bound(scoring.Of(-3)), bound(scoring.Of(-1))), "b", "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := scoring.Mapped(scoring.Of(2), strings.Fields(tt.response), tt.mapping); got != points(t, tt.want) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestMapped_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maximum := scoring.Points(rapid.Int64Range(0, 1_000_000_000).Draw(t, "maximum"))
		response := rapid.SliceOfN(rapid.SampledFrom([]string{"H", "He", "C", "O", "N", "Cl"}), 0, 10).Draw(t, "response")
		got := scoring.Mapped(maximum, response, water())
		if got < 0 || got > maximum {
			t.Fatalf("%v is outside 0…%v", got, maximum)
		}
		if whole := scoring.Map(response, water()) == scoring.Of(2); whole != (got == maximum) && maximum > 0 {
			t.Fatalf("the upper bound is reached: %v, and %v of %v earned", whole, got, maximum)
		}
	})
}
