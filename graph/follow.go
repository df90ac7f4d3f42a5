package graph

import (
	"context"
	"time"

	"github.com/assay-hq/assay/graph/transport"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// clockEvery is how often a sitting's clock is told when nothing changes.
const clockEvery = 15 * time.Second

// next is an operation that reads what a watch has heard, or nil if that is nothing the actor sees.
type next[T any] func(ctx context.Context, actor policy.Actor, w *tenant.Watch) (*T, error)

// follow makes a subscription's events of a watch: each look is made for whoever the transport then found anew.
func follow[T any](ctx context.Context, every time.Duration, look next[T]) func(*tenant.Watch, error) (<-chan *T, error) {
	return func(w *tenant.Watch, err error) (<-chan *T, error) {
		if err != nil {
			return nil, err
		}
		return transport.Follow(ctx, transport.Source[*T]{
			Wake: w.Wake(), Every: every, Again: w.Again, Close: w.Close,
			Next: func(ctx context.Context) (*T, bool, error) {
				event, err := look(ctx, login.Actor(ctx), w)
				return event, event != nil, err
			},
		}), nil
	}
}
