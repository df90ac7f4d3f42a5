package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/login"
)

func (r *jobRoleResolver) MustHaveSkills(ctx context.Context, obj *ent.JobRole) ([]*ent.JobRoleSkill, error) {
	return load(ctx).mustHaves.Load(ctx, obj.ID)
}

func (r *mustHaveSkillResolver) Skill(ctx context.Context, obj *ent.JobRoleSkill) (*ent.Skill, error) {
	return load(ctx).skills.Load(ctx, obj.SkillID)
}

func (r *mutationResolver) CreateJobRole(ctx context.Context, input authoring.CreateJobRoleInput) (*envelope.Payload[*ent.JobRole], error) {
	return reply(r.Authoring.CreateJobRole(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) UpdateJobRole(ctx context.Context, input authoring.UpdateJobRoleInput) (*envelope.Payload[*ent.JobRole], error) {
	return reply(r.Authoring.UpdateJobRole(ctx, login.Actor(ctx), input))
}

func (r *Resolver) JobRole() JobRoleResolver { return &jobRoleResolver{r} }

func (r *Resolver) MustHaveSkill() MustHaveSkillResolver { return &mustHaveSkillResolver{r} }

type (
	jobRoleResolver       struct{ *Resolver }
	mustHaveSkillResolver struct{ *Resolver }
)
