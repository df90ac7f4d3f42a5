package grading_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/reporting"
	"github.com/assay-hq/assay/internal/runner"
	"github.com/assay-hq/assay/internal/runner/runnertest"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// callback is where the runner of these tests calls.
const callback = "https://assay.test/integrations/runner/"

// runBy gives the rig a runner.
func (r *rig) runBy(t testing.TB, s *runnertest.Server) {
	t.Helper()
	client := must(runner.New(s.URL, s.Token))(t)
	r.grading = grading.New(r.store).RunBy(grading.Runner{Client: client, Callback: callback, Random: rand.Reader})
}

// adder is a program with three tests, of which one is hidden and counts for half.
func adder() *content.Question {
	q := program()
	q.Code = &content.Code{Language: "go", CPULimit: new(2000), MemoryLimit: new(64), Tests: []*content.CodeTest{
		{Name: "adds", Stdin: "1 2", Expected: "3\n", Weight: 1, Comparison: term.TrimmedOutput},
		{Name: "to the letter", Stdin: "2 2", Expected: "4\n", Weight: 1, Comparison: term.ExactOutput},
		{Name: "adds much", Stdin: "secret input", Expected: "100", Weight: 2, Hidden: true, Comparison: term.TrimmedOutput},
	}}
	return q
}

// calculates is a runner's program that knows some sums; what source says changes how it fails.
func calculates(s runnertest.Submission) runnertest.Result {
	switch {
	case strings.Contains(s.Source, "does not compile"):
		return runnertest.Result{Status: 6, Compiler: "\x1b[31mline 1:\x00 what?\x1b[0m"}
	case strings.Contains(s.Source, "crashes"):
		return runnertest.Result{Status: 11, Stdout: "so far", Stderr: "panic: no"}
	case strings.Contains(s.Source, "sleeps"):
		return runnertest.Result{Status: 5, Time: "2.1"}
	case strings.Contains(s.Source, "talks"):
		return runnertest.Result{Stdout: strings.Repeat("bla ", 600)}
	case strings.Contains(s.Source, "floods"):
		return runnertest.Result{Stdout: strings.Repeat("x", 5<<20)}
	}
	sums := map[string]string{"1 2": "3", "2 2": "4", "secret input": "100"}
	if strings.Contains(s.Source, "small") {
		sums["secret input"] = "99"
	}
	return runnertest.Result{Stdout: sums[s.Stdin] + "\n"}
}

// coding publishes a program of 8 points beside a choice of 2.
func (r *rig) coding(t testing.TB) gid.ID {
	t.Helper()
	return r.assess(t, &content.Template{Sections: []*content.Section{{Title: "Code", TimeLimit: 600, Slots: []*content.Slot{
		fixed(8, r.ask(t, term.Code, adder())), fixed(2, r.questions[0]),
	}}}})
}

func coded(source string) answers { return answers{"1.1": words(source), "1.2": ticked("a")} }

// executions are what is stored of a session's runs.
func (r *rig) executions(t testing.TB, session gid.ID) []*ent.Execution {
	t.Helper()
	scope := must(r.store.As(t.Context(), policy.Worker(r.owner.Org), policy.SessionScore))(t)
	var own []*ent.Execution
	for _, row := range must(scope.Executions().All(t.Context()))(t) {
		if row.SessionID == session {
			own = append(own, row)
		}
	}
	return own
}

// execution is the only run of a session.
func (r *rig) execution(t testing.TB, session gid.ID) *ent.Execution {
	t.Helper()
	all := r.executions(t, session)
	if len(all) != 1 {
		t.Fatalf("%d executions", len(all))
	}
	return all[0]
}

// step takes a run one step on, and gives how long the worker waits before the next.
func (r *rig) step(t testing.TB, id gid.ID) time.Duration {
	t.Helper()
	return must(r.grading.RunCode(t.Context(), policy.Worker(r.owner.Org), id, false))(t)
}

// run does what the worker does until nothing is left to do, and says how long it waited each time.
func (r *rig) run(t testing.TB, id gid.ID) []time.Duration {
	t.Helper()
	var waits []time.Duration
	for range 100 {
		again := r.step(t, id)
		if again == 0 {
			return waits
		}
		waits = append(waits, again)
	}
	t.Fatal("the run has no end")
	return nil
}

// jobs counts the background jobs of a kind that were asked for.
func (r *rig) jobs(t testing.TB, kind string) int {
	t.Helper()
	return len(r.texts(t, "SELECT kind FROM river_job WHERE kind = '"+kind+"'"))
}

// code is the result of the program in a session's report.
func code(t testing.TB, doc *grading.Result) *grading.QuestionResult {
	t.Helper()
	if len(doc.Questions) == 0 || doc.Questions[0].Kind != term.Code {
		t.Fatalf("no code in %v", doc.Questions)
	}
	return doc.Questions[0]
}

// TestCodeIsRunAndScored takes a session from its submission to its report: the scoring waits for the run, and each step of
// the run is one that a worker takes.
func TestCodeIsRunAndScored(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := runnertest.New(t)
		s.Token, s.Steps, s.Runs = "runner's token", 2, calculates
		r.runBy(t, s)
		id, _ := r.took(t, r.coding(t), coded("package main // small"))
		scores := r.jobs(t, "score_session")
		r.score(t, id)
		if st := r.session(t, id).State; st != term.Submitted {
			t.Errorf("the session is %s", st)
		}
		row := r.execution(t, id)
		if row.State != term.ExecutionQueued || row.Ref != "1.1" || row.ResponseRevision != 1 || r.jobs(t, "run_code") != 1 {
			t.Errorf("got %+v, %d jobs", row, r.jobs(t, "run_code"))
		}
		if err := r.unchanged(t, "scoring again", func() error { return r.grading.Score(t.Context(), policy.Worker(r.owner.Org), id) }); err != nil {
			t.Error(err)
		}
		if diff := gocmp.Diff([]time.Duration{time.Second, time.Second, 2 * time.Second}, r.run(t, row.ID)); diff != "" {
			t.Errorf("waits: %s", diff)
		}
		if n := r.jobs(t, "score_session") - scores; n != 1 {
			t.Errorf("the scoring was asked for %d times", n)
		}
		r.score(t, id)
		report, doc := r.report(t, id)
		q := code(t, doc)
		if r.session(t, id).State != term.Scored || q.Status != term.ItemScored || q.Awarded != scoring.Of(4) || doc.Overall.Awarded != scoring.Of(6) {
			t.Errorf("got %s of %s, overall %+v", q.Awarded, q.Maximum, doc.Overall)
		}
		r.adds(t, report, doc)
		run := func(name string, passed bool, outcome term.TestOutcome, output string, weight int, hidden bool) *grading.TestRun {
			return &grading.TestRun{TestResult: content.TestResult{Name: name, Passed: passed, Outcome: outcome, Output: output, Milliseconds: 12, KiB: 3456}, Weight: weight, Hidden: hidden}
		}
		want := &grading.Execution{Status: grading.ExecutionExecuted, Tests: []*grading.TestRun{
			run("adds", true, term.TestPassed, "3\n", 1, false), run("to the letter", true, term.TestPassed, "4\n", 1, false),
			run("adds much", false, term.TestWrongOutput, "99\n", 2, true),
		}}
		if diff := gocmp.Diff(want, q.Execution()); diff != "" {
			t.Error(diff)
		}
		var trace []string
		for _, e := range q.Trace() {
			trace = append(trace, fmt.Sprintf("%s %d %s/%s %s: %s, %s", e.Criterion, e.Weight, e.Points, e.Maximum, e.Source, e.Comment, e.Evidence))
		}
		if diff := gocmp.Diff([]string{
			"adds 1 1/1 RUNNER: it printed what was expected, 12 ms of CPU time, 3456 KiB",
			"to the letter 1 1/1 RUNNER: it printed what was expected, 12 ms of CPU time, 3456 KiB",
			"adds much 2 0/1 RUNNER: it printed something else than was expected, 12 ms of CPU time, 3456 KiB",
		}, trace); diff != "" {
			t.Error(diff)
		}
		t.Run("the ledger counts what the tests came to", func(t *testing.T) {
			lines := r.ledger(t, r.owner, id)
			i := slices.IndexFunc(lines, func(a *grading.Award) bool { return a.Ref == "1.1" })
			if i < 0 || !lines[i].Counts || lines[i].Points != scoring.Of(4) || lines[i].Maximum != scoring.Of(8) {
				t.Errorf("got %+v", lines)
			}
		})
		t.Run("the report says how many tests it passed", func(t *testing.T) {
			for _, shown := range r.sheet(t, r.owner, id).Questions {
				if want := (&reporting.Execution{State: reporting.Executed, Passed: 2, Tests: 3}); shown.Kind == term.Code && !gocmp.Equal(want, shown.Execution) {
					t.Errorf("got %+v", shown.Execution)
				}
			}
		})
		t.Run("what is handed over", func(t *testing.T) {
			taken := s.Taken()
			if len(taken) != 3 || s.Asked("POST /submissions/batch") != 1 {
				t.Fatalf("%d runs, handed over %d times", len(taken), s.Asked("POST /submissions/batch"))
			}
			got := taken[2]
			got.Callback = ""
			want := runnertest.Submission{Language: 95, Source: "package main // small", Stdin: "secret input", CPU: 2, Wall: 9, Memory: 65536, File: 1024, Network: new(false)}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("it ended, and nothing more happens", func(t *testing.T) {
			err := r.unchanged(t, "another step", func() error {
				again, err := r.grading.RunCode(t.Context(), policy.Worker(r.owner.Org), row.ID, false)
				if again != 0 {
					t.Errorf("again in %s", again)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	})
}

// TestAMendingKeepsWhatTestsCameTo changes what a program is worth after it was run: it is worth the same share, and nobody
// has to judge it.
func TestAMendingKeepsWhatTestsCameTo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := runnertest.New(t)
		s.Token, s.Steps, s.Runs = "runner's token", 0, calculates
		r.runBy(t, s)
		id, _ := r.took(t, r.coding(t), coded("package main // small"))
		r.score(t, id)
		r.run(t, r.execution(t, id).ID)
		r.score(t, id)
		_, was := r.report(t, id)
		version := r.versionOf(t, id)
		for _, fix := range []*content.KeyFix{{Ref: "1.1", Points: new(4)}, {Ref: "1.1", Drop: true}, {Ref: "1.1", Points: new(16)}} {
			r.rescored(t, version, []*content.KeyFix{fix})
		}
		row, now := r.report(t, id)
		q := code(t, now)
		if row.State != term.ReportReady || q.Awarded != scoring.Of(8) || q.Maximum != scoring.Of(16) || q.Dropped {
			t.Errorf("%s: %s of %s", row.State, q.Awarded, q.Maximum)
		}
		if diff := gocmp.Diff(code(t, was).Execution(), q.Execution()); diff != "" {
			t.Error(diff)
		}
		if diff := gocmp.Diff(code(t, was).Trace(), q.Trace()); diff != "" {
			t.Error(diff)
		}
		r.adds(t, row, now)
		counts := 0
		for _, a := range r.ledger(t, r.owner, id) {
			if a.Ref == "1.1" && a.Counts {
				counts++
				if a.Source != term.SourceRunner || a.Points != scoring.Of(8) || a.Maximum != scoring.Of(16) {
					t.Errorf("the ledger counts %+v", a)
				}
			}
		}
		if counts != 1 {
			t.Errorf("the ledger counts %d awards", counts)
		}
	})
}

// TestWhatProgramsComeTo scores programs that fail in every way, and keeps of what they print only what can be shown.
func TestWhatProgramsComeTo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := runnertest.New(t)
		s.Runs = calculates
		r.runBy(t, s)
		template := r.coding(t)
		for source, want := range map[string]struct {
			awarded string
			outcome term.TestOutcome
			output  string
		}{
			"works":            {"8", term.TestPassed, "3\n"},
			"does not compile": {"0", term.TestCompileError, "line 1: what?"},
			"crashes":          {"0", term.TestRuntimeError, "panic: no"},
			"sleeps":           {"0", term.TestTimeLimit, ""},
			"talks":            {"0", term.TestWrongOutput, strings.Repeat("bla ", 249) + "bla…"},
			"floods":           {"0", term.TestOutputLimit, ""},
		} {
			id, _ := r.took(t, template, coded(source))
			r.score(t, id)
			r.run(t, r.execution(t, id).ID)
			r.score(t, id)
			_, doc := r.report(t, id)
			q := code(t, doc)
			if q.Status != term.ItemScored || q.Awarded.Decimal() != want.awarded || len(q.Run.Tests) != 3 {
				t.Errorf("%s: got %s, %s of %+v", source, q.Status, q.Awarded, q.Run)
				continue
			}
			if first := q.Run.Tests[0]; first.Outcome != want.outcome || first.Output != want.output || first.Passed != (want.awarded == "8") {
				t.Errorf("%s: got %+v", source, first)
			}
		}
	})
}

// TestWithoutARunnerPeopleJudge scores the same answers where nothing runs code, or nothing of them can be run.
func TestWithoutARunnerPeopleJudge(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.coding(t)
		untested := r.assess(t, &content.Template{Sections: []*content.Section{{Title: "Code", TimeLimit: 600, Slots: []*content.Slot{fixed(8, r.ask(t, term.Code, program()))}}}})
		s := runnertest.New(t)
		without, with := r.grading, grading.New(r.store).RunBy(grading.Runner{Client: must(runner.New(s.URL, ""))(t), Random: rand.Reader})
		for name, c := range map[string]struct {
			grading  *grading.Service
			template gid.ID
			given    answers
			status   term.ItemStatus
			reason   string
		}{
			"no runner":               {without, template, coded("package main"), term.ItemNotScored, "no code runner is configured"},
			"no tests":                {with, untested, answers{"1.1": words("package main")}, term.ItemNotScored, "the question has no tests"},
			"no answer":               {with, template, answers{"1.1": words("")}, term.ItemOmitted, "there is no answer to run"},
			"no answer and no runner": {without, template, answers{"1.2": ticked("a")}, term.ItemOmitted, "there is no answer to run"},
		} {
			t.Run(name, func(t *testing.T) {
				r.grading = c.grading
				id, _ := r.took(t, c.template, c.given)
				r.score(t, id)
				_, doc := r.report(t, id)
				q := code(t, doc)
				if diff := gocmp.Diff(&grading.Execution{Status: grading.NotExecuted, Reason: c.reason}, q.Execution()); diff != "" || q.Status != c.status {
					t.Errorf("%s: %s", q.Status, diff)
				}
				if n := len(r.executions(t, id)); n != 0 {
					t.Errorf("%d executions", n)
				}
			})
		}
		if n := len(s.Taken()); n != 0 {
			t.Errorf("%d runs were handed over", n)
		}
	})
}

// TestTheReviewerSeesWhyNothingRan reviews what the runner could not run.
func TestTheReviewerSeesWhyNothingRan(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := runnertest.New(t)
		r.runBy(t, s)
		s.Next(runnertest.Answer(404, ""))
		id, _ := r.took(t, r.coding(t), coded("package main"))
		r.score(t, id)
		r.run(t, r.execution(t, id).ID)
		r.score(t, id)
		if st := r.session(t, id).State; st != term.InReview {
			t.Fatalf("the session is %s", st)
		}
		review := must(r.grading.AssignReview(t.Context(), r.owner, grading.AssignReviewInput{SessionID: id, ReviewerID: r.reviewer.ID}))(t)
		work := must(r.grading.Work(t.Context(), r.reviewer, []gid.ID{review.ID}))(t)[0]
		want := &grading.Execution{Status: grading.ExecutionFailed, Reason: "the code runner refuses the request"}
		if diff := gocmp.Diff(want, work.Items[0].Execution); diff != "" {
			t.Error(diff)
		}
		must(r.grading.SubmitReview(t.Context(), r.reviewer, grading.SubmitReviewInput{ID: review.ID, Scores: []*grading.CriterionScoreInput{
			{Question: "1.1", Criterion: "works", Points: 1, Comment: "half of it", Evidence: new("package")},
		}}))(t)
		_, doc := r.report(t, id)
		q := code(t, doc)
		if q.Awarded != scoring.Of(4) || q.Trace()[0].Source != term.SourceReviewer || q.Execution().Status != grading.ExecutionFailed {
			t.Errorf("got %+v", q)
		}
	})
}

// TestARunnerThatFails tries again as long as it may help, and then leaves the answer to people.
func TestARunnerThatFails(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.coding(t)
		queued := func(t *testing.T, s *runnertest.Server) (gid.ID, gid.ID) {
			r.runBy(t, s)
			id, _ := r.took(t, template, coded("package main"))
			r.score(t, id)
			return id, r.execution(t, id).ID
		}
		again := func(t *testing.T, status int, n int) []http.HandlerFunc {
			all := make([]http.HandlerFunc, n)
			for i := range all {
				all[i] = runnertest.Answer(status, "")
			}
			return all
		}
		t.Run("busy for a while", func(t *testing.T) {
			s := runnertest.New(t)
			s.Runs = calculates
			session, id := queued(t, s)
			s.Next(append(again(t, 429, 2), again(t, 503, 2)...)...)
			waits := r.run(t, id)
			if diff := gocmp.Diff([]time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, time.Second}, waits); diff != "" {
				t.Error(diff)
			}
			r.score(t, session)
			_, doc := r.report(t, session)
			if q := code(t, doc); q.Awarded != scoring.Of(8) {
				t.Errorf("got %+v", q)
			}
		})
		t.Run("out of order for good", func(t *testing.T) {
			s := runnertest.New(t)
			session, id := queued(t, s)
			s.Next(again(t, 500, 100)...)
			var sum time.Duration
			for _, w := range r.run(t, id) {
				sum += w
			}
			if sum < 10*time.Minute || sum > 20*time.Minute {
				t.Errorf("given up after %s", sum)
			}
			if n := s.Asked("GET /languages"); n != 34 {
				t.Errorf("tried %d times", n)
			}
			r.score(t, session)
			_, doc := r.report(t, session)
			q := code(t, doc)
			want := &grading.Execution{Status: grading.ExecutionFailed, Reason: "the code runner is busy or out of order"}
			if diff := gocmp.Diff(want, q.Execution()); diff != "" || q.Status != term.ItemNotScored || !doc.Provisional {
				t.Errorf("%+v: %s", q, diff)
			}
		})
		t.Run("never finishing", func(t *testing.T) {
			s := runnertest.New(t)
			s.Steps = 1000
			session, id := queued(t, s)
			if n := len(r.run(t, id)); n != 34 {
				t.Errorf("waited %d times", n)
			}
			if row := r.execution(t, session); row.State != term.ExecutionFailed || row.Reason != "the code runner has not finished" {
				t.Errorf("got %+v", row)
			}
		})
		t.Run("failing inside", func(t *testing.T) {
			s := runnertest.New(t)
			broken := 2
			s.Runs = func(one runnertest.Submission) runnertest.Result {
				if one.Stdin == "2 2" && broken > 0 {
					broken--
					return runnertest.Result{Status: 13}
				}
				return calculates(one)
			}
			session, id := queued(t, s)
			r.run(t, id)
			if row := r.execution(t, session); row.State != term.ExecutionExecuted || s.Asked("POST /submissions/batch") != 3 {
				t.Errorf("got %+v, handed over %d times", row, s.Asked("POST /submissions/batch"))
			}
		})
		t.Run("losing what it took", func(t *testing.T) {
			s := runnertest.New(t)
			s.Runs = calculates
			session, id := queued(t, s)
			r.step(t, id)
			s.Forget()
			r.run(t, id)
			if row := r.execution(t, session); row.State != term.ExecutionExecuted || row.Attempts != 1 || len(s.Taken()) != 6 {
				t.Errorf("got %+v, %d runs", row, len(s.Taken()))
			}
		})
		t.Run("speaking no language of ours", func(t *testing.T) {
			s := runnertest.New(t)
			session, id := queued(t, s)
			s.Next(runnertest.Answer(200, `[{"id":45,"name":"Assembly (NASM 2.14.02)"}]`))
			if waits := r.run(t, id); len(waits) != 0 {
				t.Errorf("waited %v", waits)
			}
			if row := r.execution(t, session); row.State != term.ExecutionFailed || row.Reason != "the code runner has no language go" {
				t.Errorf("got %+v", row)
			}
		})
		t.Run("asking for patience", func(t *testing.T) {
			s := runnertest.New(t)
			_, id := queued(t, s)
			s.Next(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "90")
				w.WriteHeader(http.StatusServiceUnavailable)
			})
			if again := r.step(t, id); again != 90*time.Second {
				t.Errorf("again in %s", again)
			}
		})
		t.Run("not configured any more", func(t *testing.T) {
			s := runnertest.New(t)
			session, id := queued(t, s)
			r.grading = grading.New(r.store)
			r.score(t, session)
			if st := r.session(t, session).State; st != term.Submitted {
				t.Errorf("the session is %s", st)
			}
			r.run(t, id)
			r.score(t, session)
			_, doc := r.report(t, session)
			if q := code(t, doc); q.Status != term.ItemNotScored || q.Run.Reason != "no code runner is configured any more" {
				t.Errorf("got %+v", q.Run)
			}
		})
	})
}

// TestAProcessThatIsKilledLosesNoRun stops at every point of a run and goes on with another process.
func TestAProcessThatIsKilledLosesNoRun(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		template := r.coding(t)
		killed := errors.New("killed")
		for name, die := range map[string]func(s *runnertest.Server, kill context.CancelCauseFunc){
			"before it handed over": func(_ *runnertest.Server, kill context.CancelCauseFunc) { kill(killed) },
			"while it hands over":   func(s *runnertest.Server, kill context.CancelCauseFunc) { s.Next(nil, dying(kill, killed)) },
			"before the tokens were kept": func(s *runnertest.Server, kill context.CancelCauseFunc) {
				s.After("POST /submissions/batch", func() { kill(killed) })
			},
		} {
			t.Run(name, func(t *testing.T) {
				s := runnertest.New(t)
				s.Runs = calculates
				r.runBy(t, s)
				id, _ := r.took(t, template, coded("package main"))
				r.score(t, id)
				row := r.execution(t, id)
				ctx, kill := context.WithCancelCause(t.Context())
				die(s, kill)
				if _, err := r.grading.RunCode(ctx, policy.Worker(r.owner.Org), row.ID, false); err == nil {
					t.Fatal("it was not killed")
				}
				if now := r.execution(t, id); now.State != term.ExecutionQueued || now.Attempts != 0 {
					t.Errorf("got %+v", now)
				}
				r.completes(t, id)
			})
		}
		t.Run("between handing over and asking", func(t *testing.T) {
			s := runnertest.New(t)
			s.Runs = calculates
			r.runBy(t, s)
			id, _ := r.took(t, template, coded("package main"))
			r.score(t, id)
			r.step(t, r.execution(t, id).ID)
			r.runBy(t, s) // another process
			r.completes(t, id)
			if n := s.Asked("POST /submissions/batch"); n != 1 {
				t.Errorf("handed over %d times", n)
			}
		})
		t.Run("while it asks", func(t *testing.T) {
			s := runnertest.New(t)
			s.Runs = calculates
			r.runBy(t, s)
			id, _ := r.took(t, template, coded("package main"))
			r.score(t, id)
			row := r.execution(t, id)
			r.step(t, row.ID)
			ctx, kill := context.WithCancelCause(t.Context())
			s.Next(dying(kill, killed))
			if _, err := r.grading.RunCode(ctx, policy.Worker(r.owner.Org), row.ID, false); err == nil {
				t.Fatal("it was not killed")
			}
			r.completes(t, id)
		})
	})
}

// dying kills the process while the runner answers.
func dying(kill context.CancelCauseFunc, why error) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server notices that its client went once it has read all
		kill(why)
		<-r.Context().Done()
	}
}

// completes demands that a queued session is run and scored whole.
func (r *rig) completes(t *testing.T, session gid.ID) {
	t.Helper()
	r.run(t, r.execution(t, session).ID)
	r.score(t, session)
	_, doc := r.report(t, session)
	if q := code(t, doc); q.Awarded != scoring.Of(8) || doc.Provisional {
		t.Errorf("got %s, %+v", q.Awarded, q.Run)
	}
}

// TestTwoWorkersAtOnce let one of their results count, and the scoring go on once.
func TestTwoWorkersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := runnertest.New(t)
		s.Runs = calculates
		r.runBy(t, s)
		id, _ := r.took(t, r.coding(t), coded("package main"))
		r.score(t, id)
		row, scores := r.execution(t, id), r.jobs(t, "score_session")
		for range 2 { // both hand over, then both ask
			errs := make(chan error, 4)
			for range cap(errs) {
				go func() {
					_, err := r.grading.RunCode(t.Context(), policy.Worker(r.owner.Org), row.ID, false)
					errs <- err
				}()
			}
			for range cap(errs) {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		}
		r.run(t, row.ID)
		if n := r.jobs(t, "score_session") - scores; n != 1 {
			t.Errorf("the scoring was asked for %d times", n)
		}
		r.completes(t, id)
	})
}

// TestAReopenedSittingIsRunAnew does not score an answer by the run of an earlier one.
func TestAReopenedSittingIsRunAnew(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := runnertest.New(t)
		s.Runs = calculates
		r.runBy(t, s)
		for name, far := range map[string]func(t *testing.T, id gid.ID){
			"queued":      func(*testing.T, gid.ID) {},
			"handed over": func(t *testing.T, id gid.ID) { r.step(t, id) },
			"executed":    func(t *testing.T, id gid.ID) { r.run(t, id) },
		} {
			t.Run(name, func(t *testing.T) {
				id, who := r.took(t, r.coding(t), coded("crashes"))
				r.score(t, id)
				first := r.execution(t, id)
				far(t, first.ID)
				must(r.sitting.Reopen(t.Context(), r.owner, sitting.ReopenSessionInput{ID: id, Reason: "a power cut", Time: 5 * time.Minute}))(t)
				r.run(t, first.ID) // the job that was under way finds nothing to wait for
				must(r.sitting.SaveResponse(t.Context(), who, sitting.SaveResponseInput{
					SittingID: id, Question: "1.1", ClientKey: "again", Revision: 1, Answer: words("works now"),
				}))(t)
				must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
				r.score(t, id)
				row := r.execution(t, id)
				if row.ID != first.ID || row.State != term.ExecutionQueued || row.ResponseRevision != 2 || len(row.Results) != 0 || row.FinishedAt != nil {
					t.Errorf("got %+v", row)
				}
				r.completes(t, id)
			})
		}
	})
}

// TestAnErasedCandidateIsNotRun keeps nothing of an answer whose candidate was erased while it ran.
func TestAnErasedCandidateIsNotRun(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := runnertest.New(t)
		s.Runs = func(runnertest.Submission) runnertest.Result { return runnertest.Result{Stdout: "words of theirs"} }
		r.runBy(t, s)
		erase := func(id gid.ID) {
			in := sitting.EraseCandidateInput{ID: r.session(t, id).CandidateID, Reason: "asked for"}
			must(r.sitting.EraseCandidate(t.Context(), r.owner, in))(t)
		}
		gone := func(t *testing.T, id gid.ID) {
			t.Helper()
			r.run(t, r.execution(t, id).ID)
			for _, text := range append(r.texts(t, "SELECT CAST(results AS TEXT) FROM executions"), r.texts(t, "SELECT CAST(tokens AS TEXT) FROM executions")...) {
				if text != "[]" {
					t.Errorf("it keeps %s", text)
				}
			}
		}
		unscored := func(t *testing.T, id gid.ID) {
			t.Helper()
			r.score(t, id)
			if reports := must(r.grading.ReportsBySession(t.Context(), r.owner, []gid.ID{id}))(t); len(reports) != 0 {
				t.Errorf("what is left of it counts as a result: %v", reports)
			}
			if st := r.session(t, id).State; st != term.Voided {
				t.Errorf("the session is %s", st)
			}
		}
		template := r.coding(t)
		t.Run("before it was handed over", func(t *testing.T) {
			id, _ := r.took(t, template, coded("words of theirs"))
			r.score(t, id)
			erase(id)
			gone(t, id)
			unscored(t, id)
			if n := len(s.Taken()); n != 0 {
				t.Errorf("%d runs", n)
			}
		})
		t.Run("while the runner is asked", func(t *testing.T) {
			id, _ := r.took(t, template, coded("words of theirs"))
			r.score(t, id)
			row := r.execution(t, id)
			r.step(t, row.ID)
			s.After("GET /submissions/batch", func() { erase(id) })
			if again := r.step(t, row.ID); again == 0 {
				t.Error("nothing was noticed")
			}
			gone(t, id)
			unscored(t, id)
		})
		t.Run("after the report", func(t *testing.T) {
			id, _ := r.took(t, template, coded("words of theirs"))
			r.score(t, id)
			r.run(t, r.execution(t, id).ID)
			r.score(t, id)
			erase(id)
			for _, text := range r.texts(t, "SELECT CAST(result AS TEXT) FROM reports") {
				if strings.Contains(text, "words of theirs") {
					t.Errorf("the report keeps it: %s", text)
				}
			}
		})
	})
}

// TestARunnersCall has the run asked for at once, whatever the call says, and changes nothing by itself.
func TestARunnersCall(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := runnertest.New(t)
		s.Steps, s.Runs = 1, calculates
		r.runBy(t, s)
		id, _ := r.took(t, r.coding(t), coded("package main"))
		r.score(t, id)
		worker, row := policy.Worker(r.owner.Org), r.execution(t, id)
		call := func() error { return r.grading.Called(t.Context(), worker, row.ID) }
		if err := r.unchanged(t, "a call before it was handed over", call); err != nil {
			t.Error(err)
		}
		called := func() time.Duration { return must(r.grading.RunCode(t.Context(), worker, row.ID, true))(t) }
		if again := called(); again != 0 || len(s.Taken()) != 0 {
			t.Errorf("a call handed over: again in %s, %d runs", again, len(s.Taken()))
		}
		r.step(t, row.ID)
		secret, ok := strings.CutPrefix(s.Taken()[0].Callback, callback)
		if !ok || len(secret) < 43 {
			t.Fatalf("the runner is told %q", s.Taken()[0].Callback)
		}
		org, found, err := r.store.Directory().Execution(t.Context(), grading.HashOfCall(secret))
		if err != nil || org != r.owner.Org || found != row.ID {
			t.Errorf("got %s, %s, %v", org, found, err)
		}
		if now := r.execution(t, id); bytes.Contains(now.Hash, []byte(secret)) || bytes.Equal(now.Hash, row.Hash) {
			t.Error("the secret itself is kept, or the one from before it was handed over")
		}
		if _, _, err := r.store.Directory().Execution(t.Context(), grading.HashOfCall(secret+"x")); !fault.Is(err, fault.NotFound) {
			t.Errorf("another secret: %v", err)
		}
		jobs := r.jobs(t, "run_code")
		if err := call(); err != nil || r.jobs(t, "run_code") != jobs+1 {
			t.Errorf("a call asked for %d jobs, %v", r.jobs(t, "run_code")-jobs, err)
		}
		if again := called(); again != 0 || r.execution(t, id).Attempts != 0 {
			t.Errorf("a call counted: again in %s, %d tries", again, r.execution(t, id).Attempts)
		}
		called()
		if st := r.execution(t, id).State; st != term.ExecutionExecuted {
			t.Errorf("the run is %s", st)
		}
		if err := r.unchanged(t, "a call after its end", call); err != nil {
			t.Error(err)
		}
		r.completes(t, id)
	})
}

// TestRunsOfOthers are not found, and only Assay itself takes them on.
func TestRunsOfOthers(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := runnertest.New(t)
		r.runBy(t, s)
		id, _ := r.took(t, r.coding(t), coded("package main"))
		r.score(t, id)
		row := r.execution(t, id)
		for name, c := range map[string]struct {
			actor policy.Actor
			code  fault.Code
		}{"another organization": {policy.Worker(r.stranger.Org), fault.NotFound}, "an owner": {r.owner, fault.Denied}, "a reviewer": {r.reviewer, fault.Denied}} {
			r.refused(t, "RunCode, "+name, c.code, func() error { _, err := r.grading.RunCode(t.Context(), c.actor, row.ID, false); return err })
			r.refused(t, "Called, "+name, c.code, func() error { return r.grading.Called(t.Context(), c.actor, row.ID) })
		}
		if n := len(s.Taken()); n != 0 {
			t.Errorf("%d runs were handed over", n)
		}
	})
}
