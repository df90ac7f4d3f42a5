package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// parents is item { parent { … id } } with so many levels of fields.
func parents(levels int) string {
	return "item { " + strings.Repeat("parent { ", levels-2) + "id" + strings.Repeat(" }", levels-1)
}

// numbered repeats a pattern with each number put in.
func numbered(n int, pattern string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, pattern, i)
	}
	return b.String()
}

func TestLimits(t *testing.T) {
	for name, tc := range map[string]struct {
		query string
		limit any
	}{
		"1,000 tokens pass":                  {"{ hello " + strings.Repeat("#\n", 997) + "}", nil},
		"1,001 tokens":                       {"{ hello " + strings.Repeat("#\n", 998) + "}", "tokens"},
		"a bomb of braces":                   {strings.Repeat("{", 50_000), "depth"},
		"a bomb of lists":                    {"{ n(list: " + strings.Repeat("[", 50_000), "depth"},
		"a bomb of list types":               {"query($a: " + strings.Repeat("[", 50_000), "depth"},
		"depth 15 passes":                    {"{ " + parents(15) + " }", nil},
		"depth 16":                           {"{ " + parents(16) + " }", "depth"},
		"depth 16 through fragments":         {"{ item { ...F } } fragment F on Item { " + strings.Repeat("parent { ", 14) + "id" + strings.Repeat(" }", 15), "depth"},
		"depth in an unused operation":       {"query A { hello } query B { " + parents(16) + " }", "depth"},
		"30 aliases pass":                    {"{ " + numbered(30, "a%d: hello ") + "}", nil},
		"31 aliases":                         {"{ " + numbered(31, "a%d: hello ") + "}", "aliases"},
		"arguments are no aliases":           {"{ " + strings.Repeat(`hello(name: "x") `, 40) + "}", nil},
		"20 directives pass":                 {"{ " + strings.Repeat("hello @skip(if: true) ", 20) + "}", nil},
		"21 directives":                      {"{ " + strings.Repeat("hello @skip(if: true) ", 21) + "}", "directives"},
		"unknown directives count":           {"{ hello " + strings.Repeat("@aa ", 21) + "}", "directives"},
		"100 repeated fields pass":           {"{ hello " + strings.Repeat("hello ", 100) + "}", nil},
		"101 repeated fields":                {"{ hello " + strings.Repeat("hello ", 101) + "}", "fields"},
		"repeats in inline fragments":        {"{ hello " + strings.Repeat("... { hello } ", 101) + "}", "fields"},
		"repeats in a fragment":              {"{ ...F } fragment F on Query { hello " + strings.Repeat("hello ", 101) + "}", "fields"},
		"repeats before validation":          {"{ nothing " + strings.Repeat("__typename ", 500) + "}", "fields"},
		"1,000 repeats before anything":      {"{ nothing " + strings.Repeat("__typename ", 1000) + "}", "tokens"},
		"nested pages":                       {"{ items(first: 100) { nodes { items(first: 100) { nodes { id } } } } }", "cost"},
		"introspection is exempt from depth": {"{ __schema { " + "queryType { fields { type { " + strings.Repeat("ofType { ", 15) + "name" + strings.Repeat(" }", 15) + " } } } } }", nil},
		"introspection has a budget":         {"{ " + numbered(30, "a%d: __schema { types { fields { args { type { ofType { name } } } } } } ") + "}", "cost"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			query := tc.query
			r := post(body(query, nil), "Accept", mediaResponse)
			if strings.Contains(name, "operation") {
				r = post(strings.Replace(body(query, nil), "{", `{"operationName":"A",`, 1), "Accept", mediaResponse)
			}
			got := w.do(t, r)
			if got.limit() != tc.limit || (tc.limit == nil) != (len(got.Errors) == 0) {
				t.Errorf("got %d %v, want %v: %.300s", got.status, got.limit(), tc.limit, got.text)
			}
			if tc.limit != nil && (got.code() != "LIMIT_EXCEEDED" || got.status != 400 || w.schema.ran.Load() != 0 || len(got.Errors) != 1) {
				t.Errorf("got %d %v after %d resolvers: %.300s", got.status, got.code(), w.schema.ran.Load(), got.text)
			}
		})
	}
}

func TestCost(t *testing.T) {
	for query, want := range map[string]float64{
		"{ hello }":                                                                                        0,
		"{ item { id parent { id } } }":                                                                    2,
		"{ items { nodes { id } } }":                                                                       1 + 25,
		"{ items(first: 3) { nodes { id } } }":                                                             1 + 3,
		"{ items(first: 3) { edges { node { id } } } }":                                                    1 + 3*2,
		"{ items(first: 3, last: 4) { nodes { id } } }":                                                    1 + 4,
		"{ items(first: null) { nodes { id } } }":                                                          1 + 25,
		"{ items(first: 3) { totalCount pageInfo { hasNextPage } } }":                                      2,
		"{ items(first: 3) { nodes { items(last: 2) { nodes { id } } } } }":                                1 + 3*(1+1+2),
		"{ items(first: 3) { ...F } } fragment F on Items { nodes { id } totalCount }":                     1 + 3,
		"{ items(first: 3) { ... { nodes { id } } } }":                                                     1 + 3,
		"{ a: items(first: 3) { ...F } b: items(first: 5) { ...F } } fragment F on Items { nodes { id } }": 2 + 8,
		`{ nodes(ids: ["a", "b", "c"]) { id parent { id } } }`:                                             3 * 2,
		"{ item { dear { parent { id } } } }":                                                              1 + 501,
		"query($n: Int = 7) { items(first: $n) { nodes { id } } }":                                         1 + 7,
		"query($n: Int) { items(first: $n) { nodes { id } } }":                                             1 + 25,
		"{ item @include(if: false) { id } }":                                                              1,
		"{ __schema { types { name } } }":                                                                  0,
	} {
		got := newWorld(t, nil).query(t, query, nil)
		want := map[string]any{"requested": want, "limit": 10_000.0}
		if diff := cmp.Diff(want, got.Extensions["cost"]); diff != "" {
			t.Errorf("%s: %s %s", query, diff, got.text)
		}
	}
}

func TestToolsMayIntrospect(t *testing.T) {
	if got := newWorld(t, nil).query(t, introspection.Query, nil); got.status != 200 || len(got.Errors) > 0 {
		t.Errorf("the query that tools send: %s", got.text)
	}
}

func TestCostReadsVariables(t *testing.T) {
	w := newWorld(t, nil)
	const query = "query($n: Int) { cost items(first: $n) { nodes { id } } }"
	for n, want := range map[int]float64{2: 3, 90: 91} {
		if got := w.query(t, query, map[string]any{"n": n}); got.Data["cost"] != want {
			t.Errorf("a resolver sees %v for a page of %d, want %v", got.Data["cost"], n, want)
		}
	}
	if Cost(context.Background()) != 0 {
		t.Error("an operation costs something outside of one")
	}
}

func TestPageSize(t *testing.T) {
	for n, ok := range map[int]bool{-1: false, 0: false, 1: true, 100: true, 101: false, 1 << 30: false} {
		for _, name := range []string{"first", "last"} {
			w := newWorld(t, nil)
			got := w.query(t, fmt.Sprintf("{ item { items(%s: %d) { totalCount } } }", name, n), nil)
			if (got.code() == nil) != ok || !ok && (got.code() != "BAD_USER_INPUT" || w.schema.ran.Load() != 0) {
				t.Errorf("%s: %d gives %s", name, n, got.text)
			}
		}
	}
}

// doubling is a chain of fragments that each select the next one twice.
func doubling(levels int) string {
	var b strings.Builder
	b.WriteString("{ item { ...F0 } } ")
	for i := range levels {
		fmt.Fprintf(&b, "fragment F%d on Item { parent { ...F%d } dear { ...F%d } } ", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Item { id } ", levels)
	return b.String()
}

func TestDoublingFragmentsArePricedOnce(t *testing.T) {
	steps := func(levels int) int {
		w := newWorld(t, func(cfg *Config) {
			cfg.Limits.Depth = 100
			cfg.Limits.Cost = 50_000
		})
		got := w.query(t, doubling(levels), nil)
		if levels > 20 && got.limit() != "cost" {
			t.Fatalf("%d levels: %.300s", levels, got.text)
		}
		return int(w.schema.priced.Load())
	}
	if got, want := steps(30)-steps(20), 20; got != want {
		t.Errorf("ten more levels take %d more steps, want %d", got, want)
	}
}

func TestDeepChainsOfFragmentsAreMeasuredOnce(t *testing.T) {
	doc, err := parser.ParseQuery(&ast.Source{Input: doubling(60)})
	if err != nil {
		t.Fatal(err)
	}
	s := shape{doc: doc, fragments: map[string]int{}}
	if got := s.depth(doc.Operations[0].SelectionSet); got != 62 { // 2^60 visits would not return
		t.Errorf("depth %d", got)
	}
}

func TestFragmentCyclesEnd(t *testing.T) {
	got := newWorld(t, nil).query(t, "{ item { ...A } } fragment A on Item { parent { ...B } } fragment B on Item { parent { ...A } }", nil)
	if got.code() != "BAD_USER_INPUT" {
		t.Errorf("got %s", got.text)
	}
}

func TestSumsSaturate(t *testing.T) {
	if got := times(add(ceiling, ceiling), 100); got != ceiling {
		t.Errorf("got %d", got)
	}
	if got := times(ceiling, 0); got != 0 {
		t.Errorf("got %d", got)
	}
}

func TestErrorsAreCapped(t *testing.T) {
	long := strings.Repeat("ü", 5000)
	for name, query := range map[string]string{
		"many findings": "{ " + numbered(300, "x%d ") + "}",
		"long names":    "{ " + strings.Repeat("x", 50_000) + " }",
		"long values":   `{ n(n: "` + long + `") }`,
	} {
		got := newWorld(t, nil).query(t, query, nil)
		if got.code() != "BAD_USER_INPUT" || len(got.Errors) > 10 || len(got.text) > 10_000 {
			t.Errorf("%s: %d errors in %d bytes", name, len(got.Errors), len(got.text))
		}
	}
	w := newWorld(t, nil)
	got := w.query(t, "{ "+numbered(25, "a%d: fails ")+"}", nil)
	if len(got.Errors) != 10 || got.Extensions["omittedErrors"] != 15.0 || strings.Count(w.log.String(), "operation failed") != maxLogged {
		t.Errorf("%d errors, %v, %d logged", len(got.Errors), got.Extensions, strings.Count(w.log.String(), "operation failed"))
	}
	alias := strings.Repeat("a", 50_000)
	if got := newWorld(t, nil).query(t, "{ "+alias+": fails }", nil); len(got.text) > 60_000 || got.Errors[0].Path != nil {
		t.Errorf("%d bytes", len(got.text))
	}
}

func TestEveryRuleOfTheSpecificationIsRun(t *testing.T) {
	ours := map[string]bool{}
	for _, rule := range validationRules() {
		ours[strings.TrimSuffix(rule.Name, "WithoutSuggestions")] = true
	}
	for name := range rules.NewDefaultRules().GetInner() {
		if !ours[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestPersistedQueries(t *testing.T) {
	const query = "{ hello }"
	sum := sha256.Sum256([]byte(query))
	hash := hex.EncodeToString(sum[:])
	persisted := func(query, hash string) string {
		members := map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}}
		if query != "" {
			members["query"] = query
		}
		text, _ := json.Marshal(members)
		return string(text)
	}
	w := newWorld(t, nil)
	if got := w.do(t, post(persisted("", hash))); got.code() != "PERSISTED_QUERY_NOT_FOUND" || got.Errors[0].Message != "PersistedQueryNotFound" || got.status != 200 {
		t.Errorf("unknown: %s", got.text)
	}
	if got := w.do(t, post(persisted("{ cost }", hash))); got.code() != "BAD_USER_INPUT" {
		t.Errorf("another text: %s", got.text)
	}
	if got := w.do(t, post(persisted(query, hash))); got.Data["hello"] != "hello" {
		t.Errorf("registering: %s", got.text)
	}
	if got := w.do(t, post(persisted("", hash))); got.Data["hello"] != "hello" {
		t.Errorf("known: %s", got.text)
	}
	for _, bad := range []string{"", "zz", hash + "00"} {
		if got := w.do(t, post(persisted("", bad))); got.status != 400 {
			t.Errorf("hash %q: %d", bad, got.status)
		}
	}
}

func TestDocumentsAreCached(t *testing.T) {
	w := newWorld(t, func(cfg *Config) {
		cfg.Limits.Documents = 2
		cfg.Limits.DocumentBytes = 100
	})
	cached := func() []string {
		var found []string
		for e := w.documents.recent.Front(); e != nil; e = e.Next() {
			found = append(found, e.Value.(*kept).doc.Operations[0].Name)
		}
		return found
	}
	for _, step := range []struct {
		query string
		want  []string
	}{
		{"query A { hello }", []string{"A"}},
		{"query B { hello }", []string{"B", "A"}},
		{"query A { hello }", []string{"A", "B"}},
		{"query C { hello }", []string{"C", "A"}},
		{"query D { nothing }", []string{"C", "A"}},
		{"query E { hello } #" + strings.Repeat("x", 70), []string{"E"}},
		{"query F { hello } #" + strings.Repeat("x", 100), nil},
	} {
		w.query(t, step.query, nil)
		if got := cached(); !slices.Equal(got, step.want) {
			t.Errorf("after %.20s: kept %v, want %v", step.query, got, step.want)
		}
	}
	if w.documents.bytes != 0 || len(w.documents.entries) != 0 {
		t.Errorf("%d bytes and %d entries are left", w.documents.bytes, len(w.documents.entries))
	}
}
