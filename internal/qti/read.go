package qti

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// mostNotes bounds what is told of one file.
const mostNotes = 100

// reading is one file while it is read.
type reading struct {
	file  string
	notes []*Note
}

func (r *reading) note(n *node, message string) {
	switch {
	case len(r.notes) > mostNotes:
		return
	case len(r.notes) == mostNotes:
		n, message = nil, "more of this file was left out than is told here"
	}
	note := &Note{File: r.file, Message: message}
	if n != nil {
		note.Line, note.Element = n.line, n.name
	}
	r.notes = append(r.notes, note)
}

// question reads an item: our own record of it, or the QTI, or of both what is right. It is nil if the item cannot be
// a question; a note says why.
func (r *reading) question(item *node, w *writer) *catalogue.Question {
	record := new(catalogue.Question)
	held, same := r.record(item, record, func(c *fault.Checks) { checkQuestion(c, record) })
	if same {
		record.Content.SkillIDs = record.Content.SkillIDs[:0:0]
		return record
	}
	plain := r.plain(item)
	if !held || plain == nil {
		if plain != nil {
			r.note(item, "category "+string(plain.Category)+" and level "+string(plain.Level)+" are assumed: QTI does not say")
		}
		return plain
	}
	record.Content.SkillIDs = record.Content.SkillIDs[:0:0]
	written, err := w.item(record)
	before := new(reading).plain(written)
	if err != nil || before == nil || before.Kind != plain.Kind {
		return plain
	}
	r.note(item, "this item was changed outside: what is new is taken from the QTI, the rest is kept")
	return merged(record, before, plain)
}

// record reads our own record, if there is one. It is the same if nobody has changed the QTI around it since.
func (r *reading) record(root *node, into any, check func(*fault.Checks)) (held, same bool) {
	blocks := root.find(func(n *node) bool { _, ok := n.lookup(recordAttr); return ok })
	if len(blocks) != 1 {
		return false, false
	}
	d := json.NewDecoder(strings.NewReader(blocks[0].attr(recordAttr)))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if _, more := d.Token(); err == nil && !errors.Is(more, io.EOF) {
		err = more
	}
	var c fault.Checks
	inspect(&c, reflect.ValueOf(into))
	check(&c)
	if err != nil || c.Err() != nil {
		r.note(blocks[0], "the record of another version of Assay cannot be read; only the plain QTI is taken")
		return false, false
	}
	return true, blocks[0].attr(checkAttr) == root.digest()
}

// merged takes what another system has changed between two readings, and else the record.
func merged(record, before, now *catalogue.Question) *catalogue.Question {
	out, text := *record, *record.Content
	choices := text.Choices
	update(reflect.ValueOf(&text).Elem(), reflect.ValueOf(before.Content).Elem(), reflect.ValueOf(now.Content).Elem())
	text.Choices = mergedChoices(choices, before.Content.Choices, now.Content.Choices)
	was, is := *before, *now
	was.Content, is.Content = nil, nil
	update(reflect.ValueOf(&out).Elem(), reflect.ValueOf(&was).Elem(), reflect.ValueOf(&is).Elem())
	out.Content = &text
	return &out
}

// update copies the fields that differ between two records into a third.
func update(into, before, now reflect.Value) {
	for i := range into.NumField() {
		if !reflect.DeepEqual(before.Field(i).Interface(), now.Field(i).Interface()) {
			into.Field(i).Set(now.Field(i))
		}
	}
}

// mergedChoices are the choices as they are now, each with what is kept of the one with its key.
func mergedChoices(record, before, now []*content.Choice) []*content.Choice {
	find := func(all []*content.Choice, key string) *content.Choice {
		if i := slices.IndexFunc(all, func(c *content.Choice) bool { return c.Key == key }); i >= 0 {
			return all[i]
		}
		return nil
	}
	var out []*content.Choice
	for _, c := range now {
		if kept, was := find(record, c.Key), find(before, c.Key); kept != nil && was != nil {
			next := *kept
			update(reflect.ValueOf(&next).Elem(), reflect.ValueOf(was).Elem(), reflect.ValueOf(c).Elem())
			c = &next
		}
		out = append(out, c)
	}
	return out
}

// plain reads an item as any system would; it is nil if no kind of question can hold it.
func (r *reading) plain(item *node) *catalogue.Question {
	body := item.child("qti-item-body")
	asks := body.find(isInteraction)
	if len(asks) != 1 {
		r.note(item, "an item is taken if it has exactly one interaction; this one was left out")
		return nil
	}
	q := &catalogue.Question{
		Key: keyForm(strings.TrimPrefix(item.attr("identifier"), "_")), Title: strings.Join(strings.Fields(item.attr("title")), " "),
		State: term.Draft, Category: term.Technical, Level: term.Experienced, Language: item.attr("xml:lang"),
		Content: &content.Question{Criteria: []*content.Criterion{}, Pitfalls: []string{}, FollowUps: []*content.FollowUp{}, SkillIDs: []gid.ID{}},
	}
	if q.Language == "" {
		q.Language = "en"
	}
	if q.Title == "" {
		q.Title = item.attr("identifier")
	}
	a := &answer{reading: r, item: item, ask: asks[0], q: q}
	if !a.take() {
		r.note(asks[0], "the item was left out")
		return nil
	}
	q.Content.Prompt = r.markdown(body.kids)
	r.guide(q, body)
	r.surroundings(item)
	return q
}

func isInteraction(n *node) bool {
	return strings.HasPrefix(n.name, "qti-") && strings.HasSuffix(n.name, "-interaction")
}

// guide keeps what a foreign item tells its scorers.
func (r *reading) guide(q *catalogue.Question, body *node) {
	var out []string
	for _, n := range body.named("qti-rubric-block") {
		if _, own := n.lookup(recordAttr); own || !isGuide(n) {
			continue
		}
		if text := r.blocks(n.kids); len(text) > 0 {
			r.note(n, "what scorers are told is kept as the model answer")
			out = append(out, text...)
		}
	}
	q.Content.ModelAnswer = strings.Join(out, "\n\n")
}

// surroundings notes the parts of an item that nothing has read.
func (r *reading) surroundings(item *node) {
	for _, n := range item.children("") {
		switch n.name {
		case "qti-response-declaration", "qti-outcome-declaration", "qti-item-body", "qti-response-processing", "qti-modal-feedback":
		default:
			r.note(n, "this part of the item is not taken")
		}
	}
	if item.attr("adaptive") == "true" {
		r.note(item, "an adaptive item is taken as one that is answered once")
	}
}
