package authoring_test

import (
	"crypto/rand"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

type rig struct {
	*base
	authoring *authoring.Service
	account   *account.Service
	made      atomic.Int64
}

func each(t *testing.T, run func(t *testing.T, r *rig)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) { run(t, newRig(t, db)) })
}

func newRig(t *testing.T, db dbtest.Database) *rig {
	t.Helper()
	b := newBase(t, db, 10*time.Millisecond)
	return &rig{base: b, authoring: authoring.New(b.store), account: account.New(b.store, rand.Reader)}
}

// member is somebody else in the first organization.
func (r *rig) member(t testing.TB, name string, role policy.Role) policy.Actor {
	t.Helper()
	address := name + "@example.com"
	must(r.account.AddMember(t.Context(), r.owner, account.AddMemberInput{Email: address, Name: name, Roles: []policy.Role{role}}))(t)
	who := policy.Identity{Issuer: "test", Subject: name, Email: address, EmailVerified: true}
	return must(r.store.Directory().Resolve(t.Context(), who, "one"))(t)
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
	case term.Ordering:
		q.Choices = []*content.Choice{{Key: "a", Text: "A"}, {Key: "b", Text: "B"}, {Key: "c", Text: "C"}}
		q.CorrectOrder, q.PartialCredit = []string{"b", "a", "c"}, new(term.AdjacentPairs)
	case term.Numeric:
		q.Numeric = &content.NumericKey{Value: "3.5", Mode: term.Absolute, Tolerance: "0.1", Unit: "s"}
	default:
		q.Criteria = []*content.Criterion{{Key: "why", Text: "gives a reason", Weight: 1, Levels: []*content.Level{
			{Points: 0, Anchor: "none"}, {Points: 2, Anchor: "a good one"},
		}}}
		sayMore(q, kind)
	}
	return q
}

// sayMore adds what only one of the kinds has that people score.
func sayMore(q *content.Question, kind term.QuestionKind) {
	switch kind {
	case term.ShortText:
		q.Accepted = []string{"Because"}
	case term.Code:
		q.Code = &content.Code{Language: "go", Starter: "package main\n", CPULimit: new(2000), MemoryLimit: new(128), Tests: []*content.CodeTest{
			{Name: "adds", Stdin: "1 2\n", Expected: "3\n", Weight: 1, Comparison: term.TrimmedOutput},
			{Name: "adds nothing", Stdin: "0 0\n", Expected: "0\n", Weight: 3, Hidden: true, Comparison: term.ExactOutput},
		}}
	case term.Spoken:
		q.Spoken = &content.Spoken{MaxSeconds: 120}
	}
}

// draft is a good draft with one section of the given questions.
func draft(questions ...gid.ID) *content.Template {
	s := &content.Section{Title: "One", TimeLimit: 600}
	for _, q := range questions {
		s.Slots = append(s.Slots, fixed(q))
	}
	return &content.Template{
		Sections: []*content.Section{s}, CutPercent: 50, Feedback: term.FeedbackOutcome,
		Bands: []*content.Band{{Name: "Low"}, {Name: "High", MinPercent: 50}},
	}
}

func (r *rig) template(t testing.TB, role gid.ID, questions ...gid.ID) *ent.Template {
	t.Helper()
	return r.templateOf(t, role, draft(questions...))
}

func (r *rig) publish(t testing.TB, id gid.ID) *ent.Template {
	t.Helper()
	return must(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: id}))(t)
}

// fixed is a slot of one question.
func fixed(q gid.ID) *content.Slot { return &content.Slot{QuestionID: &q, Points: 2} }

// drawn is a slot that takes some questions of a list.
func drawn(count int, pool ...gid.ID) *content.Slot {
	return &content.Slot{Draw: &content.Draw{Count: count, QuestionIDs: pool}, Points: 2}
}

// found is a slot that takes some questions that a filter finds.
func found(count int, f content.PoolFilter) *content.Slot {
	return &content.Slot{Draw: &content.Draw{Count: count, Filter: &f}, Points: 2}
}

// slots is a good draft with one section of the given slots.
func slots(all ...*content.Slot) *content.Template {
	t := draft()
	t.Sections[0].Slots = all
	return t
}

// asking publishes a question that was changed before it was written.
func (r *rig) asking(t testing.TB, kind term.QuestionKind, change func(*authoring.CreateQuestionInput)) *ent.Question {
	t.Helper()
	in := r.newQuestion(kind)
	change(&in)
	q := must(r.authoring.CreateQuestion(t.Context(), r.owner, in))(t)
	return must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))(t)
}

// revise opens or rewrites a question's draft.
func (r *rig) revise(t testing.TB, id gid.ID, c *content.Question) *ent.Question {
	t.Helper()
	q := r.questionNow(t, id)
	return must(r.authoring.UpdateQuestion(t.Context(), r.owner, authoring.UpdateQuestionInput{
		ID: id, Revision: q.Revision, Title: q.Title, Category: q.Category, Level: q.Level, Content: c,
	}))(t)
}

// republish gives a question a further published revision.
func (r *rig) republish(t testing.TB, id gid.ID, c *content.Question) *ent.Question {
	t.Helper()
	r.revise(t, id, c)
	return must(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: id}))(t)
}

func (r *rig) retireQuestion(t testing.TB, id gid.ID) *ent.Question {
	t.Helper()
	return must(r.authoring.RetireQuestion(t.Context(), r.owner, authoring.RetireQuestionInput{ID: id}))(t)
}

func (r *rig) questionNow(t testing.TB, id gid.ID) *ent.Question {
	t.Helper()
	return one(t, must(r.authoring.QuestionsByID(t.Context(), r.owner, []gid.ID{id}))(t))
}

func (r *rig) templateNow(t testing.TB, id gid.ID) *ent.Template {
	t.Helper()
	return one(t, must(r.authoring.TemplatesByID(t.Context(), r.owner, []gid.ID{id}))(t))
}

// templateOf is a template that says this.
func (r *rig) templateOf(t testing.TB, role gid.ID, c *content.Template) *ent.Template {
	t.Helper()
	return must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: role, Name: r.name("Template"), Mode: term.Assessment, Content: c,
	}))(t)
}

// redraft opens or rewrites a template's draft.
func (r *rig) redraft(t testing.TB, id gid.ID, c *content.Template) *ent.Template {
	t.Helper()
	row := r.templateNow(t, id)
	return must(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{ID: id, Revision: row.Revision, Name: row.Name, Content: c}))(t)
}

// merge makes one skill of two.
func (r *rig) merge(t testing.TB, from, into gid.ID) *ent.Skill {
	t.Helper()
	return must(r.authoring.MergeSkills(t.Context(), r.owner, authoring.MergeSkillsInput{FromID: from, IntoID: into}))(t)
}

// below adds a skill under another.
func (r *rig) below(t testing.TB, parent gid.ID) gid.ID {
	t.Helper()
	return must(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: r.name("Skill"), ParentID: &parent}))(t).ID
}

func one[T any](t testing.TB, list []T) T {
	t.Helper()
	if len(list) != 1 {
		t.Fatalf("got %d, want one: %v", len(list), list)
	}
	return list[0]
}
