package catalogue

import (
	"reflect"
	"slices"
	"strings"

	"github.com/assay-hq/assay/internal/content"
)

// field is a field of a struct as documents have it.
type field struct {
	name     string
	index    int
	required bool
	key      bool // it holds a key, or a list of keys
}

// demanded names the fields that a document must have of the types that internal/content owns; the types of this
// package say it in their tags.
var demanded = map[reflect.Type][]string{
	reflect.TypeFor[content.Question]():      {"prompt"},
	reflect.TypeFor[content.Choice]():        {"key", "text"},
	reflect.TypeFor[content.Mapping]():       {"lowerBound", "upperBound"},
	reflect.TypeFor[content.NumericKey]():    {"value", "mode"},
	reflect.TypeFor[content.Code]():          {"language"},
	reflect.TypeFor[content.CodeTest]():      {"name", "expectedOutput", "weight", "comparison"},
	reflect.TypeFor[content.Spoken]():        {"maxSeconds"},
	reflect.TypeFor[content.Translation]():   {"language", "prompt"},
	reflect.TypeFor[content.ChoiceText]():    {"key", "text"},
	reflect.TypeFor[content.Provenance]():    {},
	reflect.TypeFor[content.Reference]():     {"title"},
	reflect.TypeFor[content.Criterion]():     {"key", "text", "weight", "levels"},
	reflect.TypeFor[content.Level]():         {"points", "anchor"},
	reflect.TypeFor[content.FollowUp]():      {"when", "prompt"},
	reflect.TypeFor[content.Band]():          {"name", "minPercent"},
	reflect.TypeFor[content.ScoringRule]():   {"kind", "partialCredit"},
	reflect.TypeFor[content.Accommodation](): {"requestable"},
}

// fields lists what documents have of a struct, in its order.
func fields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		marks := strings.Split(f.Tag.Get("catalogue"), ",")
		if slices.Contains(marks, "-") {
			continue
		}
		required := slices.Contains(marks, "required") || slices.Contains(demanded[t], name)
		out = append(out, field{name: name, index: i, required: required, key: slices.Contains(marks, "key")})
	}
	return out
}

// kept lists the lists of a struct that are never nil in its canonical form.
func kept(t reflect.Type) []int {
	var out []int
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type.Kind() == reflect.Slice && !strings.Contains(f.Tag.Get("json"), ",omitempty") {
			out = append(out, i)
		}
	}
	return out
}

// values lists what an enumeration allows; a type that is none has none.
func values(t reflect.Type) []string {
	if e, ok := reflect.Zero(t).Interface().(interface{ Values() []string }); ok && t.Kind() == reflect.String {
		return e.Values()
	}
	return nil
}
