package account

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/auditevent"
	"github.com/assay-hq/assay/ent/member"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// Self reads the actor's own membership; NotFound for who is no member.
func (s *Service) Self(ctx context.Context, actor policy.Actor) (*ent.Member, error) {
	scope, err := s.tenant.As(ctx, actor, policy.OrganizationRead)
	if err != nil {
		return nil, err
	}
	return tenant.Only[*ent.Member]("member")(scope.Members().Where(member.ID(actor.ID)).Only(ctx))
}

// AuditEventsByID reads audit events for a batch; what is not visible is left out.
func (s *Service) AuditEventsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.AuditEvent, error) {
	scope, err := s.tenant.As(ctx, actor, policy.AuditRead)
	if err != nil {
		return nil, err
	}
	return scope.AuditEvents().Where(tenant.In(auditevent.FieldID, ids)).All(ctx)
}
