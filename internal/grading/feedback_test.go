package grading_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
)

// secret stands in every text of a key and of a trace that is not meant for candidates.
const secret = "secret"

// secretive is a question with secrets everywhere but in what the candidate who chose "b" is told.
func secretive(kind term.QuestionKind) *content.Question {
	return &content.Question{
		Prompt: secret, ModelAnswer: secret, Pitfalls: []string{secret}, FollowUps: []*content.FollowUp{{When: secret, Prompt: secret}},
		Choices: []*content.Choice{
			{Key: "a", Text: secret, Correct: true, Feedback: secret}, {Key: "b", Text: secret, Feedback: "Read about " + string(kind)},
			{Key: "c", Text: secret, Feedback: secret, Points: new(secret)},
		},
		Accepted: []string{secret}, CorrectOrder: []string{"c", "b", "a"}, Numeric: &content.NumericKey{Value: secret, Tolerance: secret, Unit: secret},
		Mapping:    &content.Mapping{LowerBound: secret, UpperBound: secret, Default: secret},
		Provenance: &content.Provenance{Author: secret, Reviewer: secret, References: []*content.Reference{{Title: secret}}},
		Criteria:   []*content.Criterion{{Key: secret, Text: secret, Weight: 1, Levels: []*content.Level{{Anchor: secret}, {Points: 4, Anchor: secret}}}},
	}
}

// TestFeedbackTellsNothingOfTheKey looks for secrets in the feedback of every policy on answers of every kind.
func TestFeedbackTellsNothingOfTheKey(t *testing.T) {
	skill := &key.Skill{ID: gid.ID{1}, Name: "Go"}
	k := &key.Key{CutPercent: 50, Bands: []*content.Band{{Name: secret}}, Sections: []*key.Section{{Title: "Quiz"}}}
	doc := &grading.Result{
		Band: secret, Bands: k.Bands, Sections: []*grading.GroupResult{{Title: "Quiz"}},
		Skills: []*grading.SkillResult{{SkillID: skill.ID, Name: skill.Name}},
	}
	given := map[string]*content.Answer{}
	for i, kind := range term.QuestionKind("").Values() {
		ref := fmt.Sprintf("1.%d", i+1)
		k.Sections[0].Items = append(k.Sections[0].Items, &key.Item{
			Ref: ref, Title: secret, Kind: term.QuestionKind(kind), Points: 1, Skills: []*key.Skill{skill}, Content: secretive(term.QuestionKind(kind)),
		})
		doc.Questions = append(doc.Questions, &grading.QuestionResult{
			Ref: ref, Section: "Quiz", Title: secret, Kind: term.QuestionKind(kind), Status: term.ItemScored, Maximum: scoring.Point,
			Awards: []*grading.TraceEntry{{Criterion: secret, Text: secret, Evidence: secret, Comment: secret, AwardedBy: &gid.ID{7}}},
		})
		given[ref] = &content.Answer{Choices: []string{"b"}, Text: new(secret)}
	}
	for _, allowed := range term.FeedbackPolicy("").Values() {
		k.Feedback = term.FeedbackPolicy(allowed)
		f := grading.FeedbackOf(k, doc, given)
		if text := encodedText(t, f); strings.Contains(text, secret) {
			t.Errorf("%s tells a secret: %s", allowed, text)
		}
		if told := len(f.WorkOn) > 0; told != (k.Feedback == term.FeedbackSkills) {
			t.Errorf("%s tells what to work on: %t", allowed, told)
		}
	}
	want := []string{"Read about SINGLE_CHOICE", "Read about MULTIPLE_CHOICE"}
	if got := grading.FeedbackOf(k, doc, given).WorkOn[0].Advice; strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("got %v", got)
	}
}
