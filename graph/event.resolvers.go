package graph

import (
	"context"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/tenant"
)

func (r *eventResolver) At(ctx context.Context, obj *ent.Event) (*time.Time, error) {
	return pointer(tenant.ToldAt(event.Type(obj.Type), obj.At)), nil
}

func (r *eventResolver) Position(ctx context.Context, obj *ent.Event) (int, error) {
	return int(*obj.Position), nil
}

func (r *organizationResolver) Events(ctx context.Context, obj *ent.Organization, types []string, first *int, after *string, last *int, before *string) (*envelope.Connection[*ent.Event], error) {
	return connect(r.Account.Events(ctx, login.Actor(ctx), types, paging(first, after, last, before)))
}

func (r *Resolver) Event() EventResolver { return &eventResolver{r} }

type eventResolver struct{ *Resolver }
