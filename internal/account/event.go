package account

import (
	"context"
	"fmt"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// Events lists what happened, of some types or of all, in the order of commits. What has no place yet is not there: it
// comes within a second, and never before what was read already. A cursor that is no place of this feed is BadInput.
//
// The feed tells of every job role, and an event is a type and an id, which says nothing of the role it belongs to: who
// is limited to some roles is Denied, rather than shown a feed with gaps.
func (s *Service) Events(ctx context.Context, actor policy.Actor, types []string, paging tenant.Paging) (*tenant.Page[*ent.Event], error) {
	scope, err := s.tenant.As(ctx, actor, policy.EventRead)
	if err = seesAll(scope, err); err != nil {
		return nil, err
	}
	order := tenant.Order{Column: event.FieldPosition, Number: true}
	if err := placesExist(ctx, scope, paging, order); err != nil {
		return nil, err
	}
	wanted := func() *ent.EventQuery { return ofTypes(scope.Events(), types) }
	at := func(row *ent.Event) tenant.Cursor { return tenant.Cursor{Key: *row.Position, ID: row.ID} }
	page, err := tenant.List(paging, order, at, func(window func(*entsql.Selector)) ([]*ent.Event, error) {
		return wanted().Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = wanted().Count
	return page, nil
}

// EventsByID reads events for a batch; what is not visible is left out.
func (s *Service) EventsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Event, error) {
	scope, err := s.tenant.As(ctx, actor, policy.EventRead)
	if err = seesAll(scope, err); err != nil {
		return nil, err
	}
	return scope.Events().Where(tenant.In(event.FieldID, ids)).All(ctx)
}

// seesAll refuses members who see only some job roles, after As has refused who lacks the permission.
func seesAll(scope tenant.Scope, err error) error {
	if err == nil && scope.Limited() {
		return fault.New(fault.Denied, "a limited member cannot read events, which tell of every job role")
	}
	return err
}

func ofTypes(q *ent.EventQuery, types []string) *ent.EventQuery {
	if len(types) > 0 {
		q.Where(func(s *entsql.Selector) { s.Where(tenant.TextIn(s, event.FieldType, types)) })
	}
	return q
}

// placesExist demands that every cursor is the place of an event: one that was made up would skip events silently.
func placesExist(ctx context.Context, scope tenant.Scope, paging tenant.Paging, order tenant.Order) error {
	cursors, err := paging.Cursors(order)
	if err != nil {
		return err
	}
	for _, c := range cursors {
		position, _ := c.Key.(int64)
		found, err := scope.Events().Where(event.ID(c.ID), event.Position(position)).Exist(ctx)
		if err != nil {
			return fmt.Errorf("find place: %w", err)
		}
		if !found {
			return fault.New(fault.BadInput, "this cursor is not one of this list")
		}
	}
	return nil
}
