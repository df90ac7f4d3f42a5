package authoring

import (
	"context"
	"fmt"
	"slices"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/question"
	"github.com/assay-hq/assay/ent/template"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// CreateTemplateInput is a new assessment template for a job role.
type CreateTemplateInput struct {
	JobRoleID      gid.ID
	Name           string
	Mode           term.TemplateMode
	Key            *string
	Content        *content.Template
	IdempotencyKey *string
}

// UpdateTemplateInput changes a template's draft, based on a revision counter.
type UpdateTemplateInput struct {
	ID             gid.ID
	Revision       int
	Name           string
	Content        *content.Template
	IdempotencyKey *string
}

// DuplicateTemplateInput asks for a copy of what stands of a template, for the same job role or another one.
type DuplicateTemplateInput struct {
	ID             gid.ID
	Name           string
	JobRoleID      *gid.ID
	IdempotencyKey *string
}

// RetireTemplateInput names a template that takes no more invitations.
type RetireTemplateInput struct {
	ID             gid.ID
	Revision       *int // the revision counter that was read; absent retires whatever stands
	IdempotencyKey *string
}

// CreateTemplate adds a template with the draft of version 1. A question, skill or job role that is not visible is
// NotFound. A draft may be unfinished: what it lacks is told by ValidateTemplate and by publication.
func (s *Service) CreateTemplate(ctx context.Context, actor policy.Actor, in CreateTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateWrite)
	if err != nil {
		return nil, err
	}
	if err := checkTemplate(in.Name, in.Key, in.Content); err != nil {
		return nil, err
	}
	if err := ownKey(in.Key); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return addTemplate(ctx, tx, in) }, visibleTemplate)
}

func addTemplate(ctx context.Context, tx tenant.Tx, in CreateTemplateInput) (gid.ID, error) {
	if _, err := visibleJobRole(ctx, tx.Scope, in.JobRoleID); err != nil {
		return gid.ID{}, err
	}
	if in.Key != nil {
		existing, err := tx.Templates().Where(template.Handle(*in.Key)).First(ctx)
		if err := keyIsFree("template", existing, err); err != nil {
			return gid.ID{}, err
		}
	}
	draft := copyOf(in.Content)
	if err := holdSkills(ctx, tx, draft); err != nil {
		return gid.ID{}, err
	}
	row, err := tx.NewTemplate().SetJobRoleID(in.JobRoleID).SetName(in.Name).SetMode(in.Mode).SetState(term.Draft).
		SetDraft(draft).SetNillableHandle(in.Key).SetEditors(editors(tx, nil)).Save(ctx)
	if ent.IsConstraintError(err) {
		return gid.ID{}, keyTaken("template", nil)
	}
	if err != nil {
		return gid.ID{}, fmt.Errorf("create template: %w", err)
	}
	if err := noteUses(ctx, tx, row.ID, draft); err != nil {
		return gid.ID{}, err
	}
	return row.ID, tx.Announce(ctx, event.TemplateCreated, row.ID, nil)
}

// UpdateTemplate rewrites the open draft, or opens the draft of the next version beside the published one, which
// stays as it is. An approval of the draft is over with that. An older revision counter is Stale, a retired template
// Conflict.
func (s *Service) UpdateTemplate(ctx context.Context, actor policy.Actor, in UpdateTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateWrite)
	if err != nil {
		return nil, err
	}
	if err := checkTemplate(in.Name, nil, in.Content); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, changeTemplate(ctx, tx, in) }, visibleTemplate)
}

func changeTemplate(ctx context.Context, tx tenant.Tx, in UpdateTemplateInput) error {
	row, err := tenant.Only[*ent.Template]("template")(tx.LockTemplate(ctx, in.ID))
	if err != nil {
		return err
	}
	if row.State == term.Retired {
		return conflict("this template is retired")
	}
	if row.Revision != in.Revision {
		return stale(row)
	}
	draft := copyOf(in.Content)
	if err := holdSkills(ctx, tx, draft); err != nil {
		return err
	}
	if err := noteUses(ctx, tx, row.ID, draft); err != nil {
		return err
	}
	var before []gid.ID
	if row.DraftNumber > 0 {
		before = row.Editors
	}
	_, err = tx.ChangeTemplate(row.ID).SetName(in.Name).SetDraft(draft).SetDraftNumber(row.PublishedNumber + 1).
		SetEditors(editors(tx, before)).ClearApprovedBy().ClearApprovedAt().SetRevision(row.Revision + 1).Save(ctx)
	if err != nil {
		return fmt.Errorf("update template: %w", err)
	}
	return tx.Announce(ctx, event.TemplateRevised, row.ID, nil)
}

// holdSkills settles a draft and keeps what its skills stand for until the commit.
func holdSkills(ctx context.Context, tx tenant.Tx, draft *content.Template) error {
	var named []gid.ID
	for _, w := range draft.SkillWeights {
		named = append(named, w.SkillID)
	}
	for _, f := range filters(draft) {
		named = append(named, f.SkillIDs...)
	}
	if len(named) > 0 {
		if err := tx.HoldSkills(ctx, named); err != nil {
			return fmt.Errorf("hold skills: %w", err)
		}
	}
	return settleTemplates(ctx, tx.Scope, draft)
}

// settleTemplates replaces the skills that drafts name by what they stand for now; one that is not the organization's is
// NotFound.
func settleTemplates(ctx context.Context, scope tenant.Scope, drafts ...*content.Template) error {
	var named []gid.ID
	var weights []*content.SkillWeight
	var pools []*content.PoolFilter
	for _, t := range drafts {
		weights, pools = append(weights, t.SkillWeights...), append(pools, filters(t)...)
	}
	for _, w := range weights {
		named = append(named, w.SkillID)
	}
	for _, f := range pools {
		named = append(named, f.SkillIDs...)
	}
	if len(named) == 0 {
		return nil
	}
	found, err := standing(ctx, scope, named)
	if err != nil {
		return err
	}
	for _, id := range named {
		if found[id] == nil {
			return tenant.NotFound("skill")
		}
	}
	for _, w := range weights {
		w.SkillID = found[w.SkillID].ID
	}
	for _, t := range drafts {
		t.SkillWeights = greatest(t.SkillWeights)
	}
	for _, f := range pools {
		for i, id := range f.SkillIDs {
			f.SkillIDs[i] = found[id].ID
		}
	}
	return nil
}

// greatest keeps one weight for each skill, the greatest: two that were named may have become one.
func greatest(weights []*content.SkillWeight) []*content.SkillWeight {
	var kept []*content.SkillWeight
	for _, w := range weights {
		at := slices.IndexFunc(kept, func(k *content.SkillWeight) bool { return k.SkillID == w.SkillID })
		if at < 0 {
			kept = append(kept, w)
			continue
		}
		kept[at].Weight = max(kept[at].Weight, w.Weight)
	}
	return kept
}

// noteUses demands that every question is visible and notes that the template uses it.
func noteUses(ctx context.Context, tx tenant.Tx, id gid.ID, t *content.Template) error {
	ids := usedQuestions(t)
	n, err := tx.Questions().Where(tenant.In(question.FieldID, ids)).Count(ctx)
	if err != nil {
		return fmt.Errorf("count questions: %w", err)
	}
	if n != len(ids) {
		return tenant.NotFound("question")
	}
	return addUses(ctx, tx, id, ids)
}

func addUses(ctx context.Context, tx tenant.Tx, id gid.ID, questions []gid.ID) error {
	if err := tx.AddTemplateUses(ctx, id, questions); err != nil {
		return fmt.Errorf("note uses: %w", err)
	}
	return nil
}

// usedQuestions are the distinct questions that a template names, in order; what filters find is not among them.
func usedQuestions(t *content.Template) []gid.ID {
	var ids []gid.ID
	for _, s := range t.Sections {
		for _, slot := range s.Slots {
			if slot.QuestionID != nil {
				ids = append(ids, *slot.QuestionID)
			}
			if slot.Draw != nil {
				ids = append(ids, slot.Draw.QuestionIDs...)
			}
		}
	}
	return distinct(ids)
}

// DuplicateTemplate makes a new template, with the draft of its version 1, of what stands of another: its open draft, or
// what was published last. The original stays as it is, also if it is retired.
func (s *Service) DuplicateTemplate(ctx context.Context, actor policy.Actor, in DuplicateTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateWrite)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return duplicate(ctx, tx, in) }, visibleTemplate)
}

func duplicate(ctx context.Context, tx tenant.Tx, in DuplicateTemplateInput) (gid.ID, error) {
	row, err := visibleTemplate(ctx, tx.Scope, in.ID)
	if err != nil {
		return gid.ID{}, err
	}
	if err := checkTemplate(in.Name, nil, row.Draft); err != nil {
		return gid.ID{}, err
	}
	role := row.JobRoleID
	if in.JobRoleID != nil {
		role = *in.JobRoleID
	}
	return addTemplate(ctx, tx, CreateTemplateInput{JobRoleID: role, Name: in.Name, Mode: row.Mode, Content: row.Draft})
}

// RetireTemplate ends a template: it takes no more invitations, and what was invited goes on. Retiring it twice changes
// nothing. A template that was never published is Conflict, an older revision counter Stale.
func (s *Service) RetireTemplate(ctx context.Context, actor policy.Actor, in RetireTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplatePublish)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, retire(ctx, tx, in.ID, in.Revision) }, visibleTemplate)
}

func retire(ctx context.Context, tx tenant.Tx, id gid.ID, read *int) error {
	row, err := tenant.Only[*ent.Template]("template")(tx.LockTemplate(ctx, id))
	if err != nil {
		return err
	}
	switch {
	case row.State == term.Retired:
		return nil
	case read != nil && *read != row.Revision:
		return stale(row)
	case row.State == term.Draft:
		return conflict("only a published template can be retired")
	}
	if _, err := tx.ChangeTemplate(id).SetState(term.Retired).SetRevision(row.Revision + 1).Save(ctx); err != nil {
		return fmt.Errorf("retire template: %w", err)
	}
	return tx.Announce(ctx, event.TemplateRetired, id, nil)
}

func visibleTemplate(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Template, error) {
	return tenant.Only[*ent.Template]("template")(scope.Templates().Where(template.ID(id)).Only(ctx))
}
