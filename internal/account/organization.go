package account

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// UpdateOrganizationInput changes settings of the organization; what is absent stays.
type UpdateOrganizationInput struct {
	Name                *string
	PublicationApproval *bool // whether publishing a question or a template needs a second person
	RetentionDays       *int  // after which ended sessions' candidates are erased; 0 is never
	IdempotencyKey      *string

	LinkSignIn *bool `json:",omitempty"` // whether an invitation link alone signs its candidate in
}

// UpdateOrganization changes the organization's settings.
func (s *Service) UpdateOrganization(ctx context.Context, actor policy.Actor, in UpdateOrganizationInput) (*ent.Organization, error) {
	scope, err := s.tenant.As(ctx, actor, policy.OrganizationWrite)
	if err != nil {
		return nil, err
	}
	if scope.Limited() {
		return nil, fault.New(fault.Denied, "a limited member cannot change the organization")
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return scope.Organization(), changeOrganization(ctx, tx, in) },
		func(ctx context.Context, scope tenant.Scope, _ gid.ID) (*ent.Organization, error) {
			return tenant.Only[*ent.Organization]("organization")(scope.Organizations().Only(ctx))
		})
}

// maxRetention bounds how long candidates are kept where that is limited at all: ten years.
const maxRetention = 3660

func (in *UpdateOrganizationInput) check() error {
	var c fault.Checks
	if in.Name != nil {
		c.Line(*in.Name, 1, 200, "name")
	}
	if in.RetentionDays != nil {
		c.Whole(*in.RetentionDays, 0, maxRetention, "retentionDays")
	}
	return c.Err()
}

func changeOrganization(ctx context.Context, tx tenant.Tx, in UpdateOrganizationInput) error {
	if in.Name == nil && in.PublicationApproval == nil && in.RetentionDays == nil && in.LinkSignIn == nil {
		return nil
	}
	change := tx.ChangeOrganization().SetNillableName(in.Name).SetNillablePublicationApproval(in.PublicationApproval).
		SetNillableRetentionDays(in.RetentionDays).SetNillableLinkSignIn(in.LinkSignIn)
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("update organization: %w", err)
	}
	detail := map[string]string{}
	if in.Name != nil {
		detail["name"] = *in.Name
	}
	if in.PublicationApproval != nil {
		detail["publicationApproval"] = fmt.Sprint(*in.PublicationApproval)
	}
	if in.RetentionDays != nil {
		detail["retentionDays"] = fmt.Sprint(*in.RetentionDays)
	}
	if in.LinkSignIn != nil {
		detail["linkSignIn"] = fmt.Sprint(*in.LinkSignIn)
	}
	return tx.Announce(ctx, event.OrganizationChanged, tx.Organization(), detail)
}
