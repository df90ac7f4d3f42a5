package grading

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// SubmitReviewInput is a reviewer's score of every criterion of every answer that is theirs.
type SubmitReviewInput struct {
	ID             gid.ID
	Scores         []*CriterionScoreInput
	IdempotencyKey *string
}

// CriterionScoreInput is the level that an answer reached on one criterion, why, and the words that show it; or that
// nobody can say, such as of a recording that cannot be understood.
type CriterionScoreInput struct {
	Question    string
	Criterion   string
	Points      int
	Comment     string
	Evidence    *string
	NotScorable *bool
}

// unscorable reports whether nobody can say.
func (g *CriterionScoreInput) unscorable() bool { return g.NotScorable != nil && *g.NotScorable }

// awarded is a checked score beside its question and criterion.
type awarded struct {
	ref       string
	criterion *content.Criterion
	given     *CriterionScoreInput
}

// SubmitReview takes a reviewer's scores, all of them at once. What others submitted of the same answers stays sealed until
// all are in; then the report is computed anew, or a further reviewer called where they are far apart. A criterion that is
// missing, named twice or unknown, points that are no level, a missing comment, or evidence that does not stand in the
// answer are Invalid, and nothing is kept. A review that was submitted, declined or taken back is Conflict.
func (s *Service) SubmitReview(ctx context.Context, actor policy.Actor, in SubmitReviewInput) (*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, s.takeReview(ctx, tx, in) }, readReview)
}

func (s *Service) takeReview(ctx context.Context, tx tenant.Tx, in SubmitReviewInput) error {
	w, own, err := s.holdOwn(ctx, tx, in.ID)
	if err != nil {
		return err
	}
	if err := w.ongoing(); err != nil {
		return err
	}
	scores, err := matchScores(ofReview(own, w.panel.open), in.Scores)
	if err != nil {
		return err
	}
	if err := w.keep(ctx, tx, scores, term.SourceReviewer, &own.ID); err != nil {
		return err
	}
	if _, err := tx.ChangeReview(own.ID).SetState(term.ReviewSubmitted).SetSubmittedAt(tx.Now).Save(ctx); err != nil {
		return fmt.Errorf("close review: %w", err)
	}
	tx.Tell(own.SessionID)
	if err := tx.Announce(ctx, event.ReviewSubmitted, own.ID, nil); err != nil {
		return err
	}
	return w.settle(ctx, tx, "")
}

// holdOwn holds a visible review that waits for its reviewer, and its session. One that does not wait is Conflict.
func (s *Service) holdOwn(ctx context.Context, tx tenant.Tx, id gid.ID) (*reviewing, *ent.Review, error) {
	own, err := readReview(ctx, tx.Scope, id)
	if err != nil {
		return nil, nil, err
	}
	w, err := s.holdReview(ctx, tx, own.SessionID)
	if err != nil {
		return nil, nil, err
	}
	if own, err = tenant.Only[*ent.Review]("review")(tx.LockReview(ctx, id)); err != nil {
		return nil, nil, err
	}
	switch {
	case own.State == term.ReviewSubmitted:
		err = conflict("this review was already submitted")
	case own.State == term.ReviewDeclined:
		err = conflict("this review was declined")
	case own.State == term.ReviewWithdrawn:
		err = conflict("this review was taken back")
	}
	return w, own, err
}

// ongoing demands a session that is still reviewed: one that was scored by a mended key is not, whoever had it to review.
func (w *reviewing) ongoing() error {
	if w.session.State != term.InReview {
		return conflict("this session is reviewed no further")
	}
	return nil
}

// matchScores demands exactly one good score for every criterion of some questions.
func matchScores(waiting []*verdict, given []*CriterionScoreInput) ([]*awarded, error) {
	var c fault.Checks
	found := checkScores(&c, waiting, given)
	var scores []*awarded
	for _, v := range waiting {
		for _, cr := range v.item.Content.Criteria {
			g := found[place{v.item.Ref, cr.Key}]
			if g == nil {
				c.That(false, "criterion "+cr.Key+" of question "+v.item.Ref+" is not scored", "scores")
				continue
			}
			scores = append(scores, &awarded{v.item.Ref, cr, g})
		}
	}
	return scores, c.Err()
}

// place is a criterion of a question.
type place struct{ question, criterion string }

// checkScores judges scores one by one, and gives them by their places.
func checkScores(c *fault.Checks, waiting []*verdict, given []*CriterionScoreInput) map[place]*CriterionScoreInput {
	found := map[place]*CriterionScoreInput{}
	for i, g := range given {
		at := place{g.Question, g.Criterion}
		c.That(found[at] == nil, "this criterion is scored twice", "scores", strconv.Itoa(i), "criterion")
		found[at] = g
		checkScore(c, waiting, g, i)
	}
	return found
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
		if g.unscorable() {
			c.That(g.Points == 0, "what cannot be scored has no points", "points")
			c.That(g.Evidence == nil, "what cannot be scored has no evidence; say in the comment why", "evidence")
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

// keep adds the scores of one person, each with the next number of its criterion.
func (w *reviewing) keep(ctx context.Context, tx tenant.Tx, scores []*awarded, source term.ScoreSource, review *gid.ID) error {
	last := map[place]int{}
	for _, s := range w.panel.scores {
		at := place{s.Ref, s.Criterion}
		last[at] = max(last[at], s.Number)
	}
	rows := make([]*ent.ScoreCreate, len(scores))
	for i, s := range scores {
		status, evidence := term.ItemScored, ""
		if s.given.unscorable() {
			status = term.ItemNotScored
		}
		if s.given.Evidence != nil {
			evidence = folded(*s.given.Evidence)
		}
		rows[i] = tx.NewScore().SetSessionID(w.session.ID).SetRef(s.ref).SetCriterion(s.criterion.Key).
			SetNumber(last[place{s.ref, s.criterion.Key}] + 1).
			SetPoints(int64(scoring.Of(s.given.Points))).SetMaxPoints(int64(scoring.Of(s.criterion.Maximum()))).
			SetStatus(status).SetSource(source).SetEvidence(evidence).SetComment(s.given.Comment).
			SetNillableReviewID(review).SetAwardedBy(tx.Actor().ID)
	}
	if err := tx.AddScores(ctx, rows); err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	return nil
}
