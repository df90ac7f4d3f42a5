// Package tenant is the one road to the database: authorization, tenancy, transaction, time, audit, events, jobs.
//
// An operation asks Store.As for a Scope, which passes the policy or fails; reads start from the scope's
// methods, which already carry the organization and the actor's visibility; writes need a Tx, which only InTx
// gives. Forgetting one of them does not compile. The package knows no noun's rules, and it alone holds an
// *ent.Client.
package tenant

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/migration"
	"github.com/assay-hq/assay/policy"
)

// Config is what a Store needs to know.
type Config struct {
	URL     string                                   // as ASSAY_DATABASE_URL takes it
	Policy  *policy.Policy                           // who may do what
	Clock   Clock                                    // where time comes from
	IDs     *gid.Source                              // where ids come from
	Log     *slog.Logger                             // for what no caller can be told
	Observe func(statement string)                   // sees the text of each statement; for tests and metrics
	Inline  func(context.Context, job.Args) error    // runs jobs after the commit instead of enqueuing them; for seeding
	Request func(context.Context) (requestID string) // names the request in the audit; nil names none
	Bulk    bool                                     // commits are not synced one by one; for loading what can be loaded again
}

// Store is an opened database with everything that an operation needs of it. It is safe for concurrent use.
type Store struct {
	pools   pools
	reads   *ent.Client
	policy  *policy.Policy
	clock   Clock
	ids     *gid.Source
	log     *slog.Logger
	jobs    *river.Client[*sql.Tx]
	inline  func(context.Context, job.Args) error
	request func(context.Context) string
	hub     *hub
	spans   spans
}

// Open opens the database; it does not migrate it. An unusable URL is an error.
func Open(cfg Config) (*Store, error) {
	p, err := openPools(cfg.URL, cfg.Bulk, cfg.Observe)
	if err != nil {
		return nil, err
	}
	s := &Store{
		pools: p, policy: cfg.Policy, clock: cfg.Clock, ids: cfg.IDs,
		log: cfg.Log, inline: cfg.Inline, request: cfg.Request,
	}
	s.reads = newClient(p.dialect, readOnly{p.read})
	s.hub = newHub(p.listen, func() time.Time { return micro(s.clock.Now().Add(s.clock.offset())) }, s.log)
	if s.jobs, err = s.newQueue(nil); err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return s, nil
}

// Close closes every connection and ends what listens.
func (s *Store) Close() error {
	s.hub.close()
	return s.pools.close()
}

// Ready is nil if the database answers and has every migration.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.pools.read.PingContext(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	ok, err := migration.Current(ctx, s.pools.read, s.pools.dialect)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if !ok {
		return fmt.Errorf("migrations are pending")
	}
	return nil
}

// As gives the scope of a member, an API key or a background worker in their organization. Nobody is
// Unauthenticated; who lacks the action is Denied.
func (s *Store) As(ctx context.Context, actor policy.Actor, action policy.Action) (Scope, error) {
	if actor.IsNobody() {
		return Scope{}, fault.New(fault.Unauthenticated, "sign in first")
	}
	if actor.Org.IsZero() || !s.policy.Allows(actor, action) {
		s.log.WarnContext(ctx, "denied", "actor", actor.Label(), "action", string(action))
		return Scope{}, denied(action)
	}
	return Scope{
		store: s, on: s.pools.read, client: s.reads, actor: actor, action: action, org: actor.Org,
		limited: s.policy.Limits(actor, action),
	}, nil
}

// AsSitting gives a candidate the scope of one of their own sittings. A sitting of somebody else, of another
// organization or of nobody is NotFound; who is no person is Denied.
func (s *Store) AsSitting(ctx context.Context, actor policy.Actor, action policy.Action, session gid.ID) (Scope, error) {
	if err := s.candidate(actor, action); err != nil {
		return Scope{}, err
	}
	own, err := s.ownSitting(ctx, actor.Identity, session)
	if err != nil {
		return Scope{}, err
	}
	own.store, own.on, own.client, own.actor, own.action = s, s.pools.read, s.reads, actor, action
	return own, nil
}

// candidate asks the policy whether somebody may act as a candidate.
func (s *Store) candidate(actor policy.Actor, action policy.Action) error {
	if actor.IsNobody() {
		return fault.New(fault.Unauthenticated, "sign in first")
	}
	if actor.Identity.IsZero() || !s.policy.RoleAllows(policy.Candidate, action) {
		return denied(action)
	}
	return nil
}

// AsInvited gives whoever signed in the scope of the sitting behind an invitation link, by the link's hash, and the
// candidate it was sent to, before they are bound to it: whether they are the one is the caller's rule. An unknown
// or replaced link is NotFound; who is no person is Denied.
func (s *Store) AsInvited(ctx context.Context, actor policy.Actor, linkHash []byte) (Scope, *ent.Candidate, error) {
	if err := s.candidate(actor, policy.SittingTake); err != nil {
		return Scope{}, nil, err
	}
	row, err := Only[*ent.Session]("invitation")(
		s.reads.Session.Query().Where(session.LinkHash(linkHash)).WithCandidate().Only(ctx))
	if err != nil {
		return Scope{}, nil, err
	}
	return Scope{
		store: s, on: s.pools.read, client: s.reads, actor: actor, action: policy.SittingTake,
		org: row.OrganizationID, candidate: row.CandidateID, session: row.ID, version: row.TemplateVersionID, seed: row.Seed,
	}, row.Edges.Candidate, nil
}

func denied(action policy.Action) error {
	return fault.New(fault.Denied, "this needs the permission "+string(action))
}

// ownSitting reads whose sitting it is, if it is the identity's: the statement that authenticates a candidate.
func (s *Store) ownSitting(ctx context.Context, who policy.Identity, session gid.ID) (Scope, error) {
	var own Scope
	query, args := s.spell(`SELECT s.organization_id, s.candidate_id, s.template_version_id, s.seed
		FROM sessions s
		JOIN bindings b ON b.organization_id = s.organization_id AND b.candidate_id = s.candidate_id
		WHERE s.id = @session AND b.issuer = @issuer AND b.subject = @subject`,
		Args{"session": session, "issuer": who.Issuer, "subject": who.Subject})
	row := s.pools.read.QueryRowContext(ctx, query, args...)
	switch err := row.Scan(&own.org, &own.candidate, &own.version, &own.seed); err {
	case nil:
		own.session = session
		return own, nil
	case sql.ErrNoRows:
		return Scope{}, NotFound("sitting")
	default:
		return Scope{}, fmt.Errorf("find sitting: %w", err)
	}
}

// NotFound is the fault of a row that is not in the actor's scope; what it is called stands in the message.
func NotFound(noun string) error { return fault.New(fault.NotFound, "no such "+noun) }

// Only passes a row on and makes ent's "not found" the caller's NotFound.
func Only[T any](noun string) func(row T, err error) (T, error) {
	return func(row T, err error) (T, error) {
		var none T
		switch {
		case ent.IsNotFound(err):
			return none, NotFound(noun)
		case err != nil:
			return none, fmt.Errorf("find %s: %w", noun, err)
		}
		return row, nil
	}
}

// Sole passes on the one row of a list; an empty one is the caller's NotFound.
func Sole[T any](noun string) func(rows []T, err error) (T, error) {
	return func(rows []T, err error) (T, error) {
		var none T
		if err != nil {
			return none, err
		}
		if len(rows) == 0 {
			return none, NotFound(noun)
		}
		return rows[0], nil
	}
}

// Grace is how long after its deadline a sitting still takes what was sent before it, for the network's delay.
const Grace = 5 * time.Second

// EndsAfter is how long after its deadline a sitting is ended by itself: what was received within Grace and still
// waits in a queue of ours has been stored by then.
const EndsAfter = Grace + 2*time.Second
