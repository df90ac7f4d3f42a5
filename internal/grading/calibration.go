package grading

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/calibration"
	"github.com/assay-hq/assay/ent/calibrationattempt"
	"github.com/assay-hq/assay/ent/predicate"
	"github.com/assay-hq/assay/ent/question"
	"github.com/assay-hq/assay/ent/questionrevision"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Calibration is an answer whose scores are agreed, as somebody may see it: a reviewer sees the agreed scores and the note
// once they gave their own.
type Calibration struct {
	ID          gid.ID
	QuestionID  gid.ID
	Kind        term.QuestionKind
	Prompt      string
	ModelAnswer string
	Criteria    []*content.Criterion
	Text        string
	Agreed      []*content.CalibrationScore
	Note        *string
	Own         []*CalibrationScore
	Exact       *Percent // the share of the criteria on which the own score is the agreed one
	Adjacent    *Percent // the share on which it is at most one level away
	Retired     bool
}

// IsNode marks a calibration as a node.
func (*Calibration) IsNode() {}

// CalibrationScore is a reviewer's own score of a criterion, beside the agreed one.
type CalibrationScore struct {
	Criterion string
	Points    int
	Comment   string
	Agreed    int
	Exact     bool
	Adjacent  bool
}

// AddCalibrationInput is an answer with the scores that people agreed on.
type AddCalibrationInput struct {
	QuestionID     gid.ID
	Text           string
	Scores         []*content.CalibrationScore
	Note           *string
	IdempotencyKey *string
}

// AddCalibration adds an answer to the published revision of a question, with a score for each criterion, by which
// reviewers see whether they judge alike. A question that is not published is Conflict; scores that are no levels, missing,
// or of no criterion are Invalid.
func (s *Service) AddCalibration(ctx context.Context, actor policy.Actor, in AddCalibrationInput) (*Calibration, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionWrite)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return addCalibration(ctx, tx, in) }, wholeCalibration)
}

func addCalibration(ctx context.Context, tx tenant.Tx, in AddCalibrationInput) (gid.ID, error) {
	of, err := tenant.Only[*ent.Question]("question")(tx.Questions().Where(question.ID(in.QuestionID)).Only(ctx))
	if err != nil {
		return gid.ID{}, err
	}
	revision, err := tx.QuestionRevisions().Where(questionrevision.QuestionID(of.ID), questionrevision.PublishedAtNotNil()).
		Order(questionrevision.ByNumber(entsql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return gid.ID{}, conflict("this question is not published yet")
	}
	if err != nil {
		return gid.ID{}, fmt.Errorf("find question revision: %w", err)
	}
	var c fault.Checks
	c.Text(in.Text, 1, maxEvidence, "text")
	if in.Note != nil {
		c.Text(*in.Note, 1, 2000, "note")
	}
	c.That(len(revision.Content.Criteria) > 0, "this question is scored by its key", "questionId")
	checkLevels(&c, revision.Content, in.Scores)
	if err := c.Err(); err != nil {
		return gid.ID{}, err
	}
	created, err := tx.NewCalibration().SetQuestionID(of.ID).SetRevision(revision.Number).SetText(in.Text).SetScores(in.Scores).
		SetNote(or(in.Note, "")).SetCreatedBy(tx.Actor().ID).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("add calibration: %w", err)
	}
	return created.ID, tx.Announce(ctx, event.CalibrationAdded, created.ID, nil)
}

// checkLevels demands one score for each criterion of a question, each one of its levels.
func checkLevels(c *fault.Checks, q *content.Question, scores []*content.CalibrationScore) {
	seen := map[string]bool{}
	for i, s := range scores {
		at := strconv.Itoa(i)
		cr := criterion(q, s.Criterion)
		c.That(cr != nil, "this question has no such criterion", "scores", at, "criterion")
		c.That(!seen[s.Criterion], "this criterion is scored twice", "scores", at, "criterion")
		c.That(cr == nil || isLevel(cr, s.Points), "this is none of the criterion's levels", "scores", at, "points")
		c.Text(s.Comment, 0, 2000, "scores", at, "comment")
		seen[s.Criterion] = true
	}
	for _, cr := range q.Criteria {
		c.That(seen[cr.Key], "criterion "+cr.Key+" is not scored", "scores")
	}
}

func criterion(q *content.Question, key string) *content.Criterion {
	for _, c := range q.Criteria {
		if c.Key == key {
			return c
		}
	}
	return nil
}

// RetireCalibrationInput names a calibration that nobody is to score any more.
type RetireCalibrationInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// RetireCalibration ends a calibration; what reviewers answered stays. One that was retired is Conflict.
func (s *Service) RetireCalibration(ctx context.Context, actor policy.Actor, in RetireCalibrationInput) (*Calibration, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionWrite)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in, func(tx tenant.Tx) (gid.ID, error) {
		row, err := tenant.Only[*ent.Calibration]("calibration")(tx.Calibrations().Where(calibration.ID(in.ID)).Only(ctx))
		if err != nil {
			return gid.ID{}, err
		}
		n, err := tx.ChangeCalibration(row.ID).Where(calibration.RetiredAtIsNil()).SetRetiredAt(tx.Now).Save(ctx)
		switch {
		case err != nil:
			return gid.ID{}, fmt.Errorf("retire calibration: %w", err)
		case n == 0:
			return gid.ID{}, conflict("this calibration was already retired")
		}
		return row.ID, tx.Announce(ctx, event.CalibrationRetired, row.ID, nil)
	}, wholeCalibration)
}

// SubmitCalibrationInput is how a reviewer scores a calibration's answer.
type SubmitCalibrationInput struct {
	ID             gid.ID
	Scores         []*content.CalibrationScore
	IdempotencyKey *string
}

// SubmitCalibration takes a reviewer's scores of a calibration, once, and shows them beside the agreed ones. A second time,
// and one that was retired, is Conflict; what AddCalibration calls Invalid is Invalid here as well.
func (s *Service) SubmitCalibration(ctx context.Context, actor policy.Actor, in SubmitCalibrationInput) (*Calibration, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, attempt(ctx, tx, in) },
		func(ctx context.Context, scope tenant.Scope, id gid.ID) (*Calibration, error) {
			return one(calibrations(ctx, scope, false, calibration.ID(id)))
		})
}

func attempt(ctx context.Context, tx tenant.Tx, in SubmitCalibrationInput) error {
	row, err := tenant.Only[*ent.Calibration]("calibration")(tx.LockCalibration(ctx, in.ID))
	if err != nil {
		return err
	}
	made, err := tx.CalibrationAttempts().
		Where(calibrationattempt.CalibrationID(row.ID), calibrationattempt.ReviewerID(tx.Actor().ID)).Exist(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("find attempt: %w", err)
	case made:
		return conflict("you scored this calibration already")
	case row.RetiredAt != nil:
		return conflict("this calibration was retired")
	}
	revisions, err := asked(ctx, tx.Scope, []*ent.Calibration{row})
	if err != nil {
		return err
	}
	var c fault.Checks
	checkLevels(&c, revisions[row.ID].Content, in.Scores)
	if err := c.Err(); err != nil {
		return err
	}
	_, err = tx.NewCalibrationAttempt().SetCalibrationID(row.ID).SetReviewerID(tx.Actor().ID).SetScores(in.Scores).Save(ctx)
	if err != nil {
		return fmt.Errorf("submit calibration: %w", err)
	}
	return tx.Announce(ctx, event.CalibrationAnswered, row.ID, nil)
}

// Calibrations lists, for a reviewer, the calibrations that are not retired, the newest first.
func (s *Service) Calibrations(ctx context.Context, actor policy.Actor, paging tenant.Paging) (*tenant.Page[*Calibration], error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	at := func(c *Calibration) tenant.Cursor { return tenant.Cursor{ID: c.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*Calibration, error) {
		return calibrations(ctx, scope, false, calibration.RetiredAtIsNil(), window)
	})
	if err != nil {
		return nil, err
	}
	page.Total = scope.Calibrations().Where(calibration.RetiredAtIsNil()).Count
	return page, nil
}

// CalibrationsByID reads calibrations for a reviewer's batch.
func (s *Service) CalibrationsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*Calibration, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	return calibrations(ctx, scope, false, tenant.In(calibration.FieldID, ids))
}

// newestCalibrations is how many calibrations are shown of a question.
const newestCalibrations = 100

// CalibrationsByQuestion reads for authors the newest calibrations of several questions, with the agreed scores.
func (s *Service) CalibrationsByQuestion(ctx context.Context, actor policy.Actor, questions []gid.ID) ([]*Calibration, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionWrite)
	if err != nil {
		return nil, err
	}
	found, err := calibrations(ctx, scope, true, tenant.In(calibration.FieldQuestionID, questions))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b *Calibration) int { return slices.Compare(b.ID[:], a.ID[:]) })
	shown := map[gid.ID]int{}
	return slices.DeleteFunc(found, func(c *Calibration) bool {
		shown[c.QuestionID]++
		return shown[c.QuestionID] > newestCalibrations
	}), nil
}

// wholeCalibration reads a calibration as its author sees it.
func wholeCalibration(ctx context.Context, scope tenant.Scope, id gid.ID) (*Calibration, error) {
	return one(calibrations(ctx, scope, true, calibration.ID(id)))
}

func one(found []*Calibration, err error) (*Calibration, error) {
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, tenant.NotFound("calibration")
	}
	return found[0], nil
}

// calibrations reads calibrations with what was asked and how the actor scored them; an author sees the agreed scores in
// any case, a reviewer beside their own.
func calibrations(ctx context.Context, scope tenant.Scope, author bool, which ...predicate.Calibration) ([]*Calibration, error) {
	rows, err := scope.Calibrations().Where(which...).All(ctx)
	if err != nil || len(rows) == 0 {
		return []*Calibration{}, err
	}
	revisions, err := asked(ctx, scope, rows)
	if err != nil {
		return nil, err
	}
	ids := make([]gid.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	attempts, err := scope.CalibrationAttempts().
		Where(tenant.In(calibrationattempt.FieldCalibrationID, ids), calibrationattempt.ReviewerID(scope.Actor().ID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find attempts: %w", err)
	}
	own := map[gid.ID]*ent.CalibrationAttempt{}
	for _, a := range attempts {
		own[a.CalibrationID] = a
	}
	shown := make([]*Calibration, len(rows))
	for i, row := range rows {
		shown[i] = calibrationOf(row, revisions[row.ID], own[row.ID], author)
	}
	return shown, nil
}

// asked are the revisions that calibrations are of, by the calibration.
func asked(ctx context.Context, scope tenant.Scope, rows []*ent.Calibration) (map[gid.ID]*ent.QuestionRevision, error) {
	questions := make([]gid.ID, len(rows))
	for i, row := range rows {
		questions[i] = row.QuestionID
	}
	revisions, err := scope.QuestionRevisions().Where(tenant.In(questionrevision.FieldQuestionID, questions)).WithQuestion().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find question revisions: %w", err)
	}
	found := make(map[gid.ID]*ent.QuestionRevision, len(rows))
	for _, row := range rows {
		for _, r := range revisions {
			if r.QuestionID == row.QuestionID && r.Number == row.Revision {
				found[row.ID] = r
			}
		}
		if found[row.ID] == nil {
			return nil, fmt.Errorf("calibration %s of a revision that is not there", row.ID)
		}
	}
	return found, nil
}

func calibrationOf(row *ent.Calibration, asked *ent.QuestionRevision, attempt *ent.CalibrationAttempt, author bool) *Calibration {
	c := &Calibration{
		ID: row.ID, QuestionID: row.QuestionID, Kind: asked.Edges.Question.Kind, Prompt: asked.Content.Prompt,
		ModelAnswer: asked.Content.ModelAnswer, Criteria: asked.Content.Criteria, Text: row.Text, Retired: row.RetiredAt != nil,
	}
	if author || attempt != nil {
		c.Agreed, c.Note = row.Scores, &row.Note
	}
	if attempt != nil {
		c.compare(row.Scores, attempt.Scores)
	}
	return c
}

// compare puts a reviewer's scores beside the agreed ones, in the rubric's order.
func (c *Calibration) compare(agreed, own []*content.CalibrationScore) {
	exact, adjacent := 0, 0
	for _, cr := range c.Criteria {
		a, o := scoreOf(agreed, cr.Key), scoreOf(own, cr.Key)
		apart := steps(cr, a.Points, o.Points)
		s := &CalibrationScore{
			Criterion: cr.Key, Points: o.Points, Comment: o.Comment, Agreed: a.Points, Exact: apart == 0, Adjacent: apart <= 1,
		}
		if s.Exact {
			exact++
		}
		if s.Adjacent {
			adjacent++
		}
		c.Own = append(c.Own, s)
	}
	c.Exact, c.Adjacent = share(exact, len(c.Criteria)), share(adjacent, len(c.Criteria))
}

func scoreOf(scores []*content.CalibrationScore, key string) *content.CalibrationScore {
	for _, s := range scores {
		if s.Criterion == key {
			return s
		}
	}
	return &content.CalibrationScore{}
}

// steps is how many levels of a criterion lie from one to the other.
func steps(c *content.Criterion, a, b int) int {
	apart := 0
	for _, l := range c.Levels {
		if l.Points > min(a, b) && l.Points <= max(a, b) {
			apart++
		}
	}
	return apart
}

// share is a part in percent, rounded down to a millionth.
func share(part, of int) *Percent {
	return new(Percent(int64(part) * 100_000_000 / int64(of)))
}
