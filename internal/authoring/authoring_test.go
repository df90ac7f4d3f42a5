package authoring_test

import (
	"context"
	"maps"
	"testing"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func idOf[T any](id func(T) gid.ID) func(T, error) (gid.ID, error) {
	return func(row T, err error) (gid.ID, error) {
		if err != nil {
			return gid.ID{}, err
		}
		return id(row), nil
	}
}

func skillID(s *ent.Skill) gid.ID             { return s.ID }
func roleID(s *ent.JobRole) gid.ID            { return s.ID }
func questionID(s *ent.Question) gid.ID       { return s.ID }
func templateID(s *ent.Template) gid.ID       { return s.ID }
func versionID(s *ent.TemplateVersion) gid.ID { return s.ID }

func changed(text string, other bool) string {
	if other {
		return text + " other"
	}
	return text
}

func TestEveryMutation(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		writer := r.member(t, "writer", policy.Recruiter)
		all := r.bankMutations()
		maps.Copy(all, r.skillMutations())
		maps.Copy(all, r.templateMutations())
		maps.Copy(all, r.approvalMutations(writer))
		for name, m := range all {
			m.actor = r.owner
			all[name] = m
		}
		r.mutate(t, all)
	})
}

func (r *rig) skillMutations() map[string]mutation {
	return map[string]mutation{
		"CreateSkill": {action: policy.SkillWrite, events: []event.Type{event.SkillCreated}, fresh: func(testing.TB) call {
			name := r.name("Skill")
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				return idOf(skillID)(r.authoring.CreateSkill(ctx, a, authoring.CreateSkillInput{Name: changed(name, other), IdempotencyKey: key}))
			}
		}},
		"UpdateSkill": {action: policy.SkillWrite, events: []event.Type{event.SkillUpdated}, foreign: true, fresh: func(t testing.TB) call {
			row, name := r.skill(t), r.name("Skill")
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				return idOf(skillID)(r.authoring.UpdateSkill(ctx, a, authoring.UpdateSkillInput{
					ID: row.ID, Revision: 1, Name: changed(name, other), IdempotencyKey: key,
				}))
			}
		}},
		"MergeSkills": {action: policy.SkillWrite, events: []event.Type{event.SkillMerged}, foreign: true, fresh: func(t testing.TB) call {
			from, second, into := r.skill(t), r.skill(t), r.skill(t)
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				id := from.ID
				if other {
					id = second.ID
				}
				return idOf(skillID)(r.authoring.MergeSkills(ctx, a, authoring.MergeSkillsInput{FromID: id, IntoID: into.ID, IdempotencyKey: key}))
			}
		}},
	}
}

func (r *rig) bankMutations() map[string]mutation {
	return map[string]mutation{
		"CreateJobRole": {action: policy.JobRoleWrite, events: []event.Type{event.JobRoleCreated}, foreign: true, fresh: func(t testing.TB) call {
			f := r.roleFields()
			f.MustHaveSkills = []*authoring.MustHaveSkillInput{{SkillID: r.skill(t).ID, Weight: 1}}
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				f := f
				f.Title = changed(f.Title, other)
				return idOf(roleID)(r.authoring.CreateJobRole(ctx, a, authoring.CreateJobRoleInput{Fields: f, IdempotencyKey: key}))
			}
		}},
		"UpdateJobRole": {action: policy.JobRoleWrite, events: []event.Type{event.JobRoleUpdated}, foreign: true, fresh: func(t testing.TB) call {
			row, f := r.jobRole(t), r.roleFields()
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				f := f
				f.Title = changed(f.Title, other)
				return idOf(roleID)(r.authoring.UpdateJobRole(ctx, a, authoring.UpdateJobRoleInput{ID: row.ID, Revision: 1, Fields: f, IdempotencyKey: key}))
			}
		}},
		"CreateQuestion": {action: policy.QuestionWrite, events: []event.Type{event.QuestionCreated}, foreign: true, fresh: func(t testing.TB) call {
			in := r.newQuestion(term.Numeric)
			in.Content.SkillIDs = []gid.ID{r.skill(t).ID}
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				in := in
				in.Title, in.IdempotencyKey = changed(in.Title, other), key
				return idOf(questionID)(r.authoring.CreateQuestion(ctx, a, in))
			}
		}},
		"UpdateQuestion": {action: policy.QuestionWrite, events: []event.Type{event.QuestionRevised}, foreign: true, fresh: func(t testing.TB) call {
			row := r.published(t, term.Numeric)
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				return idOf(questionID)(r.authoring.UpdateQuestion(ctx, a, authoring.UpdateQuestionInput{
					ID: row.ID, Revision: row.Revision, Title: changed("T", other), Category: term.Culture, Level: term.Senior,
					Content: says(term.Numeric), IdempotencyKey: key,
				}))
			}
		}},
		"PublishQuestion": {action: policy.QuestionPublish, events: []event.Type{event.QuestionPublished}, foreign: true, fresh: func(t testing.TB) call {
			row, second := r.question(t, term.Numeric), r.question(t, term.Numeric)
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				id := row.ID
				if other {
					id = second.ID
				}
				return idOf(questionID)(r.authoring.PublishQuestion(ctx, a, authoring.PublishQuestionInput{ID: id, IdempotencyKey: key}))
			}
		}},
		"RetireQuestion": {action: policy.QuestionPublish, events: []event.Type{event.QuestionRetired}, foreign: true, fresh: func(t testing.TB) call {
			row, second := r.published(t, term.Numeric), r.published(t, term.Numeric)
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				id := row.ID
				if other {
					id = second.ID
				}
				return idOf(questionID)(r.authoring.RetireQuestion(ctx, a, authoring.RetireQuestionInput{ID: id, IdempotencyKey: key}))
			}
		}},
	}
}

// approvalMutations are the second person's: the writer is the first.
func (r *rig) approvalMutations(writer policy.Actor) map[string]mutation {
	return map[string]mutation{
		"ApproveQuestion": {action: policy.QuestionPublish, events: []event.Type{event.QuestionApproved}, foreign: true, fresh: func(t testing.TB) call {
			row := must(r.authoring.CreateQuestion(t.Context(), writer, r.newQuestion(term.Numeric)))(t)
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				in := authoring.ApproveQuestionInput{ID: row.ID, Revision: 1, IdempotencyKey: key}
				if other {
					in.Revision = 2
				}
				return idOf(questionID)(r.authoring.ApproveQuestion(ctx, a, in))
			}
		}},
		"ApproveTemplate": {action: policy.TemplatePublish, events: []event.Type{event.TemplateApproved}, foreign: true, fresh: func(t testing.TB) call {
			row := must(r.authoring.CreateTemplate(t.Context(), writer, authoring.CreateTemplateInput{
				JobRoleID: r.jobRole(t).ID, Name: r.name("Template"), Mode: term.Practice, Content: draft(),
			}))(t)
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				in := authoring.ApproveTemplateInput{ID: row.ID, Revision: 1, IdempotencyKey: key}
				if other {
					in.Revision = 2
				}
				return idOf(templateID)(r.authoring.ApproveTemplate(ctx, a, in))
			}
		}},
	}
}

func (r *rig) templateMutations() map[string]mutation {
	return map[string]mutation{
		"DuplicateTemplate": {action: policy.TemplateWrite, events: []event.Type{event.TemplateCreated}, foreign: true, fresh: func(t testing.TB) call {
			row, name := r.template(t, r.jobRole(t).ID, r.question(t, term.Numeric).ID), r.name("Template")
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				return idOf(templateID)(r.authoring.DuplicateTemplate(ctx, a, authoring.DuplicateTemplateInput{
					ID: row.ID, Name: changed(name, other), IdempotencyKey: key,
				}))
			}
		}},
		"CreateTemplate": {action: policy.TemplateWrite, events: []event.Type{event.TemplateCreated}, foreign: true, fresh: func(t testing.TB) call {
			role, name, q := r.jobRole(t).ID, r.name("Template"), r.question(t, term.Numeric).ID
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				return idOf(templateID)(r.authoring.CreateTemplate(ctx, a, authoring.CreateTemplateInput{
					JobRoleID: role, Name: changed(name, other), Mode: term.Interview, Content: draft(q, q), IdempotencyKey: key,
				}))
			}
		}},
		"UpdateTemplate": {action: policy.TemplateWrite, events: []event.Type{event.TemplateRevised}, foreign: true, fresh: func(t testing.TB) call {
			q := r.published(t, term.Numeric).ID
			row := r.publish(t, r.template(t, r.jobRole(t).ID, q).ID)
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				return idOf(templateID)(r.authoring.UpdateTemplate(ctx, a, authoring.UpdateTemplateInput{
					ID: row.ID, Revision: row.Revision, Name: changed("N", other), Content: draft(q), IdempotencyKey: key,
				}))
			}
		}},
		"PublishTemplate": {action: policy.TemplatePublish, events: []event.Type{event.TemplatePublished}, foreign: true, fresh: func(t testing.TB) call {
			q := r.published(t, term.LongText).ID
			row := r.template(t, r.jobRole(t).ID, q)
			second := r.template(t, row.JobRoleID, q)
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				id := row.ID
				if other {
					id = second.ID
				}
				return idOf(templateID)(r.authoring.PublishTemplate(ctx, a, authoring.PublishTemplateInput{ID: id, IdempotencyKey: key}))
			}
		}},
		"RetireTemplate": {action: policy.TemplatePublish, events: []event.Type{event.TemplateRetired}, foreign: true, fresh: func(t testing.TB) call {
			q := r.published(t, term.LongText).ID
			row := r.publish(t, r.template(t, r.jobRole(t).ID, q).ID)
			second := r.publish(t, r.template(t, row.JobRoleID, q).ID)
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				id := row.ID
				if other {
					id = second.ID
				}
				return idOf(templateID)(r.authoring.RetireTemplate(ctx, a, authoring.RetireTemplateInput{ID: id, IdempotencyKey: key}))
			}
		}},
	}
}

func TestEveryListAndBatch(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		s := r.skill(t)
		f := r.roleFields()
		f.MustHaveSkills = []*authoring.MustHaveSkillInput{{SkillID: s.ID, Weight: 1}}
		role := must(r.authoring.CreateJobRole(ctx, r.owner, authoring.CreateJobRoleInput{Fields: f}))(t)
		q := r.published(t, term.LongText)
		revision := one(t, must(r.authoring.CurrentRevisions(ctx, r.owner, []gid.ID{q.ID}))(t)).ID
		tpl := r.publish(t, r.templateOf(t, role.ID, slots(drawn(1, q.ID))).ID)
		versions := must(r.authoring.VersionsByTemplate(ctx, r.owner, []gid.ID{tpl.ID}))(t)
		v := versions[0].ID
		for name, c := range map[string]struct {
			action policy.Action
			id     gid.ID
			ask    func(policy.Actor) ([]gid.ID, error)
		}{
			"Skills": {policy.SkillRead, s.ID, func(a policy.Actor) ([]gid.ID, error) {
				return nodes(skillID)(r.authoring.Skills(ctx, a, nil, tenant.Paging{}))
			}},
			"SkillsByID": {policy.SkillRead, s.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(skillID)(r.authoring.SkillsByID(ctx, a, []gid.ID{s.ID}))
			}},
			"JobRoles": {policy.JobRoleRead, role.ID, func(a policy.Actor) ([]gid.ID, error) {
				return nodes(roleID)(r.authoring.JobRoles(ctx, a, nil, tenant.Paging{}))
			}},
			"JobRolesByID": {policy.JobRoleRead, role.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(roleID)(r.authoring.JobRolesByID(ctx, a, []gid.ID{role.ID}))
			}},
			"StandingSkills": {policy.SkillRead, s.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(func(s *authoring.StandingSkill) gid.ID { return s.Skill.ID })(r.authoring.StandingSkills(ctx, a, []gid.ID{s.ID}))
			}},
			"MustHaveSkills": {policy.JobRoleRead, s.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(func(s *ent.JobRoleSkill) gid.ID { return s.SkillID })(r.authoring.MustHaveSkills(ctx, a, []gid.ID{role.ID}))
			}},
			"Questions": {policy.QuestionRead, q.ID, func(a policy.Actor) ([]gid.ID, error) {
				return nodes(questionID)(r.authoring.Questions(ctx, a, nil, tenant.Paging{}))
			}},
			"QuestionsByID": {policy.QuestionRead, q.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(questionID)(r.authoring.QuestionsByID(ctx, a, []gid.ID{q.ID}))
			}},
			"CurrentRevisions": {policy.QuestionRead, q.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(func(s *ent.QuestionRevision) gid.ID { return s.QuestionID })(r.authoring.CurrentRevisions(ctx, a, []gid.ID{q.ID}))
			}},
			"RevisionsByQuestion": {policy.QuestionRead, revision, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(func(s *ent.QuestionRevision) gid.ID { return s.ID })(r.authoring.RevisionsByQuestion(ctx, a, []gid.ID{q.ID}))
			}},
			"SimilarQuestions": {policy.QuestionRead, q.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(func(s *authoring.SimilarQuestion) gid.ID { return s.Question.ID })(r.authoring.SimilarQuestions(ctx, a, "Why?"))
			}},
			"UsesByRevision": {policy.TemplateRead, v, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(func(s *authoring.RevisionUse) gid.ID { return s.Version.ID })(r.authoring.UsesByRevision(ctx, a, []gid.ID{revision}))
			}},
			"ExposuresByVersion": {policy.TemplateRead, q.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(func(s *authoring.ExposureCount) gid.ID { return s.QuestionID })(r.authoring.ExposuresByVersion(ctx, a, []gid.ID{v}))
			}},
			"SkillCoverage": {policy.TemplateRead, s.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(func(s *authoring.Coverage) gid.ID { return s.SkillID })(r.authoring.SkillCoverage(ctx, a, []gid.ID{tpl.ID}))
			}},
			"Templates": {policy.TemplateRead, tpl.ID, func(a policy.Actor) ([]gid.ID, error) {
				return nodes(templateID)(r.authoring.Templates(ctx, a, nil, tenant.Paging{}))
			}},
			"TemplatesByID": {policy.TemplateRead, tpl.ID, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(templateID)(r.authoring.TemplatesByID(ctx, a, []gid.ID{tpl.ID}))
			}},
			"VersionsByTemplate": {policy.TemplateRead, v, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(versionID)(r.authoring.VersionsByTemplate(ctx, a, []gid.ID{tpl.ID}))
			}},
			"Sheets": {policy.TemplateRead, v, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(func(s *authoring.Sheet) gid.ID { return s.VersionID })(r.authoring.Sheets(ctx, a, []gid.ID{v}))
			}},
			"VersionsByID": {policy.TemplateRead, v, func(a policy.Actor) ([]gid.ID, error) {
				return idsOf(versionID)(r.authoring.VersionsByID(ctx, a, []gid.ID{v}))
			}},
		} {
			t.Run(name, func(t *testing.T) {
				if got := must(c.ask(r.owner))(t); !c.id.IsZero() && (len(got) != 1 || got[0] != c.id) {
					t.Errorf("got %v, want %s", got, c.id)
				}
				if got := must(c.ask(r.stranger))(t); len(got) != 0 {
					t.Errorf("another organization sees %v", got)
				}
				r.denied(t, c.action, func(a policy.Actor) error { _, err := c.ask(a); return err })
				if c.action == policy.SkillRead {
					return
				}
				if got := must(c.ask(r.limited(r.ids.New(gid.JobRole, r.clock.look()))))(t); len(got) != 0 {
					t.Errorf("a manager of another job role sees %v", got)
				}
				if got := must(c.ask(r.limited()))(t); len(got) != 0 {
					t.Errorf("a manager of no job role sees %v", got)
				}
				if got := must(c.ask(r.limited(role.ID)))(t); !c.id.IsZero() && (len(got) != 1 || got[0] != c.id) {
					t.Errorf("its manager sees %v", got)
				}
			})
		}
	})
}

func nodes[T any](id func(T) gid.ID) func(*tenant.Page[T], error) ([]gid.ID, error) {
	return func(p *tenant.Page[T], err error) ([]gid.ID, error) {
		if err != nil {
			return nil, err
		}
		return idsOf(id)(p.Nodes, nil)
	}
}

func idsOf[T any](id func(T) gid.ID) func([]T, error) ([]gid.ID, error) {
	return func(rows []T, err error) (ids []gid.ID, _ error) {
		for _, row := range rows {
			ids = append(ids, id(row))
		}
		return ids, err
	}
}

// TestWhatAsksForOneRow is not found from elsewhere, whether elsewhere is another organization or another job role.
func TestWhatAsksForOneRow(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		role := r.jobRole(t).ID
		tpl := r.publish(t, r.template(t, role, r.published(t, term.Numeric).ID).ID)
		v := r.version(t, tpl.ID, 1).ID
		for name, ask := range map[string]func(policy.Actor) error{
			"ValidateTemplate": func(a policy.Actor) error { return lastErr(r.authoring.ValidateTemplate(t.Context(), a, tpl.ID)) },
			"CompareVersions":  func(a policy.Actor) error { return lastErr(r.authoring.CompareVersions(t.Context(), a, v, v)) },
		} {
			t.Run(name, func(t *testing.T) {
				for _, a := range []policy.Actor{r.owner, r.limited(role)} {
					if err := ask(a); err != nil {
						t.Errorf("as %v: %v", a.Roles, err)
					}
				}
				for _, a := range []policy.Actor{r.stranger, r.limited(), r.limited(r.jobRole(t).ID)} {
					r.refused(t, "from elsewhere", fault.NotFound, func() error { return ask(a) })
				}
				r.denied(t, policy.TemplateRead, ask)
			})
		}
	})
}

// TestALimitedMemberAddsNothingThatTheyWouldNotSee holds for a role that could.
func TestALimitedMemberAddsNothingThatTheyWouldNotSee(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		mine, theirs := r.jobRole(t).ID, r.jobRole(t).ID
		a := r.limited(mine)
		a.Roles = []policy.Role{policy.Recruiter}
		r.refused(t, "a job role", fault.Denied, func() error {
			return lastErr(r.authoring.CreateJobRole(t.Context(), a, authoring.CreateJobRoleInput{Fields: r.roleFields()}))
		})
		r.refused(t, "a question", fault.Denied, func() error {
			return lastErr(r.authoring.CreateQuestion(t.Context(), a, r.newQuestion(term.Numeric)))
		})
		r.refused(t, "a template of another job role", fault.NotFound, func() error {
			return lastErr(r.authoring.CreateTemplate(t.Context(), a, authoring.CreateTemplateInput{JobRoleID: theirs, Name: "N", Mode: term.Assessment, Content: draft()}))
		})
		q := r.question(t, term.Numeric).ID
		r.refused(t, "a template with a question of another job role's", fault.NotFound, func() error {
			return lastErr(r.authoring.CreateTemplate(t.Context(), a, authoring.CreateTemplateInput{JobRoleID: mine, Name: "N", Mode: term.Assessment, Content: draft(q)}))
		})
	})
}
