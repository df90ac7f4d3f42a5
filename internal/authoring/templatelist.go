package authoring

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/template"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/ent/versionuse"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// TemplateFilter narrows a list of templates.
type TemplateFilter struct {
	JobRoleID *gid.ID
	State     *term.PublicationState
	Mode      *term.TemplateMode
	Key       *string
}

func (f *TemplateFilter) apply(q *ent.TemplateQuery) *ent.TemplateQuery {
	if f != nil && f.JobRoleID != nil {
		q.Where(template.JobRoleID(*f.JobRoleID))
	}
	if f != nil && f.State != nil {
		q.Where(template.StateEQ(*f.State))
	}
	if f != nil && f.Mode != nil {
		q.Where(template.ModeEQ(*f.Mode))
	}
	if f != nil && f.Key != nil {
		q.Where(template.Handle(*f.Key))
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
	*paper.Paper
}

// Preview is the paper as one candidate would see it: what a seed draws and shuffles, in a language where a question is
// translated.
func (s *Sheet) Preview(seed int, language *string) *paper.Paper {
	shown := s.For(int64(seed))
	if language == nil {
		return shown
	}
	return shown.In(*language)
}

// ItemsByVersion reads which revisions several published versions ask, in the order of their papers; what is not visible is
// left out.
func (s *Service) ItemsByVersion(ctx context.Context, actor policy.Actor, versions []gid.ID) ([]*ent.VersionUse, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	rows, err := scope.VersionUses().Where(tenant.In(versionuse.FieldTemplateVersionID, versions)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find items: %w", err)
	}
	slices.SortFunc(rows, func(a, b *ent.VersionUse) int { return paper.ByPlace(a.Ref, b.Ref) })
	return rows, nil
}

// ContentByVersion reads what the drafts of several versions said when they were published; a version from before that
// was kept has none, and what is not visible is left out.
func (s *Service) ContentByVersion(ctx context.Context, actor policy.Actor, versions []gid.ID) ([]*ent.TemplateVersion, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	return scope.TemplateVersions().Where(tenant.In(templateversion.FieldID, versions)).
		Select(templateversion.FieldID, templateversion.FieldContent).All(ctx)
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
		sheets[i] = &Sheet{VersionID: row.ID, Paper: frozen}
	}
	return sheets, nil
}
