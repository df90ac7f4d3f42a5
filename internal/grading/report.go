package grading

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/rescoring"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// writeReport adds the next revision of a session's report, with the reason if somebody gave one; the one before is
// superseded and stays readable.
func writeReport(ctx context.Context, tx tenant.Tx, row *ent.Session, doc *Result, reason string) error {
	number := 1
	previous, err := tx.Reports().Where(report.SessionID(row.ID), report.SupersededAtIsNil()).Only(ctx)
	switch {
	case err == nil:
		number = previous.Number + 1
		if _, err := tx.ChangeReport(previous.ID).SetSupersededAt(tx.Now).Save(ctx); err != nil {
			return fmt.Errorf("supersede report: %w", err)
		}
		if err := writeMended(ctx, tx, row, previous, doc); err != nil {
			return err
		}
	case !ent.IsNotFound(err):
		return fmt.Errorf("find report: %w", err)
	}
	text, err := encodeResult(doc)
	if err != nil {
		return err
	}
	created, err := newReport(tx, row, doc, text, number).SetReason(reason).Save(ctx)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	tx.Tell(row.ID)
	if err := refreshNorm(ctx, tx, row.TemplateVersionID); err != nil {
		return err
	}
	return tx.Announce(ctx, event.ReportComputed, created.ID, nil)
}

// writeMended keeps what a mended key awards a session whose report somebody else writes before the mending's own work comes
// to it.
func writeMended(ctx context.Context, tx tenant.Tx, row *ent.Session, previous *ent.Report, doc *Result) error {
	if previous.Mended >= doc.mended {
		return nil
	}
	was, err := decodeResult(previous)
	if err != nil {
		return err
	}
	by, err := tx.Rescorings().Where(rescoring.TemplateVersionID(row.TemplateVersionID), rescoring.Number(doc.mended)).Only(ctx)
	if err != nil {
		return fmt.Errorf("find re-scoring: %w", err)
	}
	return writeSheets(ctx, tx, by, []*rescored{{report: previous, session: row, was: was, now: doc}})
}

// ReleaseReportInput names the report to be released.
type ReleaseReportInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// Release makes a report final and shows the candidate what the feedback policy allows, also one that was taken back. A
// provisional report is Provisional; a released or superseded one Conflict.
func (s *Service) Release(ctx context.Context, actor policy.Actor, in ReleaseReportInput) (*ent.Report, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRelease)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Report, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, release(ctx, tx, in.ID) })
		if err != nil {
			return nil, err
		}
		return visibleReport(ctx, tx.Scope, id)
	})
}

func release(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := visibleReport(ctx, tx.Scope, id)
	if err != nil {
		return err
	}
	sat, err := tx.LockSession(ctx, row.SessionID)
	if err != nil {
		return fmt.Errorf("lock session: %w", err)
	}
	if row, err = visibleReport(ctx, tx.Scope, id); err != nil { // as it stands now that it is ours
		return err
	}
	switch {
	case sat.State == term.Voided:
		return conflict("this session was made void; its report is not released")
	case row.SupersededAt != nil:
		return conflict("a later revision superseded this report")
	case row.State == term.ReportProvisional:
		return fault.New(fault.Provisional, "an answer still waits for a reviewer; assign and submit the review first")
	case row.State == term.ReportReleased:
		return conflict("this report was already released")
	}
	change := tx.ChangeReport(id).SetState(term.ReportReleased).SetReleasedAt(tx.Now).ClearWithdrawnAt().SetWithdrawReason("")
	if by := tx.Actor().ID; !by.IsZero() {
		change.SetReleasedBy(by)
	}
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("release report: %w", err)
	}
	_, err = tx.ChangeSession(row.SessionID).Where(session.StateEQ(term.Scored)).SetState(term.Released).SetReleasedAt(tx.Now).Save(ctx)
	if err != nil {
		return fmt.Errorf("release session: %w", err)
	}
	if row.State == term.ReportWithdrawn {
		if err := refreshNorm(ctx, tx, row.TemplateVersionID); err != nil {
			return err
		}
	}
	return tx.Announce(ctx, event.ReportReleased, id, nil)
}

func visibleReport(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Report, error) {
	return tenant.Only[*ent.Report]("report")(summaries(scope.Reports().Where(report.ID(id))).Only(ctx))
}

// summaries leaves the document out: it is read only where it is shown.
func summaries(q *ent.ReportQuery) *ent.ReportSelect {
	columns := slices.DeleteFunc(slices.Clone(report.Columns), func(c string) bool { return c == report.FieldResult })
	return q.Select(columns...)
}

// ReportFilter narrows a list of reports. Dates are of the sitting's end, the first included, the last not, and are
// compared in UTC, in which SQLite keeps its times as text.
type ReportFilter struct {
	JobRoleID *gid.ID
	State     *term.ReportState
	Band      *string
	EndedFrom *time.Time
	EndedTo   *time.Time
}

func (f *ReportFilter) apply(q *ent.ReportQuery) *ent.ReportQuery {
	q.Where(report.SupersededAtIsNil())
	if f == nil {
		return q
	}
	if f.JobRoleID != nil {
		q.Where(report.JobRoleID(*f.JobRoleID))
	}
	if f.State != nil {
		q.Where(report.StateEQ(*f.State))
	}
	if f.Band != nil {
		q.Where(report.Band(*f.Band))
	}
	if f.EndedFrom != nil {
		q.Where(report.EndedAtGTE(f.EndedFrom.UTC()))
	}
	if f.EndedTo != nil {
		q.Where(report.EndedAtLT(f.EndedTo.UTC()))
	}
	return q
}

// count counts the reports of the filter: from the counters, or where a date narrows them from the rows.
func (f *ReportFilter) count(ctx context.Context, scope tenant.Scope) (int, error) {
	switch {
	case f == nil:
		return scope.CountReports(ctx, nil, nil, nil)
	case f.EndedFrom != nil || f.EndedTo != nil:
		return f.apply(scope.Reports()).Count(ctx)
	}
	return scope.CountReports(ctx, f.State, f.Band, f.JobRoleID)
}

// ReportOrderField is what a list of reports is ordered by.
type ReportOrderField string

// The orders of reports.
const (
	ByScore   ReportOrderField = "SCORE"
	ByCreated ReportOrderField = "CREATED_AT"
)

// Values lists every order.
func (ReportOrderField) Values() []string { return []string{string(ByScore), string(ByCreated)} }

// ReportOrder is how a list of reports is ordered.
type ReportOrder struct {
	Field     ReportOrderField
	Direction tenant.Direction
}

// Reports lists the current reports of the visible job roles; unless the order says otherwise, the newest first.
func (s *Service) Reports(ctx context.Context, actor policy.Actor, filter *ReportFilter, by *ReportOrder, paging tenant.Paging) (*tenant.Page[*ent.Report], error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	order, at := tenant.Order{Desc: true}, func(row *ent.Report) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	if by != nil {
		order.Desc = by.Direction == tenant.Desc
	}
	if by != nil && by.Field == ByScore {
		order.Column, order.Number = report.FieldPercent, true
		at = func(row *ent.Report) tenant.Cursor { return tenant.Cursor{Key: row.Percent, ID: row.ID} }
	}
	page, err := tenant.List(paging, order, at, func(window func(*entsql.Selector)) ([]*ent.Report, error) {
		return summaries(filter.apply(scope.Reports()).Where(window)).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = func(ctx context.Context) (int, error) { return filter.count(ctx, scope) }
	return page, nil
}

// ReportsByID reads reports for a batch, without their documents; what is not visible is left out.
func (s *Service) ReportsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Report, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	return summaries(scope.Reports().Where(tenant.In(report.FieldID, ids))).All(ctx)
}

// ReportsBySession reads the current reports of several sessions.
func (s *Service) ReportsBySession(ctx context.Context, actor policy.Actor, sessions []gid.ID) ([]*ent.Report, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	return summaries(scope.Reports().Where(tenant.In(report.FieldSessionID, sessions), report.SupersededAtIsNil())).All(ctx)
}

// Revisions reads all revisions of the reports of several sessions, the newest first. They are few.
func (s *Service) Revisions(ctx context.Context, actor policy.Actor, sessions []gid.ID) ([]*ent.Report, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	newest := report.ByNumber(entsql.OrderDesc())
	return summaries(scope.Reports().Where(tenant.In(report.FieldSessionID, sessions)).Order(newest, report.ByID(entsql.OrderDesc()))).All(ctx)
}

// PageOfRevisions is a page of the revisions of one session's report.
func PageOfRevisions(paging tenant.Paging, rows []*ent.Report) (*tenant.Page[*ent.Report], error) {
	at := func(row *ent.Report) tenant.Cursor { return tenant.Cursor{Key: int64(row.Number), ID: row.ID} }
	return tenant.ListOf(paging, tenant.Order{Column: report.FieldNumber, Number: true, Desc: true}, at, rows)
}

// ReportResult is the document of one report.
type ReportResult struct {
	ReportID gid.ID
	*Result
}

// Results describes the documents of several reports that were read, and keeps that they were.
func (s *Service) Results(ctx context.Context, actor policy.Actor, readings []*Reading) ([]*ReportResult, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	if err := describe(ctx, scope, readings); err != nil {
		return nil, err
	}
	results := make([]*ReportResult, len(readings))
	for i, r := range readings {
		results[i] = &ReportResult{ReportID: r.ReportID, Result: r.doc}
	}
	return results, noteReading(ctx, scope, results)
}

// noteReading keeps who read reports in detail, so that candidates can be told.
func noteReading(ctx context.Context, scope tenant.Scope, results []*ReportResult) error {
	ids := make([]gid.ID, len(results))
	for i, r := range results {
		ids[i] = r.ReportID
	}
	return scope.NoteReading(ctx, ids)
}

func encodeResult(doc *Result) ([]byte, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode report: %w", err)
	}
	return text, nil
}

func decodeResult(row *ent.Report) (*Result, error) {
	doc := new(Result)
	if err := json.Unmarshal(row.Result, doc); err != nil {
		return nil, fmt.Errorf("read result: %w", err)
	}
	return doc, nil
}

// readResult is a report's document as its reader may see it: who awarded what is for who may read members.
func readResult(scope tenant.Scope, row *ent.Report) (*Result, error) {
	doc, err := decodeResult(row)
	if err == nil && !scope.Allows(policy.MemberRead) {
		doc.nameNobody()
	}
	return doc, err
}

// nameNobody takes out who awarded what.
func (r *Result) nameNobody() {
	for _, q := range r.Questions {
		for _, e := range q.Awards {
			e.AwardedBy = nil
		}
	}
}

// Document is a report with everything that its page shows.
type Document struct {
	Report    *ent.Report
	Result    *Result
	Candidate *ent.Candidate // nil for who may not read candidates
	JobRole   *ent.JobRole
	Version   *ent.TemplateVersion
	around    *around
	reading   *Reading
}

// Document reads one report whole, for its page.
func (s *Service) Document(ctx context.Context, actor policy.Actor, id gid.ID) (*Document, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	whole, err := s.document(ctx, scope, id, sees{
		candidate: scope.Allows(policy.CandidateRead), role: scope.Allows(policy.JobRoleRead),
		members: scope.Allows(policy.MemberRead), integrity: scope.Allows(policy.IntegrityRead),
	})
	if err != nil {
		return nil, err
	}
	return whole, scope.NoteReading(ctx, []gid.ID{id})
}

// sees is what of a document its reader may see beside the result.
type sees struct{ candidate, role, members, integrity bool }

func (s *Service) document(ctx context.Context, scope tenant.Scope, id gid.ID, may sees) (*Document, error) {
	row, err := tenant.Only[*ent.Report]("report")(scope.Reports().Where(report.ID(id)).
		WithCandidate().WithJobRole().WithTemplateVersion().Only(ctx))
	if err != nil {
		return nil, err
	}
	doc, err := decodeResult(row)
	if err != nil {
		return nil, err
	}
	if !may.members {
		doc.nameNobody()
	}
	whole := &Document{Report: row, Result: doc, JobRole: row.Edges.JobRole, Version: row.Edges.TemplateVersion}
	if whole.around, err = readAround(ctx, scope, row, may); err != nil {
		return nil, err
	}
	if may.candidate {
		whole.Candidate = row.Edges.Candidate
	}
	facts, err := s.readFacts(ctx, scope, []*ent.Report{row})
	if err != nil {
		return nil, err
	}
	whole.reading = &Reading{ReportID: id, row: row, doc: doc, fact: facts.of(row)}
	return whole, describe(ctx, scope, []*Reading{whole.reading})
}
