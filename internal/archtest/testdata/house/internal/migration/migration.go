// Package migration runs SQL and may see ent's tables.
package migration

import (
	"database/sql"

	_ "github.com/assay-hq/assay/ent"
)

// Apply runs one file.
func Apply(db *sql.DB, text string) error {
	_, err := db.Exec(text)
	return err
}
