package qti

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// The variables of every item that we write, and the one response.
const (
	response = "RESPONSE"
	score    = "SCORE"
	feedback = "FEEDBACK"
)

// item renders a question as an item.
func (w *writer) item(q *catalogue.Question) (*node, error) {
	ids := identifiers(q.Content.Choices)
	record := el("qti-rubric-block", at("use", "scoring"), at("view", "scorer"), contentBody(w.guide(q.Content)))
	item := el("qti-assessment-item", at("xmlns", itemSpace), at("identifier", identifier(q.Key)), at("title", q.Title),
		at("xml:lang", q.Language), at("adaptive", "false"), at("time-dependent", "false"),
		declaration(q, ids), outcomes(q),
		el("qti-item-body", el("div", w.xhtml(q.Content.Prompt)), w.interaction(q, ids), record),
		processing(q), w.modal(q, ids))
	kept, content := *q, *q.Content
	content.SkillIDs = content.SkillIDs[:0:0] // a catalogue names skills by key
	kept.Content = &content
	return item, seal(item, record, kept)
}

// seal lays our record into the block for scorers, with the digest of the QTI that says the same.
func seal(root, block *node, record any) error {
	data, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	block.attrs = append(block.attrs, at(recordAttr, string(data)), at(checkAttr, root.digest()))
	return nil
}

// identifier makes a QTI identifier of a key, which may begin with what is no letter.
func identifier(key string) string {
	if key[0] >= 'a' && key[0] <= 'z' {
		return key
	}
	return "_" + key
}

// identifiers gives each choice an identifier: its key, if QTI takes it as one.
func identifiers(choices []*content.Choice) map[string]string {
	ids := map[string]string{}
	for i, c := range choices {
		ids[c.Key] = c.Key
		if !isIdentifier(c.Key) || strings.HasPrefix(c.Key, "choice-") {
			ids[c.Key] = "choice-" + strconv.Itoa(i+1)
		}
	}
	return ids
}

func isIdentifier(key string) bool {
	for i, r := range key {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || !(r >= '0' && r <= '9' || r == '-' || r == '.')) {
			return false
		}
	}
	return key != ""
}

func mapped(q *content.Question) bool {
	return q.PartialCredit != nil && *q.PartialCredit == term.Mapped && q.Mapping != nil
}

// declaration says what a response is and which one is right.
func declaration(q *catalogue.Question, ids map[string]string) *node {
	cardinality, base := "single", "identifier"
	switch q.Kind {
	case term.MultipleChoice:
		cardinality = "multiple"
	case term.Ordering:
		cardinality = "ordered"
	case term.Numeric:
		base = "float"
	case term.Spoken:
		base = "file"
	case term.ShortText, term.LongText, term.Code:
		base = "string"
	}
	return el("qti-response-declaration", at("identifier", response), at("cardinality", cardinality), at("base-type", base),
		correct(q, ids), mapping(q, ids))
}

// correct lists the right values; a question without any has none.
func correct(q *catalogue.Question, ids map[string]string) *node {
	n := el("qti-correct-response")
	value := func(text string) { n.add(el("qti-value", text)) }
	switch {
	case q.Kind == term.Ordering:
		for _, key := range q.Content.CorrectOrder {
			value(ids[key])
		}
	case q.Kind.Chosen():
		for _, c := range q.Content.Choices {
			if c.Correct {
				value(ids[c.Key])
			}
		}
	case q.Kind == term.Numeric && q.Content.Numeric != nil:
		value(strings.TrimSpace(q.Content.Numeric.Value))
	case q.Kind == term.ShortText && len(q.Content.Accepted) > 0:
		value(q.Content.Accepted[0])
	}
	if len(n.kids) == 0 {
		return nil
	}
	return n
}

// mapping gives points to choices, or takes any accepted text whatever its case.
func mapping(q *catalogue.Question, ids map[string]string) *node {
	entry := func(key, points string, more ...any) *node {
		return el("qti-map-entry", append([]any{at("map-key", key), at("mapped-value", points)}, more...)...)
	}
	switch m := q.Content.Mapping; {
	case q.Kind.Chosen() && mapped(q.Content):
		n := el("qti-mapping", at("lower-bound", m.LowerBound), at("upper-bound", m.UpperBound), at("default-value", m.Default))
		for _, c := range q.Content.Choices {
			if c.Points != nil {
				n.add(entry(ids[c.Key], *c.Points))
			}
		}
		return n
	case q.Kind == term.ShortText && len(q.Content.Accepted) > 0:
		n := el("qti-mapping", at("lower-bound", "0"), at("upper-bound", "1"), at("default-value", "0"))
		seen := map[string]bool{}
		for _, text := range q.Content.Accepted {
			if !seen[text] {
				seen[text] = true
				n.add(entry(text, "1", at("case-sensitive", "false")))
			}
		}
		return n
	}
	return nil
}

// outcomes declares the score, which a person gives where no rule does, and which feedback is shown.
func outcomes(q *catalogue.Question) []*node {
	n := el("qti-outcome-declaration", at("identifier", score), at("cardinality", "single"), at("base-type", "float"))
	if processing(q) == nil {
		n.attrs = append(n.attrs, at("normal-maximum", "1"), at("external-scored", "human"))
	}
	if !showsFeedback(q) {
		return []*node{n}
	}
	cardinality := "multiple"
	if q.Kind == term.SingleChoice {
		cardinality = "single"
	}
	return []*node{n, el("qti-outcome-declaration", at("identifier", feedback), at("cardinality", cardinality), at("base-type", "identifier"))}
}

func showsFeedback(q *catalogue.Question) bool {
	return (q.Kind == term.SingleChoice || q.Kind == term.MultipleChoice) &&
		slices.ContainsFunc(q.Content.Choices, func(c *content.Choice) bool { return c.Feedback != "" })
}

// interaction is how the candidate answers.
func (w *writer) interaction(q *catalogue.Question, ids map[string]string) []*node {
	to := at("response-identifier", response)
	switch q.Kind {
	case term.SingleChoice, term.MultipleChoice:
		most := "0"
		if q.Kind == term.SingleChoice {
			most = "1"
		}
		return []*node{el("qti-choice-interaction", to, at("shuffle", strconv.FormatBool(q.Content.ShuffleChoices)),
			at("max-choices", most), w.simpleChoices(q, ids))}
	case term.Ordering:
		return []*node{el("qti-order-interaction", to, at("shuffle", strconv.FormatBool(q.Content.ShuffleChoices)), w.simpleChoices(q, ids))}
	case term.Numeric, term.ShortText:
		entry := el("p", el("qti-text-entry-interaction", to))
		if n := q.Content.Numeric; n != nil && n.Unit != "" {
			entry.add(&node{text: " " + n.Unit})
		}
		return []*node{el("div", entry)}
	case term.Code:
		return codeInteraction(q.Content.Code, to)
	case term.Spoken:
		n := el("qti-upload-interaction", to, at("type", "audio/*"))
		if s := q.Content.Spoken; s != nil {
			n.attrs = append(n.attrs, at(ours+"max-seconds", strconv.Itoa(s.MaxSeconds)))
		}
		return []*node{n}
	}
	return []*node{el("qti-extended-text-interaction", to)}
}

// codeInteraction shows the code to start from above the place for the answer.
func codeInteraction(c *content.Code, to attr) []*node {
	n := el("qti-extended-text-interaction", to, at("format", "preformatted"))
	if c == nil {
		return []*node{n}
	}
	if isIdentifier(c.Language) {
		n.attrs = append(n.attrs, at("class", "language-"+c.Language))
	}
	n.attrs = append(n.attrs, at(ours+"language", c.Language), at(ours+"starter", c.Starter))
	if c.Starter == "" {
		return []*node{n}
	}
	return []*node{el("div", at("class", "assay-starter"), el("pre", c.Starter)), n}
}

func (w *writer) simpleChoices(q *catalogue.Question, ids map[string]string) []*node {
	var out []*node
	for _, c := range q.Content.Choices {
		n := el("qti-simple-choice", at("identifier", ids[c.Key]), w.xhtml(c.Text))
		if ids[c.Key] != c.Key {
			n.attrs = append(n.attrs, at(ours+"key", c.Key))
		}
		out = append(out, n)
	}
	return out
}

// processing says how a response is scored; nothing, if a person does it.
func processing(q *catalogue.Question) *node {
	template := func(name string) *node {
		return el("qti-response-processing", at("template", templates+name+".xml"))
	}
	byMap := q.Kind == term.ShortText || q.Kind.Chosen() && mapped(q.Content)
	switch {
	case q.Kind == term.Numeric && q.Content.Numeric != nil:
		return el("qti-response-processing", condition(equal(q.Content.Numeric)))
	case q.Kind == term.ShortText && len(q.Content.Accepted) == 0 || !q.Kind.Keyed() && q.Kind != term.ShortText:
		return nil
	case byMap && showsFeedback(q):
		return el("qti-response-processing", set(score, variable("qti-map-response")), tell())
	case byMap:
		return template("map_response")
	case showsFeedback(q):
		return el("qti-response-processing", condition(el("qti-match", variable("qti-variable"), variable("qti-correct"))), tell())
	}
	return template("match_correct")
}

func variable(name string) *node { return el(name, at("identifier", response)) }

func set(outcome string, value *node) *node {
	return el("qti-set-outcome-value", at("identifier", outcome), value)
}

// tell shows the feedback of what was chosen.
func tell() *node { return set(feedback, variable("qti-variable")) }

// condition gives one point if a test holds and else none.
func condition(test *node) *node {
	points := func(n string) *node { return set(score, el("qti-base-value", at("base-type", "float"), n)) }
	return el("qti-response-condition", el("qti-response-if", test, points("1")), el("qti-response-else", points("0")))
}

// equal compares a number; the tolerance is around the first operand, the right value.
func equal(n *content.NumericKey) *node {
	test := el("qti-equal", at("tolerance-mode", strings.ToLower(string(n.Mode))))
	if n.Mode != term.Exact {
		test.attrs = append(test.attrs, at("tolerance", strings.TrimSpace(n.Tolerance)))
	}
	test.kids = []*node{variable("qti-correct"), variable("qti-variable")}
	return test
}

// modal shows the feedback of each choice to who chose it.
func (w *writer) modal(q *catalogue.Question, ids map[string]string) []*node {
	if !showsFeedback(q) {
		return nil
	}
	var out []*node
	for _, c := range q.Content.Choices {
		if c.Feedback != "" {
			out = append(out, el("qti-modal-feedback", at("outcome-identifier", feedback), at("identifier", ids[c.Key]),
				at("show-hide", "show"), contentBody(w.xhtml(c.Feedback))))
		}
	}
	return out
}
