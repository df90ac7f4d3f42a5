package grading

import (
	"context"
	"strconv"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// RecordConsensusInput is what people agreed on afterwards, for some criteria of some answers.
type RecordConsensusInput struct {
	SessionID      gid.ID
	Scores         []*CriterionScoreInput
	Reason         string
	IdempotencyKey *string
}

// RecordConsensus adds what people agreed on. It counts in place of what each of them had awarded, which stays readable,
// and a new revision of the report says why. A question that somebody still reviews, or that nobody reviewed yet, and a
// session that was never reviewed or was made void, are Conflict; what SubmitReview calls Invalid is Invalid here as well, but
// that not every criterion has to be named.
func (s *Service) RecordConsensus(ctx context.Context, actor policy.Actor, in RecordConsensusInput) (*ent.Report, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewConsensus)
	if err != nil {
		return nil, err
	}
	if err := checkReason(in.Reason); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return s.agree(ctx, tx, in) }, visibleReport)
}

func (s *Service) agree(ctx context.Context, tx tenant.Tx, in RecordConsensusInput) (gid.ID, error) {
	w, err := s.holdReview(ctx, tx, in.SessionID)
	if err != nil {
		return gid.ID{}, err
	}
	switch w.session.State {
	case term.InReview, term.Scored, term.Released:
	default:
		return gid.ID{}, conflict("this session is not reviewed")
	}
	scores, err := w.panel.agreed(in.Scores)
	if err != nil {
		return gid.ID{}, err
	}
	for _, s := range scores {
		if w.panel.count(s.ref, term.ReviewRegular, term.ReviewAssigned) > 0 || !w.panel.heard(s.ref) {
			return gid.ID{}, conflict("question " + s.ref + " is not reviewed yet; a consensus follows the reviews")
		}
	}
	if err := w.keep(ctx, tx, scores, term.SourceConsensus, nil); err != nil {
		return gid.ID{}, err
	}
	if err := tx.Announce(ctx, event.ConsensusRecorded, w.session.ID, nil); err != nil {
		return gid.ID{}, err
	}
	if err := w.settle(ctx, tx, in.Reason); err != nil {
		return gid.ID{}, err
	}
	return tx.Reports().Where(report.SessionID(w.session.ID), report.SupersededAtIsNil()).OnlyID(ctx)
}

// agreed judges the scores of a consensus.
func (p *panel) agreed(given []*CriterionScoreInput) ([]*awarded, error) {
	var c fault.Checks
	c.That(len(given) > 0, "at least one criterion is needed", "scores")
	for i, g := range given {
		c.That(!g.unscorable(), "a consensus awards points", "scores", strconv.Itoa(i), "notScorable")
	}
	checkScores(&c, p.open, given)
	if err := c.Err(); err != nil {
		return nil, err
	}
	scores := make([]*awarded, len(given))
	for i, g := range given {
		_, cr := criterionOf(p.open, g)
		scores[i] = &awarded{g.Question, cr, g}
	}
	return scores, nil
}
