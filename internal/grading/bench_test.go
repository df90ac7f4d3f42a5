package grading_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// What has to be graded in ten seconds on two cores.
const (
	manySessions = 10_000
	perSession   = 40
)

// crowd is an organization with many submitted sessions of one keyed template.
type crowd struct {
	*rig
	version  gid.ID
	template gid.ID
	sessions []gid.ID
	dialect  string
}

// newCrowd takes the template three times and copies what the three left in the tables.
func newCrowd(b testing.TB, db dbtest.Database, sessions int) *crowd {
	b.Helper()
	c := &crowd{rig: newRig(b, db), dialect: db.Dialect}
	var slots []*content.Slot
	for i := range perSession {
		slots = append(slots, &content.Slot{QuestionID: &c.questions[i%4], Points: 2})
	}
	// A question is asked once in a template: ten of each kind.
	for i := range slots {
		if i >= 4 {
			id := c.question(b, []term.QuestionKind{term.SingleChoice, term.MultipleChoice, term.Numeric, term.ShortText}[i%4])
			slots[i].QuestionID = &id
		}
	}
	draft := must(c.authoring.CreateTemplate(b.Context(), c.owner, authoring.CreateTemplateInput{
		JobRoleID: c.role, Name: "Many", Mode: term.Assessment, Content: &content.Template{
			CutPercent: 50, Feedback: term.FeedbackOutcome, Bands: []*content.Band{{Name: "Low"}, {Name: "High", MinPercent: 50}},
			Sections: []*content.Section{{Title: "First", TimeLimit: 600, Slots: slots[:20]}, {Title: "Second", TimeLimit: 600, Slots: slots[20:]}},
		},
	}))(b)
	row := c.publish(b, draft.ID)
	c.template = row.ID
	for way := range 3 {
		given := answers{}
		for i := range perSession {
			ref := fmt.Sprintf("%d.%d", i/20+1, i%20+1)
			given[ref] = keyed()[fmt.Sprintf("1.%d", i%4+1)]
			if i%3 == way && i%4 < 3 {
				given[ref] = []*content.Answer{ticked("c"), ticked("a"), number("9.75")}[i%4]
			}
		}
		id, _ := c.took(b, row.ID, given)
		c.sessions = append(c.sessions, id)
	}
	c.version = c.session(b, c.sessions[0]).TemplateVersionID
	for way, source := range c.sessions[:3] {
		c.copySessions(b, source, sessions/3+min(1, max(0, sessions%3-way))-1)
	}
	if db.Dialect == "postgres" {
		must(c.db.ExecContext(b.Context(), "ANALYZE"))(b)
	}
	return c
}

// copySessions copies a session and its answers a number of times.
func (c *crowd) copySessions(b testing.TB, source gid.ID, n int) {
	b.Helper()
	for ; n > 0; n -= 500 {
		var values []string
		for range min(500, n) {
			c.clock.pass(time.Millisecond)
			id := c.ids.New(gid.Session, c.clock.look())
			c.sessions = append(c.sessions, id)
			values = append(values, "('"+id.UUID()+"')")
		}
		fresh := "(VALUES " + strings.Join(values, ", ") + ") AS n(id)"
		as, hash, random := "CAST(n.id AS uuid)", "decode(md5(n.id), 'hex')", "gen_random_uuid()"
		if c.dialect != "postgres" {
			fresh = "(SELECT column1 AS id FROM (VALUES " + strings.Join(values, ", ") + ")) AS n"
			as, hash = "n.id", "CAST(n.id AS BLOB)"
			random = "substr(lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(2))) || '-' || lower(hex(randomblob(6))), 1, 36)"
		}
		c.copyRows(b, "sessions", fresh, "t.id = '"+source.UUID()+"'", map[string]string{"id": as, "link_hash": hash})
		c.copyRows(b, "responses", fresh, "t.session_id = '"+source.UUID()+"'", map[string]string{"id": random, "session_id": as})
	}
}

// copyRows inserts a table's rows again for each new id, with some columns changed.
func (c *crowd) copyRows(b testing.TB, table, fresh, which string, changed map[string]string) {
	b.Helper()
	names := c.columns(b, table)
	cells := make([]string, len(names))
	for i, name := range names {
		cells[i] = "t." + name
		if change, ok := changed[name]; ok {
			cells[i] = change
		}
	}
	must(c.db.ExecContext(b.Context(), "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") SELECT "+strings.Join(cells, ", ")+
		" FROM "+table+" t CROSS JOIN "+fresh+" WHERE "+which))(b)
}

func (c *crowd) columns(b testing.TB, table string) []string {
	b.Helper()
	rows := must(c.db.QueryContext(b.Context(), "SELECT * FROM "+table+" WHERE 1 = 0"))(b)
	defer func() { _ = rows.Close() }()
	names := must(rows.Columns())(b)
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return names
}

// cost is what something took: time, and that of the processors in this process and in PostgreSQL's.
type cost struct{ wall, own, database time.Duration }

// costOf measures what a piece of work takes.
func (c *crowd) costOf(b testing.TB, work func()) cost {
	b.Helper()
	own, database, began := ownCPU(b), c.databaseCPU(b), time.Now()
	work()
	return cost{wall: time.Since(began), own: ownCPU(b) - own, database: c.databaseCPU(b) - database}
}

func ownCPU(b testing.TB) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// databaseCPU is what PostgreSQL's processes for this database have used, where the machine tells.
func (c *crowd) databaseCPU(b testing.TB) (sum time.Duration) {
	b.Helper()
	if c.dialect != "postgres" {
		return 0
	}
	for _, pid := range c.texts(b, "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database()") {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(after)
		for _, field := range fields[11:13] { // of utime and stime, in hundredths of a second
			n, _ := strconv.Atoi(field)
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum
}

// report says what n of something cost, beside a yardstick.
func (c cost) report(b *testing.B, n int, plain cost) {
	b.ReportMetric(float64(n)/c.wall.Seconds(), "sessions/s")
	b.ReportMetric(c.wall.Seconds(), "s")
	b.ReportMetric(c.own.Seconds(), "s-cpu")
	b.ReportMetric(c.database.Seconds(), "s-cpu-db")
	b.ReportMetric(plain.wall.Seconds(), "s-plain")
	b.ReportMetric((plain.own + plain.database).Seconds(), "s-cpu-plain")
	b.ReportMetric(float64(c.own+c.database)/float64(plain.own+plain.database), "×cpu-plain")
}

// eachBench runs a benchmark on each kind of database.
func eachBench(b *testing.B, run func(b *testing.B, db dbtest.Database)) {
	before := debug.SetGCPercent(400) // as the server does
	b.Cleanup(func() { debug.SetGCPercent(before) })
	b.Run("sqlite", func(b *testing.B) { run(b, dbtest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { run(b, dbtest.Postgres(b)) })
}

// BenchmarkGrade grades 10,000 sessions of 40 keyed questions with two workers. The yardstick is to insert the rows that
// grading wrote, as they are, into tables without keys and indexes, a hundred at a time.
func BenchmarkGrade(b *testing.B) {
	eachBench(b, func(b *testing.B, db dbtest.Database) {
		for range b.N {
			b.StopTimer()
			c := newCrowd(b, db, manySessions)
			b.StartTimer()
			took := c.costOf(b, func() { c.grade(b) })
			b.StopTimer()
			if n := len(c.texts(b, "SELECT id FROM reports WHERE state = 'READY'")); n != manySessions {
				b.Fatalf("%d reports", n)
			}
			took.report(b, manySessions, c.plainly(b))
		}
	})
}

// grade works the jobs of all sessions.
func (c *crowd) grade(b testing.TB) {
	b.Helper()
	var all sync.WaitGroup
	var next atomic.Int64
	for range min(2, runtime.NumCPU()) {
		all.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(c.sessions); i = next.Add(1) - 1 {
				if err := c.grading.Score(context.WithoutCancel(b.Context()), policy.Worker(c.owner.Org), c.sessions[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// plainly inserts what grading wrote into tables of the same columns.
func (c *crowd) plainly(b testing.TB) (sum cost) {
	b.Helper()
	for _, table := range []string{"score_sheets", "reports", "audit_events", "events"} {
		names := c.columns(b, table)
		must(c.db.ExecContext(b.Context(), "CREATE TABLE plain_"+table+" AS SELECT * FROM "+table+" WHERE 1 = 0"))(b)
		for after := ""; ; {
			rows, last := c.some(b, table, names, after)
			if len(rows) == 0 {
				break
			}
			after = last
			took := c.costOf(b, func() { c.insert(b, "plain_"+table, names, rows) })
			sum.wall, sum.own, sum.database = sum.wall+took.wall, sum.own+took.own, sum.database+took.database
		}
	}
	return sum
}

// some reads a hundred rows after an id.
func (c *crowd) some(b testing.TB, table string, names []string, after string) (all [][]any, last string) {
	b.Helper()
	query := "SELECT " + strings.Join(names, ", ") + " FROM " + table
	if after != "" {
		query += " WHERE id > '" + after + "'"
	}
	rows := must(c.db.QueryContext(b.Context(), query+" ORDER BY id LIMIT 100"))(b)
	defer func() { _ = rows.Close() }()
	types := must(rows.ColumnTypes())(b)
	for rows.Next() {
		row, into := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
		for i, cell := range row {
			if raw, ok := cell.([]byte); ok && !strings.EqualFold(types[i].DatabaseTypeName(), "bytea") && !strings.EqualFold(types[i].DatabaseTypeName(), "blob") {
				row[i] = string(raw)
			}
			if names[i] == "id" {
				last = fmt.Sprint(row[i])
			}
		}
		all = append(all, row)
	}
	return all, last
}

func (c *crowd) insert(b testing.TB, table string, names []string, rows [][]any) {
	b.Helper()
	var places []string
	var values []any
	for _, row := range rows {
		var own []string
		for _, cell := range row {
			values = append(values, cell)
			if c.dialect == "postgres" {
				own = append(own, fmt.Sprintf("$%d", len(values)))
			} else {
				own = append(own, "?")
			}
		}
		places = append(places, "("+strings.Join(own, ", ")+")")
	}
	must(c.db.ExecContext(b.Context(), "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES "+strings.Join(places, ", "), values...))(b)
}

// BenchmarkRescore previews and applies another key of one question for 10,000 sessions. The yardstick of the preview is to
// read the documents of all reports; that of applying is to grade the sessions in the first place.
func BenchmarkRescore(b *testing.B) {
	eachBench(b, func(b *testing.B, db dbtest.Database) {
		for range b.N {
			b.StopTimer()
			c := newCrowd(b, db, manySessions)
			graded := c.costOf(b, func() { c.grade(b) })
			plain := c.costOf(b, func() { c.texts(b, "SELECT result FROM reports") })
			fixes := []*content.KeyFix{{Ref: "1.1", Correct: []string{"b"}}}
			b.StartTimer()
			previewed := c.costOf(b, func() {
				if p := c.preview(b, c.version, fixes); p.Concerned != manySessions || p.Changed == 0 {
					b.Fatalf("got %+v", p)
				}
			})
			row, _ := c.apply(b, c.version, fixes)
			applied := c.costOf(b, func() { c.work(b, row.ID) })
			b.StopTimer()
			b.ReportMetric(previewed.wall.Seconds(), "s-preview")
			b.ReportMetric((previewed.own + previewed.database).Seconds(), "s-cpu-preview")
			b.ReportMetric(float64(previewed.own+previewed.database)/float64(plain.own+plain.database), "×cpu-reading")
			b.ReportMetric(applied.wall.Seconds(), "s-apply")
			b.ReportMetric((applied.own + applied.database).Seconds(), "s-cpu-apply")
			b.ReportMetric(float64(applied.own+applied.database)/float64(graded.own+graded.database), "×cpu-grading")
		}
	})
}
