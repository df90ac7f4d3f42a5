package graph

import (
	"context"
	"time"

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

func (r *candidateSessionResolver) StartedAt(ctx context.Context, obj *ent.Session) (*time.Time, error) {
	return sitting.StartedOn(obj), nil
}

func (r *candidateSessionResolver) TimeUsed(ctx context.Context, obj *ent.Session) (*float64, error) {
	return sitting.TimeUsed(obj), nil
}

func (r *candidateSessionResolver) Timeline(ctx context.Context, obj *ent.Session) ([]*sitting.Step, error) {
	return steps(load(ctx).timelines.Load(ctx, obj.ID))
}

func (r *candidateSessionResolver) VerifyReceipt(ctx context.Context, obj *ent.Session, hash string) (bool, error) {
	return r.Sittings.VerifyReceipt(ctx, login.Actor(ctx), obj.ID, hash)
}

func (r *candidateSessionResolver) Report(ctx context.Context, obj *ent.Session) (*ent.Report, error) {
	return sole(load(ctx).reportOf.Load(ctx, obj.ID))
}

func (r *candidateSessionResolver) Review(ctx context.Context, obj *ent.Session) (*ent.Review, error) {
	return sole(load(ctx).assignments.Load(ctx, obj.ID))
}

func (r *candidateSessionResolver) Reviews(ctx context.Context, obj *ent.Session) ([]*ent.Review, error) {
	return load(ctx).assignments.Load(ctx, obj.ID)
}

func (r *candidateSessionResolver) Unassigned(ctx context.Context, obj *ent.Session) ([]string, error) {
	return places(load(ctx).lacking.Load(ctx, obj.ID))
}

func (r *mutationResolver) InviteCandidate(ctx context.Context, input sitting.InviteCandidateInput) (*envelope.InvitationPayload, error) {
	return invited(r.Sittings.InviteCandidate(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) CancelSession(ctx context.Context, input sitting.CancelSessionInput) (*envelope.Payload[*ent.Session], error) {
	return reply(r.Sittings.Cancel(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) PauseSession(ctx context.Context, input sitting.PauseSessionInput) (*envelope.Payload[*ent.Session], error) {
	return reply(r.Sittings.Pause(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) ResumeSession(ctx context.Context, input sitting.ResumeSessionInput) (*envelope.Payload[*ent.Session], error) {
	return reply(r.Sittings.Resume(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) GrantTime(ctx context.Context, input sitting.GrantTimeInput) (*envelope.Payload[*ent.Session], error) {
	return reply(r.Sittings.GrantTime(ctx, login.Actor(ctx), input))
}

func (r *mutationResolver) ReopenSession(ctx context.Context, input sitting.ReopenSessionInput) (*envelope.Payload[*ent.Session], error) {
	return reply(r.Sittings.Reopen(ctx, login.Actor(ctx), input))
}

func (r *Resolver) CandidateSession() CandidateSessionResolver { return &candidateSessionResolver{r} }

type candidateSessionResolver struct{ *Resolver }
