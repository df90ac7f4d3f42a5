package dbtest_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/lib/pq"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/migration"
)

func TestEach(t *testing.T) {
	ran := map[string]bool{}
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		ran[database.Dialect] = true
		db := database.Open(t)
		ok, err := migration.Current(t.Context(), db, database.Dialect)
		if err != nil || !ok {
			t.Errorf("got %v, %v; want a migrated database", ok, err)
		}
	})
	if len(ran) == 0 {
		t.Error("nothing ran")
	}
}

func TestFresh(t *testing.T) {
	kinds := map[string]func(testing.TB) dbtest.Database{
		"sqlite": dbtest.SQLite, "empty sqlite": dbtest.EmptySQLite,
		"postgres": dbtest.Postgres, "empty postgres": dbtest.EmptyPostgres,
	}
	for name, make := range kinds {
		t.Run(name+" databases share nothing", func(t *testing.T) {
			one, two := make(t).Open(t), make(t).Open(t)
			mustExec(t, one, "CREATE TABLE mark (n integer)")
			mustExec(t, two, "CREATE TABLE mark (n integer)")
		})
		t.Run(name+" goes when its test ends", func(t *testing.T) {
			var gone dbtest.Database
			t.Run("test", func(t *testing.T) { gone = make(t); mustExec(t, gone.Open(t), "SELECT 1") })
			if gone.URL == "" {
				t.Skip("no such database here")
			}
			checkGone(t, gone)
		})
	}
}

func checkGone(t *testing.T, gone dbtest.Database) {
	t.Helper()
	if path, ok := strings.CutPrefix(gone.URL, "sqlite:"); ok {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v; want no file", err)
		}
		return
	}
	err := gone.Open(t).PingContext(t.Context())
	var refused *pq.Error
	if !errors.As(err, &refused) || refused.Code != "3D000" {
		t.Errorf("got %v; want invalid_catalog_name", err)
	}
}

func TestPostgres(t *testing.T) {
	t.Run("the role is no superuser", func(t *testing.T) {
		if os.Getenv("ASSAY_TEST_POSTGRES_URL") != "" {
			t.Skip("the role is the caller's choice")
		}
		if got := show(t, dbtest.Postgres(t), "is_superuser"); got != "off" {
			t.Errorf("is_superuser: got %s", got)
		}
	})
	t.Run("a durable one syncs every commit", func(t *testing.T) {
		isDurable(t, dbtest.DurablePostgres(t))
	})
}

// isDurable demands that what a database acknowledges is on disk.
func isDurable(t *testing.T, database dbtest.Database) {
	t.Helper()
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := show(t, database, setting); got != "on" {
			t.Errorf("%s: got %s", setting, got)
		}
	}
}

// briefly opens a database for the time of one call; what it is closed with says only that the server was killed.
func briefly(t *testing.T, server *dbtest.Server, do func(db *sql.DB)) {
	t.Helper()
	db, _, err := migration.OpenForMigration(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	do(db)
	_ = db.Close()
}

// TestServer kills a server again and again: what it acknowledged is there, it syncs as before, and no process of it is
// left when it was killed.
func TestServer(t *testing.T) {
	server := dbtest.NewServer(t)
	briefly(t, server, func(db *sql.DB) { mustExec(t, db, "CREATE TABLE mark (n integer)") })
	for n := range 3 {
		briefly(t, server, func(db *sql.DB) {
			mustExec(t, db, "INSERT INTO mark VALUES (0)")
			server.Kill(t)
			if err := db.PingContext(t.Context()); err == nil {
				t.Error("a killed server answers")
			}
		})
		server.Restart(t)
		briefly(t, server, func(db *sql.DB) {
			var marks int
			if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM mark").Scan(&marks); err != nil || marks != n+1 {
				t.Errorf("got %d marks, %v; want %d", marks, err, n+1)
			}
		})
	}
	isDurable(t, server.Database)
}

func TestScratch(t *testing.T) {
	address, remove := scratch(t)
	database := dbtest.Database{Dialect: "postgres", URL: address}
	t.Run("is empty", func(t *testing.T) { mustExec(t, database.Open(t), "CREATE TABLE organizations (n integer)") })
	folder := folderOf(t, address)
	if err := remove(); err != nil {
		t.Errorf("remove: %v", err)
	}
	if os.Getenv("ASSAY_TEST_POSTGRES_URL") != "" {
		checkGone(t, database)
		return
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v; want no folder of the cluster", err)
	}
}

// TestKilled starts a process that starts a cluster, kills it, and looks for what is left.
func TestKilled(t *testing.T) {
	if os.Getenv("ASSAY_TEST_HOLD_CLUSTER") != "" {
		holdCluster(t)
		return
	}
	dbtest.DurablePostgres(t) // skips here, where it can be seen, if there is no PostgreSQL
	// The cluster inherits the write end of this pipe, which is therefore open until the last of it is gone.
	alive, hold, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	holder := exec.Command(os.Args[0], "-test.run=^TestKilled$", "-test.v")
	holder.Env = append(os.Environ(), "ASSAY_TEST_HOLD_CLUSTER=1")
	holder.ExtraFiles = []*os.File{hold}
	holder.Stdin = alive // the holder itself keeps it open
	output, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(holder.Start(), hold.Close()); err != nil {
		t.Fatal(err)
	}
	folder := announced(t, output)
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // it says that the process was killed
	if _, err := io.Copy(io.Discard, alive); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v; want no folder after the process was killed", err)
	}
}

const announcement = "cluster in "

// holdCluster is the process that gets killed.
func holdCluster(t *testing.T) {
	address := dbtest.DurablePostgres(t).URL
	_, err := os.Stdout.WriteString(announcement + folderOf(t, address) + "\n")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
}

func announced(t *testing.T, output io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if folder, ok := strings.CutPrefix(lines.Text(), announcement); ok {
			return folder
		}
	}
	t.Fatal("the process started no cluster")
	return ""
}

func scratch(t *testing.T) (address string, remove func() error) {
	t.Helper()
	address, remove, err := dbtest.Scratch()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return address, remove
}

func folderOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("host")
}

func show(t *testing.T, database dbtest.Database, setting string) (value string) {
	t.Helper()
	if err := database.Open(t).QueryRowContext(t.Context(), "SHOW "+setting).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Fatal(err)
	}
}
