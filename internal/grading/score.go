package grading

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Score scores a submitted session by its key and writes its report: ready if nothing waits for a person, provisional
// otherwise, and then its template's rule gives it to reviewers if it acts by itself. A session in any other state is left as it is, so that it may be repeated. Only Assay itself has the
// permission.
func (s *Service) Score(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.SessionScore)
	if err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) {
		row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, id))
		if err != nil || row.State != term.Submitted {
			return struct{}{}, err
		}
		return struct{}{}, score(ctx, tx, row)
	})
	return err
}

func score(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	j, err := judgeOne(ctx, tx.Scope, row.ID)
	if err != nil {
		return err
	}
	if err := writeScores(ctx, tx, row.ID, j.verdicts); err != nil {
		return err
	}
	doc := j.frozen.result(j.verdicts, nil)
	change := tx.ChangeSession(row.ID).SetState(term.InReview)
	if !doc.Provisional {
		change.SetState(term.Scored).SetScoredAt(tx.Now)
	}
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("score session: %w", err)
	}
	if err := writeReport(ctx, tx, row, doc, ""); err != nil {
		return err
	}
	if doc.Provisional {
		return assignAutomatically(ctx, tx, row, j)
	}
	return tx.Announce(ctx, event.SessionScored, row.ID, nil)
}

// answersOf reads the answers that count of several sessions, by session and by the place of their question.
func answersOf(ctx context.Context, scope tenant.Scope, sessions []gid.ID) (map[gid.ID]map[string]*content.Answer, error) {
	rows, err := scope.Responses().Where(tenant.In(response.FieldSessionID, sessions), tenant.Latest).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find responses: %w", err)
	}
	answers := make(map[gid.ID]map[string]*content.Answer, len(sessions))
	for _, r := range rows {
		if answers[r.SessionID] == nil {
			answers[r.SessionID] = map[string]*content.Answer{}
		}
		answers[r.SessionID][r.Ref] = r.Answer
	}
	return answers, nil
}

// writeScores adds a row for everything that the key or a rule decided, in one statement.
func writeScores(ctx context.Context, tx tenant.Tx, id gid.ID, verdicts []*verdict) error {
	var rows []*ent.ScoreCreate
	for _, v := range verdicts {
		if v.status == term.ItemNotScored {
			continue
		}
		rows = append(rows, tx.NewScore().SetSessionID(id).SetRef(v.item.Ref).SetCriterion(wholeAnswer).SetNumber(1).
			SetPoints(int64(v.points)).SetMaxPoints(int64(scoring.Of(v.item.Points))).SetStatus(v.status).SetSource(v.source).
			SetEvidence(evidence(v.answer)).SetComment(v.reason))
	}
	if err := tx.AddScores(ctx, rows); err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	return nil
}
