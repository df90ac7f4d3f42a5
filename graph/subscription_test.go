package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// follower is somebody's WebSocket with one subscription.
type follower struct {
	t    *testing.T
	conn *websocket.Conn
}

// follows subscribes as somebody, whose credentials go in the first message.
func (r *rig) follows(t *testing.T, who *person, query string, variables vars) *follower {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), r.url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	f := &follower{t, conn}
	f.say(vars{"type": "connection_init", "payload": vars{"authorization": "Bearer " + who.token}})
	if got := f.read(); got["type"] != "connection_ack" {
		t.Fatalf("got %v", got)
	}
	f.say(vars{"type": "subscribe", "id": "1", "payload": vars{"query": query, "variables": variables}})
	return f
}

func (f *follower) say(message vars) {
	f.t.Helper()
	text := must(json.Marshal(message))(f.t)
	if err := f.conn.Write(f.t.Context(), websocket.MessageText, text); err != nil {
		f.t.Fatal(err)
	}
}

func (f *follower) receive() (message vars, err error) {
	ctx, cancel := context.WithTimeout(f.t.Context(), time.Minute)
	defer cancel()
	_, text, err := f.conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	return message, json.Unmarshal(text, &message)
}

func (f *follower) read() vars {
	f.t.Helper()
	message, err := f.receive()
	if err != nil {
		f.t.Fatal(err)
	}
	return message
}

// next is a field of the next event.
func (f *follower) next(path string) any {
	f.t.Helper()
	message := f.read()
	if message["type"] != "next" || reach(message, "payload.errors") != nil {
		f.t.Fatalf("got %v", message)
	}
	return reach(message, "payload.data."+path)
}

// until reads events until a field has a value: what came before it was true when it was sent.
func (f *follower) until(path string, want any) {
	f.t.Helper()
	for got := f.next(path); got != want; got = f.next(path) {
		f.t.Logf("%s is %v", path, got)
	}
}

// ends demands that the socket closes with 4403, whatever comes before.
func (f *follower) ends(within time.Duration) {
	f.t.Helper()
	began := time.Now()
	for {
		_, err := f.receive()
		if err == nil {
			continue
		}
		var closed websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != 4403 {
			f.t.Fatalf("got %v", err)
		}
		if took := time.Since(began); took > within {
			f.t.Errorf("it took %v", took)
		}
		return
	}
}

const changed = "subscription($id: ID, $after: DateTime) { sessionChanged(id: $id, after: $after) { id state candidate { name } timeUsed } }"

// TestLive follows a candidate's sitting from both sides, over the real transport.
func TestLive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		o := newRig(t, db, tenant.Clock{Now: time.Now}).found(t, zebrawood)
		o.choice = o.newQuestion(t, "SINGLE_CHOICE", true)
		o.quiz = o.newTemplate(t, true, o.choice)
		row := o.accepted(t, o.quiz)
		one := o.follows(t, o.people["recruiter"], changed, vars{"id": row.ID, "after": time.Now()})
		one.until("sessionChanged.state", "INVITED")
		all := o.follows(t, o.people["recruiter"], changed, vars{"after": time.Now().Add(-time.Hour)})
		all.until("sessionChanged.id", row.ID.String())
		key := o.follows(t, o.people["integration"], changed, vars{"after": time.Now().Add(-time.Hour)})
		key.until("sessionChanged.id", row.ID.String())
		elsewhere := o.follows(t, o.people["other_manager"], changed, nil)
		clock := o.follows(t, o.people["candidate"], "subscription($id: ID!) { sittingClock(id: $id) { state deadline serverTime responses { revision } } }", vars{"id": row.ID})
		clock.until("sittingClock.state", "INVITED")
		reports := o.follows(t, o.people["recruiter"], "subscription { reportReleased { id state session { id } } }", nil)
		must(o.sittings.Start(t.Context(), o.people["candidate"].actor, sitting.StartSittingInput{ID: row.ID}))(t)
		one.until("sessionChanged.state", "IN_PROGRESS")
		all.until("sessionChanged.state", "IN_PROGRESS")
		key.until("sessionChanged.state", "IN_PROGRESS")
		clock.until("sittingClock.state", "IN_PROGRESS")
		must(o.sittings.Submit(t.Context(), o.people["candidate"].actor, sitting.SubmitSittingInput{ID: row.ID}))(t)
		clock.until("sittingClock.state", "SUBMITTED")
		one.until("sessionChanged.state", "SCORED") // scored by itself
		release, _ := mutation(executable().Schema(), "releaseReport")
		if got := o.ask(t, o.people["owner"], release, vars{"input": vars{"id": o.reportOf(t, row.ID)}}); len(got.Errors) > 0 {
			t.Fatalf("%s", got.body)
		}
		one.until("sessionChanged.state", "RELEASED")
		reports.until("reportReleased.state", "RELEASED")
		clock.until("sittingClock.state", "RELEASED")
		elsewhere.say(vars{"type": "ping"})
		if got := elsewhere.read(); got["type"] != "pong" {
			t.Errorf("who sees none of it heard %v", got)
		}
	})
}

// listening waits until what is committed is heard: before, everything counts as changed.
func (o *org) listening(t *testing.T) {
	t.Helper()
	scope := must(o.store.As(t.Context(), o.owner(), policy.SessionRead))(t)
	w := scope.Watch(tenant.ReportTopic, o.ids.New(gid.Report, time.Now()))
	defer w.Close()
	for {
		must(tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (int, error) {
			return 0, tx.Announce(t.Context(), event.ReportReleased, w.Subject(), nil)
		}))(t)
		select {
		case <-w.Wake():
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// TestLiveTellsStaffNothingHidden changes what only the candidate is shown.
func TestLiveTellsStaffNothingHidden(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		o := newRig(t, db, tenant.Clock{Now: time.Now}).found(t, zebrawood)
		o.choice = o.newQuestion(t, "SINGLE_CHOICE", true)
		o.quiz = o.newTemplate(t, true, o.choice)
		row := o.started(t, o.quiz)
		o.listening(t)
		staff := o.follows(t, o.people["recruiter"], changed, vars{"id": row.ID, "after": time.Now()})
		staff.until("sessionChanged.state", "IN_PROGRESS")
		every := o.follows(t, o.people["recruiter"], changed, vars{"after": time.Now().Add(-time.Hour)})
		every.until("sessionChanged.state", "IN_PROGRESS")
		clock := o.follows(t, o.people["candidate"], "subscription($id: ID!) { sittingClock(id: $id) { deadline } }", vars{"id": row.ID})
		before := clock.next("sittingClock.deadline")
		must(o.sittings.GrantAccommodation(t.Context(), o.people["admin"].actor, sitting.GrantAccommodationInput{
			SessionID: row.ID, ExtraPercent: new(100), Reason: "told by telephone",
		}))(t)
		for clock.next("sittingClock.deadline") == before { // what was told before the change
		}
		must(o.sittings.Cancel(t.Context(), o.owner(), cancelling(row.ID)))(t)
		for _, f := range []*follower{staff, every} {
			if got := f.next("sessionChanged.state"); got != "CANCELLED" {
				t.Errorf("staff were told of something while it was %v", got)
			}
		}
	})
}

// TestLiveEndsWithItsRight takes from viewers what let them see, one way each; within five seconds they see no more.
func TestLiveEndsWithItsRight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		o := newRig(t, db, tenant.Clock{Now: time.Now}).found(t, zebrawood)
		o.choice = o.newQuestion(t, "SINGLE_CHOICE", true)
		o.quiz = o.newTemplate(t, true, o.choice)
		row := o.accepted(t, o.quiz)
		sql := db.Open(t)
		for name, c := range map[string]struct {
			who  string
			take func()
		}{
			"a revoked key": {"integration", func() {
				must(o.accounts.RevokeAPIKey(t.Context(), o.owner(), account.RevokeAPIKeyInput{ID: o.key}))(t)
			}},
			"a removed role": {"recruiter", func() {
				must(sql.ExecContext(t.Context(), `UPDATE members SET roles = '["reviewer"]' WHERE email LIKE 'recruiter@%'`))(t)
			}},
			"a removed member": {"admin", func() {
				must(sql.ExecContext(t.Context(), `UPDATE members SET removed_at = created_at WHERE email LIKE 'admin@%'`))(t)
			}},
			"another job role": {"hiring_manager", func() {
				must(sql.ExecContext(t.Context(), `UPDATE members SET job_role_ids = '[]' WHERE email LIKE 'hiring_manager@%'`))(t)
			}},
			"a candidate who is bound no longer": {"candidate", func() {
				must(sql.ExecContext(t.Context(), `DELETE FROM bindings`))(t)
			}},
		} {
			t.Run(name, func(t *testing.T) {
				query := changed
				if c.who == "candidate" {
					query = "subscription($id: ID!) { sittingClock(id: $id) { id } }"
				}
				f := o.follows(t, o.people[c.who], query, vars{"id": row.ID, "after": time.Now()})
				if got := f.read(); got["type"] != "next" { // it is followed
					t.Fatalf("got %v", got)
				}
				c.take()
				f.ends(5 * time.Second)
			})
		}
	})
}

// TestLiveRefusals asks for what nobody may follow.
func TestLiveRefusals(t *testing.T) {
	o := newRig(t, dbtest.SQLite(t), tenant.Clock{Now: time.Now}).found(t, zebrawood)
	for name, c := range map[string]struct {
		query     string
		variables vars
		want      string
	}{
		"what is too long ago":       {changed, vars{"after": time.Now().Add(-25 * time.Hour)}, "INVALID"},
		"releases too long ago":      {"subscription($after: DateTime) { reportReleased(after: $after) { id } }", vars{"after": time.Now().Add(-25 * time.Hour)}, "INVALID"},
		"a session that is not":      {changed, vars{"id": o.ids.New(gid.Session, time.Now())}, "NOT_FOUND"},
		"another kind of id":         {changed, vars{"id": "nonsense"}, "BAD_USER_INPUT"},
		"a sitting that is not ours": {"subscription($id: ID!) { sittingClock(id: $id) { id } }", vars{"id": o.ids.New(gid.Session, time.Now())}, "NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			f := o.follows(t, o.people["owner"], c.query, c.variables)
			got := f.read()
			if got["type"] != "error" || reach(first(got["payload"]), "extensions.code") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}
