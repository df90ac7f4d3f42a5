package sitting_test

import (
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// crediting is a template of ten minutes that gives back up to four for lost connections.
func (r *rig) crediting(t testing.TB) {
	t.Helper()
	r.template = r.publish(t, must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
		JobRoleID: r.role, Name: "Crediting", Mode: term.Assessment, Content: &content.Template{
			CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "All"}}, DisconnectCredit: new(240),
			Sections: []*content.Section{{Title: "Only", TimeLimit: 600, Slots: []*content.Slot{{QuestionID: &r.questions[4], Points: 2}}}},
		},
	}))(t).ID)
}

func (r *rig) beat(t testing.TB, id gid.ID, who policy.Actor) *sitting.Sitting {
	t.Helper()
	return must(r.sitting.Heartbeat(t.Context(), who, sitting.HeartbeatInput{SittingID: id}))(t)
}

// giveUp is what the sweep does with who is silent.
func (r *rig) giveUp(t testing.TB) int {
	t.Helper()
	silent := must(r.store.Directory().SilentSessions(t.Context(), 100))(t)
	for _, d := range silent {
		if err := r.sitting.Disconnect(t.Context(), policy.Worker(d.Organization), d.Session); err != nil {
			t.Fatal(err)
		}
	}
	return len(silent)
}

func TestALostConnectionIsCredited(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.crediting(t)
		id, who := r.started(t)
		began := r.clock.look()
		r.beat(t, id, who)
		r.clock.pass(tenant.SilentAfter)
		if n := r.giveUp(t); n != 0 {
			t.Errorf("%d given up too early", n)
		}
		r.clock.pass(time.Second)
		if n := r.giveUp(t); n != 1 || r.giveUp(t) != 0 {
			t.Errorf("%d given up", n)
		}
		r.clock.pass(89 * time.Second)
		s := r.beat(t, id, who) // two minutes after the last one
		if !s.Deadline.Equal(began.Add(12 * time.Minute)) {
			t.Errorf("due %s after %s", s.Deadline, began)
		}
		kinds := r.texts(t, "SELECT kind FROM clock_entries WHERE session_id = '"+id.UUID()+"' ORDER BY number")
		if want := []string{"STARTED", "DISCONNECTED", "CREDITED", "RECONNECTED"}; encoded(t, kinds) != encoded(t, want) {
			t.Errorf("ledger %v", kinds)
		}
		r.beat(t, id, who)
		if after := r.texts(t, "SELECT kind FROM clock_entries WHERE session_id = '"+id.UUID()+"'"); len(after) != 4 {
			t.Errorf("a heartbeat more wrote %v", after)
		}
	})
}

// TestALostConnectionDoesNotEndASitting: what is left of the credit is given before the clock ends the sitting, and no more.
func TestALostConnectionDoesNotEndASitting(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.crediting(t)
		id, who := r.started(t)
		began := r.clock.look()
		r.clock.pass(9 * time.Minute)
		r.beat(t, id, who)
		r.clock.pass(40 * time.Second)
		r.giveUp(t)
		for range 60 {
			r.clock.pass(10 * time.Second)
			for _, d := range must(r.store.Directory().DueSessions(t.Context(), 10))(t) {
				if err := r.sitting.Finish(t.Context(), policy.Worker(d.Organization), d.Session); err != nil {
					t.Fatal(err)
				}
			}
		}
		s := must(r.sitting.Sitting(t.Context(), who, id))(t)
		if s.State != sitting.Submitted || !s.EndedAt.Equal(began.Add(14*time.Minute)) {
			t.Errorf("got %s, ended %v after %s", s.State, s.EndedAt.Sub(began), began)
		}
	})
}

func TestWithoutAPolicyNothingIsCredited(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		began := r.clock.look()
		r.beat(t, id, who)
		r.clock.pass(2 * time.Minute)
		r.giveUp(t)
		if s := r.beat(t, id, who); !s.Deadline.Equal(began.Add(allowed)) {
			t.Errorf("due %s", s.Deadline)
		}
	})
}

func TestAnOutageIsCreditedOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		pulse := func() {
			if err := r.store.Directory().Pulse(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		pulse()
		running, who := r.started(t)
		standing, other := r.paused(t)
		began := r.clock.look()
		r.clock.pass(tenant.OutageAfter)
		pulse()
		if _, found, err := r.store.Directory().UnsettledOutage(t.Context()); found || err != nil {
			t.Fatalf("a short silence is an outage: %v", err)
		}
		r.clock.pass(5 * time.Minute)
		pulse()
		outage, found, err := r.store.Directory().UnsettledOutage(t.Context())
		if !found || err != nil || outage.Ended.Sub(outage.Began) != 5*time.Minute {
			t.Fatalf("got %+v, %t, %v", outage, found, err)
		}
		sat := must(r.store.Directory().SessionsDuring(t.Context(), outage, gid.ID{}, 100))(t)
		if len(sat) != 1 {
			t.Errorf("%d sat through it", len(sat))
		}
		for range 2 { // as after a kill in the middle
			for _, d := range sat {
				if err := r.sitting.CreditOutage(t.Context(), policy.Worker(d.Organization), d.Session, outage); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := r.store.Directory().SettleOutage(t.Context(), outage.ID); err != nil {
			t.Fatal(err)
		}
		if _, found, _ := r.store.Directory().UnsettledOutage(t.Context()); found {
			t.Error("it is not settled")
		}
		if s := must(r.sitting.Sitting(t.Context(), who, running))(t); !s.Deadline.Equal(began.Add(allowed + 5*time.Minute)) {
			t.Errorf("due %s", s.Deadline)
		}
		if s := must(r.sitting.Sitting(t.Context(), other, standing))(t); s.TimeLimit != allowed {
			t.Errorf("who stood still was given %s", s.TimeLimit-allowed)
		}
	})
}

// TestAnOutageGivesNothingBackToWhatIsOver: whoever's deadline passed meanwhile is submitted with it.
func TestAnOutageGivesNothingBackToWhatIsOver(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		deadline := r.clock.look().Add(allowed)
		r.clock.set(deadline.Add(time.Hour))
		outage := tenant.Outage{ID: r.ids.New(gid.Outage, deadline), Began: deadline.Add(-time.Minute), Ended: r.clock.look()}
		if err := r.sitting.CreditOutage(t.Context(), policy.Worker(r.owner.Org), id, outage); err != nil {
			t.Fatal(err)
		}
		if s := must(r.sitting.Sitting(t.Context(), who, id))(t); s.State != sitting.Submitted || !s.EndedAt.Equal(deadline) {
			t.Errorf("got %s, %v", s.State, s.EndedAt)
		}
	})
}

func TestTheNewestDeviceTakesOver(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.accepted(t)
		start := func(device string) {
			must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id, Device: &device}))(t)
		}
		on := func(device string, seen int, key string) error {
			in := save(id, seen, key, key)
			in.Device = &device
			return lastErr(r.sitting.SaveResponse(t.Context(), who, in))
		}
		start("desk")
		if err := on("desk", 0, "a"); err != nil {
			t.Fatal(err)
		}
		start("phone")
		r.refused(t, "the older device saves", fault.Conflict, func() error { return on("desk", 1, "b") }, "device")
		r.refused(t, "the older device moves", fault.Conflict, func() error {
			return lastErr(r.sitting.EnterSection(t.Context(), who, sitting.EnterSectionInput{SittingID: id, Section: 1, Device: new("desk")}))
		}, "device")
		if err := on("phone", 1, "c"); err != nil {
			t.Fatal(err)
		}
		start("desk")
		if err := on("desk", 2, "d"); err != nil {
			t.Errorf("it was taken back: %v", err)
		}
		kinds := r.texts(t, "SELECT kind FROM clock_entries WHERE kind = 'TAKEN_OVER'")
		if len(kinds) != 2 {
			t.Errorf("ledger %v", kinds)
		}
	})
}
