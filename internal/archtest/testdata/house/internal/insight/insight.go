// Package insight reads.
package insight

import (
	"database/sql"

	"github.com/assay-hq/assay/internal/tenant"
)

// Count reads, and then writes.
func Count(scope tenant.Scope) int {
	_ = scope.NewCandidate() // breaks: insight writes nothing
	return len(scope.Candidates().All())
}

// Direct goes round the scope; inside a transaction nothing is wrong with it.
func Direct(db *sql.DB, tx *sql.Tx) error {
	if _, err := db.Exec("DELETE FROM candidates"); err != nil { // breaks: no autocommit
		return err
	}
	if _, err := db.Begin(); err != nil { // breaks: no autocommit
		return err
	}
	_, err := tx.Exec("SELECT 1")
	return err
}
