package sitting

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// MaxInvitations is how many candidates one call invites at most.
const MaxInvitations = 500

// Invitation is a session with its link, where the inviter sends the mail. The link is shown this once: a repetition
// has none.
type Invitation struct {
	Session *ent.Session
	Link    *string
}

// InviteCandidatesInput asks several candidates at once.
type InviteCandidatesInput struct {
	Invitations    []*InviteCandidateInput
	IdempotencyKey *string // gives one to each invitation that has none, by its place
}

// InvitationResult is what came of one of several invitations: a session, or what was wrong with it.
type InvitationResult struct {
	Invitation
	Faults fault.List
}

// Invite is InviteCandidate for whoever needs the session alone.
func (s *Service) Invite(ctx context.Context, actor policy.Actor, in InviteCandidateInput) (*ent.Session, error) {
	return withoutLink(s.InviteCandidate(ctx, actor, in))
}

func withoutLink(made *Invitation, err error) (*ent.Session, error) {
	if err != nil {
		return nil, err
	}
	return made.Session, nil
}

// InviteCandidate asks a candidate to take a published template and sends the mail, or gives the link to who sends
// their own. Repeating it with the same idempotency key returns the first session again and sends nothing. A draft or
// retired template and a closed job role are Conflict; an order id that was used before, or another candidate's
// external id, is AlreadyExists.
func (s *Service) InviteCandidate(ctx context.Context, actor policy.Actor, in InviteCandidateInput) (*Invitation, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionInvite)
	if err != nil {
		return nil, err
	}
	return s.inviteOnce(ctx, scope, in)
}

func (s *Service) inviteOnce(ctx context.Context, scope tenant.Scope, in InviteCandidateInput) (*Invitation, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Invitation, error) {
		made := &Invitation{}
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) {
			var err error
			if made, err = s.invite(ctx, tx, in); err != nil {
				return gid.ID{}, err
			}
			return made.Session.ID, nil
		})
		if err != nil {
			return nil, err
		}
		made.Session, err = readSession(ctx, tx.Scope, id)
		return made, err
	})
}

func readSession(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Session, error) {
	return tenant.Only[*ent.Session]("session")(scope.Sessions().Where(session.ID(id)).Only(ctx))
}

// InviteCandidates asks up to MaxInvitations candidates. Each invitation stands alone, in a transaction of its own: what
// is wrong with one is told in its result, with its place in the path, and stops no other. Each needs a key of its own,
// an order id, or the call's key, so that repeating the call after a lost answer invites nobody twice.
func (s *Service) InviteCandidates(ctx context.Context, actor policy.Actor, in InviteCandidatesInput) ([]*InvitationResult, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionInvite)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	results := make([]*InvitationResult, len(in.Invitations))
	for i := range in.Invitations {
		if results[i], err = s.inviteRow(ctx, scope, in, i); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func (in *InviteCandidatesInput) check() error {
	var c fault.Checks
	n := len(in.Invitations)
	c.That(n >= 1 && n <= MaxInvitations, "from 1 to "+strconv.Itoa(MaxInvitations)+" invitations are possible at once", "invitations")
	if in.IdempotencyKey != nil {
		longest := tenant.MaxKey - len("/500")
		c.That(len(*in.IdempotencyKey) <= longest, "an idempotency key for several invitations has 1 to "+strconv.Itoa(longest)+" characters", "idempotencyKey")
		c.Text(*in.IdempotencyKey, 1, longest, "idempotencyKey")
	}
	return c.Err()
}

// inviteRow makes one of several invitations. What its row can mend is part of the result; anything else ends the call.
func (s *Service) inviteRow(ctx context.Context, scope tenant.Scope, in InviteCandidatesInput, i int) (*InvitationResult, error) {
	row := *in.Invitations[i]
	if row.IdempotencyKey == nil && in.IdempotencyKey != nil {
		key := fmt.Sprintf("%s/%d", *in.IdempotencyKey, i)
		row.IdempotencyKey = &key
	}
	made, err := &Invitation{}, error(nil)
	if row.IdempotencyKey == nil && row.ExternalOrderID == nil {
		err = fault.At("this needs an idempotency key or an order id, so that a repetition invites nobody twice", "idempotencyKey")
	} else {
		made, err = s.inviteOnce(ctx, scope, row)
	}
	if err == nil {
		return &InvitationResult{Invitation: *made}, nil
	}
	faults, mendable := ofRow(err, i)
	if !mendable {
		return nil, err
	}
	return &InvitationResult{Faults: faults}, nil
}

// ofRow moves an invitation's faults to its place among several. A template that is not there is this row's to mend.
func ofRow(err error, i int) (faults fault.List, mendable bool) {
	for _, f := range fault.All(err) {
		moved := *f
		switch {
		case f.Code == fault.NotFound:
			moved.Code, moved.Field = fault.Invalid, []string{"templateId"}
		case !f.Payload():
			return nil, false
		}
		moved.Field = append([]string{"invitations", strconv.Itoa(i)}, moved.Field...)
		faults = append(faults, &moved)
	}
	return faults, len(faults) > 0
}

// checkTerms judges what needs no clock.
func (in *InviteCandidateInput) checkTerms(c *fault.Checks) {
	c.That(in.ValidFor == nil || in.ExpiresAt == nil, "give validFor or expiresAt, not both", "expiresAt")
	if in.TimeZone != nil {
		c.That(knownZone(*in.TimeZone), "this is no time zone of the IANA list, such as Europe/Berlin", "timeZone")
	}
	if in.RedirectURL != nil {
		c.That(secure(*in.RedirectURL), "this must be an https address without user name or password", "redirectUrl")
	}
	if in.Language != nil {
		c.Line(*in.Language, 2, 35, "language")
	}
}

// secure knows an address to which a candidate may be led. What a browser reads otherwise than we do is none.
func secure(address string) bool {
	u, err := url.Parse(address)
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }
	return err == nil && len(address) <= 2048 && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && !strings.ContainsFunc(address, odd)
}

// window is until when the invitation can be started. What it lasts is counted from when it opens.
func (in *InviteCandidateInput) window(now time.Time) (expires time.Time, err error) {
	opens := now
	if in.OpensAt != nil && in.OpensAt.After(now) {
		opens = *in.OpensAt
	}
	var c fault.Checks
	c.That(!opens.After(now.Add(MaxValidity)), "this is more than 90 days away", "opensAt")
	switch {
	case in.ExpiresAt != nil:
		expires = in.ExpiresAt.UTC()
		c.That(inWindow(opens, expires), "this must be from one hour to 90 days after it opens", "expiresAt")
	case in.ValidFor != nil:
		expires = opens.Add(*in.ValidFor)
	default:
		expires = opens.Add(DefaultValidity)
	}
	return expires, c.Err()
}

func inWindow(opens, expires time.Time) bool {
	return !expires.Before(opens.Add(time.Hour)) && !expires.After(opens.Add(MaxValidity))
}

// terms writes what the inviter chose. Who sends the mail themselves is told the link and nobody else.
func (in *InviteCandidateInput) terms(row *ent.SessionCreate) *ent.SessionCreate {
	if in.OpensAt != nil {
		row.SetOpensAt(in.OpensAt.UTC())
	}
	return row.SetNillableTimeZone(in.TimeZone).SetNillableRedirectURL(in.RedirectURL).SetNillableLanguage(in.Language).SetOwnMail(in.OwnMail)
}

// notYetOpen demands that the time has come from which a sitting may be started.
func notYetOpen(row *ent.Session, now time.Time) error {
	if row.OpensAt == nil || !now.Before(*row.OpensAt) {
		return nil
	}
	return conflict("this sitting cannot be started before " + inEnglish(*row.OpensAt, row.TimeZone))
}

// handOver mails the link, or gives it to who mails it themselves.
func (s *Service) handOver(
	ctx context.Context, tx tenant.Tx, row *ent.Session, person *ent.Candidate, version *ent.TemplateVersion, secret string, again bool,
) (*string, error) {
	link := s.link(secret)
	if row.OwnMail {
		return &link, nil
	}
	return nil, s.write(ctx, tx, term.MailInvitation, row, person, func(w wording, org *ent.Organization) letter {
		return w.invitation(invitationFacts{row: row, person: person, org: org, version: version, link: link, again: again})
	})
}

// given is a text that somebody chose; nil if nobody did.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
