package grading

import (
	"math/big"
	"strings"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
)

// wholeAnswer is the criterion of a score that a key or a rule awards for the answer as a whole.
const wholeAnswer = "answer"

// verdict is what the key or a rule says of one item, or that a person must.
type verdict struct {
	item   *key.Item
	answer *content.Answer // nil if there is none
	status term.ItemStatus
	source term.ScoreSource
	points scoring.Points
	reason string
	run    *Execution // of a code answer: what running it came to
}

// recording is what there is to be heard of a spoken answer; nil if there is nothing.
func (v *verdict) recording() *gid.ID {
	if v.answer == nil {
		return nil
	}
	return v.answer.Upload
}

// judge gives the verdict on every item of a sitting that has ended, in the order in which they were asked.
func (f *frozen) judge(answers map[string]*content.Answer, ranOut bool) []*verdict {
	items := f.asked()
	last := -1
	for i, item := range items {
		if answers[item.Ref] != nil {
			last = i
		}
	}
	verdicts := make([]*verdict, len(items))
	for i, item := range items {
		verdicts[i] = verdictOn(item, answers[item.Ref], !ranOut || i <= last)
	}
	return verdicts
}

// verdictOn gives the verdict on one item. Reached says that the candidate came as far as this question.
func verdictOn(item *key.Item, answer *content.Answer, reached bool) *verdict {
	v := &verdict{item: item, answer: answer, source: term.SourceRule}
	switch {
	case item.Credited:
		v.status, v.points, v.reason = term.ItemScored, scoring.Of(item.Points), "full points for everybody who was asked"
	case answer == nil && !reached:
		v.status, v.reason = term.ItemNotReached, "time ran out before this question"
	case answer.Blank():
		v.status, v.reason = term.ItemOmitted, "left without an answer"
	default:
		v.byKey()
	}
	return v
}

// asked are the items in the order of the paper.
func (f *frozen) asked() []*key.Item {
	byRef := map[string]*key.Item{}
	for _, item := range f.key.Items() {
		byRef[item.Ref] = item
	}
	items := make([]*key.Item, 0, len(byRef))
	for _, s := range f.paper.Sections {
		for _, q := range s.Questions {
			items = append(items, byRef[q.Ref])
		}
	}
	return items
}

// byKey scores an answer by its key, or leaves it to a person.
func (v *verdict) byKey() {
	v.status, v.source = term.ItemScored, term.SourceKey
	q, most := v.item.Content, scoring.Of(v.item.Points)
	if q.PartialCredit != nil && *q.PartialCredit == term.Mapped {
		v.points, v.reason = scoring.Mapped(most, v.answer.Choices, mapping(q)), "the points of the chosen options, bounded"
		return
	}
	switch v.item.Kind {
	case term.SingleChoice:
		v.points, v.reason = scoring.SingleChoice(most, rightChoices(q)[0], v.answer.Choices[0]), "single choice, matched with the key"
	case term.MultipleChoice:
		rule := scoring.PartialCredit(*q.PartialCredit)
		v.points = scoring.MultipleChoice(most, allChoices(q), rightChoices(q), v.answer.Choices, rule)
		v.reason = "multiple choice, rule " + string(rule)
	case term.Ordering:
		rule := orderRule(q.PartialCredit)
		v.points = scoring.Ordering(most, q.CorrectOrder, v.answer.Choices, rule)
		v.reason = "ordering, rule " + string(rule)
	case term.Numeric:
		v.points, v.reason = numericPoints(most, *v.answer.Number, q.Numeric), "number, compared with the key and its tolerance"
	case term.ShortText:
		v.points, v.reason = scoring.ShortText(most, *v.answer.Text, accepted(q)), "one of the accepted answers"
		if v.points == 0 {
			v.leave()
		}
	default:
		v.leave()
	}
}

// leave waits for a person.
func (v *verdict) leave() {
	v.status, v.source, v.points, v.reason = term.ItemNotScored, "", 0, ""
}

func rightChoices(q *content.Question) []string {
	var keys []string
	for _, c := range q.Choices {
		if c.Correct {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

func allChoices(q *content.Question) []string {
	keys := make([]string, len(q.Choices))
	for i, c := range q.Choices {
		keys[i] = c.Key
	}
	return keys
}

// orderRule is the rule of an ordering; without one only the exact order counts.
func orderRule(rule *term.PartialCredit) scoring.OrderRule {
	if rule != nil && *rule == term.AdjacentPairs {
		return scoring.AdjacentPairs
	}
	return scoring.ExactOrder
}

// mapping is what the options of a question are worth. All of it was judged when it was saved: what does not parse is
// worth nothing.
func mapping(q *content.Question) scoring.Mapping {
	m := scoring.Mapping{Values: map[string]scoring.Points{}}
	for _, c := range q.Choices {
		if c.Points != nil {
			m.Values[c.Key] = points(*c.Points)
		}
	}
	if q.Mapping != nil {
		lower, upper := points(q.Mapping.LowerBound), points(q.Mapping.UpperBound)
		m.Default, m.Lower, m.Upper = points(q.Mapping.Default), &lower, &upper
	}
	return m
}

func points(text string) scoring.Points {
	p, err := scoring.ParsePoints(text)
	if err != nil {
		return 0
	}
	return p
}

// numericPoints compares exact decimals. Both were judged when they were saved: what does not parse earns nothing.
func numericPoints(most scoring.Points, answer string, k *content.NumericKey) scoring.Points {
	given, err := scoring.ParseDecimal(answer)
	if err != nil {
		return 0
	}
	value, err := scoring.ParseDecimal(k.Value)
	if err != nil {
		return 0
	}
	tolerance := new(big.Rat)
	if k.Mode != term.Exact {
		if tolerance, err = scoring.ParseDecimal(k.Tolerance); err != nil {
			return 0
		}
	}
	return scoring.Numeric(most, given, scoring.NumericKey{Value: value, Lower: tolerance, Upper: tolerance, Mode: scoring.ToleranceMode(k.Mode)})
}

func accepted(q *content.Question) []scoring.Accepted {
	list := make([]scoring.Accepted, len(q.Accepted))
	for i, text := range q.Accepted {
		list[i] = scoring.Accepted{Text: text}
	}
	return list
}

// evidence is what the verdict rests on: the answer, or how it did in its tests.
func (v *verdict) evidence() string {
	if v.source == term.SourceRunner {
		return v.run.summary()
	}
	return evidence(v.answer)
}

// evidence is the part of an answer that a key looked at.
func evidence(a *content.Answer) string {
	switch {
	case a == nil:
		return ""
	case a.Number != nil:
		return *a.Number
	case a.Text != nil:
		return *a.Text
	default:
		return strings.Join(a.Choices, ", ")
	}
}

// ranOut reports whether the clock ended the session.
func ranOut(row *ent.Session) bool {
	if row.EndedAt == nil || row.StartedAt == nil {
		return false
	}
	if row.DeadlineAt != nil {
		return !row.EndedAt.Before(*row.DeadlineAt)
	}
	// What ended before deadlines were kept had no time but the planned one.
	return !row.EndedAt.Before(row.StartedAt.Add(time.Duration(row.AllowedSeconds) * time.Second))
}
