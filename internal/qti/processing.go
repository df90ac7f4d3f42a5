package qti

import (
	"path"
	"strings"

	"github.com/assay-hq/assay/internal/scoring"
)

// The ways in which a response is scored that we know.
const (
	byMatch   = "match_correct"
	byMapping = "map_response"
	byEqual   = "equal"
	byText    = "string match"
)

// rule is how an item is scored: one of the ways, or none; and which outcomes tell what was chosen.
type rule struct {
	name  string
	test  *node
	tells map[string]bool
}

// processing recognizes the standard templates, also when they are written out, and notes all else.
func (a *answer) processing(n *node) rule {
	r := rule{tells: map[string]bool{}}
	if n == nil {
		return r
	}
	if template := n.attr("template"); template != "" {
		r.name = strings.TrimSuffix(path.Base(template), ".xml")
		if r.name != byMatch && r.name != byMapping {
			a.note(n, "this response processing is not known; only the correct response is taken")
			r.name = ""
		}
		return r
	}
	tests := n.find(isTest)
	for _, s := range n.named("qti-set-outcome-value") {
		if v := s.child("qti-variable"); v != nil && v.attr("identifier") == a.ask.attr("response-identifier") {
			r.tells[s.attr("identifier")] = true
		}
	}
	if len(n.kids) > 0 && (len(tests) != 1 || !a.standard(n, tests[0])) {
		a.note(n, "this response processing is not taken; only the correct response is")
		return r
	}
	if len(tests) == 1 {
		r.name, r.test = tested(tests[0].name), tests[0]
	}
	return r
}

func tested(name string) string {
	switch name {
	case "qti-match":
		return byMatch
	case "qti-map-response":
		return byMapping
	case "qti-equal":
		return byEqual
	case "qti-string-match":
		return byText
	}
	return ""
}

func isTest(n *node) bool { return tested(n.name) != "" }

// standard reports whether a processing does nothing but one test, with points if it holds.
func (a *answer) standard(n, test *node) bool {
	odd := n.find(func(k *node) bool {
		switch k.name {
		case "qti-response-condition", "qti-response-if", "qti-response-else", "qti-set-outcome-value", "qti-variable",
			"qti-correct", "qti-base-value", "qti-sum":
			return false
		case "qti-is-null":
			return test.name != "qti-map-response"
		}
		return k != test
	})
	return len(odd) == 0 && a.compares(test) && rewards(n, test)
}

// compares reports whether a test is about the response and the right value.
func (a *answer) compares(test *node) bool {
	if test.name == "qti-map-response" {
		return test.attr("identifier") == a.ask.attr("response-identifier")
	}
	parts, variable := test.children(""), test.child("qti-variable")
	right := test.child("qti-correct") != nil || test.name != "qti-match" && test.child("qti-base-value") != nil
	return len(parts) == 2 && right && variable.attr("identifier") == a.ask.attr("response-identifier")
}

// rewards reports whether points are given where the test holds, and none where it does not.
func rewards(n, test *node) bool {
	if test.name == "qti-map-response" {
		return true
	}
	for _, branch := range n.named("qti-response-if") {
		if parts := branch.children(""); len(parts) > 0 && parts[0] == test {
			return worth(branch) && !worth(n.child("qti-response-condition").child("qti-response-else"))
		}
	}
	return false
}

// worth reports whether a branch gives points.
func worth(branch *node) bool {
	for _, s := range branch.children("qti-set-outcome-value") {
		for _, v := range s.named("qti-base-value") {
			if points, err := scoring.ParseDecimal(v.content()); err == nil && points.Sign() > 0 && s.attr("identifier") != feedback {
				return true
			}
		}
	}
	return false
}
