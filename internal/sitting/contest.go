package sitting

import (
	"context"
	"fmt"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/contest"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// ContestTime is how long the organization has to answer an objection.
const ContestTime = 14 * 24 * time.Hour

// ContestSittingInput is a candidate's objection to what was recorded of their sitting or to its score.
type ContestSittingInput struct {
	SittingID      gid.ID
	Subject        term.ContestSubject
	Statement      string
	IdempotencyKey *string
}

// Contest opens an objection that a person has to answer within ContestTime. A score can be contested once it is
// released, signals once the sitting was started, and each by one open objection at a time; otherwise it is Conflict.
func (s *Service) Contest(ctx context.Context, actor policy.Actor, in ContestSittingInput) (*ent.Contest, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.Text(in.Statement, 1, 4_000, "statement")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return openContest(ctx, tx, in) }, contestByID)
}

func contestByID(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Contest, error) {
	return tenant.Only[*ent.Contest]("objection")(scope.Contests().Where(contest.ID(id)).Only(ctx))
}

func openContest(ctx context.Context, tx tenant.Tx, in ContestSittingInput) (gid.ID, error) {
	row, err := tenant.Only[*ent.Session]("sitting")(tx.LockSession(ctx, in.SittingID))
	if err != nil {
		return gid.ID{}, err
	}
	if err := contestable(row, in.Subject); err != nil {
		return gid.ID{}, err
	}
	open, err := tx.Contests().Where(contest.SubjectEQ(in.Subject), contest.StateEQ(term.ContestOpen)).Exist(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("find contest: %w", err)
	}
	if open {
		return gid.ID{}, conflict("you contested this already; an answer is on its way")
	}
	made, err := tx.NewContest().SetSessionID(row.ID).SetJobRoleID(row.JobRoleID).SetSubject(in.Subject).SetState(term.ContestOpen).
		SetReason(in.Statement).SetDueAt(tx.Now.Add(ContestTime)).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("open contest: %w", err)
	}
	return made.ID, tx.Announce(ctx, event.ContestOpened, made.ID, map[string]string{"subject": string(in.Subject)})
}

func contestable(row *ent.Session, subject term.ContestSubject) error {
	switch {
	case subject == term.ContestScore && row.ReleasedAt == nil:
		return conflict("there is no released result to contest yet")
	case row.StartedAt == nil:
		return conflict("this sitting was not started; nothing was recorded of it")
	}
	return nil
}

// OwnContests are the candidate's objections to their own sittings, the newest first: a hundred for each that is asked for.
func (s *Service) OwnContests(ctx context.Context, actor policy.Actor, ids ...gid.ID) ([]*ent.Contest, error) {
	mine, err := s.tenant.AsSittings(ctx, actor, policy.SittingTake, ids)
	if err != nil {
		return nil, err
	}
	return mine.Contests().Order(contest.ByID(entsql.OrderDesc())).Limit(tenant.MaxPage * len(ids)).All(ctx)
}

// ContestFilter narrows a list of objections.
type ContestFilter struct {
	State   *term.ContestState
	Subject *term.ContestSubject
}

func (f *ContestFilter) apply(q *ent.ContestQuery) *ent.ContestQuery {
	if f == nil {
		return q
	}
	if f.State != nil {
		q.Where(contest.StateEQ(*f.State))
	}
	if f.Subject != nil {
		q.Where(contest.SubjectEQ(*f.Subject))
	}
	return q
}

// Contests lists the objections to visible sessions, the oldest first: each has the same time to be answered, so that
// the one that is due first comes first.
func (s *Service) Contests(ctx context.Context, actor policy.Actor, filter *ContestFilter, paging tenant.Paging) (*tenant.Page[*ent.Contest], error) {
	scope, err := s.tenant.As(ctx, actor, policy.ContestAnswer)
	if err != nil {
		return nil, err
	}
	at := func(row *ent.Contest) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{}, at, func(window func(*entsql.Selector)) ([]*ent.Contest, error) {
		return filter.apply(scope.Contests()).Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = filter.apply(scope.Contests()).Count
	return page, nil
}

// AnswerContestInput is what the organization answers to an objection.
type AnswerContestInput struct {
	ID             gid.ID
	Answer         string
	IdempotencyKey *string
}

// AnswerContest answers an objection, once; afterwards it is Conflict.
func (s *Service) AnswerContest(ctx context.Context, actor policy.Actor, in AnswerContestInput) (*ent.Contest, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ContestAnswer)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.Text(in.Answer, 1, 4_000, "answer")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, answerContest(ctx, tx, in) }, contestByID)
}

// answerContest writes the answer if nobody did: the change itself asks, so that two at once leave one answer.
func answerContest(ctx context.Context, tx tenant.Tx, in AnswerContestInput) error {
	row, err := contestByID(ctx, tx.Scope, in.ID)
	if err != nil {
		return err
	}
	n, err := tx.ChangeContest(row.ID).Where(contest.StateEQ(term.ContestOpen)).SetState(term.ContestAnswered).
		SetAnswer(in.Answer).SetAnsweredAt(tx.Now).SetAnsweredBy(tx.Actor().ID).Save(ctx)
	if err != nil {
		return fmt.Errorf("answer contest: %w", err)
	}
	if n == 0 {
		return conflict("this objection was already answered")
	}
	return tx.Announce(ctx, event.ContestAnswered, row.ID, nil)
}
