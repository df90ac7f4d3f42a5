// Command generate writes the next migration from the difference between ent/schema and the migrations so far.
//
//	go run ./internal/migration/generate NAME    write NNNN_NAME.sql for both databases
//	go run ./internal/migration/generate -check  exit with 1 if there is a difference
//
// It runs in the root of the repository. It replays the migrations on throw-away databases, an SQLite file and a
// PostgreSQL database as the tests have them, and touches no other. Both databases get a file with the same
// number, so that a number means the same on either. What it writes is a draft: read it before committing. It
// drops a table that is no longer in ent/schema, moves no data, and leaves the job queue's tables alone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"

	entmigrate "github.com/assay-hq/assay/ent/migrate"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/migration"
)

func main() {
	check := flag.Bool("check", false, "write nothing; exit with 1 if the schema and the migrations differ")
	flag.Parse()
	if err := run(context.Background(), *check, flag.Args(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

var word = regexp.MustCompile(`^[a-z0-9_]+$`)

func run(ctx context.Context, check bool, args []string, out io.Writer) error {
	if check != (len(args) == 0) || len(args) > 1 || !check && !word.MatchString(args[0]) {
		return errors.New("give either -check or a name of lower-case words, like add_report_notes")
	}
	tables, err := migration.Tables(entmigrate.Tables)
	if err != nil {
		return err
	}
	drafts, err := drafts(ctx, filepath.Join("internal", "migration"), tables)
	if err != nil {
		return err
	}
	if check {
		return report(drafts, out)
	}
	return write(drafts, args[0], out)
}

// draft is what one database's next file would say; statements is empty if there is nothing to change.
type draft struct {
	dialect    string
	folder     string
	number     int
	statements string
}

func drafts(ctx context.Context, root string, tables []*schema.Table) (list []draft, err error) {
	folder, err := os.MkdirTemp("", "assay-generate-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	postgres, remove, err := dbtest.Scratch()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()

	for _, scratch := range []dbtest.Database{
		{Dialect: dialect.Postgres, URL: postgres},
		{Dialect: dialect.SQLite, URL: "sqlite:" + filepath.Join(folder, "scratch.db")},
	} {
		d, err := next(ctx, root, scratch, tables)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", scratch.Dialect, err)
		}
		list = append(list, d)
	}
	return list, nil
}

// report says what is missing, as an error if anything is.
func report(drafts []draft, out io.Writer) error {
	var err error
	for _, d := range drafts {
		if d.statements == "" {
			continue
		}
		err = errors.New("ent/schema and the migrations differ: run `go run ./internal/migration/generate NAME` and read what it writes")
		if _, printErr := fmt.Fprintf(out, "-- %s\n%s", d.dialect, d.statements); printErr != nil {
			return printErr
		}
	}
	return err
}

const (
	generated = "-- Generated from ent/schema by internal/migration/generate; read before committing.\n"
	unchanged = "-- Nothing changes on this database.\n"
)

// write writes the next file of each database, or none if there is nothing to change on either.
func write(drafts []draft, name string, out io.Writer) error {
	changes := false
	for _, d := range drafts {
		changes = changes || d.statements != ""
	}
	if !changes {
		_, err := fmt.Fprintln(out, "no change")
		return err
	}
	for _, d := range drafts {
		text := d.statements
		if text == "" {
			text = unchanged
		}
		path := filepath.Join(d.folder, fmt.Sprintf("%04d_%s.sql", d.number, name))
		if err := os.WriteFile(path, []byte(generated+text), 0o644); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, path); err != nil {
			return err
		}
	}
	return nil
}
