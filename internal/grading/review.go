package grading

import (
	"context"
	"fmt"
	"slices"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/member"
	"github.com/assay-hq/assay/ent/review"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// AssignReviewInput gives a session's texts to a reviewer.
type AssignReviewInput struct {
	SessionID      gid.ID
	ReviewerID     gid.ID
	IdempotencyKey *string
}

// AssignReview gives the answers that wait for a person to a reviewer, who sees them without the candidate. A session
// without such answers is NotScorable; one that is assigned already is AlreadyExists; a member who may not review is
// Invalid.
func (s *Service) AssignReview(ctx context.Context, actor policy.Actor, in AssignReviewInput) (*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Review, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return assign(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return tenant.Only[*ent.Review]("review")(tx.Reviews().Where(review.ID(id)).Only(ctx))
	})
}

func assign(ctx context.Context, tx tenant.Tx, in AssignReviewInput) (gid.ID, error) {
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, in.SessionID))
	if err != nil {
		return gid.ID{}, err
	}
	if err := reviewable(ctx, tx, row); err != nil {
		return gid.ID{}, err
	}
	if err := reviewer(ctx, tx, in.ReviewerID, row); err != nil {
		return gid.ID{}, err
	}
	created, err := tx.NewReview().SetSessionID(row.ID).SetJobRoleID(row.JobRoleID).SetReviewerID(in.ReviewerID).
		SetState(term.ReviewAssigned).SetAssignedBy(tx.Actor().ID).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("assign review: %w", err)
	}
	tx.Tell(row.ID)
	return created.ID, tx.Announce(ctx, event.ReviewAssigned, created.ID, nil)
}

// reviewable demands a session with answers that wait for a person and for nobody yet.
func reviewable(ctx context.Context, tx tenant.Tx, row *ent.Session) error {
	switch row.State {
	case term.InReview:
	case term.Scored, term.Released:
		return fault.New(fault.NotScorable, "nothing in this session waits for a reviewer")
	default:
		return conflict("this session is not ready for review")
	}
	existing, err := tx.Reviews().Where(review.SessionID(row.ID)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find review: %w", err)
	}
	return fault.Taken("this session is assigned already", existing, "sessionId")
}

// reviewer demands a member who may review, who would see the review, and who is not the candidate.
func reviewer(ctx context.Context, tx tenant.Tx, id gid.ID, row *ent.Session) error {
	m, err := tenant.Only[*ent.Member]("member")(tx.Members().Where(member.ID(id), member.RemovedAtIsNil()).Only(ctx))
	if err != nil {
		return err
	}
	if m.Limited && !slices.Contains(m.JobRoleIds, row.JobRoleID) {
		return fault.At("this member does not see the session's job role", "reviewerId")
	}
	own, err := tx.Candidates().Where(candidate.ID(row.CandidateID), candidate.Email(m.Email)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("find candidate: %w", err)
	}
	if own {
		return fault.At("nobody reviews their own sitting", "reviewerId")
	}
	for _, role := range m.Roles {
		if tx.RoleAllows(policy.Role(role), policy.ReviewScore) {
			return nil
		}
	}
	return fault.At("this member has no role that reviews", "reviewerId")
}

// Reviews lists the reviews that are assigned to the actor, the newest first.
func (s *Service) Reviews(ctx context.Context, actor policy.Actor, state *term.ReviewState, paging tenant.Paging) (*tenant.Page[*ent.Review], error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	query := func() *ent.ReviewQuery {
		q := scope.Reviews()
		if state != nil {
			q.Where(review.StateEQ(*state))
		}
		return q
	}
	at := func(row *ent.Review) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*ent.Review, error) {
		return query().Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = query().Count
	return page, nil
}

// ReviewsByID reads the actor's own reviews for a batch; what is not theirs is left out.
func (s *Service) ReviewsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	return scope.Reviews().Where(tenant.In(review.FieldID, ids)).All(ctx)
}

// AssignmentsBySession reads who reviews which of several sessions, for those who assign.
func (s *Service) AssignmentsBySession(ctx context.Context, actor policy.Actor, sessions []gid.ID) ([]*ent.Review, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	return scope.Reviews().Where(tenant.In(review.FieldSessionID, sessions)).All(ctx)
}

// ReviewItem is one answer to be scored, with the rubric to score it by and nothing of the candidate.
type ReviewItem struct {
	Question    string
	Kind        term.QuestionKind
	Prompt      string
	Points      int
	Answer      *content.Answer
	Criteria    []*content.Criterion
	ModelAnswer string
	Pitfalls    []string
	FollowUps   []*content.FollowUp
	Execution   *Execution // of code, what running it came to; nil of any other kind
}

// ReviewWork is what a reviewer works on: the assessment's title and the answers that wait for a person.
type ReviewWork struct {
	ReviewID gid.ID
	Title    string
	Items    []*ReviewItem
}

// Work reads what there is to score in several of the actor's own reviews; what is not theirs is left out.
func (s *Service) Work(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ReviewWork, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	own, err := scope.Reviews().Where(tenant.In(review.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find reviews: %w", err)
	}
	sessions := make([]gid.ID, len(own))
	for i, r := range own {
		sessions[i] = r.SessionID
	}
	all, err := s.judgeAll(ctx, scope, sessions)
	if err != nil {
		return nil, err
	}
	works := make([]*ReviewWork, 0, len(own))
	for _, r := range own {
		if j := all[r.SessionID]; j != nil {
			works = append(works, workOf(r.ID, j))
		}
	}
	return works, nil
}

func workOf(id gid.ID, j *judged) *ReviewWork {
	work := &ReviewWork{ReviewID: id, Title: j.frozen.paper.Title, Items: []*ReviewItem{}}
	for _, v := range open(j.verdicts) {
		c := v.item.Content
		work.Items = append(work.Items, &ReviewItem{
			Question: v.item.Ref, Kind: v.item.Kind, Prompt: c.Prompt, Points: v.item.Points, Answer: v.answer,
			Criteria: c.Criteria, ModelAnswer: c.ModelAnswer, Pitfalls: c.Pitfalls, FollowUps: c.FollowUps, Execution: v.run,
		})
	}
	return work
}

// judged are the verdicts on one session, computed anew: they follow from what is frozen and stored.
type judged struct {
	frozen   *frozen
	verdicts []*verdict
}

// judgeAll gives the verdicts on several visible sessions, in four statements at most; in six, where code was run.
func (s *Service) judgeAll(ctx context.Context, scope tenant.Scope, ids []gid.ID) (map[gid.ID]*judged, error) {
	sessions, err := scope.Sessions().Where(tenant.In(session.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	versions := make([]gid.ID, len(sessions))
	for i, row := range sessions {
		versions[i] = row.TemplateVersionID
	}
	documents, err := s.pinned(ctx, scope, versions)
	if err != nil {
		return nil, err
	}
	return judgeRows(ctx, scope, sessions, documents)
}

// judgeOne gives the verdicts on one session that the transaction holds, by a key that is not mended until the commit.
func (s *Service) judgeOne(ctx context.Context, tx tenant.Tx, row *ent.Session) (*judged, error) {
	f, err := s.held(ctx, tx, row.TemplateVersionID)
	if err != nil {
		return nil, err
	}
	all, err := judgeRows(ctx, tx.Scope, []*ent.Session{row}, map[gid.ID]*frozen{row.TemplateVersionID: f})
	return all[row.ID], err
}

// judgeRows gives the verdicts on sessions by the documents of their versions.
func judgeRows(ctx context.Context, scope tenant.Scope, rows []*ent.Session, documents map[gid.ID]*frozen) (map[gid.ID]*judged, error) {
	ids := idsOf(rows)
	answers, err := scope.LatestAnswers(ctx, ids, nil)
	if err != nil {
		return nil, err
	}
	runs, err := runsOf(ctx, scope, ids, documents)
	if err != nil {
		return nil, err
	}
	all := make(map[gid.ID]*judged, len(rows))
	for _, row := range rows {
		f := documents[row.TemplateVersionID]
		if f == nil {
			return nil, tenant.NotFound("template version")
		}
		own := f.of(row)
		all[row.ID] = &judged{own, own.judge(answers[row.ID], ranOut(row))}
		runs[row.ID].overlay(all[row.ID].verdicts)
	}
	return all, nil
}

// open are the verdicts that wait for a person.
func open(verdicts []*verdict) []*verdict {
	return slices.DeleteFunc(slices.Clone(verdicts), func(v *verdict) bool { return v.status != term.ItemNotScored })
}
