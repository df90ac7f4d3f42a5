package qti

import (
	"fmt"
	"strconv"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// guide is what a scorer needs to know, to be read by a person.
func (w *writer) guide(q *content.Question) []*node {
	var out []*node
	part := func(title string, body ...*node) {
		if len(body) > 0 {
			out = append(out, el("div", el("p", el("strong", title)), body))
		}
	}
	if len(q.Criteria) > 0 {
		part("Points of assessment", criteria(q.Criteria))
	}
	part("Model answer", w.xhtml(q.ModelAnswer)...)
	if len(q.Pitfalls) > 0 {
		list := el("ul")
		for _, p := range q.Pitfalls {
			list.add(el("li", p))
		}
		part("Pitfalls", list)
	}
	if len(q.FollowUps) > 0 {
		list := el("ul")
		for _, f := range q.FollowUps {
			list.add(el("li", f.When+": "+f.Prompt))
		}
		part("Follow-up questions", list)
	}
	return out
}

func criteria(all []*content.Criterion) *node {
	list := el("ul")
	for _, c := range all {
		levels := el("ul")
		for _, l := range c.Levels {
			levels.add(el("li", strconv.Itoa(l.Points)+": "+l.Anchor))
		}
		entry := el("li", fmt.Sprintf("%s (weight %d)", c.Text, c.Weight))
		if len(levels.kids) > 0 {
			entry.add(levels)
		}
		list.add(entry)
	}
	return list
}

// unsaid tells what other systems will not do with an item as we would.
func unsaid(file string, q *catalogue.Question) []*Note {
	var out []*Note
	tell := func(when bool, element, message string) {
		if when {
			out = append(out, &Note{File: file, Element: element, Message: message})
		}
	}
	c := q.Content
	partial := c.PartialCredit != nil && *c.PartialCredit != term.AllOrNothing && !mapped(c)
	tell(partial, "qti-response-processing", "other systems give all points or none: QTI has no such rule of partial credit")
	tell(len(c.Translations) > 0, "qti-assessment-item", "other systems see one language only")
	tell(q.Kind == term.Spoken, "qti-upload-interaction", "other systems do not limit how long the recording is")
	tell(c.Code != nil && len(c.Code.Tests) > 0, "qti-extended-text-interaction", "other systems do not run the code: its tests are for Assay alone")
	noFeedback := !showsFeedback(q)
	for _, choice := range c.Choices {
		tell(noFeedback && choice.Feedback != "", "qti-simple-choice", "other systems do not show the feedback of "+choice.Key)
	}
	return out
}
