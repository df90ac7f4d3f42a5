package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/dbtest"
)

const smallCatalogue = `format: assay-catalogue/1
skills:
  - {key: go, name: Go}
questions:
  - key: why
    title: Why
    state: DRAFT
    kind: NUMERIC
    category: TECHNICAL
    level: ENTRY
    language: en
    skills: [go]
    content: {prompt: "Why?", numeric: {value: "1", mode: EXACT}}
`

// desk is a person at the command line, with two empty organizations.
type desk struct{ folder string }

func newDesk(t *testing.T, db dbtest.Database) *desk {
	t.Helper()
	t.Setenv("ASSAY_DATABASE_URL", db.URL)
	t.Setenv("ASSAY_BLOB_URL", "mem://")
	cfg, err := readConfig(false)
	if err != nil {
		t.Fatal(err)
	}
	a, err := open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, slug := range []string{"demo", "other"} {
		if _, err := a.store.Directory().NewOrganization(t.Context(), slug, slug, slug+"@example.com", "Owner"); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	return &desk{t.TempDir()}
}

func (d *desk) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(d.folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// types runs a command as it is typed and gives its two outputs.
func (d *desk) types(t *testing.T, input string, args ...string) (out, problems string, err error) {
	t.Helper()
	var typed commands
	parser, err := kong.New(&typed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	var o, p bytes.Buffer
	if args[0] == "import" {
		err = typed.Import.run(t.Context(), strings.NewReader(input), &o, &p)
	} else {
		err = typed.Export.run(t.Context(), &o, &p)
	}
	return o.String(), p.String(), err
}

func (d *desk) says(t *testing.T, want, input string, args ...string) {
	t.Helper()
	out, problems, err := d.types(t, input, args...)
	if err != nil || problems != "" {
		t.Errorf("%v: %v\n%s", args, err, problems)
	}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("%v: %s", args, diff)
	}
}

func TestTheCatalogueCommands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		d := newDesk(t, db)
		file := d.write(t, "small.yaml", smallCatalogue)
		t.Run("an import is tried first", func(t *testing.T) {
			for range 2 {
				d.says(t, "+ skill go: Go\n+ question why: Why\n2 added, 0 changed, 0 unchanged\nnothing was written; repeat with --apply to write it\n", "", "import", file)
			}
		})
		t.Run("it is applied, also from the standard input", func(t *testing.T) {
			d.says(t, "+ skill go: Go\n+ question why: Why\n2 added, 0 changed, 0 unchanged\n", "", "import", file, "--apply")
			d.says(t, "0 added, 0 changed, 2 unchanged\n", smallCatalogue, "import", "-", "--apply")
			edited := strings.Replace(smallCatalogue, "Why?", "Why not?", 1)
			d.says(t, "~ question why: Why (content)\n0 added, 1 changed, 1 unchanged\n", edited, "import", "-", "--apply")
		})
		t.Run("as JSON", func(t *testing.T) { d.asJSON(t) })
		t.Run("an export is imported elsewhere", func(t *testing.T) { d.travels(t) })
		t.Run("a broken document is refused", func(t *testing.T) { d.broken(t) })
		t.Run("the shipped catalogue", func(t *testing.T) {
			out, problems, err := d.types(t, "", "import", "--shipped", "--organization", "other", "--apply")
			if err != nil || !strings.Contains(out, "\n+ template be-screening: ") || !strings.HasSuffix(out, " 0 changed, 0 unchanged\n") {
				t.Errorf("%v %s %s", err, problems, out)
			}
		})
		t.Run("every change is printed, however many there are", func(t *testing.T) {
			many := "format: assay-catalogue/1\nskills:\n"
			for i := range 1001 {
				many += fmt.Sprintf("  - {key: many%d, name: Many %d}\n", i, i)
			}
			out, problems, err := d.types(t, many, "import", "-", "--organization", "other")
			if err != nil || strings.Count(out, "+ skill many") != 1001 || !strings.Contains(out, "\n1001 added, ") {
				t.Errorf("%v %s %d lines", err, problems, strings.Count(out, "\n"))
			}
		})
		t.Run("what is missing is told", func(t *testing.T) {
			for _, args := range [][]string{{"import"}, {"import", file, "--shipped"}, {"import", file + "x"}, {"import", file, "--organization", "none"}, {"export", "--organization", "none"}} {
				if out, _, err := d.types(t, "", args...); err == nil || out != "" {
					t.Errorf("%v: got %v, %q", args, err, out)
				}
			}
		})
	})
}

func (d *desk) asJSON(t *testing.T) {
	out, _, err := d.types(t, strings.Replace(smallCatalogue, "Why?", "Who?", 1), "import", "-", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	const text = `{"applied":false,"unchanged":1,"changes":[{"kind":"CHANGED","noun":"QUESTION","key":"why","title":"Why","fields":["content"]}],"notes":[]}`
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func (d *desk) travels(t *testing.T) {
	yaml, _, err := d.types(t, "", "export")
	if err != nil || !strings.HasPrefix(yaml, "format: assay-catalogue/1\n") || !strings.Contains(yaml, "Why not?") {
		t.Fatalf("%v %s", err, yaml)
	}
	for _, format := range []string{"yaml", "json", "qti"} {
		file := filepath.Join(d.folder, "out."+format)
		out, _, err := d.types(t, "", "export", "--format", format, "--output", file)
		if err != nil || out != "" {
			t.Fatalf("%s: %v %q", format, err, out)
		}
		out, problems, err := d.types(t, "", "import", file, "--organization", "other", "--apply")
		want := map[string]string{"yaml": "2 added, 0 changed, 0 unchanged\n", "json": "0 added, 0 changed, 2 unchanged\n", "qti": "0 added, 0 changed, 2 unchanged\n"}[format]
		if err != nil || !strings.HasSuffix(out, want) {
			t.Errorf("%s: %v %s %s", format, err, problems, out)
		}
	}
	there, _, err := d.types(t, "", "export", "--organization", "other")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(yaml, there); diff != "" {
		t.Error(diff)
	}
}

func (d *desk) broken(t *testing.T) {
	text := strings.NewReplacer("skills: [go]", "skills: [go, rust]", "title: Why", `title: ""`).Replace(smallCatalogue)
	file := d.write(t, "broken.yaml", text)
	out, problems, err := d.types(t, "", "import", file, "--apply")
	if err == nil || out != "" {
		t.Errorf("got %v, %q", err, out)
	}
	want := file + ":12: questions[0].skills[1]: there is no skill with the key rust, neither in this document nor in the organization\n" +
		file + ":6: questions[0].title: this must not be empty\n"
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Error(diff)
	}
	item := d.write(t, "item.xml", "<qti-assessment-item")
	if _, problems, err := d.types(t, "", "import", item); err == nil || !strings.HasPrefix(problems, item+":1: ") {
		t.Errorf("broken XML: %v %q", err, problems)
	}
}
