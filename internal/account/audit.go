package account

import (
	"context"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/auditevent"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// AuditFilter narrows the audit: to an action, to what was done to one row, to a time from From (included) to To
// (excluded).
type AuditFilter struct {
	Action    *string
	SubjectID *gid.ID
	From, To  *time.Time
}

func (f *AuditFilter) apply(q *ent.AuditEventQuery) *ent.AuditEventQuery {
	if f == nil {
		return q
	}
	if f.Action != nil {
		q.Where(auditevent.Action(*f.Action))
	}
	if f.SubjectID != nil {
		q.Where(auditevent.SubjectID(*f.SubjectID))
	}
	if f.From != nil {
		q.Where(auditevent.AtGTE(f.From.UTC()))
	}
	if f.To != nil {
		q.Where(auditevent.AtLT(f.To.UTC()))
	}
	return q
}

// AuditEvents lists who did what, the newest first.
func (s *Service) AuditEvents(ctx context.Context, actor policy.Actor, filter *AuditFilter, paging tenant.Paging) (*tenant.Page[*ent.AuditEvent], error) {
	scope, err := s.tenant.As(ctx, actor, policy.AuditRead)
	if err != nil {
		return nil, err
	}
	at := func(row *ent.AuditEvent) tenant.Cursor { return tenant.Cursor{ID: row.ID} }
	page, err := tenant.List(paging, tenant.Order{Desc: true}, at, func(window func(*entsql.Selector)) ([]*ent.AuditEvent, error) {
		return filter.apply(scope.AuditEvents()).Where(window).All(ctx)
	})
	if err != nil {
		return nil, err
	}
	page.Total = filter.apply(scope.AuditEvents()).Count
	return page, nil
}
