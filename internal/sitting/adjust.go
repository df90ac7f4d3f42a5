package sitting

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/clockentry"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// How long a clock may stand and how much time may be given at once. When a pause has lasted so long, the clock goes on by
// itself.
const (
	MaxPause = 7 * 24 * time.Hour
	MaxGrant = 8 * time.Hour
)

// PauseSessionInput stops the clock of a sitting in progress.
type PauseSessionInput struct {
	ID             gid.ID
	Reason         term.ClockReason
	Note           string
	Until          *time.Time // when the clock goes on by itself; a week from now if absent
	IdempotencyKey *string
}

// Pause stops the clock of a sitting in progress, with a reason that the candidate reads; nothing can be answered until it
// goes on. A sitting that is not in progress is Conflict.
func (s *Service) Pause(ctx context.Context, actor policy.Actor, in PauseSessionInput) (*ent.Session, error) {
	return s.adjust(ctx, actor, in.ID, in.IdempotencyKey, in, func(c *fault.Checks) {
		reasonGiven(c, in.Reason, in.Note)
	}, func(ctx context.Context, h *held) error {
		if err := h.inProgress(); err != nil {
			return err
		}
		h.until = h.now.Add(MaxPause)
		if in.Until != nil {
			if !in.Until.After(h.now) || in.Until.After(h.until) {
				return fault.At("this must be within the next seven days", "until")
			}
			h.until = in.Until.UTC().Truncate(time.Microsecond)
		}
		h.say(line{Entry: clock.Entry{Kind: term.ClockPaused, At: h.now, Reason: in.Reason}, by: h.tx.Actor().Label(), said: in.Note})
		return h.announce(ctx, event.SessionPaused, map[string]string{"reason": string(in.Reason)})
	})
}

// reasonGiven judges why a person stops a clock or gives time.
func reasonGiven(c *fault.Checks, reason term.ClockReason, note string) {
	switch reason {
	case term.ReasonTechnical, term.ReasonInterruption, term.ReasonEmergency, term.ReasonOrganizer:
	default:
		c.That(false, "give one of TECHNICAL, INTERRUPTION, EMERGENCY, ORGANIZER", "reason")
	}
	c.Text(note, 0, 500, "note")
}

// adjust does something to a session's clock that a member asked for.
func (s *Service) adjust(
	ctx context.Context, actor policy.Actor, id gid.ID, key *string, input any,
	check func(c *fault.Checks), do func(ctx context.Context, h *held) error,
) (*ent.Session, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionAdjust)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	check(&c)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, key, input, func(tx tenant.Tx) (gid.ID, error) {
		h, err := s.hold(ctx, tx, id)
		if err != nil {
			return id, err
		}
		return id, do(ctx, h)
	}, func(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Session, error) {
		return tenant.Only[*ent.Session]("session")(scope.Sessions().Where(session.ID(id)).Only(ctx))
	})
}

// announce keeps the clock and says what happened.
func (h *held) announce(ctx context.Context, what event.Type, detail map[string]string) error {
	if err := h.write(ctx); err != nil {
		return err
	}
	return h.tx.Announce(ctx, what, h.row.ID, detail)
}

// inProgress demands a sitting whose clock runs.
func (h *held) inProgress() error {
	if h.row.State == term.InProgress && h.clock.Phase == clock.Running {
		return nil
	}
	return conflict("this sitting is not in progress")
}

// ResumeSessionInput lets a clock go on.
type ResumeSessionInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// Resume lets the clock of a paused sitting go on. One that does not stand is Conflict.
func (s *Service) Resume(ctx context.Context, actor policy.Actor, in ResumeSessionInput) (*ent.Session, error) {
	return s.adjust(ctx, actor, in.ID, in.IdempotencyKey, in, func(*fault.Checks) {}, func(ctx context.Context, h *held) error {
		if h.clock.Phase != clock.Paused {
			return conflict("the clock of this sitting does not stand")
		}
		h.say(line{Entry: clock.Entry{Kind: term.ClockResumed, At: h.now}, by: h.tx.Actor().Label()})
		return h.announce(ctx, event.SessionResumed, nil)
	})
}

// GrantTimeInput gives a running sitting more time.
type GrantTimeInput struct {
	ID             gid.ID
	Time           time.Duration
	Reason         term.ClockReason
	Note           string
	IdempotencyKey *string
}

// GrantTime gives the section that a candidate is in more time; the open page shows it without a reload. Extra time that a
// person needs for fairness is an accommodation and decided elsewhere. A sitting that has not begun or has ended is Conflict.
func (s *Service) GrantTime(ctx context.Context, actor policy.Actor, in GrantTimeInput) (*ent.Session, error) {
	return s.adjust(ctx, actor, in.ID, in.IdempotencyKey, in, func(c *fault.Checks) {
		reasonGiven(c, in.Reason, in.Note)
		granted(c, in.Time, "time")
	}, func(ctx context.Context, h *held) error {
		if !h.row.State.Running() || h.clock.Phase == clock.Over {
			return conflict("this sitting is not in progress")
		}
		h.say(line{
			Entry: clock.Entry{
				Kind: term.ClockGranted, At: h.now, Section: h.clock.Section, Seconds: wholeSeconds(in.Time), Reason: in.Reason,
			},
			by: h.tx.Actor().Label(), said: in.Note,
		})
		if err := h.write(ctx); err != nil {
			return err
		}
		// The feed of events tells nobody how much time somebody had; the audit does.
		return h.tx.Record(ctx, h.row.ID, map[string]string{"granted": in.Time.String(), "reason": string(in.Reason)})
	})
}

func granted(c *fault.Checks, d time.Duration, path string) {
	c.That(d >= time.Second && d <= MaxGrant, "this must be from one second to 8 hours", path)
}

// ReopenSessionInput lets a candidate go on with a sitting that was submitted.
type ReopenSessionInput struct {
	ID             gid.ID
	Time           time.Duration
	Reason         string
	IdempotencyKey *string
}

// Reopen lets a candidate go on in the section where they were, with time of its own, before anything was scored. It takes
// the receipt back; submitting gives a new one. Any other state is Conflict.
func (s *Service) Reopen(ctx context.Context, actor policy.Actor, in ReopenSessionInput) (*ent.Session, error) {
	return s.adjust(ctx, actor, in.ID, in.IdempotencyKey, in, func(c *fault.Checks) {
		c.Text(in.Reason, 1, 500, "reason")
		granted(c, in.Time, "time")
	}, func(ctx context.Context, h *held) error {
		if err := h.settle(ctx); err != nil {
			return err
		}
		if h.row.State != term.Submitted {
			return conflict("only a sitting that was submitted and not scored yet can be reopened")
		}
		h.say(line{
			Entry: clock.Entry{
				Kind: term.ClockReopened, At: h.now, Section: max(1, h.clock.Section), Seconds: wholeSeconds(in.Time), Reason: term.ReasonOrganizer,
			},
			by: h.tx.Actor().Label(), said: in.Reason,
		})
		_, err := h.tx.ChangeSession(h.row.ID).SetState(term.InProgress).SetDueAt(h.clock.Due()).ClearEndedAt().ClearReceipt().SetUsedSeconds(0).Save(ctx)
		if err != nil {
			return fmt.Errorf("reopen: %w", err)
		}
		h.row.State = term.InProgress
		return h.announce(ctx, event.SessionReopened, map[string]string{"reason": in.Reason})
	})
}

// TakeBreakInput begins or ends a break.
type TakeBreakInput struct {
	SittingID      gid.ID
	Device         *string
	IdempotencyKey *string
}

// TakeBreak stops the candidate's own clock for what is left of the breaks that an accommodation gives them; then it goes on
// by itself. Without one it is Conflict.
func (s *Service) TakeBreak(ctx context.Context, actor policy.Actor, in TakeBreakInput) (*Sitting, error) {
	return s.move(ctx, actor, in.SittingID, in.Device, in.IdempotencyKey, in, func(h *held) error {
		given, err := accommodationOf(ctx, h.tx.Scope, h.row.ID)
		if err != nil {
			return err
		}
		left := breaksLeft(given, h.ledger, h.now)
		if left == 0 {
			return conflict("there is no time left for breaks")
		}
		h.until = h.now.Add(left)
		h.tell(clock.Entry{Kind: term.ClockPaused, At: h.now, Reason: term.ReasonBreak})
		return nil
	})
}

// BreaksLeft is the time that the candidate's own sitting still has for breaks; one that they are in uses it up.
func (s *Service) BreaksLeft(ctx context.Context, actor policy.Actor, id gid.ID) (time.Duration, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, id)
	if err != nil {
		return 0, err
	}
	given, err := accommodationOf(ctx, scope, id)
	if err != nil || given == nil {
		return 0, err
	}
	ledger, err := scope.ClockEntries().Where(clockentry.SessionID(id)).Order(clockentry.ByNumber()).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("read clock ledger: %w", err)
	}
	now, err := scope.Now(ctx)
	return breaksLeft(given, ledger, now), err
}

// breaksLeft is what accommodation gives for breaks, less what was taken until now.
func breaksLeft(given *ent.Accommodation, ledger []*ent.ClockEntry, now time.Time) time.Duration {
	if given == nil || given.State != term.AccommodationGranted && given.State != term.AccommodationChanged {
		return 0
	}
	left, began := seconds(given.BreakSeconds), time.Time{}
	for _, e := range ledger {
		switch {
		case e.Kind == term.ClockPaused && e.Reason == term.ReasonBreak:
			began = e.At
		case e.Kind == term.ClockResumed && !began.IsZero():
			left, began = left-e.At.Sub(began), time.Time{}
		}
	}
	if !began.IsZero() {
		left -= now.Sub(began)
	}
	return max(0, left)
}

// EndBreakInput ends a break.
type EndBreakInput struct {
	SittingID      gid.ID
	IdempotencyKey *string
}

// EndBreak lets the candidate's own clock go on after a break of theirs. A pause that somebody else made is Conflict.
func (s *Service) EndBreak(ctx context.Context, actor policy.Actor, in EndBreakInput) (*Sitting, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Sitting, error) {
		h, err := s.hold(ctx, tx, in.SittingID)
		if err != nil {
			return nil, err
		}
		_, err = tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.SittingID, h.endBreak(ctx) })
		if err != nil {
			return nil, err
		}
		return s.view(h.course, tx.Now), nil
	})
}

func (h *held) endBreak(ctx context.Context) error {
	switch {
	case h.clock.Phase == clock.Running: // it went on by itself
		return h.write(ctx)
	case h.clock.Phase != clock.Paused:
		return h.runs()
	case h.clock.Reason != term.ReasonBreak:
		return conflict("somebody else stopped the clock; it goes on when they say so")
	}
	h.tell(clock.Entry{Kind: term.ClockResumed, At: h.now})
	return h.write(ctx)
}
