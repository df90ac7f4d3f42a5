package tenant

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
)

// NewResponse is an answer to be saved, based on the revision that the candidate saw last.
type NewResponse struct {
	Ref       string
	Seen      int
	ClientKey string
	Answer    *content.Answer
}

// Saved is what a candidate is told when an answer is on disk.
type Saved struct {
	Revision int
	SavedAt  time.Time
	Deadline time.Time
}

// SaveResponse adds the next revision of an answer if the sitting is in progress, its time (with Grace, by the time of
// receipt) is not over, and nobody saved since. It is one statement; ok is false if it wrote nothing, and then the
// caller finds out why. The session's row is held shared, so that a submission waits for it or is waited for.
func (tx Tx) SaveResponse(ctx context.Context, r NewResponse) (saved Saved, ok bool, err error) {
	answer, err := json.Marshal(r.Answer)
	if err != nil {
		return saved, false, fmt.Errorf("encode answer: %w", err)
	}
	text := saveStatement
	if tx.store.pools.dialect == dialect.Postgres {
		text = saveStatementShared
	}
	query, args := tx.store.spell(text, tx.with(Args{
		"id": tx.NewID(gid.Response), "session": tx.session, "candidate": tx.candidate, "ref": r.Ref, "next": r.Seen + 1,
		"seen": r.Seen, "answer": string(answer), "client": r.ClientKey, "now": tx.Now, "floor": tx.Received().Add(-Grace),
	}))
	row := tx.tx.QueryRowContext(ctx, query, args...)
	var due moment
	switch err := row.Scan(&saved.Revision, &due); {
	case errors.Is(err, sql.ErrNoRows):
		return saved, false, nil
	case err != nil:
		return saved, false, fmt.Errorf("save response: %w", err)
	}
	saved.SavedAt, saved.Deadline = tx.Now, due.Time
	return saved, true, nil
}

const (
	saveStatement       = saveHead + saveTail
	saveStatementShared = saveHead + " FOR SHARE OF s" + saveTail

	saveHead = `INSERT INTO responses (id, organization_id, session_id, ref, revision, answer, client_key, saved_at)
		SELECT @id, s.organization_id, s.id, @ref, @next, @answer, @client, @now
		FROM sessions s
		WHERE s.organization_id = @org AND s.id = @session AND s.candidate_id = @candidate
		AND s.state = 'IN_PROGRESS' AND s.due_at >= @floor
		AND @seen = (SELECT COALESCE(MAX(r.revision), 0) FROM responses r
			WHERE r.organization_id = @org AND r.session_id = @session AND r.ref = @ref)`
	saveTail = ` ON CONFLICT DO NOTHING RETURNING revision,
		(SELECT due_at FROM sessions WHERE organization_id = @org AND id = @session)`
)

// moment reads a time that SQLite gives as text, as it does for expressions.
type moment struct{ Time time.Time }

// Scan reads a time.
func (m *moment) Scan(src any) error {
	switch v := src.(type) {
	case time.Time:
		m.Time = v.UTC()
		return nil
	case string:
		t, err := time.Parse("2006-01-02 15:04:05.999999999-07:00", v)
		m.Time = t.UTC()
		return err
	default:
		return fmt.Errorf("read time: unexpected %T", src)
	}
}

// Latest keeps, of each question's responses, the one that counts.
func Latest(q *entsql.Selector) {
	t := entsql.Table(response.Table).As("newer")
	newer := entsql.Dialect(q.Dialect()).Select(entsql.Max(t.C(response.FieldRevision))).From(t).Where(entsql.And(
		entsql.ColumnsEQ(t.C(response.FieldOrganizationID), q.C(response.FieldOrganizationID)),
		entsql.ColumnsEQ(t.C(response.FieldSessionID), q.C(response.FieldSessionID)),
		entsql.ColumnsEQ(t.C(response.FieldRef), q.C(response.FieldRef)),
	))
	q.Where(entsql.EQ(q.C(response.FieldRevision), newer))
}
