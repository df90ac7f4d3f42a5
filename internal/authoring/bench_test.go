package authoring_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// The size of the catalogue that has to be imported in half a minute.
const (
	manyQuestions = 5000
	manyTemplates = 500
	perTemplate   = 10
)

// generated is a catalogue of published questions of every kind and of published templates.
func generated(questions, templates int) *catalogue.Document {
	d := &catalogue.Document{Format: catalogue.Format, Roles: []*catalogue.Role{{Key: "dev", Title: "Developer", Status: term.Open, Level: term.Senior}}}
	for i := range 40 {
		d.Skills = append(d.Skills, &catalogue.Skill{Key: fmt.Sprintf("s%d", i), Name: fmt.Sprintf("Skill %d", i)})
	}
	kinds := []term.QuestionKind{term.SingleChoice, term.MultipleChoice, term.Numeric, term.ShortText, term.LongText}
	for i := range questions {
		kind := kinds[i%len(kinds)]
		c := everything(kind, false)
		c.Prompt = fmt.Sprintf("What happens to request %d when the %s of it is %s?", i, subjects[i%len(subjects)], subjects[i/7%len(subjects)])
		c.ModelAnswer = strings.Repeat("It is answered in order, and nothing is lost. ", 8)
		d.Questions = append(d.Questions, &catalogue.Question{
			Key: fmt.Sprintf("q%d", i), Title: fmt.Sprintf("Request %d", i), State: term.Published, Kind: kind, Category: term.Technical,
			Level: term.Entry, Language: "en", Skills: []string{fmt.Sprintf("s%d", i%40), fmt.Sprintf("s%d", (i+1)%40)}, Content: c,
		})
	}
	for i := range templates {
		t := &catalogue.Template{
			Key: fmt.Sprintf("t%d", i), Name: fmt.Sprintf("Template %d", i), State: term.Published, Mode: term.Assessment, Role: "dev",
			CutPercent: 50, Bands: draft().Bands, Feedback: term.FeedbackOutcome,
		}
		s := &catalogue.Section{Title: "One", TimeLimit: 3600}
		for j := range perTemplate {
			s.Slots = append(s.Slots, &catalogue.Slot{Question: fmt.Sprintf("q%d", (i*perTemplate+j)%questions), Points: 2})
		}
		t.Sections = []*catalogue.Section{s}
		d.Templates = append(d.Templates, t)
	}
	return d
}

var subjects = []string{"index", "queue", "cache", "lock", "timeout", "header", "cursor", "replica", "schema", "cookie", "socket", "buffer", "thread"}

// shop is an organization on a store whose statements are counted.
type shop struct {
	*base
	authoring  *authoring.Service
	statements atomic.Int64
}

func newShop(b *testing.B, db dbtest.Database) *shop {
	b.Helper()
	s := &shop{base: newBase(b, db, 0)}
	store := must(tenant.Open(tenant.Config{
		URL: db.URL, Policy: s.rules, Clock: tenant.Clock{Now: time.Now, Own: true}, IDs: gid.NewSource(rand.Reader), Log: slog.New(slog.DiscardHandler),
		Observe: func(string) { s.statements.Add(1) },
	}))(b)
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	s.authoring = authoring.New(store)
	return s
}

func (s *shop) bring(b *testing.B, a policy.Actor, questions, templates int) {
	b.Helper()
	text := string(must(generated(questions, templates).YAML())(b))
	b.StartTimer()
	report := must(s.authoring.ImportCatalogue(b.Context(), a, authoring.ImportCatalogueInput{Document: text, Apply: true}))(b)
	b.StopTimer()
	if want := questions + templates + 41; report.ChangeCount() != want {
		b.Fatalf("%d entries changed, want %d", report.ChangeCount(), want)
	}
}

// eachBench runs a benchmark on each kind of database.
func eachBench(b *testing.B, run func(b *testing.B, open func(testing.TB) dbtest.Database)) {
	b.Run("sqlite", func(b *testing.B) { run(b, dbtest.SQLite) })
	b.Run("postgres", func(b *testing.B) { run(b, dbtest.Postgres) })
}

// BenchmarkImport imports 5,000 questions and 500 templates into an empty organization, from text to commit. The
// yardstick is a plain INSERT of the same rows, fifty at a time, into an empty database.
func BenchmarkImport(b *testing.B) {
	eachBench(b, func(b *testing.B, open func(testing.TB) dbtest.Database) {
		var yardstick time.Duration
		b.StopTimer()
		b.ResetTimer()
		for range b.N {
			s := newShop(b, open(b))
			s.statements.Store(0)
			s.bring(b, s.owner, manyQuestions, manyTemplates)
			b.ReportMetric(float64(s.statements.Load()), "statements")
			yardstick += s.copyRows(b, open(b))
		}
		took := b.Elapsed()
		b.ReportMetric(took.Seconds()/float64(b.N), "s/import")
		b.ReportMetric(yardstick.Seconds()/float64(b.N), "s/plain")
		b.ReportMetric(float64(took)/float64(yardstick), "×plain")
	})
}

// imported are the tables that an import fills, parents first.
var imported = []string{
	"organizations", "skills", "job_roles", "questions", "question_revisions", "question_skills", "templates", "template_uses",
	"template_versions", "version_uses", "audit_events", "events",
}

// copyRows inserts everything that the import wrote into another database and tells how long the inserting took.
func (s *shop) copyRows(b *testing.B, into dbtest.Database) time.Duration {
	b.Helper()
	other := into.Open(b)
	tx := must(other.BeginTx(b.Context(), nil))(b)
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	var took time.Duration
	for _, table := range imported {
		columns, rows := s.cells(b, table)
		for len(rows) > 0 {
			n := min(50, len(rows))
			began := time.Now()
			insert(b, tx, into.Dialect, table, columns, rows[:n])
			took += time.Since(began)
			rows = rows[n:]
		}
	}
	began := time.Now()
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return took + time.Since(began)
}

// cells reads a table in the order in which it was written, as a driver takes it back.
func (s *shop) cells(b *testing.B, table string) (columns []string, all [][]any) {
	b.Helper()
	rows := must(s.db.QueryContext(b.Context(), `SELECT * FROM "`+table+`" ORDER BY id`))(b)
	defer func() { _ = rows.Close() }()
	types := must(rows.ColumnTypes())(b)
	for _, t := range types {
		columns = append(columns, t.Name())
	}
	for rows.Next() {
		row, to := make([]any, len(types)), make([]any, len(types))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			b.Fatal(err)
		}
		for i, cell := range row {
			if raw, ok := cell.([]byte); ok && !strings.EqualFold(types[i].DatabaseTypeName(), "bytea") && !strings.EqualFold(types[i].DatabaseTypeName(), "blob") {
				row[i] = string(raw)
			}
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return columns, all
}

func insert(b *testing.B, tx *sql.Tx, dialect, table string, columns []string, rows [][]any) {
	b.Helper()
	var places []string
	var values []any
	for _, row := range rows {
		var own []string
		for _, cell := range row {
			values = append(values, cell)
			if dialect == "postgres" {
				own = append(own, fmt.Sprintf("$%d", len(values)))
			} else {
				own = append(own, "?")
			}
		}
		places = append(places, "("+strings.Join(own, ", ")+")")
	}
	text := `INSERT INTO "` + table + `" ("` + strings.Join(columns, `", "`) + `") VALUES ` + strings.Join(places, ", ")
	if _, err := tx.ExecContext(b.Context(), text, values...); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSearch looks for two words among 5,000 questions, with the count beside the page; the yardstick is to find
// one question by its key. As many statements as among 100 questions have to do.
func BenchmarkSearch(b *testing.B) {
	eachBench(b, func(b *testing.B, open func(testing.TB) dbtest.Database) {
		s := newShop(b, open(b))
		s.bring(b, s.stranger, 100, 0)
		s.bring(b, s.owner, manyQuestions, 0)
		text, key := "request cache", "q4321"
		byText, byKey := &authoring.QuestionFilter{Text: &text}, &authoring.QuestionFilter{Key: &key}
		few, many := s.counted(b, s.stranger, byText), s.counted(b, s.owner, byText)
		if few != many {
			b.Fatalf("%d statements among 100 questions, %d among 5,000", few, many)
		}
		const lookups = 200
		began := time.Now()
		for range lookups {
			s.find(b, s.owner, byKey)
		}
		plain := time.Since(began) / lookups
		b.StartTimer()
		b.ResetTimer()
		for range b.N {
			s.find(b, s.owner, byText)
		}
		b.StopTimer()
		b.ReportMetric(float64(many), "statements")
		b.ReportMetric(float64(plain.Nanoseconds()), "ns/key")
		b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(plain), "×key")
	})
}

// find reads the first page of what a filter finds, and how many there are.
func (s *shop) find(b *testing.B, a policy.Actor, filter *authoring.QuestionFilter) {
	page := must(s.authoring.Questions(b.Context(), a, filter, tenant.Paging{}))(b)
	if n := must(page.Total(context.WithoutCancel(b.Context())))(b); n == 0 || len(page.Nodes) == 0 {
		b.Fatal("nothing is found")
	}
}

func (s *shop) counted(b *testing.B, a policy.Actor, filter *authoring.QuestionFilter) int64 {
	b.Helper()
	before := s.statements.Load()
	s.find(b, a, filter)
	return s.statements.Load() - before
}
