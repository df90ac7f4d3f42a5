package scoring_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"pgregory.net/rapid"
)

var rules = []scoring.PartialCredit{scoring.AllOrNothing, scoring.SubtractWrong, scoring.SubtractEqual}

func TestSingleChoice(t *testing.T) {
	tests := []struct {
		name            string
		correct, chosen string
		want            scoring.Points
	}{
		{"the correct option earns the maximum", "b", "b", scoring.Of(3)},
		{"another earns nothing", "b", "a", 0},
		{"none earns nothing", "b", "", 0},
		{"a key without a correct option earns nothing", "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := scoring.SingleChoice(scoring.Of(3), tt.correct, tt.chosen); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if got := scoring.SingleChoice(scoring.Of(-3), "b", "b"); got != 0 {
		t.Errorf("a maximum below zero gives %v, want 0", got)
	}
}

// TestMultipleChoice is the table that exams_eval of the R package exams prints for an item of five options
// with two correct ones, for the rules that are offered (false2, true, all-or-nothing) and floored at zero.
func TestMultipleChoice(t *testing.T) {
	options, correct := []string{"c1", "c2", "w1", "w2", "w3"}, []string{"c1", "c2"}
	tests := []struct{ ticked, subtractWrong, subtractEqual, allOrNothing string }{
		{"c1 c2", "1", "1", "1"},
		{"c1", "0.5", "0.5", "0"},
		{"c1 c2 w1", "0.666667", "0.5", "0"},
		{"c1 w1", "0.166667", "0", "0"},
		{"w1 w2 w3", "0", "0", "0"},
		{"c1 c2 w1 w2 w3", "0", "0", "0"},
		{"", "0", "0", "0"},
	}
	for _, tt := range tests {
		t.Run("ticked "+tt.ticked, func(t *testing.T) {
			ticked := strings.Fields(tt.ticked)
			for rule, want := range map[scoring.PartialCredit]string{
				scoring.SubtractWrong: tt.subtractWrong,
				scoring.SubtractEqual: tt.subtractEqual,
				scoring.AllOrNothing:  tt.allOrNothing,
				"UNHEARD_OF":          tt.allOrNothing,
			} {
				if got := scoring.MultipleChoice(scoring.Point, options, correct, ticked, rule); got != points(t, want) {
					t.Errorf("%s: got %v, want %s", rule, got, want)
				}
			}
		})
	}
}

func TestMultipleChoice_edges(t *testing.T) {
	tests := []struct {
		name                     string
		options, correct, chosen string
		rule                     scoring.PartialCredit
		want                     string
	}{
		{"half and half less three thirds is zero exactly", "a b x y z", "a b", "a b x y z", scoring.SubtractWrong, "0"},
		{"a single wrong option still costs a half", "a b x", "a b", "a x", scoring.SubtractWrong, "0"},
		{"a wrong tick costs a half where one right earns a third", "a b c x", "a b c", "a b x", scoring.SubtractWrong, "0.166667"},
		{"every option earns nothing though few are wrong", "a b c x", "a b c", "a b c x", scoring.SubtractWrong, "0"},
		{"and as little if wrong costs what right earns", "a b c x", "a b c", "a b c x", scoring.SubtractEqual, "0"},
		{"every option is right if none is wrong", "a b", "a b", "a b", scoring.SubtractEqual, "1"},
		{"a tick of what is no option is a wrong one", "a b x y z", "a b", "a b nonsense", scoring.SubtractWrong, "0.666667"},
		{"a key without a correct option gives nothing to no tick", "a b", "", "", scoring.AllOrNothing, "0"},
		{"nor to a tick", "a b", "", "a", scoring.SubtractWrong, "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := scoring.MultipleChoice(scoring.Point, strings.Fields(tt.options), strings.Fields(tt.correct), strings.Fields(tt.chosen), tt.rule)
			if got != points(t, tt.want) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

// question is any multiple choice question with an answer to it.
type question struct {
	maximum                  scoring.Points
	options, correct, chosen []string
}

func drawQuestion(t *rapid.T) question {
	options := strings.Split("abcdefgh", "")[:rapid.IntRange(1, 8).Draw(t, "options")]
	return question{
		maximum: scoring.Points(rapid.Int64Range(0, 1_000_000_000).Draw(t, "maximum")),
		options: options,
		correct: rapid.SliceOfNDistinct(rapid.SampledFrom(options), 1, len(options), rapid.ID).Draw(t, "correct"),
		chosen:  rapid.SliceOfN(rapid.SampledFrom(options), 0, 12).Draw(t, "chosen"),
	}
}

func (q question) score(chosen []string, rule scoring.PartialCredit) scoring.Points {
	return scoring.MultipleChoice(q.maximum, q.options, q.correct, chosen, rule)
}

func TestMultipleChoice_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		rule := rapid.SampledFrom(rules).Draw(t, "rule")
		score := q.score(q.chosen, rule)
		if score < 0 || score > q.maximum {
			t.Fatalf("%v is outside 0…%v", score, q.maximum)
		}
		if full := q.score(q.correct, rule); full != q.maximum {
			t.Fatalf("the right answer earns %v of %v", full, q.maximum)
		}
		if everything := q.score(q.options, rule); everything != 0 && len(q.correct) < len(q.options) {
			t.Fatalf("ticking everything earns %v", everything)
		}
		if other := q.score(rapid.Permutation(q.chosen).Draw(t, "order"), rule); other != score {
			t.Fatalf("in another order the answer earns %v, not %v", other, score)
		}
		if twice := q.score(append(slices.Clone(q.chosen), q.chosen...), rule); twice != score {
			t.Fatalf("ticked twice the answer earns %v, not %v", twice, score)
		}
		if strict := q.score(q.chosen, scoring.AllOrNothing); strict > score {
			t.Fatalf("all or nothing earns %v, partial credit %v", strict, score)
		}
	})
}

func TestMultipleChoice_another_wrong_tick_never_gains(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		rule := rapid.SampledFrom(rules).Draw(t, "rule")
		wrong := rapid.SampledFrom(append(slices.Clone(q.options), "nonsense")).
			Filter(func(o string) bool { return !slices.Contains(q.correct, o) }).Draw(t, "wrong")
		before, after := q.score(q.chosen, rule), q.score(append(slices.Clone(q.chosen), wrong), rule)
		if after > before {
			t.Fatalf("a wrong tick raised %v to %v", before, after)
		}
	})
}
