package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
)

func (r *mutationResolver) BeginUpload(ctx context.Context, input sitting.BeginUploadInput) (*envelope.Payload[*sitting.BegunUpload], error) {
	return reply(r.Sittings.BeginUpload(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) CreateOwnPlaybackLink(ctx context.Context, input sitting.CreateOwnPlaybackLinkInput) (*envelope.Payload[*sitting.PlaybackLink], error) {
	return reply(r.Sittings.CreateOwnPlaybackLink(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) CreatePlaybackLink(ctx context.Context, input sitting.CreatePlaybackLinkInput) (*envelope.Payload[*sitting.PlaybackLink], error) {
	return reply(r.Sittings.CreatePlaybackLink(ctx, login.Actor(ctx), input))
}

func (r *questionResultResolver) Recording(ctx context.Context, obj *grading.QuestionResult) (*ent.Upload, error) {
	return recording(ctx, obj.Upload)
}

func (r *reviewItemResolver) Recording(ctx context.Context, obj *grading.ReviewItem) (*ent.Upload, error) {
	return recording(ctx, obj.Answer.Upload)
}

func (r *sittingResolver) Uploads(ctx context.Context, obj *sitting.Sitting) ([]*ent.Upload, error) {
	return load(ctx).uploads.Load(ctx, obj.ID)
}
