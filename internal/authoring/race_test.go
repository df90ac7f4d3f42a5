package authoring_test

import (
	"fmt"
	"testing"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/term"
)

// TestOfTwoEditorsAtOnceOneWins and the other is told what stands now.
func TestOfTwoEditorsAtOnceOneWins(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		role := r.jobRole(t)
		skill, q, tpl := r.skill(t), r.question(t, term.Numeric), r.template(t, role.ID)
		for name, edit := range map[string]func(text string) error{
			"skill": func(text string) error {
				return lastErr(r.authoring.UpdateSkill(t.Context(), r.owner, authoring.UpdateSkillInput{ID: skill.ID, Revision: 1, Name: text}))
			},
			"job role": func(text string) error {
				f := authoring.JobRoleFields{Title: text, Level: term.Entry}
				return lastErr(r.authoring.UpdateJobRole(t.Context(), r.owner, authoring.UpdateJobRoleInput{ID: role.ID, Revision: 1, Fields: f}))
			},
			"question": func(text string) error {
				c := says(term.Numeric)
				c.Prompt = text
				return lastErr(r.authoring.UpdateQuestion(t.Context(), r.owner, authoring.UpdateQuestionInput{
					ID: q.ID, Revision: 1, Title: text, Category: term.Culture, Level: term.Senior, Content: c,
				}))
			},
			"template": func(text string) error {
				return lastErr(r.authoring.UpdateTemplate(t.Context(), r.owner, authoring.UpdateTemplateInput{ID: tpl.ID, Revision: 1, Name: text, Content: draft()}))
			},
		} {
			calls := make([]func() error, 6)
			for i := range calls {
				calls[i] = func() error { return edit(fmt.Sprint("Text ", i)) }
			}
			onlyOne(t, name, fault.Stale, calls...)
		}
	})
}

// TestOfTwoPublicationsAtOnceOneWins without a key: the other finds no draft.
func TestOfTwoPublicationsAtOnceOneWins(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		q := r.question(t, term.Numeric)
		publishQuestion := func() error {
			return lastErr(r.authoring.PublishQuestion(t.Context(), r.owner, authoring.PublishQuestionInput{ID: q.ID}))
		}
		onlyOne(t, "question", fault.Conflict, publishQuestion, publishQuestion, publishQuestion)
		tpl := r.template(t, r.jobRole(t).ID, q.ID)
		publish := func() error {
			return lastErr(r.authoring.PublishTemplate(t.Context(), r.owner, authoring.PublishTemplateInput{ID: tpl.ID}))
		}
		onlyOne(t, "template", fault.Conflict, publish, publish, publish)
		if n := len(r.rows(t, "SELECT id FROM template_versions")); n != 1 {
			t.Errorf("%d versions", n)
		}
	})
}
