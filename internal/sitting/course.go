package sitting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/clockentry"
	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// course is a session with its paper and its clock, as its ledger says.
type course struct {
	row    *ent.Session
	asked  *paper.Paper
	clock  *clock.Clock
	ledger []*ent.ClockEntry
}

// course reads a session's ledger and replays it.
func (s *Service) course(ctx context.Context, scope tenant.Scope, row *ent.Session) (*course, error) {
	var ledger []*ent.ClockEntry
	if row.StartedAt != nil {
		var err error
		ledger, err = scope.ClockEntries().Where(clockentry.SessionID(row.ID)).Order(clockentry.ByNumber()).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("read clock ledger: %w", err)
		}
	}
	whole, err := s.papers.of(ctx, scope, row.TemplateVersionID)
	if err != nil {
		return nil, err
	}
	return replay(whole, row, ledger)
}

// ledgers reads the ledgers of several sessions.
func ledgers(ctx context.Context, of func() *ent.ClockEntryQuery, rows []*ent.Session) (map[gid.ID][]*ent.ClockEntry, error) {
	var ids []gid.ID
	for _, row := range rows {
		if row.StartedAt != nil {
			ids = append(ids, row.ID)
		}
	}
	lines, err := of().Where(tenant.In(clockentry.FieldSessionID, ids)).Order(clockentry.ByNumber()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read clock ledgers: %w", err)
	}
	found := map[gid.ID][]*ent.ClockEntry{}
	for _, l := range lines {
		found[l.SessionID] = append(found[l.SessionID], l)
	}
	return found, nil
}

// replay is the course of a session whose paper and ledger were read; without its paper it is NotFound.
func replay(whole *paper.Paper, row *ent.Session, ledger []*ent.ClockEntry) (c *course, err error) {
	if whole == nil {
		return nil, tenant.NotFound("template version")
	}
	c = &course{row: row, asked: whole.For(row.Seed), ledger: ledger}
	c.clock, err = tenant.Replay(c.asked, c.ledger)
	return c, err
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// placeOf finds where a question is asked; false if it is not.
func (c *course) placeOf(ref string) (clock.Place, bool) { return placeIn(c.asked, ref) }

func placeIn(asked *paper.Paper, ref string) (clock.Place, bool) {
	for i, s := range asked.Sections {
		if j := slices.IndexFunc(s.Questions, func(q *paper.Question) bool { return q.Ref == ref }); j >= 0 {
			return clock.Place{Section: i + 1, Question: j + 1}, true
		}
	}
	return clock.Place{}, false
}

// line is an entry that is not written yet.
type line struct {
	clock.Entry
	by, said, creditKey string
}

// held is the course of a session that a transaction holds, brought up to its time: what time itself brings about has
// happened, and write keeps it together with whatever the operation adds.
type held struct {
	*course
	s     *Service
	tx    tenant.Tx
	now   time.Time // when the request reached us: what waited in a queue of ours costs nobody time
	until time.Time // when a pause ends by itself
	fresh []line
}

// hold locks a session, replays its ledger and lets the time pass until now.
func (s *Service) hold(ctx context.Context, tx tenant.Tx, id gid.ID) (*held, error) {
	row, err := tenant.Only[*ent.Session]("sitting")(tx.LockSession(ctx, id))
	if err != nil {
		return nil, err
	}
	c, err := s.course(ctx, tx.Scope, row)
	if err != nil {
		return nil, err
	}
	h := &held{course: c, s: s, tx: tx, now: tx.Received()}
	if row.State == term.Paused && row.DueAt != nil {
		h.until = *row.DueAt
	}
	h.pass()
	return h, nil
}

// pass lets the time pass until now.
func (h *held) pass() {
	if !h.row.State.Running() {
		return
	}
	if h.clock.Phase == clock.Paused && !h.until.IsZero() && h.now.After(h.until) {
		h.tell(clock.Entry{Kind: term.ClockResumed, At: h.until})
	}
	h.creditWhatIsNeeded()
	for _, e := range h.clock.Advance(h.now, tenant.EndsAfter) {
		h.fresh = append(h.fresh, line{Entry: e})
	}
}

// settle ends a sitting whose time is over, as the sweep is about to: whoever comes before it finds the sitting ended.
func (h *held) settle(ctx context.Context) error {
	if h.row.State.Running() && h.clock.Phase == clock.Over {
		return h.write(ctx)
	}
	return nil
}

// tell notes an entry that nobody said.
func (h *held) tell(e clock.Entry) { h.say(line{Entry: e}) }

// say notes an entry.
func (h *held) say(l line) {
	h.clock.Apply(l.Entry)
	h.fresh = append(h.fresh, l)
}

// write keeps what is new in the ledger and how the clock stands, and ends the sitting if it is over.
func (h *held) write(ctx context.Context) error {
	if err := h.writeLedger(ctx); err != nil {
		return err
	}
	if h.clock.Phase == clock.Over && h.row.State.Running() {
		return h.end(ctx)
	}
	c := h.clock
	change := h.tx.ChangeSession(h.row.ID).SetSection(c.Section).SetQuestion(c.Question).SetAllowedSeconds(wholeSeconds(c.Allowed()))
	h.setState(change)
	switch c.Phase {
	case clock.Running:
		due := c.Due()
		change.SetDueAt(due).SetDeadlineAt(due).SetSectionDueAt(c.SectionDue()).ClearPausedAt()
		if q := c.QuestionDue(); q.IsZero() {
			change.ClearQuestionDueAt()
		} else {
			change.SetQuestionDueAt(q)
		}
	case clock.Paused:
		change.SetDueAt(h.until).SetPausedAt(c.PausedAt).ClearSectionDueAt().ClearQuestionDueAt()
	}
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("keep clock: %w", err)
	}
	return h.reread(ctx)
}

// setState writes the state only where it changes: staff are told of that, and of nothing else that the clock does.
func (h *held) setState(change *ent.SessionUpdate) {
	state := term.InProgress
	if h.clock.Phase == clock.Paused {
		state = term.Paused
	}
	if state != h.row.State {
		change.SetState(state)
	}
}

// reread brings the row up to what was written.
func (h *held) reread(ctx context.Context) error {
	row, err := ownRow(ctx, h.tx.Scope, h.row.ID)
	if err == nil {
		h.row = row
	}
	return err
}

func wholeSeconds(d time.Duration) int { return int(d.Round(time.Second) / time.Second) }

func (h *held) writeLedger(ctx context.Context) error {
	rows := make([]*ent.ClockEntryCreate, len(h.fresh))
	for i, l := range h.fresh {
		rows[i] = h.tx.NewClockEntry().SetSessionID(h.row.ID).SetNumber(len(h.ledger) + i + 1).SetKind(l.Kind).SetAt(l.At).
			SetSection(l.Section).SetQuestion(l.Question).SetSeconds(l.Seconds).SetSaidBy(l.by).SetSaid(l.said)
		if l.Reason != "" {
			rows[i].SetReason(l.Reason)
		}
		if l.creditKey != "" {
			rows[i].SetCreditKey(l.creditKey)
		}
	}
	written, err := h.tx.AddClockEntries(ctx, rows)
	if err != nil {
		return fmt.Errorf("clock ledger: %w", err)
	}
	h.ledger, h.fresh = append(h.ledger, written...), nil
	return nil
}

// end closes a sitting whose clock is over: receipt, event and the job that scores it, in one commit.
func (h *held) end(ctx context.Context) error {
	at, tx := h.clock.EndedAt, h.tx
	receipt, err := makeReceipt(ctx, tx.Scope, h.row, at)
	if err != nil {
		return err
	}
	change := tx.ChangeSession(h.row.ID).SetState(term.Submitted).SetEndedAt(at).ClearDueAt().ClearSectionDueAt().ClearQuestionDueAt().
		ClearPausedAt().SetReceipt(receipt).SetSection(h.clock.Section).SetQuestion(h.clock.Question).
		SetAllowedSeconds(wholeSeconds(h.clock.Allowed())).SetUsedSeconds(wholeSeconds(h.clock.Used()))
	switch {
	case h.fellDue():
		change.SetDeadlineAt(at)
	case h.row.State == term.Paused:
		// The deadline from before the pause says nothing any more. While the clock stands, no deadline comes, however
		// little is left.
		change.SetDeadlineAt(at.Add(max(h.clock.Left(), time.Microsecond)))
	}
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	if err := tx.EndPresence(ctx, h.row.ID); err != nil {
		return fmt.Errorf("end presence: %w", err)
	}
	if err := tx.Announce(ctx, event.SessionSubmitted, h.row.ID, nil); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, job.ScoreSession{OrganizationID: tx.Organization(), SessionID: h.row.ID}); err != nil {
		return err
	}
	return h.reread(ctx)
}

// fellDue reports whether the clock itself ended the sitting.
func (h *held) fellDue() bool {
	return len(h.ledger) > 0 && h.ledger[len(h.ledger)-1].Kind == term.ClockRanOut
}
