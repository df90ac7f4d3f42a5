package graph

import (
	"context"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
)

func (r *subscriptionResolver) SessionChanged(ctx context.Context, id *gid.ID, after *time.Time) (<-chan *ent.Session, error) {
	return follow(ctx, 0, r.Sittings.ChangedSession)(r.Sittings.WatchSessions(ctx, login.Actor(ctx), id, after))
}

func (r *subscriptionResolver) SittingClock(ctx context.Context, id gid.ID) (<-chan *sitting.Sitting, error) {
	return follow(ctx, clockEvery, r.Sittings.ChangedSitting)(r.Sittings.WatchSitting(ctx, login.Actor(ctx), id))
}

func (r *subscriptionResolver) ReportReleased(ctx context.Context, after *time.Time) (<-chan *ent.Report, error) {
	return follow(ctx, 0, r.Grading.ReleasedReport)(r.Grading.WatchReleases(ctx, login.Actor(ctx), after))
}

func (r *Resolver) Subscription() SubscriptionResolver { return &subscriptionResolver{r} }

type subscriptionResolver struct{ *Resolver }
