package graph

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/graph/transport"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// viewer is whoever signed in.
func viewer(actor policy.Actor) (*envelope.Viewer, error) {
	if actor.IsNobody() {
		return nil, fault.New(fault.Unauthenticated, "sign in first")
	}
	return &envelope.Viewer{Actor: actor}, nil
}

// membership is the viewer's row in the organization; nil for a key and for who is only a candidate.
func (r *Resolver) membership(ctx context.Context, actor policy.Actor) (*ent.Member, error) {
	if actor.ID.Kind() != gid.Member {
		return nil, nil
	}
	return r.Account.Self(ctx, login.Actor(ctx))
}

func roleNames(actor policy.Actor) []string {
	names := make([]string, len(actor.Roles))
	for i, role := range actor.Roles {
		names[i] = string(role)
	}
	return names
}

// permissions are the actions that the actor's roles allow.
func (r *Resolver) permissions(actor policy.Actor) []string {
	names := []string{}
	for _, action := range policy.Actions {
		if r.Policy.Allows(actor, action) {
			names = append(names, string(action))
		}
	}
	return names
}

// rateLimit tells what this operation costs and what is allowed.
func rateLimit(ctx context.Context) *envelope.RateLimit {
	limits := transport.DefaultLimits()
	return &envelope.RateLimit{
		Cost: transport.Cost(ctx), CostLimit: limits.Cost, DepthLimit: limits.Depth, AliasLimit: limits.Aliases,
		TokenLimit: limits.Tokens, PageLimit: tenant.MaxPage, GraceAfterDeadline: int(tenant.Grace.Seconds()),
	}
}

// present is a text, or nothing if it is empty.
func present(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
