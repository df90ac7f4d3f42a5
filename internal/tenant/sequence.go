package tenant

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"entgo.io/ent/dialect"

	"github.com/assay-hq/assay/internal/gid"
)

// sequencerKey is the number of PostgreSQL's advisory lock on sequencing; it means nothing but must never change.
const sequencerKey = 7_209_113_544_620_801

// sequenceBatch is how many rows of each table one call takes, so that no call holds its transaction for long.
const sequenceBatch = 500

// Sequence gives the next positions to audit and outgoing events that have none, and to audit events their link in
// the organization's chain of hashes; it returns how many rows it took, at most 500 of each table, so that its
// caller repeats it while it returns some.
//
// Positions are whole numbers from 1 in each organization and follow the order of commits: what is committed later
// never gets an earlier place. On PostgreSQL it takes no row above the oldest running transaction for that, and one
// process at a time does it; any other returns 0.
func (s *Store) Sequence(ctx context.Context) (n int, err error) {
	waiting, err := s.unsequenced(ctx)
	if err != nil || !waiting {
		return 0, err
	}
	tx, err := s.pools.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if ours, err := s.sequencerTurn(ctx, tx); err != nil || !ours {
		return 0, err
	}
	audits, err := s.chain(ctx, tx)
	if err != nil {
		return 0, fmt.Errorf("chain audit events: %w", err)
	}
	events, err := s.number(ctx, tx)
	if err != nil {
		return 0, fmt.Errorf("number events: %w", err)
	}
	if audits+events == 0 {
		return 0, nil
	}
	return audits + events, s.commit(ctx, tx)
}

// unsequenced looks whether there is anything to do, without the lock that writing takes.
func (s *Store) unsequenced(ctx context.Context) (waiting bool, err error) {
	err = s.pools.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit_events WHERE `+unsequenced+`)
		OR EXISTS (SELECT 1 FROM events WHERE `+unsequenced+`)`).Scan(&waiting)
	if err != nil {
		return false, fmt.Errorf("find unsequenced events: %w", err)
	}
	return waiting, nil
}

// sequencerTurn takes the lock of the one sequencer until the transaction ends. The statements after it see what
// the sequencer before it committed. On SQLite the transaction is the lock.
func (s *Store) sequencerTurn(ctx context.Context, tx *sql.Tx) (ours bool, err error) {
	if s.pools.dialect != dialect.Postgres {
		return true, nil
	}
	if err := tx.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock($1)", int64(sequencerKey)).Scan(&ours); err != nil {
		return false, fmt.Errorf("lock sequencer: %w", err)
	}
	return ours, nil
}

// unsequenced is true of the rows that wait. Every txid is at least 0: to say so leads SQLite to the partial index.
const unsequenced = "position IS NULL AND txid >= 0"

// Which rows wait, in the order in which they get their places. A transaction below the oldest running one has
// ended, so no row can still appear among those taken. SQLite's writers follow one another, and rowid with them.
const (
	waitingPostgres = ` WHERE ` + unsequenced + ` AND txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
		ORDER BY txid, id LIMIT @limit`
	waitingSQLite = ` WHERE ` + unsequenced + ` ORDER BY +rowid LIMIT @limit`
)

// waiting runs a selection of the rows that wait.
func (s *Store) waiting(ctx context.Context, tx *sql.Tx, selection string) (*sql.Rows, error) {
	which := waitingSQLite
	if s.pools.dialect == dialect.Postgres {
		which = waitingPostgres
	}
	query, args := s.spell(selection+which, Args{"limit": sequenceBatch})
	return tx.QueryContext(ctx, query, args...)
}

// chain gives places and hashes to audit events.
func (s *Store) chain(ctx context.Context, tx *sql.Tx) (int, error) {
	rows, err := s.waiting(ctx, tx, auditColumns)
	if err != nil {
		return 0, err
	}
	links, err := readLinks(rows)
	if err != nil || len(links) == 0 {
		return 0, err
	}
	heads := map[gid.ID]head{}
	places := make([]place, len(links))
	for i, l := range links {
		last, ok := heads[l.Organization]
		if !ok {
			if last, err = s.auditHead(ctx, tx, l.Organization); err != nil {
				return 0, err
			}
		}
		l.Position = last.position + 1
		last = head{position: l.Position, hash: l.after(last.hash)}
		heads[l.Organization] = last
		places[i] = place{ID: l.ID.UUID(), Position: l.Position, Hash: hex.EncodeToString(last.hash)}
	}
	return len(places), s.write(ctx, tx, places, chainPostgres, chainSQLite)
}

// number gives places to outgoing events.
func (s *Store) number(ctx context.Context, tx *sql.Tx) (int, error) {
	rows, err := s.waiting(ctx, tx, "SELECT organization_id, id FROM events")
	if err != nil {
		return 0, err
	}
	type event struct{ org, id gid.ID }
	events, err := collect(rows, func(e *event) []any { return []any{&e.org, &e.id} })
	if err != nil || len(events) == 0 {
		return 0, err
	}
	last := map[gid.ID]int64{}
	places := make([]place, len(events))
	for i, e := range events {
		if _, ok := last[e.org]; !ok {
			if last[e.org], err = s.lastEvent(ctx, tx, e.org); err != nil {
				return 0, err
			}
		}
		last[e.org]++
		places[i] = place{ID: e.id.UUID(), Position: last[e.org]}
	}
	return len(places), s.write(ctx, tx, places, numberPostgres, numberSQLite)
}

// place is what one row gets.
type place struct {
	ID       string `json:"id"`
	Position int64  `json:"position"`
	Hash     string `json:"hash,omitempty"`
}

// One statement writes a whole batch, which goes to the database as one JSON text.
const (
	chainPostgres = `UPDATE audit_events AS e SET position = p.position, hash = decode(p.hash, 'hex')
		FROM jsonb_to_recordset(@places::jsonb) AS p(id uuid, position bigint, hash text) WHERE e.id = p.id`
	chainSQLite = `UPDATE audit_events AS e SET position = p.value->>'position', hash = unhex(p.value->>'hash')
		FROM json_each(@places) AS p WHERE e.id = p.value->>'id'`
	numberPostgres = `UPDATE events AS e SET position = p.position
		FROM jsonb_to_recordset(@places::jsonb) AS p(id uuid, position bigint) WHERE e.id = p.id`
	numberSQLite = `UPDATE events AS e SET position = p.value->>'position'
		FROM json_each(@places) AS p WHERE e.id = p.value->>'id'`
)

func (s *Store) write(ctx context.Context, tx *sql.Tx, places []place, postgres, sqlite string) error {
	text, err := json.Marshal(places)
	if err != nil {
		return err
	}
	statement := sqlite
	if s.pools.dialect == dialect.Postgres {
		statement = postgres
	}
	query, args := s.spell(statement, Args{"places": string(text)})
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n != int64(len(places)) {
		err = fmt.Errorf("%d of %d rows got their place", n, len(places))
	}
	return err
}

// head is the end of an organization's chain; the zero head is before its first link.
type head struct {
	position int64
	hash     []byte
}

func (s *Store) auditHead(ctx context.Context, tx *sql.Tx, org gid.ID) (head, error) {
	query, args := s.spell(`SELECT position, hash FROM audit_events
		WHERE organization_id = @org AND position IS NOT NULL ORDER BY position DESC LIMIT 1`, Args{"org": org})
	var h head
	if err := tx.QueryRowContext(ctx, query, args...).Scan(&h.position, &h.hash); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, fmt.Errorf("find last audit event: %w", err)
	}
	return h, nil
}

func (s *Store) lastEvent(ctx context.Context, tx *sql.Tx, org gid.ID) (position int64, err error) {
	query, args := s.spell("SELECT COALESCE(MAX(position), 0) FROM events WHERE organization_id = @org", Args{"org": org})
	if err := tx.QueryRowContext(ctx, query, args...).Scan(&position); err != nil {
		return 0, fmt.Errorf("find last event: %w", err)
	}
	return position, nil
}

// link is an audit event as its hash covers it: JSON of these fields in this order, without escapes for HTML. Ids
// are as people see them, the time is in UTC to the microsecond, and the keys of detail are sorted.
type link struct {
	Organization gid.ID `json:"organization"`
	Position     int64  `json:"position"`
	ID           gid.ID `json:"id"`
	At           string `json:"at"`
	Actor        string `json:"actor"`
	Action       string `json:"action"`
	Subject      gid.ID `json:"subject"`
	Detail       any    `json:"detail"`
	Address      string `json:"address"`
	Request      string `json:"request"`

	hash []byte // as the row has it
}

const (
	auditColumns = `SELECT organization_id, position, id, at, actor, action, subject_id, detail, address, request_id, hash
		FROM audit_events`
	linkTime = "2006-01-02T15:04:05.000000Z07:00"
)

// after is the link's hash: SHA-256 of the hash before it, which is empty for the first, and the event.
func (l link) after(previous []byte) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(l) // texts, a number and what was decoded from JSON: it cannot fail
	sum := sha256.New()
	_, _ = sum.Write(previous)
	_, _ = sum.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
	return sum.Sum(nil)
}

// readLinks reads the rows of auditColumns and closes them.
func readLinks(rows *sql.Rows) ([]link, error) {
	type row struct {
		link
		position sql.NullInt64
		at       moment
		detail   []byte
	}
	read, err := collect(rows, func(r *row) []any {
		return []any{
			&r.Organization, &r.position, &r.ID, &r.at, &r.Actor, &r.Action, &r.Subject, &r.detail,
			&r.Address, &r.Request, &r.hash,
		}
	})
	if err != nil {
		return nil, err
	}
	links := make([]link, len(read))
	for i, r := range read {
		links[i] = r.link
		links[i].Position, links[i].At, links[i].Detail = r.position.Int64, r.at.Time.Format(linkTime), canonical(r.detail)
	}
	return links, nil
}

// canonical decodes a JSON value so that it has one spelling; what is no JSON stands for itself.
func canonical(text []byte) (value any) {
	if len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, &value); err != nil {
		return string(text)
	}
	return value
}

// collect reads every row into fields of a T and closes the rows.
func collect[T any](rows *sql.Rows, fields func(*T) []any) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		if err := rows.Scan(fields(&one)...); err != nil {
			return nil, fmt.Errorf("read row: %w", err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// AuditState is what VerifyAudit found.
type AuditState struct {
	Organizations int         // how many have a chain, up to the broken link
	Chained       int64       // links that hold, up to the broken one
	Unchained     int64       // events that wait for their link: the newest, for a second or so
	BrokenAt      *BrokenLink // the first link that does not hold; nil if all do
}

// BrokenLink is where a chain does not hold: an event there, or the one before it, was changed, moved or removed.
type BrokenLink struct {
	Organization gid.ID
	Position     int64 // the place at which the expected event is not
}

// VerifyAudit computes the chain of every organization's audit events anew and stops at the first link that does
// not hold. It reads a part at a time, so that its memory and its statements stay small. Events cut off at the end
// of a chain it cannot miss; a position and hash that were kept elsewhere show them.
func (s *Store) VerifyAudit(ctx context.Context) (AuditState, error) {
	var v verifier
	for v.state.BrokenAt == nil {
		links, err := s.linksAfter(ctx, v.org, v.last.position)
		if err != nil {
			return v.state, fmt.Errorf("read audit events: %w", err)
		}
		if len(links) == 0 {
			break
		}
		for i := 0; i < len(links) && v.state.BrokenAt == nil; i++ {
			v.check(links[i])
		}
	}
	row := s.pools.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM audit_events WHERE "+unsequenced)
	if err := row.Scan(&v.state.Unchained); err != nil {
		return v.state, fmt.Errorf("count unchained audit events: %w", err)
	}
	return v.state, nil
}

// verifier walks along the chains, one organization's after the other.
type verifier struct {
	state AuditState
	org   gid.ID
	last  head
}

func (v *verifier) check(l link) {
	if l.Organization != v.org {
		v.org, v.last = l.Organization, head{}
		v.state.Organizations++
	}
	want := v.last.position + 1
	if l.Position != want || !bytes.Equal(l.hash, l.after(v.last.hash)) {
		v.state.BrokenAt = &BrokenLink{Organization: v.org, Position: want}
		return
	}
	v.last = head{position: want, hash: l.hash}
	v.state.Chained++
}

// linksAfter reads the next links in the order of organization and position.
func (s *Store) linksAfter(ctx context.Context, org gid.ID, position int64) ([]link, error) {
	query, args := s.spell(auditColumns+` WHERE position IS NOT NULL AND (organization_id, position) > (@org, @position)
		ORDER BY organization_id, position LIMIT @limit`,
		Args{"org": org.UUID(), "position": position, "limit": sequenceBatch})
	rows, err := s.pools.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return readLinks(rows)
}
