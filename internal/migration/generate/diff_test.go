package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/migration"
)

// world is a small schema with everything that has gone wrong once: a table that refers to itself, conditions that
// the database rewrites, a default, and references that may be null.
type world struct{ organizations, people, notes *schema.Table }

func newWorld() world {
	w := world{newTable("organizations"), newTable("people", "organization_id", "manager_id?"), newTable("notes", "organization_id", "person_id?")}
	w.people.AddColumn(&schema.Column{Name: "state", Type: field.TypeString, Default: "NEW"})
	w.people.SetAnnotation(&entsql.Annotation{Checks: map[string]string{"people_state": "state IN ('NEW', 'GONE')"}})
	w.people.AddIndex("people_gone", true, []string{"organization_id", "manager_id"})
	w.people.Indexes[0].Annotation = entsql.IndexWhere("state IN ('GONE', 'LOST')")
	refer(w.people, "organization_id", w.organizations)
	refer(w.people, "manager_id", w.people)
	refer(w.notes, "organization_id", w.organizations)
	refer(w.notes, "person_id", w.people)
	return w
}

// grown is the same schema later: a new table refers to one that nothing referred to, and a condition changes.
func (w world) grown() []*schema.Table {
	stars := newTable("stars", "organization_id", "note_id")
	refer(stars, "organization_id", w.organizations)
	refer(stars, "note_id", w.notes)
	w.people.Annotation.Checks["people_state"] = "state IN ('NEW', 'GONE', 'LOST')"
	w.people.AddColumn(&schema.Column{Name: "nickname", Type: field.TypeString, Nullable: true})
	return append(w.tables(), stars)
}

func (w world) tables() []*schema.Table {
	return []*schema.Table{w.notes, w.people, w.organizations}
}

func newTable(name string, columns ...string) *schema.Table {
	t := schema.NewTable(name).AddPrimary(&schema.Column{Name: "id", Type: field.TypeInt})
	for _, c := range columns {
		plain := strings.TrimSuffix(c, "?")
		t.AddColumn(&schema.Column{Name: plain, Type: field.TypeInt, Nullable: plain != c})
	}
	return t
}

func refer(from *schema.Table, column string, to *schema.Table) {
	c, _ := from.Column(column)
	from.AddForeignKey(&schema.ForeignKey{
		Symbol: from.Name + "_" + to.Name + "_" + column, Columns: []*schema.Column{c},
		RefTable: to, RefColumns: to.PrimaryKey, OnDelete: schema.SetNull,
	})
}

// TestDiff writes migrations one after the other; after each, nothing is left to write.
func TestDiff(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		target := database.Open(t) // where the migrations run with rows in the tables
		var files []string
		steps := []struct {
			tables []*schema.Table
			row    string
		}{
			{newWorld().tables(), "INSERT INTO organizations VALUES (1), (2); INSERT INTO people (id, organization_id, manager_id) VALUES (10, 1, NULL), (20, 2, NULL), (11, 1, 10)"},
			{newWorld().grown(), "INSERT INTO people (id, organization_id, state) VALUES (12, 1, 'LOST')"},
		}
		for i, step := range steps {
			statements := draftFor(t, database.Dialect, files, step.tables)
			if statements == "" {
				t.Fatalf("step %d: want statements", i+1)
			}
			files = append(files, filepath.Join(t.TempDir(), fmt.Sprintf("%04d_step.sql", i+1)))
			if err := os.WriteFile(files[i], []byte(statements), 0o600); err != nil {
				t.Fatal(err)
			}
			if again := draftFor(t, database.Dialect, files, step.tables); again != "" {
				t.Errorf("step %d: a second look finds more to do:\n%s", i+1, again)
			}
			if database.Dialect == "sqlite3" { // as the runner does
				target.SetMaxOpenConns(1)
				mustExec(t, target, "PRAGMA foreign_keys = off")
			}
			mustExec(t, target, statements)
			mustExec(t, target, map[string]string{"sqlite3": "PRAGMA foreign_keys = on", "postgres": "SELECT 1"}[database.Dialect])
			mustExec(t, target, step.row)
		}
		for fact, statement := range map[string]string{
			"a row cannot refer to another organization's":    "INSERT INTO people (id, organization_id, manager_id) VALUES (30, 2, 10)",
			"nor can a row of another table":                  "INSERT INTO notes (id, organization_id, person_id) VALUES (1, 2, 10)",
			"a row that is referred to cannot go":             "DELETE FROM people WHERE id = 10",
			"the organization of referred rows cannot change": "UPDATE people SET organization_id = 2 WHERE id = 10",
			"a check holds":                                    "INSERT INTO people (id, organization_id, state) VALUES (31, 1, 'ODD')",
			"a reference to nothing is refused":                "INSERT INTO notes (id, organization_id, person_id) VALUES (2, 1, 99)",
			"a partial index holds (the second of these rows)": "INSERT INTO people (id, organization_id, manager_id, state) VALUES (32, 1, 10, 'GONE'), (33, 1, 10, 'GONE')",
		} {
			if _, err := target.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s: accepted %s", fact, statement)
			}
		}
		mustExec(t, target, "INSERT INTO notes (id, organization_id, person_id) VALUES (3, 1, 10), (4, 1, NULL)")
	})
}

func TestDiffTakesAway(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		file := filepath.Join(t.TempDir(), "0001_first.sql")
		if err := os.WriteFile(file, []byte(draftFor(t, database.Dialect, nil, newWorld().grown())), 0o600); err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(draftFor(t, database.Dialect, []string{file}, newWorld().tables()), "`", `"`)
		for _, want := range []string{`DROP TABLE "stars"`, `people_state`} {
			if !strings.Contains(got, want) {
				t.Errorf("got\n%s\nwant %s", got, want)
			}
		}
	})
}

func TestDiffOfFilesThatFail(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, database dbtest.Database) {
		file := filepath.Join(t.TempDir(), "0001_first.sql")
		if err := os.WriteFile(file, []byte("DROP TABLE missing;\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := diff(t.Context(), []string{file}, database, nil); err == nil {
			t.Error("want an error")
		}
	})
}

func draftFor(t *testing.T, dialectName string, files []string, tables []*schema.Table) string {
	t.Helper()
	composed, err := migration.Tables(tables)
	if err != nil {
		t.Fatal(err)
	}
	scratch := map[string]func(testing.TB) dbtest.Database{"sqlite3": dbtest.EmptySQLite, "postgres": dbtest.EmptyPostgres}[dialectName](t)
	statements, err := diff(t.Context(), files, scratch, composed)
	if err != nil {
		t.Fatal(err)
	}
	return statements
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
