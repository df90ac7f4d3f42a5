package sitting_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// exec changes rows behind the operations' back.
func (b *base) exec(t testing.TB, query string) {
	t.Helper()
	must(b.db.ExecContext(context.WithoutCancel(t.Context()), query))(t)
}

// release makes a session one whose result was released.
func (r *rig) release(t testing.TB, id gid.ID) {
	t.Helper()
	r.exec(t, fmt.Sprintf("UPDATE sessions SET state = 'RELEASED', released_at = ended_at WHERE id = '%s'", id.UUID()))
}

func (r *rig) signal(key string, kind term.IntegritySignal) *sitting.SignalInput {
	return &sitting.SignalInput{Kind: kind, At: r.clock.look(), Lasted: new(1500 * time.Millisecond), Question: new("1.2"), ClientKey: key}
}

func TestRecordSignals(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		record := func(signals ...*sitting.SignalInput) (*sitting.SignalReceipt, error) {
			return r.sitting.RecordSignals(t.Context(), who, sitting.RecordSignalsInput{SittingID: id, Signals: signals})
		}
		lost, pasted := r.signal("a", term.FocusLost), r.signal("b", term.Pasted)
		r.clock.pass(90 * time.Second)
		t.Run("stores each once, with both clocks", func(t *testing.T) {
			if diff := gocmp.Diff(&sitting.SignalReceipt{Stored: 2, Total: 2}, must(record(lost, pasted))(t)); diff != "" {
				t.Error(diff)
			}
			again := r.unchanged(t, "sending again", func() error {
				if diff := gocmp.Diff(&sitting.SignalReceipt{Stored: 2, Total: 2}, must(record(pasted, lost))(t)); diff != "" {
					t.Error(diff)
				}
				return nil
			})
			if again != nil {
				t.Error(again)
			}
			own := must(r.sitting.OwnSignals(t.Context(), who, id))(t)
			if len(own) != 2 || own[0].Kind != term.FocusLost || !own[0].ServerAt.Equal(own[0].ClientAt.Add(90*time.Second)) || own[0].DurationMs != 1500 {
				t.Errorf("got %v", own)
			}
		})
		t.Run("the client's clock may lie, the server's stands beside it", func(t *testing.T) {
			wild := r.signal("wild", term.FocusLost)
			wild.At = time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)
			must(record(wild))(t)
			if got := must(r.sitting.OwnSignals(t.Context(), who, id))(t)[2]; got.ClientAt.Year() != 2199 || got.ServerAt.Year() != 2026 {
				t.Errorf("got %v", got)
			}
		})
		t.Run("faults", func(t *testing.T) {
			bad := r.signal("", term.SecondDevice)
			bad.Lasted, bad.Question, bad.At = new(-time.Second), new("9.9"), time.Time{}
			r.refused(t, "a bad one", fault.Invalid, func() error { return lastErr(record(r.signal("x", term.Pasted), bad)) },
				"signals.1.kind", "signals.1.at", "signals.1.clientKey", "signals.1.lasted", "signals.1.question")
			r.refused(t, "one key twice", fault.Invalid, func() error { return lastErr(record(r.signal("x", term.Pasted), r.signal("x", term.Pasted))) }, "signals.1.clientKey")
			r.refused(t, "none", fault.Invalid, func() error { return lastErr(record()) }, "signals")
			many := make([]*sitting.SignalInput, 101)
			for i := range many {
				many[i] = r.signal(fmt.Sprint(i), term.Pasted)
			}
			r.refused(t, "too many", fault.Invalid, func() error { return lastErr(record(many...)) }, "signals")
			r.refused(t, "another content", fault.IdempotencyMismatch, func() error { return lastErr(record(r.signal("a", term.Pasted))) }, "signals.0.clientKey")
		})
		t.Run("only while the sitting runs, and only one's own", func(t *testing.T) {
			early, someone := r.accepted(t)
			over, past := r.submitted(t)
			for name, c := range map[string]struct {
				id   gid.ID
				who  policy.Actor
				code fault.Code
			}{
				"before the start": {early, someone, fault.NotStarted}, "after the end": {over, past, fault.Conflict},
				"somebody else's": {over, who, fault.NotFound}, "a member": {id, r.as(policy.Recruiter), fault.Denied},
			} {
				r.refused(t, name, c.code, func() error {
					in := sitting.RecordSignalsInput{SittingID: c.id, Signals: []*sitting.SignalInput{r.signal("n", term.Pasted)}}
					return lastErr(r.sitting.RecordSignals(t.Context(), c.who, in))
				})
			}
			r.clock.pass(allowed + tenant.EndsAfter)
			r.refused(t, "after the deadline", fault.Conflict, func() error { return lastErr(record(r.signal("late", term.Pasted))) })
		})
	})
}

func TestIntegrity(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		see := func(actor policy.Actor) (*sitting.Integrity, error) {
			return tenant.Sole[*sitting.Integrity]("session")(r.sitting.IntegrityBySession(t.Context(), actor, []gid.ID{id}))
		}
		for i := range 3 {
			r.clock.pass(3 * time.Minute)
			kind := term.Pasted
			if i == 0 {
				kind = term.FocusLost
			}
			in := sitting.RecordSignalsInput{SittingID: id, Signals: []*sitting.SignalInput{r.signal(fmt.Sprint(i), kind)}}
			must(r.sitting.RecordSignals(t.Context(), who, in))(t)
		}
		t.Run("is not evaluated until a person judges", func(t *testing.T) {
			want := &sitting.Integrity{SessionID: id, Verdict: term.NotEvaluated, Counts: []*sitting.SignalCount{{Kind: term.FocusLost, Count: 1}, {Kind: term.Pasted, Count: 2}}}
			if diff := gocmp.Diff(want, must(see(r.owner))(t)); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("signals stand at shares of the allowed time, and their ids tell no more", func(t *testing.T) {
			var shares []float64
			page := must(r.sitting.Signals(t.Context(), r.owner, id, tenant.Paging{}))(t)
			for _, s := range page.Nodes {
				shares = append(shares, s.Position)
				if s.ID.Time().Sub(id.Time()) > time.Second {
					t.Errorf("the id says %s", s.ID.Time())
				}
			}
			if diff := gocmp.Diff([]float64{0.2, 0.4, 0.6}, shares); diff != "" {
				t.Error(diff)
			}
			pages(t, 2, func(s *sitting.RecordedSignal) gid.ID { return s.ID }, func(p tenant.Paging) (*tenant.Page[*sitting.RecordedSignal], error) {
				return r.sitting.Signals(t.Context(), r.owner, id, p)
			})
		})
		t.Run("the latest judgement counts, and the candidate learns of it with the result", func(t *testing.T) {
			for _, verdict := range []term.IntegrityVerdict{term.Concern, term.Explained} {
				r.clock.pass(time.Second)
				in := sitting.JudgeIntegrityInput{SessionID: id, Verdict: verdict, Comment: "a fire alarm"}
				if got := must(r.sitting.JudgeIntegrity(t.Context(), r.owner, in))(t); got.Verdict != verdict || *got.JudgedBy != r.owner.ID {
					t.Errorf("got %v", got)
				}
			}
			if got := must(r.sitting.OwnVerdict(t.Context(), who, id))(t); got != nil {
				t.Errorf("before the release: %s", *got)
			}
			must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
			r.release(t, id)
			if got := must(r.sitting.OwnVerdict(t.Context(), who, id))(t); got == nil || *got != term.Explained {
				t.Errorf("after the release: %v", got)
			}
		})
		t.Run("faults and sight", func(t *testing.T) {
			judge := func(in sitting.JudgeIntegrityInput) func() error {
				return func() error { return lastErr(r.sitting.JudgeIntegrity(t.Context(), r.owner, in)) }
			}
			r.refused(t, "no conclusion", fault.Invalid, judge(sitting.JudgeIntegrityInput{SessionID: id, Verdict: term.NotEvaluated}), "verdict", "comment")
			row, _, _ := r.invited(t)
			r.refused(t, "nothing taken", fault.Conflict, judge(sitting.JudgeIntegrityInput{SessionID: row.ID, Verdict: term.Concern, Comment: "x"}))
			if got := must(r.sitting.IntegrityBySession(t.Context(), r.limited(r.jobRole(t)), []gid.ID{id}))(t); len(got) > 0 {
				t.Error("a hiring manager of another role sees it")
			}
			if err := lastErr(r.sitting.Signals(t.Context(), r.stranger, id, tenant.Paging{})); !fault.Is(err, fault.NotFound) {
				t.Errorf("another organization: %v", err)
			}
			r.denied(t, policy.IntegrityRead, func(a policy.Actor) error { return lastErr(see(a)) })
			r.denied(t, policy.IntegrityRead, func(a policy.Actor) error {
				return lastErr(r.sitting.Signals(t.Context(), a, id, tenant.Paging{}))
			})
		})
	})
}

func TestIntegrityMutations(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.mutate(t, map[string]mutation{
			"judgeIntegrity": {action: policy.IntegrityJudge, actor: r.owner, events: []event.Type{event.IntegrityJudged}, foreign: true, fresh: func(t testing.TB) call {
				id, _ := r.submitted(t)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.JudgeIntegrityInput{SessionID: id, Verdict: term.NoConcern, Comment: "fine", IdempotencyKey: key}
					if other {
						in.Verdict = term.Concern
					}
					got, err := r.sitting.JudgeIntegrity(ctx, a, in)
					if err != nil {
						return gid.ID{}, err
					}
					return got.SessionID, nil
				}
			}},
			"answerContest": {action: policy.ContestAnswer, actor: r.owner, events: []event.Type{event.ContestAnswered}, foreign: true, fresh: func(t testing.TB) call {
				id, who := r.submitted(t)
				open := must(r.sitting.Contest(t.Context(), who, sitting.ContestSittingInput{SittingID: id, Subject: term.ContestIntegrity, Statement: "no"}))(t)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.AnswerContestInput{ID: open.ID, Answer: "yes", IdempotencyKey: key}
					if other {
						in.Answer = "no"
					}
					got, err := r.sitting.AnswerContest(ctx, a, in)
					if err != nil {
						return gid.ID{}, err
					}
					return got.ID, nil
				}
			}},
		})
	})
}
