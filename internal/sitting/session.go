package sitting

import (
	"context"
	"fmt"
	"math"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// CancelSessionInput withdraws an invitation or a sitting in progress, with a reason for the audit.
type CancelSessionInput struct {
	ID             gid.ID
	Reason         string
	IdempotencyKey *string
}

// Cancel withdraws a session that was not submitted yet; anything else is Conflict.
func (s *Service) Cancel(ctx context.Context, actor policy.Actor, in CancelSessionInput) (*ent.Session, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionCancel)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.Text(in.Reason, 1, 500, "reason")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Session, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, cancel(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return tenant.Only[*ent.Session]("session")(tx.Sessions().Where(session.ID(id)).Only(ctx))
	})
}

func cancel(ctx context.Context, tx tenant.Tx, in CancelSessionInput) error {
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, in.ID))
	if err != nil {
		return err
	}
	if row.State != term.Invited && !row.State.Running() || over(row, tx.Now) {
		return conflict("only an invitation or a sitting in progress can be cancelled")
	}
	_, err = tx.ChangeSession(row.ID).SetState(term.Cancelled).ClearDueAt().ClearSectionDueAt().ClearQuestionDueAt().ClearPausedAt().
		SetEndedAt(tx.Now).SetEndReason(in.Reason).Save(ctx)
	if err != nil {
		return fmt.Errorf("cancel: %w", err)
	}
	return tx.Announce(ctx, event.SessionCancelled, row.ID, map[string]string{"reason": in.Reason})
}

// SessionFilter narrows a list of sessions.
type SessionFilter struct {
	State      *term.SessionState
	JobRoleID  *gid.ID
	TemplateID *gid.ID

	CandidateID     *gid.ID
	ExternalOrderID *string
}

func (f *SessionFilter) apply(q *ent.SessionQuery) *ent.SessionQuery {
	if f == nil {
		return q
	}
	if f.State != nil {
		q.Where(session.StateEQ(*f.State))
	}
	if f.JobRoleID != nil {
		q.Where(session.JobRoleID(*f.JobRoleID))
	}
	if f.TemplateID != nil {
		q.Where(session.TemplateID(*f.TemplateID))
	}
	if f.CandidateID != nil {
		q.Where(session.CandidateID(*f.CandidateID))
	}
	if f.ExternalOrderID != nil {
		q.Where(session.ExternalOrderID(*f.ExternalOrderID))
	}
	return q
}

// count counts the sessions of the filter: from the counters, or where a person or an order narrows them from the rows.
func (f *SessionFilter) count(ctx context.Context, scope tenant.Scope) (int, error) {
	switch {
	case f == nil:
		return scope.CountSessions(ctx, nil, nil, nil)
	case f.CandidateID != nil || f.ExternalOrderID != nil:
		return f.apply(scope.Sessions()).Count(ctx)
	}
	return scope.CountSessions(ctx, f.State, f.JobRoleID, f.TemplateID)
}

// Sessions lists the visible sessions, the newest first.
func (s *Service) Sessions(ctx context.Context, actor policy.Actor, filter *SessionFilter, paging tenant.Paging) (*tenant.Page[*ent.Session], error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionRead)
	if err != nil {
		return nil, err
	}
	at := func(row *ent.Session) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*ent.Session, error) {
		return filter.apply(scope.Sessions()).Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = func(ctx context.Context) (int, error) { return filter.count(ctx, scope) }
	return page, nil
}

// SessionsByID reads sessions for a batch; what is not visible is left out.
func (s *Service) SessionsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Session, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionRead)
	if err != nil {
		return nil, err
	}
	return scope.Sessions().Where(tenant.In(session.FieldID, ids)).All(ctx)
}

// Candidates lists the visible candidates, the newest first.
func (s *Service) Candidates(ctx context.Context, actor policy.Actor, paging tenant.Paging) (*tenant.Page[*ent.Candidate], error) {
	scope, err := s.tenant.As(ctx, actor, policy.CandidateRead)
	if err != nil {
		return nil, err
	}
	at := func(row *ent.Candidate) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*ent.Candidate, error) {
		return scope.Candidates().Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = scope.Candidates().Count
	return page, nil
}

// CandidatesByID reads candidates for a batch; what is not visible is left out.
func (s *Service) CandidatesByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Candidate, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CandidateRead)
	if err != nil {
		return nil, err
	}
	return scope.Candidates().Where(tenant.In(candidate.FieldID, ids)).All(ctx)
}

// TimeUsed is the share of its allowed time that a sitting took, from 0 to 1; nil before it ended. A share, so that
// nobody can tell how much time was allowed.
func TimeUsed(row *ent.Session) *float64 {
	if row.StartedAt == nil || row.EndedAt == nil {
		return nil
	}
	spent := float64(row.UsedSeconds)
	if row.DeadlineAt == nil || row.UsedSeconds == 0 { // what ended before its time was kept, or was cancelled
		spent = row.EndedAt.Sub(*row.StartedAt).Seconds()
	}
	used := math.Round(min(1, max(0, spent/float64(row.AllowedSeconds)))*100) / 100
	return &used
}

// share is how far into its allowed time a started sitting was, in hundredths.
func share(row *ent.Session, at time.Time) float64 {
	used := at.Sub(*row.StartedAt).Seconds() / float64(row.AllowedSeconds)
	return math.Round(min(1, max(0, used))*100) / 100
}
