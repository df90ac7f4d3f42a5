package migration

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// advisoryKey is the number of PostgreSQL's advisory lock on migrating; it means nothing but must never change.
const advisoryKey = 4_715_021_968_330_112

// bookkeeping is the table that remembers what was applied. The database's own clock dates the rows.
func bookkeeping(dialectName string) string {
	moment := "datetime NOT NULL DEFAULT CURRENT_TIMESTAMP"
	if dialectName == dialect.Postgres {
		moment = "timestamp with time zone NOT NULL DEFAULT clock_timestamp()"
	}
	return `CREATE TABLE IF NOT EXISTS schema_migration (
	number integer PRIMARY KEY,
	name text NOT NULL,
	hash text NOT NULL,
	applied_at ` + moment + `
)`
}

// connect opens the connection that migrates. Turning a new SQLite file's log on needs the file for oneself, and
// SQLite refuses at once, without its usual wait, when several processes try together; so it is tried again, for
// about as long as the usual wait is.
func connect(ctx context.Context, db *sql.DB) (*sql.Conn, error) {
	const pause, tries = 20 * time.Millisecond, 500
	for try := 1; ; try++ {
		conn, err := db.Conn(ctx)
		var refused *sqlite.Error
		if try == tries || !errors.As(err, &refused) || refused.Code()&0xff != sqlite3.SQLITE_BUSY {
			return conn, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// lock prepares a connection for migrating and gives back what undoes it.
func lock(ctx context.Context, conn *sql.Conn, dialectName string) (release func() error, err error) {
	if dialectName == dialect.Postgres {
		return lockPostgres(ctx, conn)
	}
	return suspendReferences(ctx, conn)
}

// lockPostgres waits as long as ctx allows: the process ahead may have much to do, so the time limits that a
// pool sets for its statements must not end the wait.
func lockPostgres(ctx context.Context, conn *sql.Conn) (func() error, error) {
	release := func() error {
		// Also after a cancelled ctx: the connection goes back to a pool, and the lock must not go with it.
		ctx := context.WithoutCancel(ctx)
		_, err := conn.ExecContext(ctx, fmt.Sprintf("SELECT pg_advisory_unlock(%d); RESET statement_timeout; RESET lock_timeout", advisoryKey))
		return discardOn(conn, err)
	}
	_, err := conn.ExecContext(ctx, fmt.Sprintf("SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock(%d)", advisoryKey))
	if err != nil {
		return nil, fmt.Errorf("lock for migration: %w", discardOn(conn, err))
	}
	return release, nil
}

// suspendReferences turns SQLite's foreign keys off, which is only possible outside a transaction: a table is
// changed there by copying and dropping it, and that must not touch the rows which refer to it. Each file's
// references are checked before it commits. The lock itself is the immediate transaction of each file.
func suspendReferences(ctx context.Context, conn *sql.Conn) (func() error, error) {
	var on bool
	if err := conn.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&on); err != nil {
		return nil, fmt.Errorf("read foreign_keys: %w", err)
	}
	if !on {
		return func() error { return nil }, nil
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = off"); err != nil {
		return nil, fmt.Errorf("suspend foreign_keys: %w", discardOn(conn, err))
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA foreign_keys = on")
		return discardOn(conn, err)
	}, nil
}

// discardOn closes the connection for good if there is an error, rather than give the pool one in a state
// nobody expects; a session's end is also the end of its locks.
func discardOn(conn *sql.Conn, err error) error {
	if err == nil {
		return nil
	}
	if bad := conn.Raw(func(any) error { return driver.ErrBadConn }); !errors.Is(bad, driver.ErrBadConn) && !errors.Is(bad, sql.ErrConnDone) {
		return errors.Join(err, bad)
	}
	return err
}

// inTx runs fn in a transaction on a connection: all of it stays, or nothing. On PostgreSQL a statement that
// waits two seconds for a lock gives up, because everybody else queues behind it, and so does one that runs for
// five; a file that needs longer says SET LOCAL itself.
func inTx(ctx context.Context, conn *sql.Conn, dialectName string, fn func(*sql.Tx) error) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing to do after a commit; otherwise the first error is the one to tell
	if dialectName == dialect.Postgres {
		if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '5s'"); err != nil {
			return fmt.Errorf("limit waiting: %w", err)
		}
	}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
