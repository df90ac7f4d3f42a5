package grading

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/execution"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// ExecutionStatus is where the running of a code answer stands.
type ExecutionStatus string

// The statuses. NOT_EXECUTED: nothing runs it, and a person judges; FAILED: the runner could not, and a person judges.
const (
	NotExecuted       ExecutionStatus = "NOT_EXECUTED"
	ExecutionQueued   ExecutionStatus = ExecutionStatus(term.ExecutionQueued)
	ExecutionRunning  ExecutionStatus = ExecutionStatus(term.ExecutionRunning)
	ExecutionExecuted ExecutionStatus = ExecutionStatus(term.ExecutionExecuted)
	ExecutionFailed   ExecutionStatus = ExecutionStatus(term.ExecutionFailed)
)

// Values lists every status.
func (ExecutionStatus) Values() []string {
	return append([]string{string(NotExecuted)}, term.ExecutionState("").Values()...)
}

// Execution is what running a code answer came to, as reports and reviewers show it.
type Execution struct {
	Status ExecutionStatus `json:"status"`
	Reason string          `json:"reason,omitempty"` // why it was not run
	Tests  []*TestRun      `json:"tests,omitempty"`
}

// TestRun is what became of one test, and how much it counts.
type TestRun struct {
	content.TestResult
	Weight int  `json:"weight"`
	Hidden bool `json:"hidden,omitempty"` // from candidates
}

// Execution is what running the answer came to; nil of any kind but code. What was scored before code could be run says so.
func (q *QuestionResult) Execution() *Execution {
	if q.Kind == term.Code && q.Run == nil {
		return &Execution{Status: NotExecuted, Reason: "code was not run when this was scored"}
	}
	return q.Run
}

// summary says in one line how each test went.
func (e *Execution) summary() string {
	parts := make([]string, len(e.Tests))
	for i, t := range e.Tests {
		parts[i] = t.Name + ": " + string(t.Outcome)
	}
	return strings.Join(parts, "; ")
}

// trace has an entry for each test: passed is one point of one.
func (e *Execution) trace() []*TraceEntry {
	entries := make([]*TraceEntry, len(e.Tests))
	for i, t := range e.Tests {
		entries[i] = &TraceEntry{
			Criterion: t.Name, Text: "test", Weight: t.Weight, Maximum: scoring.Of(1), Source: term.SourceRunner,
			Evidence: strconv.Itoa(t.Milliseconds) + " ms of CPU time, " + strconv.Itoa(t.KiB) + " KiB", Comment: outcomeWords(t.Outcome),
		}
		if t.Passed {
			entries[i].Points = scoring.Of(1)
		}
	}
	return entries
}

// outcomeWords says an outcome to a person.
func outcomeWords(o term.TestOutcome) string {
	switch o {
	case term.TestPassed:
		return "it printed what was expected"
	case term.TestWrongOutput:
		return "it printed something else than was expected"
	case term.TestTimeLimit:
		return "it took longer than it may"
	case term.TestOutputLimit:
		return "it printed more than is taken"
	case term.TestCompileError:
		return "it could not be compiled"
	default:
		return "it ended with an error"
	}
}

// runs are the executions of one session that are of the answers that count, by the place of their question.
type runs map[string]*ent.Execution

// runsOf reads the executions of several sessions; nothing is read where no version has tests. An execution of an answer that
// was changed since is left out: its sitting was reopened, and it will be run anew.
func runsOf(ctx context.Context, scope tenant.Scope, sessions []gid.ID, documents map[gid.ID]*frozen) (map[gid.ID]runs, error) {
	if !anyTests(documents) {
		return nil, nil
	}
	rows, err := scope.Executions().Where(tenant.In(execution.FieldSessionID, sessions)).All(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	current, err := revisionsOf(ctx, scope, sessions)
	if err != nil {
		return nil, err
	}
	all := map[gid.ID]runs{}
	for _, row := range rows {
		if all[row.SessionID] == nil {
			all[row.SessionID] = runs{}
		}
		if row.ResponseRevision == current[answerAt{row.SessionID, row.Ref}] {
			all[row.SessionID][row.Ref] = row
		}
	}
	return all, nil
}

func anyTests(documents map[gid.ID]*frozen) bool {
	for _, f := range documents {
		for _, item := range f.key.Items() {
			if c := item.Content.Code; c != nil && len(c.Tests) > 0 {
				return true
			}
		}
	}
	return false
}

// answerAt is where an answer stands.
type answerAt struct {
	session gid.ID
	ref     string
}

// revisionsOf says which revision of each answer counts.
func revisionsOf(ctx context.Context, scope tenant.Scope, sessions []gid.ID) (map[answerAt]int, error) {
	rows, err := scope.Responses().Where(tenant.In(response.FieldSessionID, sessions), tenant.Latest).
		Select(response.FieldSessionID, response.FieldRef, response.FieldRevision).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find revisions: %w", err)
	}
	current := make(map[answerAt]int, len(rows))
	for _, r := range rows {
		current[answerAt{r.SessionID, r.Ref}] = r.Revision
	}
	return current, nil
}

// overlay says of every code answer what running it came to, and scores those that were run by the tests that they passed.
func (r runs) overlay(verdicts []*verdict) {
	for _, v := range verdicts {
		if v.item.Kind == term.Code {
			v.ran(r[v.item.Ref])
		}
	}
}

// ran lays an execution over the verdict; nil is none.
func (v *verdict) ran(row *ent.Execution) {
	v.run = &Execution{Status: NotExecuted}
	switch {
	case v.status != term.ItemNotScored:
		v.run.Reason = "there is no answer to run"
	case !v.runnable():
		v.run.Reason = "the question has no tests"
	case row == nil:
		v.run.Reason = "no code runner is configured"
	default:
		v.run.Status, v.run.Reason = ExecutionStatus(row.State), row.Reason
	}
	if v.run.Status == ExecutionExecuted {
		v.tested(row.Results)
	}
}

// runnable reports whether there are an answer and tests to run it with.
func (v *verdict) runnable() bool {
	return v.status == term.ItemNotScored && v.item.Content.Code != nil && len(v.item.Content.Code.Tests) > 0
}

// tested scores by the tests that were passed. If some test has no result the answer is left to a person.
func (v *verdict) tested(results []*content.TestResult) {
	byName := make(map[string]*content.TestResult, len(results))
	for _, r := range results {
		byName[r.Name] = r
	}
	for _, t := range v.item.Content.Code.Tests {
		r := byName[t.Name]
		if r == nil {
			return
		}
		v.run.Tests = append(v.run.Tests, &TestRun{TestResult: *r, Weight: t.Weight, Hidden: t.Hidden})
	}
	v.byTests()
}

// byTests scores by the tests of a run, all of which have a result.
func (v *verdict) byTests() {
	scores := make([]scoring.TestScore, len(v.run.Tests))
	passed, weights, weight := 0, 0, 0
	for i, t := range v.run.Tests {
		scores[i] = scoring.TestScore{Weight: t.Weight, Passed: t.Passed}
		weights += t.Weight
		if t.Passed {
			passed, weight = passed+1, weight+t.Weight
		}
	}
	if points, ok := scoring.TestsScore(scoring.Of(v.item.Points), scores); ok {
		v.status, v.source, v.points = term.ItemScored, term.SourceRunner, points
		v.reason = fmt.Sprintf("passed %d of %d tests, by weight %d of %d", passed, len(scores), weight, weights)
	}
}

// openRun reports whether an execution is not at its end.
func openRun(row *ent.Execution) bool {
	return row.State == term.ExecutionQueued || row.State == term.ExecutionRunning
}

// execute has the code answers of a submitted session run, where something runs code, and reports whether the session waits
// for that. Whatever it begins is in the commit of its transaction. It may be repeated: what was run, or could not be, is not
// run again.
func (s *Service) execute(ctx context.Context, tx tenant.Tx, row *ent.Session, verdicts []*verdict) (waits bool, err error) {
	var wanted []*verdict
	for _, v := range verdicts {
		if v.runnable() {
			wanted = append(wanted, v)
		}
	}
	if len(wanted) == 0 {
		return false, nil
	}
	rows, err := tx.Executions().Where(execution.SessionID(row.ID)).All(ctx)
	if err != nil {
		return false, fmt.Errorf("find executions: %w", err)
	}
	there := make(runs, len(rows))
	for _, r := range rows {
		there[r.Ref] = r
	}
	current, err := revisionsOf(ctx, tx.Scope, []gid.ID{row.ID})
	if err != nil {
		return false, err
	}
	for _, v := range wanted {
		one, revision := there[v.item.Ref], current[answerAt{row.ID, v.item.Ref}]
		switch same := one != nil && one.ResponseRevision == revision; {
		case same && openRun(one):
			waits = true
		case !same && s.runner.Client != nil:
			waits = true
			if err := s.begin(ctx, tx, row.ID, v.item.Ref, one, revision); err != nil {
				return false, err
			}
		}
	}
	return waits, nil
}

// begin queues the run of one answer, in the place of an earlier answer's if there was one.
func (s *Service) begin(ctx context.Context, tx tenant.Tx, session gid.ID, ref string, earlier *ent.Execution, revision int) error {
	_, hash, err := s.runner.secret()
	if err != nil {
		return err
	}
	none, empty := []string{}, []*content.TestResult{}
	if earlier != nil {
		_, err = tx.ChangeExecution(earlier.ID).SetResponseRevision(revision).SetState(term.ExecutionQueued).SetHash(hash).SetTokens(none).
			SetResults(empty).SetReason("").SetAttempts(0).ClearFinishedAt().Save(ctx)
	} else {
		earlier, err = tx.NewExecution().SetSessionID(session).SetRef(ref).SetResponseRevision(revision).SetState(term.ExecutionQueued).
			SetHash(hash).SetTokens(none).SetResults(empty).Save(ctx)
	}
	if err != nil {
		return fmt.Errorf("queue execution: %w", err)
	}
	return tx.Enqueue(ctx, job.RunCode{OrganizationID: tx.Organization(), ExecutionID: earlier.ID})
}
