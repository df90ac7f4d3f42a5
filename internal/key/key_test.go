package key_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/term"
)

func sample() *key.Key {
	ids := gid.NewSource(rand.Reader)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	rule := term.SubtractWrong
	skill := ids.New(gid.Skill, at)
	return &key.Key{
		CutPercent: 60, Bands: []*content.Band{{Name: "All"}}, Feedback: term.FeedbackOutcome,
		Sections: []*key.Section{
			{Title: "A", Items: []*key.Item{{
				Ref: "1.1", QuestionID: ids.New(gid.Question, at), Revision: 2, Title: "q", Kind: term.MultipleChoice, Points: 3,
				Skills: []*key.Skill{{ID: skill, Name: "Go"}},
				Content: &content.Question{
					Prompt: "p", PartialCredit: &rule, SkillIDs: []gid.ID{skill},
					Choices: []*content.Choice{{Key: "a", Text: "A", Correct: true}, {Key: "b", Text: "B"}},
				},
			}}},
			{Title: "B", Items: []*key.Item{{
				Ref: "2.1", QuestionID: ids.New(gid.Question, at), Revision: 1, Title: "t", Kind: term.LongText, Points: 5,
				Content: &content.Question{Prompt: "t", Criteria: []*content.Criterion{
					{Key: "c", Text: "says why", Weight: 1, Levels: []*content.Level{{Points: 0, Anchor: "no"}, {Points: 4, Anchor: "yes"}}},
				}},
			}}},
		},
	}
}

func TestEncodeAndDecode(t *testing.T) {
	k := sample()
	text, err := k.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := key.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(k, back); diff != "" {
		t.Error(diff)
	}
	again, err := back.Encode()
	if err != nil || string(again) != string(text) {
		t.Errorf("another form: %s, %v", again, err)
	}
	if _, err := key.Decode([]byte("[]")); err == nil {
		t.Error("a list was read as a key")
	}
}

func TestLookingThingsUp(t *testing.T) {
	k := sample()
	items := k.Items()
	if len(items) != 2 || items[0].Ref != "1.1" || items[1].Ref != "2.1" {
		t.Fatalf("got %v", items)
	}
	if k.Item("2.1") != items[1] || k.Item("1.2") != nil || k.Item("") != nil {
		t.Error("items")
	}
	if c := items[1].Criterion("c"); c == nil || c.Maximum() != 4 {
		t.Errorf("got %v", c)
	}
	if items[1].Criterion("d") != nil || items[0].Criterion("c") != nil {
		t.Error("criteria")
	}
}
