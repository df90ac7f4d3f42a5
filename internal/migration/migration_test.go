package migration_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"entgo.io/ent/dialect"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/migration"
)

// files are migrations for both databases, numbered in the order given.
func files(statements ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i, text := range statements {
		for _, folder := range []string{"sql/postgres", "sql/sqlite"} {
			fsys[fmt.Sprintf("%s/%04d_step.sql", folder, i+1)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return fsys
}

const (
	makeA = "CREATE TABLE a (n integer); INSERT INTO a VALUES (1);"
	makeB = "CREATE TABLE b (n integer);"
	makeC = "CREATE TABLE c (n integer);"
)

func TestApply(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		ctx, db := t.Context(), database.Open(t)
		if ok, err := migration.Current(ctx, db, database.Dialect); ok || err != nil {
			t.Errorf("an empty database is current: %v, %v", ok, err)
		}
		applied, err := migration.Apply(ctx, db, database.Dialect)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := migration.Status(ctx, db, database.Dialect)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(applied, names(entries, migration.Applied)); diff != "" {
			t.Errorf("said to be applied (-), in the database (+):\n%s", diff)
		}
		lines := map[string]int{}
		for _, e := range entries {
			lines[e.Line]++
			if e.AppliedAt.IsZero() {
				t.Errorf("%s was applied at no time", e.Name)
			}
		}
		if lines[migration.LineAssay] == 0 || lines[migration.LineRiver] == 0 {
			t.Errorf("got %v; want migrations of both lines", lines)
		}
		if ok, err := migration.Current(ctx, db, database.Dialect); !ok || err != nil {
			t.Errorf("a migrated database is not current: %v, %v", ok, err)
		}
		if applied, err := migration.Apply(ctx, db, database.Dialect); len(applied) > 0 || err != nil {
			t.Errorf("the second time: got %v, %v; want nothing", applied, err)
		}
	})
}

func TestApplyFails(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		applied, err := apply(t, db, database, files(makeA, makeB+"INSERT INTO missing VALUES (1);", makeC))
		if err == nil || !strings.Contains(err.Error(), "0002_step") {
			t.Errorf("got %v; want an error that names the file", err)
		}
		if diff := cmp.Diff(applied, []string{"0001_step"}); diff != "" {
			t.Errorf("applied: %s", diff)
		}
		if !has(t, db, "a") || has(t, db, "b") || has(t, db, "c") {
			t.Error("want what came before the failure, nothing of the file that failed, and nothing after it")
		}
		applied, err = apply(t, db, database, files(makeA, makeB, makeC))
		if err != nil || !has(t, db, "c") {
			t.Errorf("mended: got %v, %v", applied, err)
		}
	})
}

func TestApplyRefuses(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		mustApply(t, db, database, files(makeA))
		t.Run("an edited file", func(t *testing.T) {
			edited := files(makeA+" ", makeB)
			if _, err := apply(t, db, database, edited); err == nil || !strings.Contains(err.Error(), "edited") {
				t.Errorf("got %v; want a refusal", err)
			}
			if got := states(t, db, database, edited); got[0] != migration.Edited || got[1] != migration.Pending {
				t.Errorf("got %v", got)
			}
		})
		t.Run("another file with the number", func(t *testing.T) {
			other := fstest.MapFS{}
			for name, file := range files(makeA, makeB) {
				other[strings.Replace(name, "step", "other", 1)] = file
			}
			if _, err := apply(t, db, database, other); err == nil || !strings.Contains(err.Error(), "0001_step") {
				t.Errorf("got %v; want a refusal that names the applied one", err)
			}
		})
		if has(t, db, "b") {
			t.Error("went on after a refusal")
		}
	})
}

func TestNewerDatabase(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		db, older := database.Open(t), files(makeA, makeB)
		mustApply(t, db, database, files(makeA, makeB, makeC))
		mark := "INSERT INTO river_migration (line, version) VALUES ('main', 900)"
		if _, err := db.ExecContext(t.Context(), mark); err != nil {
			t.Fatal(err)
		}
		if applied, err := apply(t, db, database, older); len(applied) > 0 || err != nil {
			t.Errorf("got %v, %v; want the older program to work with it", applied, err)
		}
		if ok, err := migration.CurrentFS(t.Context(), older, db, database.Dialect); !ok || err != nil {
			t.Errorf("current: got %v, %v", ok, err)
		}
		got := states(t, db, database, older)
		if got[2] != migration.Newer || got[len(got)-1] != migration.Newer {
			t.Errorf("got %v; want the third file and the last of the queue to be newer", got)
		}
	})
}

func TestApplyTo(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		ctx, db, fsys := t.Context(), database.Open(t), files(makeA, makeB)
		applied, err := migration.ApplyFS(ctx, fsys, db, database.Dialect, 1)
		if diff := cmp.Diff(applied, []string{"0001_step"}); diff != "" || err != nil {
			t.Errorf("got %v, %v", applied, err)
		}
		if has(t, db, "b") || has(t, db, "river_migration") {
			t.Error("went beyond the target")
		}
		if _, err := migration.ApplyFS(ctx, fsys, db, database.Dialect, 3); err == nil {
			t.Error("want an error for a number beyond the last")
		}
		if _, err := migration.ApplyTo(ctx, db, database.Dialect, 0); err == nil {
			t.Error("want an error for 0")
		}
	})
}

// TestApplyTogether starts several pools at once: each migration is run by exactly one of them.
func TestApplyTogether(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		const together = 4
		var (
			group   sync.WaitGroup
			applied [together][]string
			errs    [together]error
			start   = make(chan struct{})
		)
		for i := range together {
			db := database.Open(t)
			group.Go(func() {
				<-start
				applied[i], errs[i] = migration.Apply(context.Background(), db, database.Dialect)
			})
		}
		close(start)
		group.Wait()
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		checkOnce(t, database, slices.Concat(applied[:]...))
	})
}

// TestApplyInProcesses does the same with processes.
func TestApplyInProcesses(t *testing.T) {
	if address := os.Getenv("ASSAY_TEST_MIGRATE_URL"); address != "" {
		migrateAndPrint(t, address)
		return
	}
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		var processes []*exec.Cmd
		var outputs []*strings.Builder
		for range 3 {
			output := &strings.Builder{}
			process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestApplyInProcesses$", "-test.v")
			process.Env = append(os.Environ(), "ASSAY_TEST_MIGRATE_URL="+database.URL)
			process.Stdout, process.Stderr = output, output
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			processes, outputs = append(processes, process), append(outputs, output)
		}
		var applied []string
		for i, process := range processes {
			if err := process.Wait(); err != nil {
				t.Errorf("%v\n%s", err, outputs[i])
			}
			for line := range strings.Lines(outputs[i].String()) {
				if name, ok := strings.CutPrefix(strings.TrimSpace(line), "applied "); ok {
					applied = append(applied, name)
				}
			}
		}
		checkOnce(t, database, applied)
	})
}

// firstRefused opens connections to an SQLite file and calls then after an attempt that failed.
type firstRefused struct {
	driver driver.Driver
	dsn    string
	then   func()
	failed int
}

func (c *firstRefused) Driver() driver.Driver { return c.driver }

func (c *firstRefused) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		c.failed++
		c.then()
	}
	return conn, err
}

// TestApplyToNewFile is the race for a new SQLite file: while another process writes, its log cannot be turned on,
// and SQLite says so without waiting.
func TestApplyToNewFile(t *testing.T) {
	database := dbtest.EmptySQLite(t)
	_, dsn, err := migration.ParseURL(database.URL)
	if err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", strings.TrimPrefix(database.URL, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	connector := &firstRefused{driver: other.Driver(), dsn: dsn + "&_txlock=immediate", then: func() { _ = other.Close() }}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	if _, err := migration.Apply(t.Context(), db, database.Dialect); err != nil || connector.failed != 1 {
		t.Errorf("got %v after %d refusals; want success after 1", err, connector.failed)
	}
}

func migrateAndPrint(t *testing.T, address string) {
	db, dialectName, err := migration.OpenForMigration(address)
	if err != nil {
		t.Fatal(err)
	}
	applied, err := migration.Apply(t.Context(), db, dialectName)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range applied {
		fmt.Println("applied", name)
	}
}

func checkOnce(t *testing.T, database dbtest.Database, applied []string) {
	t.Helper()
	entries, err := migration.Status(t.Context(), database.Open(t), database.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	want := names(entries, migration.Applied)
	if len(want) != len(entries) {
		t.Errorf("got %d of %d migrations", len(want), len(entries))
	}
	slices.Sort(applied)
	slices.Sort(want)
	if diff := cmp.Diff(applied, want); diff != "" {
		t.Errorf("applied by all together (-), once each (+):\n%s", diff)
	}
}

// TestApplyOnOneConnection shows that one connection is enough and comes back as it was.
func TestApplyOnOneConnection(t *testing.T) {
	settings := map[string]map[string]string{
		dialect.SQLite:   {"PRAGMA foreign_keys": "1"},
		dialect.Postgres: {"SHOW statement_timeout": "77s", "SHOW lock_timeout": "66s", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'": "0"},
	}
	fails := files(makeA, "INSERT INTO missing VALUES (1)")
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		if database.Dialect == dialect.Postgres {
			database.URL += "&statement_timeout=77s&lock_timeout=66s"
		}
		for name, fsys := range map[string]fs.FS{"failing": fails, "succeeding": files(makeA)} {
			db := database.Open(t)
			db.SetMaxOpenConns(1)
			if _, err := apply(t, db, database, fsys); (err != nil) != (name == "failing") {
				t.Fatalf("%s: %v", name, err)
			}
			for query, want := range settings[database.Dialect] {
				var got string
				if err := db.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
					t.Errorf("%s: %s: got %q, %v; want %q", name, query, got, err, want)
				}
			}
		}
	})
}

// TestSQLiteReferences changes a table the way SQLite needs it: copy, drop, rename.
func TestSQLiteReferences(t *testing.T) {
	const (
		tables = `CREATE TABLE parent (id integer PRIMARY KEY);
			CREATE TABLE child (parent integer NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
			INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);`
		rebuild = `CREATE TABLE new_parent (id integer PRIMARY KEY, extra text);
			INSERT INTO new_parent (id) SELECT id FROM parent; DROP TABLE parent;
			ALTER TABLE new_parent RENAME TO parent;`
	)
	database := dbtest.EmptySQLite(t)
	db := database.Open(t)
	t.Run("rebuilding a table keeps the rows that refer to it", func(t *testing.T) {
		mustApply(t, db, database, files(tables, rebuild))
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM child").Scan(&n); err != nil || n != 1 {
			t.Errorf("got %d rows, %v; want 1", n, err)
		}
	})
	t.Run("a file that leaves a row without its parent is refused", func(t *testing.T) {
		_, err := apply(t, db, database, files(tables, rebuild, "DELETE FROM parent;"))
		if err == nil || !strings.Contains(err.Error(), "child") {
			t.Errorf("got %v; want a refusal that names the table", err)
		}
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM parent").Scan(&n); err != nil || n != 1 {
			t.Errorf("got %d rows, %v; want 1", n, err)
		}
	})
}

func TestFiles(t *testing.T) {
	database := dbtest.EmptySQLite(t)
	db := database.Open(t)
	for name, fsys := range map[string]fs.FS{
		"a gap":       fstest.MapFS{"sql/sqlite/0002_second.sql": {Data: []byte(makeA)}},
		"no number":   fstest.MapFS{"sql/sqlite/first.sql": {Data: []byte(makeA)}},
		"upper case":  fstest.MapFS{"sql/sqlite/0001_First.sql": {Data: []byte(makeA)}},
		"a duplicate": fstest.MapFS{"sql/sqlite/0001_a.sql": {Data: []byte(makeA)}, "sql/sqlite/0001_b.sql": {Data: []byte(makeB)}},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			if _, err := apply(t, db, database, fsys); err == nil {
				t.Error("want an error")
			}
		})
	}
	t.Run("an unknown database is refused", func(t *testing.T) {
		if _, err := migration.Apply(t.Context(), db, "mysql"); err == nil {
			t.Error("want an error")
		}
	})
	t.Run("both databases have the same numbers and names", func(t *testing.T) {
		var lists [2][]string
		for i, folder := range []string{"sql/postgres", "sql/sqlite"} {
			entries, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				lists[i] = append(lists[i], e.Name())
			}
		}
		if diff := cmp.Diff(lists[0], lists[1]); diff != "" {
			t.Errorf("postgres (-), sqlite (+):\n%s", diff)
		}
	})
}

func TestFingerprint(t *testing.T) {
	one, err := migration.Fingerprint(dialect.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	two, err := migration.Fingerprint(dialect.SQLite)
	if err != nil {
		t.Fatal(err)
	}
	if one == two || len(one) != 16 {
		t.Errorf("got %q and %q; want two different ones", one, two)
	}
}

func apply(t *testing.T, db *sql.DB, database dbtest.Database, fsys fs.FS) ([]string, error) {
	t.Helper()
	return migration.ApplyFS(t.Context(), fsys, db, database.Dialect, migration.Latest)
}

func mustApply(t *testing.T, db *sql.DB, database dbtest.Database, fsys fs.FS) {
	t.Helper()
	if _, err := apply(t, db, database, fsys); err != nil {
		t.Fatal(err)
	}
}

func states(t *testing.T, db *sql.DB, database dbtest.Database, fsys fs.FS) (list []migration.State) {
	t.Helper()
	entries, err := migration.StatusFS(t.Context(), fsys, db, database.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.State)
	}
	return list
}

func names(entries []migration.Entry, state migration.State) (list []string) {
	for _, e := range entries {
		if e.State == state {
			list = append(list, e.Name)
		}
	}
	return list
}

func has(t *testing.T, db *sql.DB, table string) bool {
	t.Helper()
	_, err := db.ExecContext(t.Context(), "SELECT 1 FROM "+table)
	return err == nil
}
