package graph_test

import (
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/policy"
)

const authorization = "testdata/authorization.golden"

// columns are who asks for an object of the first organization: nobody, everybody in it, and everybody in the other.
// The golden file shows one of the last, for they differ by their role alone.
func (w *world) columns() []*person {
	return slices.Concat([]*person{w.nobody}, w.a.persons(), w.b.persons())
}

func (w *world) shown(who *person) bool {
	return who == w.nobody || w.a.people[who.name] == who || who == w.b.people["recruiter"]
}

// TestMatrix asks for everything as everybody, over HTTP. What is expected follows from the policy and the field's
// permission; a request that is refused changes nothing, and one that only reads changes something only where the audit
// keeps it. The outcomes are kept in one file that a person can review.
func TestMatrix(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	witness := newWitness(t, w.db)
	var golden strings.Builder
	golden.WriteString(w.heading())
	cells := 0
	for _, r := range rows(executable().Schema()) {
		fmt.Fprintf(&golden, "%-36s", r.name)
		for _, who := range w.columns() {
			got := w.cell(t, witness, r, who)
			if want := r.expected(w.rules, w.a, who); got != want {
				t.Errorf("%s as %s: got %s, want %s", r.name, who.name, got, want)
			}
			if w.shown(who) {
				fmt.Fprintf(&golden, " %-15s", got)
			}
			cells++
		}
		golden.WriteByte('\n')
	}
	t.Logf("%d cells over HTTP", cells)
	compareGolden(t, authorization, trimmed(golden.String()))
}

func (w *world) heading() string {
	line := fmt.Sprintf("%-36s", "field")
	for _, who := range w.columns() {
		name := who.name
		if who.actor.Org == w.b.id {
			name = "elsewhere"
		}
		if w.shown(who) {
			line += fmt.Sprintf(" %-15s", name)
		}
	}
	return line + "\n"
}

func trimmed(table string) string {
	var b strings.Builder
	for line := range strings.Lines(table) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := must(os.ReadFile(path))(t); got != string(want) {
		t.Errorf("%s changed; review it and run with -update:\n%s", path, got)
	}
}

// cell asks for one field as one person. A mutation has an object of its own.
func (w *world) cell(t *testing.T, witness *witness, r *row, who *person) string {
	t.Helper()
	variables := vars{}
	if r.given != nil {
		variables = r.given(t, w.a, who)
	}
	writes := r.noted
	if strings.HasPrefix(r.name, "Mutation.") {
		writes = true
		variables = vars{"input": variables}
	}
	before := witness.look(t)
	a := w.ask(t, who, r.query, variables)
	got := a.outcome(r.at)
	if got == nothing && (r.name == "Query.nodes" || r.name == "Mutation.inviteCandidates") {
		got = notFound
	}
	after := witness.look(t)
	switch {
	case writes && got == allowed && after == before:
		t.Errorf("%s as %s: allowed, and nothing changed", r.name, who.name)
	case (!writes || got != allowed && !r.within) && after != before:
		t.Errorf("%s as %s: %s, and something changed:\n%s\n%s", r.name, who.name, got, before, after)
	}
	if who.actor.Org != w.a.id && who != w.a.people["candidate"] && w.a.speaksOf(a.body) {
		t.Errorf("%s as %s speaks of another organization: %s", r.name, who.name, a.body)
	}
	return got
}

// witness tells whether anything in the database changed.
type witness struct {
	conn   *sql.Conn
	counts string
	sqlite bool
}

func newWitness(t *testing.T, db dbtest.Database) *witness {
	t.Helper()
	conn := must(db.Open(t).Conn(t.Context()))(t)
	t.Cleanup(func() { _ = conn.Close() }) // the pool that it is of reports its own end
	w := &witness{conn: conn, sqlite: db.Dialect == "sqlite3"}
	var parts []string
	for _, table := range w.tables(t) {
		parts = append(parts, fmt.Sprintf("SELECT '%s' AS name, COUNT(*) AS n FROM %s", table, table))
	}
	w.counts = strings.Join(parts, " UNION ALL ")
	return w
}

func (w *witness) tables(t *testing.T) []string {
	query := "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
	if w.sqlite {
		query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
	}
	rows := must(w.conn.QueryContext(t.Context(), query))(t)
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) < 20 {
		t.Fatalf("%d tables, %v", len(names), err)
	}
	return names
}

// look is the number of rows in every table; on SQLite also the number of commits, so that a changed row shows too.
func (w *witness) look(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	if w.sqlite {
		var version int
		if err := w.conn.QueryRowContext(t.Context(), "PRAGMA data_version").Scan(&version); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "version %d ", version)
	}
	rows := must(w.conn.QueryContext(t.Context(), w.counts))(t)
	defer rows.Close()
	for rows.Next() {
		var (
			name string
			n    int
		)
		if err := rows.Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			fmt.Fprintf(&b, "%s %d ", name, n)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestOthersReviews asks for a review as members who review and to whom it was not given.
func TestOthersReviews(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	review := w.a.newReview(t, w.a.sat(t, w.a.template).ID, "reviewer").ID
	submit, at := mutation(executable().Schema(), "submitReview")
	for _, name := range []string{"owner", "admin"} {
		read := w.ask(t, w.a.people[name], below("Review", "work { title }"), vars{"id": review})
		if got := read.outcome("node"); got != notFound {
			t.Errorf("reading as %s: %s", name, read.body)
		}
		scored := w.ask(t, w.a.people[name], submit, vars{"input": vars{"id": review, "scores": w.a.scoreInputs()}})
		if got := scored.outcome(at); got != notFound {
			t.Errorf("scoring as %s: %s", name, scored.body)
		}
	}
}

// needsOne knows a permission at the end of a description.
var needsOne = regexp.MustCompile("Needs `([a-z_.]+)`\\.$")

// TestMatrixIsComplete demands a row for each field that has a permission, with the permission that its description
// names, and no row without a field.
func TestMatrixIsComplete(t *testing.T) {
	schema := executable().Schema()
	byName := map[string]*row{}
	for _, r := range rows(schema) {
		if byName[r.name] != nil {
			t.Errorf("%s has two rows", r.name)
		}
		byName[r.name] = r
	}
	for name, description := range guarded(schema) {
		r := byName[name]
		if r == nil {
			t.Errorf("%s has no row in the matrix", name)
			continue
		}
		delete(byName, name)
		named := needsOne.FindStringSubmatch(description)
		if named != nil && (len(r.needs) == 0 || r.needs[len(r.needs)-1] != policy.Action(named[1])) {
			t.Errorf("%s says that it needs %s, and its row says %v", name, named[1], r.needs)
		}
		if named == nil && len(r.needs) > 0 && name != "Query.node" && name != "Query.nodes" && !strings.HasPrefix(name, "node(") {
			t.Errorf("%s needs %v and does not say so", name, r.needs)
		}
	}
	for name := range byName {
		t.Errorf("%s has a row and is no guarded field of the schema", name)
	}
}

// guarded are the fields and nodes that must have a row, with their descriptions.
func guarded(schema *ast.Schema) map[string]string {
	found := map[string]string{}
	for _, def := range schema.Types {
		if def.Kind != ast.Object || def.BuiltIn {
			continue
		}
		if slices.Contains(def.Interfaces, "Node") {
			found["node("+def.Name+")"] = ""
		}
		for _, f := range def.Fields {
			root := def == schema.Query || def == schema.Mutation || def == schema.Subscription
			if (root || len(f.Arguments) > 0 || strings.Contains(f.Description, "Needs ")) && !strings.HasPrefix(f.Name, "__") {
				found[def.Name+"."+f.Name] = f.Description
			}
		}
	}
	return found
}
