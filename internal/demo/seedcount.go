package demo

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// countOne adds what the lists of one organization count.
func (w *world) countOne(ctx context.Context, owner policy.Actor, sum *Summary) error {
	one := 1
	paging := tenant.Paging{First: &one}
	released := term.ReportReleased
	for _, list := range []struct {
		into  *int
		count func() (int, error)
	}{
		{&sum.Members, func() (int, error) { return seedTotal(ctx)(w.accounts.Members(ctx, owner, paging)) }},
		{&sum.JobRoles, func() (int, error) { return seedTotal(ctx)(w.authoring.JobRoles(ctx, owner, nil, paging)) }},
	} {
		n, err := list.count()
		if err != nil {
			return fmt.Errorf("count: %w", err)
		}
		*list.into += n
	}
	_ = released
	_ = grading.ReportFilter{}
	return nil
}
