package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"entgo.io/ent/dialect"
)

// record is one applied migration as a database remembers it.
type record struct {
	number int
	name   string
	hash   string
	at     time.Time
}

func status(ctx context.Context, fsys fs.FS, db *sql.DB, dialectName string) ([]Entry, error) {
	files, err := load(fsys, dialectName)
	if err != nil {
		return nil, err
	}
	ours, err := records(ctx, db, dialectName, "schema_migration", "SELECT number, name, hash, applied_at FROM schema_migration ORDER BY number")
	if err != nil {
		return nil, err
	}
	queue, err := riverStatus(ctx, db, dialectName)
	if err != nil {
		return nil, err
	}
	return append(merge(files, ours), queue...), nil
}

func riverStatus(ctx context.Context, db *sql.DB, dialectName string) ([]Entry, error) {
	queue, err := river(dialectName)
	if err != nil {
		return nil, err
	}
	var known []file
	for _, v := range queue.AllVersions() {
		known = append(known, file{number: v.Version, name: riverName(v.Version, v.Name)})
	}
	applied, err := records(ctx, db, dialectName, "river_migration", "SELECT version, '', '', created_at FROM river_migration ORDER BY version")
	if err != nil {
		return nil, err
	}
	entries := merge(known, applied)
	for i := range entries {
		entries[i].Line = LineRiver
		if entries[i].State == Edited { // the queue keeps no hashes
			entries[i].State = Applied
		}
	}
	return entries, nil
}

// merge lays what the program knows beside what the database has applied.
func merge(known []file, applied []record) []Entry {
	var entries []Entry
	for _, f := range known {
		entry := Entry{Line: LineAssay, Number: f.number, Name: f.name, State: Pending}
		if i := slices.IndexFunc(applied, func(r record) bool { return r.number == f.number }); i >= 0 {
			entry.State, entry.AppliedAt = Applied, applied[i].at
			if f.same(applied[i].name, applied[i].hash) != nil {
				entry.State = Edited
			}
		}
		entries = append(entries, entry)
	}
	for _, r := range applied {
		if !slices.ContainsFunc(known, func(f file) bool { return f.number == r.number }) {
			entries = append(entries, Entry{Line: LineAssay, Number: r.number, Name: r.name, State: Newer, AppliedAt: r.at})
		}
	}
	return entries
}

// records reads a table of applied migrations; a table that is not there yet has none.
func records(ctx context.Context, db *sql.DB, dialectName, table, query string) (list []record, err error) {
	lookup := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
	if dialectName == dialect.Postgres {
		lookup = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1"
	}
	var there int
	if err := db.QueryRowContext(ctx, lookup, table).Scan(&there); err != nil {
		return nil, fmt.Errorf("look for %s: %w", table, err)
	}
	if there == 0 {
		return nil, nil
	}
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", table, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r record
		if err := rows.Scan(&r.number, &r.name, &r.hash, &r.at); err != nil {
			return nil, fmt.Errorf("read %s: %w", table, err)
		}
		r.at = r.at.UTC()
		list = append(list, r)
	}
	return list, rows.Err()
}

func current(ctx context.Context, fsys fs.FS, db *sql.DB, dialectName string) (bool, error) {
	entries, err := status(ctx, fsys, db, dialectName)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(entries, func(e Entry) bool { return e.State == Pending }), nil
}
