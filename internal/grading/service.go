// Package grading turns responses into scores, and scores into reports.
//
// Keyed answers are scored by the frozen key, texts criterion by criterion by a reviewer; every point can be traced to
// a criterion, its evidence and whoever awarded it. Scores and reports are added, never overwritten. What was never
// scored is no zero. The package never changes an answer.
package grading

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
)

// Service is the room's operations.
type Service struct {
	tenant    *tenant.Store
	publicURL string    // where reports are shown
	random    io.Reader // where the secrets of links come from
}

// New makes the service on a store.
func New(store *tenant.Store) *Service { return &Service{tenant: store, random: rand.Reader} }

// frozen are the two documents of the version that a session pins.
type frozen struct {
	paper *paper.Paper
	key   *key.Key
}

// of are the documents of one session: what its seed draws, in the order in which it was asked.
func (f *frozen) of(row *ent.Session) *frozen {
	return &frozen{paper: f.paper.For(row.Seed), key: f.key.For(row.Seed)}
}

// pinned reads the documents of several versions that the scope sees.
func pinned(ctx context.Context, scope tenant.Scope, versions []gid.ID) (map[gid.ID]*frozen, error) {
	rows, err := scope.TemplateVersions().Where(tenant.In(templateversion.FieldID, versions)).
		Select(templateversion.FieldID, templateversion.FieldPaper, templateversion.FieldKey).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find template versions: %w", err)
	}
	all := make(map[gid.ID]*frozen, len(rows))
	for _, row := range rows {
		asked, err := paper.Decode(row.Paper)
		if err != nil {
			return nil, err
		}
		keyed, err := key.Decode(row.Key)
		if err != nil {
			return nil, err
		}
		all[row.ID] = &frozen{paper: asked, key: keyed}
	}
	return all, nil
}

func conflict(message string) error { return fault.New(fault.Conflict, message) }
