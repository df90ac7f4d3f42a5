package catalogue

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/content"
)

// brief shortens a fault to its place and what it says.
func brief(err error) []string {
	var faults Faults
	if !errors.As(err, &faults) {
		return []string{fmt.Sprint(err)}
	}
	var out []string
	for _, f := range faults {
		out = append(out, fmt.Sprintf("%d:%d %s: %s", f.Line, f.Column, f.Path, f.Message))
	}
	return out
}

const head = "format: assay-catalogue/1\n"

func TestFaultsToldWithTheirPlaces(t *testing.T) {
	deep := func(open string, n int) string { return head + "skills: " + strings.Repeat(open, n) }
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"everything at once", head + `skills:
  - key: go
    name: Go
    nme: Go
  - key: Go
    name: 3
    name: Go
  - name: null
questions:
  - content: {prompt: yes, choices: [{correct: maybe}]}
`, []string{
			"5:5 skills[0].nme: there is no such field here; the nearest are name, key, parent",
			"6:5 skills[1].key: a key has 1 to 64 lower-case letters, digits, dots, hyphens and underscores, and begins with a letter or digit",
			"7:5 skills[1].name: this must be a text, not the number 3; put it in quotes",
			"8:5 skills[1].name: this field is there twice",
			"9:5 skills[2].name: this has no value; leave it out or give it one",
			"9:5 skills[2]: the field key is missing",
			"11:39 questions[0].content.choices[0].correct: this must be true or false, not a text",
			"11:38 questions[0].content.choices[0]: the field key is missing",
			"11:38 questions[0].content.choices[0]: the field text is missing",
			"11:5 questions[0]: the field key is missing",
			"11:5 questions[0]: the field title is missing",
			"11:5 questions[0]: the field state is missing",
			"11:5 questions[0]: the field kind is missing",
			"11:5 questions[0]: the field category is missing",
			"11:5 questions[0]: the field level is missing",
			"11:5 questions[0]: the field language is missing",
		}},
		{"a key twice", head + "skills:\n- {key: a, name: A}\n- {key: b, name: B}\n- {key: a, name: C}\n", []string{
			"5:4 skills[2].key: the key a is used twice; it is first used in line 3"}},
		{"another format ends the reading", "format: other\nfoo: 1\n", []string{"1:1 format: the format must be assay-catalogue/1"}},
		{"nothing", "", []string{"1:1 : the document is empty"}},
		{"a comment alone", "# nothing\n", []string{"1:1 : the document is empty"}},
		{"a text", "hello", []string{"1:1 : this must be a mapping of fields to values, not a text"}},
		{"a field without a value", head + "skills:\n", []string{"2:1 skills: this has no value; leave it out or give it one"}},
		{"two documents", head + "---\n" + head, []string{"2:1 : this must be the only document of its file"}},
		{"an anchor", head + "skills: &a []\n", []string{"2:9 : anchors are not allowed"}},
		{"an alias", head + "skills: *a\n", []string{"2:9 : aliases are not allowed"}},
		{"a merge key", head + "<<: {}\n", []string{"2:1 : merge keys are not allowed"}},
		{"a tag", head + "skills: !!seq []\n", []string{"2:9 : tags are not allowed"}},
		{"a directive", "%YAML 1.2\n---\n" + head, []string{"1:1 : directives are not allowed"}},
		{"a complex key", "? format\n: x\n", []string{"1:1 : a field's name is a plain word"}},
		{"a bracket that stays open", head + "skills: [\n", []string{"2:9 : this is neither YAML nor JSON: sequence end token ']' not found"}},
		{"brackets", deep("[", 33), []string{"2:40 : this is nested deeper than 32 levels"}},
		{"a million brackets", deep("[", 1<<20), []string{"1:1 : this is mostly brackets, braces and commas, and no catalogue"}},
		{"many brackets", deep("[", 1000), []string{"2:40 : this is nested deeper than 32 levels"}},
		{"braces", deep("{a: ", 1000), []string{"2:133 : this is nested deeper than 32 levels"}},
		{"hyphens", head + "skills:\n" + strings.Repeat("- ", 1<<20), []string{"3:65 : this is nested deeper than 32 levels"}},
		{"broken text", head + "skills: []\nröles: \"\xff\"\n", []string{"3:9 : this is no valid UTF-8"}},
		{"a zero", "format: \x00", []string{"1:9 : this character cannot be shown"}},
		{"a zero in disguise", "format: \"\\0\"", []string{"1:1 format: this text holds characters that cannot be shown"}},
		{"an escape without digits", "# \\uZZ\nformat: \"é \\\\ \\u00e4 \\u00ZZ\"\n", []string{"2:9 : an escape in this text stands for no character"}},
		{"half a pair", "{\"format\": \"\\ud83d\\ude00 \\ude00\"}", []string{"1:12 : an escape in this text stands for no character"}},
		{"beyond all characters", `format: "\Uffffffff"`, []string{"1:9 : an escape in this text stands for no character"}},
		{"fields without an end", head + strings.Repeat("a:\n  b: 1\n", 1<<16), []string{"200:2 : this mapping has more than 100 fields"}},
		{"entries without values", head + "skills:\n" + strings.Repeat("-\n", 1<<16), []string{"103:1 : too many values are not there"}},
		{"room without an end", head + "a: |\n" + strings.Repeat(" \n", 1<<16), []string{"502:2 : this repeats one character too often"}},
		{"documents without an end", strings.Repeat("--- a\n", 1<<16), []string{"2:1 : this must be the only document of its file"}},
		{"names without values", "{" + strings.Repeat("a, b: ,", 1<<9) + "}", []string{"1:353 : too many values are not there"}},
		{"a million commas", head + "[" + strings.Repeat(",", 1<<20), []string{"1:1 : this is mostly brackets, braces and commas, and no catalogue"}},
		{"tabs without an end", head + "a: \"" + strings.Repeat("\tx", 1<<16), []string{"2:46344 : this repeats one character too often"}},
		{"angles without an end", strings.Repeat("<", 1<<16), []string{"1:101 : this repeats one character too often"}},
		{"too large", strings.Repeat("#", maxSize+1), []string{"1:1 : a document has at most 32 MB"}},
		{"too many parts", "[" + strings.Repeat("1:2-", maxMarks/2+1), []string{"1:1 : the document has too many parts; divide it"}},
		{"a name that is none", head + "\"\": 1\n1: 2\n", []string{
			`2:1 "": there is no such field here; the nearest are roles, format, skills`,
			"3:1 [1]: there is no such field here; the nearest are roles, format, skills"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, places, err := Read([]byte(c.text))
			if diff := cmp.Diff(brief(err), c.want); diff != "" || doc != nil || places != nil {
				t.Error(diff)
			}
		})
	}
}

func TestAHundredFaultsAreTold(t *testing.T) {
	_, _, err := Read([]byte(head + "skills:\n" + strings.Repeat("  - x: 1\n", 1000)))
	if got := brief(err); len(got) != most {
		t.Errorf("got %d", len(got))
	}
	want := `line 3, column 5: skills[0].x: there is no such field here; the nearest are key, name, parent
line 3, column 5: skills[0]: the field key is missing
line 3, column 5: skills[0]: the field name is missing
line 4, column 5: skills[1].x: there is no such field here; the nearest are key, name, parent
line 4, column 5: skills[1]: the field key is missing
and 95 more`
	if diff := cmp.Diff(err.Error(), want); diff != "" {
		t.Error(diff)
	}
}

func TestPlacesTellTheLineOfALaterFault(t *testing.T) {
	_, places, err := Read([]byte("\ufeff---\n" + head + `questions:
  - key: a
    title: A
    state: DRAFT
    kind: SINGLE_CHOICE
    category: TECHNICAL
    level: SENIOR
    language: en
    content:
      # what is asked
      prompt: |
        Which?
      choices:
        - key: x
          text: X
        - text: Y
          key: y
...
`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":                                   "line 1, column 1: m",
		"questions":                          "line 3, column 1: questions: m",
		"questions.0":                        "line 4, column 5: questions[0]: m",
		"questions.0.content.prompt":         "line 13, column 7: questions[0].content.prompt: m",
		"questions.0.content.choices.1.key":  "line 19, column 11: questions[0].content.choices[1].key: m",
		"questions.0.content.choices.1.b.0":  "line 18, column 11: questions[0].content.choices[1].b[0]: m",
		"questions.0.content.numeric.value":  "line 11, column 5: questions[0].content.numeric.value: m",
		"questions.0.content.choices.-1.key": "line 15, column 7: questions[0].content.choices[-1].key: m",
		"questions.7.title":                  "line 3, column 1: questions[7].title: m",
		"templates.0":                        "line 1, column 1: templates[0]: m",
	} {
		var steps []string
		if path != "" {
			steps = strings.Split(path, ".")
		}
		if got := places.Fault(steps, "m").Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestFormsThatMeanTheSame(t *testing.T) {
	want := &Document{Format: Format, Skills: []*Skill{{Key: "go", Name: "Go \U0001F600/", Description: "one\ntwo\n"}}}
	for name, text := range map[string]string{
		"block":          head + "skills:\n- key: go\n  name: Go 😀/\n  description: |\n    one\n    two\n",
		"indented":       head + "skills:\n    -   key: go\n        name: 'Go 😀/' # so\n        description: \"one\\ntwo\\n\"\n",
		"flow":           "{format: assay-catalogue/1, skills: [{key: go, name: Go 😀/, description: \"one\\ntwo\\n\"}], roles: []}",
		"JSON":           `{"format":"assay-catalogue/1","skills":[{"key":"go","name":"Go \ud83d\ude00\/","description":"one\ntwo\n"}]}`,
		"JSON with tabs": "{\n\t\"format\": \"assay-catalogue/1\",\n\t\"skills\": [\n\t\t{\n\t\t\t\"key\": \"go\",\n\t\t\t\"name\": \"Go \\ud83d\\ude00/\",\n\t\t\t\"description\": \"one\\ntwo\\n\"\n\t\t}\n\t]\n}\n",
		"Windows":        "format: assay-catalogue/1\r\nskills:\r\n- key: go\r\n  name: Go 😀/\r\n  description: |\r\n    one\r\n    two\r\n",
		"folded":         head + "skills:\n- {key: go, name: \"Go\n   😀/\", description: \"one\n\n  two\\n\"}\n",
	} {
		doc, _, err := Read([]byte(text))
		if diff := cmp.Diff(doc, want); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

// large is a document of some questions, each with a rubric, of about two kilobytes.
func large(questions int) *Document {
	line := "A line of text, with `code` and more: all of it matters.\n"
	doc := &Document{Format: Format}
	for i := range questions {
		one := sample().Questions[0]
		one.Key, one.Title, one.Draft = fmt.Sprintf("question-%d", i), fmt.Sprintf("Question: number %d", i), nil
		criterion := *one.Content.Criteria[0]
		criterion.Levels = append(criterion.Levels, criterion.Levels[0], criterion.Levels[0])
		one.Content = &content.Question{
			Prompt: strings.Repeat(line, 8), ModelAnswer: strings.Repeat(line, 8), Pitfalls: []string{line, line},
			Criteria: []*content.Criterion{&criterion, &criterion, &criterion}, FollowUps: one.Content.FollowUps,
		}
		doc.Questions = append(doc.Questions, one)
	}
	return doc
}

func BenchmarkRead(b *testing.B) {
	for name, write := range writers {
		data, err := write(large(5000))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Read(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
