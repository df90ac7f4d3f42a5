package grading

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/score"
	"github.com/assay-hq/assay/ent/scoresheet"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Award is one line of a session's score ledger: who or what awarded which points, for which criterion of the pinned rubric,
// on what evidence.
type Award struct {
	At          time.Time
	Ref         string
	Title       string
	QuestionID  gid.ID
	Revision    int
	Criterion   string
	Text        string
	Anchor      string // of the level that was reached, in the pinned rubric's words
	Points      scoring.Points
	Maximum     scoring.Points
	Status      term.ItemStatus
	Source      term.ScoreSource
	Evidence    string
	Comment     string
	AwardedBy   *gid.ID
	ReviewID    *gid.ID
	RescoringID *gid.ID
	Counts      bool // in the current report
	ConfirmedBy *gid.ID
	ConfirmedAt *time.Time

	place gid.ID
}

// ScoreTrace is every award that was ever made for a session, in the order of time.
type ScoreTrace struct {
	SessionID gid.ID
	Awards    []*Award
}

// Page is a page of the awards.
func (t *ScoreTrace) Page(paging tenant.Paging) (*tenant.Page[*Award], error) {
	return tenant.ListOf(paging, tenant.Order{}, func(a *Award) tenant.Cursor { return tenant.Cursor{ID: a.place} }, t.Awards)
}

// ScoreTraces reads what was ever awarded to several sessions. What people awarded a question is left out while its review is
// sealed, and who awarded is told to who may read members; a session that is not visible is left out.
func (s *Service) ScoreTraces(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ScoreTrace, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	sessions, err := scope.Sessions().Where(tenant.In(session.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	ledgers, err := s.ledgers(ctx, scope, sessions)
	if err != nil {
		return nil, err
	}
	traces := make([]*ScoreTrace, len(sessions))
	for i, row := range sessions {
		awards, err := ledgers[row.ID].awards()
		if err != nil {
			return nil, err
		}
		traces[i] = &ScoreTrace{row.ID, awards}
	}
	return traces, nil
}

// ledger is everything that the score ledger of a session is made of.
type ledger struct {
	session *ent.Session
	frozen  *frozen
	sheets  []*ent.ScoreSheet
	scores  []*ent.Score
	panel   *panel      // nil if nobody awarded anything
	report  *ent.Report // nil before there is one
	named   bool        // whether the reader may know who
}

// ledgers reads the ledgers of sessions, in the same few statements however many they are.
func (s *Service) ledgers(ctx context.Context, scope tenant.Scope, sessions []*ent.Session) (map[gid.ID]*ledger, error) {
	documents, err := s.pinned(ctx, scope, versionsOf(sessions))
	if err != nil {
		return nil, err
	}
	all := make(map[gid.ID]*ledger, len(sessions))
	for _, row := range sessions {
		f := documents[row.TemplateVersionID]
		if f == nil {
			return nil, tenant.NotFound("template version")
		}
		all[row.ID] = &ledger{session: row, frozen: f, named: scope.Allows(policy.MemberRead)}
	}
	if err := readLedgers(ctx, scope, idsOf(sessions), all); err != nil {
		return nil, err
	}
	// Only where people awarded something is there anything that may be sealed.
	reviewed := slices.DeleteFunc(slices.Clone(sessions), func(row *ent.Session) bool { return len(all[row.ID].scores) == 0 })
	if len(reviewed) == 0 {
		return all, nil
	}
	judged, err := judgeRows(ctx, scope, reviewed, documents)
	if err != nil {
		return nil, err
	}
	found, err := panels(ctx, scope, reviewed, judged)
	for id, p := range found {
		all[id].panel = p
	}
	return all, err
}

// readLedgers reads the lines of ledgers and the reports that count them.
func readLedgers(ctx context.Context, scope tenant.Scope, ids []gid.ID, all map[gid.ID]*ledger) error {
	sheets, err := scope.ScoreSheets().Where(tenant.In(scoresheet.FieldSessionID, ids)).Order(scoresheet.ByNumber()).All(ctx)
	if err != nil {
		return fmt.Errorf("find score sheets: %w", err)
	}
	for _, sheet := range sheets {
		all[sheet.SessionID].sheets = append(all[sheet.SessionID].sheets, sheet)
	}
	scores, err := scope.Scores().Where(tenant.In(score.FieldSessionID, ids)).Order(score.ByID()).All(ctx)
	if err != nil {
		return fmt.Errorf("find scores: %w", err)
	}
	for _, one := range scores {
		all[one.SessionID].scores = append(all[one.SessionID].scores, one)
	}
	reports, err := scope.Reports().Where(tenant.In(report.FieldSessionID, ids), report.SupersededAtIsNil()).All(ctx)
	if err != nil {
		return fmt.Errorf("find reports: %w", err)
	}
	for _, row := range reports {
		all[row.SessionID].report = row
	}
	return nil
}

// awards are the lines, in the order of time.
func (l *ledger) awards() ([]*Award, error) {
	var all []*Award
	for _, sheet := range l.sheets {
		for i, e := range sheet.Entries {
			all = append(all, l.ofKey(sheet, i, e))
		}
	}
	doc := &Result{}
	if l.report != nil {
		var err error
		if doc, err = decodeResult(l.report); err != nil {
			return nil, err
		}
	}
	standing := l.panel.standings()
	for _, s := range l.scores {
		if q := standing[s.Ref]; q == nil || !q.sealed() {
			all = append(all, l.ofPerson(s))
		}
	}
	slices.SortFunc(all, func(a, b *Award) int { return slices.Compare(a.place[:], b.place[:]) }) // ids are of their times
	l.mark(all, doc)
	if !l.named {
		for _, a := range all {
			a.AwardedBy, a.ConfirmedBy = nil, nil
		}
	}
	return all, nil
}

// begin is an award for a question of the pinned paper.
func (l *ledger) begin(ref string, at time.Time) (*Award, *key.Item) {
	a := &Award{At: at, Ref: ref}
	item := l.frozen.key.Item(ref)
	if item != nil {
		a.Title, a.QuestionID, a.Revision = item.Title, item.QuestionID, item.Revision
	}
	return a, item
}

func (l *ledger) ofKey(sheet *ent.ScoreSheet, i int, e *content.ScoreEntry) *Award {
	a, _ := l.begin(e.Ref, sheet.CreatedAt)
	a.Criterion, a.Text = wholeAnswer, "the answer as a whole"
	a.Points, a.Maximum, a.Status, a.Source = scoring.Points(e.Points), scoring.Points(e.Maximum), e.Status, e.Source
	a.Evidence, a.Comment, a.RescoringID, a.place = e.Evidence, e.Comment, sheet.RescoringID, within(sheet.ID, i)
	return a
}

// within is the place of a line of a sheet: the sheets of one session were never made in one microsecond.
func within(sheet gid.ID, line int) gid.ID {
	binary.BigEndian.PutUint16(sheet[14:], uint16(line))
	return sheet
}

func (l *ledger) ofPerson(s *ent.Score) *Award {
	a, item := l.begin(s.Ref, s.CreatedAt)
	a.Criterion, a.Text = s.Criterion, "the answer as a whole"
	if item != nil {
		if c := item.Criterion(s.Criterion); c != nil {
			a.Text, a.Anchor = c.Text, anchorOf(c, scoring.Points(s.Points))
		}
	}
	a.Points, a.Maximum, a.Status, a.Source = scoring.Points(s.Points), scoring.Points(s.MaxPoints), s.Status, s.Source
	a.Evidence, a.Comment, a.ReviewID, a.AwardedBy, a.place = s.Evidence, s.Comment, s.ReviewID, s.AwardedBy, s.ID
	return a
}

// anchorOf is what the level of these points says; of points between two levels, nothing.
func anchorOf(c *content.Criterion, points scoring.Points) string {
	for _, level := range c.Levels {
		if scoring.Of(level.Points) == points {
			return level.Anchor
		}
	}
	return ""
}

// mark says of each award whether the current report counts it: it is the last that says what stands there.
func (l *ledger) mark(all []*Award, doc *Result) {
	for _, q := range doc.Questions {
		if q.Dropped {
			continue
		}
		for _, e := range q.counted() {
			for _, a := range slices.Backward(all) {
				if a.Ref == q.Ref && a.says(e) {
					a.Counts = true
					l.confirm(a)
					break
				}
			}
		}
	}
}

// counted is what counts of a question, as a ledger has it: of code that was run, the points that its tests came to.
func (q *QuestionResult) counted() []*TraceEntry {
	if q.byRunner() {
		return []*TraceEntry{{Criterion: wholeAnswer, Source: term.SourceRunner, Points: q.Awarded, Maximum: q.Maximum}}
	}
	return slices.DeleteFunc(q.Trace(), func(e *TraceEntry) bool { return !e.Counts() })
}

// byRunner reports whether the points are those of the tests that the answer passed.
func (q *QuestionResult) byRunner() bool {
	return slices.ContainsFunc(q.Awards, func(e *TraceEntry) bool { return e.Source == term.SourceRunner })
}

// says reports whether an award is the one that a report shows.
func (a *Award) says(e *TraceEntry) bool {
	return a.Criterion == e.Criterion && a.Source == e.Source && a.Points == e.Points && a.Maximum == e.Maximum &&
		(a.AwardedBy == nil) == (e.AwardedBy == nil) && (a.AwardedBy == nil || *a.AwardedBy == *e.AwardedBy)
}

// confirm tells who stands for an award that counts: who recorded what people agreed on, or else who released the report.
func (l *ledger) confirm(a *Award) {
	if a.Source == term.SourceConsensus {
		a.ConfirmedBy, a.ConfirmedAt = a.AwardedBy, &a.At
		return
	}
	a.ConfirmedBy, a.ConfirmedAt = l.report.ReleasedBy, l.report.ReleasedAt
}
