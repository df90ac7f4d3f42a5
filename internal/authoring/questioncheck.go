package authoring

import (
	"net/url"
	"slices"
	"time"

	"github.com/assay-hq/assay/internal/check"
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
	maxStarter  = 20_000
	maxTests    = 20 // what a runner takes at once
	maxTestText = 10_000
	maxCPU      = 15_000 // milliseconds
	maxMemory   = 500    // megabytes
)

func conflict(message string) error { return fault.New(fault.Conflict, message) }

// checkQuestion judges everything that a question says, so that its faults are told at once. It may be unfinished: what
// it needs before it is published is complete's matter.
func checkQuestion(title string, language, key *string, kind term.QuestionKind, q *content.Question) error {
	var c fault.Checks
	c.Line(title, 1, 200, "title")
	checkLanguage(&c, language)
	checkKey(&c, key)
	c.Under([]string{"content"}, func() {
		c.Text(q.Prompt, 1, maxPrompt, "prompt")
		c.Text(q.ModelAnswer, 0, maxPrompt, "modelAnswer")
		c.Texts(q.Pitfalls, 20, 1000, "pitfalls")
		c.That(q.TimeHint >= 0 && q.TimeHint <= maxTimeHint, "this must be from nothing to 4 hours", "timeHint")
		c.That(len(q.SkillIDs) <= 20, "at most 20 are allowed", "skillIds")
		checkFollowUps(&c, q)
		checkCriteria(&c, q)
		checkChoices(&c, kind, q)
		check.Order(&c, kind, q)
		checkCredit(&c, kind, q)
		check.Numeric(&c, kind, q)
		check.Accepted(&c, kind, q)
		checkCode(&c, kind, q)
		checkSpoken(&c, kind, q)
		checkTranslations(&c, language, q)
		checkProvenance(&c, q.Provenance)
	})
	return c.Err()
}

// complete demands what a question lacks before it can be published: who could score it otherwise?
func complete(kind term.QuestionKind, q *content.Question) error {
	var c fault.Checks
	c.That(kind.Keyed() || len(q.Criteria) > 0, "people score this kind, so it needs at least one point of assessment", "content", "criteria")
	c.That(kind != term.Ordering || !givenAway(q), "the choices stand in the correct order already, or their keys do; candidates see both",
		"content", "choices")
	return c.Err()
}

// givenAway reports whether an ordering shows its solution: by the order of its choices, or by that of their keys.
func givenAway(q *content.Question) bool {
	shown := make([]string, len(q.Choices))
	for i, ch := range q.Choices {
		shown[i] = ch.Key
	}
	return !q.ShuffleChoices && slices.Equal(shown, q.CorrectOrder) || slices.IsSorted(q.CorrectOrder)
}

func checkLanguage(c *fault.Checks, language *string) {
	if language != nil {
		c.Line(*language, 2, 35, "language")
	}
}

func checkFollowUps(c *fault.Checks, q *content.Question) {
	c.That(len(q.FollowUps) <= 20, "at most 20 are allowed", "followUps")
	for i, f := range q.FollowUps {
		c.Text(f.When, 1, 1000, "followUps", index(i), "when")
		c.Text(f.Prompt, 1, 2000, "followUps", index(i), "prompt")
	}
}

func checkCriteria(c *fault.Checks, q *content.Question) {
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
	if !kind.Chosen() {
		c.That(len(q.Choices) == 0, "only a choice or an ordering has choices", "choices")
		c.That(!q.ShuffleChoices, "only a choice or an ordering has choices", "shuffleChoices")
		return
	}
	c.That(len(q.Choices) >= 2 && len(q.Choices) <= maxChoices, "2 to 20 choices are needed", "choices")
	seen := map[string]bool{}
	for i, ch := range q.Choices {
		c.Line(ch.Key, 1, 40, "choices", index(i), "key")
		c.That(!seen[ch.Key], "this key is used twice", "choices", index(i), "key")
		seen[ch.Key] = true
		c.Text(ch.Text, 1, 2000, "choices", index(i), "text")
		c.Text(ch.Feedback, 0, 2000, "choices", index(i), "feedback")
		c.That(kind != term.Ordering || !ch.Correct, "in an ordering the correct order says what is right", "choices", index(i), "correct")
	}
	check.Right(c, kind, q)
}

// creditOf reports whether a kind can be scored by a rule.
func creditOf(kind term.QuestionKind, rule term.PartialCredit) bool {
	switch rule {
	case term.AllOrNothing:
		return kind == term.MultipleChoice || kind == term.Ordering
	case term.AdjacentPairs:
		return kind == term.Ordering
	case term.Mapped:
		return kind == term.SingleChoice || kind == term.MultipleChoice
	default:
		return kind == term.MultipleChoice
	}
}

func checkCredit(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	c.That(kind != term.MultipleChoice || q.PartialCredit != nil, "say what a partly right answer earns", "partialCredit")
	c.That(kind != term.Ordering || q.PartialCredit != nil, "say what a partly right order earns", "partialCredit")
	c.That(q.PartialCredit == nil || creditOf(kind, *q.PartialCredit), "this kind has no such rule", "partialCredit")
	mapped := q.PartialCredit != nil && *q.PartialCredit == term.Mapped
	for i, ch := range q.Choices {
		c.That(mapped || ch.Points == nil, "only under the rule MAPPED do choices have points", "choices", index(i), "points")
		if ch.Points != nil {
			checkPoints(c, *ch.Points, "choices", index(i), "points")
		}
	}
	if !mapped {
		c.That(q.Mapping == nil, "only the rule MAPPED has bounds", "mapping")
		return
	}
	if q.Mapping == nil {
		c.That(false, "the rule MAPPED needs its bounds", "mapping")
		return
	}
	c.Under([]string{"mapping"}, func() { checkMapping(c, kind, q) })
}

func checkMapping(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	checkPoints(c, q.Mapping.LowerBound, "lowerBound")
	checkPoints(c, q.Mapping.UpperBound, "upperBound")
	checkPoints(c, q.Mapping.Default, "default")
	lower, _ := scoring.ParsePoints(q.Mapping.LowerBound)
	upper, err := scoring.ParsePoints(q.Mapping.UpperBound)
	c.That(lower <= 0, "this must not be above 0: a wrong answer would earn it", "lowerBound")
	c.That(err != nil || upper > 0, "this must be above 0", "upperBound")
	fallback, _ := scoring.ParsePoints(q.Mapping.Default)
	var everything, best, most, key scoring.Points
	right := 0
	for _, ch := range q.Choices {
		worth := fallback
		if ch.Points != nil {
			worth, _ = scoring.ParsePoints(*ch.Points)
		}
		everything, best, most = everything+worth, best+max(0, worth), max(most, worth)
		if ch.Correct {
			right, key = right+1, worth
		}
		c.That(err != nil || !ch.Correct || worth > 0, "a correct choice must be worth more than nothing: "+ch.Key, "default")
	}
	if kind == term.SingleChoice {
		c.That(err != nil || right != 1 || key >= upper && key == most, "the correct choice must earn the most, and this at least", "upperBound")
		return
	}
	c.That(err != nil || best >= upper, "no answer can reach this", "upperBound")
	c.That(err != nil || everything < upper || right == len(q.Choices),
		"choosing everything must not earn the full points: let wrong choices cost something", "upperBound")
}

func checkPoints(c *fault.Checks, text string, path ...string) {
	points, err := scoring.ParsePoints(text)
	c.That(err == nil && points.Within(scoring.Of(1000)) == max(0, points) && points >= -scoring.Of(1000),
		"this must be a decimal number from -1000 to 1000", path...)
}

func checkCode(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	if kind != term.Code {
		c.That(q.Code == nil, "only a code question has a programming language", "code")
		return
	}
	if q.Code == nil {
		c.That(false, "a code question needs its programming language", "code")
		return
	}
	c.Under([]string{"code"}, func() {
		c.Line(q.Code.Language, 1, 40, "language")
		c.Text(q.Code.Starter, 0, maxStarter, "starter")
		if q.Code.CPULimit != nil {
			c.Whole(*q.Code.CPULimit, 100, maxCPU, "cpuLimitMilliseconds")
		}
		if q.Code.MemoryLimit != nil {
			c.Whole(*q.Code.MemoryLimit, 16, maxMemory, "memoryLimitMegabytes")
		}
		checkTests(c, q.Code.Tests)
	})
}

// checkTests judges what a program is tried with. A name tells the tests of a question apart in reports.
func checkTests(c *fault.Checks, tests []*content.CodeTest) {
	c.That(len(tests) <= maxTests, "at most 20 are allowed", "tests")
	seen := map[string]bool{}
	for i, t := range tests {
		c.Under([]string{"tests", index(i)}, func() {
			c.Line(t.Name, 1, 100, "name")
			c.That(!seen[t.Name], "this name is used twice", "name")
			seen[t.Name] = true
			c.Text(t.Stdin, 0, maxTestText, "stdin")
			c.Text(t.Expected, 1, maxTestText, "expectedOutput")
			c.Whole(t.Weight, 1, 100, "weight")
		})
	}
}

func checkSpoken(c *fault.Checks, kind term.QuestionKind, q *content.Question) {
	if kind != term.Spoken {
		c.That(q.Spoken == nil, "only a spoken question has a length", "spoken")
		return
	}
	if q.Spoken == nil {
		c.That(false, "a spoken question needs the greatest length of its answer", "spoken")
		return
	}
	c.Whole(q.Spoken.MaxSeconds, 10, 30*60, "spoken", "maxSeconds")
}

func checkTranslations(c *fault.Checks, own *string, q *content.Question) {
	c.That(len(q.Translations) <= 30, "at most 30 are allowed", "translations")
	languages := map[string]bool{}
	for i, t := range q.Translations {
		c.Under([]string{"translations", index(i)}, func() {
			c.Line(t.Language, 2, 35, "language")
			c.That(!languages[t.Language], "this language is there twice", "language")
			languages[t.Language] = true
			c.That(own == nil || *own != t.Language, "this is the language of the question itself", "language")
			c.Text(t.Prompt, 1, maxPrompt, "prompt")
			checkTranslated(c, q, t)
		})
	}
}

// checkTranslated demands that a translation has the question's choices, in their order.
func checkTranslated(c *fault.Checks, q *content.Question, t *content.Translation) {
	c.That(len(t.Choices) == len(q.Choices), "translate every choice", "choices")
	for i, ch := range t.Choices {
		c.That(i >= len(q.Choices) || q.Choices[i].Key == ch.Key, "keep the keys of the choices and their order", "choices", index(i), "key")
		c.Text(ch.Text, 1, 2000, "choices", index(i), "text")
		c.Text(ch.Feedback, 0, 2000, "choices", index(i), "feedback")
	}
}

func checkProvenance(c *fault.Checks, p *content.Provenance) {
	if p == nil {
		return
	}
	c.Under([]string{"provenance"}, func() {
		c.Line(p.Author, 0, 200, "author")
		c.Line(p.Reviewer, 0, 200, "reviewer")
		if p.Date != "" {
			_, err := time.Parse(time.DateOnly, p.Date)
			c.That(err == nil, "write a date such as 2026-11-30", "date")
		}
		c.That(len(p.References) <= 20, "at most 20 are allowed", "references")
		for i, r := range p.References {
			c.Line(r.Title, 1, 300, "references", index(i), "title")
			c.Line(r.URL, 0, 2000, "references", index(i), "url")
			c.That(r.URL == "" || webAddress(r.URL), "write an address that begins with https:// or http://", "references", index(i), "url")
		}
	})
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
