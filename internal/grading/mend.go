package grading

import (
	"slices"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
)

// touched are the places of the questions that mendings name.
func touched(fixes []*content.KeyFix) []string {
	refs := []string{}
	for _, f := range fixes {
		if f.Ref != "" && !slices.Contains(refs, f.Ref) {
			refs = append(refs, f.Ref)
		}
	}
	return refs
}

// remend computes a result anew: the questions that were mended from their answers and from what people awarded, all sums
// from the questions. What people awarded is kept; of a question that was dropped everything is, and it is not counted.
func (f *frozen) remend(was *Result, refs []string, answers map[string]*content.Answer, ranOut bool) *Result {
	questions, last := slices.Clone(was.Questions), f.lastAnswered(answers)
	for i, q := range was.Questions {
		if !slices.Contains(refs, q.Ref) {
			continue
		}
		item, reached := f.key.Item(q.Ref), q.Status != term.ItemNotReached
		if q.credited() { // which hides how far the candidate came
			reached = !ranOut || slices.Contains(last, q.Ref)
		}
		questions[i] = q.mended(item, verdictOn(item, answers[q.Ref], reached))
	}
	return f.sum(questions)
}

// lastAnswered are the places of a paper up to the last one with an answer.
func (f *frozen) lastAnswered(answers map[string]*content.Answer) []string {
	items := f.asked()
	refs, last := make([]string, len(items)), 0
	for i, item := range items {
		refs[i] = item.Ref
		if answers[item.Ref] != nil {
			last = i + 1
		}
	}
	return refs[:last]
}

// credited reports whether the question's points were given to everybody.
func (q *QuestionResult) credited() bool {
	by := q.byKey()
	return q.Status == term.ItemScored && by != nil && by.Source == term.SourceRule
}

// mended is the result of a question by its mended item.
func (q *QuestionResult) mended(item *key.Item, v *verdict) *QuestionResult {
	if item.Dropped {
		own := *q
		own.Dropped = true
		return &own
	}
	if q.byRunner() && v.status == term.ItemNotScored {
		v.run = q.Run
		v.byTests()
	}
	own := questionResult(v, nil)
	own.Section, own.Run = q.Section, q.Run
	if own.byRunner() {
		return own
	}
	// Also where the key decides: a further mending may leave the question to people again.
	own.Adjudicated = q.Adjudicated
	own.Awards = slices.DeleteFunc(slices.Clone(q.Awards), func(e *TraceEntry) bool { return !e.byPerson() })
	if v.status != term.ItemNotScored {
		return own
	}
	if points, ok := scoring.RubricScore(own.Maximum, own.levels()); ok && q.Status == term.ItemScored {
		own.Status, own.Awarded = term.ItemScored, points
	}
	return own
}

func (e *TraceEntry) byPerson() bool {
	return e.Source == term.SourceReviewer || e.Source == term.SourceConsensus
}

// levels are what people's awards come to, criterion by criterion: the mean of those that count, or their median where a
// further reviewer was heard.
func (q *QuestionResult) levels() []scoring.CriterionScore {
	var all []scoring.CriterionScore
	awards := map[string][]int{}
	for _, e := range q.Awards {
		if _, there := awards[e.Criterion]; !there {
			all = append(all, scoring.CriterionScore{Criterion: scoring.Criterion{Key: e.Criterion, Weight: e.Weight}, Maximum: int(e.Maximum)})
			awards[e.Criterion] = nil
		}
		if e.Counts() && !e.NotScorable {
			awards[e.Criterion] = append(awards[e.Criterion], int(e.Points))
		}
	}
	for i, c := range all {
		level := scoring.MeanLevel
		if q.Adjudicated {
			level = scoring.MedianLevel
		}
		if all[i].Level = level(awards[c.Key]); all[i].Level != nil {
			all[i].Status = scoring.Scored
		}
	}
	return all
}

// differs reports whether a result or the result of a question that it consists of came out otherwise.
func (was *Result) differs(now *Result) bool {
	if was.outcome() != now.outcome() {
		return true
	}
	for i, q := range was.Questions {
		if q.differs(now.Questions[i]) {
			return true
		}
	}
	return false
}

func (q *QuestionResult) differs(now *QuestionResult) bool {
	return q.Status != now.Status || q.Awarded != now.Awarded || q.Maximum != now.Maximum || q.Dropped != now.Dropped
}

// Outcome is what a result comes to.
type Outcome struct {
	Percent     Percent
	Points      scoring.Points
	MaxPoints   scoring.Points
	Band        string
	Passed      bool
	Provisional bool
}

func (r *Result) outcome() Outcome {
	return Outcome{
		Percent: r.Overall.Percent, Points: r.Overall.Awarded, MaxPoints: r.Overall.Maximum, Band: r.Band, Passed: r.Passed, Provisional: r.Provisional,
	}
}
