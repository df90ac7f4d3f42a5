package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
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

func (r *questionResolver) Published(ctx context.Context, obj *ent.Question) (*ent.QuestionRevision, error) {
	return r.current(ctx, obj.ID, true)
}

func (r *questionResolver) Draft(ctx context.Context, obj *ent.Question) (*ent.QuestionRevision, error) {
	return r.current(ctx, obj.ID, false)
}

func (r *questionContentResolver) Skills(ctx context.Context, obj *content.Question) ([]*ent.Skill, error) {
	return load(ctx).skills.LoadAll(ctx, obj.SkillIDs)
}

func (r *Resolver) Question() QuestionResolver { return &questionResolver{r} }

func (r *Resolver) QuestionContent() QuestionContentResolver { return &questionContentResolver{r} }

type (
	questionResolver        struct{ *Resolver }
	questionContentResolver struct{ *Resolver }
)
