package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/login"
)

func (r *mutationResolver) CreateAPIKey(ctx context.Context, input account.CreateAPIKeyInput) (*envelope.Payload[*account.IssuedAPIKey], error) {
	return reply(r.Account.CreateAPIKey(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) RotateAPIKey(ctx context.Context, input account.RotateAPIKeyInput) (*envelope.Payload[*account.IssuedAPIKey], error) {
	return reply(r.Account.RotateAPIKey(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) RevokeAPIKey(ctx context.Context, input account.RevokeAPIKeyInput) (*envelope.Payload[*account.APIKey], error) {
	return reply(r.Account.RevokeAPIKey(ctx, login.Actor(ctx), input))
}

func (r *organizationResolver) APIKeys(ctx context.Context, obj *ent.Organization, first *int, after *string, last *int, before *string) (*envelope.Connection[*account.APIKey], error) {
	return connect(r.Account.APIKeys(ctx, login.Actor(ctx), paging(first, after, last, before)))
}
