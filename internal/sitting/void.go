package sitting

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// VoidSessionInput makes a session void that was handed in, with a reason.
type VoidSessionInput struct {
	ID             gid.ID
	Reason         string
	IdempotencyKey *string
}

// Void makes a session void after its end: it is neither reviewed nor scored further, its report counts in no figure,
// and the candidate is told that it is void. What was not handed in, or is void already, is Conflict.
func (s *Service) Void(ctx context.Context, actor policy.Actor, in VoidSessionInput) (*ent.Session, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionCancel)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.Text(in.Reason, 1, 500, "reason")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, s.void(ctx, tx, in) }, readSession)
}

func (s *Service) void(ctx context.Context, tx tenant.Tx, in VoidSessionInput) error {
	h, err := s.hold(ctx, tx, in.ID)
	if err != nil {
		return err
	}
	if err := h.settle(ctx); err != nil {
		return err
	}
	row := h.row
	switch row.State {
	case term.Submitted, term.InReview, term.Scored, term.Released:
	default:
		return conflict("only a session that was handed in can be made void; cancel one that was not")
	}
	if _, err := tx.ChangeSession(row.ID).SetState(term.Voided).SetEndReason(in.Reason).Save(ctx); err != nil {
		return fmt.Errorf("void: %w", err)
	}
	if err := tx.WithdrawReviews(ctx, "the session was made void", row.ID); err != nil {
		return fmt.Errorf("withdraw reviews: %w", err)
	}
	if err := tx.Enqueue(ctx, job.RefreshNorm{OrganizationID: tx.Organization(), VersionID: row.TemplateVersionID}); err != nil {
		return err
	}
	return tx.Announce(ctx, event.SessionVoided, row.ID, map[string]string{"reason": in.Reason})
}
