package sitting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/signinlink"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// How long a link to come back by is good, and how many are mailed in SignInSpan at most: to one address, and by one
// organization to everybody.
const (
	SignInValidity       = 15 * time.Minute
	MaxSignInLinks       = 5
	MaxOrganizationLinks = 500
	SignInSpan           = time.Hour
)

// SendSignInLink mails a link to come back to a session, to the address that was invited. What nobody comes back to, an
// organization where a link alone signs nobody in, or that sent MaxOrganizationLinks within SignInSpan, and an address that
// was sent MaxSignInLinks get none, without a fault: whoever asked must not learn which it was. Only Assay itself has the
// permission.
func (s *Service) SendSignInLink(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.MailSend)
	if err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) { return struct{}{}, s.sendSignInLink(ctx, tx, id) })
	return err
}

func (s *Service) sendSignInLink(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, id))
	if err != nil {
		return err
	}
	due, err := signInLinkIsDue(ctx, tx, row)
	if err != nil || !due {
		return err
	}
	person, version, err := invitedTo(ctx, tx.Scope, row)
	if err != nil {
		return err
	}
	secret, hash, err := tenant.NewSecret(s.cfg.Random)
	if err != nil {
		return err
	}
	if err := tx.NewSignInLink().SetSessionID(id).SetHash(hash).SetExpiresAt(tx.Now.Add(SignInValidity)).Exec(ctx); err != nil {
		return fmt.Errorf("keep link: %w", err)
	}
	err = s.write(ctx, tx, term.MailSignIn, row, person, func(w wording, org *ent.Organization) letter {
		return w.comingBack(person, org, version, s.cfg.PublicURL+"/take/in/"+secret)
	})
	if err != nil {
		return err
	}
	return tx.Record(ctx, id, map[string]string{"mail": string(term.MailSignIn)})
}

// signInLinkIsDue counts what the candidate was sent for any of their sessions, and what the organization sent. The session
// is locked, and always the same one is asked for, so that two requests at once are counted one after the other; the
// organization is not, and those of different candidates at once may exceed its bound by as many as are under way.
func signInLinkIsDue(ctx context.Context, tx tenant.Tx, row *ent.Session) (bool, error) {
	if slices.Contains(gone(), row.State) {
		return false, nil
	}
	org, err := tx.Organizations().Only(ctx)
	if err != nil || !org.LinkSignIn {
		return false, err
	}
	lately := signinlink.CreatedAtGT(tx.Now.Add(-SignInSpan))
	n, err := tx.SignInLinks().Where(lately, signinlink.HasSessionWith(session.CandidateID(row.CandidateID))).Count(ctx)
	if err != nil || n >= MaxSignInLinks {
		return false, err
	}
	n, err = tx.SignInLinks().Where(lately).Count(ctx)
	return n < MaxOrganizationLinks, err
}

// ComeBack takes a mailed link to come back by, once, and signs its candidate in. A link that was used is LinkUsed, one
// past its time Expired, an unknown one NotFound; where a link alone signs nobody in any more, they are Unauthenticated.
func (s *Service) ComeBack(ctx context.Context, actor policy.Actor, token string) (*Entry, error) {
	scope, link, err := s.tenant.AsReturning(ctx, actor, tenant.SecretHash(token))
	if err != nil {
		return nil, err
	}
	if err := linkSuffices(ctx, scope); err != nil {
		return nil, err
	}
	return enter(ctx, scope, s, actor, func(tx tenant.Tx, row *ent.Session) error {
		if slices.Contains(gone(), row.State) {
			return conflict("this sitting can no longer be taken; ask whoever invited you")
		}
		if !tx.Now.Before(link.ExpiresAt) {
			return fault.New(fault.Expired, "this link was good for 15 minutes; ask for a new one")
		}
		n, err := tx.ChangeSignInLink(link.ID).Where(signinlink.UsedAtIsNil()).SetUsedAt(tx.Now).Save(ctx)
		if err != nil {
			return fmt.Errorf("use link: %w", err)
		}
		if n == 0 {
			return fault.New(fault.LinkUsed, "this link was already used; ask for a new one")
		}
		return s.bindAgain(ctx, tx, row)
	})
}
