package tenant

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/ent/scoresheet"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// What many rows need at once: each of these is one statement, or two, however many rows there are; what is inserted into the
// embedded database is a few more.

// TrySubmitted reads one visible session that waits to be scored and holds it until the commit; none if it does not wait
// or somebody else holds it.
func (tx Tx) TrySubmitted(ctx context.Context, id gid.ID) ([]*ent.Session, error) {
	return tx.Sessions().Where(session.ID(id), session.StateEQ(term.Submitted), tx.skipLocked).All(ctx)
}

// LockSubmitted reads visible sessions of a version that wait to be scored, beside one of them and without those that
// somebody holds, in the order of their ids, and holds them until the commit.
func (tx Tx) LockSubmitted(ctx context.Context, beside *ent.Session, most int) ([]*ent.Session, error) {
	return tx.Sessions().Where(session.StateEQ(term.Submitted), session.TemplateVersionID(beside.TemplateVersionID),
		session.IDNEQ(beside.ID), tx.skipLocked).Order(session.ByID()).Limit(most).All(ctx)
}

func (tx Tx) skipLocked(q *entsql.Selector) {
	if q.Dialect() == dialect.Postgres {
		q.ForUpdate(entsql.WithLockAction(entsql.SkipLocked))
	}
}

// HoldVersion keeps a visible template version as it is until the commit, beside others who do: its key is not mended
// meanwhile.
func (tx Tx) HoldVersion(ctx context.Context, id gid.ID) error {
	_, err := Only[*ent.TemplateVersion]("template version")(
		tx.TemplateVersions().Where(templateversion.ID(id), tx.forShare).Select(templateversion.FieldID).Only(ctx))
	return err
}

// LockVersion holds a visible template version until the commit and reads it without what was frozen. Whoever refers to
// it does not wait, whoever scores by it does.
func (tx Tx) LockVersion(ctx context.Context, id gid.ID) (*ent.TemplateVersion, error) {
	return Only[*ent.TemplateVersion]("template version")(
		Headline(tx.TemplateVersions().Where(templateversion.ID(id), tx.forNoKeyUpdate)).Only(ctx))
}

// LatestAnswers reads the answers that count of several sessions, by session and by the place of their question; with
// places, only the answers to those. The database puts the answers of a session into one document: a row for each answer
// costs several times as much.
func (s Scope) LatestAnswers(ctx context.Context, sessions []gid.ID, refs []string) (map[gid.ID]map[string]*content.Answer, error) {
	query, values := s.latestAnswers(sessions, refs)
	rows, err := s.on.QueryContext(ctx, query, values...)
	if err != nil {
		return nil, fmt.Errorf("find answers: %w", err)
	}
	type document struct {
		session gid.ID
		text    []byte
	}
	found, err := collect(rows, func(d *document) []any { return []any{&d.session, &d.text} })
	if err != nil {
		return nil, fmt.Errorf("find answers: %w", err)
	}
	all := make(map[gid.ID]map[string]*content.Answer, len(found))
	for _, d := range found {
		answers := map[string]*content.Answer{}
		if err := json.Unmarshal(d.text, &answers); err != nil {
			return nil, fmt.Errorf("read answers: %w", err)
		}
		all[d.session] = answers
	}
	return all, nil
}

// latestAnswers is the statement: of each question PostgreSQL takes the first row, SQLite the row with the maximum. A place
// is of digits and a point, so that it needs no escaping in the document.
func (s Scope) latestAnswers(sessions []gid.ID, refs []string) (query string, values []any) {
	name := s.store.pools.dialect
	q := entsql.Dialect(name).Select().From(entsql.Table(response.Table))
	id, ref, revision, answer := q.C(response.FieldSessionID), q.C(response.FieldRef), q.C(response.FieldRevision), q.C(response.FieldAnswer)
	q.Where(entsql.EQ(q.C(response.FieldOrganizationID), s.org))
	q.Where(in(name, id, sessions))
	if refs != nil {
		q.Where(TextIn(q, response.FieldRef, refs))
	}
	s.sessions(response.FieldSessionID)(q)
	join := "group_concat"
	if name == dialect.Postgres {
		join = "string_agg"
		q.AppendSelectExpr(entsql.Raw("DISTINCT ON (" + id + ", " + ref + ") " + id + ", " + ref + ", CAST(" + answer + " AS text) AS answer"))
		q.OrderBy(id, ref, entsql.Desc(revision))
	} else {
		q.AppendSelectExpr(entsql.Raw(id + ", " + ref + ", " + answer + ", MAX(" + revision + ")"))
		q.GroupBy(id, ref)
	}
	query, values = q.Query()
	return `SELECT session_id, '{' || ` + join + `('"' || ref || '":' || answer, ',') || '}' FROM (` + query + `) AS counts GROUP BY session_id`, values
}

// ChangeSessions begins the same change of several sessions; whoever watches one of them hears of it.
func (tx Tx) ChangeSessions(ids []gid.ID) *ent.SessionUpdate {
	for _, id := range ids {
		tx.Tell(id)
	}
	return tx.client.Session.Update().Where(session.OrganizationID(tx.org), In(session.FieldID, ids))
}

// ChangeReports begins the same change of several reports; it touches nothing outside the organization.
func (tx Tx) ChangeReports(ids []gid.ID) *ent.ReportUpdate {
	return tx.client.Report.Update().Where(report.OrganizationID(tx.org), In(report.FieldID, ids))
}

// AddReports writes reports.
func (tx Tx) AddReports(ctx context.Context, reports []*ent.ReportCreate) ([]*ent.Report, error) {
	all := make([]*ent.Report, 0, len(reports))
	err := insert(tx, reports, func(some []*ent.ReportCreate) error {
		rows, err := tx.client.Report.CreateBulk(some...).Save(ctx)
		all = append(all, rows...)
		return err
	})
	return all, err
}

// Embedded reports whether this is the embedded database, of which one transaction writes at a time.
func (s Scope) Embedded() bool { return s.store.pools.dialect == dialect.SQLite }

// embeddedRows is how many rows a statement inserts into the embedded database, whose driver looks for each value among all
// of its statement.
const embeddedRows = 20

// insert inserts rows; into PostgreSQL all in one statement.
func insert[T any](tx Tx, rows []T, some func(rows []T) error) error {
	most := max(len(rows), 1)
	if tx.Embedded() {
		most = embeddedRows
	}
	for part := range slices.Chunk(rows, most) {
		if err := some(part); err != nil {
			return err
		}
	}
	return nil
}

// AnnounceAll is Announce of one event for many subjects.
func (tx Tx) AnnounceAll(ctx context.Context, what event.Type, subjects []gid.ID, detail map[string]string) error {
	told := map[string]string{"event": string(what)}
	maps.Copy(told, detail)
	audits, events := make([]*ent.AuditEventCreate, len(subjects)), make([]*ent.EventCreate, len(subjects))
	for i, subject := range subjects {
		audits[i], events[i] = tx.newAudit(ctx, subject, told), tx.newEvent(what, subject)
		tx.tellEvent(what, subject)
	}
	err := insert(tx, audits, func(some []*ent.AuditEventCreate) error { return tx.client.AuditEvent.CreateBulk(some...).Exec(ctx) })
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	err = insert(tx, events, func(some []*ent.EventCreate) error { return tx.client.Event.CreateBulk(some...).Exec(ctx) })
	if err != nil {
		return fmt.Errorf("announce %s: %w", what, err)
	}
	return nil
}

// LockSessions holds visible sessions until the commit, in the order of their ids.
func (tx Tx) LockSessions(ctx context.Context, ids []gid.ID) error {
	_, err := tx.Sessions().Where(In(session.FieldID, ids), tx.forUpdate).Order(session.ByID()).Select(session.FieldID).All(ctx)
	return err
}

// SheetNumbers are the numbers of the last score sheets of several sessions; one without any is not among them.
func (tx Tx) SheetNumbers(ctx context.Context, sessions []gid.ID) (map[gid.ID]int, error) {
	var last []struct {
		Session gid.ID `json:"session_id"`
		Number  int    `json:"number"`
	}
	err := tx.ScoreSheets().Where(In(scoresheet.FieldSessionID, sessions)).GroupBy(scoresheet.FieldSessionID).
		Aggregate(ent.As(ent.Max(scoresheet.FieldNumber), "number")).Scan(ctx, &last)
	if err != nil {
		return nil, fmt.Errorf("find score sheets: %w", err)
	}
	numbers := make(map[gid.ID]int, len(last))
	for _, l := range last {
		numbers[l.Session] = l.Number
	}
	return numbers, nil
}
