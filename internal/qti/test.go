package qti

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/markdown"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
)

// points names the weight that a slot's points are written as.
const points = "POINTS"

// writer renders questions, and templates over the questions of the same package.
type writer struct {
	doc       *catalogue.Document
	questions map[string]*catalogue.Question
	left      []*Note
	markdown  *markdown.Renderer
}

func newWriter(doc *catalogue.Document) *writer {
	return &writer{doc: doc, questions: map[string]*catalogue.Question{}, markdown: markdown.New()}
}

func (w *writer) note(file, element, message string) {
	w.left = append(w.left, &Note{File: file, Element: element, Message: message})
}

// test renders a template: a part for each section, since each may have a navigation of its own.
func (w *writer) test(file string, t *catalogue.Template) (*node, error) {
	record := el("qti-rubric-block", at("use", "scoring"), at("view", "scorer"), contentBody(el("p", t.Name)))
	test := el("qti-assessment-test", at("xmlns", itemSpace), at("identifier", identifier(t.Key)), at("title", t.Name),
		el("qti-outcome-declaration", at("identifier", score), at("cardinality", "single"), at("base-type", "float")),
		limit(t.TotalLimit), record, w.instructions(t.Instructions))
	for i, s := range t.Sections {
		test.add(w.section(file, s, strconv.Itoa(i+1)))
	}
	test.add(el("qti-outcome-processing", set(score, el("qti-sum",
		el("qti-test-variables", at("variable-identifier", score), at("weight-identifier", points))))))
	w.note(file, "qti-assessment-test", "other systems add up points: they know no cut, bands, skill weights or section weights")
	return test, seal(test, record, t)
}

func limit(seconds *int) *node {
	if seconds == nil || *seconds <= 0 {
		return nil
	}
	return el("qti-time-limits", at("max-time", strconv.Itoa(*seconds)))
}

func (w *writer) instructions(text string) *node {
	if body := w.xhtml(text); body != nil {
		return el("qti-rubric-block", at("use", "instructions"), at("view", "candidate"), contentBody(body))
	}
	return nil
}

func (w *writer) section(file string, s *catalogue.Section, place string) *node {
	section := el("qti-assessment-section", at("identifier", "section-"+place), at("title", s.Title), at("visible", "true"), limit(&s.TimeLimit))
	if s.Order != nil && *s.Order == term.Shuffled {
		section.add(el("qti-ordering", at("shuffle", "true")))
	}
	section.add(w.instructions(s.Instructions))
	for j, slot := range s.Slots {
		section.add(w.slot(file, slot, place+"-"+strconv.Itoa(j+1)))
	}
	mode := "nonlinear"
	if s.Navigation != nil && *s.Navigation == term.ForwardOnly {
		mode = "linear"
	}
	return el("qti-test-part", at("identifier", "part-"+place), at("navigation-mode", mode), at("submission-mode", "individual"), section)
}

// slot is a reference to an item, or a section of its own to draw from.
func (w *writer) slot(file string, s *catalogue.Slot, place string) *node {
	if s.Draw == nil {
		return w.reference(file, s.Question, s.Points, "item-"+place)
	}
	pool := el("qti-assessment-section", at("identifier", "pool-"+place), at("title", "Pool "+place), at("visible", "false"),
		at("keep-together", "false"), el("qti-selection", at("select", strconv.Itoa(s.Draw.Count))), el("qti-ordering", at("shuffle", "true")))
	found := 0
	for i, key := range w.pool(s.Draw) {
		if ref := w.reference(file, key, s.Points, "item-"+place+"-"+strconv.Itoa(i+1)); ref != nil {
			pool.add(ref)
			found++
		}
	}
	if found < s.Draw.Count {
		w.note(file, "qti-selection", fmt.Sprintf("other systems do not see pool %s: the package holds %d of the %d questions to draw", place, found, s.Draw.Count))
		return nil
	}
	return pool
}

// pool are the keys to draw from: those listed, or what the filter finds in the catalogue.
func (w *writer) pool(d *catalogue.Draw) []string {
	if d.Filter == nil {
		return d.Questions
	}
	var keys []string
	for _, q := range w.doc.Questions {
		if q.State == term.Published && matches(d.Filter, q) {
			keys = append(keys, q.Key)
		}
	}
	return keys
}

// reference is nil if the package does not hold the question.
func (w *writer) reference(file, key string, worth int, place string) *node {
	q := w.questions[key]
	if q == nil {
		w.note(file, "qti-assessment-item-ref", "other systems do not see "+key+": it is not part of the package")
		return nil
	}
	return el("qti-assessment-item-ref", at("identifier", place), at("href", "../"+itemFile(key)),
		el("qti-weight", at("identifier", points), at("value", weight(worth, q))))
}

// weight is what the score of an item is multiplied with, so that its greatest score is worth the slot's points.
func weight(worth int, q *catalogue.Question) string {
	w := new(big.Rat).SetInt64(int64(worth))
	if mapped(q.Content) {
		if upper, err := scoring.ParseDecimal(q.Content.Mapping.UpperBound); err == nil && upper.Sign() > 0 {
			w.Quo(w, upper)
		}
	}
	return decimal(w)
}
