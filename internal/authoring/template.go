package authoring

import (
	"context"
	"fmt"
	"strconv"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/question"
	"github.com/assay-hq/assay/ent/template"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// CreateTemplateInput is a new assessment template for a job role.
type CreateTemplateInput struct {
	JobRoleID      gid.ID
	Name           string
	Mode           term.TemplateMode
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

// RetireTemplateInput names a template that takes no more invitations.
type RetireTemplateInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// CreateTemplate adds a template with the draft of version 1. A question or job role that is not visible is NotFound.
func (s *Service) CreateTemplate(ctx context.Context, actor policy.Actor, in CreateTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateWrite)
	if err != nil {
		return nil, err
	}
	if err := checkTemplate(in.Name, in.Content); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Template, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return addTemplate(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return visibleTemplate(ctx, tx.Scope, id)
	})
}

func addTemplate(ctx context.Context, tx tenant.Tx, in CreateTemplateInput) (gid.ID, error) {
	if _, err := visibleJobRole(ctx, tx.Scope, in.JobRoleID); err != nil {
		return gid.ID{}, err
	}
	row, err := tx.NewTemplate().SetJobRoleID(in.JobRoleID).SetName(in.Name).SetMode(in.Mode).SetState(term.Draft).
		SetDraft(in.Content).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("create template: %w", err)
	}
	if err := noteUses(ctx, tx, row.ID, in.Content); err != nil {
		return gid.ID{}, err
	}
	return row.ID, tx.Announce(ctx, event.TemplateCreated, row.ID, nil)
}

// UpdateTemplate rewrites the open draft, or opens the draft of the next version beside the published one, which
// stays as it is. An older revision counter is Stale, a retired template Conflict.
func (s *Service) UpdateTemplate(ctx context.Context, actor policy.Actor, in UpdateTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateWrite)
	if err != nil {
		return nil, err
	}
	if err := checkTemplate(in.Name, in.Content); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Template, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, changeTemplate(ctx, tx, in) })
		if err != nil {
			return nil, err
		}
		return visibleTemplate(ctx, tx.Scope, id)
	})
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
	if err := noteUses(ctx, tx, row.ID, in.Content); err != nil {
		return err
	}
	_, err = tx.ChangeTemplate(row.ID).SetName(in.Name).SetDraft(in.Content).SetDraftNumber(row.PublishedNumber + 1).
		SetRevision(row.Revision + 1).Save(ctx)
	if err != nil {
		return fmt.Errorf("update template: %w", err)
	}
	return tx.Announce(ctx, event.TemplateRevised, row.ID, nil)
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
	for _, q := range ids {
		_, err := tx.Exec(ctx, `INSERT INTO template_uses (id, organization_id, template_id, question_id, created_at)
			VALUES (@id, @org, @template, @question, @now) ON CONFLICT (organization_id, template_id, question_id) DO NOTHING`,
			tenant.Args{"id": tx.NewID(gid.TemplateUse), "template": id, "question": q, "now": tx.Now})
		if err != nil {
			return fmt.Errorf("note use: %w", err)
		}
	}
	return nil
}

// usedQuestions are the distinct questions of a template, in order.
func usedQuestions(t *content.Template) []gid.ID {
	var ids []gid.ID
	seen := map[gid.ID]bool{}
	for _, s := range t.Sections {
		for _, slot := range s.Slots {
			if !seen[slot.QuestionID] {
				seen[slot.QuestionID] = true
				ids = append(ids, slot.QuestionID)
			}
		}
	}
	return ids
}

// RetireTemplate ends a template: it takes no more invitations, and what was invited goes on.
func (s *Service) RetireTemplate(ctx context.Context, actor policy.Actor, in RetireTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplatePublish)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Template, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, retire(ctx, tx, in.ID) })
		if err != nil {
			return nil, err
		}
		return visibleTemplate(ctx, tx.Scope, id)
	})
}

func retire(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := tenant.Only[*ent.Template]("template")(tx.LockTemplate(ctx, id))
	if err != nil {
		return err
	}
	if row.State != term.Published {
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

// maxQuestions bounds a template, so that its paper can be read at once.
const maxQuestions = 200

// checkTemplate judges everything that a draft says by itself; what its questions are is judged at publication.
func checkTemplate(name string, t *content.Template) error {
	var c fault.Checks
	c.Line(name, 1, 200, "name")
	c.Under([]string{"content"}, func() {
		c.Text(t.Instructions, 0, 10_000, "instructions")
		c.Whole(t.CutPercent, 0, 100, "cutPercent")
		c.That(len(t.Sections) >= 1 && len(t.Sections) <= 20, "1 to 20 sections are needed", "sections")
		for i, s := range t.Sections {
			c.Under([]string{"sections", index(i)}, func() { checkSection(&c, s) })
		}
		c.That(len(usedQuestions(t)) <= maxQuestions, "at most 200 questions are allowed in all", "sections")
		checkBands(&c, t.Bands)
	})
	return c.Err()
}

func checkSection(c *fault.Checks, s *content.Section) {
	c.Line(s.Title, 1, 200, "title")
	c.Text(s.Instructions, 0, 10_000, "instructions")
	c.Whole(s.TimeLimit, 60, 8*60*60, "timeLimit")
	c.That(len(s.Slots) >= 1 && len(s.Slots) <= 100, "1 to 100 questions are needed", "slots")
	for i, slot := range s.Slots {
		c.Whole(slot.Points, 1, 1000, "slots", index(i), "points")
	}
}

func checkBands(c *fault.Checks, bands []*content.Band) {
	c.That(len(bands) >= 1 && len(bands) <= 10, "1 to 10 bands are needed", "bands")
	names, from, least := map[string]bool{}, map[int]bool{}, 101
	for i, b := range bands {
		c.Line(b.Name, 1, 100, "bands", index(i), "name")
		c.Whole(b.MinPercent, 0, 100, "bands", index(i), "minPercent")
		c.That(!names[b.Name], "two bands have this name", "bands", index(i), "name")
		c.That(!from[b.MinPercent], "two bands begin here", "bands", index(i), "minPercent")
		names[b.Name], from[b.MinPercent], least = true, true, min(least, b.MinPercent)
	}
	c.That(len(bands) == 0 || least == 0, "one band must begin at 0", "bands")
}

// TemplateFilter narrows a list of templates.
type TemplateFilter struct {
	JobRoleID *gid.ID
	State     *term.PublicationState
}

func (f *TemplateFilter) apply(q *ent.TemplateQuery) *ent.TemplateQuery {
	if f != nil && f.JobRoleID != nil {
		q.Where(template.JobRoleID(*f.JobRoleID))
	}
	if f != nil && f.State != nil {
		q.Where(template.StateEQ(*f.State))
	}
	return q
}

// Templates lists the visible templates, the newest first.
func (s *Service) Templates(ctx context.Context, actor policy.Actor, filter *TemplateFilter, paging tenant.Paging) (*tenant.Page[*ent.Template], error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	at := func(row *ent.Template) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*ent.Template, error) {
		return filter.apply(scope.Templates()).Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = filter.apply(scope.Templates()).Count
	return page, nil
}

// TemplatesByID reads templates for a batch; what is not visible is left out.
func (s *Service) TemplatesByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	return scope.Templates().Where(tenant.In(template.FieldID, ids)).All(ctx)
}

// maxVersions is how many of a template's versions are shown, the newest.
const maxVersions = 100

// VersionsByTemplate reads the published versions of several templates, at most the newest 100 of each, the newest
// first.
func (s *Service) VersionsByTemplate(ctx context.Context, actor policy.Actor, templates []gid.ID) ([]*ent.TemplateVersion, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	return tenant.Headline(scope.TemplateVersions().Where(tenant.In(templateversion.FieldTemplateID, templates), recent)).
		Order(templateversion.ByNumber(entsql.OrderDesc())).All(ctx)
}

// recent keeps the newest versions of a template.
func recent(q *entsql.Selector) {
	t := entsql.Table(template.Table)
	q.Join(t).On(q.C(templateversion.FieldTemplateID), t.C(template.FieldID)).
		Where(entsql.ExprP(q.C(templateversion.FieldNumber) + " > " + t.C(template.FieldPublishedNumber) + " - " + strconv.Itoa(maxVersions)))
}

// VersionsByID reads template versions for a batch; what is not visible is left out.
func (s *Service) VersionsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.TemplateVersion, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	return tenant.Headline(scope.TemplateVersions().Where(tenant.In(templateversion.FieldID, ids))).All(ctx)
}

// Sheet is the questions of a version as candidates see them.
type Sheet struct {
	VersionID gid.ID
	Sections  []*paper.Section
}

// Sheets reads the questions of several versions; what is not visible is left out.
func (s *Service) Sheets(ctx context.Context, actor policy.Actor, versions []gid.ID) ([]*Sheet, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	rows, err := scope.TemplateVersions().Where(tenant.In(templateversion.FieldID, versions)).
		Select(templateversion.FieldID, templateversion.FieldPaper).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find versions: %w", err)
	}
	sheets := make([]*Sheet, len(rows))
	for i, row := range rows {
		frozen, err := paper.Decode(row.Paper)
		if err != nil {
			return nil, err
		}
		sheets[i] = &Sheet{VersionID: row.ID, Sections: frozen.Sections}
	}
	return sheets, nil
}
