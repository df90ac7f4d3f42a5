package graph_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/policy"
)

// TestFlows goes through each testdata/flows/<case>/requests.graphql in an organization of its own, which has two job
// roles and a skill, and compares the answers with responses.json. A line "# as: name" begins a request, and who asks is
// somebody of the organization, one of two more candidates, or the secret of an API key; a line "# keep: name = path" gives a part of the answer a
// name, which stands for it as {{name}} from then on.
func TestFlows(t *testing.T) {
	paths := must(filepath.Glob("testdata/flows/*/requests.graphql"))(t)
	if len(paths) < 8 {
		t.Fatalf("only %d flows", len(paths))
	}
	for _, path := range paths {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			o := newRig(t, dbtest.SQLite(t), ticking()).found(t, zebrawood)
			o.meet(t, "second", policy.Candidate, "candidate@"+quicksilver+".example")
			o.meet(t, "third", policy.Candidate, "analyst@"+quicksilver+".example")
			f := &flow{org: o, named: map[string]string{"skill": o.skill.String(), "role": o.role.String(), "otherRole": o.otherRole.String(), "item": o.item()}}
			_, text, _ := strings.Cut("\n"+string(must(os.ReadFile(path))(t)), "\n# as: ")
			var answers strings.Builder
			for step := range strings.SplitSeq(text, "\n# as: ") {
				answers.WriteString(f.step(t, step))
			}
			compareGolden(t, filepath.Join(filepath.Dir(path), "responses.json"), replaced(answers.String(), f.named, true))
		})
	}
}

// flow is a conversation of several requests with the names that it gave.
type flow struct {
	*org
	named map[string]string
}

func (f *flow) step(t *testing.T, step string) string {
	t.Helper()
	step = replaced(step, f.named, false)
	name, query, _ := strings.Cut(step, "\n")
	who := f.people[name]
	if strings.HasPrefix(name, "ask_") {
		who = &person{name: "key", token: name}
	}
	if who == nil || strings.Contains(step, "{{") {
		t.Fatalf("somebody or something has no name in %q", step)
	}
	must(f.store.Sequence(t.Context()))(t) // what happened so far has its place in the feed
	a := f.ask(t, who, query, nil)
	for line := range strings.Lines(query) {
		if kept, ok := strings.CutPrefix(strings.TrimSpace(line), "# keep: "); ok {
			name, path, _ := strings.Cut(kept, " = ")
			value, ok := reach(a.Data, path).(string)
			if !ok {
				t.Fatalf("no %s in %s", path, a.body)
			}
			f.named[name] = value[strings.LastIndex(value, "/")+1:] // of a link its secret
		}
	}
	return shownAnswer(t, a)
}

// shownAnswer is what was said, without what it cost.
func shownAnswer(t *testing.T, a *answer) string {
	t.Helper()
	var said struct {
		Errors json.RawMessage `json:"errors,omitempty"`
		Data   json.RawMessage `json:"data,omitempty"`
	}
	if err := json.Unmarshal(a.body, &said); err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	encoder := json.NewEncoder(&pretty)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(said); err != nil {
		t.Fatal(err)
	}
	return pretty.String()
}
