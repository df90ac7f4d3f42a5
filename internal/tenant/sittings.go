package tenant

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/accommodation"
	"github.com/assay-hq/assay/ent/contest"
	"github.com/assay-hq/assay/ent/flag"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/ent/signal"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/policy"
)

// Sittings is what belongs to several sittings that somebody may see, perhaps in several organizations: for reading it with
// one statement for all of them.
type Sittings struct {
	store          *Store
	on             runner
	client         *ent.Client
	orgs, sessions []gid.ID
}

// Sittings are several of the person's own, which Sessions gave.
func (o Own) Sittings(rows []*ent.Session) Sittings {
	return Sittings{store: o.store, on: o.store.pools.read, client: o.store.reads}.with(rows)
}

// Sittings are several of the visible sessions, which Sessions gave.
func (s Scope) Sittings(rows []*ent.Session) Sittings {
	return Sittings{store: s.store, on: s.on, client: s.client}.with(rows)
}

func (t Sittings) with(rows []*ent.Session) Sittings {
	for _, row := range rows {
		t.add(row.OrganizationID, row.ID)
	}
	return t
}

func (t *Sittings) add(org, session gid.ID) {
	t.sessions = append(t.sessions, session)
	if !slices.Contains(t.orgs, org) {
		t.orgs = append(t.orgs, org)
	}
}

// AsSittings is AsSitting for several at once. If one of them is not the candidate's own, all are NotFound.
func (s *Store) AsSittings(ctx context.Context, actor policy.Actor, action policy.Action, sessions []gid.ID) (Sittings, error) {
	if err := s.candidate(actor, action); err != nil {
		return Sittings{}, err
	}
	mine := Sittings{store: s, on: s.pools.read, client: s.reads}
	query, args := s.spell(`SELECT s.organization_id, s.id
		FROM sessions s
		JOIN bindings b ON b.organization_id = s.organization_id AND b.candidate_id = s.candidate_id
		WHERE s.id IN (@sessions) AND b.issuer = @issuer AND b.subject = @subject`,
		Args{"sessions": IDs(sessions), "issuer": actor.Identity.Issuer, "subject": actor.Identity.Subject})
	rows, err := s.pools.read.QueryContext(ctx, query, args...)
	if err != nil {
		return Sittings{}, fmt.Errorf("find sittings: %w", err)
	}
	own, err := collect(rows, func(d *Due) []any { return []any{&d.Organization, &d.Session} })
	if err != nil {
		return Sittings{}, fmt.Errorf("find sittings: %w", err)
	}
	for _, d := range own {
		mine.add(d.Organization, d.Session)
	}
	for _, id := range sessions {
		if !slices.Contains(mine.sessions, id) {
			return Sittings{}, NotFound("sitting")
		}
	}
	return mine, nil
}

// Responses are the responses of the sittings.
func (t Sittings) Responses() *ent.ResponseQuery {
	return t.client.Response.Query().Where(t.of(response.FieldOrganizationID, response.FieldSessionID))
}

// Flags are the marks on questions of the sittings.
func (t Sittings) Flags() *ent.FlagQuery {
	return t.client.Flag.Query().Where(t.of(flag.FieldOrganizationID, flag.FieldSessionID))
}

// Signals are what was recorded of the sittings.
func (t Sittings) Signals() *ent.SignalQuery {
	return t.client.Signal.Query().Where(t.of(signal.FieldOrganizationID, signal.FieldSessionID))
}

// Contests are the candidate's objections to the sittings.
func (t Sittings) Contests() *ent.ContestQuery {
	return t.client.Contest.Query().Where(t.of(contest.FieldOrganizationID, contest.FieldSessionID))
}

// Uploads are the files of the sittings.
func (t Sittings) Uploads() *ent.UploadQuery {
	return t.client.Upload.Query().Where(t.of(upload.FieldOrganizationID, upload.FieldSessionID))
}

// Accommodations are the candidate's accommodations in the sittings.
func (t Sittings) Accommodations() *ent.AccommodationQuery {
	return t.client.Accommodation.Query().Where(t.of(accommodation.FieldOrganizationID, accommodation.FieldSessionID))
}

// Reading is that somebody read the report of a sitting in detail: in which role, and when for the first time on that day.
type Reading struct {
	Session gid.ID
	At      time.Time
	As      string
}

// Readings are who read the sittings' reports in detail: the newest of each, at most so many, the newest first.
func (t Sittings) Readings(ctx context.Context, most int) ([]Reading, error) {
	query, args := t.store.spell(`SELECT session_id, at, detail FROM (
			SELECT r.session_id, e.at, e.detail, row_number() OVER (PARTITION BY r.session_id ORDER BY e.id DESC) AS place
			FROM reports r
			JOIN audit_events e ON e.organization_id = r.organization_id AND e.subject_id = r.id AND e.action = @action
			WHERE r.organization_id IN (@orgs) AND r.session_id IN (@sessions)) newest
		WHERE place <= @most ORDER BY session_id, place`,
		Args{"action": string(policy.ReportRead), "orgs": IDs(t.orgs), "sessions": IDs(t.sessions), "most": most})
	rows, err := t.on.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("find readings: %w", err)
	}
	type row struct {
		Reading
		at     moment
		detail []byte
	}
	found, err := collect(rows, func(r *row) []any { return []any{&r.Session, &r.at, &r.detail} })
	if err != nil {
		return nil, fmt.Errorf("find readings: %w", err)
	}
	readings := make([]Reading, len(found))
	for i, r := range found {
		var detail map[string]string
		if len(r.detail) > 0 {
			if err := json.Unmarshal(r.detail, &detail); err != nil {
				return nil, fmt.Errorf("read a reading: %w", err)
			}
		}
		readings[i] = Reading{Session: r.Session, At: r.at.Time, As: detail["as"]}
	}
	return readings, nil
}

// of limits rows to those of the sittings.
func (t Sittings) of(org, session string) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		q.Where(entsql.And(in(q.Dialect(), q.C(org), t.orgs), in(q.Dialect(), q.C(session), t.sessions)))
	}
}
