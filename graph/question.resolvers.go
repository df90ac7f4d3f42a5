package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
)

func (r *mutationResolver) CreateQuestion(ctx context.Context, input authoring.CreateQuestionInput) (*envelope.Payload[*ent.Question], error) {
	return reply(r.Authoring.CreateQuestion(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) UpdateQuestion(ctx context.Context, input authoring.UpdateQuestionInput) (*envelope.Payload[*ent.Question], error) {
	return reply(r.Authoring.UpdateQuestion(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) PublishQuestion(ctx context.Context, input authoring.PublishQuestionInput) (*envelope.Payload[*ent.Question], error) {
	return reply(r.Authoring.PublishQuestion(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) ApproveQuestion(ctx context.Context, input authoring.ApproveQuestionInput) (*envelope.Payload[*ent.Question], error) {
	return reply(r.Authoring.ApproveQuestion(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) RetireQuestion(ctx context.Context, input authoring.RetireQuestionInput) (*envelope.Payload[*ent.Question], error) {
	return reply(r.Authoring.RetireQuestion(ctx, login.Actor(ctx), input))
}

func (r *questionResolver) Published(ctx context.Context, obj *ent.Question) (*ent.QuestionRevision, error) {
	return r.current(ctx, obj.ID, true)
}

func (r *questionResolver) Draft(ctx context.Context, obj *ent.Question) (*ent.QuestionRevision, error) {
	return r.current(ctx, obj.ID, false)
}

func (r *questionResolver) Revisions(ctx context.Context, obj *ent.Question) ([]*ent.QuestionRevision, error) {
	return load(ctx).history.Load(ctx, obj.ID)
}

func (r *questionResolver) Calibrations(ctx context.Context, obj *ent.Question) ([]*grading.Calibration, error) {
	return load(ctx).agreed.Load(ctx, obj.ID)
}

func (r *questionContentResolver) Skills(ctx context.Context, obj *content.Question) ([]*ent.Skill, error) {
	return standing(load(ctx).standing.LoadAll(ctx, obj.SkillIDs))
}

func (r *questionRevisionResolver) Status(ctx context.Context, obj *ent.QuestionRevision) (authoring.RevisionStatus, error) {
	return r.status(ctx, obj)
}

func (r *questionRevisionResolver) Author(ctx context.Context, obj *ent.QuestionRevision) (*ent.Member, error) {
	return member(ctx, obj.AuthorID)
}

func (r *questionRevisionResolver) ApprovedBy(ctx context.Context, obj *ent.QuestionRevision) (*ent.Member, error) {
	return member(ctx, obj.ApprovedBy)
}

func (r *questionRevisionResolver) UsedIn(ctx context.Context, obj *ent.QuestionRevision) ([]*ent.TemplateVersion, error) {
	return versionsOf(load(ctx).uses.Load(ctx, obj.ID))
}

func (r *questionRevisionResolver) PublishedBy(ctx context.Context, obj *ent.QuestionRevision) (*ent.Member, error) {
	return member(ctx, obj.PublishedBy)
}

func (r *Resolver) Question() QuestionResolver { return &questionResolver{r} }

func (r *Resolver) QuestionContent() QuestionContentResolver { return &questionContentResolver{r} }

func (r *Resolver) QuestionRevision() QuestionRevisionResolver { return &questionRevisionResolver{r} }

type (
	questionResolver         struct{ *Resolver }
	questionContentResolver  struct{ *Resolver }
	questionRevisionResolver struct{ *Resolver }
)
