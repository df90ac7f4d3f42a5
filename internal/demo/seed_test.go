package demo

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// seedNow is the present of these tests: a Sunday afternoon.
var seedNow = time.Date(2026, 11, 22, 14, 7, 31, 0, time.UTC)

func seedInto(t *testing.T, db dbtest.Database, one int) *Summary {
	t.Helper()
	summary, err := seedEvery(t.Context(), seedConfig(t, db), one)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func seedConfig(t *testing.T, db dbtest.Database) SeedConfig {
	t.Helper()
	rules, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	return SeedConfig{URL: db.URL, Policy: rules, Now: seedNow, Log: slog.New(slog.DiscardHandler), PublicURL: "http://127.0.0.1:8080"}
}

// seedRead reads rows of texts.
func seedRead(t *testing.T, db *sql.DB, query string, args ...any) [][]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for rows.Next() {
		values := make([]any, len(columns))
		targets := make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(columns))
		for i, v := range values {
			texts[i] = columns[i] + "=" + seedText(v)
		}
		all = append(all, texts)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func seedText(v any) string {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	default:
		return fmt.Sprint(v)
	}
}

// seedOne reads one number.
func seedOne(t *testing.T, db *sql.DB, query string) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// seedBookkeeping is true of the tables of the queue and of migrations, which are no rows of the domain.
func seedBookkeeping(table string) bool {
	return strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "sqlite_") || strings.Contains(table, "migration")
}

// seedExport reads all rows of all domain tables.
func seedExport(t *testing.T, db *sql.DB) map[string][][]string {
	t.Helper()
	export := map[string][][]string{}
	for _, row := range seedRead(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
		table := strings.TrimPrefix(row[0], "name=")
		if !seedBookkeeping(table) {
			export[table] = seedRead(t, db, "SELECT * FROM "+table+" ORDER BY id")
		}
	}
	return export
}

func TestSeed(t *testing.T) {
	file := dbtest.SQLite(t)
	began := time.Now()
	summary := seedInto(t, file, 1)
	t.Logf("seeded in %v: %+v", time.Since(began).Round(time.Millisecond), *summary)
	db := file.Open(t)

	t.Run("many sessions are finished", func(t *testing.T) {
		if n := seedOne(t, db, `SELECT COUNT(*) FROM sessions s JOIN organizations o ON o.id = s.organization_id
			WHERE o.slug = 'demo' AND s.state IN ('IN_REVIEW', 'SCORED', 'RELEASED')`); n < 330 {
			t.Errorf("got %d, want at least 330", n)
		}
	})
	t.Run("they spread over the days", func(t *testing.T) {
		if n := seedOne(t, db, "SELECT COUNT(DISTINCT substr(ended_at, 1, 10)) FROM sessions WHERE state IN ('IN_REVIEW', 'SCORED', 'RELEASED')"); n < 80 {
			t.Errorf("got %d days, want at least 80", n)
		}
	})
	t.Run("each role has its share", func(t *testing.T) {
		rows := seedRead(t, db, `SELECT r.title, COUNT(*) FROM sessions s JOIN job_roles r ON r.id = s.job_role_id JOIN organizations o ON o.id = r.organization_id
			WHERE s.state = 'RELEASED' AND o.slug = 'demo' GROUP BY r.title HAVING COUNT(*) >= 50`)
		if len(rows) != 3 {
			t.Errorf("got %v, want three roles with 50 released reports or more", rows)
		}
	})
	t.Run("every state is there", func(t *testing.T) {
		for _, state := range term.SessionState("").Values() {
			n := seedOne(t, db, "SELECT COUNT(*) FROM sessions WHERE state = '"+state+"'")
			if state != string(term.Submitted) && n < 2 { // what was submitted is scored at once
				t.Errorf("%s: got %d sessions, want at least 2", state, n)
			}
			t.Logf("%s: %d", state, n)
		}
	})
	t.Run("every released report has a band", func(t *testing.T) {
		if n := seedOne(t, db, "SELECT COUNT(*) FROM reports WHERE state = 'RELEASED' AND (band IS NULL OR band = '')"); n != 0 {
			t.Errorf("%d have none", n)
		}
	})
	t.Run("results differ as people do", func(t *testing.T) { seedResults(t, db) })
	t.Run("questions are of every kind, category and level", func(t *testing.T) {
		for column, want := range map[string][]string{
			"kind": term.QuestionKind("").Values(), "category": term.Category("").Values(), "level": term.Level("").Values(),
		} {
			for _, value := range want {
				if seedOne(t, db, "SELECT COUNT(*) FROM questions WHERE state = 'PUBLISHED' AND "+column+" = '"+value+"'") == 0 {
					t.Errorf("no published question has the %s %s", column, value)
				}
			}
		}
	})
	t.Run("templates have a second version and an open draft", func(t *testing.T) {
		if n := seedOne(t, db, "SELECT COUNT(*) FROM templates WHERE state = 'PUBLISHED' AND published_number = 2"); n != 1 {
			t.Errorf("%d templates are at version 2, want 1", n)
		}
		if n := seedOne(t, db, "SELECT COUNT(*) FROM templates WHERE state = 'PUBLISHED' AND draft_number > 0"); n != 1 {
			t.Errorf("%d published templates have an open draft, want 1", n)
		}
	})
	t.Run("nothing happens after the present", func(t *testing.T) {
		for _, column := range []string{"sessions.ended_at", "responses.saved_at", "reports.created_at", "events.at"} {
			table, _, _ := strings.Cut(column, ".")
			for _, row := range seedRead(t, db, "SELECT MAX("+column+") FROM "+table) {
				if strings.Contains(row[0], "2026-11-23") {
					t.Errorf("%s: %v", column, row)
				}
			}
		}
	})
	t.Run("the people who sign in are there and tied to nobody", func(t *testing.T) {
		var got []string
		for _, row := range seedRead(t, db, "SELECT email FROM members WHERE subject IS NULL ORDER BY email") {
			got = append(got, strings.TrimPrefix(row[0], "email="))
		}
		want := []string{
			"admin@demo.example", "analyst@demo.example", "manager@demo.example", "owner@demo.example", "owner@other.example",
			"recruiter@demo.example", "recruiter@other.example", "reviewer2@demo.example", "reviewer@demo.example",
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if n := seedOne(t, db, "SELECT COUNT(*) FROM candidates WHERE email = 'candidate@demo.example'"); n != 0 {
			t.Error("candidate@demo.example has something already")
		}
	})
	t.Run("the shipped catalogue is there, and brought in again changes nothing", func(t *testing.T) { seedShipped(t, file, summary) })
	t.Run("every event has its place and the audit holds", func(t *testing.T) { seedChain(t, file, db) })
	t.Run("twice changes nothing", func(t *testing.T) {
		before := seedExport(t, db)
		again := seedInto(t, file, 1)
		if !again.AlreadyThere || again.Partial {
			t.Errorf("got %+v, want already there and whole", again)
		}
		want := *summary
		want.AlreadyThere = true
		if d := cmp.Diff(want, *again); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(before, seedExport(t, db)); d != "" {
			t.Error(d)
		}
	})
}

// seedResults demands that reports of each role spread, and that most bands occur in each.
func seedResults(t *testing.T, db *sql.DB) {
	t.Helper()
	for _, row := range seedRead(t, db, `SELECT r.title, COUNT(*), MIN(p.percent) / 1000000, AVG(p.percent) / 1000000, MAX(p.percent) / 1000000,
		AVG(p.passed) FROM reports p JOIN job_roles r ON r.id = p.job_role_id WHERE p.state = 'RELEASED' GROUP BY r.title`) {
		t.Log(row)
	}
	t.Log(seedRead(t, db, "SELECT percent / 10000000 AS tens, COUNT(*) AS n FROM reports WHERE state = 'RELEASED' GROUP BY 1 ORDER BY 1"))
	bands := seedRead(t, db, `SELECT r.title, p.band, COUNT(*) FROM reports p JOIN job_roles r ON r.id = p.job_role_id JOIN organizations o ON o.id = r.organization_id
		WHERE p.state = 'RELEASED' AND o.slug = 'demo' GROUP BY r.title, p.band HAVING COUNT(*) >= 4`)
	if len(bands) != 12 {
		t.Errorf("got %d pairs of role and band with four reports or more, want 12: %v", len(bands), bands)
	}
	if n := seedOne(t, db, "SELECT COUNT(DISTINCT percent) FROM reports WHERE state = 'RELEASED'"); n < 150 {
		t.Errorf("only %d different results", n)
	}
	for _, status := range []string{"OMITTED", "NOT_REACHED"} {
		if seedOne(t, db, `SELECT COUNT(*) FROM score_sheets WHERE CAST(entries AS TEXT) LIKE '%"status":"`+status+`"%'`) == 0 {
			t.Errorf("no sheet has the status %s", status)
		}
	}
}

// seedShipped tries to bring the shipped catalogue in a second time.
func seedShipped(t *testing.T, file dbtest.Database, summary *Summary) {
	t.Helper()
	doc := seedShelf(t)
	entries := len(doc.Skills) + len(doc.Roles) + len(doc.Questions) + len(doc.Templates)
	text, err := doc.YAML()
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(seedConfig(t, file), 1)
	if err != nil {
		t.Fatal(err)
	}
	id, err := w.store.Directory().Organization(t.Context(), seedSlug)
	if err != nil {
		t.Fatal(err)
	}
	owner := policy.Actor{Org: id, Roles: []policy.Role{policy.Owner}}
	tried, err := w.authoring.ImportCatalogue(t.Context(), owner, authoring.ImportCatalogueInput{Document: string(text)})
	if err != nil || tried.ChangeCount() != 0 || tried.Unchanged != entries {
		t.Errorf("got %+v, %v; want %d entries unchanged", tried, err, entries)
	}
	if want := len(doc.Templates) + len(seedTemplates) + 1; summary.Templates != want {
		t.Errorf("got %d templates, want %d", summary.Templates, want)
	}
	if err := w.store.Close(); err != nil {
		t.Error(err)
	}
}

func seedChain(t *testing.T, file dbtest.Database, db *sql.DB) {
	t.Helper()
	if n := seedOne(t, db, "SELECT (SELECT COUNT(*) FROM events WHERE position IS NULL) + (SELECT COUNT(*) FROM audit_events WHERE position IS NULL)"); n != 0 {
		t.Errorf("%d wait for their place", n)
	}
	cfg := seedConfig(t, file)
	store, err := tenant.Open(tenant.Config{URL: cfg.URL, Policy: cfg.Policy, Clock: tenant.Clock{Now: time.Now}, Log: cfg.Log})
	if err != nil {
		t.Fatal(err)
	}
	state, err := store.VerifyAudit(t.Context())
	if err != nil || state.BrokenAt != nil || state.Organizations != 2 {
		t.Errorf("got %+v, %v; want two whole chains", state, err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func TestSeedIsDeterministic(t *testing.T) {
	var exports []map[string][][]string
	for range 2 {
		file := dbtest.SQLite(t)
		seedInto(t, file, 7)
		exports = append(exports, seedExport(t, file.Open(t)))
	}
	if len(exports[0]["sessions"]) < 40 || len(exports[0]["score_sheets"]) < 40 || len(exports[0]["scores"]) < 50 {
		t.Fatal("there is too little to compare")
	}
	for table, first := range exports[0] {
		second := exports[1][table]
		if len(first) != len(second) {
			t.Errorf("%s: %d rows and %d", table, len(first), len(second))
			continue
		}
		for i := range first {
			if !slices.Equal(first[i], second[i]) {
				t.Errorf("%s: %s", table, cmp.Diff(first[i], second[i]))
				break
			}
		}
	}
}

func TestSeedInterrupted(t *testing.T) {
	file := dbtest.SQLite(t)
	ctx, stop := context.WithCancel(t.Context())
	w, err := newWorld(seedConfig(t, file), 1)
	if err != nil {
		t.Fatal(err)
	}
	w.later(seedNow.Add(-95*worldDay), func(context.Context) error { stop(); return nil })
	if _, err := w.seed(ctx); err == nil {
		t.Error("a cancelled seeding reports success")
	}
	if err := w.store.Close(); err != nil {
		t.Error(err)
	}
	if again := seedInto(t, file, 1); !again.AlreadyThere || !again.Partial {
		t.Errorf("got %+v, want already there, and partial", again)
	}
}

func TestSeedOnBoth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		began := time.Now()
		summary := seedInto(t, db, 10)
		t.Logf("a tenth seeded in %v: %+v", time.Since(began).Round(time.Millisecond), *summary)
		if summary.Sessions < 40 || summary.Released < 25 || summary.Members != 9 || summary.JobRoles != 5 {
			t.Errorf("got %+v", summary)
		}
		if db.Dialect == dialect.Postgres {
			if n := seedOne(t, db.Open(t), "SELECT COUNT(*) FROM reports WHERE state = 'RELEASED' AND band = ''"); n != 0 {
				t.Errorf("%d released reports have no band", n)
			}
		}
		if again := seedInto(t, db, 10); !again.AlreadyThere || again.Sessions != summary.Sessions {
			t.Errorf("got %+v", again)
		}
	})
}
