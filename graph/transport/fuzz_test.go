package transport

import (
	"encoding/json"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// FuzzDecodeBody holds the decoder to encoding/json: what it accepts, json reads as the same request.
func FuzzDecodeBody(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{ hello }"}`, `{"query":"{ hello }","variables":{"a":[1,{"b":null}]},"operationName":"A","extensions":{}}`,
		`{"Query":"x"}`, `{"query":"a","query":"b"}`, `[{}]`, `{"query":"\ud800"}`, `{"query":"a"} `, `{"query":"a"}{}`, `{"a":[,]}`,
		`{"extensions":{"persistedQuery":{"sha256Hash":"00"}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decodeBody(body)
		if err != nil {
			return
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil {
			t.Fatalf("accepted %q, which is no JSON object: %v", body, err)
		}
		var query string
		if raw, ok := members["query"]; ok {
			if err := json.Unmarshal(raw, &query); err != nil {
				t.Fatal(err)
			}
		}
		if got.query != query || query == "" && got.hash == nil {
			t.Fatalf("%q was read as %q, want %q", body, got.query, query)
		}
	})
}

// FuzzScan holds the scan over tokens to the parser: a document that passes has no more aliases than allowed,
// parses or fails in peace, and can be measured.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		"{ hello }", "{ a: hello b: hello(name: \"x\") @skip(if: true) }", "{{{{", "{ n(list: [[[", "query($a: [Int!] = [1]) @x(y: {z: 1}) { n }",
		"{ ...A } fragment A on Query { ...A }", "\"\"\"", "{ a:b )(", "# c\n{ x }", "{ ... on A { b: c } ... @include(if: $x) { d } }",
	} {
		f.Add(seed)
	}
	limits := DefaultLimits()
	f.Fuzz(func(t *testing.T, query string) {
		if limits.scan(query) != nil {
			return
		}
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, limits.Tokens)
		if err != nil {
			return
		}
		if err := limits.measure(doc); err != nil {
			return
		}
		found := 0
		for _, op := range doc.Operations {
			found += aliases(op.SelectionSet)
		}
		for _, fragment := range doc.Fragments {
			found += aliases(fragment.SelectionSet)
		}
		if found > limits.Aliases {
			t.Fatalf("%d aliases passed in %q", found, query)
		}
	})
}

func aliases(set ast.SelectionSet) int {
	n := 0
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if selection.Alias != selection.Name {
				n++
			}
			n += aliases(selection.SelectionSet)
		case *ast.InlineFragment:
			n += aliases(selection.SelectionSet)
		}
	}
	return n
}
