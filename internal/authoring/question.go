package authoring

import (
	"context"
	"fmt"
	"slices"

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
	Key            *string
	Content        *content.Question
	IdempotencyKey *string
}

// UpdateQuestionInput changes what a question says, based on a revision counter; without a language it keeps its own.
type UpdateQuestionInput struct {
	ID             gid.ID
	Revision       int
	Title          string
	Category       term.Category
	Level          term.Level
	Language       *string
	Content        *content.Question
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
	language := question.DefaultLanguage
	if in.Language != nil {
		language = *in.Language
	}
	if err := checkQuestion(in.Title, &language, in.Key, in.Kind, in.Content); err != nil {
		return nil, err
	}
	if err := ownKey(in.Key); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return s.addQuestion(ctx, tx, in) }, visibleQuestion)
}

func (s *Service) addQuestion(ctx context.Context, tx tenant.Tx, in CreateQuestionInput) (gid.ID, error) {
	if in.Key != nil {
		existing, err := tx.Questions().Where(question.Handle(*in.Key)).First(ctx)
		if err := keyIsFree("question", existing, err); err != nil {
			return gid.ID{}, err
		}
	}
	row, err := tx.NewQuestion().SetTitle(in.Title).SetKind(in.Kind).SetCategory(in.Category).SetLevel(in.Level).
		SetNillableLanguage(in.Language).SetState(term.Draft).SetDraftNumber(1).SetNillableHandle(in.Key).
		SetWords(searchWords(in.Title, in.Content.Prompt)).Save(ctx)
	if ent.IsConstraintError(err) {
		return gid.ID{}, keyTaken("question", nil)
	}
	if err != nil {
		return gid.ID{}, fmt.Errorf("create question: %w", err)
	}
	said := wording{in.Title, in.Category, in.Level, row.Language, in.Content}
	if err := s.writeRevision(ctx, tx, row.ID, 1, said); err != nil {
		return gid.ID{}, err
	}
	return row.ID, tx.Announce(ctx, event.QuestionCreated, row.ID, nil)
}

// wording is everything that a revision of a question says.
type wording struct {
	title    string
	category term.Category
	level    term.Level
	language string
	content  *content.Question
}

// writeRevision opens a draft that says this.
func (s *Service) writeRevision(ctx context.Context, tx tenant.Tx, id gid.ID, number int, w wording) error {
	c, err := settle(ctx, tx, w.content)
	if err != nil {
		return err
	}
	err = tx.NewQuestionRevision().SetQuestionID(id).SetNumber(number).SetContent(c).SetNillableAuthorID(author(tx)).
		SetTitle(w.title).SetCategory(w.category).SetLevel(w.level).SetLanguage(w.language).
		SetEditors(editors(tx, nil)).SetPromptHTML(s.html.HTML(c.Prompt)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write question revision: %w", err)
	}
	if number > 1 {
		return nil // until it is published, the question shows what was published
	}
	return noteSkills(ctx, tx, id, c.SkillIDs)
}

// settle brings the content into the one form that is kept, with the skills that its ids stand for now. The caller's
// content stays as it is: it is what an idempotency key stands for.
func settle(ctx context.Context, tx tenant.Tx, c *content.Question) (*content.Question, error) {
	known, err := knownSkills(ctx, tx, c.SkillIDs)
	if err != nil {
		return nil, err
	}
	return asKept(c, known), nil
}

// asKept is the content in the one form that is kept.
func asKept(c *content.Question, skills []gid.ID) *content.Question {
	own := *c
	own.SkillIDs = skills
	if own.Criteria == nil {
		own.Criteria = []*content.Criterion{}
	}
	if own.FollowUps == nil {
		own.FollowUps = []*content.FollowUp{}
	}
	own.Pitfalls = orEmpty(own.Pitfalls)
	return &own
}

// noteSkills makes these the skills that the question shows, in two statements.
func noteSkills(ctx context.Context, tx tenant.Tx, id gid.ID, skills []gid.ID) error {
	if _, err := tx.Exec(ctx, "DELETE FROM question_skills WHERE organization_id = @org AND question_id = @question",
		tenant.Args{"question": id}); err != nil {
		return fmt.Errorf("note skills: %w", err)
	}
	if err := tx.AddQuestionSkills(ctx, id, skills); err != nil {
		return fmt.Errorf("note skills: %w", err)
	}
	return nil
}

func author(tx tenant.Tx) *gid.ID {
	if id := tx.Actor().ID; !id.IsZero() {
		return &id
	}
	return nil
}

// editors are everybody who wrote on a draft, the actor among them; Assay itself goes by the organization.
func editors(tx tenant.Tx, before []gid.ID) []gid.ID {
	id := tx.Actor().ID
	if id.IsZero() {
		id = tx.Organization()
	}
	if slices.Contains(before, id) {
		return before
	}
	return append(slices.Clone(before), id)
}

// UpdateQuestion rewrites the open draft, or opens the next one beside the published revision, which stays as it is: until
// the draft is published, lists, searches and templates know the question by what was published. An approval of the
// draft is over with the edit. An older revision counter is Stale, a retired question Conflict.
func (s *Service) UpdateQuestion(ctx context.Context, actor policy.Actor, in UpdateQuestionInput) (*ent.Question, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionWrite)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, s.changeQuestion(ctx, tx, in) }, visibleQuestion)
}

func (s *Service) changeQuestion(ctx context.Context, tx tenant.Tx, in UpdateQuestionInput) error {
	row, err := tenant.Only[*ent.Question]("question")(tx.LockQuestion(ctx, in.ID))
	if err != nil {
		return err
	}
	language := row.Language
	if in.Language != nil {
		language = *in.Language
	}
	if err := checkQuestion(in.Title, &language, nil, row.Kind, in.Content); err != nil {
		return err
	}
	if row.State == term.Retired {
		return conflict("this question is retired")
	}
	if row.Revision != in.Revision {
		return stale(row)
	}
	change := tx.ChangeQuestion(row.ID).SetRevision(row.Revision + 1)
	if row.State == term.Draft {
		change.SetTitle(in.Title).SetCategory(in.Category).SetLevel(in.Level).SetNillableLanguage(in.Language).
			SetWords(searchWords(in.Title, in.Content.Prompt))
	}
	said := wording{in.Title, in.Category, in.Level, language, in.Content}
	if row.DraftNumber == 0 {
		change.SetDraftNumber(row.PublishedNumber + 1)
		err = s.writeRevision(ctx, tx, row.ID, row.PublishedNumber+1, said)
	} else {
		err = s.rewriteDraft(ctx, tx, row, said)
	}
	if err != nil {
		return err
	}
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("update question: %w", err)
	}
	return tx.Announce(ctx, event.QuestionRevised, row.ID, nil)
}

func (s *Service) rewriteDraft(ctx context.Context, tx tenant.Tx, row *ent.Question, w wording) error {
	draft, err := revision(ctx, tx.Scope, row.ID, row.DraftNumber)
	if err != nil {
		return err
	}
	c, err := settle(ctx, tx, w.content)
	if err != nil {
		return err
	}
	n, err := tx.ChangeQuestionRevision(draft.ID).Where(questionrevision.PublishedAtIsNil()).SetContent(c).
		SetTitle(w.title).SetCategory(w.category).SetLevel(w.level).SetLanguage(w.language).
		SetEditors(editors(tx, draft.Editors)).SetPromptHTML(s.html.HTML(c.Prompt)).ClearApprovedBy().ClearApprovedAt().Save(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("rewrite draft: %w", err)
	case n != 1:
		return fmt.Errorf("rewrite draft: %d rows", n)
	case row.State != term.Draft:
		return nil
	}
	return noteSkills(ctx, tx, row.ID, c.SkillIDs)
}

func visibleQuestion(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Question, error) {
	return tenant.Only[*ent.Question]("question")(scope.Questions().Where(question.ID(id)).Only(ctx))
}

func revision(ctx context.Context, scope tenant.Scope, id gid.ID, number int) (*ent.QuestionRevision, error) {
	return tenant.Only[*ent.QuestionRevision]("question revision")(scope.QuestionRevisions().
		Where(questionrevision.QuestionID(id), questionrevision.Number(number)).Only(ctx))
}
