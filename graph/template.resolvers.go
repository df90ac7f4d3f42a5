package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/paper"
)

func (r *assessmentTemplateResolver) JobRole(ctx context.Context, obj *ent.Template) (*ent.JobRole, error) {
	return load(ctx).jobRoles.Load(ctx, obj.JobRoleID)
}

func (r *assessmentTemplateResolver) PublishedNumber(ctx context.Context, obj *ent.Template) (*int, error) {
	return counted(obj.PublishedNumber), nil
}

func (r *assessmentTemplateResolver) DraftNumber(ctx context.Context, obj *ent.Template) (*int, error) {
	return counted(obj.DraftNumber), nil
}

func (r *assessmentTemplateResolver) Draft(ctx context.Context, obj *ent.Template) (*content.Template, error) {
	return openDraft(obj), nil
}

func (r *assessmentTemplateResolver) Versions(ctx context.Context, obj *ent.Template) ([]*ent.TemplateVersion, error) {
	return load(ctx).published.Load(ctx, obj.ID)
}

func (r *assessmentTemplateResolver) Coverage(ctx context.Context, obj *ent.Template) ([]*authoring.Coverage, error) {
	return load(ctx).coverage.Load(ctx, obj.ID)
}

func (r *assessmentTemplateResolver) ReviewRule(ctx context.Context, obj *ent.Template) (*ent.ReviewRule, error) {
	return sole(load(ctx).rules.Load(ctx, obj.ID))
}

func (r *assessmentTemplateResolver) ApprovedBy(ctx context.Context, obj *ent.Template) (*ent.Member, error) {
	return member(ctx, obj.ApprovedBy)
}

func (r *mutationResolver) CreateTemplate(ctx context.Context, input authoring.CreateTemplateInput) (*envelope.Payload[*ent.Template], error) {
	return reply(r.Authoring.CreateTemplate(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) UpdateTemplate(ctx context.Context, input authoring.UpdateTemplateInput) (*envelope.Payload[*ent.Template], error) {
	return reply(r.Authoring.UpdateTemplate(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) PublishTemplate(ctx context.Context, input authoring.PublishTemplateInput) (*envelope.Payload[*ent.Template], error) {
	return reply(r.Authoring.PublishTemplate(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) RetireTemplate(ctx context.Context, input authoring.RetireTemplateInput) (*envelope.Payload[*ent.Template], error) {
	return reply(r.Authoring.RetireTemplate(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) ApproveTemplate(ctx context.Context, input authoring.ApproveTemplateInput) (*envelope.Payload[*ent.Template], error) {
	return reply(r.Authoring.ApproveTemplate(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) DuplicateTemplate(ctx context.Context, input authoring.DuplicateTemplateInput) (*envelope.Payload[*ent.Template], error) {
	return reply(r.Authoring.DuplicateTemplate(ctx, login.Actor(ctx), input))
}

func (r *questionExposureResolver) Question(ctx context.Context, obj *authoring.ExposureCount) (*ent.Question, error) {
	return load(ctx).questions.Load(ctx, obj.QuestionID)
}

func (r *skillCoverageResolver) Skill(ctx context.Context, obj *authoring.Coverage) (*ent.Skill, error) {
	return load(ctx).skills.Load(ctx, obj.SkillID)
}

func (r *templateSlotResolver) Question(ctx context.Context, obj *content.Slot) (*ent.Question, error) {
	return optional(load(ctx).questions.Load)(ctx, obj.QuestionID)
}

func (r *templateVersionResolver) Sections(ctx context.Context, obj *ent.TemplateVersion) ([]*paper.Section, error) {
	return sections(load(ctx).sheets.Load(ctx, obj.ID))
}

func (r *templateVersionResolver) Template(ctx context.Context, obj *ent.TemplateVersion) (*ent.Template, error) {
	return load(ctx).templates.Load(ctx, obj.TemplateID)
}

func (r *templateVersionResolver) Preview(ctx context.Context, obj *ent.TemplateVersion, seed int, language *string) (*paper.Paper, error) {
	return preview(seed, language)(load(ctx).sheets.Load(ctx, obj.ID))
}

func (r *templateVersionResolver) Exposures(ctx context.Context, obj *ent.TemplateVersion) ([]*authoring.ExposureCount, error) {
	return load(ctx).exposures.Load(ctx, obj.ID)
}

func (r *templateVersionResolver) Content(ctx context.Context, obj *ent.TemplateVersion) (*content.Template, error) {
	return written(load(ctx).wordings.Load(ctx, obj.ID))
}

func (r *templateVersionResolver) Items(ctx context.Context, obj *ent.TemplateVersion) ([]*ent.VersionUse, error) {
	return load(ctx).items.Load(ctx, obj.ID)
}

func (r *templateVersionResolver) PublishedBy(ctx context.Context, obj *ent.TemplateVersion) (*ent.Member, error) {
	return member(ctx, &obj.PublishedBy)
}

func (r *templateVersionResolver) ApprovedBy(ctx context.Context, obj *ent.TemplateVersion) (*ent.Member, error) {
	return member(ctx, obj.ApprovedBy)
}

func (r *versionItemResolver) Question(ctx context.Context, obj *ent.VersionUse) (*ent.Question, error) {
	return load(ctx).questions.Load(ctx, obj.QuestionID)
}

func (r *Resolver) AssessmentTemplate() AssessmentTemplateResolver {
	return &assessmentTemplateResolver{r}
}

func (r *Resolver) QuestionExposure() QuestionExposureResolver { return &questionExposureResolver{r} }

func (r *Resolver) SkillCoverage() SkillCoverageResolver { return &skillCoverageResolver{r} }

func (r *Resolver) TemplateSlot() TemplateSlotResolver { return &templateSlotResolver{r} }

func (r *Resolver) TemplateVersion() TemplateVersionResolver { return &templateVersionResolver{r} }

func (r *Resolver) VersionItem() VersionItemResolver { return &versionItemResolver{r} }

type (
	assessmentTemplateResolver struct{ *Resolver }
	questionExposureResolver   struct{ *Resolver }
	skillCoverageResolver      struct{ *Resolver }
	templateSlotResolver       struct{ *Resolver }
	templateVersionResolver    struct{ *Resolver }
	versionItemResolver        struct{ *Resolver }
)
