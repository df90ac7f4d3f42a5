package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/migration"
)

// next drafts the file that follows those of one database.
func next(ctx context.Context, root string, scratch dbtest.Database, tables []*schema.Table) (draft, error) {
	sub, err := migration.Folder(scratch.Dialect)
	if err != nil {
		return draft{}, err
	}
	folder := filepath.Join(root, filepath.FromSlash(sub))
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil {
		return draft{}, err
	}
	statements, err := diff(ctx, files, scratch, tables)
	return draft{dialect: scratch.Dialect, folder: folder, number: len(files) + 1, statements: statements}, err
}

// diff replays files on an empty database and gives the statements that lead from there to the tables. Both sides
// of the comparison are as the database writes types, defaults and conditions.
func diff(ctx context.Context, files []string, scratch dbtest.Database, tables []*schema.Table) (statements string, err error) {
	db, dialectName, err := migration.OpenForMigration(scratch.URL)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	engine, err := open(db, dialectName)
	if err != nil {
		return "", err
	}
	current, err := replay(ctx, db, engine, files)
	if err != nil {
		return "", err
	}
	desired, err := wanted(ctx, db, dialectName, current, tables)
	if err != nil {
		return "", err
	}
	if desired, err = normal(ctx, engine, desired); err != nil {
		return "", err
	}
	changes, err := engine.SchemaDiff(current, desired, atlas.DiffNormalized())
	if err != nil {
		return "", fmt.Errorf("compare: %w", err)
	}
	restoreConditions(tables, desired)
	plan, err := engine.PlanChanges(ctx, "draft", changes, func(o *migrate.PlanOptions) { o.SchemaQualifier = new(string) })
	if err != nil {
		return "", fmt.Errorf("plan: %w", err)
	}
	return render(plan), nil
}

func open(db *sql.DB, dialectName string) (migrate.Driver, error) {
	if dialectName == dialect.Postgres {
		return postgres.Open(db)
	}
	return sqlite.Open(db)
}

// replay runs the files, reads what they make, and empties the database again.
func replay(ctx context.Context, db *sql.DB, engine migrate.Driver, files []string) (*atlas.Schema, error) {
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if _, err := db.ExecContext(ctx, string(text)); err != nil {
			return nil, fmt.Errorf("replay %s: %w", filepath.Base(path), err)
		}
	}
	current, err := engine.InspectSchema(ctx, "", nil)
	if err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	var drop []atlas.Change
	for _, table := range current.Tables {
		table.Indexes = slices.DeleteFunc(table.Indexes, overExpression)
		drop = append(drop, &atlas.DropTable{T: table})
	}
	if err := engine.ApplyChanges(ctx, drop); err != nil {
		return nil, fmt.Errorf("empty the database: %w", err)
	}
	return current, nil
}

// overExpression knows the indexes that ent's schema cannot say: they are written by hand and left alone.
func overExpression(index *atlas.Index) bool {
	return slices.ContainsFunc(index.Parts, func(p *atlas.IndexPart) bool { return p.X != nil })
}

// wanted translates ent's tables into atlas's.
func wanted(ctx context.Context, db *sql.DB, dialectName string, current *atlas.Schema, tables []*schema.Table) (*atlas.Schema, error) {
	translator, err := schema.NewMigrate(entsql.OpenDB(dialectName, db))
	if err != nil {
		return nil, err
	}
	realm, err := translator.StateReader(tables...).ReadState(ctx)
	if err != nil {
		return nil, fmt.Errorf("translate ent's tables: %w", err)
	}
	desired := atlas.New(current.Name).AddAttrs(current.Attrs...)
	for _, s := range realm.Schemas {
		desired.AddTables(s.Tables...)
	}
	if dialectName == dialect.Postgres {
		constrain(desired)
	}
	return desired, nil
}

// constrain turns the unique indexes that foreign keys need into constraints: PostgreSQL wants them to exist when
// a table that refers to itself is created, and an index is only created afterwards.
func constrain(desired *atlas.Schema) {
	for _, table := range desired.Tables {
		for _, key := range table.ForeignKeys {
			for _, index := range key.RefTable.Indexes {
				if index.Unique && covers(index, key.RefColumns) && !constrained(index) {
					index.AddAttrs(&postgres.Constraint{T: "u", N: index.Name})
				}
			}
		}
	}
}

func covers(index *atlas.Index, columns []*atlas.Column) bool {
	return slices.EqualFunc(index.Parts, columns, func(p *atlas.IndexPart, c *atlas.Column) bool { return p.C == c })
}

func constrained(index *atlas.Index) bool {
	return slices.ContainsFunc(index.Attrs, func(a atlas.Attr) bool { _, ok := a.(*postgres.Constraint); return ok })
}

// normal takes tables through the database, unless it keeps them as they were written, as SQLite does.
func normal(ctx context.Context, engine migrate.Driver, desired *atlas.Schema) (*atlas.Schema, error) {
	normalizer, ok := engine.(atlas.Normalizer)
	if !ok {
		return desired, nil
	}
	desired, err := normalizer.NormalizeSchema(ctx, desired)
	if err != nil {
		return nil, fmt.Errorf("take ent's tables through the database: %w", err)
	}
	return desired, nil
}

// restoreConditions puts checks and the conditions of indexes back as ent/schema writes them. PostgreSQL rewrites
// its own rewriting once more, so that a file which held it would differ from the schema for ever.
func restoreConditions(tables []*schema.Table, desired *atlas.Schema) {
	for _, table := range tables {
		if found, ok := desired.Table(table.Name); ok { // the changes point into it
			restoreChecks(table, found)
			restorePredicates(table, found)
		}
	}
}

func restoreChecks(written *schema.Table, table *atlas.Table) {
	if written.Annotation == nil {
		return
	}
	for _, attr := range table.Attrs {
		if check, ok := attr.(*atlas.Check); ok && written.Annotation.Checks[check.Name] != "" {
			check.Expr = written.Annotation.Checks[check.Name]
		}
	}
}

func restorePredicates(written *schema.Table, table *atlas.Table) {
	for _, index := range written.Indexes {
		found, ok := table.Index(index.Name)
		if !ok || index.Annotation == nil || index.Annotation.Where == "" {
			continue
		}
		for _, attr := range found.Attrs {
			switch predicate := attr.(type) {
			case *postgres.IndexPredicate:
				predicate.P = index.Annotation.Where
			case *sqlite.IndexPredicate:
				predicate.P = index.Annotation.Where
			}
		}
	}
}

// render writes a plan as a file. The pragmas about foreign keys go: they do nothing inside a transaction, and the
// runner sees to it.
func render(plan *migrate.Plan) string {
	var b strings.Builder
	for _, change := range plan.Changes {
		if strings.HasPrefix(change.Cmd, "PRAGMA foreign_keys") {
			continue
		}
		if change.Comment != "" {
			fmt.Fprintf(&b, "-- %s%s\n", strings.ToUpper(change.Comment[:1]), change.Comment[1:])
		}
		fmt.Fprintf(&b, "%s;\n", change.Cmd)
	}
	return b.String()
}
