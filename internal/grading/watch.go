package grading

import (
	"context"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// WatchReleases begins to listen for the release of reports; after says since when releases are told of first. A time
// more than a day ago is Invalid.
func (s *Service) WatchReleases(ctx context.Context, actor policy.Actor, after *time.Time) (*tenant.Watch, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	return scope.WatchAfter(ctx, tenant.ReportTopic, after)
}

// ReleasedReport reads the next report that was released and may be seen; nil if there is none just now. It asks the
// policy each time, also when there is nothing to read.
func (s *Service) ReleasedReport(ctx context.Context, actor policy.Actor, w *tenant.Watch) (*ent.Report, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	if err := w.CatchUp(ctx, scope, event.ReportReleased); err != nil {
		return nil, err
	}
	return tenant.NextOf(w, func(id gid.ID) (*ent.Report, error) {
		return summaries(scope.Reports().Where(report.ID(id), report.StateEQ(term.ReportReleased))).Only(ctx)
	})
}
