// Package account is an organization's own affairs: its members, its audit, its API keys.
//
// A secret is shown once, when it is made, and only its hash is kept. The package never touches a template, a
// session or a score.
package account

import (
	"context"
	"io"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// Service is the room's operations.
type Service struct {
	tenant *tenant.Store
	random io.Reader
}

// New makes the service on a store. Random is for the secrets of API keys and must not fail.
func New(store *tenant.Store, random io.Reader) *Service {
	return &Service{tenant: store, random: random}
}

// Organization reads the organization that the actor acts in.
func (s *Service) Organization(ctx context.Context, actor policy.Actor) (*ent.Organization, error) {
	scope, err := s.tenant.As(ctx, actor, policy.OrganizationRead)
	if err != nil {
		return nil, err
	}
	return tenant.Only[*ent.Organization]("organization")(scope.Organizations().Only(ctx))
}
