package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// countOne adds what the lists of one organization count.
func (w *world) countOne(ctx context.Context, owner policy.Actor, sum *Summary) error {
	one, released := 1, term.ReportReleased
	part := tenant.Paging{First: &one}
	return errors.Join(
		seedTally(ctx, &sum.Members, func() (*tenant.Page[*ent.Member], error) { return w.accounts.Members(ctx, owner, part) }),
		seedTally(ctx, &sum.JobRoles, func() (*tenant.Page[*ent.JobRole], error) { return w.authoring.JobRoles(ctx, owner, nil, part) }),
		seedTally(ctx, &sum.Questions, func() (*tenant.Page[*ent.Question], error) { return w.authoring.Questions(ctx, owner, nil, part) }),
		seedTally(ctx, &sum.Templates, func() (*tenant.Page[*ent.Template], error) { return w.authoring.Templates(ctx, owner, nil, part) }),
		seedTally(ctx, &sum.Sessions, func() (*tenant.Page[*ent.Session], error) { return w.sittings.Sessions(ctx, owner, nil, part) }),
		seedTally(ctx, &sum.Reports, func() (*tenant.Page[*ent.Report], error) { return w.grading.Reports(ctx, owner, nil, nil, part) }),
		seedTally(ctx, &sum.Released, func() (*tenant.Page[*ent.Report], error) {
			return w.grading.Reports(ctx, owner, &grading.ReportFilter{State: &released}, nil, part)
		}),
	)
}

// seedTally adds a list's total.
func seedTally[T any](ctx context.Context, into *int, list func() (*tenant.Page[T], error)) error {
	page, err := list()
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	n, err := page.Total(ctx)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	*into += n
	return nil
}
