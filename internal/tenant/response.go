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
	Device    string // that sends it; empty if it does not say

	Section, Question int  // where the question is asked, counted from 1
	Judged            bool // the clock was asked already, under the session's lock
}

// Saved is what a candidate is told when an answer is on disk.
type Saved struct {
	Revision        int
	SavedAt         time.Time
	Deadline        time.Time
	SectionDeadline time.Time
}

// SaveResponse adds the next revision of an answer if the sitting is in progress where the question is asked, its time (with
// Grace, by the time of receipt) is not over, and nobody saved since. It is one statement; ok is false if it wrote nothing,
// and then the caller finds out why. The session's row is held shared, so that a submission waits for it or is waited for.
func (tx Tx) SaveResponse(ctx context.Context, r NewResponse) (saved Saved, ok bool, err error) {
	answer, err := json.Marshal(r.Answer)
	if err != nil {
		return saved, false, fmt.Errorf("encode answer: %w", err)
	}
	floor := tx.Received().Add(-Grace)
	query, args := tx.store.spell(tx.saveText(r.Judged), tx.with(Args{
		"id": tx.NewID(gid.Response), "session": tx.session, "candidate": tx.candidate, "ref": r.Ref, "next": r.Seen + 1,
		"seen": r.Seen, "answer": string(answer), "client": r.ClientKey, "now": tx.Now, "floor": floor,
		"section": r.Section, "question": r.Question, "device": r.Device,
	}))
	row := tx.tx.QueryRowContext(ctx, query, args...)
	var due, section moment
	switch err := row.Scan(&saved.Revision, &due, &section); {
	case errors.Is(err, sql.ErrNoRows):
		return saved, false, nil
	case err != nil:
		return saved, false, fmt.Errorf("save response: %w", err)
	}
	saved.SavedAt, saved.Deadline, saved.SectionDeadline = tx.Now, due.Time, section.Time
	return saved, true, nil
}

// saveText is the statement that saves, with the question to the clock or without it.
func (tx Tx) saveText(judged bool) string {
	text := saveHead
	if !judged {
		text += saveInTime
	}
	if tx.store.pools.dialect == dialect.Postgres {
		text += " FOR SHARE OF s"
	}
	return text + saveTail
}

const (
	saveHead = `INSERT INTO responses (id, organization_id, session_id, ref, revision, answer, client_key, saved_at)
		SELECT @id, s.organization_id, s.id, @ref, @next, @answer, @client, @now
		FROM sessions s
		WHERE s.organization_id = @org AND s.id = @session AND s.candidate_id = @candidate
		AND s.state IN ('IN_PROGRESS', 'PAUSED')
		AND @seen = (SELECT COALESCE(MAX(r.revision), 0) FROM responses r
			WHERE r.organization_id = @org AND r.session_id = @session AND r.ref = @ref)`
	saveInTime = ` AND s.state = 'IN_PROGRESS' AND s.section = @section AND s.section_due_at >= @floor
		AND (s.question = 0 OR s.question = @question) AND (s.question_due_at IS NULL OR s.question_due_at >= @floor)
		AND (@device = '' OR s.device IN ('', @device))`
	saveTail = ` ON CONFLICT DO NOTHING RETURNING revision,
		(SELECT due_at FROM sessions WHERE organization_id = @org AND id = @session),
		(SELECT section_due_at FROM sessions WHERE organization_id = @org AND id = @session)`
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
