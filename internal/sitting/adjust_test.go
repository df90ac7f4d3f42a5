package sitting_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func TestAdjusting(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		list := map[string]mutation{
			"Pause": {events: []event.Type{event.SessionPaused}, fresh: func(t testing.TB) call {
				id, _ := r.started(t)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.PauseSessionInput{ID: id, Reason: term.ReasonTechnical, IdempotencyKey: key}
					if other {
						in.Note = "another"
					}
					return id, lastErr(r.sitting.Pause(ctx, a, in))
				}
			}},
			"Resume": {events: []event.Type{event.SessionResumed}, fresh: func(t testing.TB) call {
				id, _ := r.paused(t)
				second, _ := r.paused(t)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.ResumeSessionInput{ID: id, IdempotencyKey: key}
					if other {
						in.ID = second
					}
					return in.ID, lastErr(r.sitting.Resume(ctx, a, in))
				}
			}},
			"Reopen": {events: []event.Type{event.SessionReopened}, fresh: func(t testing.TB) call {
				id, _ := r.submitted(t)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.ReopenSessionInput{ID: id, Time: time.Minute, Reason: "a storm", IdempotencyKey: key}
					if other {
						in.Time = time.Hour
					}
					return id, lastErr(r.sitting.Reopen(ctx, a, in))
				}
			}},
		}
		for name, m := range list {
			m.action, m.actor, m.foreign = policy.SessionAdjust, r.owner, true
			r.mutate(t, map[string]mutation{name: m})
		}
	})
}

// paused is a sitting whose clock stands.
func (r *rig) paused(t testing.TB) (gid.ID, policy.Actor) {
	t.Helper()
	id, who := r.started(t)
	must(r.sitting.Pause(t.Context(), r.owner, sitting.PauseSessionInput{ID: id, Reason: term.ReasonEmergency, Note: "the fire alarm"}))(t)
	return id, who
}

func TestAPause(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.paused(t)
		s := must(r.sitting.Sitting(t.Context(), who, id))(t)
		if s.State != sitting.Paused || s.Deadline != nil || *s.PauseReason != term.ReasonEmergency || s.Remaining != allowed {
			t.Errorf("got %s, %v, %v, %s", s.State, s.Deadline, s.PauseReason, s.Remaining)
		}
		r.refused(t, "a save", fault.Conflict, func() error { return lastErr(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "t"))) })
		r.refused(t, "another section", fault.Conflict, func() error {
			return lastErr(r.sitting.EnterSection(t.Context(), who, sitting.EnterSectionInput{SittingID: id, Section: 2}))
		})
		r.refused(t, "a second pause", fault.Conflict, func() error {
			return lastErr(r.sitting.Pause(t.Context(), r.owner, sitting.PauseSessionInput{ID: id, Reason: term.ReasonTechnical}))
		})
		r.refused(t, "an end of a break that is none", fault.Conflict, func() error {
			return lastErr(r.sitting.EndBreak(t.Context(), who, sitting.EndBreakInput{SittingID: id}))
		})
		r.clock.pass(100 * time.Hour)
		must(r.sitting.Resume(t.Context(), r.owner, sitting.ResumeSessionInput{ID: id}))(t)
		if s = must(r.sitting.Sitting(t.Context(), who, id))(t); !s.Deadline.Equal(r.clock.look().Add(allowed)) {
			t.Errorf("after the pause: due %s", s.Deadline)
		}
		if lines := s.Ledger(); len(lines) != 3 || lines[1].Note != "the fire alarm" || lines[1].Reason != term.ReasonEmergency {
			t.Errorf("ledger %+v", lines)
		}
	})
}

func TestAPauseEndsByItself(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		until := r.clock.look().Add(time.Hour)
		must(r.sitting.Pause(t.Context(), r.owner, sitting.PauseSessionInput{ID: id, Reason: term.ReasonOrganizer, Until: &until}))(t)
		r.clock.set(until.Add(5 * time.Minute))
		if err := r.sitting.Finish(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
			t.Fatal(err)
		}
		s := must(r.sitting.Sitting(t.Context(), who, id))(t)
		if s.State != sitting.InProgress || !s.Deadline.Equal(until.Add(allowed)) {
			t.Errorf("got %s, due %v", s.State, s.Deadline)
		}
		for name, bad := range map[string]time.Time{"past": r.clock.look(), "far": r.clock.look().Add(sitting.MaxPause + time.Second)} {
			r.refused(t, name, fault.Invalid, func() error {
				return lastErr(r.sitting.Pause(t.Context(), r.owner, sitting.PauseSessionInput{ID: id, Reason: term.ReasonOrganizer, Until: &bad}))
			}, "until")
		}
		r.refused(t, "a reason of the server's", fault.Invalid, func() error {
			return lastErr(r.sitting.Pause(t.Context(), r.owner, sitting.PauseSessionInput{ID: id, Reason: term.ReasonAccommodation}))
		}, "reason")
	})
}

func TestGivenTime(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		grant := func(d time.Duration) error {
			return lastErr(r.sitting.GrantTime(t.Context(), r.owner, sitting.GrantTimeInput{ID: id, Time: d, Reason: term.ReasonTechnical}))
		}
		began := r.clock.look()
		if err := grant(10 * time.Minute); err != nil {
			t.Fatal(err)
		}
		s := must(r.sitting.Sitting(t.Context(), who, id))(t)
		if !s.Deadline.Equal(began.Add(allowed+10*time.Minute)) || !s.SectionDeadline.Equal(began.Add(20*time.Minute)) || s.TimeLimit != allowed+10*time.Minute {
			t.Errorf("got due %s, section %s, limit %s", s.Deadline, s.SectionDeadline, s.TimeLimit)
		}
		if events := r.texts(t, "SELECT type FROM events WHERE type LIKE 'session%' ORDER BY id"); len(events) != 3 {
			t.Errorf("the feed tells of it: %v", events)
		}
		for _, d := range []time.Duration{0, -time.Minute, sitting.MaxGrant + time.Second} {
			r.refused(t, d.String(), fault.Invalid, func() error { return grant(d) }, "time")
		}
		r.clock.pass(allowed + 9*time.Minute) // section 2 by now
		must(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "t")))(t)
		must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
		r.refused(t, "after the end", fault.Conflict, func() error { return grant(time.Minute) })
		invited, _ := r.accepted(t)
		r.refused(t, "before the start", fault.Conflict, func() error {
			return lastErr(r.sitting.GrantTime(t.Context(), r.owner, sitting.GrantTimeInput{ID: invited, Time: time.Minute, Reason: term.ReasonTechnical}))
		})
	})
}

func TestReopening(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		must(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "t")))(t)
		reopen := func() error {
			return lastErr(r.sitting.Reopen(t.Context(), r.owner, sitting.ReopenSessionInput{ID: id, Time: 2 * time.Minute, Reason: "a storm"}))
		}
		r.refused(t, "what is in progress", fault.Conflict, reopen)
		first := must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t).Receipt
		r.clock.pass(time.Hour)
		if err := reopen(); err != nil {
			t.Fatal(err)
		}
		s := must(r.sitting.Sitting(t.Context(), who, id))(t)
		if s.State != sitting.InProgress || s.EndedAt != nil || s.Receipt != nil || *s.CurrentSection != 2 {
			t.Errorf("got %s, %v, %v", s.State, s.EndedAt, s.CurrentSection)
		}
		must(r.sitting.SaveResponse(t.Context(), who, save(id, 1, "k2", "better")))(t)
		second := must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t).Receipt
		for hash, want := range map[string]bool{first.Hash: false, second.Hash: true, "": false, "no hash": false} {
			if got := must(r.sitting.VerifyOwnReceipt(t.Context(), who, id, hash))(t); got != want {
				t.Errorf("own receipt %q: %t", hash, got)
			}
			if got := must(r.sitting.VerifyReceipt(t.Context(), r.owner, id, hash))(t); got != want {
				t.Errorf("receipt %q: %t", hash, got)
			}
		}
		if _, err := r.db.ExecContext(t.Context(), "UPDATE sessions SET state = 'SCORED' WHERE state = 'SUBMITTED'"); err != nil {
			t.Fatal(err)
		}
		r.refused(t, "what is scored", fault.Conflict, reopen)
	})
}

// TestReopeningBeforeTheSweep reopens a sitting whose time was over for some seconds and that nobody had looked at since:
// the smallest history in which it differed from its model.
func TestReopeningBeforeTheSweep(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		deadline := r.clock.look().Add(allowed)
		r.clock.pass(allowed + tenant.EndsAfter + time.Second)
		got := must(r.sitting.Reopen(t.Context(), r.owner, sitting.ReopenSessionInput{ID: id, Time: time.Minute, Reason: "a storm"}))(t)
		if due := r.clock.look().Add(time.Minute); got.State != term.InProgress || got.EndedAt != nil || !got.DueAt.Equal(due) {
			t.Errorf("got %s, ended %v, due %v; want it due %s", got.State, got.EndedAt, got.DueAt, due)
		}
		var ended []time.Time
		for _, line := range must(r.sitting.Sitting(t.Context(), who, id))(t).Ledger() {
			if line.Kind == term.ClockRanOut {
				ended = append(ended, line.At)
			}
		}
		if len(ended) != 1 || !ended[0].Equal(deadline) {
			t.Errorf("it had ended at %v, want %s", ended, deadline)
		}
		want := []string{"session.submitted", "session.reopened"}
		if events := r.texts(t, "SELECT type FROM events WHERE type IN ('session.submitted', 'session.reopened') ORDER BY id"); !slices.Equal(events, want) {
			t.Errorf("got %v, want %v", events, want)
		}
	})
}

func TestTheTimelineTellsNoTime(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		play := func(extra time.Duration) []*sitting.Step {
			id, who := r.started(t)
			if extra > 0 {
				must(r.sitting.GrantTime(t.Context(), r.owner, sitting.GrantTimeInput{ID: id, Time: extra, Reason: term.ReasonTechnical}))(t)
			}
			r.clock.pass((allowed + extra) / 2)
			must(r.sitting.EnterSection(t.Context(), who, sitting.EnterSectionInput{SittingID: id, Section: 2}))(t)
			must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
			return must(r.sitting.Timelines(t.Context(), r.owner, []gid.ID{id}))(t)[0].Steps
		}
		plain, stretched := play(0), play(8*time.Minute)
		if a, b := encoded(t, plain), encoded(t, stretched); a != b || len(plain) != 3 || plain[2].Share != .5 {
			t.Errorf("got %s and %s", a, b)
		}
	})
}

func TestABreak(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		take := func() error {
			return lastErr(r.sitting.TakeBreak(t.Context(), who, sitting.TakeBreakInput{SittingID: id}))
		}
		r.refused(t, "without accommodation", fault.Conflict, take)
		r.breaks(t, id, who, 600)
		if err := take(); err != nil {
			t.Fatal(err)
		}
		r.clock.pass(4 * time.Minute)
		must(r.sitting.EndBreak(t.Context(), who, sitting.EndBreakInput{SittingID: id}))(t)
		if err := take(); err != nil {
			t.Fatal(err)
		}
		s := must(r.sitting.Sitting(t.Context(), who, id))(t)
		if s.State != sitting.Paused || !s.ResumesAt.Equal(r.clock.look().Add(6*time.Minute)) {
			t.Errorf("got %s until %v", s.State, s.ResumesAt)
		}
		r.clock.pass(7 * time.Minute) // it went on by itself a minute ago
		s = must(r.sitting.EndBreak(t.Context(), who, sitting.EndBreakInput{SittingID: id}))(t)
		if s.State != sitting.InProgress || !s.Deadline.Equal(r.clock.look().Add(allowed-time.Minute)) {
			t.Errorf("got %s, due %v", s.State, s.Deadline)
		}
		r.refused(t, "a third", fault.Conflict, take)
	})
}

func TestBreaksLeft(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		left := func(want time.Duration) {
			t.Helper()
			if got := must(r.sitting.BreaksLeft(t.Context(), who, id))(t); got != want {
				t.Errorf("got %s for breaks, want %s", got, want)
			}
		}
		left(0)
		r.breaks(t, id, who, 600)
		left(10 * time.Minute)
		must(r.sitting.TakeBreak(t.Context(), who, sitting.TakeBreakInput{SittingID: id}))(t)
		r.clock.pass(4 * time.Minute)
		left(6 * time.Minute)
		must(r.sitting.EndBreak(t.Context(), who, sitting.EndBreakInput{SittingID: id}))(t)
		r.clock.pass(time.Minute)
		left(6 * time.Minute)
		must(r.sitting.TakeBreak(t.Context(), who, sitting.TakeBreakInput{SittingID: id}))(t)
		r.clock.pass(7 * time.Minute) // it went on by itself, and nobody has written that yet
		left(0)
		r.refused(t, "a break after one that ended by itself", fault.Conflict, func() error {
			return lastErr(r.sitting.TakeBreak(t.Context(), who, sitting.TakeBreakInput{SittingID: id}))
		})
		r.refused(t, "somebody else", fault.NotFound, func() error {
			return lastErr(r.sitting.BreaksLeft(t.Context(), person("else", "else@example.com"), id))
		})
	})
}

// breaks gives a session seconds of breaks.
func (r *rig) breaks(t testing.TB, id gid.ID, who policy.Actor, seconds int) {
	t.Helper()
	row := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0]
	scope := must(r.store.As(t.Context(), r.as(policy.Admin), policy.AccommodationDecide))(t)
	must(tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (int, error) {
		return 0, tx.NewAccommodation().SetSessionID(id).SetCandidateID(row.CandidateID).SetState(term.AccommodationGranted).
			SetRequest("breaks").SetBreakSeconds(seconds).Exec(t.Context())
	}))(t)
}
