package tenant

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"runtime"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/lib/pq"
	"modernc.org/sqlite"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/migration"
)

// pools are the two ways into one database. On SQLite one connection writes and the others can only read;
// on PostgreSQL both are the same pool.
type pools struct {
	dialect     string
	write, read *sql.DB
	listen      string // how to connect for notices; empty on SQLite
}

// openPools opens a database by the URL of ASSAY_DATABASE_URL. In bulk, a commit does not wait for the disk. Observe,
// if set, sees the text of each statement.
func openPools(url string, bulk bool, observe func(string)) (pools, error) {
	name, dsn, err := migration.ParseURL(url)
	if err != nil {
		return pools{}, err
	}
	if name == dialect.Postgres {
		return openPostgres(dsn, bulk, observe)
	}
	return openSQLite(dsn, bulk, observe), nil
}

func openPostgres(dsn string, bulk bool, observe func(string)) (pools, error) {
	sync := "on"
	if bulk {
		sync = "off"
	}
	dsn += separator(dsn) + postgresSettings + "&synchronous_commit=" + sync
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return pools{}, fmt.Errorf("database url: %w", err)
	}
	db := sized(sql.OpenDB(&watched{Connector: connector, prepare: true, observe: observe}), 4+3*runtime.NumCPU())
	return pools{dialect: dialect.Postgres, write: db, read: db, listen: dsn}, nil
}

// postgresSettings hold for every connection. An acknowledged answer is on disk, and nothing waits for long.
const postgresSettings = "timezone=UTC&statement_timeout=5000&lock_timeout=2000&idle_in_transaction_session_timeout=10000"

func openSQLite(dsn string, bulk bool, observe func(string)) pools {
	writing := "&_txlock=immediate&_pragma=cache_size(-32768)" // 32 MB: what a transaction changes is written once, at its commit
	if bulk {
		writing += "&_pragma=synchronous(NORMAL)"
	}
	open := func(settings string, n int) *sql.DB {
		return sized(sql.OpenDB(&watched{Connector: sqliteConnector(dsn + settings), prepare: true, observe: observe}), n)
	}
	return pools{
		dialect: dialect.SQLite,
		write:   open(writing, 1),
		read:    open("&_pragma=query_only(1)", 2+2*runtime.NumCPU()),
	}
}

func separator(dsn string) string {
	if strings.Contains(dsn, "?") {
		return "&"
	}
	return "?"
}

// sized keeps every connection it opens: opening one costs more than a hot statement.
func sized(db *sql.DB, n int) *sql.DB {
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	db.SetConnMaxLifetime(time.Hour)
	return db
}

func (p pools) close() error {
	err := p.write.Close()
	if p.read != p.write {
		if rerr := p.read.Close(); err == nil {
			err = rerr
		}
	}
	return err
}

// sqliteConnector opens connections of the embedded database.
type sqliteConnector string

// Connect opens a connection.
func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) {
	return (&sqlite.Driver{}).Open(string(c))
}

// Driver is the embedded database's.
func (c sqliteConnector) Driver() driver.Driver { return &sqlite.Driver{} }

// runner is what both a pool and a transaction can do.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// flat is an ent driver on a pool or a transaction that already exists: ent never begins one of its own.
type flat struct{ *entsql.Driver }

// Tx joins what is already there.
func (f flat) Tx(context.Context) (dialect.Tx, error) { return dialect.NopTx(f), nil }

// BeginTx joins what is already there.
func (f flat) BeginTx(ctx context.Context, _ *entsql.TxOptions) (dialect.Tx, error) { return f.Tx(ctx) }

func newClient(name string, on runner) *ent.Client {
	return ent.NewClient(ent.Driver(flat{entsql.NewDriver(name, entsql.Conn{ExecQuerier: on})}))
}

// readOnly is a pool that refuses to write: outside a transaction nothing changes, not even by mistake.
type readOnly struct{ *sql.DB }

// ExecContext always fails.
func (readOnly) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, fmt.Errorf("a write outside tenant.InTx")
}
