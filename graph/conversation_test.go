package graph_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
)

// TestConversations sends each testdata/<case>/request.graphql as whom its first line names and compares the answer with
// response.json. Ids stand in both as {{name}}.
func TestConversations(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	named := w.named(t)
	requests := must(filepath.Glob("testdata/*/request.graphql"))(t)
	if len(requests) < 15 {
		t.Fatalf("only %d conversations", len(requests))
	}
	for _, path := range requests {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			text := string(must(os.ReadFile(path))(t))
			head, _, _ := strings.Cut(text, "\n")
			name, ok := strings.CutPrefix(head, "# as: ")
			who := w.a.people[name]
			if name == "nobody" {
				who = w.nobody
			}
			if !ok || who == nil {
				t.Fatalf("%q names nobody", head)
			}
			a := w.ask(t, who, replaced(text, named, false), nil)
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, a.body, "", "  "); err != nil {
				t.Fatal(err)
			}
			pretty.WriteByte('\n')
			compareGolden(t, filepath.Join(filepath.Dir(path), "response.json"), replaced(pretty.String(), named, true))
		})
	}
}

// named are the values that conversations call by a name.
func (w *world) named(t *testing.T) map[string]string {
	t.Helper()
	skills := w.ask(t, w.a.people["owner"], "{ organization { skills(first: 1) { edges { cursor node { name } } } } }", nil)
	return map[string]string{
		"skill": w.a.skill.String(), "role": w.a.role.String(), "template": w.a.template.String(), "report": w.a.report.String(),
		"running": w.a.running.String(), "foreign": w.b.role.String(), "unknown": w.ids.New(gid.JobRole, w.a.id.Time()).String(),
		"skillCursor": reach(skills.Data, "organization.skills.edges.cursor").(string), "skillName": w.a.says("skill"),
	}
}

// replaced puts values for names in a text, or names for values.
func replaced(text string, named map[string]string, back bool) string {
	for name, value := range named {
		name = "{{" + name + "}}"
		if back {
			name, value = value, name
		}
		text = strings.ReplaceAll(text, name, value)
	}
	return text
}
