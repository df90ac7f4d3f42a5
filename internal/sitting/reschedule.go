package sitting

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// ChangeInvitationInput changes when an invitation can be started; what is absent stays.
type ChangeInvitationInput struct {
	ID             gid.ID
	OpensAt        *time.Time
	ExpiresAt      *time.Time
	IdempotencyKey *string
}

// ChangeInvitation extends or shortens an invitation, or changes when it opens. One that expired waits again when it is
// extended into the future, unless the template's attempts were used up meanwhile. A session that was started or ended
// otherwise is Conflict; an expiry in the past, more than 90 days away or before the opening is Invalid.
func (s *Service) ChangeInvitation(ctx context.Context, actor policy.Actor, in ChangeInvitationInput) (*ent.Session, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionInvite)
	if err != nil {
		return nil, err
	}
	if in.OpensAt == nil && in.ExpiresAt == nil {
		return nil, fault.At("say what changes: when it opens, when it expires, or both", "expiresAt")
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, s.reschedule(ctx, tx, in) }, readSession)
}

func (s *Service) reschedule(ctx context.Context, tx tenant.Tx, in ChangeInvitationInput) error {
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, in.ID))
	if err != nil {
		return err
	}
	if row.State != term.Invited && row.State != term.Expired {
		return conflict("only an invitation that was not started can be changed")
	}
	opens, expires, err := in.window(row, tx.Now)
	if err != nil {
		return err
	}
	if row.State == term.Expired {
		if err := s.attemptIsFree(ctx, tx, row); err != nil {
			return err
		}
	}
	change := tx.ChangeSession(row.ID).SetState(term.Invited).SetExpiresAt(expires).SetDueAt(expires).SetNillableOpensAt(opens)
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("change invitation: %w", err)
	}
	detail := map[string]string{"expiresAt": expires.Format(time.RFC3339)}
	if opens != nil {
		detail["opensAt"] = opens.Format(time.RFC3339)
	}
	return tx.Announce(ctx, event.SessionRescheduled, row.ID, detail)
}

// window is from when and until when the invitation can be started after the change.
func (in *ChangeInvitationInput) window(row *ent.Session, now time.Time) (opens *time.Time, expires time.Time, err error) {
	opens, expires = row.OpensAt, row.ExpiresAt
	var c fault.Checks
	if in.OpensAt != nil {
		at := in.OpensAt.UTC()
		opens = &at
		c.That(!at.After(now.Add(MaxValidity)), "this is more than 90 days away", "opensAt")
	}
	if in.ExpiresAt != nil {
		expires = in.ExpiresAt.UTC()
	}
	begins := now
	if opens != nil && opens.After(now) {
		begins = *opens
	}
	switch {
	case in.ExpiresAt == nil && !expires.After(now):
		c.That(false, "this invitation expired; give it a new end", "expiresAt")
	case in.ExpiresAt == nil:
		c.That(expires.After(begins), "this is not before the invitation expires", "opensAt")
	default:
		c.That(expires.After(begins) && !expires.After(begins.Add(MaxValidity)), "this must be in the future, after it opens, and at most 90 days later", "expiresAt")
	}
	return opens, expires, c.Err()
}

// attemptIsFree demands that an expired session, which did not count, may count again.
func (s *Service) attemptIsFree(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	version, err := tenant.Only[*ent.TemplateVersion]("template version")(
		tenant.Headline(tx.TemplateVersions().Where(templateversion.ID(row.TemplateVersionID))).Only(ctx))
	if err != nil {
		return err
	}
	return s.attemptIsLeft(ctx, tx, version, row.CandidateID)
}
