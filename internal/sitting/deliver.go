package sitting

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/mail"
	"github.com/assay-hq/assay/ent/predicate"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Deliver sends a kept mail and empties its text, which held a link. It may be repeated; where no mail server is
// configured, the mail is only kept. Only Assay itself has the permission.
func (s *Service) Deliver(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.MailSend)
	if err != nil {
		return err
	}
	if s.cfg.Mail == nil {
		return nil
	}
	kept, err := tenant.Only[*ent.Mail]("mail")(scope.Mails().Where(mail.ID(id)).Only(ctx))
	if err != nil || kept.SentAt != nil {
		return err
	}
	if worth, err := worthSending(ctx, scope, kept); err != nil || !worth {
		return err
	}
	// The network is asked outside any transaction: a mail may go out twice, and never not at all.
	if err := s.cfg.Mail.Send(ctx, kept.ID.String(), kept.Recipient, kept.Subject, kept.Text); err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (int, error) {
		return tx.ChangeMail(id).SetSentAt(tx.Now).SetText("").Save(ctx)
	})
	if err != nil {
		return fmt.Errorf("note delivery: %w", err)
	}
	return nil
}

// worthSending reports whether a mail still says what is so. What was withdrawn meanwhile is not announced, and a link
// that is past its time is not sent.
func worthSending(ctx context.Context, scope tenant.Scope, kept *ent.Mail) (bool, error) {
	if kept.SessionID == nil {
		return true, nil
	}
	if kept.Kind == term.MailSignIn {
		now, err := scope.Now(ctx)
		if err != nil || !now.Before(kept.CreatedAt.Add(SignInValidity)) {
			return false, err
		}
	}
	return scope.Sessions().Where(session.ID(*kept.SessionID), standing(kept.Kind)).Exist(ctx)
}

// standing is where a session must stand for a mail about it to be sent: an invitation and its reminders only while it
// waits, a link to come back by as long as there is something to come back to.
func standing(kind term.MailKind) predicate.Session {
	if kind == term.MailSignIn {
		return session.StateNotIn(gone()...)
	}
	return session.StateEQ(term.Invited)
}

// gone are the states of a session that nobody comes back to.
func gone() []term.SessionState {
	return []term.SessionState{term.Expired, term.Cancelled, term.Declined}
}
