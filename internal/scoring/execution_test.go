package scoring_test

import (
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/scoring"
	"pgregory.net/rapid"
)

// tests reads "3+ 1- 0+": weights with whether the test was passed.
func tests(text string) []scoring.TestScore {
	var all []scoring.TestScore
	for word := range strings.FieldsSeq(text) {
		weight := 0
		for _, digit := range word[:len(word)-1] {
			weight = 10*weight + int(digit-'0')
		}
		all = append(all, scoring.TestScore{Weight: weight, Passed: strings.HasSuffix(word, "+")})
	}
	return all
}

func TestTestsScore(t *testing.T) {
	for name, c := range map[string]struct{ tests, want string }{
		"all passed":                       {"1+ 1+ 1+", "10"},
		"none passed":                      {"1- 1- 1-", "0"},
		"one of two":                       {"1+ 1-", "5"},
		"weights count":                    {"3+ 1-", "7.5"},
		"a third is rounded once":          {"1+ 1- 1-", "3.333333"},
		"two thirds as well":               {"1+ 1+ 1-", "6.666667"},
		"three sevenths":                   {"1+ 2+ 4-", "4.285714"},
		"a test without weight is nothing": {"0- 5+", "10"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := scoring.TestsScore(scoring.Of(10), tests(c.tests)); !ok || got != points(t, c.want) {
				t.Errorf("got %v, %v, want %s", got, ok, c.want)
			}
		})
	}
	for name, none := range map[string][]scoring.TestScore{
		"no tests": nil, "no weight": tests("0+ 0+"), "a weight below zero": {{Weight: -1, Passed: true}, {Weight: 2, Passed: true}},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := scoring.TestsScore(scoring.Of(10), none); ok || got != 0 {
				t.Errorf("got %v, %v, want no score", got, ok)
			}
		})
	}
}

func TestTestsScore_properties(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) scoring.TestScore {
		return scoring.TestScore{Weight: rapid.IntRange(1, 100).Draw(t, "weight"), Passed: rapid.Bool().Draw(t, "passed")}
	})
	rapid.Check(t, func(t *rapid.T) {
		maximum := scoring.Points(rapid.Int64Range(0, 1_000_000_000).Draw(t, "maximum"))
		all := rapid.SliceOfN(draw, 1, 20).Draw(t, "tests")
		score, ok := scoring.TestsScore(maximum, all)
		if !ok || score < 0 || score > maximum {
			t.Fatalf("%v, %v is outside 0…%v", score, ok, maximum)
		}
		if other, _ := scoring.TestsScore(maximum, rapid.Permutation(all).Draw(t, "order")); other != score {
			t.Fatalf("in another order %v, not %v", other, score)
		}
		// What the failed tests would have earned is what is missing, up to one rounding.
		flipped := make([]scoring.TestScore, len(all))
		for i, one := range all {
			flipped[i] = scoring.TestScore{Weight: one.Weight, Passed: !one.Passed}
		}
		rest, _ := scoring.TestsScore(maximum, flipped)
		if off := score + rest - maximum; off < -1 || off > 1 {
			t.Fatalf("%v and %v are not %v", score, rest, maximum)
		}
		i := rapid.IntRange(0, len(all)-1).Draw(t, "mended")
		all[i].Passed = true
		if higher, _ := scoring.TestsScore(maximum, all); higher < score {
			t.Fatalf("another passed test lowered %v to %v", score, higher)
		}
	})
}

func TestSameOutput(t *testing.T) {
	for name, c := range map[string]struct {
		expected, printed string
		trimmed, exact    bool
	}{
		"alike":                              {"1 2\n3\n", "1 2\n3\n", true, true},
		"no line end":                        {"42\n", "42", true, false},
		"blanks at the end of a line":        {"1\n2\n", "1 \t\n2\n", true, false},
		"empty lines at the end":             {"1", "1\n\n \n", true, false},
		"lines ended as Windows does":        {"1\n2\n", "1\r\n2\r\n", true, false},
		"another number":                     {"42", "43", false, false},
		"blanks at the beginning":            {"42", " 42", false, false},
		"an empty line between":              {"1\n2", "1\n\n2", false, false},
		"two blanks for one":                 {"1 2", "1  2", false, false},
		"another case":                       {"Yes", "yes", false, false},
		"nothing":                            {"42", "", false, false},
		"more after what was expected":       {"42", "42\n43", false, false},
		"an empty line at the beginning":     {"42", "\n42", false, false},
		"something else that looks the same": {"é", "e\u0301", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := scoring.SameOutput(scoring.TrimmedOutput, c.expected, c.printed); got != c.trimmed {
				t.Errorf("trimmed: got %v", got)
			}
			if got := scoring.SameOutput(scoring.ExactOutput, c.expected, c.printed); got != c.exact {
				t.Errorf("exact: got %v", got)
			}
			if got := scoring.SameOutput("", c.expected, c.printed); got != c.exact {
				t.Errorf("an unknown rule: got %v", got)
			}
		})
	}
}
