package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
)

func (r *candidateResolver) Hold(ctx context.Context, obj *ent.Candidate) (*string, error) {
	return held(load(ctx).holds.Load(ctx, obj.ID))
}

func (r *mutationResolver) EraseMyData(ctx context.Context, input sitting.EraseMyDataInput) (*envelope.Payload[*sitting.ErasureReceipt], error) {
	return reply(r.Sittings.EraseMe(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) EraseCandidate(ctx context.Context, input sitting.EraseCandidateInput) (*envelope.Payload[*sitting.ErasureReceipt], error) {
	return reply(r.Sittings.EraseCandidate(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) HoldCandidate(ctx context.Context, input sitting.HoldCandidateInput) (*envelope.Payload[*ent.Candidate], error) {
	return reply(r.Sittings.HoldCandidate(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) ReleaseCandidateHold(ctx context.Context, input sitting.ReleaseCandidateHoldInput) (*envelope.Payload[*ent.Candidate], error) {
	return reply(r.Sittings.ReleaseCandidateHold(ctx, login.Actor(ctx), input))
}

func (r *queryResolver) Sittings(ctx context.Context, first *int, after *string, last *int, before *string) (*envelope.Connection[*sitting.Sitting], error) {
	return connect(r.Resolver.Sittings.OwnSittings(ctx, login.Actor(ctx), paging(first, after, last, before)))
}

func (r *queryResolver) MyRecords(ctx context.Context) ([]*sitting.Record, error) {
	return r.Resolver.Sittings.MyRecords(ctx, login.Actor(ctx))
}

func (r *queryResolver) ExportMyData(ctx context.Context) (*sitting.Export, error) {
	return r.Resolver.Sittings.ExportMine(ctx, login.Actor(ctx))
}
