package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
)

func (r *mutationResolver) WithdrawReport(ctx context.Context, input grading.WithdrawReportInput) (*envelope.Payload[*ent.Report], error) {
	return reply(r.Grading.Withdraw(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) ShareReport(ctx context.Context, input grading.ShareReportInput) (*envelope.Payload[*grading.IssuedShare], error) {
	return reply(r.Grading.Share(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) RevokeReportShare(ctx context.Context, input grading.RevokeReportShareInput) (*envelope.Payload[*grading.Share], error) {
	return reply(r.Grading.RevokeShare(ctx, login.Actor(ctx), input))
}

func (r *reportResolver) Standing(ctx context.Context, obj *ent.Report) (*grading.Standing, error) {
	return part(load(ctx).readings, (*grading.Reading).Standing)(ctx, obj.ID)
}

func (r *reportResolver) Uncertainty(ctx context.Context, obj *ent.Report) (*grading.Uncertainty, error) {
	return part(load(ctx).readings, (*grading.Reading).Uncertainty)(ctx, obj.ID)
}

func (r *reportResolver) MustHaves(ctx context.Context, obj *ent.Report) ([]*grading.MustHaveResult, error) {
	return mustHaves(ctx, obj)
}

func (r *reportResolver) Integrity(ctx context.Context, obj *ent.Report) (*sitting.Integrity, error) {
	return load(ctx).integrity.Load(ctx, obj.SessionID)
}

func (r *reportResolver) Shares(ctx context.Context, obj *ent.Report) ([]*grading.Share, error) {
	return load(ctx).shares.Load(ctx, obj.ID)
}
