package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/login"
)

func (r *mutationResolver) CreateSkill(ctx context.Context, input authoring.CreateSkillInput) (*envelope.Payload[*ent.Skill], error) {
	return reply(r.Authoring.CreateSkill(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) UpdateSkill(ctx context.Context, input authoring.UpdateSkillInput) (*envelope.Payload[*ent.Skill], error) {
	return reply(r.Authoring.UpdateSkill(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) MergeSkills(ctx context.Context, input authoring.MergeSkillsInput) (*envelope.Payload[*ent.Skill], error) {
	return reply(r.Authoring.MergeSkills(ctx, login.Actor(ctx), input))
}

func (r *skillResolver) Parent(ctx context.Context, obj *ent.Skill) (*ent.Skill, error) {
	return optional(load(ctx).skills.Load)(ctx, obj.ParentID)
}

func (r *skillResolver) MergedInto(ctx context.Context, obj *ent.Skill) (*ent.Skill, error) {
	return optional(load(ctx).skills.Load)(ctx, obj.MergedIntoID)
}

func (r *Resolver) Skill() SkillResolver { return &skillResolver{r} }

type skillResolver struct{ *Resolver }
