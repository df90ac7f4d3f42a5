package grading

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// DeclineReason is why a reviewer does not score a session.
type DeclineReason string

// The reasons. InWords: the note says it.
const (
	ConflictOfInterest DeclineReason = "CONFLICT_OF_INTEREST"
	ReviewerAway       DeclineReason = "UNAVAILABLE"
	InWords            DeclineReason = "IN_WORDS"
)

// Values lists every reason.
func (DeclineReason) Values() []string {
	return []string{string(ConflictOfInterest), string(ReviewerAway), string(InWords)}
}

// DeclineReviewInput gives back a review of the actor's own.
type DeclineReviewInput struct {
	ID             gid.ID
	Reason         DeclineReason
	Note           *string
	IdempotencyKey *string
}

// DeclineReview gives back a review of the actor's own, who is never given the session again. Where the template has a rule,
// the next reviewer is given it in the same commit. What was submitted, declined or taken back is Conflict.
func (s *Service) DeclineReview(ctx context.Context, actor policy.Actor, in DeclineReviewInput) (*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	said := string(in.Reason)
	var c fault.Checks
	if in.Note != nil {
		c.Text(*in.Note, 1, 500, "note")
		said += ": " + *in.Note
	}
	c.That(in.Reason != InWords || in.Note != nil, "say why", "note")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, s.decline(ctx, tx, in.ID, said) }, readReview)
}

func (s *Service) decline(ctx context.Context, tx tenant.Tx, id gid.ID, said string) error {
	w, own, err := s.holdOwn(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := end(ctx, tx, own, term.ReviewDeclined, said, event.ReviewDeclined); err != nil {
		return err
	}
	if w.ongoing() != nil {
		return nil // nobody waits for it
	}
	if own.Kind == term.ReviewRegular && !w.panel.id.IsZero() {
		if err := w.replace(ctx, tx); err != nil {
			return err
		}
	}
	return w.settle(ctx, tx, "")
}

// replace gives by the rule what lost its reviewer.
func (w *reviewing) replace(ctx context.Context, tx tenant.Tx) error {
	if _, err := tx.LockReviewRule(ctx, w.session.TemplateID); err != nil && !ent.IsNotFound(err) {
		return err
	}
	if err := w.again(ctx, tx); err != nil || w.panel.id.IsZero() {
		return err
	}
	return w.panel.fill(ctx, tx, w.session, w.panel.id)
}

// WithdrawReviewInput takes a review back from its reviewer.
type WithdrawReviewInput struct {
	ID             gid.ID
	Reason         string
	IdempotencyKey *string
}

// WithdrawReview takes a review back that was not submitted; the rule does not give it to that reviewer again, and to
// nobody by itself. What was submitted, declined or taken back is Conflict.
func (s *Service) WithdrawReview(ctx context.Context, actor policy.Actor, in WithdrawReviewInput) (*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	if err := checkReason(in.Reason); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in, func(tx tenant.Tx) (gid.ID, error) {
		w, row, err := s.holdOwn(ctx, tx, in.ID)
		if err != nil {
			return gid.ID{}, err
		}
		if err := end(ctx, tx, row, term.ReviewWithdrawn, in.Reason, event.ReviewWithdrawn); err != nil {
			return gid.ID{}, err
		}
		if w.ongoing() != nil {
			return in.ID, nil // nobody waits for it
		}
		return in.ID, w.settle(ctx, tx, "")
	}, readReview)
}

// ReassignReviewInput gives a review to somebody else.
type ReassignReviewInput struct {
	ID             gid.ID
	ReviewerID     gid.ID
	Reason         string
	IdempotencyKey *string
}

// ReassignReview takes a review back that was not submitted and gives the same answers to another reviewer. It is refused
// as WithdrawReview and AssignReview are.
func (s *Service) ReassignReview(ctx context.Context, actor policy.Actor, in ReassignReviewInput) (*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	if err := checkReason(in.Reason); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return s.reassign(ctx, tx, in) }, readReview)
}

func (s *Service) reassign(ctx context.Context, tx tenant.Tx, in ReassignReviewInput) (gid.ID, error) {
	w, row, err := s.holdOwn(ctx, tx, in.ID)
	if err != nil {
		return gid.ID{}, err
	}
	if err := w.ongoing(); err != nil {
		return gid.ID{}, err
	}
	who, err := reviewer(ctx, tx, in.ReviewerID, w)
	if err != nil {
		return gid.ID{}, err
	}
	if err := end(ctx, tx, row, term.ReviewWithdrawn, in.Reason, event.ReviewWithdrawn); err != nil {
		return gid.ID{}, err
	}
	created, err := give(ctx, tx, w.session, part{
		reviewer: who, kind: row.Kind, refs: row.Refs, blind: row.Blind, due: tx.Now.Add(w.panel.due), by: tx.Actor().ID,
	})
	if err != nil {
		return gid.ID{}, err
	}
	return created.ID, nil
}

func checkReason(reason string) error {
	var c fault.Checks
	c.Text(reason, 1, 500, "reason")
	return c.Err()
}
