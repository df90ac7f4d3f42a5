// Package authoring builds assessments: skills, job roles, the question bank, templates and their publication.
//
// What is published never changes: publishing a question freezes a revision, publishing a template freezes a paper
// and a key, and a session pins them. The package never touches a session or a score.
package authoring

import (
	"strconv"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/tenant"
)

// Service is the room's operations.
type Service struct{ tenant *tenant.Store }

// New makes the service on a store.
func New(store *tenant.Store) *Service { return &Service{tenant: store} }

// stale is the fault of an edit that was based on an older revision; current is what stands now.
func stale(current any) error {
	return &fault.Fault{
		Code: fault.Stale, Message: "somebody changed this meanwhile; look at the current state and repeat your change",
		Field: []string{"revision"}, Current: current,
	}
}

// index renders a place in a list for the path of a fault.
func index(i int) string { return strconv.Itoa(i) }
