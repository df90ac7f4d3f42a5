package sitting

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// StartSittingInput names the sitting to begin.
type StartSittingInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// Start begins the candidate's own sitting: from now on the clock runs. Starting what is in progress changes nothing,
// so that a double click or a second tab does no harm. An expired invitation is Expired, an ended sitting Conflict.
func (s *Service) Start(ctx context.Context, actor policy.Actor, in StartSittingInput) (*Sitting, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.ID)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Sitting, error) {
		row, err := tenant.Only[*ent.Session]("sitting")(tx.LockSession(ctx, in.ID))
		if err != nil {
			return nil, err
		}
		_, err = tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return row.ID, s.start(ctx, tx, row) })
		if err != nil {
			return nil, err
		}
		return s.read(ctx, tx.Scope, tx.Now)
	})
}

func (s *Service) start(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	switch {
	case row.State == term.InProgress:
		return nil
	case row.State == term.Cancelled:
		return conflict("this invitation was withdrawn")
	case row.State == term.Expired, row.State == term.Invited && !tx.Now.Before(row.ExpiresAt):
		return fault.New(fault.Expired, "this invitation is no longer valid; ask whoever invited you for a new one")
	case row.State == term.Declined:
		return conflict("you declined this invitation")
	case row.State != term.Invited:
		return conflict("this sitting has ended")
	}
	if err := notYetOpen(row, tx.Now); err != nil {
		return err
	}
	due := tx.Now.Add(time.Duration(row.AllowedSeconds) * time.Second)
	if _, err := tx.ChangeSession(row.ID).SetState(term.InProgress).SetStartedAt(tx.Now).SetDueAt(due).Save(ctx); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if err := tick(ctx, tx, row.ID, term.ClockStarted, tx.Now); err != nil {
		return err
	}
	if err := s.expose(ctx, tx, row); err != nil {
		return err
	}
	return tx.Announce(ctx, event.SessionStarted, row.ID, nil)
}

// expose notes which questions of pools the session is asked.
func (s *Service) expose(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	whole, err := s.papers.of(ctx, tx.Scope, row.TemplateVersionID)
	if err != nil {
		return err
	}
	if err := tx.Expose(ctx, row, whole.Drawn(row.Seed)); err != nil {
		return fmt.Errorf("note exposures: %w", err)
	}
	return nil
}

// tick adds a line to the clock ledger.
func tick(ctx context.Context, tx tenant.Tx, session gid.ID, kind term.ClockKind, at time.Time) error {
	if err := tx.NewClockEntry().SetSessionID(session).SetKind(kind).SetAt(at).Exec(ctx); err != nil {
		return fmt.Errorf("clock ledger: %w", err)
	}
	return nil
}
