package sitting

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// LedgerLine is a line of the candidate's own clock ledger.
type LedgerLine struct {
	Kind     term.ClockKind
	At       time.Time
	Section  *int           // counted from 1
	Question *int           // of the section, as it is shown
	Time     *time.Duration // that was given
	Reason   term.ClockReason
	Note     string
}

// maxLines bounds how much of a ledger is shown: what came last.
const maxLines = 1000

// Ledger is the ledger of the sitting, which is its candidate's to read whole.
func (s *Sitting) Ledger() []*LedgerLine {
	shown := s.course.ledger[max(0, len(s.course.ledger)-maxLines):]
	lines := make([]*LedgerLine, len(shown))
	for i, e := range shown {
		lines[i] = &LedgerLine{Kind: e.Kind, At: e.At, Reason: e.Reason, Note: e.Said}
		if e.Section > 0 {
			lines[i].Section = &e.Section
		}
		if e.Question > 0 {
			lines[i].Question = &e.Question
		}
		if e.Seconds > 0 {
			given := seconds(e.Seconds)
			lines[i].Time = &given
		}
	}
	return lines
}

// Step is a line of a session's ledger as staff may read it: what the candidate did, at which share of the time that they
// were allowed. Nothing that was given, no reason, no pause and no moment is in it, so that extra time cannot be inferred.
type Step struct {
	Kind    term.ClockKind
	Section *int    // counted from 1
	Share   float64 // of the allowed time, 0 to 1, to two decimals
}

// legible are the lines that staff may read.
var legible = map[term.ClockKind]bool{
	term.ClockStarted: true, term.ClockSectionEntered: true, term.ClockSectionSubmitted: true, term.ClockSectionRanOut: true,
	term.ClockSubmitted: true, term.ClockRanOut: true,
}

// Timeline is what happened in a session, as staff may read it.
type Timeline struct {
	SessionID gid.ID
	Steps     []*Step
}

// Timelines reads, for a batch, what happened in sessions that have ended; the others have no steps. It is two statements
// however many sessions there are, and one for the papers that were not read before.
func (s *Service) Timelines(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*Timeline, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionRead)
	if err != nil {
		return nil, err
	}
	rows, err := scope.Sessions().Where(tenant.In(session.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	papers, err := s.papers.all(ctx, scope.TemplateVersions, rows)
	if err != nil {
		return nil, err
	}
	ledgers, err := ledgers(ctx, scope.ClockEntries, rows)
	if err != nil {
		return nil, err
	}
	list := make([]*Timeline, len(rows))
	for i, row := range rows {
		list[i] = &Timeline{SessionID: row.ID, Steps: []*Step{}}
		if row.EndedAt == nil || row.StartedAt == nil {
			continue
		}
		c, err := replay(papers[row.TemplateVersionID], row, ledgers[row.ID])
		if err != nil {
			return nil, err
		}
		list[i].Steps = c.steps()
	}
	return list, nil
}

// steps replays the ledger line by line and notes how much of the allowed time was used at each.
func (c *course) steps() []*Step {
	steps := []*Step{}
	k, allowed := clock.New(tenant.PlanOf(c.asked)), c.clock.Allowed()
	for i, e := range tenant.EntriesOf(c.ledger) {
		k.Apply(e)
		if !legible[e.Kind] {
			continue
		}
		one := &Step{Kind: e.Kind, Share: math.Round(min(1, float64(k.Used())/float64(allowed))*100) / 100}
		if e.Section > 0 {
			one.Section = &c.ledger[i].Section
		}
		steps = append(steps, one)
	}
	return steps[max(0, len(steps)-maxLines):]
}

// VerifyOwnReceipt reports whether a receipt is the one of the candidate's own sitting and of what is stored for it now.
func (s *Service) VerifyOwnReceipt(ctx context.Context, actor policy.Actor, id gid.ID, hash string) (bool, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, id)
	if err != nil {
		return false, err
	}
	return verify(ctx, scope, id, hash)
}

// VerifyReceipt reports whether a receipt is the one of a session and of what is stored for it now.
func (s *Service) VerifyReceipt(ctx context.Context, actor policy.Actor, id gid.ID, hash string) (bool, error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionRead)
	if err != nil {
		return false, err
	}
	return verify(ctx, scope, id, hash)
}

func verify(ctx context.Context, scope tenant.Scope, id gid.ID, hash string) (bool, error) {
	row, err := ownRow(ctx, scope, id)
	if err != nil || row.EndedAt == nil || len(row.Receipt) == 0 {
		return false, err
	}
	stored, err := makeReceipt(ctx, scope, row, *row.EndedAt)
	if err != nil {
		return false, err
	}
	given, err := hex.DecodeString(hash)
	if err != nil { // not in the form of a receipt, and so none
		return false, nil
	}
	return subtle.ConstantTimeCompare(given, row.Receipt) == 1 && subtle.ConstantTimeCompare(stored, row.Receipt) == 1, nil
}
