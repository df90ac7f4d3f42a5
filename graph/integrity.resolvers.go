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

func (r *candidateSessionResolver) Integrity(ctx context.Context, obj *ent.Session) (*sitting.Integrity, error) {
	return load(ctx).integrity.Load(ctx, obj.ID)
}

func (r *mutationResolver) RecordSignals(ctx context.Context, input sitting.RecordSignalsInput) (*envelope.Payload[*sitting.SignalReceipt], error) {
	return reply(r.Sittings.RecordSignals(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) JudgeIntegrity(ctx context.Context, input sitting.JudgeIntegrityInput) (*envelope.Payload[*sitting.Integrity], error) {
	return reply(r.Sittings.JudgeIntegrity(ctx, login.Actor(ctx), input))
}

func (r *recordedSignalResolver) Question(ctx context.Context, obj *sitting.RecordedSignal) (*string, error) {
	return present(obj.Question), nil
}

func (r *sessionIntegrityResolver) JudgedBy(ctx context.Context, obj *sitting.Integrity) (*ent.Member, error) {
	return member(ctx, obj.JudgedBy)
}

func (r *sessionIntegrityResolver) Signals(ctx context.Context, obj *sitting.Integrity, first *int, after *string, last *int, before *string) (*envelope.Connection[*sitting.RecordedSignal], error) {
	return connect(r.Sittings.Signals(ctx, login.Actor(ctx), obj.SessionID, paging(first, after, last, before)))
}

func (r *sittingResolver) Signals(ctx context.Context, obj *sitting.Sitting) ([]*ent.Signal, error) {
	return load(ctx).signals.Load(ctx, obj.ID)
}

func (r *sittingResolver) Verdict(ctx context.Context, obj *sitting.Sitting) (*term.IntegrityVerdict, error) {
	return r.Sittings.OwnVerdict(ctx, login.Actor(ctx), obj.ID)
}

func (r *sittingSignalResolver) Question(ctx context.Context, obj *ent.Signal) (*string, error) {
	return present(obj.Ref), nil
}

func (r *sittingSignalResolver) Lasted(ctx context.Context, obj *ent.Signal) (time.Duration, error) {
	return time.Duration(obj.DurationMs) * time.Millisecond, nil
}

func (r *Resolver) RecordedSignal() RecordedSignalResolver { return &recordedSignalResolver{r} }

func (r *Resolver) SessionIntegrity() SessionIntegrityResolver { return &sessionIntegrityResolver{r} }

func (r *Resolver) SittingSignal() SittingSignalResolver { return &sittingSignalResolver{r} }

type (
	recordedSignalResolver   struct{ *Resolver }
	sessionIntegrityResolver struct{ *Resolver }
	sittingSignalResolver    struct{ *Resolver }
)
