package grading

import (
	"context"
	"fmt"
	"slices"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
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
	if err := reviewer(ctx, tx, in.ReviewerID); err != nil {
		return gid.ID{}, err
	}
	created, err := tx.NewReview().SetSessionID(row.ID).SetJobRoleID(row.JobRoleID).SetReviewerID(in.ReviewerID).
		SetState(term.ReviewAssigned).SetAssignedBy(tx.Actor().ID).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("assign review: %w", err)
	}
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
	return &fault.Fault{Code: fault.AlreadyExists, Message: "this session is assigned already", Field: []string{"sessionId"}, Current: existing}
}

// reviewer demands a member who may review.
func reviewer(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	m, err := tenant.Only[*ent.Member]("member")(tx.Members().Where(member.ID(id), member.RemovedAtIsNil()).Only(ctx))
	if err != nil {
		return err
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
}

// ReviewWork is what a reviewer works on: the assessment's title and the answers that wait for a person.
type ReviewWork struct {
	Title string
	Items []*ReviewItem
}

// Work reads what there is to score in one of the actor's own reviews.
func (s *Service) Work(ctx context.Context, actor policy.Actor, id gid.ID) (*ReviewWork, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewScore)
	if err != nil {
		return nil, err
	}
	own, err := tenant.Only[*ent.Review]("review")(scope.Reviews().Where(review.ID(id)).Only(ctx))
	if err != nil {
		return nil, err
	}
	row, err := tenant.Only[*ent.Session]("session")(scope.Sessions().Where(session.ID(own.SessionID)).Only(ctx))
	if err != nil {
		return nil, err
	}
	f, verdicts, err := judged(ctx, scope, row)
	if err != nil {
		return nil, err
	}
	work := &ReviewWork{Title: f.paper.Title, Items: []*ReviewItem{}}
	for _, v := range open(verdicts) {
		c := v.item.Content
		work.Items = append(work.Items, &ReviewItem{
			Question: v.item.Ref, Kind: v.item.Kind, Prompt: c.Prompt, Points: v.item.Points, Answer: v.answer,
			Criteria: c.Criteria, ModelAnswer: c.ModelAnswer, Pitfalls: c.Pitfalls, FollowUps: c.FollowUps,
		})
	}
	return work, nil
}

// judged computes the verdicts on a session anew: they follow from what is frozen and stored.
func judged(ctx context.Context, scope tenant.Scope, row *ent.Session) (*frozen, []*verdict, error) {
	f, err := pinned(ctx, scope, row.TemplateVersionID)
	if err != nil {
		return nil, nil, err
	}
	answers, err := answersOf(ctx, scope, row.ID)
	if err != nil {
		return nil, nil, err
	}
	return f, judge(f.key, answers, ranOut(row)), nil
}

// open are the verdicts that wait for a person.
func open(verdicts []*verdict) []*verdict {
	return slices.DeleteFunc(slices.Clone(verdicts), func(v *verdict) bool { return v.status != term.ItemNotScored })
}
