package qti

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// entryOf is a file for zipped.
type entryOf struct{ name, text string }

// zipped makes a zip of files in their order.
func zipped(t testing.TB, files ...entryOf) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		out, err := w.Create(f.name)
		if err == nil {
			_, err = out.Write([]byte(f.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// packaged puts items and tests under a manifest that lists them.
func packaged(t testing.TB, files ...entryOf) []byte {
	t.Helper()
	list := ""
	for _, f := range files {
		kind := itemType
		if strings.Contains(f.text, "<qti-assessment-test") {
			kind = testType
		}
		list += `<resource identifier="r" type="` + kind + `" href="` + f.name + `"/>`
	}
	manifest := `<manifest xmlns="` + packageSpace + `" identifier="m"><resources>` + list + `</resources></manifest>`
	return zipped(t, append([]entryOf{{manifestName, manifest}}, files...)...)
}

// foreign is an item as another system writes it.
func foreign(declaration, body, processing string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="` + itemSpace + `" identifier="Item-1" title="An item" xml:lang="de" time-dependent="false">
` + declaration + `<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
<qti-item-body>` + body + `</qti-item-body>` + processing + `</qti-assessment-item>`
}

// taken imports a single item that must be taken.
func taken(t *testing.T, text string) (*catalogue.Question, []*Note) {
	t.Helper()
	doc, notes, err := Import([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Questions) != 1 {
		t.Fatalf("%d questions; notes %s", len(doc.Questions), told(notes))
	}
	return doc.Questions[0], notes
}

// told renders notes for a failing test.
func told(notes []*Note) string {
	var b strings.Builder
	for _, n := range notes {
		b.WriteString("\n" + n.File + " " + n.Element + ": " + n.Message)
	}
	return b.String()
}

// says reports whether a note about an element holds some words.
func says(notes []*Note, element, words string) bool {
	for _, n := range notes {
		if n.Element == element && strings.Contains(n.Message, words) {
			return true
		}
	}
	return false
}

// question is a published question with everything that QTI has no place for.
func question(key string, kind term.QuestionKind) *catalogue.Question {
	return &catalogue.Question{
		Key: key, Title: "About " + key, State: term.Published, Kind: kind, Category: term.SystemDesign, Level: term.Senior,
		Language: "en", Skills: []string{"go"},
		Content: &content.Question{
			SkillIDs: []gid.ID{}, Prompt: "What is **right**?\n\n* one\n* two", ModelAnswer: "This.", Pitfalls: []string{"That."}, TimeHint: 90,
			Criteria:     []*content.Criterion{{Key: "k", Text: "says why", Weight: 2, Levels: []*content.Level{{Points: 0, Anchor: "no"}, {Points: 3, Anchor: "yes"}}}},
			FollowUps:    []*content.FollowUp{{When: "short", Prompt: "And why?"}},
			Translations: []*content.Translation{{Language: "de", Prompt: "Was?", Choices: []*content.ChoiceText{{Key: "a", Text: "ja"}}}},
			Provenance:   &content.Provenance{Author: "A", Date: "2026-01-02", References: []*content.Reference{{Title: "T"}}},
		},
	}
}

func option(key, text string, correct bool) *content.Choice {
	return &content.Choice{Key: key, Text: text, Correct: correct}
}

// examples are one question of every kind and of every way to score it.
func examples() []*catalogue.Question {
	single := question("single", term.SingleChoice)
	single.Content.Choices = []*content.Choice{option("a", "yes", true), {Key: "b", Text: "no", Feedback: "Look again."}}
	single.Content.ShuffleChoices = true
	multiple := question("multiple", term.MultipleChoice)
	multiple.Content.Choices = []*content.Choice{option("a", "one", true), option("b", "two", true), option("3rd key", "three", false)}
	multiple.Content.PartialCredit = new(term.AllOrNothing)
	water := question("water", term.MultipleChoice)
	water.Content.Choices = []*content.Choice{option("H", "hydrogen", true), option("Cl", "chlorine", false), option("He", "helium", false)}
	water.Content.Choices[0].Points, water.Content.Choices[1].Points = new("2"), new("-1")
	water.Content.PartialCredit = new(term.Mapped)
	water.Content.Mapping = &content.Mapping{LowerBound: "0", UpperBound: "2", Default: "-2"}
	order := question("0order", term.Ordering)
	order.Content.Choices = []*content.Choice{option("x", "third", false), option("y", "first", false), option("z", "second", false)}
	order.Content.CorrectOrder = []string{"y", "z", "x"}
	exact := question("exact", term.Numeric)
	exact.Content.Numeric = &content.NumericKey{Value: "42", Mode: term.Exact}
	near := question("near", term.Numeric)
	near.Content.Numeric = &content.NumericKey{Value: "9.81", Mode: term.Absolute, Tolerance: "0.05", Unit: "m/s²"}
	percent := question("percent", term.Numeric)
	percent.Content.Numeric = &content.NumericKey{Value: "-1e3", Mode: term.Relative, Tolerance: "5"}
	short := question("short", term.ShortText)
	short.Content.Accepted = []string{"Go", "Golang"}
	open := question("open", term.ShortText)
	long := question("long", term.LongText)
	code := question("code", term.Code)
	code.Content.Code = &content.Code{Language: "go", Starter: "func main() {\n\t// <here>\n}\n", MemoryLimit: new(64), Tests: []*content.CodeTest{
		{Name: "adds", Stdin: "1 2", Expected: "<3>", Weight: 2, Hidden: true, Comparison: term.TrimmedOutput},
	}}
	spoken := question("spoken", term.Spoken)
	spoken.Content.Spoken = &content.Spoken{MaxSeconds: 90}
	return []*catalogue.Question{single, multiple, water, order, exact, near, percent, short, open, long, code, spoken}
}

// example is a whole catalogue.
func example() *catalogue.Document {
	return &catalogue.Document{
		Format:    catalogue.Format,
		Skills:    []*catalogue.Skill{{Key: "software", Name: "Software"}, {Key: "go", Name: "Go", Parent: "software"}, {Key: "sql", Name: "SQL"}},
		Roles:     []*catalogue.Role{{Key: "backend", Title: "Backend", Status: term.Open, Level: term.Senior, MustHaveSkills: []*catalogue.RoleSkill{{Skill: "go", Weight: 3}}}},
		Questions: examples(),
		Templates: []*catalogue.Template{{
			Key: "screen", Name: "Screening <1>", State: term.Published, Mode: term.Assessment, Role: "backend", Instructions: "Be *calm*.",
			CutPercent: 60, Bands: []*content.Band{{Name: "strong", MinPercent: 80}}, Feedback: term.FeedbackSections, TotalLimit: new(3600),
			SkillWeights: []*catalogue.SkillWeight{{Skill: "go", Weight: 2}}, Signals: []term.IntegritySignal{term.Pasted},
			Sections: []*catalogue.Section{
				{Title: "First", TimeLimit: 600, Navigation: new(term.ForwardOnly), Slots: []*catalogue.Slot{
					{Question: "single", Points: 2}, {Question: "water", Points: 5}, {Question: "elsewhere", Points: 1},
				}},
				{Title: "Second", Instructions: "Draws.", TimeLimit: 900, Order: new(term.Shuffled), Slots: []*catalogue.Slot{
					{Draw: &catalogue.Draw{Count: 1, Questions: []string{"exact", "near"}}, Points: 3},
					{Draw: &catalogue.Draw{Count: 2, Filter: &catalogue.Filter{Kind: new(term.ShortText)}}, Points: 4},
				}},
			},
		}},
	}
}
