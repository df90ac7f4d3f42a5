// Package insight answers what dashboards ask: how far candidates came, and how they scored.
//
// Each question is one aggregate over the rows of one job role; numbers are exact and say how many they rest on.
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
