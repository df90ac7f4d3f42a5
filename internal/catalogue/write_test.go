package catalogue

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// written is a document in which every rule of the form has work to do.
func written() *Document {
	limit := 3600
	return &Document{
		Format: Format,
		Skills: []*Skill{{Key: "go", Name: "Go"}, {Key: "2pc", Name: "yes", Parent: "go", Description: "1e3"}},
		Questions: []*Question{{
			Key: "q", Title: "What: why?", State: term.Draft, Kind: term.LongText, Category: term.Technical, Level: term.Senior,
			Language: "en", Skills: []string{"go", "2pc"},
			Content: &content.Question{
				Prompt: "First\n\n  code\n", ModelAnswer: "Two\nlines", Pitfalls: []string{" a\nb", "ends\n\n", "spaces \n", "Tab\t"},
				Choices: []*content.Choice{{Key: "a", Text: "A", Correct: true}, {Key: "b", Text: "it's B"}},
			},
		}},
		Templates: []*Template{{
			Key: "t", Name: "T", State: term.Draft, Mode: term.Practice, Role: "r", TotalLimit: &limit, Provenance: &content.Provenance{},
			Feedback: term.FeedbackNone, Signals: []term.IntegritySignal{term.Pasted},
		}},
	}
}

const asYAML = `format: assay-catalogue/1
skills:
  - key: go
    name: Go
  - key: "2pc"
    name: "yes"
    description: "1e3"
    parent: go
questions:
  - key: q
    title: "What: why?"
    state: DRAFT
    kind: LONG_TEXT
    category: TECHNICAL
    level: SENIOR
    language: en
    skills:
      - go
      - "2pc"
    content:
      prompt: |
        First

          code
      choices:
        - key: a
          text: A
          correct: true
        - key: b
          text: it's B
      modelAnswer: |-
        Two
        lines
      pitfalls:
        - |2-
           a
          b
        - |+
          ends

        - "spaces \n"
        - "Tab\t"
templates:
  - key: t
    name: T
    state: DRAFT
    mode: PRACTICE
    role: r
    sections: []
    cutPercent: 0
    bands: []
    feedback: NONE
    totalLimitSeconds: 3600
    signals:
      - PASTED
    provenance: {}
`

func TestTheCanonicalForm(t *testing.T) {
	got, err := written().YAML()
	if diff := cmp.Diff(string(got), asYAML); diff != "" || err != nil {
		t.Error(err, diff)
	}
	doc := written()
	doc.Questions = nil
	got, err = doc.JSON()
	want := `{
  "format": "assay-catalogue/1",
  "skills": [
    {
      "key": "go",
      "name": "Go"
    },
    {
      "key": "2pc",
      "name": "yes",
      "description": "1e3",
      "parent": "go"
    }
  ],
  "templates": [
    {
      "key": "t",
      "name": "T",
      "state": "DRAFT",
      "mode": "PRACTICE",
      "role": "r",
      "sections": [],
      "cutPercent": 0,
      "bands": [],
      "feedback": "NONE",
      "totalLimitSeconds": 3600,
      "signals": [
        "PASTED"
      ],
      "provenance": {}
    }
  ]
}
`
	if diff := cmp.Diff(string(got), want); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestWhatNoDocumentHoldsIsNotWritten(t *testing.T) {
	for name, broken := range map[string]struct {
		doc  *Document
		want string
	}{
		"a zero":           {&Document{Skills: []*Skill{{Name: "a\x00"}}}, "skills[0].name: this text holds characters that cannot be shown"},
		"broken text":      {&Document{Roles: []*Role{{Responsibilities: []string{"", "\xff"}}}}, "roles[0].responsibilities[1]: this text holds"},
		"nothing in there": {&Document{Questions: []*Question{{}}}, "questions[0].content: there is no value"},
	} {
		for form, write := range writers {
			data, err := write(broken.doc)
			if err == nil || data != nil || !strings.Contains(err.Error(), broken.want) {
				t.Errorf("%s in %s: got %v", name, form, err)
			}
		}
	}
}
