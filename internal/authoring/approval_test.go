package authoring_test

import (
	"testing"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// approvable is a question or a template with an open draft, as an approval sees it.
type approvable struct {
	revision func() int
	approver func() *gid.ID // of the draft
	edit     func(policy.Actor) error
	approve  func(policy.Actor, int) error
	publish  func(policy.Actor) error
}

// approvableQuestion was written by the owner.
func (r *rig) approvableQuestion(t *testing.T) approvable {
	id := r.question(t, term.Numeric).ID
	return approvable{
		revision: func() int { return r.questionNow(t, id).Revision },
		approver: func() *gid.ID {
			for _, rev := range must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{id}))(t) {
				if rev.PublishedAt == nil {
					return rev.ApprovedBy
				}
			}
			return nil
		},
		edit: func(a policy.Actor) error {
			row := r.questionNow(t, id)
			return lastErr(r.authoring.UpdateQuestion(t.Context(), a, authoring.UpdateQuestionInput{
				ID: id, Revision: row.Revision, Title: row.Title, Category: row.Category, Level: row.Level, Content: says(term.Numeric),
			}))
		},
		approve: func(a policy.Actor, revision int) error {
			return lastErr(r.authoring.ApproveQuestion(t.Context(), a, authoring.ApproveQuestionInput{ID: id, Revision: revision}))
		},
		publish: func(a policy.Actor) error {
			return lastErr(r.authoring.PublishQuestion(t.Context(), a, authoring.PublishQuestionInput{ID: id}))
		},
	}
}

// approvableTemplate was written by the owner, of a question that is published.
func (r *rig) approvableTemplate(t *testing.T) approvable {
	q := r.published(t, term.Numeric).ID
	id := r.template(t, r.jobRole(t).ID, q).ID
	return approvable{
		revision: func() int { return r.templateNow(t, id).Revision },
		approver: func() *gid.ID { return r.templateNow(t, id).ApprovedBy },
		edit: func(a policy.Actor) error {
			row := r.templateNow(t, id)
			return lastErr(r.authoring.UpdateTemplate(t.Context(), a, authoring.UpdateTemplateInput{ID: id, Revision: row.Revision, Name: row.Name, Content: draft(q)}))
		},
		approve: func(a policy.Actor, revision int) error {
			return lastErr(r.authoring.ApproveTemplate(t.Context(), a, authoring.ApproveTemplateInput{ID: id, Revision: revision}))
		},
		publish: func(a policy.Actor) error {
			return lastErr(r.authoring.PublishTemplate(t.Context(), a, authoring.PublishTemplateInput{ID: id}))
		},
	}
}

// wantApproval says whether the organization asks for a second person.
func (r *rig) wantApproval(t *testing.T, want bool) {
	t.Helper()
	must(r.account.UpdateOrganization(t.Context(), r.owner, account.UpdateOrganizationInput{PublicationApproval: &want}))(t)
}

func TestASecondPersonApproves(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		second, third := r.member(t, "second", policy.Recruiter), r.member(t, "third", policy.Admin)
		key := policy.Actor{
			Org: r.owner.Org, ID: r.ids.New(gid.APIKey, r.clock.look()), Roles: []policy.Role{policy.Integration},
			Granted: []policy.Action{policy.QuestionPublish, policy.TemplatePublish},
		}
		for name, make := range map[string]func(*testing.T) approvable{"question": r.approvableQuestion, "template": r.approvableTemplate} {
			t.Run(name, func(t *testing.T) {
				r.wantApproval(t, false)
				x := make(t)
				r.wantApproval(t, true)
				r.refused(t, "publication without an approval", fault.Conflict, func() error { return x.publish(r.owner) })
				r.refused(t, "an approval by who wrote it", fault.Conflict, func() error { return x.approve(r.owner, 1) })
				r.refused(t, "an approval by an API key", fault.Denied, func() error { return x.approve(key, 1) })
				r.refused(t, "an approval of an older revision", fault.Stale, func() error { return x.approve(second, 0) }, "revision")
				if err := x.approve(second, 1); err != nil {
					t.Fatal(err)
				}
				if by := x.approver(); by == nil || *by != second.ID || x.revision() != 2 {
					t.Errorf("approved by %v at %d", by, x.revision())
				}
				if err := x.edit(third); err != nil {
					t.Fatal(err)
				}
				if by := x.approver(); by != nil {
					t.Errorf("still approved by %v after an edit", by)
				}
				r.refused(t, "publication after an edit", fault.Conflict, func() error { return x.publish(r.owner) })
				r.refused(t, "an approval by who wrote on it last", fault.Conflict, func() error { return x.approve(third, 3) })
				r.refused(t, "an approval by who wrote on it first", fault.Conflict, func() error { return x.approve(r.owner, 3) })
				r.refused(t, "an approval of what was before the edit", fault.Stale, func() error { return x.approve(second, 2) }, "revision")
				if err := x.approve(second, 3); err != nil {
					t.Fatal(err)
				}
				if err := x.publish(r.owner); err != nil {
					t.Errorf("publication with an approval: %v", err)
				}
				r.refused(t, "an approval without a draft", fault.Conflict, func() error { return x.approve(second, x.revision()) })
				if err := x.edit(second); err != nil {
					t.Fatal(err)
				}
				r.refused(t, "publication of the next draft by the approval of the one before", fault.Conflict, func() error { return x.publish(r.owner) })
				r.refused(t, "an approval by who wrote the next draft", fault.Conflict, func() error { return x.approve(second, x.revision()) })
				if err := x.approve(r.owner, x.revision()); err != nil {
					t.Errorf("who wrote only the draft before is a second person now: %v", err)
				}
				if err := x.publish(second); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

// TestNobodyNeedsAnApproval where the organization does not ask for it, and it is noted all the same.
func TestNobodyNeedsAnApproval(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		second := r.member(t, "second", policy.Recruiter)
		for name, x := range map[string]approvable{"question": r.approvableQuestion(t), "template": r.approvableTemplate(t)} {
			if err := x.publish(r.owner); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		q := r.published(t, term.Numeric).ID
		tpl := r.template(t, r.jobRole(t).ID, q)
		must(r.authoring.ApproveTemplate(t.Context(), second, authoring.ApproveTemplateInput{ID: tpl.ID, Revision: 1}))(t)
		r.publish(t, tpl.ID)
		v := r.version(t, tpl.ID, 1)
		if v.ApprovedBy == nil || *v.ApprovedBy != second.ID || v.PublishedBy != r.owner.ID {
			t.Errorf("approved by %v, published by %v", v.ApprovedBy, v.PublishedBy)
		}
	})
}

// TestAnApprovalIsPartOfTheValidation only where it is asked for.
func TestAnApprovalIsPartOfTheValidation(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		second := r.member(t, "second", policy.Recruiter)
		tpl := r.template(t, r.jobRole(t).ID, r.published(t, term.Numeric).ID)
		faults := func() int { return len(must(r.authoring.ValidateTemplate(t.Context(), r.owner, tpl.ID))(t).Faults) }
		if faults() != 0 {
			t.Error("an approval is missed that nobody asks for")
		}
		r.wantApproval(t, true)
		v := must(r.authoring.ValidateTemplate(t.Context(), r.owner, tpl.ID))(t)
		if f := one(t, v.Faults); v.Publishable || f.Path[0] != "approval" {
			t.Errorf("got %v", f)
		}
		must(r.authoring.ApproveTemplate(t.Context(), second, authoring.ApproveTemplateInput{ID: tpl.ID, Revision: 1}))(t)
		if faults() != 0 {
			t.Error("the approval is there and missed")
		}
	})
}
