package transport

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/internal/fault"
)

// Source is where a subscription's events come from. It is asked by one goroutine at a time.
type Source[T any] struct {
	Wake  <-chan struct{} // receives when there may be an event
	Every time.Duration   // after which Again is called over and over; zero: never
	Again func()          // makes Next find an event
	Close func()          // is called once, in the end

	// Next is the next event, if there is one just now. It asks whether whoever the context names may go on, also when
	// there is no event: it is called when there may be one, and from time to time.
	Next func(ctx context.Context) (event T, ok bool, err error)
}

// source is a Source without its type.
type source struct {
	wake  <-chan struct{}
	every time.Duration
	again func()
	close func()
	next  func(ctx context.Context) (ok bool, err error) // leaves the event where gqlgen takes it from
	field *graphql.FieldContext                          // of the subscription's one field
}

// Follow is what the resolver of a subscription returns: the events of a source, which the transport asks for one by one.
// Each is asked for and resolved in a context of its own, with whoever asks found anew and, through Around, new loaders.
func Follow[T any](ctx context.Context, from Source[T]) <-chan T {
	events := make(chan T, 1)
	operationOf(ctx).source = &source{
		wake: from.Wake, every: from.Every, again: from.Again, close: from.Close, field: graphql.GetFieldContext(ctx),
		next: func(ctx context.Context) (bool, error) {
			select {
			case <-events: // one that took too long to be resolved
			default:
			}
			event, ok, err := from.Next(ctx)
			if ok && err == nil {
				events <- event
			}
			return ok, err
		},
	}
	return events
}

// patience is how many looks in a row may fail, for want of a database perhaps, before a subscription ends.
const patience = 3

// errFollowed says that a subscription never began: its errors were sent.
var errFollowed = errors.New("the subscription did not begin")

// follow sends a subscription's events until it ends: by an error, which is why, or by the context.
func (s *Server) follow(ctx context.Context, opCtx *graphql.OperationContext, send func(answer) error) error {
	ctx = s.cfg.Around(graphql.WithOperationContext(ctx, opCtx))
	handler, ctx := s.exec.DispatchOperation(ctx, opCtx)
	from := operationOf(ctx).source
	if from == nil {
		return s.unfollowed(ctx, handler, send)
	}
	defer from.close()
	recheck, every := time.NewTicker(s.cfg.Limits.Live.Recheck), ticking(from.every)
	defer recheck.Stop()
	defer every.Stop()
	for failures := 0; ; {
		more, err := s.look(ctx, handler, from, send)
		wake := from.wake
		switch {
		case err == nil:
			failures = 0
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case isRefusal(err), errors.Is(err, errUnsent):
			return err
		default:
			if failures++; failures == patience {
				return err
			}
			wake = nil // what failed is not tried again at once
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-wake:
		case <-every.C:
			from.again()
		case <-recheck.C:
		}
	}
}

// unfollowed sends why a subscription did not begin.
func (s *Server) unfollowed(ctx context.Context, handler graphql.ResponseHandler, send func(answer) error) error {
	resp := handler(ctx)
	if resp == nil || len(resp.Errors) == 0 {
		return errors.New("a subscription without a source")
	}
	if err := send(answer{Errors: resp.Errors, Extensions: resp.Extensions}); err != nil {
		return err
	}
	return errFollowed
}

// ticking is a ticker, or one that never ticks.
func ticking(every time.Duration) *time.Ticker {
	if every > 0 {
		return time.NewTicker(every)
	}
	t := time.NewTicker(time.Hour)
	t.Stop()
	return t
}

// errUnsent says that an answer could not be sent; nothing more can be.
var errUnsent = errors.New("the reader is gone")

// look asks for the next event and sends it; more says that there was one.
func (s *Server) look(ctx context.Context, handler graphql.ResponseHandler, from *source, send func(answer) error) (more bool, err error) {
	resp, err := s.event(ctx, handler, from)
	if resp == nil || err != nil {
		return false, err
	}
	return true, send(executed(resp))
}

// event resolves the next event, if there is one, for whoever asks as they are found now.
func (s *Server) event(ctx context.Context, handler graphql.ResponseHandler, from *source) (*graphql.Response, error) {
	select {
	case s.looks <- struct{}{}:
		defer func() { <-s.looks }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Limits.Time)
	defer cancel()
	ctx, err := s.cfg.Again(ctx)
	if err != nil {
		return nil, err
	}
	ctx = s.cfg.Around(ctx)
	if ok, err := from.next(ctx); err != nil || !ok {
		return nil, err
	}
	resp := handler(graphql.WithFieldContext(ctx, from.field))
	if resp == nil {
		return nil, context.Cause(ctx)
	}
	return resp, nil
}

// isRefusal reports whether an error says that whoever asks may not, or not any more.
func isRefusal(err error) bool {
	return fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound)
}
