// Package check judges the parts of questions and templates that are judged more than once: when they are written, and when
// the key of a published version is mended.
//
// Each function adds what is wrong to the checks of its caller, with the path that an author knows it by. The package is pure.
package check

import (
	"math/big"
	"strconv"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
)

func index(i int) string { return strconv.Itoa(i) }

// Points demands that a question is worth something, and not too much.
func Points(c *fault.Checks, points int) { c.Whole(points, 1, 1000, "points") }

// Right demands that a choice question has as many right choices as its kind needs.
func Right(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	right := 0
	for _, ch := range q.Choices {
		if ch.Correct {
			right++
		}
	}
	c.That(kind != term.SingleChoice || right == 1, "exactly one choice must be correct", "choices")
	c.That(kind != term.MultipleChoice || right >= 1, "at least one choice must be correct", "choices")
}

// Accepted judges the answers that a short text accepts without a reviewer.
func Accepted(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	c.That(kind == term.ShortText || len(q.Accepted) == 0, "only a short text has accepted answers", "accepted")
	c.Texts(q.Accepted, 50, 500, "accepted")
}

// Order demands that the correct order names every choice once.
func Order(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	if kind != term.Ordering {
		c.That(len(q.CorrectOrder) == 0, "only an ordering has a correct order", "correctOrder")
		return
	}
	left := map[string]bool{}
	for _, ch := range q.Choices {
		left[ch.Key] = true
	}
	for i, key := range q.CorrectOrder {
		c.That(left[key], "this is no choice, or one that is named twice", "correctOrder", index(i))
		delete(left, key)
	}
	c.That(len(left) == 0, "the correct order must name every choice", "correctOrder")
}

// Numeric judges the number of a numeric question and its tolerance.
func Numeric(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	if kind != term.Numeric {
		c.That(q.Numeric == nil, "only a numeric question has a number", "numeric")
		return
	}
	if q.Numeric == nil {
		c.That(false, "a numeric question needs its number", "numeric")
		return
	}
	c.Under([]string{"numeric"}, func() {
		_, err := scoring.ParseDecimal(q.Numeric.Value)
		c.That(err == nil, "this is not a decimal number", "value")
		c.Line(q.Numeric.Unit, 0, 40, "unit")
		tolerance, err := scoring.ParseDecimal(q.Numeric.Tolerance)
		if q.Numeric.Mode == term.Exact {
			c.That(q.Numeric.Tolerance == "" || err == nil && tolerance.Sign() == 0, "an exact number has no tolerance", "tolerance")
			return
		}
		c.That(err == nil && tolerance.Sign() >= 0, "this must be a decimal number of at least 0", "tolerance")
		if q.Numeric.Mode == term.Relative && err == nil {
			value, bad := scoring.ParseDecimal(q.Numeric.Value)
			c.That(bad != nil || value.Sign() != 0, "a share of 0 is 0; use ABSOLUTE", "mode")
			c.That(tolerance.Cmp(big.NewRat(100, 1)) <= 0, "this is in percent of the value: at most 100", "tolerance")
		}
	})
}

// Bands demands named ranges that cover everything from 0 up.
func Bands(c *fault.Checks, bands []*content.Band) {
	c.That(len(bands) >= 1 && len(bands) <= 10, "1 to 10 bands are needed", "bands")
	names, from, least := map[string]bool{}, map[int]bool{}, 101
	for i, b := range bands {
		c.Line(b.Name, 1, 100, "bands", index(i), "name")
		c.Whole(b.MinPercent, 0, 100, "bands", index(i), "minPercent")
		c.That(!names[b.Name], "two bands have this name", "bands", index(i), "name")
		c.That(!from[b.MinPercent], "two bands begin here", "bands", index(i), "minPercent")
		names[b.Name], from[b.MinPercent], least = true, true, min(least, b.MinPercent)
	}
	c.That(len(bands) == 0 || least == 0, "one band must begin at 0", "bands")
}

// SkillWeights judges how often the points of skills count.
func SkillWeights(c *fault.Checks, weights []*content.SkillWeight) {
	skills := map[gid.ID]bool{}
	c.That(len(weights) <= 50, "at most 50 are allowed", "skillWeights")
	for i, w := range weights {
		c.Whole(w.Weight, 0, 10, "skillWeights", index(i), "weight")
		c.That(!skills[w.SkillID], "this skill is named twice", "skillWeights", index(i), "skillId")
		skills[w.SkillID] = true
	}
}
