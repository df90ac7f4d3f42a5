package graph

import (
	"cmp"
	"context"

	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
)

func (r *mutationResolver) AcceptInvitation(ctx context.Context, input sitting.AcceptInvitationInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.Accept(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) StartSitting(ctx context.Context, input sitting.StartSittingInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.Start(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) SaveResponse(ctx context.Context, input sitting.SaveResponseInput) (*envelope.Payload[*sitting.Acknowledgement], error) {
	return reply(r.Sittings.SaveResponse(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) SubmitSitting(ctx context.Context, input sitting.SubmitSittingInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.Submit(ctx, login.Actor(ctx), input))
}

func (r *paperSectionResolver) Order(ctx context.Context, obj *paper.Section) (term.SectionOrder, error) {
	return cmp.Or(obj.Order, term.Fixed), nil
}

func (r *paperSectionResolver) Navigation(ctx context.Context, obj *paper.Section) (term.Navigation, error) {
	return cmp.Or(obj.Navigation, term.Free), nil
}

func (r *sittingResolver) Responses(ctx context.Context, obj *sitting.Sitting) ([]*sitting.Response, error) {
	return r.Sittings.Responses(ctx, login.Actor(ctx), obj.ID)
}

func (r *sittingResolver) Feedback(ctx context.Context, obj *sitting.Sitting) (*grading.Feedback, error) {
	return r.Grading.Feedback(ctx, login.Actor(ctx), obj.ID)
}

func (r *Resolver) PaperSection() PaperSectionResolver { return &paperSectionResolver{r} }

func (r *Resolver) Sitting() SittingResolver { return &sittingResolver{r} }

type (
	paperSectionResolver struct{ *Resolver }
	sittingResolver      struct{ *Resolver }
)
