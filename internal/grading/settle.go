package grading

import (
	"context"
	"fmt"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// reviewing is a session whose review somebody changes: held until the commit, with everything that was said of it.
type reviewing struct {
	session *ent.Session
	judged  *judged
	panel   *panel
	seen    string // what could be read before the change
}

// holdReview holds a visible session, and reads its panel. One that nobody began has nothing to review, which is Conflict.
func (s *Service) holdReview(ctx context.Context, tx tenant.Tx, session gid.ID) (*reviewing, error) {
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, session))
	if err != nil {
		return nil, err
	}
	if row.StartedAt == nil {
		return nil, conflict("this session was never begun; there is nothing to review")
	}
	w := &reviewing{session: row}
	if w.judged, err = s.judgeOne(ctx, tx, row); err != nil {
		return nil, err
	}
	if w.panel, err = gatherPanel(ctx, tx, row, w.judged); err != nil {
		return nil, err
	}
	w.seen = w.panel.seen()
	return w, nil
}

// shown takes what could be read before from the report itself: a rule that was set since may demand less than the one
// before, and nothing but that have changed.
func (w *reviewing) shown(ctx context.Context, tx tenant.Tx) error {
	row, err := tx.Reports().Where(report.SessionID(w.session.ID), report.SupersededAtIsNil()).Only(ctx)
	if err != nil {
		return fmt.Errorf("find report: %w", err)
	}
	doc, err := decodeResult(row)
	if err != nil {
		return err
	}
	traced := map[string]bool{}
	for _, q := range doc.Questions {
		traced[q.Ref] = len(q.Trace()) > 0
	}
	var refs []string
	for _, v := range w.panel.open {
		if traced[v.item.Ref] {
			refs = append(refs, v.item.Ref)
		}
	}
	w.seen = strings.Join(refs, " ")
	return nil
}

// again reads the panel after a change.
func (w *reviewing) again(ctx context.Context, tx tenant.Tx) error {
	var err error
	w.panel, err = gatherPanel(ctx, tx, w.session, w.judged)
	return err
}

// settle draws the conclusions of a change to the panel: a further reviewer is called where the regular ones are far
// apart; what a decision made needless is taken back; the report is written anew where there is more to see than before;
// and the session is scored once nothing waits. A reason, of a consensus, writes the report in any case.
func (w *reviewing) settle(ctx context.Context, tx tenant.Tx, reason string) error {
	if err := w.again(ctx, tx); err != nil {
		return err
	}
	if err := w.dropNeedless(ctx, tx); err != nil {
		return err
	}
	if !w.panel.final {
		if err := w.panel.adjudicate(ctx, tx, w.session); err != nil {
			return err
		}
	}
	if reason == "" && w.panel.seen() == w.seen {
		return nil
	}
	doc := w.judged.frozen.result(w.judged.verdicts, w.panel)
	scored := w.session.State == term.InReview && !doc.Provisional
	if scored {
		if _, err := tx.ChangeSession(w.session.ID).SetState(term.Scored).SetScoredAt(tx.Now).Save(ctx); err != nil {
			return fmt.Errorf("score session: %w", err)
		}
	}
	if err := writeReport(ctx, tx, w.session, doc, reason); err != nil {
		return err
	}
	if !scored {
		return nil
	}
	return tx.Announce(ctx, event.SessionScored, w.session.ID, nil)
}

// dropNeedless takes back from further reviewers what was decided without them, and from others that of which all was dropped.
func (w *reviewing) dropNeedless(ctx context.Context, tx tenant.Tx) error {
	for _, r := range w.panel.reviews {
		reason := "it was decided without this review"
		if r.Kind == term.ReviewRegular {
			reason = "what this review was of was dropped"
		}
		if r.State != term.ReviewAssigned || w.needed(r) {
			continue
		}
		if err := end(ctx, tx, r, term.ReviewWithdrawn, reason, event.ReviewWithdrawn); err != nil {
			return err
		}
		r.State = term.ReviewWithdrawn
	}
	return nil
}

// needed reports whether a reviewer still has something to score, and a further one something to decide.
func (w *reviewing) needed(r *ent.Review) bool {
	if r.Kind == term.ReviewRegular {
		return len(ofReview(r, w.panel.open)) > 0
	}
	for _, v := range w.panel.open {
		if covers(r, v.item.Ref) && w.panel.question(v).disputed {
			return true
		}
	}
	return false
}

// end closes a review without scores and tells of it.
func end(ctx context.Context, tx tenant.Tx, r *ent.Review, state term.ReviewState, reason string, what event.Type) error {
	if _, err := tx.ChangeReview(r.ID).SetState(state).SetEndReason(reason).Save(ctx); err != nil {
		return fmt.Errorf("end review: %w", err)
	}
	tx.Tell(r.SessionID)
	return tx.Announce(ctx, what, r.ID, nil)
}
