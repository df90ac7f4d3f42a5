package sitting

import (
	"context"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// told are the events that change what staff see of a session: what a watch looks for that may have missed something.
var told = []event.Type{
	event.SessionInvited, event.SessionAccepted, event.SessionStarted, event.SessionSubmitted, event.SessionExpired,
	event.SessionCancelled, event.SessionScored, event.SessionPaused, event.SessionResumed, event.SessionReopened,
	event.SessionDeclined, event.SessionVoided, event.SessionResent, event.SessionRescheduled, event.SessionReminded,
}

// WatchSessions begins to listen for changes of one session, or of all that are visible; after says since when changes
// are told of first, and of one session that it is told of at once. One that is not visible is NotFound, a time more
// than a day ago is Invalid.
func (s *Service) WatchSessions(ctx context.Context, actor policy.Actor, id *gid.ID, after *time.Time) (*tenant.Watch, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionRead)
	if err != nil {
		return nil, err
	}
	if id == nil {
		return scope.WatchAfter(ctx, tenant.SessionTopic, after)
	}
	return watchSession(ctx, scope, *id, after != nil)
}

// watchSession listens to one session. It is read after listening began, so that no change falls between.
func watchSession(ctx context.Context, scope tenant.Scope, id gid.ID, atOnce bool) (*tenant.Watch, error) {
	w := scope.Watch(tenant.SessionTopic, id)
	if _, err := visible(ctx, scope, id); err != nil {
		w.Close()
		return nil, err
	}
	if atOnce {
		w.Again()
	}
	return w, nil
}

func visible(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Session, error) {
	return tenant.Only[*ent.Session]("session")(scope.Sessions().Where(session.ID(id)).Only(ctx))
}

// ChangedSession reads the next visible session that changed; nil if there is none just now. It asks the policy each
// time, also when there is nothing to read; a watched session that is no longer visible is NotFound.
func (s *Service) ChangedSession(ctx context.Context, actor policy.Actor, w *tenant.Watch) (*ent.Session, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionRead)
	if err != nil {
		return nil, err
	}
	if one := w.Subject(); !one.IsZero() {
		_, changed := w.Next() // before it is read: a change from now on is another
		return ifChanged[ent.Session](w, changed)(visible(ctx, scope, one))
	}
	if err := w.CatchUp(ctx, scope, told...); err != nil {
		return nil, err
	}
	return tenant.NextOf(w, func(id gid.ID) (*ent.Session, error) { return visible(ctx, scope, id) })
}

// WatchSitting begins to listen for changes of one of the candidate's own sittings; it is told of at once.
func (s *Service) WatchSitting(ctx context.Context, actor policy.Actor, id gid.ID) (*tenant.Watch, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, id)
	if err != nil {
		return nil, err
	}
	w := scope.Watch(tenant.SittingTopic, id)
	w.Again()
	return w, nil
}

// ChangedSitting reads the watched sitting if it changed, as Sitting does; nil if it did not. It asks each time whether
// the sitting is still the candidate's.
func (s *Service) ChangedSitting(ctx context.Context, actor policy.Actor, w *tenant.Watch) (*Sitting, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, w.Subject())
	if err != nil {
		return nil, err
	}
	if _, changed := w.Next(); !changed {
		return nil, nil
	}
	return ifChanged[Sitting](w, true)(s.readNow(ctx, scope))
}

// ifChanged gives what was read if it had changed; a change that could not be read is looked for again.
func ifChanged[T any](w *tenant.Watch, changed bool) func(*T, error) (*T, error) {
	return func(row *T, err error) (*T, error) {
		switch {
		case !changed:
			return nil, err
		case err != nil:
			w.Again()
		}
		return row, err
	}
}
