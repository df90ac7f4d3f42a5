package sitting

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/flag"
	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// HeartbeatInput says that a sitting's page is there.
type HeartbeatInput struct {
	SittingID      gid.ID
	Device         *string
	IdempotencyKey *string
}

// Heartbeat notes that the page of the candidate's own sitting is there, and tells how the clock stands. After a
// disconnection it says in the ledger that the page is back, and credits the time where the template does so.
func (s *Service) Heartbeat(ctx context.Context, actor policy.Actor, in HeartbeatInput) (*Sitting, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	if err := checkDevice(in.Device); err != nil {
		return nil, err
	}
	own, err := s.hear(ctx, scope, in)
	if err != nil || own != nil {
		return own, err
	}
	return s.readNow(ctx, scope)
}

// hear notes a page and gives the sitting as its transaction sees it; nil if the time is over, which ends it first. A
// thousand pages do this every ten seconds: nothing is read twice.
func (s *Service) hear(ctx context.Context, scope tenant.Scope, in HeartbeatInput) (*Sitting, error) {
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Sitting, error) {
		row, err := ownRow(ctx, tx.Scope, in.SittingID)
		if err != nil {
			return nil, err
		}
		_, err = tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) {
			row, err = s.heard(ctx, tx, row, in.Device)
			return in.SittingID, err
		})
		if err != nil || over(row, tx.Now) {
			return nil, err
		}
		return s.present(ctx, tx.Scope, row, tx.Now)
	})
}

// heard gives the row as it stands afterwards.
func (s *Service) heard(ctx context.Context, tx tenant.Tx, row *ent.Session, device *string) (*ent.Session, error) {
	if !row.State.Running() {
		return row, nil
	}
	name := ""
	if device != nil {
		name = *device
	}
	if name != "" && row.Device != "" && name != row.Device {
		return row, nil // the page that was taken over is told, and does not keep the other alive
	}
	back, err := tx.Hear(ctx, row.ID, name)
	if err != nil {
		return row, fmt.Errorf("hear: %w", err)
	}
	if !back {
		return row, nil
	}
	return s.reconnect(ctx, tx, row.ID)
}

func (s *Service) reconnect(ctx context.Context, tx tenant.Tx, id gid.ID) (*ent.Session, error) {
	h, err := s.hold(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if h.clock.Phase == clock.Over {
		return h.row, nil
	}
	h.credit(h.now)
	h.tell(clock.Entry{Kind: term.ClockReconnected, At: h.now})
	err = h.write(ctx)
	return h.row, err
}

// Disconnect notes that the page of a sitting in progress has been silent for too long. One that was heard of meanwhile is
// left alone, so that it may be repeated. Only Assay itself has the permission.
func (s *Service) Disconnect(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.SessionFinish)
	if err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) {
		h, err := s.hold(ctx, tx, id)
		if err != nil {
			return struct{}{}, err
		}
		since, silent, err := tx.GiveUp(ctx, id)
		if err != nil {
			return struct{}{}, fmt.Errorf("give up: %w", err)
		}
		if !silent || h.row.State != term.InProgress || h.clock.Phase == clock.Over {
			return struct{}{}, nil
		}
		h.tell(clock.Entry{Kind: term.ClockDisconnected, At: since})
		return struct{}{}, h.write(ctx)
	})
	return err
}

// lost is since when the page is disconnected, and how much was credited for it and in all; zero if it is not.
func (h *held) lost() (since time.Time, forIt, inAll time.Duration) {
	tell := func(kind term.ClockKind, at time.Time, n int, reason term.ClockReason) {
		switch {
		case kind == term.ClockDisconnected:
			since, forIt = at, 0
		case kind == term.ClockReconnected:
			since, forIt = time.Time{}, 0
		case kind == term.ClockCredited && reason == term.ReasonDisconnect:
			forIt, inAll = forIt+seconds(n), inAll+seconds(n)
		}
	}
	for _, e := range h.ledger {
		tell(e.Kind, e.At, e.Seconds, e.Reason)
	}
	for _, l := range h.fresh {
		tell(l.Kind, l.At, l.Seconds, l.Reason)
	}
	return since, forIt, inAll
}

// credit gives back what a lost connection has cost so far, at a moment, as far as the template credits it.
func (h *held) credit(at time.Time) {
	since, forIt, inAll := h.lost()
	if since.IsZero() || h.clock.Phase != clock.Running || h.clock.Section == 0 {
		return
	}
	give := min(h.now.Sub(since)-forIt, seconds(h.asked.DisconnectCredit)-inAll).Truncate(time.Second)
	if give <= 0 {
		return
	}
	h.tell(clock.Entry{
		Kind: term.ClockCredited, At: at, Section: h.clock.Section, Seconds: wholeSeconds(give), Reason: term.ReasonDisconnect,
	})
}

// creditWhatIsNeeded gives a disconnected candidate's section, whose time is over, what the connection has cost so far.
func (h *held) creditWhatIsNeeded() {
	if h.asked.DisconnectCredit == 0 {
		return
	}
	if due := h.clock.SectionDue(); !due.IsZero() && h.now.After(due) {
		h.credit(due)
	}
}

// CreditOutage gives a sitting in progress the time in which no process of ours was up, once for each outage. What ended
// meanwhile by its clock stays ended. Only Assay itself has the permission.
func (s *Service) CreditOutage(ctx context.Context, actor policy.Actor, id gid.ID, outage tenant.Outage) error {
	scope, err := s.tenant.As(ctx, actor, policy.SessionFinish)
	if err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) {
		h, err := s.hold(ctx, tx, id)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, h.creditOutage(ctx, outage)
	})
	return err
}

func (h *held) creditOutage(ctx context.Context, outage tenant.Outage) error {
	key := "outage " + outage.ID.String()
	for _, e := range h.ledger {
		if e.CreditKey != nil && *e.CreditKey == key {
			return nil
		}
	}
	due := h.clock.Due()
	if h.clock.Phase != clock.Running || !due.After(outage.Ended) {
		return nil
	}
	h.say(line{creditKey: key, Entry: clock.Entry{
		Kind: term.ClockCredited, At: h.now, Section: h.clock.Section, Seconds: wholeSeconds(outage.Ended.Sub(outage.Began)), Reason: term.ReasonOutage,
	}})
	return h.write(ctx)
}

// FlagQuestionInput marks a question for the candidate's own review, or takes the mark away.
type FlagQuestionInput struct {
	SittingID      gid.ID
	Question       string
	Flagged        bool
	IdempotencyKey *string
}

// FlagQuestion marks a question of the candidate's own sitting, so that they find it again. It says nothing to anybody else
// and is not part of what is submitted.
func (s *Service) FlagQuestion(ctx context.Context, actor policy.Actor, in FlagQuestionInput) (*Sitting, error) {
	return s.move(ctx, actor, in.SittingID, nil, in.IdempotencyKey, in, func(h *held) error {
		if _, found := h.placeOf(in.Question); !found {
			return fault.At("this sitting has no such question", "question")
		}
		if err := h.tx.SetFlag(ctx, h.row.ID, in.Question, in.Flagged); err != nil {
			return fmt.Errorf("flag: %w", err)
		}
		return nil
	})
}

// Flags lists the marks that the candidate set in their own sittings, as they were set.
func (s *Service) Flags(ctx context.Context, actor policy.Actor, ids ...gid.ID) ([]*ent.Flag, error) {
	mine, err := s.tenant.AsSittings(ctx, actor, policy.SittingTake, ids)
	if err != nil {
		return nil, err
	}
	return mine.Flags().Order(flag.ByAt(), flag.ByID()).All(ctx)
}
