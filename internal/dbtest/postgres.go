package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/lib/pq"

	"github.com/assay-hq/assay/internal/migration"
)

// Postgres gives the test a migrated PostgreSQL database, which is dropped when the test ends. Its server may
// forget what it has acknowledged if it is killed. The role owns the database and is no superuser.
func Postgres(t testing.TB) Database {
	t.Helper()
	return fresh(t, server(t, fastServer), true)
}

// EmptyPostgres is Postgres without the migrations.
func EmptyPostgres(t testing.TB) Database {
	t.Helper()
	return fresh(t, server(t, fastServer), false)
}

// DurablePostgres is Postgres on a server of this process alone that syncs every commit to disk, for tests that
// kill things. ASSAY_TEST_POSTGRES_URL does not matter to it.
func DurablePostgres(t testing.TB) Database {
	t.Helper()
	return fresh(t, server(t, durableServer), true)
}

// Server is a PostgreSQL that one test has for itself, with one migrated database, so that the test can kill it. It syncs
// every commit to disk.
type Server struct {
	Database
	cluster *cluster
}

// NewServer starts a server for one test; it goes with its data when the test ends. ASSAY_TEST_POSTGRES_URL does not
// matter to it.
func NewServer(t testing.TB) *Server {
	t.Helper()
	var c *cluster
	address := server(t, func() (address string, err error) {
		if c, err = start(durable); err != nil {
			return "", err
		}
		return c.url, nil
	})
	t.Cleanup(func() {
		if err := c.stop(); err != nil {
			t.Errorf("stop PostgreSQL: %v", err)
		}
	})
	name := newName()
	if err := execute(context.Background(), address, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	if err := migrate(context.Background(), named(address, name)); err != nil {
		t.Fatal(err)
	}
	return &Server{Database: Database{Dialect: dialect.Postgres, URL: named(address, name)}, cluster: c}
}

// Kill ends every process of the server at once, as kill -9 does.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if err := s.cluster.kill(); err != nil {
		t.Fatal(err)
	}
}

// Restart starts a killed server on what is left of its data.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.cluster.restart(); err != nil {
		t.Fatal(err)
	}
}

// A process has one server of each kind: hence the variables.
var (
	fastServer = sync.OnceValues(func() (string, error) {
		if address := os.Getenv("ASSAY_TEST_POSTGRES_URL"); address != "" {
			return address, nil
		}
		return private(fast)
	})
	durableServer = sync.OnceValues(func() (string, error) { return private(durable) })
)

// Scratch gives the address of an empty PostgreSQL database, and what removes it together with the server that was
// started for it, if any. It is for tools that are no tests.
func Scratch() (address string, remove func() error, err error) {
	server, stop := os.Getenv("ASSAY_TEST_POSTGRES_URL"), func() error { return nil }
	if server == "" {
		c, err := start(fast)
		if err != nil {
			return "", nil, err
		}
		server, stop = c.url, c.stop
	}
	name := newName()
	if err := execute(context.Background(), server, "CREATE DATABASE "+name); err != nil {
		return "", nil, errors.Join(err, stop())
	}
	remove = func() error { return errors.Join(drop(server, name), stop()) }
	return named(server, name), remove, nil
}

// private starts a cluster that lives as long as this process.
func private(settings []string) (string, error) {
	c, err := start(settings)
	if err != nil {
		return "", err
	}
	keepAlive(c)
	return c.url, nil
}

// server gives the address of a server's maintenance database.
func server(t testing.TB, get func() (string, error)) string {
	t.Helper()
	address, err := get()
	switch {
	case err == nil:
		return address
	case errors.Is(err, errNoPostgres) && os.Getenv("CI") != "true":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
	return ""
}

// fresh creates a database and drops it when the test ends.
func fresh(t testing.TB, address string, migrated bool) Database {
	t.Helper()
	name := newName()
	create := "CREATE DATABASE " + name
	if migrated {
		source, err := template(context.Background(), address)
		if err != nil {
			t.Fatalf("migrate a PostgreSQL database: %v", err)
		}
		create += " TEMPLATE " + source
	}
	if err := execute(context.Background(), address, create); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(address, name); err != nil {
			t.Error(err)
		}
	})
	return Database{Dialect: dialect.Postgres, URL: named(address, name)}
}

func newName() string { return "assay_test_" + strings.ToLower(rand.Text()) }

// drop removes a database by force: a test that fails may leave connections open. The server's own process that clears a
// table up may be in it; that is the superuser's, so that it is waited for.
func drop(server, name string) error {
	for tries := 0; ; tries++ {
		err := execute(context.Background(), server, "DROP DATABASE "+name+" WITH (FORCE)")
		var fault *pq.Error
		if tries == 100 || !errors.As(err, &fault) || fault.Code != "42501" {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// template gives the name of the migrated database that the others are copied from and makes it if the server has
// none. The name tells which migrations are in it, so that a server which outlives the run keeps one for each
// version of the schema; until it is complete it has another name.
func template(ctx context.Context, address string) (name string, err error) {
	shape, err := migration.Fingerprint(dialect.Postgres)
	if err != nil {
		return "", err
	}
	name = "assay_template_" + shape
	return name, with(address, func(db *sql.DB, _ string) (err error) {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, conn.Close()) }()
		// Closing the pool ends the session and with it the lock.
		if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", name); err != nil {
			return err
		}
		var there bool
		query := "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)"
		if err := conn.QueryRowContext(ctx, query, name).Scan(&there); err != nil || there {
			return err
		}
		return makeTemplate(ctx, conn, address, name)
	})
}

func makeTemplate(ctx context.Context, conn *sql.Conn, address, name string) error {
	draft := name + "_draft"
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + draft, "CREATE DATABASE " + draft} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := migrate(ctx, named(address, draft)); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", draft, name))
	return err
}

// named is the address of another database on the same server.
func named(address, database string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // opening it says what is wrong
	}
	u.Path = "/" + database
	return u.String()
}

func execute(ctx context.Context, address, statement string) error {
	return with(address, func(db *sql.DB, _ string) error {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
		return nil
	})
}

// with opens a database for the time of one call: a pool that stayed open would show up as a leak in the tests
// that look for leaks.
func with(address string, fn func(db *sql.DB, dialectName string) error) (err error) {
	db, dialectName, err := migration.OpenForMigration(address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return fn(db, dialectName)
}
