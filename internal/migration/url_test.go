package migration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/migration"
)

func TestParseURL(t *testing.T) {
	for _, name := range []string{"PGHOST", "PGHOSTADDR", "PGSSLMODE", "PGSERVICE"} {
		t.Setenv(name, "") // so that it is put back
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	accepted := map[string]string{
		"sqlite:data/assay.db":                                            "sqlite3",
		"sqlite:/var/lib/assay/assay.db":                                  "sqlite3",
		"postgres://u:p@localhost/db?sslmode=disable":                     "postgres",
		"postgres://u:p@127.0.0.1:5433/db?sslmode=disable":                "postgres",
		"postgres://u:p@[::1]:5432/db?sslmode=require":                    "postgres",
		"postgres:///db?host=/run/postgresql&sslmode=disable":             "postgres",
		"postgresql://u:p@db.example.com/db?sslmode=verify-full":          "postgres",
		"postgres://u:p@one.example.com,localhost/db?sslmode=verify-full": "postgres",
	}
	for address, want := range accepted {
		if got, _, err := migration.ParseURL(address); got != want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", address, got, err, want)
		}
	}
	refused := map[string]string{
		"":                                  "begins with",
		"mysql://u:hunter2@localhost/db":    "begins with",
		"/var/lib/assay.db":                 "begins with",
		"sqlite:":                           "names no file",
		"sqlite::memory:":                   "in memory",
		"sqlite:file::memory:":              "in memory",
		"sqlite:a.db?_pragma=synchronous":   "no settings",
		"postgres://u:hunter2@localhost/db": "must set sslmode",
		"postgres://u:hunter2@db.example.com/db?sslmode=require":                     "verify-full",
		"postgres://u:hunter2@db.example.com/db?sslmode=verify-ca":                   "verify-full",
		"postgres://u:hunter2@localhost,db.example.com/db?sslmode=disable":           "verify-full",
		"postgres://u:hunter2@localhost/db?host=remote.example.com&sslmode=disable":  "verify-full",
		"postgres://u:hunter2@localhost/db?hostaddr=192.0.2.7&sslmode=disable":       "verify-full",
		"postgres://u:hunter2@localhost.example.com/db?sslmode=disable":              "verify-full",
		"postgres://u:hunter2@127.0.0.1.example.com/db?sslmode=disable":              "verify-full",
		"postgres://u:hunter2@local host/db?sslmode=disable":                         "malformed",
		"postgres://u:hunter2@db.example.com/db?sslmode=disable&sslmode=verify-full": "verify-full",
		"postgres://u:hunter2@localhost/db?sslmode=perhaps":                          "sslmode",
	}
	for address, want := range refused {
		_, _, err := migration.ParseURL(address)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v; want an error with %q", address, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error tells the password: %v", address, err)
		}
	}
	t.Run("the environment cannot lead away from this machine", func(t *testing.T) {
		t.Setenv("PGHOST", "db.example.com")
		if _, _, err := migration.ParseURL("postgres:///db?sslmode=disable"); err == nil {
			t.Error("want an error")
		}
	})
}

func TestOpenForMigration(t *testing.T) {
	// Characters that mean something in a URI, and a folder that is not there yet.
	path := filepath.Join(t.TempDir(), "a b", "50% #1;&=.db")
	db, _, err := migration.OpenForMigration("sqlite:" + path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	var file string
	if err := db.QueryRowContext(t.Context(), "SELECT file FROM pragma_database_list").Scan(&file); err != nil || file != path {
		t.Errorf("got %q, %v; want %q", file, err, path)
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", pragma, got, err, want)
		}
	}
}
