package catalogue

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// keyForm is the form of a key; global ids have it too, so that an id can stand for a key.
const keyForm = `^[a-z0-9][a-z0-9._-]{0,63}$`

// KeyRule says the form of a key to a person.
const KeyRule = "a key has 1 to 64 lower-case letters, digits, dots, hyphens and underscores, and begins with a letter or digit"

// IsKey reports whether a text has the form of a key.
func IsKey(text string) bool { return key.MatchString(text) }

var (
	key   = regexp.MustCompile(keyForm)
	whole = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
)

// Read reads a document of YAML or JSON, and where each of its values stands. What is wrong with its form is told as
// Faults: all of it, unless it is no YAML or of another format. References to keys are not judged.
func Read(data []byte) (*Document, *Places, error) {
	root, fault := parse(data)
	if fault != nil {
		return nil, nil, Faults{fault}
	}
	r := &reader{fields: map[reflect.Type][]field{}}
	doc, at := &Document{}, &place{line: 1, column: 1}
	r.value(root, reflect.ValueOf(doc).Elem(), at, false)
	if form := at.find("format"); form != nil && doc.Format != "" && doc.Format != Format {
		return nil, nil, Faults{form.fault(fmt.Sprintf("the format must be %s", Format))}
	}
	r.unique(doc, at)
	if len(r.faults) > 0 {
		return nil, nil, r.faults
	}
	return doc, &Places{root: at}, nil
}

// reader fills the types of a document from a syntax tree.
type reader struct {
	faults Faults
	fields map[reflect.Type][]field
}

// full reports whether so much is wrong that no more is looked for.
func (r *reader) full() bool { return len(r.faults) >= most }

func (r *reader) fail(at *place, format string, args ...any) {
	if !r.full() {
		r.faults = append(r.faults, at.fault(fmt.Sprintf(format, args...)))
	}
}

// value reads a value of any type. The fields of a struct know whether theirs is a key.
func (r *reader) value(n ast.Node, into reflect.Value, at *place, isKey bool) {
	if n == nil || n.Type() == ast.NullType {
		r.fail(at, "this has no value; leave it out or give it one")
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		r.value(n, into.Elem(), at, isKey)
	case reflect.Struct:
		r.mapping(n, into, at)
	case reflect.Slice:
		r.list(n, into, at, isKey)
	case reflect.String:
		r.text(n, into, at, isKey)
	case reflect.Int:
		r.number(n, into, at)
	case reflect.Bool:
		r.truth(n, into, at)
	default:
		r.fail(at, "documents cannot hold this")
	}
}

func (r *reader) mapping(n ast.Node, into reflect.Value, at *place) {
	pairs, ok := mappingOf(n)
	if !ok {
		r.fail(at, "this must be a mapping of fields to values, not %s", called(n))
		return
	}
	known := r.fieldsOf(into.Type())
	had := make([]bool, len(known))
	for _, pair := range pairs {
		if r.full() {
			return
		}
		r.pair(pair, known, had, into, at)
	}
	for i, f := range known {
		if f.required && !had[i] {
			r.fail(at, "the field %s is missing", f.name)
		}
	}
	for _, i := range kept(into.Type()) {
		if list := into.Field(i); list.IsNil() {
			list.Set(reflect.MakeSlice(list.Type(), 0, 0))
		}
	}
}

// pair reads one field of a mapping and notes that it was there.
func (r *reader) pair(pair *ast.MappingValueNode, known []field, had []bool, into reflect.Value, at *place) {
	line, column := position(pair.Key.GetToken())
	name := pair.Key.GetToken().Value
	i := slices.IndexFunc(known, func(f field) bool { return f.name == name })
	if i < 0 {
		here := &place{line: line, column: column, parent: at, name: cmp.Or(short(name), `""`)}
		r.fail(here, "there is no such field here; the nearest are %s", strings.Join(nearest(name, known), ", "))
		return
	}
	if had[i] {
		r.fail(&place{line: line, column: column, parent: at, name: name}, "this field is there twice")
		return
	}
	had[i] = true
	r.value(pair.Value, into.Field(known[i].index), at.field(name, line, column), known[i].key)
}

func (r *reader) list(n ast.Node, into reflect.Value, at *place, isKey bool) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(at, "this must be a list, not %s", called(n))
		return
	}
	out := reflect.MakeSlice(into.Type(), len(list.Values), len(list.Values))
	for i, entry := range list.Values {
		if r.full() {
			return
		}
		line, column := position(begin(entry, list.Start))
		r.value(entry, out.Index(i), at.entry(line, column), isKey)
	}
	if out.Len() > 0 {
		into.Set(out)
	}
}

func (r *reader) text(n ast.Node, into reflect.Value, at *place, isKey bool) {
	text, ok := textOf(n)
	allowed := values(into.Type())
	switch {
	case !ok && n.Type() != ast.MappingType && n.Type() != ast.SequenceType:
		r.fail(at, "this must be a text, not %s; put it in quotes", called(n))
	case !ok:
		r.fail(at, "this must be a text, not %s", called(n))
	case strings.ContainsFunc(text, control):
		r.fail(at, "this text holds characters that cannot be shown")
	case allowed != nil && !slices.Contains(allowed, text):
		r.fail(at, "%q is not allowed here; allowed are %s", short(text), strings.Join(allowed, ", "))
	case isKey && !IsKey(text):
		r.fail(at, KeyRule)
	default:
		into.SetString(text)
	}
}

func (r *reader) number(n ast.Node, into reflect.Value, at *place) {
	if n.Type() != ast.IntegerType || !whole.MatchString(n.GetToken().Value) {
		r.fail(at, "this must be a whole number, not %s", called(n))
		return
	}
	v, err := strconv.ParseInt(n.GetToken().Value, 10, 32)
	if err != nil {
		r.fail(at, "this number is too large")
		return
	}
	into.SetInt(v)
}

func (r *reader) truth(n ast.Node, into reflect.Value, at *place) {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.fail(at, "this must be true or false, not %s", called(n))
		return
	}
	into.SetBool(b.Value)
}

func (r *reader) fieldsOf(t reflect.Type) []field {
	if r.fields[t] == nil {
		r.fields[t] = fields(t)
	}
	return r.fields[t]
}

// unique refuses keys that stand twice in their list.
func (r *reader) unique(doc *Document, at *place) {
	unique(r, at, "skills", doc.Skills, func(s *Skill) string { return s.Key })
	unique(r, at, "roles", doc.Roles, func(o *Role) string { return o.Key })
	unique(r, at, "questions", doc.Questions, func(q *Question) string { return q.Key })
	unique(r, at, "templates", doc.Templates, func(t *Template) string { return t.Key })
}

func unique[T any](r *reader, at *place, name string, list []*T, keyOf func(*T) string) {
	first := map[string]int{}
	for i, entry := range list {
		if entry == nil || keyOf(entry) == "" {
			continue
		}
		if line, twice := first[keyOf(entry)]; twice {
			here := at.find(name).inside[i].find("key")
			r.fail(here, "the key %s is used twice; it is first used in line %d", keyOf(entry), line)
			continue
		}
		first[keyOf(entry)] = at.find(name).inside[i].find("key").line
	}
}

func mappingOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func textOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// begin is the first token of a list's entry.
func begin(n ast.Node, otherwise *token.Token) *token.Token {
	if n == nil {
		return otherwise
	}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	return n.GetToken()
}

// called says what a value is.
func called(n ast.Node) string {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "a mapping"
	case ast.SequenceType:
		return "a list"
	case ast.BoolType:
		return "true or false"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "the number " + short(n.GetToken().Value)
	default:
		return "a text"
	}
}

// short cuts what an author wrote to what fits a message.
func short(text string) string {
	if runes := []rune(text[:min(len(text), 400)]); len(runes) > 60 {
		return strings.ToValidUTF8(string(runes[:60]), "") + "…"
	}
	return text
}

// nearest names the three fields whose spelling is closest to a name.
func nearest(name string, known []field) []string {
	var names []string
	for _, f := range known {
		names = append(names, f.name)
	}
	slices.SortStableFunc(names, func(a, b string) int { return distance(short(name), a) - distance(short(name), b) })
	return names[:min(len(names), 3)]
}

// distance counts the letters to add, drop or change that make one word of another, whatever their case.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
