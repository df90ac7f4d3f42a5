package sitting

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/binding"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// AcceptInvitationInput carries the secret of an invitation link.
type AcceptInvitationInput struct {
	Token          string
	IdempotencyKey *string
}

// Accept ties whoever signed in to the sitting of an invitation link, once. They must have signed in with the invited
// address, verified; otherwise it is Conflict. A link that another identity used is LinkUsed, one past its time
// Expired, an unknown or replaced one NotFound. Repeating it changes nothing.
func (s *Service) Accept(ctx context.Context, actor policy.Actor, in AcceptInvitationInput) (*Sitting, error) {
	scope, invited, err := s.tenant.AsInvited(ctx, actor, tenant.SecretHash(in.Token))
	if err != nil {
		return nil, err
	}
	if err := rightPerson(actor.Identity, invited); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Sitting, error) {
		row, err := tenant.Only[*ent.Session]("invitation")(tx.LockSession(ctx, scope.SessionID()))
		if err != nil {
			return nil, err
		}
		if err := stillLinked(row, in.Token); err != nil {
			return nil, err
		}
		_, err = tenant.Once(ctx, tx, in.IdempotencyKey, acceptance{in, actor.Identity}, func() (gid.ID, error) { return row.ID, s.bind(ctx, tx, row) })
		if err != nil {
			return nil, err
		}
		return s.read(ctx, tx.Scope, row.ID, tx.Now)
	})
}

// acceptance is what an idempotency key of Accept stands for: another identity with the same key is not the same again.
type acceptance struct {
	AcceptInvitationInput
	By policy.Identity
}

func rightPerson(who policy.Identity, invited *ent.Candidate) error {
	switch {
	case who.Issuer == policy.LinkIssuer && who.Subject == invited.ID.String(): // a link to the same address vouches for them
		return nil
	case who.Email != invited.Email:
		return conflict("this invitation was sent to another e-mail address; sign in with the address that received it")
	case !who.EmailVerified:
		return conflict("your e-mail address is not verified; verify it where you sign in, then open the link again")
	}
	return nil
}

// bind writes who the candidate is, the first time, and when the invitation was opened.
func (s *Service) bind(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	who := tx.Actor().Identity
	mine, err := tx.OwnBindings().Where(binding.Issuer(who.Issuer), binding.Subject(who.Subject)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("find binding: %w", err)
	}
	if row.OpenedAt != nil {
		if mine {
			return nil
		}
		return fault.New(fault.LinkUsed, "this link was already used by another sign-in")
	}
	if err := acceptable(tx, row); err != nil {
		return err
	}
	if !mine {
		if err := tx.Bind(ctx, who); err != nil {
			return fmt.Errorf("write binding: %w", err)
		}
	}
	if _, err := tx.ChangeSession(row.ID).SetOpenedAt(tx.Now).Save(ctx); err != nil {
		return fmt.Errorf("open invitation: %w", err)
	}
	return tx.Announce(ctx, event.SessionAccepted, row.ID, nil)
}

// acceptable demands an invitation that still stands.
func acceptable(tx tenant.Tx, row *ent.Session) error {
	switch {
	case row.State == term.Cancelled:
		return conflict("this invitation was withdrawn")
	case row.State == term.Declined:
		return conflict("you declined this invitation; ask whoever invited you for a new one")
	case expired(row, tx.Now):
		return fault.New(fault.Expired, "this invitation is no longer valid; ask whoever invited you for a new one")
	}
	return nil
}
