package qti

import (
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
)

// tester reads a test; items finds the question that a reference leads to, nil if there is none.
type tester struct {
	*reading
	items func(href string) *catalogue.Question
}

// template reads a test as question reads an item; it is nil if no sections are left of it.
func (t *tester) template(test *node, w *writer) *catalogue.Template {
	record := new(catalogue.Template)
	held, same := t.record(test, record, func(c *fault.Checks) { c.That(catalogue.IsKey(record.Key), "a key is needed", "key") })
	if same {
		return record
	}
	plain := t.plain(test)
	if plain == nil || !held {
		return plain
	}
	written, err := w.test(testFile(record.Key), record)
	if err != nil {
		return plain
	}
	before := (&tester{&reading{}, t.items}).plain(written)
	if before == nil {
		return plain
	}
	t.note(test, "this test was changed outside: what is new is taken from the QTI, the rest is kept")
	update(reflect.ValueOf(record).Elem(), reflect.ValueOf(before).Elem(), reflect.ValueOf(plain).Elem())
	return record
}

// plain reads a test as any system would.
func (t *tester) plain(test *node) *catalogue.Template {
	out := &catalogue.Template{
		Key: keyForm(strings.TrimPrefix(test.attr("identifier"), "_")), Name: strings.Join(strings.Fields(test.attr("title")), " "),
		State: term.Draft, Mode: term.Assessment, Bands: []*content.Band{}, Feedback: term.FeedbackNone,
		TotalLimit: t.limit(test), Instructions: t.told(test),
	}
	if out.Name == "" {
		out.Name = test.attr("identifier")
	}
	for _, n := range test.children("") {
		switch n.name {
		case "qti-test-part":
			out.Sections = append(out.Sections, t.part(n)...)
		case "qti-outcome-processing":
			if len(n.children("")) != 1 || len(n.named("qti-test-variables")) != 1 || len(n.named("qti-sum")) != 1 {
				t.note(n, "how the test is scored is not taken: points are added up")
			}
		case "qti-outcome-declaration", "qti-time-limits", "qti-rubric-block":
		default:
			t.note(n, "this part of the test is not taken")
		}
	}
	if len(out.Sections) == 0 {
		t.note(test, "no section of this test can be taken; it was left out")
		return nil
	}
	return out
}

// told is what candidates are told before they begin.
func (t *tester) told(n *node) string {
	var out []string
	for _, block := range n.children("qti-rubric-block") {
		if !isGuide(block) {
			out = append(out, t.blocks(block.kids)...)
		} else if _, own := block.lookup(recordAttr); !own && block.content() != "" {
			t.note(block, "what scorers are told of a test is not taken")
		}
	}
	return strings.Join(out, "\n\n")
}

// limit is a time limit in whole seconds, or nil.
func (t *tester) limit(n *node) *int {
	limits := n.child("qti-time-limits")
	if limits == nil {
		return nil
	}
	if limits.attr("min-time") != "" && limits.attr("min-time") != "0" {
		t.note(limits, "a least time is not taken")
	}
	seconds, err := strconv.ParseFloat(limits.attr("max-time"), 64)
	if err != nil || !(seconds >= 1 && seconds <= math.MaxInt32) {
		return nil
	}
	return new(int(math.Ceil(seconds)))
}

// part gives the sections of a part of a test; each goes the part's way.
func (t *tester) part(part *node) []*catalogue.Section {
	var out []*catalogue.Section
	sections := part.children("qti-assessment-section")
	for _, n := range part.children("") {
		switch n.name {
		case "qti-assessment-section":
			if s := t.section(n); s != nil {
				out = append(out, s)
			}
		case "qti-time-limits":
		default:
			t.note(n, "this part of the test is not taken")
		}
	}
	for _, s := range out {
		if part.attr("navigation-mode") == "linear" {
			s.Navigation = new(term.ForwardOnly)
		}
	}
	if whole := t.limit(part); whole != nil && len(sections) == 1 && len(out) == 1 && out[0].TimeLimit == 0 {
		out[0].TimeLimit = *whole
	} else if whole != nil {
		t.note(part.child("qti-time-limits"), "a time limit of several sections together is not taken")
	}
	for _, s := range out {
		if s.TimeLimit == 0 {
			t.note(part, "section "+strconv.Quote(s.Title)+" has no time limit; it needs one")
		}
	}
	return out
}

// section is nil if none of its items can be taken.
func (t *tester) section(n *node) *catalogue.Section {
	s := &catalogue.Section{Title: strings.Join(strings.Fields(n.attr("title")), " "), Instructions: t.told(n)}
	if s.Title == "" {
		s.Title = n.attr("identifier")
	}
	if seconds := t.limit(n); seconds != nil {
		s.TimeLimit = *seconds
	}
	if n.child("qti-selection") != nil {
		s.Slots = t.draw(n)
	} else {
		s.Slots = t.slots(n, true)
		if n.child("qti-ordering").attr("shuffle") == "true" {
			s.Order = new(term.Shuffled)
		}
	}
	if len(s.Slots) == 0 {
		t.note(n, "none of the items of this section can be taken; it was left out")
		return nil
	}
	return s
}

// slots gives the places of a section: an item, a section to draw from, or the items of a section inside.
func (t *tester) slots(n *node, nested bool) []*catalogue.Slot {
	var out []*catalogue.Slot
	for _, k := range n.children("") {
		switch {
		case k.name == "qti-assessment-item-ref":
			if q, points := t.reference(k); q != nil {
				out = append(out, &catalogue.Slot{Question: q.Key, Points: points})
			}
		case k.name == "qti-assessment-section" && nested && k.child("qti-selection") != nil:
			out = append(out, t.draw(k)...)
		case k.name == "qti-assessment-section" && nested:
			t.note(k, "the items of this section inside a section are taken, not the section")
			out = append(out, t.slots(k, false)...)
		case slices.Contains([]string{"qti-time-limits", "qti-ordering", "qti-selection", "qti-rubric-block"}, k.name):
		default:
			t.note(k, "this part of the section is not taken")
		}
	}
	return out
}

// draw makes one slot of a section that some items are drawn from; all of them must be worth the same.
func (t *tester) draw(n *node) []*catalogue.Slot {
	selection := n.child("qti-selection")
	count, err := strconv.Atoi(selection.attr("select"))
	slots := t.slots(n, false)
	if err != nil || count < 1 || count > len(slots) {
		t.note(selection, "fewer items can be taken than are drawn; the pool was left out")
		return nil
	}
	if selection.attr("with-replacement") == "true" {
		t.note(selection, "each item is drawn at most once")
	}
	draw := &catalogue.Draw{Count: count}
	for _, s := range slots {
		if s.Points != slots[0].Points {
			t.note(n, "the items of a pool are all worth what the first one is")
		}
		draw.Questions = append(draw.Questions, s.Question)
	}
	return []*catalogue.Slot{{Draw: draw, Points: slots[0].Points}}
}

// reference finds a question and what it is worth: the weight of the item times its greatest score.
func (t *tester) reference(n *node) (*catalogue.Question, int) {
	q := t.items(n.attr("href"))
	if q == nil {
		t.note(n, "this item is not among those taken; its place was left out")
		return nil, 0
	}
	for _, k := range n.children("") {
		if k.name != "qti-weight" {
			t.note(k, "this condition of an item is not taken")
		}
	}
	worth := big.NewRat(1, 1)
	if w, err := scoring.ParseDecimal(n.child("qti-weight").attr("value")); err == nil && w.Sign() > 0 {
		worth = w
	}
	if mapped(q.Content) {
		if upper, err := scoring.ParseDecimal(q.Content.Mapping.UpperBound); err == nil && upper.Sign() > 0 {
			worth = new(big.Rat).Mul(worth, upper)
		}
	}
	points, err := strconv.Atoi(worth.FloatString(0))
	if err != nil || points < 1 {
		t.note(n, "this item is worth no whole number of points; 1 is taken")
		return q, 1
	}
	return q, points
}
