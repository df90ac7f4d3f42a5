// Package grading turns responses into scores, and scores into reports.
//
// Keyed answers are scored by the frozen key, texts criterion by criterion by a reviewer; every point can be traced to
// a criterion, its evidence and whoever awarded it. Scores and reports are added, never overwritten. What was never
// scored is no zero. The package never changes an answer.
package grading

import (
	"crypto/rand"
	"io"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
)

// Service is the room's operations.
type Service struct {
	tenant    *tenant.Store
	runner    Runner
	documents *documents
	publicURL string    // where reports are shown
	random    io.Reader // where the secrets of links come from
}

// New makes the service on a store.
func New(store *tenant.Store) *Service {
	return &Service{tenant: store, documents: &documents{known: map[gid.ID]*frozen{}}, random: rand.Reader}
}

func conflict(message string) error { return fault.New(fault.Conflict, message) }
