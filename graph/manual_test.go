package graph_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// fenced finds the operations of a page: each block of GraphQL, from one mutation or query to the next.
var (
	fenced   = regexp.MustCompile("(?s)```graphql\n(.*?)```")
	beginOne = regexp.MustCompile(`(?m)^ *(?:mutation|query)\b`)
)

// TestManual demands that every operation that the pages for people show is one of the schema. That ids end in … does
// not matter.
func TestManual(t *testing.T) {
	shown := 0
	for _, page := range []string{"../README.md", "../docs/authoring.md"} {
		for _, block := range fenced.FindAllStringSubmatch(string(must(os.ReadFile(page))(t)), -1) {
			begins := beginOne.FindAllStringIndex(block[1], -1)
			if len(begins) == 0 {
				t.Errorf("%s: no operation in %q", page, block[1])
			}
			for i, at := range begins {
				end := len(block[1])
				if i+1 < len(begins) {
					end = begins[i+1][0]
				}
				shown++
				operation := strings.TrimSpace(block[1][at[0]:end])
				if _, err := gqlparser.LoadQueryWithRules(executable().Schema(), operation, rules.NewDefaultRules()); err != nil {
					t.Errorf("%s: %v in\n%s", page, err, operation)
				}
			}
		}
	}
	if shown < 7 {
		t.Errorf("only %d operations", shown)
	}
}
