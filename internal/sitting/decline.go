package sitting

import (
	"bytes"
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// DeclineInvitationInput refuses an invitation: by its sitting's id, signed in, or by the secret of its link.
type DeclineInvitationInput struct {
	ID             *gid.ID
	Token          *string
	Reason         string
	IdempotencyKey *string
}

// Decline lets a candidate refuse an invitation, with a reason that its inviter reads. Signed in they name their sitting;
// whoever has a link that nobody used needs no sign-in. What was started or is over is Conflict or Expired, a link that
// was used LinkUsed, an unknown or replaced one NotFound. Repeating it with the same idempotency key changes nothing.
func (s *Service) Decline(ctx context.Context, actor policy.Actor, in DeclineInvitationInput) (*Sitting, error) {
	return s.declineIn(ctx, in, func() (tenant.Scope, error) { return s.declining(ctx, actor, in) })
}

func (s *Service) declineIn(ctx context.Context, in DeclineInvitationInput, as func() (tenant.Scope, error)) (*Sitting, error) {
	scope, err := as()
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.Text(in.Reason, 1, 500, "reason")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Sitting, error) {
		_, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return scope.SessionID(), decline(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return s.read(ctx, tx.Scope, scope.SessionID(), tx.Now)
	})
}

// declining is the scope of the sitting that is refused.
func (s *Service) declining(ctx context.Context, actor policy.Actor, in DeclineInvitationInput) (tenant.Scope, error) {
	switch {
	case (in.ID == nil) == (in.Token == nil):
		return tenant.Scope{}, fault.At("give the sitting's id or the link's token, one of them", "id")
	case in.ID != nil:
		return s.tenant.AsSitting(ctx, actor, policy.SittingTake, *in.ID)
	default:
		scope, _, err := s.tenant.AsLinkHolder(ctx, actor, tenant.SecretHash(*in.Token))
		return scope, err
	}
}

func decline(ctx context.Context, tx tenant.Tx, in DeclineInvitationInput) error {
	row, err := tenant.Only[*ent.Session]("sitting")(tx.LockSession(ctx, tx.SessionID()))
	if err != nil {
		return err
	}
	if in.Token != nil {
		if err := stillLinked(row, *in.Token); err != nil {
			return err
		}
		if row.OpenedAt != nil {
			return fault.New(fault.LinkUsed, "this link was already used; sign in to decline")
		}
	}
	if err := acceptable(tx, row); err != nil {
		return err
	}
	if row.State != term.Invited {
		return conflict("only an invitation that was not started can be declined")
	}
	change := tx.ChangeSession(row.ID).SetState(term.Declined).ClearDueAt().SetEndedAt(tx.Now).SetEndReason(in.Reason)
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("decline: %w", err)
	}
	// The reason is the candidate's own words: it stays with the session, where it can be erased, and out of the audit.
	return tx.Announce(ctx, event.SessionDeclined, row.ID, nil)
}

// stillLinked demands that the link was not replaced since it was looked up.
func stillLinked(row *ent.Session, token string) error {
	if !bytes.Equal(row.LinkHash, tenant.SecretHash(token)) {
		return tenant.NotFound("invitation")
	}
	return nil
}
