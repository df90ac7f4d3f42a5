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

	// What was added later is left out of an input's hash where it is absent, so that a key from before stays good.
	OpensAt     *time.Time `json:",omitempty"` // not to be started before
	ExpiresAt   *time.Time `json:",omitempty"` // instead of ValidFor
	TimeZone    *string    `json:",omitempty"` // of the dates in mail; nil is the organization's
	RedirectURL *string    `json:",omitempty"` // where the page leads the candidate afterwards
	Language    *string    `json:",omitempty"` // of mail and page; nil is the organization's
	OwnMail     bool       `json:",omitempty"` // the inviter sends the mail, and is given the link
}

// CandidateInput is the person invited. Somebody known by the e-mail address is taken as they are.
type CandidateInput struct {
	Email      string
	Name       string
	Phone      *string
	ExternalID *string
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
	in.checkTerms(&c)
	return c.Err()
}

func (s *Service) invite(ctx context.Context, tx tenant.Tx, in InviteCandidateInput) (*Invitation, error) {
	version, err := invitable(ctx, tx, in.TemplateID, in.Version)
	if err != nil {
		return nil, err
	}
	expires, err := in.window(tx.Now)
	if err != nil {
		return nil, err
	}
	if err := orderIsNew(ctx, tx.Scope, in.ExternalOrderID); err != nil {
		return nil, err
	}
	person, err := findOrAddCandidate(ctx, tx, in.Candidate)
	if err != nil {
		return nil, err
	}
	if err := s.attemptIsLeft(ctx, tx, version, person.ID); err != nil {
		return nil, err
	}
	secret, hash, err := tenant.NewSecret(s.cfg.Random)
	if err != nil {
		return nil, err
	}
	seed, err := s.newSeed()
	if err != nil {
		return nil, err
	}
	row, err := in.terms(tx.NewSession()).SetCandidateID(person.ID).SetJobRoleID(version.JobRoleID).SetTemplateID(version.TemplateID).
		SetTemplateVersionID(version.ID).SetState(term.Invited).SetNillableExternalOrderID(in.ExternalOrderID).
		SetInvitedBy(tx.Actor().Label()).SetLinkHash(hash).SetExpiresAt(expires).SetDueAt(expires).
		SetAllowedSeconds(version.TimeLimitSeconds).SetPlannedSeconds(version.TimeLimitSeconds).SetSeed(seed).Save(ctx)
	if ent.IsConstraintError(err) {
		return nil, fault.Taken("this order id was used before", nil, "externalOrderId")
	}
	if err != nil {
		return nil, fmt.Errorf("create session: %w", err)
	}
	link, err := s.handOver(ctx, tx, row, person, version, secret, false)
	if err != nil {
		return nil, err
	}
	return &Invitation{Session: row, Link: link}, tx.Announce(ctx, event.SessionInvited, row.ID, nil)
}

// attemptIsLeft demands, where the template limits it, that the candidate was not invited too often already. What was
// cancelled, declined, made void, or expired before it was begun, does not count.
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
