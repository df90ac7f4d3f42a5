package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/term"
)

func (r *mutationResolver) ReleaseReport(ctx context.Context, input grading.ReleaseReportInput) (*envelope.Payload[*ent.Report], error) {
	return reply(r.Grading.Release(ctx, login.Actor(ctx), input))
}

func (r *reportResolver) Percent(ctx context.Context, obj *ent.Report) (float64, error) {
	return percent(obj.Percent), nil
}

func (r *reportResolver) Points(ctx context.Context, obj *ent.Report) (float64, error) {
	return percent(obj.Points), nil
}

func (r *reportResolver) MaxPoints(ctx context.Context, obj *ent.Report) (float64, error) {
	return percent(obj.MaxPoints), nil
}

func (r *reportResolver) Band(ctx context.Context, obj *ent.Report) (*string, error) {
	return unless(obj.State == term.ReportProvisional, obj.Band), nil
}

func (r *reportResolver) Passed(ctx context.Context, obj *ent.Report) (*bool, error) {
	return unless(obj.State == term.ReportProvisional, obj.Passed), nil
}

func (r *reportResolver) Reason(ctx context.Context, obj *ent.Report) (*string, error) {
	return present(obj.Reason), nil
}

func (r *reportResolver) Superseded(ctx context.Context, obj *ent.Report) (bool, error) {
	return obj.SupersededAt != nil, nil
}

func (r *reportResolver) Candidate(ctx context.Context, obj *ent.Report) (*ent.Candidate, error) {
	return load(ctx).candidates.Load(ctx, obj.CandidateID)
}

func (r *reportResolver) JobRole(ctx context.Context, obj *ent.Report) (*ent.JobRole, error) {
	return load(ctx).jobRoles.Load(ctx, obj.JobRoleID)
}

func (r *reportResolver) TemplateVersion(ctx context.Context, obj *ent.Report) (*ent.TemplateVersion, error) {
	return load(ctx).versions.Load(ctx, obj.TemplateVersionID)
}

func (r *reportResolver) Session(ctx context.Context, obj *ent.Report) (*ent.Session, error) {
	return load(ctx).sessions.Load(ctx, obj.SessionID)
}

func (r *reportResolver) Result(ctx context.Context, obj *ent.Report) (*grading.ReportResult, error) {
	return load(ctx).results.Load(ctx, obj.ID)
}

func (r *Resolver) QuestionResult() QuestionResultResolver { return &questionResultResolver{r} }

func (r *Resolver) Report() ReportResolver { return &reportResolver{r} }

type (
	questionResultResolver struct{ *Resolver }
	reportResolver         struct{ *Resolver }
)
