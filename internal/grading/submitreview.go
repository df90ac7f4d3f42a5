package grading

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/review"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// SubmitReviewInput is a reviewer's score of every criterion of every answer that waited.
type SubmitReviewInput struct {
	ID             gid.ID
	Scores         []*CriterionScoreInput
	IdempotencyKey *string
}

// CriterionScoreInput is the level that an answer reached on one criterion, why, and the words that show it.
type CriterionScoreInput struct {
	Question  string
	Criterion string
	Points    int
	Comment   string
	Evidence  *string
}

// criterionScore is a checked score beside its criterion.
type criterionScore struct {
	criterion *content.Criterion
	points    int
	comment   string
	evidence  string
	by        gid.ID
}

func (s *criterionScore) level() scoring.CriterionScore {
	return scoring.CriterionScore{
		Criterion: scoring.Criterion{Key: s.criterion.Key, Weight: s.criterion.Weight},
		Awarded:   s.points, Maximum: s.criterion.Maximum(), Status: scoring.Scored,
	}
}

func (s *criterionScore) trace() *TraceEntry {
	return &TraceEntry{
		Criterion: s.criterion.Key, Text: s.criterion.Text, Weight: s.criterion.Weight,
		Points: scoring.Of(s.points), Maximum: scoring.Of(s.criterion.Maximum()),
		Source: term.SourceReviewer, AwardedBy: &s.by, Evidence: s.evidence, Comment: s.comment,
	}
}

// SubmitReview takes a reviewer's scores, all of them at once, and computes the report anew. A criterion that is
// missing, named twice or unknown, points that are no level, a missing comment, or evidence that does not stand in the
// answer are Invalid, and nothing is kept. A review that was submitted is Conflict.
func (s *Service) SubmitReview(ctx context.Context, actor policy.Actor, in SubmitReviewInput) (*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Review, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, s.takeReview(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return tenant.Only[*ent.Review]("review")(tx.Reviews().Where(review.ID(id)).Only(ctx))
	})
}

func (s *Service) takeReview(ctx context.Context, tx tenant.Tx, in SubmitReviewInput) error {
	own, err := tenant.Only[*ent.Review]("review")(tx.Reviews().Where(review.ID(in.ID)).Only(ctx))
	if err != nil {
		return err
	}
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, own.SessionID))
	if err != nil {
		return err
	}
	if own, err = tenant.Only[*ent.Review]("review")(tx.LockReview(ctx, in.ID)); err != nil {
		return err
	}
	if own.State != term.ReviewAssigned || row.State != term.InReview {
		return conflict("this review was already submitted")
	}
	j, err := s.judgeOne(ctx, tx, row)
	if err != nil {
		return err
	}
	scores, err := matchScores(open(j.verdicts), in.Scores, tx.Actor().ID)
	if err != nil {
		return err
	}
	if err := keepReview(ctx, tx, own, scores); err != nil {
		return err
	}
	if _, err := tx.ChangeSession(row.ID).SetState(term.Scored).SetScoredAt(tx.Now).Save(ctx); err != nil {
		return fmt.Errorf("score session: %w", err)
	}
	if err := writeReport(ctx, tx, row, j.frozen.result(j.verdicts, scores)); err != nil {
		return err
	}
	return tx.Announce(ctx, event.SessionScored, row.ID, nil)
}

// matchScores demands exactly one good score for every open criterion.
func matchScores(waiting []*verdict, given []*CriterionScoreInput, by gid.ID) (reviewed, error) {
	type place struct{ question, criterion string }
	var c fault.Checks
	found := map[place]*CriterionScoreInput{}
	for i, g := range given {
		at := place{g.Question, g.Criterion}
		c.That(found[at] == nil, "this criterion is scored twice", "scores", strconv.Itoa(i), "criterion")
		found[at] = g
		checkScore(&c, waiting, g, i)
	}
	scores := reviewed{}
	for _, v := range waiting {
		for _, cr := range v.item.Content.Criteria {
			g := found[place{v.item.Ref, cr.Key}]
			if g == nil {
				c.That(false, "criterion "+cr.Key+" of question "+v.item.Ref+" is not scored", "scores")
				continue
			}
			score := &criterionScore{criterion: cr, points: g.Points, comment: g.Comment, by: by}
			if g.Evidence != nil {
				score.evidence = folded(*g.Evidence)
			}
			scores[v.item.Ref] = append(scores[v.item.Ref], score)
		}
	}
	return scores, c.Err()
}

// maxEvidence bounds a quotation, in characters: no answer is longer.
const maxEvidence = 20_000

func checkScore(c *fault.Checks, waiting []*verdict, g *CriterionScoreInput, i int) {
	c.Under([]string{"scores", strconv.Itoa(i)}, func() {
		c.Text(g.Comment, 1, 2000, "comment")
		v, cr := criterionOf(waiting, g)
		if cr == nil {
			c.That(false, "this review has no such question and criterion", "criterion")
			return
		}
		c.That(isLevel(cr, g.Points), "this is none of the criterion's levels", "points")
		if g.Evidence != nil {
			c.Text(*g.Evidence, 0, maxEvidence, "evidence")
		}
		quoted := g.Evidence != nil && strings.TrimSpace(*g.Evidence) != ""
		c.That(quoted || g.Points == 0, "quote the words that earn these points", "evidence")
		// What was said cannot be looked up: of a recording the reviewer writes what they heard.
		heard := v.recording() != nil
		c.That(!quoted || heard || strings.Contains(folded(evidence(v.answer)), folded(*g.Evidence)), "these words are not in the answer", "evidence")
	})
}

func criterionOf(waiting []*verdict, g *CriterionScoreInput) (*verdict, *content.Criterion) {
	for _, v := range waiting {
		if v.item.Ref == g.Question {
			return v, v.item.Criterion(g.Criterion)
		}
	}
	return nil, nil
}

func isLevel(c *content.Criterion, points int) bool {
	for _, l := range c.Levels {
		if l.Points == points {
			return true
		}
	}
	return false
}

// folded is a text with all white space alike, so that a quotation may break lines elsewhere.
func folded(text string) string { return strings.Join(strings.Fields(text), " ") }

// keepReview writes the scores and closes the review.
func keepReview(ctx context.Context, tx tenant.Tx, own *ent.Review, scores reviewed) error {
	var rows []*ent.ScoreCreate
	for _, ref := range slices.Sorted(maps.Keys(scores)) {
		for _, s := range scores[ref] {
			rows = append(rows, tx.NewScore().SetSessionID(own.SessionID).SetRef(ref).SetCriterion(s.criterion.Key).SetNumber(1).
				SetPoints(int64(scoring.Of(s.points))).SetMaxPoints(int64(scoring.Of(s.criterion.Maximum()))).
				SetStatus(term.ItemScored).SetSource(term.SourceReviewer).SetEvidence(s.evidence).SetComment(s.comment).
				SetReviewID(own.ID).SetAwardedBy(s.by))
		}
	}
	if err := tx.AddScores(ctx, rows); err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	if _, err := tx.ChangeReview(own.ID).SetState(term.ReviewSubmitted).SetSubmittedAt(tx.Now).Save(ctx); err != nil {
		return fmt.Errorf("close review: %w", err)
	}
	return tx.Announce(ctx, event.ReviewSubmitted, own.ID, nil)
}
