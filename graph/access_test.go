package graph_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// operation is one operation of a room with what it needs, as row has it.
type operation struct {
	row
	writes bool
	// inPlace changes rows and adds none, which counting rows does not show where commits are not counted as well.
	inPlace bool
	// ready prepares an object of the organization's and gives the call that asks for it.
	ready func(t *testing.T, o *org, who *person) call
}

type call = func(context.Context, policy.Actor) error

// rooms are the services whose operations take an actor.
func rooms(r *rig) map[string]any {
	return map[string]any{"account": r.accounts, "authoring": r.authors, "sitting": r.sittings, "grading": r.grades, "insight": r.insights}
}

// done forgets what an operation gave.
func done[T any](_ T, err error) error { return err }

// shut ends a watch that began.
func shut(w *tenant.Watch, err error) error {
	if w != nil {
		w.Close()
	}
	return err
}

// some demands that a batch found something: what is not visible is left out of it.
func some[T any](found []T, err error) error {
	if err == nil && len(found) == 0 {
		return fault.New(fault.NotFound, "nothing was found")
	}
	return err
}

// fixed is for calls that prepare nothing.
func fixed(ask func(ctx context.Context, o *org, who policy.Actor) error) func(*testing.T, *org, *person) call {
	return func(_ *testing.T, o *org, _ *person) call {
		return func(ctx context.Context, who policy.Actor) error { return ask(ctx, o, who) }
	}
}

func reads(name string, needs policy.Action, bound bool, ask func(ctx context.Context, o *org, who policy.Actor) error) operation {
	return operation{row: row{name: name, needs: []policy.Action{needs}, bound: bound}, ready: fixed(ask)}
}

func lists(name string, needs policy.Action, ask func(ctx context.Context, o *org, who policy.Actor) error) operation {
	return operation{row: row{name: name, needs: []policy.Action{needs}, sowing: true}, ready: fixed(ask)}
}

func writes(name string, needs policy.Action, ready func(t *testing.T, o *org, who *person) call) operation {
	return operation{row: row{name: name, needs: []policy.Action{needs}}, writes: true, ready: ready}
}

// noted is for reads that the audit keeps: somebody took everything with them.
func noted(op operation) operation {
	op.writes = true
	return op
}

func takes(name string, ready func(t *testing.T, o *org, who *person) call) operation {
	op := writes(name, policy.SittingTake, ready)
	op.own = true
	return op
}

func operations() []operation {
	return slices.Concat(accountOperations(), authoringReads(), authoringWrites(), approvals(), catalogueWrites(), sittingReads(), sittingWrites(), clockOperations(), fileOperations(), invitationOperations(), rightReads(), rightWrites(), rightsOfCandidates(), gradingReads(), gradingWrites(), panelReads(), panelWrites())
}

func accountOperations() []operation {
	self := lists("account.Self", policy.OrganizationRead, func(ctx context.Context, o *org, who policy.Actor) error { return done(o.accounts.Self(ctx, who)) })
	self.except = map[string]string{"integration": notFound} // a key is no member
	key := writes("account.CreateAPIKey", policy.APIKeyManage, func(_ *testing.T, o *org, _ *person) call {
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.accounts.CreateAPIKey(ctx, who, account.CreateAPIKeyInput{Name: o.next("key "), Permissions: []policy.Action{policy.SkillRead}}))
		}
	})
	key.sowing = true
	settings := writes("account.UpdateOrganization", policy.OrganizationWrite, func(_ *testing.T, o *org, _ *person) call {
		in := account.UpdateOrganizationInput{Name: new(o.next("Organization "))}
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.accounts.UpdateOrganization(ctx, who, in))
		}
	})
	settings.sowing = true
	return []operation{
		self, key, settings,
		lists("account.APIKeys", policy.APIKeyManage, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.accounts.APIKeys(ctx, who, tenant.Paging{}))
		}),
		reads("account.APIKeysByID", policy.APIKeyManage, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.accounts.APIKeysByID(ctx, who, []gid.ID{o.key}))
		}),
		writes("account.RotateAPIKey", policy.APIKeyManage, func(t *testing.T, o *org, _ *person) call {
			in := account.RotateAPIKeyInput{ID: o.freshKey(t)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.accounts.RotateAPIKey(ctx, who, in)) }
		}),
		writes("account.RevokeAPIKey", policy.APIKeyManage, func(t *testing.T, o *org, _ *person) call {
			in := account.RevokeAPIKeyInput{ID: o.freshKey(t)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.accounts.RevokeAPIKey(ctx, who, in)) }
		}),
		lists("account.Organization", policy.OrganizationRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.accounts.Organization(ctx, who))
		}),
		lists("account.Members", policy.MemberRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.accounts.Members(ctx, who, tenant.Paging{}))
		}),
		reads("account.MembersByID", policy.MemberRead, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.accounts.MembersByID(ctx, who, []gid.ID{o.people["reviewer"].actor.ID}))
		}),
		lists("account.AuditEvents", policy.AuditRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.accounts.AuditEvents(ctx, who, nil, tenant.Paging{}))
		}),
		reads("account.AuditEventsByID", policy.AuditRead, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.accounts.AuditEventsByID(ctx, who, []gid.ID{o.audit}))
		}),
		writes("account.AddMember", policy.MemberManage, func(_ *testing.T, o *org, _ *person) call {
			in := account.AddMemberInput{Email: o.next("new") + "@example.com", Name: "New", Roles: []policy.Role{policy.HiringManager}, Limited: true, JobRoleIDs: []gid.ID{o.role}}
			return func(ctx context.Context, who policy.Actor) error { return done(o.accounts.AddMember(ctx, who, in)) }
		}),
	}
}

func authoringReads() []operation {
	return []operation{
		lists("authoring.Skills", policy.SkillRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.authors.Skills(ctx, who, nil, tenant.Paging{}))
		}),
		reads("authoring.StandingSkills", policy.SkillRead, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.StandingSkills(ctx, who, []gid.ID{o.merged}))
		}),
		reads("authoring.SkillCoverage", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.SkillCoverage(ctx, who, []gid.ID{o.template}))
		}),
		reads("authoring.SkillsByID", policy.SkillRead, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.SkillsByID(ctx, who, []gid.ID{o.skill}))
		}),
		lists("authoring.JobRoles", policy.JobRoleRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.authors.JobRoles(ctx, who, nil, tenant.Paging{}))
		}),
		reads("authoring.JobRolesByID", policy.JobRoleRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.JobRolesByID(ctx, who, []gid.ID{o.role}))
		}),
		reads("authoring.MustHaveSkills", policy.JobRoleRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.MustHaveSkills(ctx, who, []gid.ID{o.role}))
		}),
		lists("authoring.Questions", policy.QuestionRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.authors.Questions(ctx, who, nil, tenant.Paging{}))
		}),
		reads("authoring.QuestionsByID", policy.QuestionRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.QuestionsByID(ctx, who, []gid.ID{o.text}))
		}),
		reads("authoring.CurrentRevisions", policy.QuestionRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.CurrentRevisions(ctx, who, []gid.ID{o.text}))
		}),
		reads("authoring.RevisionsByQuestion", policy.QuestionRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.RevisionsByQuestion(ctx, who, []gid.ID{o.text}))
		}),
		reads("authoring.UsesByRevision", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.UsesByRevision(ctx, who, []gid.ID{o.revision}))
		}),
		lists("authoring.SimilarQuestions", policy.QuestionRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.authors.SimilarQuestions(ctx, who, "What is asked of whom?"))
		}),
		lists("authoring.Templates", policy.TemplateRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.authors.Templates(ctx, who, nil, tenant.Paging{}))
		}),
		reads("authoring.TemplatesByID", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.TemplatesByID(ctx, who, []gid.ID{o.template}))
		}),
		reads("authoring.VersionsByTemplate", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.VersionsByTemplate(ctx, who, []gid.ID{o.template}))
		}),
		reads("authoring.VersionsByID", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.VersionsByID(ctx, who, []gid.ID{o.version}))
		}),
		reads("authoring.ContentByVersion", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.ContentByVersion(ctx, who, []gid.ID{o.version}))
		}),
		reads("authoring.ItemsByVersion", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.ItemsByVersion(ctx, who, []gid.ID{o.version}))
		}),
		reads("authoring.Sheets", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.Sheets(ctx, who, []gid.ID{o.version}))
		}),
		reads("authoring.ExposuresByVersion", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.authors.ExposuresByVersion(ctx, who, []gid.ID{o.pooled}))
		}),
		reads("authoring.ValidateTemplate", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.authors.ValidateTemplate(ctx, who, o.template))
		}),
		reads("authoring.CompareVersions", policy.TemplateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.authors.CompareVersions(ctx, who, o.version, o.pooled))
		}),
		noted(lists("authoring.ExportCatalogue", policy.CatalogueExport, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.authors.ExportCatalogue(ctx, who))
		})),
		noted(lists("authoring.ExportQTI", policy.CatalogueExport, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.authors.ExportQTI(ctx, who))
		})),
		reads("insight.Funnel", policy.InsightRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.insights.Funnel(ctx, who, insight.FunnelInput{JobRoleID: o.role}))
		}),
		reads("insight.ReviewAgreement", policy.InsightRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.insights.ReviewAgreement(ctx, who, insight.RatingInput{JobRoleID: o.role}))
		}),
		reads("insight.Reviewers", policy.ReviewAssign, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.insights.Reviewers(ctx, who, insight.RatingInput{JobRoleID: o.role}))
		}),
		reads("insight.ScoreDistribution", policy.InsightRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.insights.ScoreDistribution(ctx, who, insight.DistributionInput{JobRoleID: o.role}))
		}),
	}
}

// catalogueWrites bring documents in, or only try to; what is in order already is not indexed again.
func catalogueWrites() []operation {
	document := writes("authoring.ImportCatalogue", policy.CatalogueImport, func(_ *testing.T, o *org, _ *person) call {
		in := authoring.ImportCatalogueInput{Document: o.skillDocument(), Apply: true}
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.authors.ImportCatalogue(ctx, who, in))
		}
	})
	document.sowing = true
	tried := document
	tried.writes = false
	tried.ready = func(_ *testing.T, o *org, _ *person) call {
		in := authoring.ImportCatalogueInput{Document: o.skillDocument()}
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.authors.ImportCatalogue(ctx, who, in))
		}
	}
	reindex := lists("authoring.Reindex", policy.CatalogueReindex, func(ctx context.Context, o *org, who policy.Actor) error {
		return o.authors.Reindex(ctx, who)
	})
	return []operation{
		document, tried, reindex,
		writes("authoring.ImportQTI", policy.CatalogueImport, func(_ *testing.T, o *org, _ *person) call {
			in := authoring.ImportQTIInput{Base64: o.item(), JobRoleID: &o.role, Apply: true}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.ImportQTI(ctx, who, in)) }
		}),
	}
}

// approvals are what only a second person may do: drafts that somebody else wrote.
func approvals() []operation {
	question := writes("authoring.ApproveQuestion", policy.QuestionPublish, func(t *testing.T, o *org, who *person) call {
		row := o.newQuestionBy(t, o.otherThan(who), term.LongText)
		in := authoring.ApproveQuestionInput{ID: row.ID, Revision: row.Revision}
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.authors.ApproveQuestion(ctx, who, in))
		}
	})
	template := writes("authoring.ApproveTemplate", policy.TemplatePublish, func(t *testing.T, o *org, who *person) call {
		row := o.newTemplateBy(t, o.otherThan(who), o.draft(o.choice))
		in := authoring.ApproveTemplateInput{ID: row.ID, Revision: row.Revision}
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.authors.ApproveTemplate(ctx, who, in))
		}
	})
	question.person, template.person = true, true
	return []operation{question, template}
}

func authoringWrites() []operation {
	skill := writes("authoring.CreateSkill", policy.SkillWrite, func(_ *testing.T, o *org, _ *person) call {
		in := authoring.CreateSkillInput{Name: o.next("skill ")}
		return func(ctx context.Context, who policy.Actor) error { return done(o.authors.CreateSkill(ctx, who, in)) }
	})
	skill.sowing = true
	return []operation{
		skill,
		writes("authoring.UpdateSkill", policy.SkillWrite, func(t *testing.T, o *org, _ *person) call {
			in := authoring.UpdateSkillInput{ID: o.newSkill(t, nil), Revision: 1, Name: o.next("skill "), ParentID: &o.skill}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.UpdateSkill(ctx, who, in)) }
		}),
		writes("authoring.MergeSkills", policy.SkillWrite, func(t *testing.T, o *org, _ *person) call {
			in := authoring.MergeSkillsInput{FromID: o.newSkill(t, nil), IntoID: o.newSkill(t, nil)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.MergeSkills(ctx, who, in)) }
		}),
		writes("authoring.CreateJobRole", policy.JobRoleWrite, func(_ *testing.T, o *org, _ *person) call {
			in := authoring.CreateJobRoleInput{Fields: o.fields()}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.CreateJobRole(ctx, who, in)) }
		}),
		writes("authoring.UpdateJobRole", policy.JobRoleWrite, func(t *testing.T, o *org, _ *person) call {
			fresh := o.newRole(t)
			in := authoring.UpdateJobRoleInput{ID: fresh.ID, Revision: fresh.Revision, Fields: o.fields()}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.UpdateJobRole(ctx, who, in)) }
		}),
		writes("authoring.CreateQuestion", policy.QuestionWrite, func(_ *testing.T, o *org, _ *person) call {
			in := authoring.CreateQuestionInput{Title: "Fresh", Kind: term.LongText, Category: term.Technical, Level: term.Entry, Content: o.asks(term.LongText)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.CreateQuestion(ctx, who, in)) }
		}),
		writes("authoring.UpdateQuestion", policy.QuestionWrite, func(t *testing.T, o *org, _ *person) call {
			in := authoring.UpdateQuestionInput{ID: o.newQuestion(t, term.LongText, false), Revision: 1, Title: "Changed", Category: term.Technical, Level: term.Entry, Content: o.asks(term.LongText)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.UpdateQuestion(ctx, who, in)) }
		}),
		writes("authoring.PublishQuestion", policy.QuestionPublish, func(t *testing.T, o *org, _ *person) call {
			in := authoring.PublishQuestionInput{ID: o.newQuestion(t, term.LongText, false)}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.authors.PublishQuestion(ctx, who, in))
			}
		}),
		writes("authoring.RetireQuestion", policy.QuestionPublish, func(t *testing.T, o *org, _ *person) call {
			in := authoring.RetireQuestionInput{ID: o.newQuestion(t, term.LongText, true)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.RetireQuestion(ctx, who, in)) }
		}),
		writes("authoring.DuplicateTemplate", policy.TemplateWrite, func(_ *testing.T, o *org, _ *person) call {
			in := authoring.DuplicateTemplateInput{ID: o.quiz, Name: "Copy", JobRoleID: &o.otherRole}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.authors.DuplicateTemplate(ctx, who, in))
			}
		}),
		writes("authoring.CreateTemplate", policy.TemplateWrite, func(_ *testing.T, o *org, _ *person) call {
			in := authoring.CreateTemplateInput{JobRoleID: o.role, Name: "Fresh", Mode: term.Assessment, Content: o.draft(o.choice)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.CreateTemplate(ctx, who, in)) }
		}),
		writes("authoring.UpdateTemplate", policy.TemplateWrite, func(t *testing.T, o *org, _ *person) call {
			in := authoring.UpdateTemplateInput{ID: o.newTemplate(t, false, o.choice), Revision: 1, Name: "Changed", Content: o.draft(o.text)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.UpdateTemplate(ctx, who, in)) }
		}),
		writes("authoring.PublishTemplate", policy.TemplatePublish, func(t *testing.T, o *org, _ *person) call {
			in := authoring.PublishTemplateInput{ID: o.newTemplate(t, false, o.choice)}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.authors.PublishTemplate(ctx, who, in))
			}
		}),
		writes("authoring.RetireTemplate", policy.TemplatePublish, func(t *testing.T, o *org, _ *person) call {
			in := authoring.RetireTemplateInput{ID: o.newTemplate(t, true, o.choice)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.authors.RetireTemplate(ctx, who, in)) }
		}),
	}
}

func (o *org) fields() authoring.JobRoleFields {
	return authoring.JobRoleFields{Title: "Fresh", Level: term.Entry, MustHaveSkills: []*authoring.MustHaveSkillInput{{SkillID: o.skill, Weight: 3}}}
}

func sittingReads() []operation {
	own := func(name string, ask func(ctx context.Context, o *org, who policy.Actor) error) operation {
		op := reads(name, policy.SittingTake, false, ask)
		op.own = true
		return op
	}
	return []operation{
		lists("sitting.Sessions", policy.SessionRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.Sessions(ctx, who, nil, tenant.Paging{}))
		}),
		reads("sitting.SessionsByID", policy.SessionRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.sittings.SessionsByID(ctx, who, []gid.ID{o.released}))
		}),
		lists("sitting.Candidates", policy.CandidateRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.Candidates(ctx, who, tenant.Paging{}))
		}),
		reads("sitting.CandidatesByID", policy.CandidateRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.sittings.CandidatesByID(ctx, who, []gid.ID{o.candidate}))
		}),
		own("sitting.Sitting", func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.Sitting(ctx, who, o.running))
		}),
		own("sitting.Responses", func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.sittings.Responses(ctx, who, o.running))
		}),
		reads("sitting.WatchSessions", policy.SessionRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return shut(o.sittings.WatchSessions(ctx, who, &o.running, nil))
		}),
		reads("sitting.ChangedSession", policy.SessionRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			w, err := o.sittings.WatchSessions(ctx, o.owner(), &o.running, nil)
			if err != nil {
				return err
			}
			defer w.Close()
			return done(o.sittings.ChangedSession(ctx, who, w))
		}),
		own("sitting.WatchSitting", func(ctx context.Context, o *org, who policy.Actor) error {
			return shut(o.sittings.WatchSitting(ctx, who, o.running))
		}),
		own("sitting.ChangedSitting", func(ctx context.Context, o *org, who policy.Actor) error {
			w, err := o.sittings.WatchSitting(ctx, o.people["candidate"].actor, o.running)
			if err != nil {
				return err
			}
			defer w.Close()
			return done(o.sittings.ChangedSitting(ctx, who, w))
		}),
		lists("grading.WatchReleases", policy.ReportRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return shut(o.grades.WatchReleases(ctx, who, nil))
		}),
		lists("grading.ReleasedReport", policy.ReportRead, func(ctx context.Context, o *org, who policy.Actor) error {
			w, err := o.grades.WatchReleases(ctx, o.owner(), nil)
			if err != nil {
				return err
			}
			defer w.Close()
			return done(o.grades.ReleasedReport(ctx, who, w))
		}),
		own("grading.Feedback", func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.grades.Feedback(ctx, who, o.released))
		}),
		reads("sitting.Finish", policy.SessionFinish, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return o.sittings.Finish(ctx, who, o.running)
		}),
	}
}

// ofOwn is an operation of the candidate's on a sitting of theirs that was started.
func ofOwn(name string, template func(o *org) gid.ID, ask func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error) operation {
	return takes(name, func(t *testing.T, o *org, _ *person) call {
		id := o.started(t, template(o)).ID
		return func(ctx context.Context, who policy.Actor) error { return ask(ctx, o, who, id) }
	})
}

// looks is an operation of the candidate's that reads of a sitting of theirs.
func looks(name string, ask func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error) operation {
	op := ofOwn(name, func(o *org) gid.ID { return o.quiz }, ask)
	op.writes = false
	return op
}

// adjusts is an operation of staff on a sitting that was started.
func adjusts(name string, ready func(t *testing.T, o *org, id gid.ID), ask func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error) operation {
	op := writes(name, policy.SessionAdjust, func(t *testing.T, o *org, _ *person) call {
		id := o.started(t, o.quiz).ID
		ready(t, o, id)
		return func(ctx context.Context, who policy.Actor) error { return ask(ctx, o, who, id) }
	})
	op.bound = true
	return op
}

func clockOperations() []operation {
	quiz := func(o *org) gid.ID { return o.quiz }
	nothing := func(*testing.T, *org, gid.ID) {}
	one := &sitting.ResponseInput{Question: "1.1", ClientKey: "first", Answer: &content.Answer{Choices: []string{"b"}}}
	heartbeat := ofOwn("sitting.Heartbeat", quiz, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
		return done(o.sittings.Heartbeat(ctx, who, sitting.HeartbeatInput{SittingID: id}))
	})
	timelines := reads("sitting.Timelines", policy.SessionRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
		return some(o.sittings.Timelines(ctx, who, []gid.ID{o.released}))
	})
	receipt := reads("sitting.VerifyReceipt", policy.SessionRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
		return done(o.sittings.VerifyReceipt(ctx, who, o.released, "00"))
	})
	outage := writes("sitting.CreditOutage", policy.SessionFinish, func(t *testing.T, o *org, _ *person) call {
		row := o.started(t, o.quiz)
		lost := tenant.Outage{ID: o.ids.New(gid.Outage, time.Now()), Began: row.CreatedAt.Add(-time.Minute), Ended: row.CreatedAt}
		return func(ctx context.Context, who policy.Actor) error {
			return o.sittings.CreditOutage(ctx, who, row.ID, lost)
		}
	})
	return []operation{
		heartbeat, timelines, receipt, outage,
		reads("sitting.Disconnect", policy.SessionFinish, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return o.sittings.Disconnect(ctx, who, o.running)
		}),
		ofOwn("sitting.SaveResponses", quiz, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.SaveResponses(ctx, who, sitting.SaveResponsesInput{SittingID: id, Responses: []*sitting.ResponseInput{one}}))
		}),
		ofOwn("sitting.EnterSection", func(o *org) gid.ID { return o.forward }, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.EnterSection(ctx, who, sitting.EnterSectionInput{SittingID: id, Section: 2}))
		}),
		ofOwn("sitting.EnterQuestion", func(o *org) gid.ID { return o.forward }, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.EnterQuestion(ctx, who, sitting.EnterQuestionInput{SittingID: id, Question: "1.2"}))
		}),
		ofOwn("sitting.SubmitSection", quiz, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.SubmitSection(ctx, who, sitting.SubmitSectionInput{SittingID: id, Section: 1}))
		}),
		ofOwn("sitting.FlagQuestion", quiz, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.FlagQuestion(ctx, who, sitting.FlagQuestionInput{SittingID: id, Question: "1.1", Flagged: true}))
		}),
		takes("sitting.TakeBreak", func(t *testing.T, o *org, _ *person) call {
			row := o.started(t, o.quiz)
			o.accommodate(t, row)
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.TakeBreak(ctx, who, sitting.TakeBreakInput{SittingID: row.ID}))
			}
		}),
		takes("sitting.EndBreak", func(t *testing.T, o *org, _ *person) call {
			row := o.started(t, o.quiz)
			o.accommodate(t, row)
			must(o.sittings.TakeBreak(t.Context(), o.people["candidate"].actor, sitting.TakeBreakInput{SittingID: row.ID}))(t)
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.EndBreak(ctx, who, sitting.EndBreakInput{SittingID: row.ID}))
			}
		}),
		looks("sitting.Flags", func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.Flags(ctx, who, id))
		}),
		looks("sitting.VerifyOwnReceipt", func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.VerifyOwnReceipt(ctx, who, id, "00"))
		}),
		adjusts("sitting.Pause", nothing, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.Pause(ctx, who, sitting.PauseSessionInput{ID: id, Reason: term.ReasonTechnical}))
		}),
		adjusts("sitting.Resume", func(t *testing.T, o *org, id gid.ID) {
			must(o.sittings.Pause(t.Context(), o.owner(), sitting.PauseSessionInput{ID: id, Reason: term.ReasonTechnical}))(t)
		}, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.Resume(ctx, who, sitting.ResumeSessionInput{ID: id}))
		}),
		adjusts("sitting.GrantTime", nothing, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.GrantTime(ctx, who, sitting.GrantTimeInput{ID: id, Time: time.Minute, Reason: term.ReasonTechnical}))
		}),
		adjusts("sitting.Reopen", func(t *testing.T, o *org, id gid.ID) {
			must(o.sittings.Submit(t.Context(), o.people["candidate"].actor, sitting.SubmitSittingInput{ID: id}))(t)
			o.unscored(t, id)
		}, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.Reopen(ctx, who, sitting.ReopenSessionInput{ID: id, Time: time.Minute, Reason: "a storm"}))
		}),
	}
}

func fileOperations() []operation {
	begin := takes("sitting.BeginUpload", func(t *testing.T, o *org, _ *person) call {
		in := sitting.BeginUploadInput{SittingID: o.started(t, o.aloud).ID, Question: "1.1", Name: "answer.webm", Size: 1000}
		return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.BeginUpload(ctx, who, in)) }
	})
	address := func(t *testing.T, o *org) string {
		begun := must(o.sittings.BeginUpload(t.Context(), o.people["candidate"].actor, sitting.BeginUploadInput{
			SittingID: o.started(t, o.aloud).ID, Question: "1.1", Name: "answer.webm", Size: len(recorded),
		}))(t)
		return strings.TrimPrefix(*begun.URL, "http://assay.example/files/upload/")
	}
	part := takes("sitting.AddPart", func(t *testing.T, o *org, _ *person) call {
		secret := address(t, o)
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.sittings.AddPart(ctx, who, secret, sitting.Part{Body: strings.NewReader(recorded), Received: time.Now}))
		}
	})
	part.inPlace = true
	at := takes("sitting.UploadAt", func(t *testing.T, o *org, _ *person) call {
		secret := address(t, o)
		return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.UploadAt(ctx, who, secret)) }
	})
	at.writes = false
	play := writes("sitting.CreatePlaybackLink", policy.RecordingPlay, func(_ *testing.T, o *org, _ *person) call {
		in := sitting.CreatePlaybackLinkInput{UploadID: o.recording}
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.sittings.CreatePlaybackLink(ctx, who, in))
		}
	})
	play.bound, play.except = true, map[string]string{"reviewer": notFound} // who hears what they review
	heard := reads("sitting.RecordingsByID", policy.RecordingPlay, true, func(ctx context.Context, o *org, who policy.Actor) error {
		return some(o.sittings.RecordingsByID(ctx, who, []gid.ID{o.recording}))
	})
	heard.except = map[string]string{"reviewer": notFound}
	return []operation{
		begin, play,
		part,
		takes("sitting.CreateOwnPlaybackLink", func(_ *testing.T, o *org, _ *person) call {
			in := sitting.CreateOwnPlaybackLinkInput{SittingID: o.speaking, UploadID: o.recording}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.CreateOwnPlaybackLink(ctx, who, in))
			}
		}),
		at, looks("sitting.Uploads", func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.Uploads(ctx, who, id))
		}),
		{row: row{name: "sitting.Play", open: public}, ready: func(t *testing.T, o *org, _ *person) call {
			link := must(o.sittings.CreateOwnPlaybackLink(t.Context(), o.people["candidate"].actor, sitting.CreateOwnPlaybackLinkInput{
				SittingID: o.speaking, UploadID: o.recording,
			}))(t)
			secret := link.URL[strings.LastIndexByte(link.URL, '/')+1:]
			return func(ctx context.Context, who policy.Actor) error {
				found, err := o.sittings.Play(ctx, who, secret)
				if err == nil {
					err = found.File.Close()
				}
				return err
			}
		}},
		heard,
		lists("sitting.RemoveUpload", policy.FileKeep, func(ctx context.Context, o *org, who policy.Actor) error {
			return o.sittings.RemoveUpload(ctx, who, o.recording)
		}),
	}
}

func sittingWrites() []operation {
	accept := takes("sitting.Accept", func(t *testing.T, o *org, _ *person) call {
		_, secret := o.invited(t, o.quiz)
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.sittings.Accept(ctx, who, sitting.AcceptInvitationInput{Token: secret}))
		}
	})
	accept.alien = string(fault.Conflict)
	invite := writes("sitting.Invite", policy.SessionInvite, func(_ *testing.T, o *org, _ *person) call {
		in := sitting.InviteCandidateInput{TemplateID: o.quiz, Candidate: sitting.CandidateInput{Email: o.next("person") + "@example.com", Name: "Person"}}
		return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.Invite(ctx, who, in)) }
	})
	cancel := writes("sitting.Cancel", policy.SessionCancel, func(t *testing.T, o *org, _ *person) call {
		row, _ := o.invited(t, o.quiz)
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.sittings.Cancel(ctx, who, sitting.CancelSessionInput{ID: row.ID, Reason: "changed plans"}))
		}
	})
	invite.bound, cancel.bound = true, true
	// Nothing is sent where no server for mail is configured, so that delivery looks for no row.
	deliver := lists("sitting.Deliver", policy.MailSend, func(ctx context.Context, o *org, who policy.Actor) error {
		return o.sittings.Deliver(ctx, who, o.ids.New(gid.Mail, o.running.Time()))
	})
	return []operation{
		accept, invite, cancel, deliver,
		takes("sitting.Start", func(t *testing.T, o *org, _ *person) call {
			id := o.accepted(t, o.quiz).ID
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.Start(ctx, who, sitting.StartSittingInput{ID: id}))
			}
		}),
		takes("sitting.SaveResponse", func(t *testing.T, o *org, _ *person) call {
			in := sitting.SaveResponseInput{SittingID: o.started(t, o.quiz).ID, Question: "1.1", ClientKey: "first", Answer: &content.Answer{Choices: []string{"b"}}}
			return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.SaveResponse(ctx, who, in)) }
		}),
		takes("sitting.Submit", func(t *testing.T, o *org, _ *person) call {
			id := o.started(t, o.quiz).ID
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.Submit(ctx, who, sitting.SubmitSittingInput{ID: id}))
			}
		}),
	}
}

// opened reads a report that nobody read before, which the audit keeps.
func opened(name string, ask func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error) operation {
	op := writes(name, policy.ReportRead, func(t *testing.T, o *org, _ *person) call {
		id := o.reportOf(t, o.sat(t, o.quiz).ID)
		return func(ctx context.Context, who policy.Actor) error { return ask(ctx, o, who, id) }
	})
	op.bound = true
	return op
}

// ofRun is what the worker does with the run of a code answer; of one that has ended it changes nothing.
func ofRun(name string, ask func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error) operation {
	op := writes(name, policy.SessionScore, func(t *testing.T, o *org, _ *person) call {
		id := o.executed(t, o.sat(t, o.quiz).ID)
		return func(ctx context.Context, who policy.Actor) error { return ask(ctx, o, who, id) }
	})
	op.writes = false
	return op
}

func gradingReads() []operation {
	review := func(name string, ask func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error) operation {
		op := writes(name, policy.ReviewScore, func(t *testing.T, o *org, who *person) call {
			id := o.newReview(t, o.sat(t, o.template).ID, o.reviewerLike(who)).ID
			return func(ctx context.Context, who policy.Actor) error { return ask(ctx, o, who, id) }
		})
		op.writes = false
		return op
	}
	return []operation{
		lists("grading.Reviews", policy.ReviewScore, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.grades.Reviews(ctx, who, nil, nil, tenant.Paging{}))
		}),
		review("grading.ReviewsByID", func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return some(o.grades.ReviewsByID(ctx, who, []gid.ID{id}))
		}),
		review("grading.Work", func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return some(o.grades.Work(ctx, who, []gid.ID{id}))
		}),
		reads("grading.AssignmentsBySession", policy.ReviewAssign, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.AssignmentsBySession(ctx, who, []gid.ID{o.inReview}))
		}),
		lists("grading.Reports", policy.ReportRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.grades.Reports(ctx, who, nil, nil, tenant.Paging{}))
		}),
		reads("grading.ReportsByID", policy.ReportRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.ReportsByID(ctx, who, []gid.ID{o.report}))
		}),
		reads("grading.ReportsBySession", policy.ReportRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.ReportsBySession(ctx, who, []gid.ID{o.released}))
		}),
		opened("grading.Results", func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			readings, err := o.grades.Readings(ctx, who, []gid.ID{id})
			if err != nil {
				return err
			}
			return some(o.grades.Results(ctx, who, readings))
		}),
		opened("grading.Document", func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.grades.Document(ctx, who, id))
		}),
		reads("grading.PreviewRescore", policy.ReportRescore, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.grades.PreviewRescore(ctx, who, o.version, dropFirst()))
		}),
		reads("grading.Rescorings", policy.ReportRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.Rescorings(ctx, who, []gid.ID{o.mended}))
		}),
		reads("grading.RescoringsByID", policy.ReportRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.RescoringsByID(ctx, who, []gid.ID{o.rescoring}))
		}),
		reads("grading.ProgressOf", policy.ReportRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.ProgressOf(ctx, who, []gid.ID{o.rescoring}))
		}),
		reads("grading.Revisions", policy.ReportRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.Revisions(ctx, who, []gid.ID{o.released}))
		}),
		reads("grading.ScoreTraces", policy.ReportRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.ScoreTraces(ctx, who, []gid.ID{o.released}))
		}),
		reads("grading.Rescore", policy.SessionScore, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return o.grades.Rescore(ctx, who, o.rescoring)
		}),
		reads("grading.Readings", policy.ReportRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.Readings(ctx, who, []gid.ID{o.report}))
		}),
		sharesOf(),
		openedByLink("grading.Shared", true, func(ctx context.Context, o *org, who policy.Actor, secret string) error {
			return done(o.grades.Shared(ctx, who, secret))
		}),
		openedByLink("grading.ShareWorks", false, func(ctx context.Context, o *org, who policy.Actor, secret string) error {
			return o.grades.ShareWorks(ctx, who, secret)
		}),
		reads("grading.Score", policy.SessionScore, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return o.grades.Score(ctx, who, o.released)
		}),
		ofRun("grading.RunCode", func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.grades.RunCode(ctx, who, id, false))
		}),
		ofRun("grading.Called", func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return o.grades.Called(ctx, who, id)
		}),
	}
}

// sharesOf lists the links of a report that has one.
func sharesOf() operation {
	op := writes("grading.SharesByReport", policy.ReportRelease, func(t *testing.T, o *org, _ *person) call {
		id := o.shared(t).Share.ReportID
		return func(ctx context.Context, who policy.Actor) error {
			return some(o.grades.SharesByReport(ctx, who, []gid.ID{id}))
		}
	})
	op.writes = false
	return op
}

// openedByLink is for whoever holds the link; reading the report is kept in the audit.
func openedByLink(name string, kept bool, open func(ctx context.Context, o *org, who policy.Actor, secret string) error) operation {
	op := writes(name, "", func(t *testing.T, o *org, _ *person) call {
		link := *o.shared(t).Link
		secret := link[strings.LastIndexByte(link, '/')+1:]
		return func(ctx context.Context, who policy.Actor) error { return open(ctx, o, who, secret) }
	})
	op.needs, op.open, op.writes = nil, public, kept
	return op
}

func gradingWrites() []operation {
	return []operation{
		writes("grading.RefreshNorm", policy.SessionScore, func(t *testing.T, o *org, _ *person) call {
			row := must(o.grades.ReportsByID(t.Context(), o.owner(), []gid.ID{o.report}))(t)[0]
			return func(ctx context.Context, who policy.Actor) error {
				return o.grades.RefreshNorm(ctx, who, row.TemplateVersionID)
			}
		}),
		writes("grading.Withdraw", policy.ReportRelease, func(t *testing.T, o *org, _ *person) call {
			in := grading.WithdrawReportInput{ID: o.releasedAnew(t), Reason: "a wrong key"}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.Withdraw(ctx, who, in)) }
		}),
		writes("grading.Share", policy.ReportRelease, func(t *testing.T, o *org, _ *person) call {
			in := grading.ShareReportInput{ReportID: o.reportOf(t, o.sat(t, o.quiz).ID)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.Share(ctx, who, in)) }
		}),
		writes("grading.RevokeShare", policy.ReportRelease, func(t *testing.T, o *org, _ *person) call {
			in := grading.RevokeReportShareInput{ID: o.shared(t).Share.ID}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.RevokeShare(ctx, who, in)) }
		}),
		writes("grading.AssignReview", policy.ReviewAssign, func(t *testing.T, o *org, _ *person) call {
			in := grading.AssignReviewInput{SessionID: o.sat(t, o.template).ID, ReviewerID: o.people["reviewer"].actor.ID}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.AssignReview(ctx, who, in)) }
		}),
		writes("grading.SubmitReview", policy.ReviewScore, func(t *testing.T, o *org, who *person) call {
			in := grading.SubmitReviewInput{ID: o.newReview(t, o.sat(t, o.template).ID, o.reviewerLike(who)).ID, Scores: o.scores()}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.SubmitReview(ctx, who, in)) }
		}),
		writes("grading.ApplyRescore", policy.ReportRescore, func(t *testing.T, o *org, _ *person) call {
			version, digest := o.previewed(t)
			in := grading.ApplyRescoreInput{TemplateVersionID: version, Fixes: dropFirst(), Reason: "unclear", Digest: digest}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.ApplyRescore(ctx, who, in)) }
		}),
		writes("grading.Release", policy.ReportRelease, func(t *testing.T, o *org, _ *person) call {
			in := grading.ReleaseReportInput{ID: o.reportOf(t, o.sat(t, o.quiz).ID)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.Release(ctx, who, in)) }
		}),
	}
}

// panelReads are what the people who review, and who assign, read beside the reviews.
func panelReads() []operation {
	scored := writes("grading.AwardsByReview", policy.ReviewScore, func(t *testing.T, o *org, who *person) call {
		id := o.reviewedBy(t, o.reviewerLike(who)).ID
		return func(ctx context.Context, who policy.Actor) error {
			return some(o.grades.AwardsByReview(ctx, who, []gid.ID{id}))
		}
	})
	named := writes("grading.CandidatesByReview", policy.CandidateRead, func(t *testing.T, o *org, _ *person) call {
		id := o.openReview(t, "reviewer")
		return func(ctx context.Context, who policy.Actor) error {
			return some(o.grades.CandidatesByReview(ctx, who, []gid.ID{id}))
		}
	})
	scored.writes, named.writes, named.bound = false, false, true
	return []operation{
		scored, named,
		lists("grading.Calibrations", policy.ReviewScore, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.grades.Calibrations(ctx, who, tenant.Paging{}))
		}),
		reads("grading.CalibrationsByID", policy.ReviewScore, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.CalibrationsByID(ctx, who, []gid.ID{o.calibration}))
		}),
		reads("grading.CalibrationsByQuestion", policy.QuestionWrite, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.CalibrationsByQuestion(ctx, who, []gid.ID{o.text}))
		}),
		reads("grading.RulesByTemplate", policy.ReviewAssign, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.RulesByTemplate(ctx, who, []gid.ID{o.ruled}))
		}),
		reads("grading.LackingBySession", policy.ReviewAssign, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.grades.LackingBySession(ctx, who, []gid.ID{o.inReview}))
		}),
	}
}

// panelWrites are what several people's reviews of one answer need beside the assignment and the scores.
func panelWrites() []operation {
	list := []operation{
		writes("grading.SetReviewRule", policy.ReviewAssign, func(_ *testing.T, o *org, _ *person) call {
			in := grading.SetReviewRuleInput{TemplateID: o.quiz, Reviewers: 2, Spread: term.SpreadQuestion}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.SetReviewRule(ctx, who, in)) }
		}),
		writes("grading.RemoveReviewRule", policy.ReviewAssign, func(t *testing.T, o *org, _ *person) call {
			in := grading.RemoveReviewRuleInput{TemplateID: o.newTemplate(t, true, o.choice)}
			o.rule(t, in.TemplateID)
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.grades.RemoveReviewRule(ctx, who, in))
			}
		}),
		writes("grading.AssignReviews", policy.ReviewAssign, func(t *testing.T, o *org, _ *person) call {
			o.sat(t, o.ruled)
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.grades.AssignReviews(ctx, who, grading.AssignReviewsInput{TemplateID: &o.ruled}))
			}
		}),
		writes("grading.ReassignReview", policy.ReviewAssign, func(t *testing.T, o *org, _ *person) call {
			in := grading.ReassignReviewInput{ID: o.newReview(t, o.sat(t, o.template).ID, "reviewer").ID, ReviewerID: o.people["admin"].actor.ID, Reason: "away"}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.ReassignReview(ctx, who, in)) }
		}),
		writes("grading.WithdrawReview", policy.ReviewAssign, func(t *testing.T, o *org, _ *person) call {
			in := grading.WithdrawReviewInput{ID: o.newReview(t, o.sat(t, o.template).ID, "reviewer").ID, Reason: "not needed"}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.WithdrawReview(ctx, who, in)) }
		}),
		writes("grading.DeclineReview", policy.ReviewScore, func(t *testing.T, o *org, who *person) call {
			in := grading.DeclineReviewInput{ID: o.newReview(t, o.sat(t, o.template).ID, o.reviewerLike(who)).ID, Reason: grading.ReviewerAway}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.DeclineReview(ctx, who, in)) }
		}),
		writes("grading.RecordConsensus", policy.ReviewConsensus, func(t *testing.T, o *org, _ *person) call {
			in := grading.RecordConsensusInput{SessionID: o.reviewedBy(t, "reviewer").SessionID, Scores: o.scores(), Reason: "we talked"}
			return func(ctx context.Context, who policy.Actor) error { return done(o.grades.RecordConsensus(ctx, who, in)) }
		}),
		writes("grading.RemindReviewer", policy.MailSend, func(t *testing.T, o *org, _ *person) call {
			row := o.newReview(t, o.sat(t, o.template).ID, "reviewer")
			o.dueNow(t, row.ID)
			return func(ctx context.Context, who policy.Actor) error { return o.grades.RemindReviewer(ctx, who, row.ID) }
		}),
	}
	return append(list, calibrationWrites()...)
}

// dueNow makes a review due at once.
func (o *org) dueNow(t *testing.T, id gid.ID) {
	t.Helper()
	scope := must(o.store.As(t.Context(), o.owner(), policy.ReviewAssign))(t)
	must(tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (int, error) {
		return tx.ChangeReview(id).SetDueAt(tx.Now).Save(t.Context())
	}))(t)
}

func calibrationWrites() []operation {
	return []operation{
		writes("grading.AddCalibration", policy.QuestionWrite, func(_ *testing.T, o *org, _ *person) call {
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.grades.AddCalibration(ctx, who, o.calibrating()))
			}
		}),
		writes("grading.RetireCalibration", policy.QuestionWrite, func(t *testing.T, o *org, _ *person) call {
			in := grading.RetireCalibrationInput{ID: o.newCalibration(t)}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.grades.RetireCalibration(ctx, who, in))
			}
		}),
		writes("grading.SubmitCalibration", policy.ReviewScore, func(t *testing.T, o *org, _ *person) call {
			in := grading.SubmitCalibrationInput{ID: o.newCalibration(t), Scores: o.calibrating().Scores}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.grades.SubmitCalibration(ctx, who, in))
			}
		}),
	}
}

// actors are who calls an operation: the columns of the matrix, and Assay itself in each organization.
func (w *world) actors() []*person {
	return append(w.columns(),
		&person{name: "system", role: policy.System, actor: policy.Worker(w.a.id)},
		&person{name: "system", role: policy.System, actor: policy.Worker(w.b.id)})
}

// TestOperations calls every operation of the rooms as everybody, on both databases: the half of the authorization
// matrix that touches data.
func TestOperations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		w := newWorld(t, newRig(t, db, ticking()))
		witness := newWitness(t, db)
		cells := 0
		for _, op := range operations() {
			for _, who := range w.actors() {
				w.try(t, witness, op, who)
				cells++
			}
		}
		t.Logf("%d cells on %s", cells, db.Dialect)
	})
}

func (w *world) try(t *testing.T, witness *witness, op operation, who *person) {
	t.Helper()
	ask := op.ready(t, w.a, who)
	before := witness.look(t)
	got := outcomeOf(ask(t.Context(), who.actor))
	changed := witness.look(t) != before
	if want := op.expected(w.rules, w.a, who); got != want {
		t.Errorf("%s as %s: got %s, want %s", op.name, who.name, got, want)
	}
	if op.inPlace && got == allowed {
		return
	}
	if want := op.writes && got == allowed; changed != want {
		t.Errorf("%s as %s: %s, changed something: got %t, want %t", op.name, who.name, got, changed, want)
	}
}

func outcomeOf(err error) string {
	faults := fault.All(err)
	switch {
	case err == nil:
		return allowed
	case len(faults) == 0:
		return err.Error()
	case faults[0].Code == fault.Denied:
		return denied
	default:
		return string(faults[0].Code)
	}
}

// TestOperationsAreComplete demands a row for each operation that takes an actor.
func TestOperationsAreComplete(t *testing.T) {
	known := map[string]bool{}
	for _, op := range operations() {
		known[op.name] = true
	}
	empty := &rig{accounts: &account.Service{}, authors: &authoring.Service{}, sittings: &sitting.Service{}, grades: &grading.Service{}, insights: &insight.Service{}}
	for room, service := range rooms(empty) {
		of := reflect.TypeOf(service)
		for method := range of.Methods() {
			name := room + "." + method.Name
			if method.Type.NumIn() > 2 && method.Type.In(2) == reflect.TypeFor[policy.Actor]() && !known[name] {
				t.Errorf("%s has no row", name)
			}
			delete(known, name)
		}
	}
	for name := range known {
		t.Errorf("%s has a row and is no operation", strings.TrimSpace(name))
	}
}
