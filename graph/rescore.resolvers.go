package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
)

func (r *candidateSessionResolver) Reports(ctx context.Context, obj *ent.Session, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Report], error) {
	rows, err := load(ctx).everyReport.Load(ctx, obj.ID)
	if err != nil {
		return nil, err
	}
	return connect(grading.PageOfRevisions(paging(first, after, last, before), rows))
}

func (r *candidateSessionResolver) ScoreTrace(ctx context.Context, obj *ent.Session, first *int, after *string, last *int, before *string) (*envelope.Connection[*grading.Award], error) {
	trace, err := load(ctx).traces.Load(ctx, obj.ID)
	if err != nil {
		return nil, err
	}
	return connect(trace.Page(paging(first, after, last, before)))
}

func (r *mutationResolver) ApplyRescore(ctx context.Context, input grading.ApplyRescoreInput) (*envelope.Payload[*ent.Rescoring], error) {
	return reply(r.Grading.ApplyRescore(ctx, login.Actor(ctx), input))
}

func (r *organizationResolver) PreviewRescore(ctx context.Context, obj *ent.Organization, templateVersionID gid.ID, fixes []*content.KeyFix) (*grading.RescorePreview, error) {
	return r.Grading.PreviewRescore(ctx, login.Actor(ctx), templateVersionID, fixes)
}

func (r *rescorePreviewResolver) Changes(ctx context.Context, obj *grading.RescorePreview, first *int, after *string, last *int, before *string) (*envelope.Connection[*grading.ScoreChange], error) {
	return connect(obj.Changes(paging(first, after, last, before)))
}

func (r *rescoringResolver) Progress(ctx context.Context, obj *ent.Rescoring) (*grading.RescoringProgress, error) {
	return load(ctx).progress.Load(ctx, obj.ID)
}

func (r *scoreChangeResolver) Session(ctx context.Context, obj *grading.ScoreChange) (*ent.Session, error) {
	return load(ctx).sessions.Load(ctx, obj.SessionID)
}

func (r *scoreChangeResolver) Candidate(ctx context.Context, obj *grading.ScoreChange) (*ent.Candidate, error) {
	return load(ctx).candidates.Load(ctx, obj.CandidateID)
}

func (r *templateVersionResolver) Rescorings(ctx context.Context, obj *ent.TemplateVersion, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Rescoring], error) {
	rows, err := load(ctx).mendings.Load(ctx, obj.ID)
	if err != nil {
		return nil, err
	}
	return connect(grading.PageOfRescorings(paging(first, after, last, before), rows))
}

func (r *Resolver) RescorePreview() RescorePreviewResolver { return &rescorePreviewResolver{r} }

func (r *Resolver) Rescoring() RescoringResolver { return &rescoringResolver{r} }

func (r *Resolver) ScoreChange() ScoreChangeResolver { return &scoreChangeResolver{r} }

type (
	rescorePreviewResolver struct{ *Resolver }
	rescoringResolver      struct{ *Resolver }
	scoreChangeResolver    struct{ *Resolver }
)
