package sitting

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/contest"
	"github.com/assay-hq/assay/ent/disposition"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/signal"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// The bounds of what is recorded of one sitting.
const (
	maxSignalBatch = 100   // signals in one request
	maxSignals     = 2_000 // signals of one sitting; what comes after them would tell nothing new
)

// RecordSignalsInput is what a sitting's page noticed, at most 100 at once.
type RecordSignalsInput struct {
	SittingID      gid.ID
	Signals        []*SignalInput
	IdempotencyKey *string
}

// SignalInput is one thing that was noticed, by the page's clock. Its client key makes it safe to send again.
type SignalInput struct {
	Kind      term.IntegritySignal
	At        time.Time
	Lasted    *time.Duration
	Question  *string
	ClientKey string
}

// SignalReceipt tells the page how many of its signals are stored, of this batch and of the sitting.
type SignalReceipt struct {
	Stored int
	Total  int
}

// RecordSignals keeps what the page noticed, beside the server's time. A kind that the template does not record is
// Invalid at its place; before the start it is NotStarted, after the end Conflict. A client key that is known is not
// stored twice; with another content it is IdempotencyMismatch. It writes no audit: the signal is its own evidence.
func (s *Service) RecordSignals(ctx context.Context, actor policy.Actor, in RecordSignalsInput) (*SignalReceipt, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	asked, err := s.papers.own(ctx, scope)
	if err != nil {
		return nil, err
	}
	if err := in.check(asked); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.SittingID, record(ctx, tx, in) },
		func(ctx context.Context, scope tenant.Scope, _ gid.ID) (*SignalReceipt, error) {
			return countSignals(ctx, scope, in)
		})
}

// check judges a batch by the paper.
func (in *RecordSignalsInput) check(asked *paper.Paper) error {
	var c fault.Checks
	c.That(len(in.Signals) >= 1 && len(in.Signals) <= maxSignalBatch, "send from 1 to 100 signals at once", "signals")
	seen := map[string]bool{}
	for i, signal := range in.Signals[:min(len(in.Signals), maxSignalBatch)] {
		c.Under([]string{"signals", strconv.Itoa(i)}, func() { signal.check(&c, asked) })
		c.That(!seen[signal.ClientKey], "this client key stands twice in the batch", "signals", strconv.Itoa(i), "clientKey")
		seen[signal.ClientKey] = true
	}
	return c.Err()
}

func (in *SignalInput) check(c *fault.Checks, asked *paper.Paper) {
	in.At = in.At.UTC().Truncate(time.Microsecond)
	c.That(slices.Contains(asked.Signals, in.Kind), "this assessment does not record signals of this kind", "kind")
	c.That(in.At.Year() >= 2000 && in.At.Year() < 2200, "this is no time that a clock shows", "at")
	c.Text(in.ClientKey, 1, maxClientKey, "clientKey")
	if in.Lasted != nil {
		c.That(*in.Lasted >= 0 && *in.Lasted <= 24*time.Hour, "this must be from nothing to 24 hours", "lasted")
	}
	if in.Question != nil {
		c.That(asked.Question(*in.Question) != nil, "this sitting has no such question", "question")
	}
}

// record stores the signals that are new. The session is held, so that its signals are counted one batch after another.
func record(ctx context.Context, tx tenant.Tx, in RecordSignalsInput) error {
	row, err := tenant.Only[*ent.Session]("sitting")(tx.LockSession(ctx, in.SittingID))
	if err != nil {
		return err
	}
	if err := recordable(tx, row); err != nil {
		return err
	}
	known, err := knownSignals(ctx, tx.Scope, in)
	if err != nil {
		return err
	}
	total, err := tx.Signals().Count(ctx)
	if err != nil {
		return fmt.Errorf("count signals: %w", err)
	}
	var fresh []*ent.SignalCreate
	for i, s := range in.Signals {
		switch old := known[s.ClientKey]; {
		case old != nil && !s.is(old):
			f := fault.New(fault.IdempotencyMismatch, "this client key was used with another signal")
			f.Field = []string{"signals", strconv.Itoa(i), "clientKey"}
			return f
		case old == nil && total+len(fresh) < maxSignals:
			fresh = append(fresh, tx.NewSignal(row, total+len(fresh)).SetKind(s.Kind).SetClientAt(s.At).SetClientKey(s.ClientKey).
				SetRef(s.ref()).SetDurationMs(s.milliseconds()))
		}
	}
	if err := tx.AddSignals(ctx, fresh); err != nil {
		return fmt.Errorf("record signals: %w", err)
	}
	return nil
}

// recordable demands a sitting that runs.
func recordable(tx tenant.Tx, row *ent.Session) error {
	switch {
	case row.StartedAt == nil:
		return fault.New(fault.NotStarted, "start the sitting first")
	case !row.State.Running(), over(row, tx.Now):
		return conflict("this sitting has ended; nothing more is recorded of it")
	}
	return nil
}

func (in *SignalInput) ref() string {
	if in.Question == nil {
		return ""
	}
	return *in.Question
}

func (in *SignalInput) milliseconds() int {
	if in.Lasted == nil {
		return 0
	}
	return int(in.Lasted.Milliseconds())
}

// is reports whether a signal was stored as it is sent now.
func (in *SignalInput) is(old *ent.Signal) bool {
	return old.Kind == in.Kind && old.Ref == in.ref() && old.DurationMs == in.milliseconds() && old.ClientAt.Equal(in.At)
}

// knownSignals are the batch's signals that are stored, by client key.
func knownSignals(ctx context.Context, scope tenant.Scope, in RecordSignalsInput) (map[string]*ent.Signal, error) {
	keys := make([]string, len(in.Signals))
	for i, s := range in.Signals {
		keys[i] = s.ClientKey
	}
	rows, err := scope.Signals().Where(func(q *entsql.Selector) { q.Where(tenant.TextIn(q, signal.FieldClientKey, keys)) }).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find signals: %w", err)
	}
	known := make(map[string]*ent.Signal, len(rows))
	for _, row := range rows {
		known[row.ClientKey] = row
	}
	return known, nil
}

func countSignals(ctx context.Context, scope tenant.Scope, in RecordSignalsInput) (*SignalReceipt, error) {
	known, err := knownSignals(ctx, scope, in)
	if err != nil {
		return nil, err
	}
	total, err := scope.Signals().Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("count signals: %w", err)
	}
	return &SignalReceipt{Stored: len(known), Total: total}, nil
}

// OwnSignals is everything that was recorded of the candidate's own sittings, each one's in the order in which it came.
func (s *Service) OwnSignals(ctx context.Context, actor policy.Actor, ids ...gid.ID) ([]*ent.Signal, error) {
	mine, err := s.tenant.AsSittings(ctx, actor, policy.SittingTake, ids)
	if err != nil {
		return nil, err
	}
	return mine.Signals().Order(signal.ByID()).All(ctx)
}

// OwnVerdict is what a person concluded from the signals of the candidate's own sitting. It is nil until the result is
// released or an objection to the signals was answered: before, it may still be on its way.
func (s *Service) OwnVerdict(ctx context.Context, actor policy.Actor, id gid.ID) (*term.IntegrityVerdict, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, id)
	if err != nil {
		return nil, err
	}
	row, err := ownRow(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	answered, err := scope.Contests().Where(contest.SubjectEQ(term.ContestIntegrity), contest.StateEQ(term.ContestAnswered)).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("find contest: %w", err)
	}
	if row.ReleasedAt == nil && !answered {
		return nil, nil
	}
	rows, err := scope.Dispositions().Order(disposition.ByID(entsql.OrderDesc())).Limit(1).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find disposition: %w", err)
	}
	return &verdictOf(row.ID, rows).Verdict, nil
}

// Integrity is what was recorded of how a session was taken, and what a person concluded from it. It never changes
// points.
type Integrity struct {
	SessionID gid.ID
	Verdict   term.IntegrityVerdict
	Comment   string
	JudgedBy  *gid.ID
	JudgedAt  *time.Time
	Counts    []*SignalCount
}

// SignalCount is how often one kind of signal was recorded.
type SignalCount struct {
	Kind  term.IntegritySignal
	Count int
}

// IntegrityBySession reads what was recorded of several sessions; what is not visible is left out.
func (s *Service) IntegrityBySession(ctx context.Context, actor policy.Actor, sessions []gid.ID) ([]*Integrity, error) {
	scope, err := s.tenant.As(ctx, actor, policy.IntegrityRead)
	if err != nil {
		return nil, err
	}
	return integrity(ctx, scope, sessions)
}

func integrity(ctx context.Context, scope tenant.Scope, sessions []gid.ID) ([]*Integrity, error) {
	visible, err := scope.Sessions().Where(tenant.In(session.FieldID, sessions)).IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	written, err := scope.Dispositions().Where(tenant.In(disposition.FieldSessionID, visible)).Order(disposition.ByID(entsql.OrderDesc())).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find dispositions: %w", err)
	}
	var counts []struct {
		SessionID gid.ID               `json:"session_id"`
		Kind      term.IntegritySignal `json:"kind"`
		Count     int                  `json:"count"`
	}
	err = scope.Signals().Where(tenant.In(signal.FieldSessionID, visible)).GroupBy(signal.FieldSessionID, signal.FieldKind).
		Aggregate(ent.Count()).Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("count signals: %w", err)
	}
	all := make([]*Integrity, len(visible))
	for i, id := range visible {
		all[i] = verdictOf(id, written)
		for _, kind := range term.IntegritySignal("").Values() { // each kind in the order of the enumeration
			for _, c := range counts {
				if c.SessionID == id && string(c.Kind) == kind {
					all[i].Counts = append(all[i].Counts, &SignalCount{Kind: c.Kind, Count: c.Count})
				}
			}
		}
	}
	return all, nil
}

// verdictOf takes the latest of a session's dispositions, of which the latest comes first.
func verdictOf(id gid.ID, written []*ent.Disposition) *Integrity {
	found := &Integrity{SessionID: id, Verdict: term.NotEvaluated, Counts: []*SignalCount{}}
	for _, d := range written {
		if d.SessionID == id {
			found.Verdict, found.Comment, found.JudgedBy, found.JudgedAt = d.Verdict, d.Comment, &d.WrittenBy, &d.CreatedAt
			break
		}
	}
	return found
}

// RecordedSignal is a signal as staff see it: with its place in the sitting as a share of the allowed time, from which
// nobody can tell how much time that was.
type RecordedSignal struct {
	ID       gid.ID
	Kind     term.IntegritySignal
	Question string
	Lasted   time.Duration
	Position float64
}

// Signals lists what was recorded of a session, in the order in which it came.
func (s *Service) Signals(ctx context.Context, actor policy.Actor, id gid.ID, paging tenant.Paging) (*tenant.Page[*RecordedSignal], error) {
	scope, err := s.tenant.As(ctx, actor, policy.IntegrityRead)
	if err != nil {
		return nil, err
	}
	row, err := tenant.Only[*ent.Session]("session")(scope.Sessions().Where(session.ID(id)).Only(ctx))
	if err != nil {
		return nil, err
	}
	query := func() *ent.SignalQuery { return scope.Signals().Where(signal.SessionID(id)) }
	at := func(s *RecordedSignal) tenant.Cursor { return tenant.Cursor{ID: s.ID} }
	page, err := tenant.List(paging, tenant.Order{}, at, func(window func(*entsql.Selector)) ([]*RecordedSignal, error) {
		rows, err := query().Where(window).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("find signals: %w", err)
		}
		shown := make([]*RecordedSignal, len(rows))
		for i, r := range rows {
			shown[i] = &RecordedSignal{
				ID: r.ID, Kind: r.Kind, Question: r.Ref, Lasted: time.Duration(r.DurationMs) * time.Millisecond, Position: share(row, r.ServerAt),
			}
		}
		return shown, nil
	})
	if err != nil {
		return nil, err
	}
	page.Total = query().Count
	return page, nil
}

// JudgeIntegrityInput is what a person concludes from a session's signals.
type JudgeIntegrityInput struct {
	SessionID      gid.ID
	Verdict        term.IntegrityVerdict
	Comment        string
	IdempotencyKey *string
}

// JudgeIntegrity writes what a person concludes from a session's signals; the latest counts, and none is overwritten.
// NOT_EVALUATED is Invalid, a session that was never started Conflict. Points never change.
func (s *Service) JudgeIntegrity(ctx context.Context, actor policy.Actor, in JudgeIntegrityInput) (*Integrity, error) {
	scope, err := s.tenant.As(ctx, actor, policy.IntegrityJudge)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.That(in.Verdict != term.NotEvaluated, "conclude something: this verdict stands until somebody does", "verdict")
	c.Text(in.Comment, 1, 2_000, "comment")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.SessionID, judge(ctx, tx, in) },
		func(ctx context.Context, scope tenant.Scope, id gid.ID) (*Integrity, error) {
			return tenant.Sole[*Integrity]("session")(integrity(ctx, scope, []gid.ID{id}))
		})
}

func judge(ctx context.Context, tx tenant.Tx, in JudgeIntegrityInput) error {
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, in.SessionID))
	if err != nil {
		return err
	}
	if row.StartedAt == nil {
		return conflict("this sitting was never started; there is nothing to judge")
	}
	err = tx.NewDisposition().SetSessionID(row.ID).SetVerdict(in.Verdict).SetComment(in.Comment).SetWrittenBy(tx.Actor().ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write disposition: %w", err)
	}
	return tx.Announce(ctx, event.IntegrityJudged, row.ID, map[string]string{"verdict": string(in.Verdict)})
}
