// Package migration brings a database to the shape this program expects.
//
// Its files are numbered, reviewed SQL, one folder per database, compiled into the program. Each file runs in
// one transaction, once, whichever of several processes that start together gets there first; a file that was
// applied may never change again. The job queue's own migrations follow ours under the same lock. There is no
// way down: a mistake is mended by the next number, and a database that is ahead of the program is left alone,
// because the previous program keeps running while the next one is rolled out.
//
// The package never reads or writes a domain row outside the files and decides nothing about the tables; those
// are described in ent/schema, and internal/migration/generate writes the files from there.
package migration

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"entgo.io/ent/dialect"
)

//go:embed sql
var embedded embed.FS

// State tells where one migration stands in one database.
type State string

// The states of a migration.
const (
	Pending State = "pending"
	Applied State = "applied"
	Edited  State = "edited" // applied, and the file has changed since: Apply refuses to go on
	Newer   State = "newer"  // applied by a newer program; this one does not know it and works with it
)

// The two lines of migrations, in the order in which they are applied.
const (
	LineAssay = "assay"
	LineRiver = "river"
)

// Entry is one migration as Status reports it.
type Entry struct {
	Line      string
	Number    int
	Name      string // empty for a newer migration of the job queue
	State     State
	AppliedAt time.Time // UTC; zero while the migration is pending
}

// Apply runs every migration the database lacks and names those that this call ran, in order. It may be called
// by several processes at once: each migration is run by one of them, the others wait, and all succeed. When a
// migration fails nothing of it stays and those before it do; their names come back beside the error. An SQLite
// database must have been opened with _txlock=immediate, as OpenForMigration does.
func Apply(ctx context.Context, db *sql.DB, dialectName string) ([]string, error) {
	return apply(ctx, embedded, db, dialectName, latest)
}

// ApplyTo is Apply up to and including the file with number target. The job queue's migrations run only when
// target is the last file. A number that no file has is an error; one that is behind the database does nothing.
func ApplyTo(ctx context.Context, db *sql.DB, dialectName string, target int) ([]string, error) {
	if target < 1 {
		return nil, fmt.Errorf("there is no migration %d", target)
	}
	return apply(ctx, embedded, db, dialectName, target)
}

// Status lists every migration that the program or the database knows: ours, then the job queue's, by number.
func Status(ctx context.Context, db *sql.DB, dialectName string) ([]Entry, error) {
	return status(ctx, embedded, db, dialectName)
}

// Current reports whether the database has every migration the program knows; it may have newer ones too.
func Current(ctx context.Context, db *sql.DB, dialectName string) (bool, error) {
	return current(ctx, embedded, db, dialectName)
}

// Fingerprint identifies the shape that Apply leads to: it changes when any migration is added.
func Fingerprint(dialectName string) (string, error) {
	files, err := load(embedded, dialectName)
	if err != nil {
		return "", err
	}
	queue, err := river(dialectName)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, f := range files {
		_, _ = sum.Write([]byte(f.hash))
	}
	for _, v := range queue.AllVersions() {
		_, _ = sum.Write([]byte(v.SQLUp))
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// latest stands for the last file, whichever it is.
const latest = -1

func apply(ctx context.Context, fsys fs.FS, db *sql.DB, dialectName string, target int) (applied []string, err error) {
	files, err := load(fsys, dialectName)
	if err != nil {
		return nil, err
	}
	if target == latest {
		target = len(files)
	}
	if target > len(files) {
		return nil, fmt.Errorf("there is no migration %d: the last is %d", target, len(files))
	}
	// The lock belongs to the connection, so everything below happens on this one and none other.
	conn, err := connect(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("connect to migrate: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	release, err := lock(ctx, conn, dialectName)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()

	applied, err = applyFiles(ctx, conn, dialectName, files[:target])
	if err != nil || target < len(files) {
		return applied, err
	}
	queued, err := applyRiver(ctx, conn, dialectName)
	return append(applied, queued...), err
}

func applyFiles(ctx context.Context, conn *sql.Conn, dialectName string, files []file) (applied []string, err error) {
	if _, err := conn.ExecContext(ctx, bookkeeping(dialectName)); err != nil {
		return nil, fmt.Errorf("create the table of migrations: %w", err)
	}
	for _, f := range files {
		did, err := applyFile(ctx, conn, dialectName, f)
		if err != nil {
			return applied, fmt.Errorf("migration %s: %w", f.name, err)
		}
		if did {
			applied = append(applied, f.name)
		}
	}
	return applied, nil
}

// applyFile runs one file and reports whether it had to. It looks again inside its transaction, because on
// SQLite the transaction is the lock.
func applyFile(ctx context.Context, conn *sql.Conn, dialectName string, f file) (did bool, err error) {
	err = inTx(ctx, conn, dialectName, func(tx *sql.Tx) error {
		var name, hash string
		err := tx.QueryRowContext(ctx, "SELECT name, hash FROM schema_migration WHERE number = $1", f.number).Scan(&name, &hash)
		if err == nil {
			return f.same(name, hash)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		did = true
		return f.run(ctx, tx, dialectName)
	})
	return did && err == nil, err
}

func (f file) run(ctx context.Context, tx *sql.Tx, dialectName string) error {
	if _, err := tx.ExecContext(ctx, f.sql); err != nil {
		return err
	}
	if dialectName == dialect.SQLite {
		if err := checkReferences(ctx, tx); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO schema_migration (number, name, hash) VALUES ($1, $2, $3)", f.number, f.name, f.hash)
	return err
}

// checkReferences stands in for the foreign keys that lock turned off.
func checkReferences(ctx context.Context, tx *sql.Tx) error {
	var table, parent string
	err := tx.QueryRowContext(ctx, `SELECT "table", "parent" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table, &parent)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("check references: %w", err)
	}
	return fmt.Errorf("a row of %s would refer to a missing row of %s", table, parent)
}
