package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
)

func (r *contestResolver) Session(ctx context.Context, obj *ent.Contest) (*ent.Session, error) {
	return load(ctx).sessions.Load(ctx, obj.SessionID)
}

func (r *contestResolver) Answer(ctx context.Context, obj *ent.Contest) (*string, error) {
	return present(obj.Answer), nil
}

func (r *contestResolver) AnsweredBy(ctx context.Context, obj *ent.Contest) (*ent.Member, error) {
	return member(ctx, obj.AnsweredBy)
}

func (r *mutationResolver) ContestSitting(ctx context.Context, input sitting.ContestSittingInput) (*envelope.Payload[*ent.Contest], error) {
	return reply(r.Sittings.Contest(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) AnswerContest(ctx context.Context, input sitting.AnswerContestInput) (*envelope.Payload[*ent.Contest], error) {
	return reply(r.Sittings.AnswerContest(ctx, login.Actor(ctx), input))
}

func (r *organizationResolver) Contests(ctx context.Context, obj *ent.Organization, filter *sitting.ContestFilter, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Contest], error) {
	return connect(r.Sittings.Contests(ctx, login.Actor(ctx), filter, paging(first, after, last, before)))
}

func (r *sittingResolver) Contests(ctx context.Context, obj *sitting.Sitting) ([]*ent.Contest, error) {
	return load(ctx).contests.Load(ctx, obj.ID)
}

func (r *sittingContestResolver) Answer(ctx context.Context, obj *ent.Contest) (*string, error) {
	return present(obj.Answer), nil
}

func (r *Resolver) Contest() ContestResolver { return &contestResolver{r} }

func (r *Resolver) SittingContest() SittingContestResolver { return &sittingContestResolver{r} }

type (
	contestResolver        struct{ *Resolver }
	sittingContestResolver struct{ *Resolver }
)
