package sitting_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// receipt computes anew what a receipt says of the answers that are stored.
func (r *rig) receipt(t testing.TB, who policy.Actor, s *sitting.Sitting) string {
	t.Helper()
	row := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{s.ID}))(t)[0]
	lines := []map[string]any{}
	for _, resp := range must(r.sitting.Responses(t.Context(), who, s.ID))(t) {
		lines = append(lines, map[string]any{"question": resp.Question, "revision": resp.Revision, "answer": resp.Answer, "savedAt": resp.SavedAt.UTC()})
	}
	var text []byte
	for i, line := range lines {
		text = append(text, []byte(map[bool]string{true: "", false: ","}[i == 0])...)
		text = fmt.Appendf(text, `{"question":%s,"revision":%s,"answer":%s,"savedAt":%s}`,
			encoded(t, line["question"]), encoded(t, line["revision"]), encoded(t, line["answer"]), encoded(t, line["savedAt"]))
	}
	doc := fmt.Sprintf(`{"session":"%s","templateVersion":"%s","submittedAt":%s,"responses":[%s]}`,
		s.ID, row.TemplateVersionID, encoded(t, s.EndedAt.UTC()), text)
	sum := sha256.Sum256([]byte(doc))
	return hex.EncodeToString(sum[:])
}

func encoded(t testing.TB, v any) string { t.Helper(); return string(must(json.Marshal(v))(t)) }

func TestSubmit(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		must(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "my <answer>")))(t)
		r.clock.pass(time.Minute)
		before := r.snapshot(t)
		s := must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id, IdempotencyKey: new("s")}))(t)
		want := map[string]int{"clock_entries": 1, "events": 1, "audit_events": 1, "river_job": 1, "onces": 1}
		if diff := gocmp.Diff(want, growth(before, r.snapshot(t))); diff != "" {
			t.Error(diff)
		}
		if s.State != sitting.Submitted || !s.EndedAt.Equal(r.clock.look()) || s.Deadline != nil || s.Receipt.Hash != r.receipt(t, who, s) {
			t.Errorf("got %+v, %v", s, s.Receipt)
		}
		again := must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id, IdempotencyKey: new("s")}))(t)
		if diff := gocmp.Diff(s.Receipt, again.Receipt); diff != "" {
			t.Errorf("the same key: %s", diff)
		}
		r.refused(t, "twice", fault.Conflict, func() error { return lastErr(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id})) })
		r.refused(t, "save afterwards", fault.Conflict, func() error { return lastErr(r.sitting.SaveResponse(t.Context(), who, save(id, 1, "k2", "late"))) })
		err := r.unchanged(t, "a repeated save", func() error {
			return lastErr(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "my <answer>")))
		})
		if err != nil {
			t.Errorf("what was acknowledged is acknowledged again: %v", err)
		}
		row := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0]
		if used := sitting.TimeUsed(row); used == nil || *used != 0.07 {
			t.Errorf("time used %v", used)
		}
	})
}

func TestFinish(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		finish := func(id gid.ID) error { return r.sitting.Finish(t.Context(), policy.Worker(r.owner.Org), id) }
		id, who := r.started(t)
		must(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "t")))(t)
		deadline := r.clock.look().Add(allowed)
		r.clock.set(deadline.Add(tenant.EndsAfter))
		if err := r.unchanged(t, "finish in the grace", func() error { return finish(id) }); err != nil {
			t.Error(err)
		}
		r.clock.pass(time.Hour) // every process was down meanwhile
		due := must(r.store.Directory().DueSessions(t.Context(), 10))(t)
		if len(due) != 1 || due[0].Session != id || due[0].Organization != r.owner.Org {
			t.Errorf("due %v", due)
		}
		before := r.snapshot(t)
		if err := finish(id); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"clock_entries": 4, "events": 1, "audit_events": 1, "river_job": 1} // two sections ran out, one was entered, the end
		if diff := gocmp.Diff(want, growth(before, r.snapshot(t))); diff != "" {
			t.Error(diff)
		}
		s := must(r.sitting.Sitting(t.Context(), who, id))(t)
		if s.State != sitting.Submitted || !s.EndedAt.Equal(deadline) || !s.Receipt.SubmittedAt.Equal(deadline) || s.Receipt.Hash != r.receipt(t, who, s) {
			t.Errorf("got %+v", s)
		}
		if err := r.unchanged(t, "a repetition", func() error { return finish(id) }); err != nil {
			t.Error(err)
		}
		if due := must(r.store.Directory().DueSessions(t.Context(), 10))(t); len(due) != 0 {
			t.Errorf("due %v", due)
		}
		r.denied(t, policy.SessionFinish, func(a policy.Actor) error { return r.sitting.Finish(t.Context(), a, id) })
		t.Run("a read ends what is over", func(t *testing.T) {
			id, who := r.started(t)
			deadline := r.clock.look().Add(allowed)
			r.clock.set(deadline.Add(tenant.EndsAfter + time.Microsecond))
			s := must(r.sitting.Sitting(t.Context(), who, id))(t)
			if s.State != sitting.Submitted || !s.EndedAt.Equal(deadline) || s.Receipt.Hash != r.receipt(t, who, s) || len(s.Sections(nil)) != 2 {
				t.Errorf("got %+v", s)
			}
		})
	})
}

// TestSubmitAndFinishAtOnce races the candidate's own submission, received in time, with the sweep.
func TestSubmitAndFinishAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for range rounds / 10 {
			id, who := r.started(t)
			who.Received = r.clock.look().Add(allowed + tenant.Grace)
			r.clock.pass(allowed + tenant.EndsAfter + time.Second)
			before := r.snapshot(t)
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					_, err := r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id})
					if err != nil && !fault.Is(err, fault.DeadlinePassed) {
						t.Error(err)
					}
				})
				all.Go(func() {
					if err := r.sitting.Finish(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			ends := r.texts(t, "SELECT kind FROM clock_entries WHERE session_id = '"+id.UUID()+"' AND kind IN ('SUBMITTED', 'RAN_OUT')")
			if len(ends) != 1 {
				t.Errorf("it ended %v", ends)
			}
			got := growth(before, r.snapshot(t))
			delete(got, "clock_entries") // whoever came first noted how the sections ran out
			want := map[string]int{"events": 1, "audit_events": 1, "river_job": 1}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func TestStartingAtOnceStartsOneClock(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.accepted(t)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))(t) })
		}
		all.Wait()
		if got := r.texts(t, "SELECT kind FROM clock_entries"); len(got) != 1 {
			t.Errorf("ledger %v", got)
		}
	})
}

// TestEveryAcknowledgedSaveIsInTheReceipt races three saves with the submission, two hundred times.
func TestEveryAcknowledgedSaveIsInTheReceipt(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		kept, refused := 0, 0
		for round := range rounds {
			k, n := r.race(t, round)
			kept, refused = kept+k, refused+n
		}
		if kept == 0 || refused == 0 {
			t.Logf("one side always won: %d saves kept, %d refused", kept, refused)
		}
	})
}

func (r *rig) race(t *testing.T, round int) (kept, refused int) {
	id, who := r.started(t)
	answers := map[string]*content.Answer{
		"1.1": {Choices: []string{"a"}}, "1.3": {Number: new(strconv.Itoa(round))}, "2.1": words("round"),
	}
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		acks = map[string]int{}
		s    *sitting.Sitting
	)
	for ref, a := range answers {
		all.Go(func() {
			ack, err := r.sitting.SaveResponse(t.Context(), who, sitting.SaveResponseInput{SittingID: id, Question: ref, ClientKey: ref, Answer: a})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				acks[ref] = ack.Revision
			case !fault.Is(err, fault.Conflict):
				t.Errorf("save: %v", err)
			}
		})
	}
	all.Go(func() { s = must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t) })
	all.Wait()
	stored := map[string]int{}
	for _, resp := range must(r.sitting.Responses(t.Context(), who, id))(t) {
		stored[resp.Question] = resp.Revision
	}
	if diff := gocmp.Diff(acks, stored); diff != "" {
		t.Fatalf("round %d: acknowledged and stored differ: %s", round, diff)
	}
	if got := r.receipt(t, who, s); got != s.Receipt.Hash {
		t.Fatalf("round %d: the receipt is not of what is stored", round)
	}
	return len(acks), len(answers) - len(acks)
}

func TestDeliver(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.invited(t)
		kept := must(gid.Parse(mailID(t, r)))(t)
		if err := r.unchanged(t, "without a server it is kept", func() error {
			return r.sitting.Deliver(context.WithoutCancel(t.Context()), policy.Worker(r.owner.Org), kept)
		}); err != nil {
			t.Error(err)
		}
		r.denied(t, policy.MailSend, func(a policy.Actor) error { return r.sitting.Deliver(t.Context(), a, kept) })
	})
}

func mailID(t *testing.T, r *rig) string {
	t.Helper()
	var id gid.ID
	if err := id.Scan(r.texts(t, "SELECT id FROM mails")[0]); err != nil {
		t.Fatal(err)
	}
	return id.String()
}

func TestTheStatesACandidateIsShown(t *testing.T) {
	want := map[string]bool{}
	for _, s := range sitting.State("").Values() {
		want[s] = true
	}
	for _, s := range term.SessionState("").Values() {
		behind := s == string(term.InReview) || s == string(term.Scored)
		if want[s] == behind {
			t.Errorf("%s: shown %v", s, want[s])
		}
	}
}

// TestSubmittingWithNoTimeLeft hands in a sitting that was paused in the moment of its deadline: its candidate ended it, not
// its clock.
func TestSubmittingWithNoTimeLeft(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		r.clock.pass(allowed)
		must(r.sitting.Pause(t.Context(), r.owner, sitting.PauseSessionInput{ID: id, Reason: term.ReasonTechnical}))(t)
		must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
		r.refused(t, "again", fault.Conflict, func() error {
			return lastErr(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))
		})
		r.refused(t, "a section", fault.Conflict, func() error {
			return lastErr(r.sitting.SubmitSection(t.Context(), who, sitting.SubmitSectionInput{SittingID: id, Section: 2}))
		})
		r.refused(t, "an answer", fault.Conflict, func() error {
			return lastErr(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "k", "t")))
		})
	})
}
