package graph

import (
	"context"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
)

func (r *accommodationResolver) Session(ctx context.Context, obj *ent.Accommodation) (*ent.Session, error) {
	return load(ctx).sessions.Load(ctx, obj.SessionID)
}

func (r *accommodationResolver) Candidate(ctx context.Context, obj *ent.Accommodation) (*ent.Candidate, error) {
	return load(ctx).candidates.Load(ctx, obj.CandidateID)
}

func (r *accommodationResolver) DecidedAt(ctx context.Context, obj *ent.Accommodation) (*time.Time, error) {
	return sitting.DecidedAt(obj), nil
}

func (r *mutationResolver) RequestAccommodation(ctx context.Context, input sitting.RequestAccommodationInput) (*envelope.Payload[*ent.Accommodation], error) {
	return reply(r.Sittings.RequestAccommodation(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) WithdrawAccommodationRequest(ctx context.Context, input sitting.WithdrawAccommodationRequestInput) (*envelope.Payload[*ent.Accommodation], error) {
	return reply(r.Sittings.WithdrawAccommodationRequest(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) DecideAccommodation(ctx context.Context, input sitting.DecideAccommodationInput) (*envelope.Payload[*ent.Accommodation], error) {
	return reply(r.Sittings.DecideAccommodation(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) GrantAccommodation(ctx context.Context, input sitting.GrantAccommodationInput) (*envelope.Payload[*ent.Accommodation], error) {
	return reply(r.Sittings.GrantAccommodation(ctx, login.Actor(ctx), input))
}

func (r *organizationResolver) Accommodations(ctx context.Context, obj *ent.Organization, state *term.AccommodationState, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Accommodation], error) {
	return connect(r.Sittings.Accommodations(ctx, login.Actor(ctx), state, paging(first, after, last, before)))
}

func (r *sittingResolver) Accommodated(ctx context.Context, obj *sitting.Sitting) (*ent.Accommodation, error) {
	return r.Sittings.OwnAccommodation(ctx, login.Actor(ctx), obj.ID)
}

func (r *sittingResolver) BreaksLeft(ctx context.Context, obj *sitting.Sitting) (time.Duration, error) {
	return r.Sittings.BreaksLeft(ctx, login.Actor(ctx), obj.ID)
}

func (r *sittingAccommodationResolver) DecidedAt(ctx context.Context, obj *ent.Accommodation) (*time.Time, error) {
	return sitting.DecidedAt(obj), nil
}

func (r *Resolver) Accommodation() AccommodationResolver { return &accommodationResolver{r} }

func (r *Resolver) SittingAccommodation() SittingAccommodationResolver {
	return &sittingAccommodationResolver{r}
}

type (
	accommodationResolver        struct{ *Resolver }
	sittingAccommodationResolver struct{ *Resolver }
)
