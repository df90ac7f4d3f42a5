package authoring

import (
	"context"
	"fmt"
	"slices"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/apikey"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// PublishQuestionInput names the question whose draft is published.
type PublishQuestionInput struct {
	ID             gid.ID
	Revision       *int // the revision counter that was read; absent publishes whatever stands
	IdempotencyKey *string
}

// ApproveQuestionInput names the question whose draft is approved, at the revision counter that was read.
type ApproveQuestionInput struct {
	ID             gid.ID
	Revision       int
	IdempotencyKey *string
}

// RetireQuestionInput names a question that takes no new use.
type RetireQuestionInput struct {
	ID             gid.ID
	Revision       *int // the revision counter that was read; absent retires whatever stands
	IdempotencyKey *string
}

// PublishQuestion freezes the open draft as the next published revision. Without an open draft, or without the
// approval that the organization asks for, it is Conflict; a question without a rubric that needs one is Invalid.
func (s *Service) PublishQuestion(ctx context.Context, actor policy.Actor, in PublishQuestionInput) (*ent.Question, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionPublish)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, freezeQuestion(ctx, tx, in.ID, in.Revision) }, visibleQuestion)
}

func freezeQuestion(ctx context.Context, tx tenant.Tx, id gid.ID, read *int) error {
	row, draft, err := openQuestion(ctx, tx, id)
	if err != nil {
		return err
	}
	if read != nil && *read != row.Revision {
		return stale(row)
	}
	if err := complete(row.Kind, draft.Content); err != nil {
		return err
	}
	if err := approved(ctx, tx.Scope, draft.ApprovedBy); err != nil {
		return err
	}
	if _, err := tx.ChangeQuestionRevision(draft.ID).SetPublishedAt(tx.Now).SetNillablePublishedBy(author(tx)).Save(ctx); err != nil {
		return fmt.Errorf("publish revision: %w", err)
	}
	if err := showPublished(ctx, tx, row, draft); err != nil {
		return err
	}
	return tx.Announce(ctx, event.QuestionPublished, row.ID, map[string]string{"number": index(row.DraftNumber)})
}

// showPublished makes the question's row and its skills those of the revision that was published.
func showPublished(ctx context.Context, tx tenant.Tx, row *ent.Question, r *ent.QuestionRevision) error {
	change := tx.ChangeQuestion(row.ID).SetState(term.Published).SetPublishedNumber(r.Number).SetDraftNumber(0).
		SetRevision(row.Revision + 1).SetNillableCategory(r.Category).SetNillableLevel(r.Level)
	title := row.Title
	if r.Title != "" { // a revision from before said nothing of these
		title = r.Title
		change.SetTitle(r.Title).SetLanguage(r.Language)
	}
	if _, err := change.SetWords(searchWords(title, r.Content.Prompt)).Save(ctx); err != nil {
		return fmt.Errorf("publish question: %w", err)
	}
	known, err := knownSkills(ctx, tx, r.Content.SkillIDs)
	if err != nil {
		return err
	}
	return noteSkills(ctx, tx, row.ID, known)
}

// openQuestion locks a question with its open draft; without one it is Conflict.
func openQuestion(ctx context.Context, tx tenant.Tx, id gid.ID) (*ent.Question, *ent.QuestionRevision, error) {
	row, err := tenant.Only[*ent.Question]("question")(tx.LockQuestion(ctx, id))
	if err != nil {
		return nil, nil, err
	}
	switch {
	case row.State == term.Retired:
		return nil, nil, conflict("this question is retired")
	case row.DraftNumber == 0:
		return nil, nil, conflict("this question has no open draft")
	}
	draft, err := revision(ctx, tx.Scope, row.ID, row.DraftNumber)
	return row, draft, err
}

// approved demands, where the organization asks for it, that somebody approved.
func approved(ctx context.Context, scope tenant.Scope, by *gid.ID) error {
	if by != nil {
		return nil
	}
	org, err := scope.Organizations().Only(ctx)
	if err != nil {
		return fmt.Errorf("find organization: %w", err)
	}
	if org.PublicationApproval {
		return conflict("a second person has to approve this before it is published")
	}
	return nil
}

// ApproveQuestion lets a second person stand for the open draft as it is. Who wrote on it is refused with Conflict, as
// is a question without an open draft; an older revision counter is Stale. Any later edit ends the approval.
func (s *Service) ApproveQuestion(ctx context.Context, actor policy.Actor, in ApproveQuestionInput) (*ent.Question, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionPublish)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, approveQuestion(ctx, tx, in) }, visibleQuestion)
}

func approveQuestion(ctx context.Context, tx tenant.Tx, in ApproveQuestionInput) error {
	row, draft, err := openQuestion(ctx, tx, in.ID)
	if err != nil {
		return err
	}
	if row.Revision != in.Revision {
		return stale(row)
	}
	wrote := draft.Editors
	if draft.AuthorID != nil {
		wrote = append(slices.Clone(wrote), *draft.AuthorID)
	}
	if err := secondPerson(ctx, tx, wrote); err != nil {
		return err
	}
	if _, err := tx.ChangeQuestionRevision(draft.ID).SetApprovedBy(tx.Actor().ID).SetApprovedAt(tx.Now).Save(ctx); err != nil {
		return fmt.Errorf("approve question: %w", err)
	}
	if _, err := tx.ChangeQuestion(row.ID).SetRevision(row.Revision + 1).Save(ctx); err != nil {
		return fmt.Errorf("approve question: %w", err)
	}
	return tx.Announce(ctx, event.QuestionApproved, row.ID, map[string]string{"number": index(row.DraftNumber)})
}

// secondPerson demands that the actor is a member who did not write what they approve.
func secondPerson(ctx context.Context, tx tenant.Tx, wrote []gid.ID) error {
	if tx.Actor().ID.Kind() != gid.Member {
		return fault.New(fault.Denied, "only a person can approve")
	}
	if len(wrote) == 0 {
		return conflict("nobody knows who wrote this draft; save it once, and let somebody else approve it")
	}
	if slices.Contains(wrote, tx.Actor().ID) {
		return conflict("you wrote on this draft; somebody else has to approve it")
	}
	keys, err := tx.APIKeys().Where(tenant.In(apikey.FieldID, wrote)).All(ctx)
	if err != nil {
		return fmt.Errorf("find API keys: %w", err)
	}
	for _, key := range keys {
		if slices.Contains(key.Holders, tx.Actor().ID) {
			return conflict("the API key " + key.Name + " wrote on this draft, and you were shown its secret; somebody else has to approve it")
		}
	}
	return nil
}

// RetireQuestion takes a question out of use: no template can be published with it any more, and what was published
// goes on. Retiring it twice changes nothing. A question that was never published is Conflict, an older revision counter
// Stale.
func (s *Service) RetireQuestion(ctx context.Context, actor policy.Actor, in RetireQuestionInput) (*ent.Question, error) {
	scope, err := s.tenant.As(ctx, actor, policy.QuestionPublish)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, retireQuestion(ctx, tx, in.ID, in.Revision) }, visibleQuestion)
}

func retireQuestion(ctx context.Context, tx tenant.Tx, id gid.ID, read *int) error {
	row, err := tenant.Only[*ent.Question]("question")(tx.LockQuestion(ctx, id))
	if err != nil {
		return err
	}
	switch {
	case row.State == term.Retired:
		return nil
	case read != nil && *read != row.Revision:
		return stale(row)
	case row.State == term.Draft:
		return conflict("only a published question can be retired")
	}
	if _, err := tx.ChangeQuestion(id).SetState(term.Retired).SetRevision(row.Revision + 1).Save(ctx); err != nil {
		return fmt.Errorf("retire question: %w", err)
	}
	return tx.Announce(ctx, event.QuestionRetired, id, nil)
}
