package sitting

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/clock"
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
	Device         *string // where it is taken, by a name that the page makes up
	IdempotencyKey *string
}

// Start begins the candidate's own sitting in its first section: from now on the clock runs. Starting what is in progress
// changes nothing but which device has it, so that a double click or a second tab does no harm. An expired invitation is
// Expired, an ended sitting Conflict.
func (s *Service) Start(ctx context.Context, actor policy.Actor, in StartSittingInput) (*Sitting, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.ID)
	if err != nil {
		return nil, err
	}
	if err := checkDevice(in.Device); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Sitting, error) {
		h, err := s.hold(ctx, tx, in.ID)
		if err != nil {
			return nil, err
		}
		_, err = tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, h.start(ctx, in.Device) })
		if err != nil {
			return nil, err
		}
		return s.view(h.course, tx.Now), nil
	})
}

func (h *held) start(ctx context.Context, device *string) error {
	row, now := h.row, h.tx.Now
	switch {
	case row.State.Running():
		return h.claim(ctx, device)
	case row.State == term.Cancelled:
		return conflict("this invitation was withdrawn")
	case expired(row, now):
		return fault.New(fault.Expired, "this invitation is no longer valid; ask whoever invited you for a new one")
	case row.State == term.Declined:
		return conflict("you declined this invitation")
	case row.State != term.Invited:
		return conflict("this sitting has ended")
	}
	if err := notYetOpen(row, now); err != nil {
		return err
	}
	change := h.tx.ChangeSession(row.ID).SetStartedAt(now).ClearWaitingSince()
	if device != nil {
		change.SetDevice(*device)
	}
	h.tell(clock.Entry{Kind: term.ClockStarted, At: now})
	if err := h.stretch(ctx, now); err != nil {
		return err
	}
	if _, err := change.SetState(term.InProgress).SetDueAt(h.clock.Due()).Save(ctx); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	row.StartedAt, row.State = &now, term.InProgress
	if err := h.write(ctx); err != nil {
		return err
	}
	if err := h.s.expose(ctx, h.tx, row); err != nil {
		return err
	}
	return h.tx.Announce(ctx, event.SessionStarted, row.ID, nil)
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
