package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
)

func (r *queryResolver) Node(ctx context.Context, id gid.ID) (envelope.Node, error) {
	return r.node(ctx, id)
}

func (r *queryResolver) Nodes(ctx context.Context, ids []gid.ID) ([]envelope.Node, error) {
	return r.nodes(ctx, ids)
}

func (r *queryResolver) Viewer(ctx context.Context) (*envelope.Viewer, error) {
	return viewer(login.Actor(ctx))
}

func (r *queryResolver) Organization(ctx context.Context) (*ent.Organization, error) {
	return r.Account.Organization(ctx, login.Actor(ctx))
}

func (r *queryResolver) Sitting(ctx context.Context, id gid.ID) (*sitting.Sitting, error) {
	return r.Resolver.Sittings.Sitting(ctx, login.Actor(ctx), id)
}

func (r *queryResolver) RateLimit(ctx context.Context) (*envelope.RateLimit, error) {
	return rateLimit(ctx), nil
}

func (r *queryResolver) Version(ctx context.Context) (*envelope.Version, error) {
	return &envelope.Version{Name: r.Resolver.Version, Schema: r.Hash}, nil
}

func (r *Resolver) Mutation() MutationResolver { return &mutationResolver{r} }

func (r *Resolver) Query() QueryResolver { return &queryResolver{r} }

type (
	mutationResolver struct{ *Resolver }
	queryResolver    struct{ *Resolver }
)
