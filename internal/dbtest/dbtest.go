// Package dbtest gives each test a fresh, migrated database of its own.
//
// Every test of an operation runs on both databases: Each runs it on an SQLite file and on a PostgreSQL database.
// Fresh ones are cheap: both are copies of a template that is migrated once. PostgreSQL is the server at
// ASSAY_TEST_POSTGRES_URL, whose role needs CREATEDB, or else a private cluster of the PostgreSQL installed on the
// machine, which is stopped and deleted when the test process ends, however it ends. Without either a test is
// skipped, and under CI=true it fails.
//
// The package is for tests and for the migration generator; the product never imports it.
package dbtest

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"entgo.io/ent/dialect"

	"github.com/assay-hq/assay/internal/migration"
)

// Database is one database for one test.
type Database struct {
	Dialect string // ent's name of it
	URL     string // as ASSAY_DATABASE_URL takes it
}

// Open opens the database as migrations do and closes it when the test ends.
func (d Database) Open(t testing.TB) *sql.DB {
	t.Helper()
	db, _, err := migration.OpenForMigration(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}

// Each runs a test once on each kind of database, each time on a fresh, migrated one.
func Each(t *testing.T, run func(t *testing.T, db Database)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, Postgres(t)) })
}

// EachEmpty is Each with databases that hold nothing at all.
func EachEmpty(t *testing.T, run func(t *testing.T, db Database)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, EmptySQLite(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, EmptyPostgres(t)) })
}

// SQLite gives the test a migrated SQLite file, which goes when the test ends.
func SQLite(t testing.TB) Database {
	t.Helper()
	image, err := sqliteImage()
	if err != nil {
		t.Fatalf("migrate an SQLite file: %v", err)
	}
	db := EmptySQLite(t)
	if err := os.WriteFile(db.URL[len("sqlite:"):], image, 0o600); err != nil {
		t.Fatal(err)
	}
	return db
}

// EmptySQLite gives the test the address of an SQLite file that does not exist yet.
func EmptySQLite(t testing.TB) Database {
	t.Helper()
	return Database{Dialect: dialect.SQLite, URL: "sqlite:" + filepath.Join(t.TempDir(), "assay.db")}
}

// sqliteImage is the content of a migrated file. A process makes it once: hence the variable.
var sqliteImage = sync.OnceValues(func() (image []byte, err error) {
	folder, err := os.MkdirTemp("", "assay-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }() // what matters of it is in image
	path := filepath.Join(folder, "template.db")
	// Closing the last connection writes the log back into the file.
	if err := migrate(context.Background(), "sqlite:"+path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrate applies every migration to the database at an address.
func migrate(ctx context.Context, address string) (err error) {
	return with(address, func(db *sql.DB, dialectName string) error {
		_, err := migration.Apply(ctx, db, dialectName)
		return err
	})
}
