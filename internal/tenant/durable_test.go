package tenant

import (
	"log/slog"
	"testing"
	"time"

	"entgo.io/ent/dialect"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
)

// TestDurable asserts the settings that an acknowledgement rests on: kill -9 alone could not tell them apart.
func TestDurable(t *testing.T) {
	setting := map[string]string{dialect.SQLite: "PRAGMA synchronous", dialect.Postgres: "SHOW synchronous_commit"}
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		for bulk, want := range map[bool]map[string]string{
			false: {dialect.SQLite: "2", dialect.Postgres: "on"}, // 2 is FULL
			true:  {dialect.SQLite: "1", dialect.Postgres: "off"},
		} {
			store, err := Open(Config{
				URL: db.URL, Clock: Clock{Now: time.Now}, IDs: gid.NewSource(nil), Log: slog.New(slog.DiscardHandler), Bulk: bulk,
			})
			if err != nil {
				t.Fatal(err)
			}
			var got string
			if err := store.pools.write.QueryRowContext(t.Context(), setting[db.Dialect]).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != want[db.Dialect] {
				t.Errorf("bulk %v: got %s, want %s", bulk, got, want[db.Dialect])
			}
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
