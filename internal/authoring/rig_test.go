package authoring_test

import (
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

type rig struct {
	*base
	authoring *authoring.Service
	made      atomic.Int64
}

func each(t *testing.T, run func(t *testing.T, r *rig)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) { run(t, newRig(t, db)) })
}

func newRig(t *testing.T, db dbtest.Database) *rig {
	t.Helper()
	b := newBase(t, db, 10*time.Millisecond)
	return &rig{base: b, authoring: authoring.New(b.store)}
}

// name is a name that nothing has yet.
func (r *rig) name(what string) string { return what + " " + strconv.FormatInt(r.made.Add(1), 10) }

func (r *rig) skill(t testing.TB) *ent.Skill {
	t.Helper()
	return must(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: r.name("Skill")}))(t)
}

func (r *rig) jobRole(t testing.TB) *ent.JobRole {
	t.Helper()
	return must(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{Fields: r.roleFields()}))(t)
}

func (r *rig) roleFields() authoring.JobRoleFields {
	return authoring.JobRoleFields{Title: r.name("Role"), Level: term.Senior}
}

func (r *rig) question(t testing.TB, kind term.QuestionKind) *ent.Question {
	t.Helper()
	return must(r.authoring.CreateQuestion(t.Context(), r.owner, r.newQuestion(kind)))(t)
}

func (r *rig) newQuestion(kind term.QuestionKind) authoring.CreateQuestionInput {
	return authoring.CreateQuestionInput{
		Title: r.name("Question"), Kind: kind, Category: term.Technical, Level: term.Entry, Content: says(kind),
	}
}

func (r *rig) published(t testing.TB, kind term.QuestionKind) *ent.Question {
	t.Helper()
	return must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: r.question(t, kind).ID}))(t)
}

// says is a good question of a kind.
func says(kind term.QuestionKind) *content.Question {
	q := &content.Question{Prompt: "Why?", ModelAnswer: "Because.", Pitfalls: []string{"Guessing"}, TimeHint: 60,
		FollowUps: []*content.FollowUp{{When: "no reason", Prompt: "And why?"}}}
	switch kind {
	case term.SingleChoice, term.MultipleChoice:
		q.Choices = []*content.Choice{{Key: "a", Text: "A", Correct: true}, {Key: "b", Text: "B"}, {Key: "c", Text: "C"}}
		if kind == term.MultipleChoice {
			q.PartialCredit = new(term.SubtractWrong)
		}
	case term.Numeric:
		q.Numeric = &content.NumericKey{Value: "3.5", Mode: term.Absolute, Tolerance: "0.1", Unit: "s"}
	default:
		q.Criteria = []*content.Criterion{{Key: "why", Text: "gives a reason", Weight: 1, Levels: []*content.Level{
			{Points: 0, Anchor: "none"}, {Points: 2, Anchor: "a good one"},
		}}}
		if kind == term.ShortText {
			q.Accepted = []string{"Because"}
		}
	}
	return q
}

// draft is a good draft with one section of the given questions.
func draft(questions ...gid.ID) *content.Template {
	s := &content.Section{Title: "One", TimeLimit: 600}
	for _, q := range questions {
		s.Slots = append(s.Slots, &content.Slot{QuestionID: q, Points: 2})
	}
	return &content.Template{
		Sections: []*content.Section{s}, CutPercent: 50, Feedback: term.FeedbackOutcome,
		Bands: []*content.Band{{Name: "Low"}, {Name: "High", MinPercent: 50}},
	}
}

func (r *rig) template(t testing.TB, role gid.ID, questions ...gid.ID) *ent.Template {
	t.Helper()
	return must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: role, Name: r.name("Template"), Mode: term.Assessment, Content: draft(questions...),
	}))(t)
}

func (r *rig) publish(t testing.TB, id gid.ID) *ent.Template {
	t.Helper()
	return must(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: id}))(t)
}
