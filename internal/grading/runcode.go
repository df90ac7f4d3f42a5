package grading

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/execution"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/runner"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Runner is what runs code. Without a client nothing does, and people judge it.
type Runner struct {
	Client   *runner.Client
	Callback string    // the address that it calls after each run, before the run's secret; it does not call, if empty
	Random   io.Reader // makes secrets
}

// RunBy gives the room's operations with something that runs code.
func (s *Service) RunBy(r Runner) *Service {
	own := *s
	own.runner = r
	return &own
}

// secret makes what the runner shows when it calls, and the hash that is kept of it.
func (r Runner) secret() (secret string, hash []byte, err error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(r.Random, raw); err != nil {
		return "", nil, fmt.Errorf("make a secret: %w", err)
	}
	secret = base64.RawURLEncoding.EncodeToString(raw)
	return secret, HashOfCall(secret), nil
}

// HashOfCall is what is kept of the secret that a runner shows when it calls.
func HashOfCall(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// The bounds of a run. A try that comes to nothing is followed by another one, later each time, for about a quarter of an
// hour; then people judge the answer. Calls of one try end well within what a job may take.
const (
	mostTries   = 34
	longestWait = 30 * time.Second
	tryTime     = 40 * time.Second
)

// waitAfter is how long to wait after so many tries: one second, then twice as long each time.
func waitAfter(tries int) time.Duration { return min(longestWait, time.Second<<min(tries-1, 10)) }

// step is one run with what it needs.
type step struct {
	row     *ent.Execution
	session *ent.Session
	item    *key.Item
	source  string // the answer; empty if it is gone
}

// RunCode takes the run of a code answer a step on, and says when to ask again; zero is never. It hands the answer over to the
// runner, or asks what became of it; the last run of a session lets its scoring go on. It calls out between transactions,
// never in one, and may be repeated at any point: an answer that is handed over twice is judged by one of the runs. Called is
// for a runner that called: nothing is counted then, and nothing handed over. Only Assay itself has the permission.
func (s *Service) RunCode(ctx context.Context, actor policy.Actor, id gid.ID, called bool) (again time.Duration, err error) {
	scope, err := s.tenant.As(ctx, actor, policy.SessionScore)
	if err != nil {
		return 0, err
	}
	st, err := s.stepOf(ctx, scope, id)
	if err != nil {
		return 0, err
	}
	again, err = s.take(ctx, scope, st, called)
	switch {
	case !errors.Is(err, errMoved):
		return again, err
	case called:
		return 0, nil
	default: // as it stands now, it may need another step
		return waitAfter(1), nil
	}
}

// take takes a step, as the run stands.
func (s *Service) take(ctx context.Context, scope tenant.Scope, st *step, called bool) (again time.Duration, err error) {
	switch {
	case !openRun(st.row):
		return 0, nil
	case s.runner.Client == nil:
		return 0, st.fail(ctx, scope, "no code runner is configured any more")
	case st.session.State != term.Submitted || st.source == "":
		return 0, st.fail(ctx, scope, "the session does not wait for it any more")
	case st.row.State == term.ExecutionRunning:
		return s.poll(ctx, scope, st, called)
	case called:
		return 0, nil
	default:
		return s.handOver(ctx, scope, st)
	}
}

// Called has the runner asked what became of a run, because it said that something is new. What it said is not looked at. A
// run that is not with the runner is left alone. Only Assay itself has the permission.
func (s *Service) Called(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.SessionScore)
	if err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) {
		row, err := tenant.Only[*ent.Execution]("execution")(tx.Executions().Where(execution.ID(id)).Only(ctx))
		if err != nil || row.State != term.ExecutionRunning {
			return struct{}{}, err
		}
		return struct{}{}, tx.Enqueue(ctx, job.RunCode{OrganizationID: tx.Organization(), ExecutionID: id, Called: true})
	})
	return err
}

func (s *Service) stepOf(ctx context.Context, scope tenant.Scope, id gid.ID) (*step, error) {
	row, err := tenant.Only[*ent.Execution]("execution")(scope.Executions().Where(execution.ID(id)).Only(ctx))
	if err != nil {
		return nil, err
	}
	sat, err := tenant.Only[*ent.Session]("session")(scope.Sessions().Where(session.ID(row.SessionID)).Only(ctx))
	if err != nil {
		return nil, err
	}
	st := &step{row: row, session: sat}
	documents, err := s.pinned(ctx, scope, []gid.ID{sat.TemplateVersionID})
	if err != nil {
		return nil, err
	}
	if f := documents[sat.TemplateVersionID]; f != nil {
		st.item = f.key.Item(row.Ref)
	}
	if st.item == nil {
		return nil, tenant.NotFound("question")
	}
	given, err := tenant.Only[*ent.Response]("response")(scope.Responses().
		Where(response.SessionID(sat.ID), response.Ref(row.Ref), response.Revision(row.ResponseRevision)).Only(ctx))
	if err != nil {
		return nil, err
	}
	if given.Answer != nil && given.Answer.Text != nil {
		st.source = *given.Answer.Text
	}
	return st, nil
}

// program is what is handed over: the answer with the input of every test.
func (st *step) program(callback string) runner.Program {
	code := st.item.Content.Code
	p := runner.Program{Language: code.Language, Source: st.source, Callback: callback}
	for _, t := range code.Tests {
		p.Inputs = append(p.Inputs, t.Stdin)
	}
	if code.CPULimit != nil {
		p.CPU = time.Duration(*code.CPULimit) * time.Millisecond
	}
	if code.MemoryLimit != nil {
		p.Memory = *code.MemoryLimit * 1024
	}
	return p
}

func (s *Service) handOver(ctx context.Context, scope tenant.Scope, st *step) (time.Duration, error) {
	secret, hash, err := s.runner.secret()
	if err != nil {
		return 0, err
	}
	callback := ""
	if s.runner.Callback != "" {
		callback = s.runner.Callback + secret
	}
	calling, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	tokens, err := s.runner.Client.Submit(calling, st.program(callback))
	if err != nil {
		return st.stumble(ctx, scope, err)
	}
	return waitAfter(1), st.change(ctx, scope, func(_ tenant.Tx, c *ent.ExecutionUpdate) error {
		c.SetState(term.ExecutionRunning).SetTokens(tokens).SetHash(hash).SetReason("")
		return nil
	})
}

func (s *Service) poll(ctx context.Context, scope tenant.Scope, st *step, called bool) (time.Duration, error) {
	calling, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	outcomes, err := s.runner.Client.Poll(calling, st.row.Tokens)
	ended, broke := true, false
	for _, o := range outcomes {
		ended, broke = ended && o.Status.Ended(), broke || o.Status.Broke()
	}
	switch {
	case err == nil && ended && !broke && len(outcomes) == len(st.item.Content.Code.Tests):
		return 0, st.finish(ctx, scope, term.ExecutionExecuted, "", st.results(outcomes))
	case called:
		return 0, nil
	case err != nil:
		return st.stumble(ctx, scope, err)
	case broke:
		return st.later(ctx, scope, "the code runner could not run the program", true, 0)
	default:
		return st.later(ctx, scope, "the code runner has not finished", false, 0)
	}
}

// stumble is what follows a try that failed: another one later, or none.
func (st *step) stumble(ctx context.Context, scope tenant.Scope, err error) (time.Duration, error) {
	var f *runner.Failure
	switch {
	case ctx.Err() != nil: // the process stops: the job comes again
		return 0, ctx.Err()
	case !errors.As(err, &f):
		return 0, err
	case !f.Temporary:
		return 0, st.fail(ctx, scope, f.Reason)
	}
	return st.later(ctx, scope, f.Reason, errors.Is(err, runner.ErrLost), f.After)
}

// later counts a try that came to nothing, and says when the next one is due; after the last one people judge. Anew is for a
// run that has to be handed over again.
func (st *step) later(ctx context.Context, scope tenant.Scope, reason string, anew bool, after time.Duration) (time.Duration, error) {
	tries := st.row.Attempts + 1
	if tries >= mostTries {
		return 0, st.fail(ctx, scope, reason)
	}
	return max(waitAfter(tries), after), st.change(ctx, scope, func(_ tenant.Tx, c *ent.ExecutionUpdate) error {
		c.SetAttempts(tries).SetReason(reason)
		if anew {
			c.SetState(term.ExecutionQueued).SetTokens([]string{})
		}
		return nil
	})
}

func (st *step) fail(ctx context.Context, scope tenant.Scope, reason string) error {
	return st.finish(ctx, scope, term.ExecutionFailed, reason, []*content.TestResult{})
}

// finish writes how a run ended, and lets the scoring of its session go on.
func (st *step) finish(ctx context.Context, scope tenant.Scope, state term.ExecutionState, reason string, results []*content.TestResult) error {
	return st.change(ctx, scope, func(tx tenant.Tx, c *ent.ExecutionUpdate) error {
		c.SetState(state).SetReason(reason).SetResults(results).SetTokens([]string{}).SetFinishedAt(tx.Now)
		return tx.Enqueue(ctx, job.ScoreSession{OrganizationID: tx.Organization(), SessionID: st.session.ID})
	})
}

// errMoved is that a run is not what the step saw any more: somebody else took it on, its answer was changed, or its candidate
// was erased.
var errMoved = errors.New("the run has moved on")

// change changes the run if it still is what the step saw; if not it is errMoved.
func (st *step) change(ctx context.Context, scope tenant.Scope, set func(tenant.Tx, *ent.ExecutionUpdate) error) error {
	_, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) {
		if _, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, st.session.ID)); err != nil {
			return struct{}{}, err
		}
		now, err := tenant.Only[*ent.Execution]("execution")(tx.Executions().Where(execution.ID(st.row.ID)).Only(ctx))
		if err != nil {
			return struct{}{}, err
		}
		if !st.still(now) {
			return struct{}{}, errMoved
		}
		c := tx.ChangeExecution(st.row.ID)
		if err := set(tx, c); err != nil {
			return struct{}{}, err
		}
		if _, err := c.Save(ctx); err != nil {
			return struct{}{}, fmt.Errorf("change execution: %w", err)
		}
		return struct{}{}, nil
	})
	return err
}

func (st *step) still(now *ent.Execution) bool {
	return now.State == st.row.State && now.ResponseRevision == st.row.ResponseRevision && bytes.Equal(now.Hash, st.row.Hash) &&
		len(now.Tokens) == len(st.row.Tokens)
}

// results holds what was printed against what every test expects.
func (st *step) results(outcomes []runner.Outcome) []*content.TestResult {
	results := make([]*content.TestResult, len(outcomes))
	for i, t := range st.item.Content.Code.Tests {
		o := outcomes[i]
		outcome := outcomeOf(t, o)
		results[i] = &content.TestResult{
			Name: t.Name, Passed: outcome == term.TestPassed, Outcome: outcome, Output: runner.Clean(telling(outcome, o), maxShown),
			Milliseconds: int(o.CPU.Milliseconds()), KiB: o.Memory,
		}
	}
	return results
}

// maxShown bounds how much of what a program printed is kept, in characters.
const maxShown = 1000

func outcomeOf(t *content.CodeTest, o runner.Outcome) term.TestOutcome {
	switch {
	case o.Status == runner.TimeLimit:
		return term.TestTimeLimit
	case o.Status == runner.CompileError:
		return term.TestCompileError
	case o.Status.Crashed():
		return term.TestRuntimeError
	case o.Cut:
		return term.TestOutputLimit
	case o.Status == runner.Accepted && scoring.SameOutput(scoring.OutputRule(t.Comparison), t.Expected, o.Printed):
		return term.TestPassed
	default:
		return term.TestWrongOutput
	}
}

// telling is the text that tells most of an outcome.
func telling(outcome term.TestOutcome, o runner.Outcome) string {
	switch {
	case outcome == term.TestCompileError:
		return o.Compiler
	case outcome == term.TestRuntimeError && o.Errors != "":
		return o.Errors
	default:
		return o.Printed
	}
}
