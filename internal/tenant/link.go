package tenant

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/reportshare"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/signinlink"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/policy"
)

// AsLinkHolder gives whoever holds the secret of an invitation link, by the link's hash, the scope of the sitting behind
// it, as the candidate it was sent to: the link itself is what they show. What the organization lets a link do is the
// caller's rule. An unknown or replaced link is NotFound; who is no person is Denied.
func (s *Store) AsLinkHolder(ctx context.Context, actor policy.Actor, linkHash []byte) (Scope, *ent.Candidate, error) {
	if err := s.holder(actor); err != nil {
		return Scope{}, nil, err
	}
	row, err := Only[*ent.Session]("invitation")(s.reads.Session.Query().Where(session.LinkHash(linkHash)).WithCandidate().Only(ctx))
	if err != nil {
		return Scope{}, nil, err
	}
	return s.held(actor, row), row.Edges.Candidate, nil
}

// AsReturning is AsLinkHolder for a link that was mailed to come back by.
func (s *Store) AsReturning(ctx context.Context, actor policy.Actor, hash []byte) (Scope, *ent.SignInLink, error) {
	if err := s.holder(actor); err != nil {
		return Scope{}, nil, err
	}
	link, err := Only[*ent.SignInLink]("link")(s.reads.SignInLink.Query().Where(signinlink.Hash(hash)).
		WithSession(func(q *ent.SessionQuery) { q.WithCandidate() }).Only(ctx))
	if err != nil {
		return Scope{}, nil, err
	}
	return s.held(actor, link.Edges.Session), link, nil
}

// linked finds a candidate whom a link signed in, who is no member of anything; nobody, if there is no such candidate or
// their organization does not sign candidates in by links.
func (d Directory) linked(ctx context.Context, who policy.Identity, slug string) (policy.Actor, error) {
	if slug != "" {
		return policy.Actor{}, NotFound("organization")
	}
	id, err := gid.ParseKind(gid.Candidate, who.Subject)
	if err != nil { // only our own code writes it
		return policy.Actor{}, fmt.Errorf("read the subject of a link: %w", err)
	}
	query, args := d.store.spell(`SELECT o.link_sign_in FROM candidates c JOIN organizations o ON o.id = c.organization_id WHERE c.id = @id`, Args{"id": id})
	var allowed bool
	err = d.store.pools.read.QueryRowContext(ctx, query, args...).Scan(&allowed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return policy.Actor{}, fmt.Errorf("find whom a link signed in: %w", err)
	}
	if !allowed {
		return policy.Actor{}, nil
	}
	return policy.Actor{Identity: who}, nil
}

// holder refuses programs: a link is sent to a person.
func (s *Store) holder(actor policy.Actor) error {
	program := actor.Identity.IsZero() && !actor.IsNobody()
	if program || !s.policy.RoleAllows(policy.Candidate, policy.SittingTake) {
		return fault.New(fault.Denied, "this needs the permission "+string(policy.SittingTake))
	}
	return nil
}

// held is the scope of a session for whoever holds a link to it.
func (s *Store) held(actor policy.Actor, row *ent.Session) Scope {
	person := row.Edges.Candidate
	as := policy.Actor{Identity: policy.LinkIdentity(person.ID, person.Email, person.Name), Address: actor.Address, Received: actor.Received}
	return Scope{
		store: s, on: s.pools.read, client: s.reads, actor: as, action: policy.SittingTake,
		org: row.OrganizationID, candidate: row.CandidateID, session: row.ID, version: row.TemplateVersionID, seed: row.Seed,
	}
}

// AsShared gives whoever holds the secret of a link to a report, by the link's hash, a scope of that report's job role, with
// no permission: the link itself is what they show, and what it shows is the caller's rule. In the audit the link is the
// actor. An unknown link is NotFound.
func (s *Store) AsShared(ctx context.Context, actor policy.Actor, hash []byte) (Scope, *ent.ReportShare, error) {
	row, err := Only[*ent.ReportShare]("link")(s.reads.ReportShare.Query().Where(reportshare.Hash(hash)).Only(ctx))
	if err != nil {
		return Scope{}, nil, err
	}
	as := policy.Actor{
		Org: row.OrganizationID, ID: row.ID, Limited: true, JobRoles: []gid.ID{row.JobRoleID},
		Address: actor.Address, Received: actor.Received,
	}
	return Scope{
		store: s, on: s.pools.read, client: s.reads, actor: as, action: policy.ReportRead, org: row.OrganizationID, limited: true,
	}, row, nil
}
