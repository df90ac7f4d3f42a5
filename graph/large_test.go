package graph_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/assay-hq/assay/graph/transport"
	"github.com/assay-hq/assay/internal/dbtest"
)

// TestLargeDocument brings in a catalogue that fills nearly all that a request may carry, as a variable, and one that
// fills more, which is refused before it is read.
func TestLargeDocument(t *testing.T) {
	o := newRig(t, dbtest.SQLite(t), ticking()).found(t, zebrawood)
	limit := int(transport.DefaultLimits().Body)
	query := "mutation($document: String!) { importCatalogue(input: {document: $document, apply: true}) { import { changeCount } errors { message field } } }"
	for _, c := range []struct {
		name string
		size int
		want int
	}{
		{"nearly all", limit * 19 / 20, http.StatusOK},
		{"more", limit, http.StatusRequestEntityTooLarge},
	} {
		text, entries := manySkills(c.size)
		a := o.ask(t, o.people["owner"], query, vars{"document": text})
		changed, _ := reach(a.Data, "importCatalogue.import.changeCount").(float64)
		if a.status != c.want || c.want == http.StatusOK && int(changed) != entries {
			t.Errorf("%s: got %d with %v of %d entries: %.300s", c.name, a.status, changed, entries, a.body)
		}
		if c.want != http.StatusOK && a.Errors[0].Extensions["limit"] != "body" {
			t.Errorf("%s does not name the limit: %.300s", c.name, a.body)
		}
	}
}

// manySkills is a catalogue of at least a size, and how many skills are in it.
func manySkills(size int) (text string, entries int) {
	var b strings.Builder
	b.WriteString("format: assay-catalogue/1\nskills:\n")
	for b.Len() < size {
		entries++
		name := "skill-" + strconv.Itoa(entries)
		b.WriteString("  - key: " + name + "\n    name: " + name + "\n    description: " + strings.Repeat("a word ", 280) + "end\n")
	}
	return b.String(), entries
}
