// Package grading turns responses into scores, and scores into reports.
//
// Keyed answers are scored by the frozen key, texts criterion by criterion by a reviewer; every point can be traced to
// a criterion, its evidence and whoever awarded it. Scores and reports are added, never overwritten. What was never
// scored is no zero. The package never changes an answer.
package grading

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
)

// Service is the room's operations.
type Service struct{ tenant *tenant.Store }

// New makes the service on a store.
func New(store *tenant.Store) *Service { return &Service{tenant: store} }

// frozen are the two documents of the version that a session pins.
type frozen struct {
	version *ent.TemplateVersion
	paper   *paper.Paper
	key     *key.Key
}

// pinned reads the documents of a version.
func pinned(ctx context.Context, scope tenant.Scope, version gid.ID) (*frozen, error) {
	row, err := tenant.Only[*ent.TemplateVersion]("template version")(
		scope.TemplateVersions().Where(templateversion.ID(version)).Only(ctx))
	if err != nil {
		return nil, err
	}
	asked, err := paper.Decode(row.Paper)
	if err != nil {
		return nil, err
	}
	keyed, err := key.Decode(row.Key)
	if err != nil {
		return nil, err
	}
	return &frozen{version: row, paper: asked, key: keyed}, nil
}

func conflict(message string) error { return fault.New(fault.Conflict, message) }
