package graph

import (
	"cmp"
	"context"

	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/fault"
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

func (r *mutationResolver) EnterSection(ctx context.Context, input sitting.EnterSectionInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.EnterSection(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) EnterQuestion(ctx context.Context, input sitting.EnterQuestionInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.EnterQuestion(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) SubmitSection(ctx context.Context, input sitting.SubmitSectionInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.SubmitSection(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) FlagQuestion(ctx context.Context, input sitting.FlagQuestionInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.FlagQuestion(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) TakeBreak(ctx context.Context, input sitting.TakeBreakInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.TakeBreak(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) EndBreak(ctx context.Context, input sitting.EndBreakInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.EndBreak(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) Heartbeat(ctx context.Context, input sitting.HeartbeatInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.Heartbeat(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) SaveResponses(ctx context.Context, input sitting.SaveResponsesInput) (*envelope.Payload[[]*sitting.SaveResult], error) {
	return reply(r.Sittings.SaveResponses(ctx, login.Actor(ctx), input))
}

func (r *paperSectionResolver) Order(ctx context.Context, obj *paper.Section) (term.SectionOrder, error) {
	return cmp.Or(obj.Order, term.Fixed), nil
}

func (r *paperSectionResolver) Navigation(ctx context.Context, obj *paper.Section) (term.Navigation, error) {
	return cmp.Or(obj.Navigation, term.Free), nil
}

func (r *saveResultResolver) Errors(ctx context.Context, obj *sitting.SaveResult) ([]envelope.UserError, error) {
	return envelope.UserErrors(fault.All(obj.Fault)), nil
}

func (r *sittingResolver) Flags(ctx context.Context, obj *sitting.Sitting) ([]string, error) {
	return refs(load(ctx).flags.Load(ctx, obj.ID))
}

func (r *sittingResolver) VerifyReceipt(ctx context.Context, obj *sitting.Sitting, hash string) (bool, error) {
	return r.Sittings.VerifyOwnReceipt(ctx, login.Actor(ctx), obj.ID, hash)
}

func (r *sittingResolver) Responses(ctx context.Context, obj *sitting.Sitting) ([]*sitting.Response, error) {
	return load(ctx).responses.Load(ctx, obj.ID)
}

func (r *sittingResolver) Feedback(ctx context.Context, obj *sitting.Sitting) (*grading.Feedback, error) {
	return r.Grading.Feedback(ctx, login.Actor(ctx), obj.ID)
}

func (r *Resolver) PaperSection() PaperSectionResolver { return &paperSectionResolver{r} }

func (r *Resolver) SaveResult() SaveResultResolver { return &saveResultResolver{r} }

func (r *Resolver) Sitting() SittingResolver { return &sittingResolver{r} }

type (
	paperSectionResolver struct{ *Resolver }
	saveResultResolver   struct{ *Resolver }
	sittingResolver      struct{ *Resolver }
)
