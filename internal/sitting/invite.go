package sitting

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// How long an invitation may be accepted and begun, if the inviter does not say, and at most.
const (
	DefaultValidity = 72 * time.Hour
	MaxValidity     = 90 * 24 * time.Hour
)

// InviteCandidateInput asks a candidate to take a published template.
type InviteCandidateInput struct {
	TemplateID      gid.ID
	Version         *int // nil is the latest
	Candidate       CandidateInput
	ExternalOrderID *string
	ValidFor        *time.Duration
	IdempotencyKey  *string
}

// CandidateInput is the person invited. Somebody known by the e-mail address is taken as they are.
type CandidateInput struct {
	Email      string
	Name       string
	Phone      *string
	ExternalID *string
}

// Invite asks a candidate to take a published template and sends the mail. Repeating it with the same idempotency key
// returns the first session again and sends nothing. A draft or retired template and a closed job role are Conflict; an
// order id that was used before, or another candidate's external id, is AlreadyExists.
func (s *Service) Invite(ctx context.Context, actor policy.Actor, in InviteCandidateInput) (*ent.Session, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionInvite)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Session, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return s.invite(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return tenant.Only[*ent.Session]("session")(tx.Sessions().Where(session.ID(id)).Only(ctx))
	})
}

func (in *InviteCandidateInput) check() error {
	address, plain := policy.NormalAddress(in.Candidate.Email)
	in.Candidate.Email = address
	var c fault.Checks
	c.That(plain, "this is not a plain e-mail address in ASCII", "candidate", "email")
	c.Line(in.Candidate.Name, 1, 200, "candidate", "name")
	if in.Candidate.Phone != nil {
		c.Line(*in.Candidate.Phone, 1, 40, "candidate", "phone")
	}
	if in.Candidate.ExternalID != nil {
		c.Line(*in.Candidate.ExternalID, 1, 200, "candidate", "externalId")
	}
	if in.ExternalOrderID != nil {
		c.Line(*in.ExternalOrderID, 1, 200, "externalOrderId")
	}
	if in.ValidFor != nil {
		c.That(*in.ValidFor >= time.Hour && *in.ValidFor <= MaxValidity, "this must be from one hour to 90 days", "validFor")
	}
	return c.Err()
}

func (s *Service) invite(ctx context.Context, tx tenant.Tx, in InviteCandidateInput) (gid.ID, error) {
	version, err := invitable(ctx, tx, in.TemplateID, in.Version)
	if err != nil {
		return gid.ID{}, err
	}
	if err := orderIsNew(ctx, tx.Scope, in.ExternalOrderID); err != nil {
		return gid.ID{}, err
	}
	person, err := findOrAddCandidate(ctx, tx, in.Candidate)
	if err != nil {
		return gid.ID{}, err
	}
	if err := s.attemptIsLeft(ctx, tx, version, person.ID); err != nil {
		return gid.ID{}, err
	}
	secret, hash, err := s.newSecret()
	if err != nil {
		return gid.ID{}, err
	}
	seed, err := s.newSeed()
	if err != nil {
		return gid.ID{}, err
	}
	validity := DefaultValidity
	if in.ValidFor != nil {
		validity = *in.ValidFor
	}
	expires := tx.Now.Add(validity)
	row, err := tx.NewSession().SetCandidateID(person.ID).SetJobRoleID(version.JobRoleID).SetTemplateID(version.TemplateID).
		SetTemplateVersionID(version.ID).SetState(term.Invited).SetNillableExternalOrderID(in.ExternalOrderID).
		SetInvitedBy(tx.Actor().Label()).SetLinkHash(hash).SetExpiresAt(expires).SetDueAt(expires).
		SetAllowedSeconds(version.TimeLimitSeconds).SetPlannedSeconds(version.TimeLimitSeconds).SetSeed(seed).Save(ctx)
	if ent.IsConstraintError(err) {
		return gid.ID{}, fault.Taken("this order id was used before", nil, "externalOrderId")
	}
	if err != nil {
		return gid.ID{}, fmt.Errorf("create session: %w", err)
	}
	if err := s.writeInvitation(ctx, tx, row, person, version, secret); err != nil {
		return gid.ID{}, err
	}
	return row.ID, tx.Announce(ctx, event.SessionInvited, row.ID, nil)
}

// attemptIsLeft demands, where the template limits it, that the candidate was not invited too often already. What was
// cancelled, or expired before it was begun, does not count.
func (s *Service) attemptIsLeft(ctx context.Context, tx tenant.Tx, version *ent.TemplateVersion, person gid.ID) error {
	asked, err := s.papers.of(ctx, tx.Scope, version.ID)
	if err != nil || asked.AttemptLimit == nil {
		return err
	}
	n, err := tx.CountAttempts(ctx, person, version.TemplateID)
	if err != nil {
		return fmt.Errorf("count attempts: %w", err)
	}
	if n >= *asked.AttemptLimit {
		return conflict(fmt.Sprintf("this candidate was invited %d times already, as often as the template allows", n))
	}
	return nil
}

// newSeed is what draws and shuffles of the sitting come from.
func (s *Service) newSeed() (int64, error) {
	var raw [8]byte
	if _, err := io.ReadFull(s.cfg.Random, raw[:]); err != nil {
		return 0, fmt.Errorf("random source: %w", err)
	}
	return int64(binary.BigEndian.Uint64(raw[:]) >> 1), nil
}

// invitable finds the version to invite to. What is not visible is NotFound, what takes no candidates Conflict.
func invitable(ctx context.Context, tx tenant.Tx, id gid.ID, number *int) (*ent.TemplateVersion, error) {
	t, err := tenant.Only[*ent.Template]("template")(tx.HoldTemplate(ctx, id))
	if err != nil {
		return nil, err
	}
	switch t.State {
	case term.Draft:
		return nil, conflict("this template was never published; publish it before inviting")
	case term.Retired:
		return nil, conflict("this template is retired and takes no more candidates")
	}
	role, err := tenant.Only[*ent.JobRole]("job role")(tx.HoldJobRole(ctx, t.JobRoleID))
	if err != nil {
		return nil, err
	}
	if role.Status == term.Closed {
		return nil, conflict("this job role is closed")
	}
	wanted := t.PublishedNumber
	if number != nil {
		wanted = *number
	}
	return tenant.Only[*ent.TemplateVersion]("template version")(tenant.Headline(tx.TemplateVersions().
		Where(templateversion.TemplateID(id), templateversion.Number(wanted))).Only(ctx))
}

func orderIsNew(ctx context.Context, scope tenant.Scope, order *string) error {
	if order == nil {
		return nil
	}
	existing, err := scope.Sessions().Where(session.ExternalOrderID(*order)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find order: %w", err)
	}
	return fault.Taken("this order id was used before", existing, "externalOrderId")
}

// findOrAddCandidate takes whoever has the e-mail address, or adds them. Two requests at once add one. An external id
// that another candidate has is AlreadyExists.
func findOrAddCandidate(ctx context.Context, tx tenant.Tx, in CandidateInput) (*ent.Candidate, error) {
	phone := ""
	if in.Phone != nil {
		phone = *in.Phone
	}
	_, err := tx.Exec(ctx, `INSERT INTO candidates (id, organization_id, email, name, phone, external_id, created_at)
		VALUES (@id, @org, @email, @name, @phone, @external, @now) ON CONFLICT DO NOTHING`,
		tenant.Args{"id": tx.NewID(gid.Candidate), "email": in.Email, "name": in.Name, "phone": phone, "external": in.ExternalID, "now": tx.Now})
	if err != nil {
		return nil, fmt.Errorf("add candidate: %w", err)
	}
	person, err := tx.CandidateByEmail(ctx, in.Email)
	if ent.IsNotFound(err) {
		return nil, fault.Taken("another candidate has this external id", nil, "candidate", "externalId")
	}
	return person, err
}

// writeInvitation keeps the mail and asks for it to be sent, in the same commit.
func (s *Service) writeInvitation(ctx context.Context, tx tenant.Tx, row *ent.Session, person *ent.Candidate, version *ent.TemplateVersion, secret string) error {
	org, err := tx.Organizations().Only(ctx)
	if err != nil {
		return fmt.Errorf("find organization: %w", err)
	}
	text := fmt.Sprintf(invitationText, person.Name, org.Name, version.Name, version.QuestionCount,
		version.TimeLimitSeconds/60, row.ExpiresAt.Format("Monday, 2 January 2006, 15:04 MST"), s.link(secret), person.Email)
	kept, err := tx.NewMail().SetKind(term.MailInvitation).SetSessionID(row.ID).SetRecipient(person.Email).
		SetSubject(org.Name + " invites you: " + version.Name).SetText(text).Save(ctx)
	if err != nil {
		return fmt.Errorf("keep mail: %w", err)
	}
	return tx.Enqueue(ctx, job.SendMail{OrganizationID: tx.Organization(), MailID: kept.ID})
}

const invitationText = `Hello %s,

%s invites you to take the assessment "%s".

It has %d questions. Once you start, you have %d minutes; you can leave and come back, and the clock goes on.
Please start it before %s.

Open your invitation: %s

Sign in with the address %s. The link is for you alone.
`
