// Package graph is the GraphQL face.
package graph

import (
	"database/sql" // breaks: floors

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate" // breaks: floors

	_ "github.com/assay-hq/assay/graph/scalar"
)

// Name reads a record.
func Name(c *ent.Candidate) string { return candidate.Label + c.Name }

// Close has a pool in its hands.
func Close(db *sql.DB) error { return db.Close() }
