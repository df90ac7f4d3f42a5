package tenant

import (
	"context"
	"fmt"
	"slices"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/contest"
	"github.com/assay-hq/assay/ent/flag"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/ent/signal"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/policy"
)

// Mine is what belongs to several of a candidate's own sittings, perhaps in several organizations: for reading it with one
// statement for all of them.
type Mine struct {
	store          *Store
	orgs, sessions []gid.ID
}

// AsSittings is AsSitting for several at once. If one of them is not the candidate's own, all are NotFound.
func (s *Store) AsSittings(ctx context.Context, actor policy.Actor, action policy.Action, sessions []gid.ID) (Mine, error) {
	if err := s.candidate(actor, action); err != nil {
		return Mine{}, err
	}
	mine := Mine{store: s}
	query, args := s.spell(`SELECT s.organization_id, s.id
		FROM sessions s
		JOIN bindings b ON b.organization_id = s.organization_id AND b.candidate_id = s.candidate_id
		WHERE s.id IN (@sessions) AND b.issuer = @issuer AND b.subject = @subject`,
		Args{"sessions": IDs(sessions), "issuer": actor.Identity.Issuer, "subject": actor.Identity.Subject})
	rows, err := s.pools.read.QueryContext(ctx, query, args...)
	if err != nil {
		return Mine{}, fmt.Errorf("find sittings: %w", err)
	}
	own, err := collect(rows, func(d *Due) []any { return []any{&d.Organization, &d.Session} })
	if err != nil {
		return Mine{}, fmt.Errorf("find sittings: %w", err)
	}
	for _, d := range own {
		mine.sessions = append(mine.sessions, d.Session)
		if !slices.Contains(mine.orgs, d.Organization) {
			mine.orgs = append(mine.orgs, d.Organization)
		}
	}
	for _, id := range sessions {
		if !slices.Contains(mine.sessions, id) {
			return Mine{}, NotFound("sitting")
		}
	}
	return mine, nil
}

// Responses are the responses of the sittings.
func (m Mine) Responses() *ent.ResponseQuery {
	return m.store.reads.Response.Query().Where(m.of(response.FieldOrganizationID, response.FieldSessionID))
}

// Flags are the marks on questions of the sittings.
func (m Mine) Flags() *ent.FlagQuery {
	return m.store.reads.Flag.Query().Where(m.of(flag.FieldOrganizationID, flag.FieldSessionID))
}

// Signals are what was recorded of the sittings.
func (m Mine) Signals() *ent.SignalQuery {
	return m.store.reads.Signal.Query().Where(m.of(signal.FieldOrganizationID, signal.FieldSessionID))
}

// Contests are the candidate's objections to the sittings.
func (m Mine) Contests() *ent.ContestQuery {
	return m.store.reads.Contest.Query().Where(m.of(contest.FieldOrganizationID, contest.FieldSessionID))
}

// Uploads are the files of the sittings.
func (m Mine) Uploads() *ent.UploadQuery {
	return m.store.reads.Upload.Query().Where(m.of(upload.FieldOrganizationID, upload.FieldSessionID))
}

// of limits rows to those of the sittings.
func (m Mine) of(org, session string) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		q.Where(entsql.And(in(q.Dialect(), q.C(org), m.orgs), in(q.Dialect(), q.C(session), m.sessions)))
	}
}
