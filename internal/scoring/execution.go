package scoring

import "strings"

// TestScore is whether a program passed one of its tests, and how much the test counts beside the others.
type TestScore struct {
	Weight int
	Passed bool
}

// TestsScore gives max × Σ weights of the passed tests / Σ weights, rounded once.
//
// It is not ok, and the points mean nothing, of tests that cannot be computed: none, no weight among them, or a weight
// below zero.
func TestsScore(maximum Points, tests []TestScore) (points Points, ok bool) {
	criteria := make([]CriterionScore, len(tests))
	for i, t := range tests {
		criteria[i] = CriterionScore{Criterion: Criterion{Weight: t.Weight}, Maximum: 1, Status: Scored}
		if t.Passed {
			criteria[i].Awarded = 1
		}
	}
	return RubricScore(maximum, criteria)
}

// OutputRule says how what a program printed is compared with what was expected.
type OutputRule string

// The rules. TrimmedOutput forgives white space at the ends of lines, empty lines at the end, and how lines are ended;
// ExactOutput forgives nothing.
const (
	TrimmedOutput OutputRule = "TRIMMED"
	ExactOutput   OutputRule = "EXACT"
)

// SameOutput reports whether a program printed what was expected. Under an unknown rule nothing is forgiven.
func SameOutput(rule OutputRule, expected, printed string) bool {
	if rule != TrimmedOutput {
		return expected == printed
	}
	return trimmed(expected) == trimmed(printed)
}

// trimmed is an output without what TrimmedOutput forgives.
func trimmed(output string) string {
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r\v\f")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
