package qti

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
)

// answer reads how an item is answered and scored into a question.
type answer struct {
	*reading
	item, ask   *node
	declaration *node
	rule        rule
	q           *catalogue.Question
}

// take fills in the kind and the key; if it cannot, it notes why and reports false.
func (a *answer) take() bool {
	if len(a.ask.children("qti-simple-choice")) > mostChoices {
		a.note(a.ask, "this has more than 100 choices")
		return false
	}
	for _, d := range a.item.children("qti-response-declaration") {
		if d.attr("identifier") == a.ask.attr("response-identifier") {
			a.declaration = d
			continue
		}
		a.note(d, "a second response is not taken")
	}
	a.rule = a.processing(a.item.child("qti-response-processing"))
	switch a.ask.name {
	case "qti-choice-interaction":
		return a.choice()
	case "qti-order-interaction":
		return a.ordering()
	case "qti-text-entry-interaction":
		return a.entry()
	case "qti-extended-text-interaction":
		return a.extended()
	case "qti-upload-interaction":
		return a.upload()
	}
	a.note(a.ask, "this kind of interaction is unknown here")
	return false
}

// right are the values of the correct response.
func (a *answer) right() []string {
	var out []string
	for _, v := range a.declaration.child("qti-correct-response").children("qti-value") {
		out = append(out, strings.TrimSpace(v.content()))
	}
	return out
}

// The limits of choices; a question of ours has far fewer.
const (
	mostChoices   = 100
	mostChoiceKey = 40
)

// choices reads the options; which identifier became which key is in the map.
func (a *answer) choices() map[string]string {
	keys := map[string]string{}
	taken := func(key string) bool { return a.find(key) != nil }
	for i, n := range a.ask.children("qti-simple-choice") {
		id, key := n.attr("identifier"), n.attr(ours+"key")
		if key == "" {
			key = id
		}
		if key == "" || len(key) > mostChoiceKey || taken(key) {
			key = freeKey("choice-"+strconv.Itoa(i+1), taken)
			a.note(n, "this choice is called "+key+" here")
		}
		keys[id] = key
		c := &content.Choice{Key: key, Feedback: a.feedback(n, id)}
		c.Text = a.markdown(slices.DeleteFunc(slices.Clone(n.kids), isFeedback))
		a.q.Content.Choices = append(a.q.Content.Choices, c)
		if n.attr("fixed") == "true" && a.ask.attr("shuffle") == "true" {
			a.note(n, "that this choice keeps its place is not taken")
		}
	}
	a.q.Content.ShuffleChoices = a.ask.attr("shuffle") == "true"
	return keys
}

func isFeedback(n *node) bool {
	return n.name == "qti-feedback-inline" || n.name == "qti-feedback-block"
}

// feedback is what a candidate is shown who makes a choice.
func (a *answer) feedback(choice *node, id string) string {
	var out []string
	for _, n := range append(choice.find(isFeedback), a.item.children("qti-modal-feedback")...) {
		if n.attr("identifier") == id && n.attr("show-hide") != "hide" && a.rule.tells[n.attr("outcome-identifier")] {
			out = append(out, a.blocks(n.kids)...)
		} else if n.name != "qti-modal-feedback" {
			a.note(n, "this feedback is not of one choice; it is not taken")
		}
	}
	return strings.Join(out, "\n\n")
}

// otherFeedback notes the feedback that no choice has.
func (a *answer) otherFeedback(keys map[string]string) {
	for _, n := range a.item.children("qti-modal-feedback") {
		if keys[n.attr("identifier")] == "" || n.attr("show-hide") == "hide" || !a.rule.tells[n.attr("outcome-identifier")] {
			a.note(n, "this feedback is not of one choice; it is not taken")
		}
	}
}

func (a *answer) choice() bool {
	keys := a.choices()
	a.otherFeedback(keys)
	a.q.Kind = term.SingleChoice
	if a.declaration.attr("cardinality") == "multiple" {
		a.q.Kind = term.MultipleChoice
		a.q.Content.PartialCredit = new(term.AllOrNothing)
	}
	for _, value := range a.right() {
		if c := a.find(keys[value]); c != nil {
			c.Correct = true
		}
	}
	if most := a.ask.attr("max-choices"); a.q.Kind == term.MultipleChoice && most != "" && most != "0" && most != strconv.Itoa(len(keys)) {
		a.note(a.ask, "that at most "+most+" may be chosen is not taken")
	}
	if least := a.ask.attr("min-choices"); least != "" && least != "0" {
		a.note(a.ask, "that at least "+least+" must be chosen is not taken")
	}
	if a.rule.name == byMapping && !a.points(keys) {
		return false
	}
	n := 0
	for _, c := range a.q.Content.Choices {
		if c.Correct {
			n++
		}
	}
	if n == 0 || n > 1 && a.q.Kind == term.SingleChoice {
		a.note(a.declaration, "it does not say which choice is right")
		return false
	}
	return true
}

func (a *answer) find(key string) *content.Choice {
	for _, c := range a.q.Content.Choices {
		if c.Key == key && key != "" {
			return c
		}
	}
	return nil
}

// points reads a mapping onto the choices; without a correct response, what earns points is right.
func (a *answer) points(keys map[string]string) bool {
	m := a.declaration.child("qti-mapping")
	if m == nil {
		a.note(a.declaration, "a mapping is asked for, but there is none")
		return false
	}
	best, sum := new(big.Rat), new(big.Rat)
	for _, e := range m.children("qti-map-entry") {
		worth, err := scoring.ParseDecimal(e.attr("mapped-value"))
		c := a.find(keys[e.attr("map-key")])
		if err != nil || c == nil {
			a.note(e, "this entry is of no choice, or its value is no number")
			return false
		}
		c.Points = new(e.attr("mapped-value"))
		if worth.Sign() > 0 {
			sum.Add(sum, worth)
		}
		if worth.Cmp(best) > 0 {
			best = worth
		}
	}
	if len(a.right()) == 0 {
		a.guess(best)
	}
	if a.q.Kind == term.SingleChoice {
		sum = best
	}
	a.q.Content.PartialCredit = new(term.Mapped)
	return a.bounds(m, sum)
}

// guess marks as right what earns points, of a single choice what earns most.
func (a *answer) guess(best *big.Rat) {
	a.note(a.declaration, "no response is said to be correct: what earns points is taken to be")
	for _, c := range a.q.Content.Choices {
		if c.Points != nil {
			worth, _ := scoring.ParseDecimal(*c.Points)
			c.Correct = worth.Sign() > 0 && (a.q.Kind == term.MultipleChoice || worth.Cmp(best) == 0)
		}
	}
}

// bounds reads the bounds of a mapping; the greatest possible sum is a bound that was left out.
func (a *answer) bounds(m *node, sum *big.Rat) bool {
	a.q.Content.Mapping = &content.Mapping{LowerBound: "0", UpperBound: decimal(sum), Default: "0"}
	if _, bounded := m.lookup("lower-bound"); !bounded {
		a.note(m, "this mapping has no lower bound: 0 is assumed")
	}
	for name, into := range map[string]*string{
		"lower-bound": &a.q.Content.Mapping.LowerBound, "upper-bound": &a.q.Content.Mapping.UpperBound, "default-value": &a.q.Content.Mapping.Default,
	} {
		text, ok := m.lookup(name)
		if !ok {
			continue
		}
		if _, err := scoring.ParseDecimal(text); err != nil {
			a.note(m, "a bound of this mapping is no number")
			return false
		}
		*into = text
	}
	return true
}

func (a *answer) ordering() bool {
	a.q.Kind = term.Ordering
	keys := a.choices()
	a.otherFeedback(keys)
	for _, value := range a.right() {
		if keys[value] == "" || slices.Contains(a.q.Content.CorrectOrder, keys[value]) {
			a.note(a.declaration, "the correct order names what is no choice, or a choice twice")
			return false
		}
		a.q.Content.CorrectOrder = append(a.q.Content.CorrectOrder, keys[value])
	}
	if len(keys) == 0 || len(a.q.Content.CorrectOrder) != len(keys) {
		a.note(a.declaration, "the correct order does not name every choice")
		return false
	}
	if a.rule.name == byMapping {
		a.note(a.declaration, "the mapping is not taken: the whole order is right or wrong")
	}
	return true
}

func (a *answer) entry() bool {
	a.otherFeedback(nil)
	if mask := a.ask.attr("pattern-mask"); mask != "" {
		a.note(a.ask, "the pattern of the answer is not taken")
	}
	if base := a.declaration.attr("base-type"); base == "float" || base == "integer" {
		return a.number()
	}
	a.q.Kind = term.ShortText
	a.q.Content.Accepted = a.accepted()
	return true
}

// accepted are the texts that earn all points; whether case counts is told, since it does not here.
func (a *answer) accepted() []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(text string) {
		if text = strings.TrimSpace(text); !seen[text] {
			seen[text], out = true, append(out, text)
		}
	}
	for _, text := range a.right() {
		add(text)
	}
	strict := a.rule.name == byMatch || a.rule.name == byText && a.rule.test.attr("case-sensitive") != "false"
	if a.rule.name == byText {
		add(a.rule.test.child("qti-base-value").content())
	}
	most := new(big.Rat)
	entries := a.declaration.child("qti-mapping").children("qti-map-entry")
	for _, e := range entries {
		if worth, err := scoring.ParseDecimal(e.attr("mapped-value")); err == nil && worth.Cmp(most) > 0 {
			most = worth
		}
	}
	for _, e := range entries {
		worth, err := scoring.ParseDecimal(e.attr("mapped-value"))
		if err != nil || worth.Cmp(most) < 0 || worth.Sign() <= 0 {
			a.note(e, "an answer that earns a part of the points is not taken")
			continue
		}
		strict = strict || e.attr("case-sensitive") != "false"
		add(e.attr("map-key"))
	}
	if strict && len(out) > 0 {
		a.note(a.declaration, "that upper and lower case must be as given is not taken")
	}
	return out
}

// number reads a numeric key from the comparison, or from the correct response if that is all there is.
func (a *answer) number() bool {
	a.q.Kind = term.Numeric
	n := &content.NumericKey{Mode: term.Exact}
	if right := a.right(); len(right) == 1 {
		n.Value = right[0]
	}
	if a.rule.name == byEqual && !a.tolerance(n) {
		return false
	}
	if a.rule.name == byMapping {
		a.note(a.declaration, "of the mapping only the correct response is taken")
	}
	if _, err := scoring.ParseDecimal(n.Value); err != nil {
		a.note(a.declaration, "it does not say which number is right")
		return false
	}
	a.q.Content.Numeric = n
	return true
}

// tolerance reads what is accepted around the number; it must be as much below as above.
func (a *answer) tolerance(n *content.NumericKey) bool {
	test := a.rule.test
	if base := test.child("qti-base-value"); base != nil {
		n.Value = strings.TrimSpace(base.content())
	}
	for _, bound := range []string{"include-lower-bound", "include-upper-bound"} {
		if test.attr(bound) == "false" {
			a.note(test, "the ends of the tolerance are taken as inside it")
		}
	}
	mode := test.attr("tolerance-mode")
	if mode == "" || mode == "exact" {
		return true
	}
	widths := strings.Fields(test.attr("tolerance"))
	if n.Mode = term.ToleranceMode(strings.ToUpper(mode)); !slices.Contains(n.Mode.Values(), string(n.Mode)) ||
		len(widths) == 0 || len(widths) > 2 || widths[0] != widths[len(widths)-1] {
		a.note(test, "this tolerance is unknown, or not as much below as above")
		return false
	}
	if width, err := scoring.ParseDecimal(widths[0]); err != nil || width.Sign() < 0 {
		a.note(test, "this tolerance is no number of at least 0")
		return false
	}
	if n.Mode == term.Relative && test.children("")[0].attr("identifier") == a.ask.attr("response-identifier") && test.children("")[0].name == "qti-variable" {
		a.note(test, "the tolerance is taken in percent of the right number, not of the answer")
	}
	n.Tolerance = widths[0]
	return true
}

func (a *answer) extended() bool {
	a.otherFeedback(nil)
	a.q.Kind = term.LongText
	language, known := a.ask.lookup(ours + "language")
	for class := range strings.FieldsSeq(a.ask.attr("class")) {
		if name, ok := strings.CutPrefix(class, "language-"); ok && !known {
			language, known = name, true
		}
	}
	preformatted := a.ask.attr("format") == "preformatted"
	switch {
	case preformatted && known:
		a.q.Kind = term.Code
		a.q.Content.Code = &content.Code{Language: language, Starter: a.ask.attr(ours + "starter")}
	case preformatted:
		a.note(a.ask, "preformatted text of no known language is taken as a long text")
	}
	if len(a.right()) > 0 || a.declaration.child("qti-mapping") != nil {
		a.note(a.declaration, "a long text has no key: a person scores it")
	}
	return true
}

// assumedSeconds is how long a recording may be where nothing says so.
const assumedSeconds = 120

func (a *answer) upload() bool {
	a.otherFeedback(nil)
	if kinds := strings.Fields(a.ask.attr("type")); len(kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool { return !strings.HasPrefix(k, "audio/") }) {
		a.note(a.ask, "only the upload of a recording is known here, not of other files")
		return false
	}
	a.q.Kind = term.Spoken
	seconds, err := strconv.Atoi(a.ask.attr(ours + "max-seconds"))
	if err != nil {
		seconds = assumedSeconds
		a.note(a.ask, "120 seconds are assumed for the recording")
	}
	a.q.Content.Spoken = &content.Spoken{MaxSeconds: seconds}
	return true
}

// decimal writes a number with as many digits as it needs, at most twelve after the point.
func decimal(n *big.Rat) string {
	if n.IsInt() {
		return n.RatString()
	}
	return strings.TrimRight(n.FloatString(12), "0")
}
