package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
)

func (r *mutationResolver) InviteCandidates(ctx context.Context, input sitting.InviteCandidatesInput) (*envelope.Payload[[]*envelope.InvitationPayload], error) {
	return reply(results(r.Sittings.InviteCandidates(ctx, login.Actor(ctx), input)))
}

func (r *mutationResolver) RemindCandidate(ctx context.Context, input sitting.RemindCandidateInput) (*envelope.Payload[*ent.Session], error) {
	return reply(r.Sittings.Remind(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) ResendInvitation(ctx context.Context, input sitting.ResendInvitationInput) (*envelope.InvitationPayload, error) {
	return invited(r.Sittings.Resend(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) ChangeInvitation(ctx context.Context, input sitting.ChangeInvitationInput) (*envelope.Payload[*ent.Session], error) {
	return reply(r.Sittings.ChangeInvitation(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) DeclineInvitation(ctx context.Context, input sitting.DeclineInvitationInput) (*envelope.Payload[*sitting.Sitting], error) {
	return reply(r.Sittings.Decline(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) VoidSession(ctx context.Context, input sitting.VoidSessionInput) (*envelope.Payload[*ent.Session], error) {
	return reply(r.Sittings.Void(ctx, login.Actor(ctx), input))
}
