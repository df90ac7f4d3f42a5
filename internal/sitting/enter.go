package sitting

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/binding"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// Entry is a sitting that somebody came to by a link, and the identity that the link vouches for: who is signed in
// already has none.
type Entry struct {
	Sitting  *Sitting
	Identity *policy.Identity
}

// Enter takes an invitation link that somebody opened in a browser. Whoever signed in with a provider accepts as Accept
// says. Anybody else is signed in by the link itself, where the organization allows it: once, so that a link that was
// used is LinkUsed; without that setting they are Unauthenticated. Of many at once exactly one gets in.
func (s *Service) Enter(ctx context.Context, actor policy.Actor, token string) (*Entry, error) {
	scope, _, err := s.tenant.AsLinkHolder(ctx, actor, tenant.SecretHash(token))
	if err != nil {
		return nil, err
	}
	if !actor.IsNobody() && actor.Identity.Issuer != policy.LinkIssuer {
		own, err := s.Accept(ctx, actor, AcceptInvitationInput{Token: token})
		return &Entry{Sitting: own}, err
	}
	if err := linkSuffices(ctx, scope); err != nil {
		return nil, err
	}
	return enter(ctx, scope, s, actor, func(tx tenant.Tx, row *ent.Session) error {
		if err := stillLinked(row, token); err != nil {
			return err
		}
		if row.OpenedAt != nil && !actor.Identity.Is(tx.Actor().Identity) {
			return fault.New(fault.LinkUsed, "this link was already used; ask for a new one to come back")
		}
		return s.bind(ctx, tx, row)
	})
}

// enter lets the holder of a link in, in one transaction that holds the session.
func enter(ctx context.Context, scope tenant.Scope, s *Service, actor policy.Actor, let func(tenant.Tx, *ent.Session) error) (*Entry, error) {
	own, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Sitting, error) {
		row, err := tenant.Only[*ent.Session]("invitation")(tx.LockSession(ctx, scope.SessionID()))
		if err != nil {
			return nil, err
		}
		if err := let(tx, row); err != nil {
			return nil, err
		}
		return s.read(ctx, tx.Scope, scope.SessionID(), tx.Now)
	})
	if err != nil {
		return nil, err
	}
	who := scope.Actor().Identity
	if actor.Identity.Is(who) {
		return &Entry{Sitting: own}, nil
	}
	return &Entry{Sitting: own, Identity: &who}, nil
}

// Link is what a page may tell of an invitation link that is merely looked at.
type Link struct {
	Suffices bool   // it alone signs its candidate in
	Language string // of the invitation; empty if that is not said, or the link is unknown
}

// LookAtLink tells of an invitation link what its page says. An unknown link, and one that a program shows, is as one that does not
// suffice. It changes nothing, so that a page may ask when it is merely looked at.
func (s *Service) LookAtLink(ctx context.Context, actor policy.Actor, token string) (Link, error) {
	scope, _, err := s.tenant.AsLinkHolder(ctx, actor, tenant.SecretHash(token))
	if len(fault.All(err)) > 0 {
		return Link{}, nil
	}
	if err != nil {
		return Link{}, err
	}
	row, err := scope.Sessions().Where(session.ID(scope.SessionID())).Select(session.FieldLanguage).Only(ctx)
	if err != nil {
		return Link{}, fmt.Errorf("find invitation: %w", err)
	}
	err = linkSuffices(ctx, scope)
	if len(fault.All(err)) > 0 {
		return Link{Language: row.Language}, nil
	}
	return Link{Suffices: err == nil, Language: row.Language}, err
}

// linkSuffices demands that the organization lets a link alone sign its candidate in.
func linkSuffices(ctx context.Context, scope tenant.Scope) error {
	org, err := scope.Organizations().Only(ctx)
	if err != nil {
		return fmt.Errorf("find organization: %w", err)
	}
	if !org.LinkSignIn {
		return fault.New(fault.Unauthenticated, "sign in first")
	}
	return nil
}

// bindAgain ties a candidate who came back to their sitting. One who never opened it accepts it by that.
func (s *Service) bindAgain(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	if row.OpenedAt == nil {
		return s.bind(ctx, tx, row)
	}
	who := tx.Actor().Identity
	mine, err := tx.OwnBindings().Where(binding.Issuer(who.Issuer), binding.Subject(who.Subject)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("find binding: %w", err)
	}
	if !mine {
		if err := tx.Bind(ctx, who); err != nil {
			return fmt.Errorf("write binding: %w", err)
		}
	}
	return tx.Record(ctx, row.ID, map[string]string{"signIn": policy.LinkIssuer})
}
