package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
)

func (r *candidateSessionResolver) Candidate(ctx context.Context, obj *ent.Session) (*ent.Candidate, error) {
	return load(ctx).candidates.Load(ctx, obj.CandidateID)
}

func (r *candidateSessionResolver) JobRole(ctx context.Context, obj *ent.Session) (*ent.JobRole, error) {
	return load(ctx).jobRoles.Load(ctx, obj.JobRoleID)
}

func (r *candidateSessionResolver) Template(ctx context.Context, obj *ent.Session) (*ent.Template, error) {
	return load(ctx).templates.Load(ctx, obj.TemplateID)
}

func (r *candidateSessionResolver) TemplateVersion(ctx context.Context, obj *ent.Session) (*ent.TemplateVersion, error) {
	return load(ctx).versions.Load(ctx, obj.TemplateVersionID)
}

func (r *candidateSessionResolver) TimeUsed(ctx context.Context, obj *ent.Session) (*float64, error) {
	return sitting.TimeUsed(obj), nil
}

func (r *candidateSessionResolver) Report(ctx context.Context, obj *ent.Session) (*ent.Report, error) {
	return sole(load(ctx).reportOf.Load(ctx, obj.ID))
}

func (r *candidateSessionResolver) Review(ctx context.Context, obj *ent.Session) (*ent.Review, error) {
	return sole(load(ctx).assignments.Load(ctx, obj.ID))
}

func (r *mutationResolver) InviteCandidate(ctx context.Context, input sitting.InviteCandidateInput) (*envelope.InvitationPayload, error) {
	return invited(r.Sittings.InviteCandidate(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) CancelSession(ctx context.Context, input sitting.CancelSessionInput) (*envelope.Payload[*ent.Session], error) {
	return reply(r.Sittings.Cancel(ctx, login.Actor(ctx), input))
}

func (r *Resolver) CandidateSession() CandidateSessionResolver { return &candidateSessionResolver{r} }

type candidateSessionResolver struct{ *Resolver }
