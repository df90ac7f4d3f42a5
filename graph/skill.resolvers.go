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
