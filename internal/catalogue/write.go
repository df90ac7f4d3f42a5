package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// JSON writes the document as JSON in its canonical form, which Read reads back as the same document: fields in the
// order of the types, and none that says nothing. A text that no document can hold is an error.
func (d *Document) JSON() ([]byte, error) {
	return d.write(func(root *node, out *bytes.Buffer) {
		root.json(out, "")
		out.WriteByte('\n')
	})
}

// YAML writes the document as YAML in its canonical form, as JSON does, with texts of several lines as blocks.
func (d *Document) YAML() ([]byte, error) {
	return d.write(func(root *node, out *bytes.Buffer) { root.mapping(out, "") })
}

// write writes a document in one of the forms. If some text of it makes it look like what no reader should split, every
// text that does is written once more with escapes: one author's odd text must not keep a whole catalogue from being read.
func (d *Document) write(form func(root *node, out *bytes.Buffer)) ([]byte, error) {
	root, err := build(reflect.ValueOf(d), nil)
	if err != nil {
		return nil, fmt.Errorf("write catalogue: %w", err)
	}
	var out bytes.Buffer
	form(root, &out)
	if checkText(out.String()) != nil {
		out.Reset()
		root.disguise()
		form(root, &out)
	}
	return out.Bytes(), nil
}

// disguise marks the odd texts of a tree.
func (n *node) disguise() {
	n.odd = n.kind == reflect.String && odd(n.text)
	for _, inner := range n.inside {
		inner.disguise()
	}
}

// The shares of the reader's bounds that one text may use before it counts as odd. They leave enough for the others.
const (
	oddBlanks = maxBlanks / 10
	oddAngles = maxAngles / 10
	oddTabs   = 64
	oddFlow   = 8 // one of so many characters
)

// odd reports whether a text has much of what checkText bounds.
func odd(text string) bool {
	blanks, angles, tabs, flow := 0, 0, 0, 0
	for _, r := range text {
		blanks, angles = counted(blanks, space(r)), counted(angles, r == '<')
		if blanks > oddBlanks || angles > oddAngles {
			return true
		}
		switch {
		case r == '\n':
			tabs = 0
		case r == '\t':
			tabs++
		case bracket(r):
			flow++
		}
		if tabs > oddTabs {
			return true
		}
	}
	return flow > 1+len(text)/oddFlow
}

// node is a value as it is written: a mapping, if it has names; a list; a text; or a number or truth as it stands.
type node struct {
	kind   reflect.Kind // Struct, Slice, String or any other
	text   string
	odd    bool // it is written with escapes
	names  []string
	inside []*node
}

// build makes the nodes of a value; steps lead to it.
func build(v reflect.Value, steps []string) (*node, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, fmt.Errorf("%s: there is no value", render(steps))
		}
		return build(v.Elem(), steps)
	case reflect.Struct:
		return buildMapping(v, steps)
	case reflect.Slice:
		return buildList(v, steps)
	case reflect.String:
		if !utf8.ValidString(v.String()) || strings.ContainsFunc(v.String(), control) {
			return nil, fmt.Errorf("%s: this text holds characters that cannot be shown", render(steps))
		}
		return &node{kind: reflect.String, text: v.String()}, nil
	default:
		return &node{kind: v.Kind(), text: fmt.Sprint(v.Interface())}, nil
	}
}

func buildMapping(v reflect.Value, steps []string) (*node, error) {
	out := &node{kind: reflect.Struct}
	for _, f := range fields(v.Type()) {
		value := v.Field(f.index)
		if !f.required && (value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0) {
			continue
		}
		inner, err := build(value, append(steps, f.name))
		if err != nil {
			return nil, err
		}
		out.names, out.inside = append(out.names, f.name), append(out.inside, inner)
	}
	return out, nil
}

func buildList(v reflect.Value, steps []string) (*node, error) {
	out := &node{kind: reflect.Slice}
	for i := range v.Len() {
		inner, err := build(v.Index(i), append(steps, strconv.Itoa(i)))
		if err != nil {
			return nil, err
		}
		out.inside = append(out.inside, inner)
	}
	return out, nil
}

// indent is how much further to the right each level begins.
const indent = "  "

func (n *node) json(out *bytes.Buffer, margin string) {
	switch n.kind {
	case reflect.Struct:
		n.jsonInside(out, margin, "{", "}")
	case reflect.Slice:
		n.jsonInside(out, margin, "[", "]")
	case reflect.String:
		out.WriteString(n.quoted(jsonText))
	default:
		out.WriteString(n.text)
	}
}

func (n *node) jsonInside(out *bytes.Buffer, margin, open, end string) {
	out.WriteString(open)
	for i, inner := range n.inside {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n" + margin + indent)
		if n.kind == reflect.Struct {
			out.WriteString(jsonText(n.names[i]) + ": ")
		}
		inner.json(out, margin+indent)
	}
	if len(n.inside) > 0 {
		out.WriteString("\n" + margin)
	}
	out.WriteString(end)
}

// jsonText quotes a text; unlike in HTML, no character needs an escape of its own.
func jsonText(text string) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a text and a buffer cannot fail
	return strings.TrimSuffix(out.String(), "\n")
}

// mapping writes the fields of a mapping, the first one where the caller has come to, the others below it.
func (n *node) mapping(out *bytes.Buffer, margin string) {
	for i, inner := range n.inside {
		if i > 0 {
			out.WriteString(margin)
		}
		out.WriteString(n.names[i] + ":")
		inner.below(out, margin)
	}
}

// below writes the value of a field: a scalar beside it, anything larger below and further to the right.
func (n *node) below(out *bytes.Buffer, margin string) {
	switch {
	case n.kind == reflect.Struct && len(n.inside) > 0:
		out.WriteString("\n" + margin + indent)
		n.mapping(out, margin+indent)
	case n.kind == reflect.Slice && len(n.inside) > 0:
		out.WriteByte('\n')
		for _, inner := range n.inside {
			out.WriteString(margin + indent + "-")
			inner.entry(out, margin+indent)
		}
	default:
		out.WriteByte(' ')
		n.scalar(out, margin)
	}
}

// entry writes an entry of a list after its hyphen. The types have no lists of lists.
func (n *node) entry(out *bytes.Buffer, margin string) {
	out.WriteByte(' ')
	if n.kind == reflect.Struct && len(n.inside) > 0 {
		n.mapping(out, margin+indent)
		return
	}
	n.scalar(out, margin)
}

func (n *node) scalar(out *bytes.Buffer, margin string) {
	switch {
	case n.kind == reflect.Struct:
		out.WriteString("{}")
	case n.kind == reflect.Slice:
		out.WriteString("[]")
	case n.kind != reflect.String || !n.odd && plain(n.text):
		out.WriteString(n.text)
	case !n.odd && block(n.text):
		writeBlock(out, n.text, margin+indent)
		return
	default:
		out.WriteString(n.quoted(quote))
	}
	out.WriteByte('\n')
}

// quoted is a text in quotes. Of an odd one, what makes it so is escaped: no quoted form has it for anything else.
func (n *node) quoted(quote func(text string) string) string {
	text := quote(n.text)
	if !n.odd {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if r == ' ' || r == '<' || bracket(r) {
			fmt.Fprintf(&b, `\u%04X`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// words are the plain words that some reader of YAML takes for something else than a text.
var words = map[string]bool{
	"null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true,
	"y": true, "n": true, "nan": true, "inf": true, "infinity": true,
}

// plain reports whether a text is a text without quotes.
func plain(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLetter(first) && !words[strings.ToLower(text)] &&
		!strings.Contains(text, ": ") && !strings.Contains(text, " #") &&
		!strings.HasSuffix(text, ":") && !strings.HasSuffix(text, " ") &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// block reports whether a text can be a literal block: it has several lines, the last of them does not end in spaces,
// which the parser would drop; it does not both begin and end with empty room, which the parser takes for a fault; and
// nothing is in it that a reader takes for the end of a line or leaves out.
func block(text string) bool {
	seen := strings.TrimRight(text, "\n")
	return strings.Contains(text, "\n") && seen != "" && seen == strings.TrimRight(seen, " \t") &&
		!(indented(text) && strings.HasSuffix(text, "\n\n")) &&
		!strings.ContainsAny(text, "\r\u0085\u2028\u2029\ufeff")
}

// indented reports whether the first line of a text cannot show how far a block is indented.
func indented(text string) bool { return strings.ContainsAny(text[:1], " \t\n") }

// writeBlock writes a literal block. Its header says how far it is indented where the first line cannot, and what
// becomes of the ends of its last lines.
func writeBlock(out *bytes.Buffer, text, margin string) {
	out.WriteByte('|')
	if indented(text) {
		out.WriteString(strconv.Itoa(len(indent)))
	}
	switch {
	case strings.HasSuffix(text, "\n\n"):
		out.WriteByte('+')
	case !strings.HasSuffix(text, "\n"):
		out.WriteByte('-')
	}
	out.WriteByte('\n')
	for line := range strings.Lines(text) {
		if line != "\n" {
			out.WriteString(margin)
		}
		out.WriteString(strings.TrimSuffix(line, "\n") + "\n")
	}
}

// quote writes a text with escapes for all that cannot be seen.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	return b.String() + `"`
}
