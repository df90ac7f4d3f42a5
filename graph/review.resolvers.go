package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
)

func (r *awardedScoreResolver) Points(ctx context.Context, obj *ent.Score) (float64, error) {
	return percent(obj.Points), nil
}

func (r *awardedScoreResolver) Maximum(ctx context.Context, obj *ent.Score) (float64, error) {
	return percent(obj.MaxPoints), nil
}

func (r *mutationResolver) AssignReview(ctx context.Context, input grading.AssignReviewInput) (*envelope.Payload[*ent.Review], error) {
	return reply(r.Grading.AssignReview(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) SubmitReview(ctx context.Context, input grading.SubmitReviewInput) (*envelope.Payload[*ent.Review], error) {
	return reply(r.Grading.SubmitReview(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) SetReviewRule(ctx context.Context, input grading.SetReviewRuleInput) (*envelope.Payload[*ent.ReviewRule], error) {
	return reply(r.Grading.SetReviewRule(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) RemoveReviewRule(ctx context.Context, input grading.RemoveReviewRuleInput) (*envelope.Payload[*ent.Template], error) {
	return reply(r.Grading.RemoveReviewRule(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) AssignReviews(ctx context.Context, input grading.AssignReviewsInput) (*envelope.Payload[[]*envelope.AssignmentResult], error) {
	return reply(assignments(r.Grading.AssignReviews(ctx, login.Actor(ctx), input)))
}

func (r *mutationResolver) ReassignReview(ctx context.Context, input grading.ReassignReviewInput) (*envelope.Payload[*ent.Review], error) {
	return reply(r.Grading.ReassignReview(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) WithdrawReview(ctx context.Context, input grading.WithdrawReviewInput) (*envelope.Payload[*ent.Review], error) {
	return reply(r.Grading.WithdrawReview(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) DeclineReview(ctx context.Context, input grading.DeclineReviewInput) (*envelope.Payload[*ent.Review], error) {
	return reply(r.Grading.DeclineReview(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) RecordConsensus(ctx context.Context, input grading.RecordConsensusInput) (*envelope.Payload[*ent.Report], error) {
	return reply(r.Grading.RecordConsensus(ctx, login.Actor(ctx), input))
}

func (r *reviewResolver) Questions(ctx context.Context, obj *ent.Review) ([]string, error) {
	return append([]string{}, obj.Refs...), nil
}

func (r *reviewResolver) EndReason(ctx context.Context, obj *ent.Review) (*string, error) {
	return present(obj.EndReason), nil
}

func (r *reviewResolver) Work(ctx context.Context, obj *ent.Review) (*grading.ReviewWork, error) {
	return load(ctx).works.Load(ctx, obj.ID)
}

func (r *reviewResolver) Scores(ctx context.Context, obj *ent.Review) ([]*ent.Score, error) {
	return scored(load(ctx).awards.Load(ctx, obj.ID))
}

func (r *reviewResolver) Candidate(ctx context.Context, obj *ent.Review) (*ent.Candidate, error) {
	return named(load(ctx).reviewed.Load(ctx, obj.ID))
}

func (r *reviewResolver) Reviewer(ctx context.Context, obj *ent.Review) (*ent.Member, error) {
	return load(ctx).members.Load(ctx, obj.ReviewerID)
}

func (r *reviewRuleResolver) Pool(ctx context.Context, obj *ent.ReviewRule) ([]*ent.Member, error) {
	return load(ctx).members.LoadAll(ctx, obj.Pool)
}

func (r *Resolver) AwardedScore() AwardedScoreResolver { return &awardedScoreResolver{r} }

func (r *Resolver) Review() ReviewResolver { return &reviewResolver{r} }

func (r *Resolver) ReviewItem() ReviewItemResolver { return &reviewItemResolver{r} }

func (r *Resolver) ReviewRule() ReviewRuleResolver { return &reviewRuleResolver{r} }

type (
	awardedScoreResolver struct{ *Resolver }
	reviewResolver       struct{ *Resolver }
	reviewItemResolver   struct{ *Resolver }
	reviewRuleResolver   struct{ *Resolver }
)
