package qti

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/term"
)

func exported(t *testing.T, doc *catalogue.Document, keys ...string) (data []byte, left []*Note) {
	t.Helper()
	data, left, err := Export(doc, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return data, left
}

// members are the files of a zip, in its order.
func members(t *testing.T, data []byte) []entryOf {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out []entryOf
	for _, f := range r.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, entryOf{f.Name, string(text)})
	}
	return out
}

// altered is a package after a system has changed its files.
func altered(t *testing.T, data []byte, change func(name, text string) string) []byte {
	t.Helper()
	files := members(t, data)
	for i, f := range files {
		files[i].text = change(f.name, f.text)
	}
	return zipped(t, files...)
}

// bare takes away what only we read, as a system does that keeps to what it knows.
func bare(name, text string) string {
	root, f := parse(name, []byte(text))
	if f != nil || name == catalogueName {
		return text
	}
	strip(root)
	return string(root.document())
}

func strip(n *node) {
	var keep []attr
	for _, a := range n.attrs {
		if !strings.HasPrefix(a.name, ours) {
			keep = append(keep, a)
		}
	}
	n.attrs = keep
	for _, k := range n.kids {
		strip(k)
	}
}

func TestExport(t *testing.T) {
	data, left := exported(t, example())
	t.Run("comes back as it was, without notes", func(t *testing.T) {
		got, notes, err := Import(data)
		if err != nil || len(notes) > 0 {
			t.Fatalf("%v %s", err, told(notes))
		}
		if diff := cmp.Diff(got, example()); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("lists what a test depends on", func(t *testing.T) {
		for _, f := range members(t, data) {
			if n := strings.Count(f.text, "<dependency identifierref=\"resource-"); f.name == manifestName && n != 6 {
				t.Errorf("got %d dependencies; want 6", n)
			}
		}
	})
	t.Run("gives the same bytes again", func(t *testing.T) {
		if again, _ := exported(t, example()); !bytes.Equal(data, again) {
			t.Error("two exports differ")
		}
	})
	t.Run("tells what other systems will not see", func(t *testing.T) {
		for _, want := range [][2]string{
			{"qti-assessment-item", "one language"}, {"qti-assessment-item-ref", "elsewhere"},
			{"qti-upload-interaction", "how long"},
		} {
			if !says(left, want[0], want[1]) {
				t.Errorf("nothing about %v in %s", want, told(left))
			}
		}
	})
	t.Run("shows candidates neither record nor rubric", func(t *testing.T) {
		for _, f := range members(t, data) {
			root, fault := parse(f.name, []byte(f.text))
			if fault != nil {
				continue // the skills
			}
			for _, n := range root.find(func(n *node) bool { _, ok := n.lookup(recordAttr); return ok }) {
				if n.name != "qti-rubric-block" || n.attr("view") != "scorer" {
					t.Errorf("%s: the record is in a %s", f.name, n.name)
				}
				n.kids, n.attrs = nil, nil
			}
			if text := string(root.document()); strings.Contains(text, "says why") || strings.Contains(text, "And why?") {
				t.Errorf("%s: the rubric is outside the block for scorers", f.name)
			}
		}
	})
	t.Run("of a template holds what it needs and no more", func(t *testing.T) {
		data, _ := exported(t, example(), "screen")
		got, _, err := Import(data)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, q := range got.Questions {
			keys = append(keys, q.Key)
		}
		for _, s := range got.Skills {
			keys = append(keys, s.Key)
		}
		want := []string{"single", "water", "exact", "near", "short", "open", "software", "go"}
		if diff := cmp.Diff(keys, want); diff != "" || len(got.Roles) != 1 || len(got.Templates) != 1 {
			t.Error(diff, len(got.Roles), len(got.Templates))
		}
	})
}

func TestExportRefuses(t *testing.T) {
	cases := map[string]struct {
		change func(*catalogue.Document)
		keys   []string
		code   fault.Code
		path   string
	}{
		"a control character":    {func(d *catalogue.Document) { d.Questions[0].Content.Choices[1].Text = "a\x00" }, nil, fault.Invalid, "questions.0.content.choices.1.text"},
		"what is no Unicode":     {func(d *catalogue.Document) { d.Questions[0].Title = "a\xff" }, nil, fault.Invalid, "questions.0.title"},
		"a noncharacter":         {func(d *catalogue.Document) { d.Roles[0].Title = "\uffff" }, nil, fault.Invalid, "roles.0.title"},
		"a key that is a path":   {func(d *catalogue.Document) { d.Questions[1].Key = "../x" }, nil, fault.Invalid, "questions.1.key"},
		"a key twice":            {func(d *catalogue.Document) { d.Questions[1].Key = "single" }, nil, fault.Invalid, "questions.1.key"},
		"a choice twice":         {func(d *catalogue.Document) { d.Questions[0].Content.Choices[1].Key = "a" }, nil, fault.Invalid, "questions.0.content.choices.1.key"},
		"a missing entry":        {func(d *catalogue.Document) { d.Templates[0].Sections[0] = nil }, nil, fault.Invalid, "templates.0.sections.0"},
		"no content":             {func(d *catalogue.Document) { d.Questions[0].Content = nil }, nil, fault.Invalid, "questions.0.content"},
		"an unknown kind":        {func(d *catalogue.Document) { d.Questions[0].Kind = "RIDDLE" }, nil, fault.Invalid, "questions.0.kind"},
		"a template that is not": {func(*catalogue.Document) {}, []string{"nowhere"}, fault.NotFound, ""},
		"a text beyond 8 MB":     {func(d *catalogue.Document) { d.Questions[0].Content.ModelAnswer = strings.Repeat("a", mostBytes) }, nil, fault.LimitExceeded, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := example()
			c.change(doc)
			_, _, err := Export(doc, c.keys...)
			all := fault.All(err)
			if len(all) != 1 || all[0].Code != c.code || strings.Join(all[0].Field, ".") != c.path {
				t.Errorf("got %v; want %s at %q", err, c.code, c.path)
			}
		})
	}
	t.Run("more files than Import takes", func(t *testing.T) {
		doc := &catalogue.Document{Format: catalogue.Format}
		for i := range mostEntries {
			doc.Questions = append(doc.Questions, question("q"+strings.Repeat("x", i%60)+string(rune('a'+i/60%26))+string(rune('a'+i/1560)), term.LongText))
		}
		if _, _, err := Export(doc); !fault.Is(err, fault.LimitExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// TestPlain holds what other systems see of an export against the question: our own attributes are taken away.
func TestPlain(t *testing.T) {
	data, _ := exported(t, example())
	got, _, err := Import(altered(t, data, bare))
	if err != nil {
		t.Fatal(err)
	}
	byKey := map[string]*catalogue.Question{}
	for _, q := range got.Questions {
		byKey[q.Key] = q
	}
	for _, want := range examples() {
		t.Run(want.Key, func(t *testing.T) {
			q := byKey[want.Key]
			if q == nil {
				t.Fatal("it was not read")
			}
			if want.Key == "multiple" {
				want.Content.Choices[2].Key = "choice-3"
			}
			if want.Content.Numeric != nil {
				want.Content.Numeric.Unit = ""
			}
			if want.Content.Code != nil {
				want.Content.Code.Starter, want.Content.Code.Tests, want.Content.Code.MemoryLimit = "", nil, nil
			}
			if want.Content.Spoken != nil {
				want.Content.Spoken.MaxSeconds = assumedSeconds
			}
			a, b := q.Content, want.Content
			if prompt := "What is **right**?\n\n- one\n- two"; !strings.HasPrefix(a.Prompt, prompt) {
				t.Errorf("got prompt %q; want %q", a.Prompt, prompt)
			}
			diff := cmp.Diff([]any{q.Kind, q.Title, q.Language, a.Choices, a.CorrectOrder, a.ShuffleChoices, a.PartialCredit, a.Mapping, a.Numeric, a.Accepted, a.Code, a.Spoken},
				[]any{want.Kind, want.Title, want.Language, b.Choices, b.CorrectOrder, b.ShuffleChoices, b.PartialCredit, b.Mapping, b.Numeric, b.Accepted, b.Code, b.Spoken})
			if diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("template", func(t *testing.T) {
		want := []*catalogue.Section{
			{Title: "First", TimeLimit: 600, Navigation: new(term.ForwardOnly), Slots: []*catalogue.Slot{{Question: "single", Points: 2}, {Question: "water", Points: 5}}},
			{Title: "Second", Instructions: "Draws.", TimeLimit: 900, Order: new(term.Shuffled), Slots: []*catalogue.Slot{
				{Draw: &catalogue.Draw{Count: 1, Questions: []string{"exact", "near"}}, Points: 3},
				{Draw: &catalogue.Draw{Count: 2, Questions: []string{"short", "open"}}, Points: 4},
			}},
		}
		if diff := cmp.Diff(got.Templates[0].Sections, want); diff != "" {
			t.Error(diff)
		}
		if got.Templates[0].Role != "" || got.Templates[0].State != term.Draft || *got.Templates[0].TotalLimit != 3600 {
			t.Errorf("got %+v", got.Templates[0])
		}
	})
}

// TestChanged takes back what another system has changed.
func TestChanged(t *testing.T) {
	data, _ := exported(t, example())
	changed := altered(t, data, func(name, text string) string {
		text = strings.Replace(text, "About single", "A better title", 1)
		text = strings.Replace(text, `<qti-correct-response>
      <qti-value>a</qti-value>
    </qti-correct-response>`, "<qti-correct-response><qti-value>b</qti-value></qti-correct-response>", 1)
		return strings.Replace(text, `max-time="600"`, `max-time="700"`, 1)
	})
	got, notes, err := Import(changed)
	if err != nil {
		t.Fatal(err)
	}
	want := example()
	want.Questions[0].Title = "A better title"
	want.Questions[0].Content.Choices[0].Correct, want.Questions[0].Content.Choices[1].Correct = false, true
	want.Templates[0].Sections[0].TimeLimit = 700
	if diff := cmp.Diff(got.Questions, want.Questions); diff != "" {
		t.Error(diff)
	}
	if got.Templates[0].Sections[0].TimeLimit != 700 || got.Templates[0].CutPercent != 60 || got.Templates[0].Role != "backend" {
		t.Errorf("got %+v", got.Templates[0])
	}
	if !says(notes, "qti-assessment-item", "changed outside") || !says(notes, "qti-assessment-test", "changed outside") {
		t.Error(told(notes))
	}
}

func TestLayoutAndSchemaLocationsMakeNoDifference(t *testing.T) {
	data, _ := exported(t, example())
	again := altered(t, data, func(name, text string) string {
		root, f := parse(name, []byte(text))
		if f != nil || name == manifestName {
			return text
		}
		root.attrs = append(root.attrs, at("xmlns", itemSpace), at("xmlns:x", "urn:x"), at("x:schemaLocation", "a b"))
		return strings.Replace(string(root.document()), "<qti-item-body>", "<!-- touched -->\n\n<qti-item-body>", 1)
	})
	got, notes, err := Import(again)
	if err != nil || len(notes) > 0 {
		t.Fatalf("%v %s", err, told(notes))
	}
	if diff := cmp.Diff(got, example()); diff != "" {
		t.Error(diff)
	}
}
