package sitting

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// How often a candidate is reminded at most, and how long lies between two reminders at least.
const (
	MaxReminders  = 5
	ReminderPause = time.Hour
)

// RemindCandidateInput names the invitation to remind of.
type RemindCandidateInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// ResendInvitationInput names the invitation to send anew.
type ResendInvitationInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// Remind mails a candidate that an invitation waits, at most MaxReminders times and no sooner than ReminderPause after
// the last. The link stays as it is. What does not wait any more, or is not mailed by Assay, is Conflict.
func (s *Service) Remind(ctx context.Context, actor policy.Actor, in RemindCandidateInput) (*ent.Session, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionInvite)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, s.remind(ctx, tx, in.ID) }, readSession)
}

func (s *Service) remind(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := lockWaiting(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := remindable(row, tx.Now); err != nil {
		return err
	}
	person, version, err := invitedTo(ctx, tx.Scope, row)
	if err != nil {
		return err
	}
	if _, err := tx.ChangeSession(id).SetReminders(row.Reminders + 1).SetRemindedAt(tx.Now).Save(ctx); err != nil {
		return fmt.Errorf("note reminder: %w", err)
	}
	err = s.write(ctx, tx, term.MailReminder, row, person, func(w wording, org *ent.Organization) letter {
		return w.reminder(row, person, org, version, s.cfg.PublicURL+"/take")
	})
	if err != nil {
		return err
	}
	return tx.Announce(ctx, event.SessionReminded, id, map[string]string{"reminder": strconv.Itoa(row.Reminders + 1)})
}

func remindable(row *ent.Session, now time.Time) error {
	switch {
	case row.OwnMail:
		return conflict("you send the mail of this invitation yourself; resend it if the candidate lost the link")
	case row.Reminders >= MaxReminders:
		return conflict(fmt.Sprintf("this candidate was reminded %d times already, which is the most", row.Reminders))
	case row.RemindedAt != nil && now.Before(row.RemindedAt.Add(ReminderPause)):
		return conflict("the last reminder was less than an hour ago; the next can be sent from " + inEnglish(row.RemindedAt.Add(ReminderPause), row.TimeZone))
	}
	return nil
}

// startable reports whether an invitation can still be begun.
func startable(row *ent.Session, now time.Time) bool {
	return row.State == term.Invited && !expired(row, now)
}

// lockWaiting holds an invitation that still waits; any other session is Conflict.
func lockWaiting(ctx context.Context, tx tenant.Tx, id gid.ID) (*ent.Session, error) {
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, id))
	if err != nil {
		return nil, err
	}
	if !startable(row, tx.Now) {
		return nil, conflict("only an invitation that was not started and is still valid can be sent or reminded of")
	}
	return row, nil
}

// invitedTo is who is invited to what.
func invitedTo(ctx context.Context, scope tenant.Scope, row *ent.Session) (*ent.Candidate, *ent.TemplateVersion, error) {
	person, err := tenant.Only[*ent.Candidate]("candidate")(scope.Candidates().Where(candidate.ID(row.CandidateID)).Only(ctx))
	if err != nil {
		return nil, nil, err
	}
	version, err := tenant.Only[*ent.TemplateVersion]("template version")(
		tenant.Headline(scope.TemplateVersions().Where(templateversion.ID(row.TemplateVersionID))).Only(ctx))
	return person, version, err
}

// Resend gives an invitation a new link and mails it, or gives it to who mails it themselves. The old link is dead from
// then on; the session stays as it is. What does not wait any more is Conflict. A repetition with the same idempotency
// key sends nothing and has no link.
func (s *Service) Resend(ctx context.Context, actor policy.Actor, in ResendInvitationInput) (*Invitation, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionInvite)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Invitation, error) {
		var sent Invitation
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) {
			var err error
			sent.Link, err = s.resend(ctx, tx, in.ID)
			return in.ID, err
		})
		if err != nil {
			return nil, err
		}
		sent.Session, err = readSession(ctx, tx.Scope, id)
		return &sent, err
	})
}

// resend also forgets that the link was opened: the new one binds once again.
func (s *Service) resend(ctx context.Context, tx tenant.Tx, id gid.ID) (*string, error) {
	row, err := lockWaiting(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	person, version, err := invitedTo(ctx, tx.Scope, row)
	if err != nil {
		return nil, err
	}
	secret, hash, err := tenant.NewSecret(s.cfg.Random)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ChangeSession(id).SetLinkHash(hash).ClearOpenedAt().Save(ctx); err != nil {
		return nil, fmt.Errorf("change link: %w", err)
	}
	link, err := s.handOver(ctx, tx, row, person, version, secret, true)
	if err != nil {
		return nil, err
	}
	return link, tx.Announce(ctx, event.SessionResent, id, nil)
}
