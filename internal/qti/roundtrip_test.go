package qti

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// nasty is text that XML, JSON and Markdown would each like to change.
func nasty() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		text := ""
		for range rapid.IntRange(0, 6).Draw(t, "pieces") {
			text += rapid.SampledFrom([]string{
				"a", "word ", "]]>", "<p>", "&amp;", "&", "\"", "'", "\r\n", "\n", "\n\n", "\r", "\t", " ", "é", "e\u0301", "𝄞", "\u0085", "\u00a0",
				"\u2028", "\ufeff", "\ufffd", "\u202e", "\x7f", "`", "```", "*", "_", "\\", "|", "# ", "1. ", "- ", "<!--", "<![CDATA[", "{", "\\u0000", "%20",
			}).Draw(t, "piece")
		}
		return text
	})
}

// several is a list of at most three; an empty one is nil, as a catalogue is read.
func several[T any](t *rapid.T, name string, one func(i int) T) []T {
	var out []T
	for i := range rapid.IntRange(0, 3).Draw(t, name) {
		out = append(out, one(i))
	}
	return out
}

func perhaps[T any](t *rapid.T, name string, one *rapid.Generator[T]) *T {
	if !rapid.Bool().Draw(t, name) {
		return nil
	}
	return new(one.Draw(t, name))
}

func enum[T ~string](t *rapid.T, values []string) T {
	return T(rapid.SampledFrom(values).Draw(t, "value"))
}

func drawKey(t *rapid.T, i int) string {
	return rapid.StringMatching(`[a-z0-9][a-z0-9._-]{0,19}`).Draw(t, "key") + strconv.Itoa(i)
}

func drawContent(t *rapid.T, kind term.QuestionKind) *content.Question {
	text := func() string { return nasty().Draw(t, "text") }
	number := rapid.StringMatching(`-?[0-9]{1,5}(\.[0-9]{1,4})?(e-?[0-9])?`)
	q := &content.Question{
		Prompt: text(), ShuffleChoices: rapid.Bool().Draw(t, "shuffle"), ModelAnswer: text(), TimeHint: rapid.IntRange(0, 9999).Draw(t, "hint"),
		Pitfalls:  several(t, "pitfalls", func(int) string { return text() }),
		FollowUps: several(t, "followUps", func(int) *content.FollowUp { return &content.FollowUp{When: text(), Prompt: text()} }),
		Criteria: several(t, "criteria", func(i int) *content.Criterion {
			return &content.Criterion{Key: strconv.Itoa(i), Text: text(), Weight: i, Levels: several(t, "levels", func(i int) *content.Level { return &content.Level{Points: i, Anchor: text()} })}
		}),
		Translations: several(t, "translations", func(i int) *content.Translation {
			return &content.Translation{Language: "l" + strconv.Itoa(i), Prompt: text(), Choices: several(t, "texts", func(int) *content.ChoiceText {
				return &content.ChoiceText{Key: text(), Text: text(), Feedback: text()}
			})}
		}),
		PartialCredit: perhaps(t, "partial", rapid.Map(rapid.SampledFrom(term.PartialCredit("").Values()), func(v string) term.PartialCredit { return term.PartialCredit(v) })),
	}
	if rapid.Bool().Draw(t, "provenance") {
		q.Provenance = &content.Provenance{Author: text(), References: several(t, "references", func(int) *content.Reference { return &content.Reference{Title: text(), URL: text()} })}
	}
	if rapid.Bool().Draw(t, "mapping") {
		q.Mapping = &content.Mapping{LowerBound: number.Draw(t, "lower"), UpperBound: number.Draw(t, "upper"), Default: number.Draw(t, "default")}
	}
	switch {
	case kind.Chosen():
		q.Choices = several(t, "choices", func(i int) *content.Choice {
			return &content.Choice{Key: text() + strconv.Itoa(i), Text: text(), Correct: rapid.Bool().Draw(t, "correct"), Feedback: text(), Points: perhaps(t, "points", number)}
		})
		for _, c := range q.Choices {
			q.CorrectOrder = append(q.CorrectOrder, c.Key)
		}
	case kind == term.Numeric:
		q.Numeric = &content.NumericKey{Value: number.Draw(t, "value"), Mode: enum[term.ToleranceMode](t, term.Exact.Values()), Tolerance: text(), Unit: text()}
	case kind == term.ShortText:
		q.Accepted = several(t, "accepted", func(int) string { return text() })
	case kind == term.Code:
		q.Code = &content.Code{Language: text(), Starter: text(), CPULimit: perhaps(t, "cpu", rapid.IntRange(1, 9999)), Tests: several(t, "tests", func(i int) *content.CodeTest {
			return &content.CodeTest{
				Name: text(), Stdin: text(), Expected: text(), Weight: i, Hidden: rapid.Bool().Draw(t, "hidden"),
				Comparison: enum[term.OutputComparison](t, term.ExactOutput.Values()),
			}
		})}
	case kind == term.Spoken:
		q.Spoken = &content.Spoken{MaxSeconds: rapid.IntRange(0, 999).Draw(t, "seconds")}
	}
	return q
}

func drawQuestion(t *rapid.T, i int) *catalogue.Question {
	kind := enum[term.QuestionKind](t, term.Code.Values())
	return &catalogue.Question{
		Key: drawKey(t, i), Title: nasty().Draw(t, "title"), State: enum[term.PublicationState](t, term.Draft.Values()), Kind: kind,
		Category: enum[term.Category](t, term.Culture.Values()), Level: enum[term.Level](t, term.Senior.Values()), Language: nasty().Draw(t, "language"),
		Skills: several(t, "skills", func(int) string { return nasty().Draw(t, "skill") }), Content: drawContent(t, kind),
	}
}

func drawSlot(t *rapid.T, keys []string) *catalogue.Slot {
	s := &catalogue.Slot{Points: rapid.IntRange(0, 50).Draw(t, "points")}
	switch rapid.IntRange(0, 2).Draw(t, "slot") {
	case 0:
		s.Question = rapid.SampledFrom(keys).Draw(t, "question")
	case 1:
		s.Draw = &catalogue.Draw{Count: rapid.IntRange(0, 3).Draw(t, "count"), Questions: several(t, "pool", func(int) string { return rapid.SampledFrom(keys).Draw(t, "question") })}
	default:
		s.Draw = &catalogue.Draw{Count: 1, Filter: &catalogue.Filter{Language: perhaps(t, "language", nasty()), Skills: several(t, "skills", func(int) string { return nasty().Draw(t, "skill") })}}
	}
	return s
}

func drawTemplate(t *rapid.T, i int, keys []string) *catalogue.Template {
	text := func() string { return nasty().Draw(t, "text") }
	return &catalogue.Template{
		Key: drawKey(t, i), Name: text(), State: enum[term.PublicationState](t, term.Draft.Values()), Mode: enum[term.TemplateMode](t, term.Practice.Values()),
		Role: text(), Instructions: text(), CutPercent: rapid.IntRange(-1, 101).Draw(t, "cut"), Feedback: enum[term.FeedbackPolicy](t, term.FeedbackNone.Values()),
		TotalLimit: perhaps(t, "total", rapid.IntRange(0, 9999)), AttemptLimit: perhaps(t, "attempts", rapid.IntRange(0, 9)),
		Bands:   several(t, "bands", func(i int) *content.Band { return &content.Band{Name: text(), MinPercent: i} }),
		Signals: several(t, "signals", func(int) term.IntegritySignal { return term.Pasted }),
		Sections: several(t, "sections", func(int) *catalogue.Section {
			return &catalogue.Section{
				Title: text(), Instructions: text(), TimeLimit: rapid.IntRange(-1, 9999).Draw(t, "limit"), Weight: perhaps(t, "weight", rapid.IntRange(0, 100)),
				Order: perhaps(t, "order", rapid.Just(term.Shuffled)), Navigation: perhaps(t, "navigation", rapid.Just(term.ForwardOnly)),
				Slots: several(t, "slots", func(int) *catalogue.Slot { return drawSlot(t, keys) }),
			}
		}),
	}
}

func drawDocument(t *rapid.T) *catalogue.Document {
	text := func() string { return nasty().Draw(t, "text") }
	doc := &catalogue.Document{
		Format:    catalogue.Format,
		Questions: several(t, "questions", func(i int) *catalogue.Question { return drawQuestion(t, i) }),
		Skills: several(t, "skills", func(i int) *catalogue.Skill {
			return &catalogue.Skill{Key: drawKey(t, i), Name: text(), Description: text(), Parent: text()}
		}),
		Roles: several(t, "roles", func(i int) *catalogue.Role {
			return &catalogue.Role{Key: drawKey(t, i), Title: text(), Status: term.Open, Level: term.Entry, Responsibilities: several(t, "duties", func(int) string { return text() })}
		}),
	}
	keys := []string{"elsewhere"}
	for _, q := range doc.Questions {
		keys = append(keys, q.Key)
	}
	doc.Templates = several(t, "templates", func(i int) *catalogue.Template { return drawTemplate(t, i, keys) })
	return doc
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		doc := drawDocument(rt)
		data, _, err := Export(doc)
		if err != nil {
			rt.Fatal(err)
		}
		got, notes, err := Import(data)
		if err != nil || len(notes) > 0 {
			rt.Fatalf("%v %s", err, told(notes))
		}
		if diff := cmp.Diff(got, doc); diff != "" {
			rt.Fatal(diff)
		}
		again, _, err := Export(got)
		if err != nil || !bytes.Equal(data, again) {
			rt.Fatalf("a second export differs (%v)", err)
		}
	})
}

// TestRoundTripOfPlain reads each export also as plain QTI, and that once more after a second export.
func TestRoundTripOfPlain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		doc := drawDocument(rt)
		data, _, err := Export(doc)
		if err != nil {
			rt.Fatal(err)
		}
		plain, _, err := Import(altered(t, data, bare))
		if err != nil {
			rt.Fatal(err)
		}
		data, _, err = Export(plain)
		if err != nil {
			rt.Fatal(err)
		}
		got, notes, err := Import(data)
		if err != nil || len(notes) > 0 {
			rt.Fatalf("%v %s", err, told(notes))
		}
		if diff := cmp.Diff(got, plain); diff != "" {
			rt.Fatal(diff)
		}
	})
}
