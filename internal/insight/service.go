// Package insight answers what dashboards ask: how far candidates came, and how they scored.
//
// Each question is one aggregate over the counters of one job role, or over its rows where days do not fit; numbers are exact
// and say how many they rest on.
// The package only reads, and it never shows a single candidate.
package insight

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent/jobrole"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
)

// Service is the room's operations.
type Service struct{ tenant *tenant.Store }

// New makes the service on a store.
func New(store *tenant.Store) *Service { return &Service{tenant: store} }

// visibleRole demands that a job role is visible; any other is NotFound. The aggregates that follow name the role
// and the organization, so that they see what the role's reader may see.
func visibleRole(ctx context.Context, scope tenant.Scope, id gid.ID) error {
	_, err := tenant.Only[gid.ID]("job role")(scope.JobRoles().Where(jobrole.ID(id)).OnlyID(ctx))
	return err
}

// The ends of a span that was left open: every time that is kept lies between them.
func earliest() time.Time { return time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC) }
func latest() time.Time   { return time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC) }

// span are the arguments of a time from `from` (included) to `to` (excluded), nil being open.
func span(args tenant.Args, from, to *time.Time) tenant.Args {
	args["from"], args["to"] = earliest(), latest()
	if from != nil {
		args["from"] = from.UTC()
	}
	if to != nil {
		args["to"] = to.UTC()
	}
	return args
}

// wholeDays reports whether a span begins and ends with a day in UTC, by which counters are kept.
func wholeDays(ends ...*time.Time) bool {
	for _, at := range ends {
		if at != nil && !at.UTC().Equal(at.UTC().Truncate(24*time.Hour)) {
			return false
		}
	}
	return true
}

// ofRoleByDay narrows a metric of the counters to a job role and a span of days.
const ofRoleByDay = `organization_id = @org AND metric = @metric AND job_role_id = @role AND day >= @from AND day < @to`

// days are the arguments of a span of whole days, nil being open.
func days(args tenant.Args, from, to *time.Time) tenant.Args {
	for name, at := range span(args, from, to) {
		if at, ok := at.(time.Time); ok {
			args[name] = at.Format(time.DateOnly)
		}
	}
	return args
}

// eachRow runs a statement and reads each of its rows.
func eachRow(ctx context.Context, scope tenant.Scope, text string, args tenant.Args, read func(scan func(...any) error) error) error {
	rows, err := scope.Query(ctx, text, args)
	if err != nil {
		return fmt.Errorf("aggregate: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return fmt.Errorf("read aggregate: %w", err)
		}
	}
	return rows.Err()
}
