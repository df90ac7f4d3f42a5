package grading_test

import (
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// normed is the norm group of the rig's version as it is kept after a refresh: size, mean, spread, whether it has a
// reliability, and the tally.
func (r *rig) normed(t *testing.T) []string {
	t.Helper()
	if err := r.grading.RefreshNorm(t.Context(), policy.Worker(r.owner.Org), r.version(t)); err != nil {
		t.Fatal(err)
	}
	rows := r.rows(t, "SELECT size, mean, spread, alpha IS NULL AND sem IS NULL, CAST(tally AS TEXT) FROM norms")
	if len(rows) != 1 {
		t.Fatalf("%d norm groups", len(rows))
	}
	return rows[0]
}

// version is the rig's one published version.
func (r *rig) version(t *testing.T) gid.ID {
	t.Helper()
	var id gid.ID
	if err := id.Scan(r.texts(t, "SELECT id FROM template_versions")[0]); err != nil {
		t.Fatal(err)
	}
	return id
}

// released is a report that was released.
func (r *rig) released(t testing.TB) gid.ID {
	t.Helper()
	session, _ := r.scored(t, keyed())
	row, _ := r.report(t, session)
	must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
	return row.ID
}

func TestNormGroup(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		full := r.released(t) // 8 of 10 points
		half, _ := r.scored(t, answers{"1.1": ticked("a"), "1.3": number("3.5")})
		r.scored(t, answers{"1.1": ticked("a"), "1.3": number("3.5")})
		r.scored(t, keyed().with("2.1", words(text))) // provisional
		spread := func(values ...float64) string {
			sum, squares := 0.0, 0.0
			for _, v := range values {
				sum += v
			}
			for _, v := range values {
				squares += (v - sum/float64(len(values))) * (v - sum/float64(len(values)))
			}
			return fmt.Sprint(int64(math.Round(1e6 * math.Sqrt(squares/float64(len(values)-1)))))
		}
		three := r.normed(t)
		if three[0] != "3" || three[1] != "53333333" || three[2] != spread(80, 40, 40) || strings.ReplaceAll(three[4], " ", "") != "[[40000000,2],[80000000,1]]" {
			t.Errorf("got %v", three)
		}
		if again := r.normed(t); gocmp.Diff(three, again) != "" {
			t.Errorf("a repetition: %v", again)
		}
		r.clock.pass(time.Hour)
		must(r.grading.Withdraw(t.Context(), r.owner, grading.WithdrawReportInput{ID: full, Reason: "a wrong key"}))(t)
		must(r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: half, Reason: "a fire"}))(t)
		if one := r.normed(t); one[0] != "1" || one[1] != "40000000" || one[2] != "0" {
			t.Errorf("what was taken back or is void is in the norm group: %v", one)
		}
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: full}))(t)
		if two := r.normed(t); two[0] != "2" {
			t.Errorf("what was released again is not in the norm group: %v", two)
		}
		r.denied(t, policy.SessionScore, func(a policy.Actor) error { return r.grading.RefreshNorm(t.Context(), a, r.version(t)) })
		r.refused(t, "another organization", fault.NotFound, func() error {
			return r.grading.RefreshNorm(t.Context(), policy.Worker(r.stranger.Org), r.version(t))
		})
	})
}

// TestReliabilityAfterAMending drops a question after somebody was erased, whose report still counts it: the others' reliability
// is that of the questions that they have.
func TestReliabilityAfterAMending(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		r := newRig(t, db)
		var first gid.ID
		for i := range 32 {
			given := keyed()
			for j, ref := range []string{"1.1", "1.2", "1.3"} {
				if i%(j+3) == 0 {
					delete(given, ref)
				}
			}
			if session, _ := r.scored(t, given); i == 0 {
				first = session
			}
		}
		erased := r.session(t, first).CandidateID
		must(r.sitting.EraseCandidate(t.Context(), r.owner, sitting.EraseCandidateInput{ID: erased, Reason: "they asked"}))(t)
		r.rescored(t, r.version(t), []*content.KeyFix{{Ref: "1.4", Drop: true}})
		if size := r.normed(t)[0]; size != "32" {
			t.Errorf("%s in the norm group", size)
		}
		var docs [][]byte
		scope := must(r.store.As(t.Context(), r.owner, policy.ReportRead))(t)
		for _, row := range must(scope.Reports().Where(report.SupersededAtIsNil(), report.CandidateIDNEQ(erased)).All(t.Context()))(t) {
			docs = append(docs, row.Result)
		}
		want := must(grading.Alpha(docs...))(t)
		if got := r.texts(t, "SELECT alpha FROM norms")[0]; want == nil || got != fmt.Sprint(int64(math.Round(1e6**want))) {
			t.Errorf("got %s millionths, want %v", got, want)
		}
	})
}

// TestNormStatements computes a norm group of a few and of many: it is as many statements, and each finds the reports of its
// version by their index.
func TestNormStatements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		r := newRig(t, db)
		var heard atomic.Int64
		listening := must(tenant.Open(tenant.Config{
			URL: db.URL, Policy: r.rules, Clock: tenant.Clock{Now: r.clock.look, Own: true}, IDs: r.ids, Log: slog.New(slog.DiscardHandler),
			Observe: func(string) { heard.Add(1) },
		}))(t)
		t.Cleanup(func() {
			if err := listening.Close(); err != nil {
				t.Error(err)
			}
		})
		refresh := func() int64 {
			heard.Store(0)
			if err := grading.New(listening).RefreshNorm(t.Context(), policy.Worker(r.owner.Org), r.version(t)); err != nil {
				t.Fatal(err)
			}
			return heard.Load()
		}
		r.scored(t, keyed())
		refresh() // prepares
		few := refresh()
		for range 12 {
			r.scored(t, keyed())
		}
		if many := refresh(); many != few || many == 0 || many > 8 {
			t.Errorf("%d statements for one report, %d for thirteen", few, many)
		}
		r.db.SetMaxOpenConns(1)
		explain, want, never := "EXPLAIN QUERY PLAN ", "SEARCH r USING INDEX reports_of_version", "SCAN r"
		if db.Dialect == "postgres" {
			must(r.db.ExecContext(t.Context(), "SET enable_seqscan = off"))(t)     // which few rows would be read by
			explain, want, never = "EXPLAIN ", "Index Scan", "Seq Scan on reports" // by which index, it decides as the table grows
		}
		values := strings.NewReplacer("@org", "'"+r.owner.Org.UUID()+"'", "@version", "'"+r.version(t).UUID()+"'", "@most", "5000")
		for _, statement := range grading.NormStatements() {
			plan := ""
			for _, line := range r.rows(t, explain+values.Replace(statement)) {
				plan += strings.Join(line, " ") + "\n"
			}
			if !strings.Contains(plan, want) || strings.Contains(plan, never) {
				t.Errorf("%s\n%s", statement, plan)
			}
		}
	})
}

// TestNormsAreAskedForOnceAMinute writes reports within a minute, in two processes, and another after it.
func TestNormsAreAskedForOnceAMinute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		r := newRig(t, db)
		other := must(tenant.Open(tenant.Config{
			URL: db.URL, Policy: r.rules, Clock: tenant.Clock{Now: r.clock.look, Own: true}, IDs: r.ids, Log: slog.New(slog.DiscardHandler),
		}))(t)
		t.Cleanup(func() {
			if err := other.Close(); err != nil {
				t.Error(err)
			}
		})
		asked := func() int {
			return len(r.texts(t, "SELECT id FROM river_job WHERE kind = 'refresh_norm'"))
		}
		first, _ := r.took(t, r.template.ID, keyed())
		second, _ := r.took(t, r.template.ID, keyed())
		r.clock.set(r.clock.look().Truncate(time.Minute).Add(time.Minute))
		r.score(t, first)
		r.score(t, second)
		fourth, _ := r.took(t, r.template.ID, keyed())
		if err := grading.New(other).Score(t.Context(), policy.Worker(r.owner.Org), fourth); err != nil {
			t.Fatal(err)
		}
		if n := asked(); n != 1 {
			t.Errorf("%d jobs in the first minute", n)
		}
		r.clock.pass(time.Minute)
		third, _ := r.took(t, r.template.ID, keyed())
		r.score(t, third)
		if n := asked(); n != 2 {
			t.Errorf("%d jobs after the second", n)
		}
	})
}

// lsat6 are the answers of a thousand persons to five questions (Bock & Lieberman 1970).
const lsat6 = `00000:3 00001:6 00010:2 00011:11 00100:1 00101:1 00110:3 00111:4 01000:1 01001:8
01011:16 01101:3 01110:2 01111:15 10000:10 10001:29 10010:14 10011:81 10100:3 10101:28
10110:15 10111:80 11000:16 11001:56 11010:21 11011:173 11100:11 11101:61 11110:28 11111:298`

// marksOf are documents of reports in which each person was marked so, question by question.
func marksOf(t *testing.T, table string) (docs [][]byte) {
	t.Helper()
	for _, entry := range strings.Fields(table) {
		var pattern string
		var n int
		if _, err := fmt.Sscanf(strings.ReplaceAll(entry, ":", " "), "%s %d", &pattern, &n); err != nil {
			t.Fatal(err)
		}
		var questions []string
		for i, mark := range pattern {
			questions = append(questions, fmt.Sprintf(`{"ref":"1.%d","status":"SCORED","awarded":%d}`, i+1, 1_000_000*int(mark-'0')))
		}
		for range n {
			docs = append(docs, []byte(`{"questions":[`+strings.Join(questions, ",")+`]}`))
		}
	}
	return docs
}

func TestReliability(t *testing.T) {
	docs := marksOf(t, lsat6)
	is := func(name string, want float64, docs ...[]byte) {
		t.Helper()
		got, err := grading.Alpha(docs...)
		if err != nil || got == nil || math.Abs(*got-want) > 1e-6 {
			t.Errorf("%s: got %v, %v; want %v", name, got, err, want)
		}
	}
	none := func(name string, docs ...[]byte) {
		t.Helper()
		if got, err := grading.Alpha(docs...); err != nil || got != nil {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	is("LSAT6", .2949971922, docs...)
	is("somebody whom time did not let finish is left out", .2949971922, append(docs, []byte(`{"questions":[
		{"ref":"1.1","status":"SCORED","awarded":0},{"ref":"1.2","status":"SCORED","awarded":0},{"ref":"1.3","status":"SCORED","awarded":0},
		{"ref":"1.4","status":"NOT_REACHED","awarded":0},{"ref":"1.5","status":"NOT_REACHED","awarded":0}]}`))...)
	none("too few", docs[:29]...)
	none("other questions, and no sections", append(docs, []byte(`{"questions":[{"ref":"1.6","status":"SCORED","awarded":1000000}]}`))...)
	none("nobody")

	var drawn [][]byte // other questions for each, the same two sections: as parallel as can be
	for i := range 40 {
		drawn = append(drawn, fmt.Appendf(nil, `{"questions":[{"ref":"1.%d","status":"SCORED","awarded":0}],
			"sections":[{"title":"A","total":{"percent":%d,"maximum":1}},{"title":"B","total":{"percent":%d,"maximum":1}}]}`, i, i*1_000_000, i*1_000_000))
	}
	is("sections, where questions are drawn", 1, drawn...)
}
