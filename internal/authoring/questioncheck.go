package authoring

import (
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
)

// The bounds of a question.
const (
	maxPrompt   = 10_000
	maxChoices  = 20
	maxCriteria = 20
	maxTimeHint = 4 * 60 * 60
)

func conflict(message string) error { return fault.New(fault.Conflict, message) }

// checkQuestion judges everything that a question says, so that its faults are told at once.
func checkQuestion(title string, language *string, kind term.QuestionKind, q *content.Question) error {
	var c fault.Checks
	c.Line(title, 1, 200, "title")
	if language != nil {
		c.Line(*language, 2, 35, "language")
	}
	c.Under([]string{"content"}, func() {
		c.Text(q.Prompt, 1, maxPrompt, "prompt")
		c.Text(q.ModelAnswer, 0, maxPrompt, "modelAnswer")
		c.Texts(q.Pitfalls, 20, 1000, "pitfalls")
		c.Whole(q.TimeHint, 0, maxTimeHint, "timeHint")
		c.That(len(q.SkillIDs) <= 20, "at most 20 are allowed", "skillIds")
		checkFollowUps(&c, q)
		checkCriteria(&c, kind, q)
		checkChoices(&c, kind, q)
		checkNumeric(&c, kind, q)
		c.That(kind == term.ShortText || len(q.Accepted) == 0, "only a short text has accepted answers", "accepted")
		c.Texts(q.Accepted, 50, 500, "accepted")
	})
	return c.Err()
}

func checkFollowUps(c *fault.Checks, q *content.Question) {
	c.That(len(q.FollowUps) <= 20, "at most 20 are allowed", "followUps")
	for i, f := range q.FollowUps {
		c.Text(f.When, 1, 1000, "followUps", index(i), "when")
		c.Text(f.Prompt, 1, 2000, "followUps", index(i), "prompt")
	}
}

func checkCriteria(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	c.That(kind.Keyed() || len(q.Criteria) > 0, "a text question needs at least one point of assessment", "criteria")
	c.That(len(q.Criteria) <= maxCriteria, "at most 20 are allowed", "criteria")
	seen := map[string]bool{}
	for i, cr := range q.Criteria {
		c.Under([]string{"criteria", index(i)}, func() { checkCriterion(c, cr, seen) })
	}
}

func checkCriterion(c *fault.Checks, cr *content.Criterion, seen map[string]bool) {
	c.Line(cr.Key, 1, 40, "key")
	c.That(!seen[cr.Key], "this key is used twice", "key")
	seen[cr.Key] = true
	c.Text(cr.Text, 1, 1000, "text")
	c.Whole(cr.Weight, 1, 100, "weight")
	c.That(len(cr.Levels) >= 2 && len(cr.Levels) <= 10, "2 to 10 levels are needed", "levels")
	points := map[int]bool{}
	for i, l := range cr.Levels {
		c.Whole(l.Points, 0, 100, "levels", index(i), "points")
		c.Text(l.Anchor, 1, 1000, "levels", index(i), "anchor")
		c.That(!points[l.Points], "two levels have the same points", "levels", index(i), "points")
		points[l.Points] = true
	}
	c.That(cr.Maximum() > 0, "one level must be worth something", "levels")
	c.That(points[0], "one level must be worth nothing", "levels")
}

func checkChoices(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	single, multiple := kind == term.SingleChoice, kind == term.MultipleChoice
	if !single && !multiple {
		c.That(len(q.Choices) == 0, "only a choice question has choices", "choices")
		c.That(q.PartialCredit == nil, "only a multiple choice has a rule of partial credit", "partialCredit")
		return
	}
	c.That(len(q.Choices) >= 2 && len(q.Choices) <= maxChoices, "2 to 20 choices are needed", "choices")
	seen, right := map[string]bool{}, 0
	for i, ch := range q.Choices {
		c.Line(ch.Key, 1, 40, "choices", index(i), "key")
		c.That(!seen[ch.Key], "this key is used twice", "choices", index(i), "key")
		seen[ch.Key] = true
		c.Text(ch.Text, 1, 2000, "choices", index(i), "text")
		if ch.Correct {
			right++
		}
	}
	c.That(!single || right == 1, "exactly one choice must be correct", "choices")
	c.That(!multiple || right >= 1, "at least one choice must be correct", "choices")
	c.That(!multiple || q.PartialCredit != nil, "say what a partly right answer earns", "partialCredit")
	c.That(!single || q.PartialCredit == nil, "only a multiple choice has a rule of partial credit", "partialCredit")
}

func checkNumeric(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
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
	})
}
