package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
)

func (r *auditEventResolver) Event(ctx context.Context, obj *ent.AuditEvent) (*string, error) {
	return present(obj.Detail["event"]), nil
}

func (r *auditEventResolver) Position(ctx context.Context, obj *ent.AuditEvent) (*int, error) {
	return position(obj), nil
}

func (r *memberResolver) Joined(ctx context.Context, obj *ent.Member) (bool, error) {
	return obj.Subject != nil, nil
}

func (r *mutationResolver) AddMember(ctx context.Context, input account.AddMemberInput) (*envelope.Payload[*ent.Member], error) {
	return reply(r.Account.AddMember(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) UpdateOrganization(ctx context.Context, input account.UpdateOrganizationInput) (*envelope.Payload[*ent.Organization], error) {
	return reply(r.Account.UpdateOrganization(ctx, login.Actor(ctx), input))
}

func (r *organizationResolver) Members(ctx context.Context, obj *ent.Organization, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Member], error) {
	return connect(r.Account.Members(ctx, login.Actor(ctx), paging(first, after, last, before)))
}

func (r *organizationResolver) Skills(ctx context.Context, obj *ent.Organization, filter *authoring.SkillFilter, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Skill], error) {
	return connect(r.Authoring.Skills(ctx, login.Actor(ctx), filter, paging(first, after, last, before)))
}

func (r *organizationResolver) JobRoles(ctx context.Context, obj *ent.Organization, filter *authoring.JobRoleFilter, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.JobRole], error) {
	return connect(r.Authoring.JobRoles(ctx, login.Actor(ctx), filter, paging(first, after, last, before)))
}

func (r *organizationResolver) Questions(ctx context.Context, obj *ent.Organization, filter *authoring.QuestionFilter, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Question], error) {
	return connect(r.Authoring.Questions(ctx, login.Actor(ctx), filter, paging(first, after, last, before)))
}

func (r *organizationResolver) Templates(ctx context.Context, obj *ent.Organization, filter *authoring.TemplateFilter, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Template], error) {
	return connect(r.Authoring.Templates(ctx, login.Actor(ctx), filter, paging(first, after, last, before)))
}

func (r *organizationResolver) Candidates(ctx context.Context, obj *ent.Organization, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Candidate], error) {
	return connect(r.Sittings.Candidates(ctx, login.Actor(ctx), paging(first, after, last, before)))
}

func (r *organizationResolver) Sessions(ctx context.Context, obj *ent.Organization, filter *sitting.SessionFilter, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Session], error) {
	return connect(r.Sittings.Sessions(ctx, login.Actor(ctx), filter, paging(first, after, last, before)))
}

func (r *organizationResolver) Reviews(ctx context.Context, obj *ent.Organization, filter *grading.ReviewFilter, orderBy *grading.ReviewOrder, state *term.ReviewState, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Review], error) {
	return connect(r.Grading.Reviews(ctx, login.Actor(ctx), filter.Standing(state), orderBy, paging(first, after, last, before)))
}

func (r *organizationResolver) Calibrations(ctx context.Context, obj *ent.Organization, first *int, after *string, last *int, before *string) (*envelope.Connection[*grading.Calibration], error) {
	return connect(r.Grading.Calibrations(ctx, login.Actor(ctx), paging(first, after, last, before)))
}

func (r *organizationResolver) Reports(ctx context.Context, obj *ent.Organization, filter *grading.ReportFilter, orderBy *grading.ReportOrder, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Report], error) {
	return connect(r.Grading.Reports(ctx, login.Actor(ctx), filter, orderBy, paging(first, after, last, before)))
}

func (r *organizationResolver) Funnel(ctx context.Context, obj *ent.Organization, input insight.FunnelInput) (*insight.Funnel, error) {
	return r.Insight.Funnel(ctx, login.Actor(ctx), input)
}

func (r *organizationResolver) ReviewAgreement(ctx context.Context, obj *ent.Organization, input insight.RatingInput) (*insight.Agreement, error) {
	return r.Insight.ReviewAgreement(ctx, login.Actor(ctx), input)
}

func (r *organizationResolver) ReviewerStatistics(ctx context.Context, obj *ent.Organization, input insight.RatingInput) (*insight.ReviewerReport, error) {
	return r.Insight.Reviewers(ctx, login.Actor(ctx), input)
}

func (r *organizationResolver) ScoreDistribution(ctx context.Context, obj *ent.Organization, input insight.DistributionInput) (*insight.Distribution, error) {
	return r.Insight.ScoreDistribution(ctx, login.Actor(ctx), input)
}

func (r *organizationResolver) AuditEvents(ctx context.Context, obj *ent.Organization, filter *account.AuditFilter, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.AuditEvent], error) {
	return connect(r.Account.AuditEvents(ctx, login.Actor(ctx), filter, paging(first, after, last, before)))
}

func (r *organizationResolver) SimilarQuestions(ctx context.Context, obj *ent.Organization, prompt string) ([]*authoring.SimilarQuestion, error) {
	return r.Authoring.SimilarQuestions(ctx, login.Actor(ctx), prompt)
}

func (r *organizationResolver) ValidateTemplate(ctx context.Context, obj *ent.Organization, id gid.ID) (*authoring.Validation, error) {
	return r.Authoring.ValidateTemplate(ctx, login.Actor(ctx), id)
}

func (r *organizationResolver) CompareTemplateVersions(ctx context.Context, obj *ent.Organization, from gid.ID, to gid.ID) (*authoring.Comparison, error) {
	return r.Authoring.CompareVersions(ctx, login.Actor(ctx), from, to)
}

func (r *organizationResolver) Catalogue(ctx context.Context, obj *ent.Organization) (*authoring.Export, error) {
	return r.Authoring.ExportCatalogue(ctx, login.Actor(ctx))
}

func (r *organizationResolver) Qti(ctx context.Context, obj *ent.Organization, templates []string) (*authoring.QTIPackage, error) {
	return r.Authoring.ExportQTI(ctx, login.Actor(ctx), templates...)
}

func (r *viewerResolver) Email(ctx context.Context, obj *envelope.Viewer) (*string, error) {
	return present(obj.Actor.Identity.Email), nil
}

func (r *viewerResolver) Name(ctx context.Context, obj *envelope.Viewer) (*string, error) {
	return present(obj.Actor.Identity.Name), nil
}

func (r *viewerResolver) Member(ctx context.Context, obj *envelope.Viewer) (*ent.Member, error) {
	return r.membership(ctx, obj.Actor)
}

func (r *viewerResolver) Roles(ctx context.Context, obj *envelope.Viewer) ([]string, error) {
	return roleNames(obj.Actor), nil
}

func (r *viewerResolver) Permissions(ctx context.Context, obj *envelope.Viewer) ([]string, error) {
	return r.permissions(obj.Actor), nil
}

func (r *Resolver) AuditEvent() AuditEventResolver { return &auditEventResolver{r} }

func (r *Resolver) Member() MemberResolver { return &memberResolver{r} }

func (r *Resolver) Organization() OrganizationResolver { return &organizationResolver{r} }

func (r *Resolver) Viewer() ViewerResolver { return &viewerResolver{r} }

type (
	auditEventResolver   struct{ *Resolver }
	memberResolver       struct{ *Resolver }
	organizationResolver struct{ *Resolver }
	viewerResolver       struct{ *Resolver }
)
