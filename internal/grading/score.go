package grading

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// atOnce is how many sessions one transaction scores: enough that a thousand which end in one second are a few
// transactions, few enough that none of them holds its rows for long.
const atOnce = 100

// Score scores a submitted session by its key and writes its report: ready if nothing waits for a person, provisional
// otherwise, and then its template's rule gives it to reviewers if it acts by itself. Sessions of the same version that wait
// beside it are scored along with it, so that their own jobs find nothing left to do. A session whose code is still to be run
// waits for that, and is left as it is, as is one in any other state, so that it may be repeated. Only Assay itself has the
// permission.
func (s *Service) Score(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.SessionScore)
	if err != nil {
		return err
	}
	for patient := false; ; {
		row, err := tenant.Only[*ent.Session]("session")(scope.Sessions().Where(session.ID(id)).
			Select(session.FieldID, session.FieldState, session.FieldTemplateVersionID).Only(ctx))
		if err != nil || row.State != term.Submitted {
			return err
		}
		did, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (batch, error) { return s.scoreSome(ctx, tx, scope, row, patient) })
		if err == nil && did.own || err != nil && patient {
			return err
		}
		// What others wait for is no reason to leave our own. And if everything that waits is in other hands, wait for it.
		patient = err != nil || did.scored == 0
	}
}

// batch is what a transaction scored, and whether the session that it was for was in its hands.
type batch struct {
	scored int
	own    bool
}

// scoreSome scores a session and those that wait beside it. What others hold is left to them, the session itself too unless the
// caller is patient.
func (s *Service) scoreSome(ctx context.Context, tx tenant.Tx, outside tenant.Scope, first *ent.Session, patient bool) (batch, error) {
	f, err := s.held(ctx, tx, first.TemplateVersionID)
	if err != nil {
		return batch{}, err
	}
	documents := map[gid.ID]*frozen{first.TemplateVersionID: f}
	rows, err := waiting(ctx, tx, first, patient || anyTests(documents)) // what waits for its code may wait beside it
	if err != nil || len(rows) == 0 {
		return batch{}, err
	}
	did := batch{own: slices.ContainsFunc(rows, func(row *ent.Session) bool { return row.ID == first.ID })}
	for part, err := range prepare(ctx, tx, outside, rows, documents) {
		if err != nil {
			return batch{}, err
		}
		n, err := s.keep(ctx, tx, part)
		if err != nil {
			return batch{}, err
		}
		did.scored += n
	}
	return did, nil
}

// keep writes what the key awarded in several sessions, but for those that wait until their code was run, and tells how many
// were scored.
func (s *Service) keep(ctx context.Context, tx tenant.Tx, part []*graded) (int, error) {
	scored := make([]*graded, 0, len(part))
	for _, g := range part {
		waits, err := s.execute(ctx, tx, g.row, g.verdicts)
		if err != nil {
			return 0, err
		}
		if !waits {
			scored = append(scored, g)
		}
	}
	return len(scored), writeGraded(ctx, tx, scored)
}

// perPart is how many sessions the embedded database prepares while it writes those before.
const perPart = 25

// prepare judges sessions that the transaction holds, part by part. On the embedded database one transaction writes at a time,
// and what was committed before it is what it would read of answers itself: there the next part is read outside it, and
// judged, while the one before is written.
func prepare(ctx context.Context, tx tenant.Tx, outside tenant.Scope, rows []*ent.Session, documents map[gid.ID]*frozen) iter.Seq2[[]*graded, error] {
	return func(yield func([]*graded, error) bool) {
		if !tx.Embedded() {
			yield(gradeRows(ctx, tx.Scope, rows, documents))
			return
		}
		ahead, cancel := context.WithCancel(ctx)
		type part struct {
			all []*graded
			err error
		}
		parts := make(chan part)
		var reading sync.WaitGroup
		defer reading.Wait()
		defer cancel()
		reading.Go(func() {
			defer close(parts)
			for some := range slices.Chunk(rows, perPart) {
				all, err := gradeRows(ahead, outside, some, documents)
				select {
				case parts <- part{all, err}:
				case <-ahead.Done():
					return
				}
			}
		})
		for p := range parts {
			if !yield(p.all, p.err) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // perhaps before everything was read
			yield(nil, err)
		}
	}
}

// gradeRows judges sessions and makes their reports' documents.
func gradeRows(ctx context.Context, scope tenant.Scope, rows []*ent.Session, documents map[gid.ID]*frozen) ([]*graded, error) {
	judged, err := judgeRows(ctx, scope, rows, documents)
	if err != nil {
		return nil, err
	}
	all, errs := make([]*graded, len(rows)), make([]error, len(rows))
	inParallel(len(rows), func(i int) {
		j := judged[rows[i].ID]
		all[i] = &graded{judged: j, row: rows[i], doc: j.frozen.result(j.verdicts, nil)}
		all[i].text, errs[i] = encodeResult(all[i].doc)
	})
	return all, errors.Join(errs...)
}

// waiting locks the sessions that are scored together; patient, the first alone, whoever holds it now.
func waiting(ctx context.Context, tx tenant.Tx, first *ent.Session, patient bool) ([]*ent.Session, error) {
	if patient {
		row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, first.ID))
		if err != nil || row.State != term.Submitted {
			return nil, err
		}
		return []*ent.Session{row}, nil
	}
	own, err := tx.TrySubmitted(ctx, first.ID)
	if err != nil {
		return nil, fmt.Errorf("lock session: %w", err)
	}
	beside, err := tx.LockSubmitted(ctx, first, atOnce-len(own))
	if err != nil {
		return nil, fmt.Errorf("lock sessions: %w", err)
	}
	return append(own, beside...), nil
}

func idsOf(rows []*ent.Session) []gid.ID {
	ids := make([]gid.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}

// graded is a session that was scored by its key.
type graded struct {
	*judged
	row  *ent.Session
	doc  *Result
	text []byte // the document as it is kept
}

// writeGraded keeps what the key awarded, the reports and the new states of sessions that had no report before.
func writeGraded(ctx context.Context, tx tenant.Tx, all []*graded) error {
	var open, done []gid.ID
	sheets, reports := make([]*ent.ScoreSheetCreate, len(all)), make([]*ent.ReportCreate, len(all))
	for i, g := range all {
		sheets[i] = tx.NewScoreSheet().SetSessionID(g.row.ID).SetNumber(1).SetEntries(entries(g.verdicts))
		reports[i] = newReport(tx, g.row, g.doc, g.text, 1)
		if g.doc.Provisional {
			open = append(open, g.row.ID)
		} else {
			done = append(done, g.row.ID)
		}
	}
	if err := tx.AddScoreSheets(ctx, sheets); err != nil {
		return fmt.Errorf("write score sheets: %w", err)
	}
	if err := settle(ctx, tx, open, done); err != nil {
		return err
	}
	created, err := tx.AddReports(ctx, reports)
	if err != nil {
		return fmt.Errorf("write reports: %w", err)
	}
	if err := tx.AnnounceAll(ctx, event.ReportComputed, reportIDs(created), nil); err != nil {
		return err
	}
	if len(all) > 0 { // all are of one version
		if err := refreshNorm(ctx, tx, all[0].row.TemplateVersionID); err != nil {
			return err
		}
	}
	if err := tx.AnnounceAll(ctx, event.SessionScored, done, nil); err != nil {
		return err
	}
	return assignOpen(ctx, tx, all)
}

// assignOpen gives the answers that wait for people to reviewers, where a template's rule does so by itself.
func assignOpen(ctx context.Context, tx tenant.Tx, all []*graded) error {
	for _, g := range all {
		if !g.doc.Provisional {
			continue
		}
		if err := assignAutomatically(ctx, tx, g.row, g.judged); err != nil {
			return err
		}
	}
	return nil
}

// settle brings sessions into the state that their reports give them: those that wait for a person, and the others.
func settle(ctx context.Context, tx tenant.Tx, open, done []gid.ID) error {
	if len(open) > 0 {
		if _, err := tx.ChangeSessions(open).SetState(term.InReview).Save(ctx); err != nil {
			return fmt.Errorf("open sessions for review: %w", err)
		}
	}
	if len(done) > 0 {
		if _, err := tx.ChangeSessions(done).SetState(term.Scored).SetScoredAt(tx.Now).Save(ctx); err != nil {
			return fmt.Errorf("score sessions: %w", err)
		}
	}
	return nil
}

func reportIDs(rows []*ent.Report) []gid.ID {
	ids := make([]gid.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}

// newReport begins a revision of a session's report; text is the document as it is kept.
func newReport(tx tenant.Tx, row *ent.Session, doc *Result, text []byte, number int) *ent.ReportCreate {
	return tx.NewReport().SetSessionID(row.ID).SetJobRoleID(row.JobRoleID).SetCandidateID(row.CandidateID).
		SetTemplateVersionID(row.TemplateVersionID).SetNumber(number).SetState(stateOf(doc)).SetPercent(int64(doc.Overall.Percent)).
		SetPoints(int64(doc.Overall.Awarded)).SetMaxPoints(int64(doc.Overall.Maximum)).SetBand(doc.Band).SetPassed(doc.Passed).
		SetResult(text).SetEndedAt(*row.EndedAt).SetMended(doc.mended)
}

func stateOf(doc *Result) term.ReportState {
	if doc.Provisional {
		return term.ReportProvisional
	}
	return term.ReportReady
}

// entries are what a key or a rule decided, in the paper's order.
func entries(verdicts []*verdict) []*content.ScoreEntry {
	decided := slices.DeleteFunc(slices.Clone(verdicts), func(v *verdict) bool { return v.status == term.ItemNotScored })
	list := make([]*content.ScoreEntry, len(decided))
	for i, v := range decided {
		list[i] = &content.ScoreEntry{
			Ref: v.item.Ref, Status: v.status, Source: v.source, Points: int64(v.points), Maximum: int64(scoring.Of(v.item.Points)),
			Evidence: v.evidence(), Comment: v.reason,
		}
	}
	return list
}
