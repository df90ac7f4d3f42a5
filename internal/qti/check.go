package qti

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/fault"
)

// legible reports whether XML can carry a text: valid Unicode without control characters.
func legible(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
	})
}

// inspect judges every text, every enumeration and every entry of a list in a record of the catalogue.
func inspect(c *fault.Checks, v reflect.Value, path ...string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			inspect(c, v.Elem(), path...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			entry, under := v.Index(i), append(slices.Clone(path), strconv.Itoa(i))
			c.That(entry.Kind() != reflect.Pointer || !entry.IsNil(), "this entry is missing", under...)
			inspect(c, entry, under...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			inspect(c, v.Field(i), append(slices.Clone(path), name)...)
		}
	case reflect.String:
		c.That(legible(v.String()), "this text holds control characters, which XML cannot carry", path...)
		if enum, ok := v.Interface().(interface{ Values() []string }); ok {
			c.That(slices.Contains(enum.Values(), v.String()), "this is none of the values known here", path...)
		}
	}
}

// checkQuestion judges what an item's record needs besides.
func checkQuestion(c *fault.Checks, q *catalogue.Question, path ...string) {
	c.That(catalogue.IsKey(q.Key), catalogue.KeyRule, append(path, "key")...)
	if q.Content == nil {
		c.That(false, "a question needs its content", append(path, "content")...)
		return
	}
	seen := map[string]bool{}
	for i, choice := range q.Content.Choices {
		if choice != nil {
			c.That(!seen[choice.Key], "this key is used twice", append(path, "content", "choices", strconv.Itoa(i), "key")...)
			seen[choice.Key] = true
		}
	}
}

// checkDocument judges whether a catalogue can be written as a package.
func checkDocument(doc *catalogue.Document) error {
	var c fault.Checks
	inspect(&c, reflect.ValueOf(doc))
	questions, tests := map[string]bool{}, map[string]bool{}
	for i, q := range doc.Questions {
		if q != nil {
			path := []string{"questions", strconv.Itoa(i)}
			checkQuestion(&c, q, path...)
			c.That(!questions[q.Key], "this key is used twice", append(path, "key")...)
			questions[q.Key] = true
		}
	}
	for i, t := range doc.Templates {
		if t != nil {
			path := []string{"templates", strconv.Itoa(i), "key"}
			c.That(catalogue.IsKey(t.Key), catalogue.KeyRule, path...)
			c.That(!tests[t.Key], "this key is used twice", path...)
			tests[t.Key] = true
		}
	}
	return c.Err()
}
