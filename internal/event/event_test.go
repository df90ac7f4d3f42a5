package event_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/assay-hq/assay/internal/event"
)

// TestTypes demands that the list has every type that is declared, each in its form.
func TestTypes(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []event.Type
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		declared = append(declared, event.Type(text))
		return true
	})
	listed := event.Types()
	slices.Sort(declared)
	if slices.Sort(listed); len(declared) == 0 || !slices.Equal(declared, listed) {
		t.Errorf("declared %v, listed %v", declared, listed)
	}
	form := regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)
	for _, e := range listed {
		if !form.MatchString(string(e)) {
			t.Errorf("%s is no noun and past participle", e)
		}
	}
}
