package graph

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/tenant"
)

// node reads any object by its id, which tells its kind, with the permission that its list needs.
func (r *Resolver) node(ctx context.Context, id gid.ID) (envelope.Node, error) {
	l := load(ctx)
	switch id.Kind() {
	case gid.Organization:
		return r.own(ctx, id)
	case gid.Member:
		return asNode(l.members.Load(ctx, id))
	case gid.AuditEvent:
		return asNode(l.audits.Load(ctx, id))
	case gid.Event:
		return asNode(l.events.Load(ctx, id))
	case gid.APIKey:
		return asNode(l.keys.Load(ctx, id))
	case gid.Skill:
		return asNode(l.skills.Load(ctx, id))
	case gid.JobRole:
		return asNode(l.jobRoles.Load(ctx, id))
	case gid.Question:
		return asNode(l.questions.Load(ctx, id))
	case gid.Template:
		return asNode(l.templates.Load(ctx, id))
	case gid.TemplateVersion:
		return asNode(l.versions.Load(ctx, id))
	case gid.Candidate:
		return asNode(l.candidates.Load(ctx, id))
	case gid.Accommodation:
		return asNode(l.accommodations.Load(ctx, id))
	case gid.Session:
		return asNode(l.sessions.Load(ctx, id))
	case gid.Review:
		return asNode(l.reviews.Load(ctx, id))
	case gid.Calibration:
		return asNode(l.calibrations.Load(ctx, id))
	case gid.Report:
		return asNode(l.reports.Load(ctx, id))
	default:
		return nil, tenant.NotFound("object")
	}
}

// own is the actor's organization, which is the only one that has an id for them.
func (r *Resolver) own(ctx context.Context, id gid.ID) (envelope.Node, error) {
	org, err := r.Account.Organization(ctx, login.Actor(ctx))
	if err != nil {
		return nil, err
	}
	if org.ID != id {
		return nil, tenant.NotFound("organization")
	}
	return org, nil
}

// nodes reads several objects; where there is none in the actor's scope the place is empty.
func (r *Resolver) nodes(ctx context.Context, ids []gid.ID) ([]envelope.Node, error) {
	if len(ids) > tenant.MaxPage {
		return nil, fault.New(fault.BadInput, "at most 100 ids are allowed")
	}
	thunks := make([]func() (envelope.Node, error), len(ids))
	for i, id := range ids {
		thunks[i] = later(func() (envelope.Node, error) { return r.node(ctx, id) })
	}
	found := make([]envelope.Node, len(ids))
	for i, wait := range thunks {
		node, err := wait()
		switch {
		case fault.Is(err, fault.Denied):
			graphql.AddError(ctx, err) // told, and the others are given all the same
		case err != nil && !fault.Is(err, fault.NotFound):
			return nil, err
		}
		found[i] = node
	}
	return found, nil
}

// later begins a read at once and gives its result when asked, so that many are gathered into one.
func later[T any](read func() (T, error)) func() (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if p := recover(); p != nil {
				o.err = fmt.Errorf("panic: %v", p) // the executor recovers only what it runs itself
			}
			done <- o
		}()
		o.value, o.err = read()
	}()
	return func() (T, error) {
		o := <-done
		return o.value, o.err
	}
}

// asNode keeps an absent object from becoming a node that is not nil.
func asNode[T envelope.Node](row T, err error) (envelope.Node, error) {
	if err != nil {
		return nil, err
	}
	return row, nil
}
