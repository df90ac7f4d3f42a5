package authoring

import (
	"context"
	"fmt"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
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

// CreateQuestionInput is a new entry of the question bank; its kind stays for ever.
type CreateQuestionInput struct {
	Title          string
	Kind           term.QuestionKind
	Category       term.Category
	Level          term.Level
	Language       *string
	Content        *content.Question
	IdempotencyKey *string
}

// UpdateQuestionInput changes what a question says, based on a revision counter.
type UpdateQuestionInput struct {
	ID             gid.ID
	Revision       int
	Title          string
	Category       term.Category
	Level          term.Level
	Content        *content.Question
	IdempotencyKey *string
}

// PublishQuestionInput names the question whose draft is published.
type PublishQuestionInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// CreateQuestion adds a question with the draft of its first revision.
func (s *Service) CreateQuestion(ctx context.Context, actor policy.Actor, in CreateQuestionInput) (*ent.Question, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionWrite)
	if err != nil {
		return nil, err
	}
	if scope.Limited() {
		return nil, fault.New(fault.Denied, "a limited member cannot add questions, which no template of theirs uses yet")
	}
	if err := checkQuestion(in.Title, in.Language, in.Kind, in.Content); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Question, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return addQuestion(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return visibleQuestion(ctx, tx.Scope, id)
	})
}

func addQuestion(ctx context.Context, tx tenant.Tx, in CreateQuestionInput) (gid.ID, error) {
	if err := knownSkills(ctx, tx.Scope, in.Content.SkillIDs); err != nil {
		return gid.ID{}, err
	}
	row, err := tx.NewQuestion().SetTitle(in.Title).SetKind(in.Kind).SetCategory(in.Category).SetLevel(in.Level).
		SetNillableLanguage(in.Language).SetState(term.Draft).SetDraftNumber(1).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("create question: %w", err)
	}
	if err := writeRevision(ctx, tx, row.ID, 1, in.Content); err != nil {
		return gid.ID{}, err
	}
	return row.ID, tx.Announce(ctx, event.QuestionCreated, row.ID, nil)
}

func writeRevision(ctx context.Context, tx tenant.Tx, id gid.ID, number int, c *content.Question) error {
	err := tx.NewQuestionRevision().SetQuestionID(id).SetNumber(number).SetContent(c).SetNillableAuthorID(author(tx)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write question revision: %w", err)
	}
	return nil
}

func author(tx tenant.Tx) *gid.ID {
	if id := tx.Actor().ID; !id.IsZero() {
		return &id
	}
	return nil
}

// UpdateQuestion rewrites the open draft, or opens the next one beside the published revision, which stays as it is.
// An older revision counter is Stale.
func (s *Service) UpdateQuestion(ctx context.Context, actor policy.Actor, in UpdateQuestionInput) (*ent.Question, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionWrite)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Question, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, changeQuestion(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return visibleQuestion(ctx, tx.Scope, id)
	})
}

func changeQuestion(ctx context.Context, tx tenant.Tx, in UpdateQuestionInput) error {
	row, err := tenant.Only[*ent.Question]("question")(tx.LockQuestion(ctx, in.ID))
	if err != nil {
		return err
	}
	if err := checkQuestion(in.Title, nil, row.Kind, in.Content); err != nil {
		return err
	}
	if row.Revision != in.Revision {
		return stale(row)
	}
	if err := knownSkills(ctx, tx.Scope, in.Content.SkillIDs); err != nil {
		return err
	}
	change := tx.ChangeQuestion(row.ID).SetTitle(in.Title).SetCategory(in.Category).SetLevel(in.Level).SetRevision(row.Revision + 1)
	if row.DraftNumber == 0 {
		next := row.PublishedNumber + 1
		change.SetDraftNumber(next)
		err = writeRevision(ctx, tx, row.ID, next, in.Content)
	} else {
		err = rewriteDraft(ctx, tx, row, in.Content)
	}
	if err != nil {
		return err
	}
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("update question: %w", err)
	}
	return tx.Announce(ctx, event.QuestionRevised, row.ID, nil)
}

func rewriteDraft(ctx context.Context, tx tenant.Tx, row *ent.Question, c *content.Question) error {
	draft, err := revision(ctx, tx.Scope, row.ID, row.DraftNumber)
	if err != nil {
		return err
	}
	n, err := tx.ChangeQuestionRevision(draft.ID).Where(questionrevision.PublishedAtIsNil()).SetContent(c).Save(ctx)
	if err == nil && n != 1 {
		return fmt.Errorf("rewrite draft: %d rows", n)
	}
	return err
}

// PublishQuestion freezes the open draft as the next published revision. Without an open draft it is Conflict.
func (s *Service) PublishQuestion(ctx context.Context, actor policy.Actor, in PublishQuestionInput) (*ent.Question, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionPublish)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Question, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, freezeQuestion(ctx, tx, in.ID) })
		if err != nil {
			return nil, err
		}
		return visibleQuestion(ctx, tx.Scope, id)
	})
}

func freezeQuestion(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := tenant.Only[*ent.Question]("question")(tx.LockQuestion(ctx, id))
	if err != nil {
		return err
	}
	if row.DraftNumber == 0 {
		return conflict("this question has no open draft to publish")
	}
	draft, err := revision(ctx, tx.Scope, row.ID, row.DraftNumber)
	if err != nil {
		return err
	}
	if _, err := tx.ChangeQuestionRevision(draft.ID).SetPublishedAt(tx.Now).SetNillablePublishedBy(author(tx)).Save(ctx); err != nil {
		return fmt.Errorf("publish revision: %w", err)
	}
	_, err = tx.ChangeQuestion(row.ID).SetState(term.Published).SetPublishedNumber(row.DraftNumber).SetDraftNumber(0).
		SetRevision(row.Revision + 1).Save(ctx)
	if err != nil {
		return fmt.Errorf("publish question: %w", err)
	}
	return tx.Announce(ctx, event.QuestionPublished, row.ID, map[string]string{"number": index(row.DraftNumber)})
}

func visibleQuestion(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Question, error) {
	return tenant.Only[*ent.Question]("question")(scope.Questions().Where(question.ID(id)).Only(ctx))
}

func revision(ctx context.Context, scope tenant.Scope, id gid.ID, number int) (*ent.QuestionRevision, error) {
	return tenant.Only[*ent.QuestionRevision]("question revision")(scope.QuestionRevisions().
		Where(questionrevision.QuestionID(id), questionrevision.Number(number)).Only(ctx))
}

// QuestionFilter narrows a list of questions.
type QuestionFilter struct {
	Kind     *term.QuestionKind
	Category *term.Category
	Level    *term.Level
	State    *term.PublicationState
}

func (f *QuestionFilter) apply(q *ent.QuestionQuery) *ent.QuestionQuery {
	if f == nil {
		return q
	}
	if f.Kind != nil {
		q.Where(question.KindEQ(*f.Kind))
	}
	if f.Category != nil {
		q.Where(question.CategoryEQ(*f.Category))
	}
	if f.Level != nil {
		q.Where(question.LevelEQ(*f.Level))
	}
	if f.State != nil {
		q.Where(question.StateEQ(*f.State))
	}
	return q
}

// Questions lists the visible questions, the newest first.
func (s *Service) Questions(ctx context.Context, actor policy.Actor, filter *QuestionFilter, paging tenant.Paging) (*tenant.Page[*ent.Question], error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionRead)
	if err != nil {
		return nil, err
	}
	at := func(row *ent.Question) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*ent.Question, error) {
		return filter.apply(scope.Questions()).Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = filter.apply(scope.Questions()).Count
	return page, nil
}

// QuestionsByID reads questions for a batch; what is not visible is left out.
func (s *Service) QuestionsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Question, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionRead)
	if err != nil {
		return nil, err
	}
	return scope.Questions().Where(tenant.In(question.FieldID, ids)).All(ctx)
}

// CurrentRevisions reads, for several questions, the published revision and the open draft where there is one.
func (s *Service) CurrentRevisions(ctx context.Context, actor policy.Actor, questions []gid.ID) ([]*ent.QuestionRevision, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionRead)
	if err != nil {
		return nil, err
	}
	return currentRevisions(ctx, scope, questions)
}

func currentRevisions(ctx context.Context, scope tenant.Scope, questions []gid.ID) ([]*ent.QuestionRevision, error) {
	return scope.QuestionRevisions().Where(tenant.In(questionrevision.FieldQuestionID, questions), current).All(ctx)
}

// current keeps the revisions that a question's row names as published or draft.
func current(q *entsql.Selector) {
	t := entsql.Table(question.Table)
	q.Join(t).On(q.C(questionrevision.FieldQuestionID), t.C(question.FieldID)).
		Where(entsql.Or(
			entsql.ColumnsEQ(q.C(questionrevision.FieldNumber), t.C(question.FieldPublishedNumber)),
			entsql.ColumnsEQ(q.C(questionrevision.FieldNumber), t.C(question.FieldDraftNumber)),
		))
}
