// Package account has operations that begin with a scope, and some that do not.
package account

import (
	"context"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// Service has the operations.
type Service struct{ tenant *tenant.Store }

// Members begins with a scope.
func (s *Service) Members(ctx context.Context, actor policy.Actor) ([]*ent.Candidate, error) {
	scope, err := s.tenant.As(ctx, actor, policy.Read)
	if err != nil {
		return nil, err
	}
	return scope.Candidates().All(), nil
}

// Own begins with a scope of another side, inside a condition.
func (s *Service) Own(ctx context.Context, actor policy.Actor, ids []gid.ID) error {
	if len(ids) == 0 {
		return nil
	}
	if _, err := s.tenant.AsCandidate(ctx, actor, gid.ID(ids[0])); err != nil {
		return err
	}
	return nil
}

// Hand gives the actor on.
func (s *Service) Hand(ctx context.Context, actor policy.Actor) ([]*ent.Candidate, error) {
	return s.Members(ctx, actor)
}

// Generic gives the actor on to a generic function.
func (s *Service) Generic(ctx context.Context, actor policy.Actor) error {
	return list[int](ctx, s, actor)
}

func list[T any](context.Context, *Service, policy.Actor) error { return nil }

// Look does something before it asks.
func (s *Service) Look(ctx context.Context, actor policy.Actor, name string) error { // breaks: operations begin with a scope
	name = strings.TrimSpace(name)
	_, err := s.tenant.As(ctx, actor, policy.Action(name))
	return err
}

// Never does not ask.
func (s *Service) Never(ctx context.Context, actor policy.Actor) error { // breaks: operations begin with a scope
	return ctx.Err()
}

// Forge asks for somebody else.
func (s *Service) Forge(ctx context.Context, actor policy.Actor) error { // breaks: operations begin with a scope
	_, err := s.tenant.As(ctx, policy.Actor{Name: "root"}, policy.Read)
	return err
}

// Drop hands on without the actor.
func (s *Service) Drop(ctx context.Context, actor policy.Actor) error { // breaks: operations begin with a scope
	return list[int](ctx, s, policy.Actor{})
}

// Away hands the actor to another room.
func (s *Service) Away(_ context.Context, actor policy.Actor) error { // breaks: operations begin with a scope
	return tenant.Assume(actor)
}

// Nobody has no actor.
func (s *Service) Nobody(ctx context.Context) error { // breaks: operations begin with a scope
	return ctx.Err()
}

// Sweep has no actor either, and an exception covers it.
func (s *Service) Sweep(ctx context.Context) error { return ctx.Err() }

// Name needs neither.
func (s *Service) Name() string { return "account" }

func (s *Service) inner(ctx context.Context) error { return ctx.Err() }

// Renamed reads fields of an entity and then queries through it.
func Renamed(c *ent.Candidate) int64 {
	if c.Name == "" {
		c.Update()          // breaks: entities are records
		_ = c.QuerySessions // breaks: entities are records
	}
	return c.UpdatedAt
}

// Leak never names the client.
func Leak(s *tenant.Store) {
	client := s.Client()     // breaks: one holder of the client
	client.Candidate.Query() // breaks: one holder of the client
	_ = s.Directory()        // breaks: directory
}

type cache struct {
	candidates map[string]*ent.CandidateClient // breaks: one holder of the client
}

func fresh() { ent.NewClient() } // breaks: one holder of the client
