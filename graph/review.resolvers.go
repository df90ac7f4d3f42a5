package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
)

func (r *mutationResolver) AssignReview(ctx context.Context, input grading.AssignReviewInput) (*envelope.Payload[*ent.Review], error) {
	return reply(r.Grading.AssignReview(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) SubmitReview(ctx context.Context, input grading.SubmitReviewInput) (*envelope.Payload[*ent.Review], error) {
	return reply(r.Grading.SubmitReview(ctx, login.Actor(ctx), input))
}

func (r *reviewResolver) Work(ctx context.Context, obj *ent.Review) (*grading.ReviewWork, error) {
	return load(ctx).works.Load(ctx, obj.ID)
}

func (r *reviewResolver) Reviewer(ctx context.Context, obj *ent.Review) (*ent.Member, error) {
	return load(ctx).members.Load(ctx, obj.ReviewerID)
}

func (r *Resolver) Review() ReviewResolver { return &reviewResolver{r} }

func (r *Resolver) ReviewItem() ReviewItemResolver { return &reviewItemResolver{r} }

type (
	reviewResolver     struct{ *Resolver }
	reviewItemResolver struct{ *Resolver }
)
