package tenant_test

import (
	"context"
	"crypto/rand"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// inTime is how long a test waits for what must come.
const inTime = 30 * time.Second

func reading(t *testing.T, store *tenant.Store, actor policy.Actor) tenant.Scope {
	t.Helper()
	scope, err := store.As(t.Context(), actor, policy.SessionRead)
	if err != nil {
		t.Fatal(err)
	}
	return scope
}

func someID(kind gid.Kind) gid.ID { return gid.NewSource(rand.Reader).New(kind, time.Now()) }

// does runs one transaction.
func does(t *testing.T, scope tenant.Scope, what func(tenant.Tx) error) {
	t.Helper()
	if _, err := tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (struct{}, error) { return struct{}{}, what(tx) }); err != nil {
		t.Fatal(err)
	}
}

func tells(id gid.ID) func(tenant.Tx) error {
	return func(tx tenant.Tx) error { tx.Tell(id); return nil }
}

// heard waits until a watch has heard of something and gives what that is.
func heard(t *testing.T, w *tenant.Watch) (ids []gid.ID) {
	t.Helper()
	late := time.After(inTime)
	for {
		for id, ok := w.Next(); ok; id, ok = w.Next() {
			ids = append(ids, id)
		}
		if len(ids) > 0 {
			return ids
		}
		select {
		case <-w.Wake():
		case <-late:
			t.Fatal("nothing was heard")
		}
	}
}

// listening waits until a watch of one object was told to look because the listening connection stands.
func listening(t *testing.T, db dbtest.Database, scope tenant.Scope) {
	t.Helper()
	if db.Dialect == "sqlite3" {
		return
	}
	w := scope.Watch(tenant.SessionTopic, someID(gid.Session))
	defer w.Close()
	for {
		does(t, scope, tells(w.Subject()))
		select {
		case <-w.Wake():
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestWatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		store := openStore(t, db, realTime)
		one, other := reading(t, store, found(t, store, "one")), reading(t, store, found(t, store, "other"))
		listening(t, db, one)
		id, another := someID(gid.Session), someID(gid.Session)
		begin := func(t *testing.T, topic tenant.Topic, id gid.ID) *tenant.Watch {
			t.Helper()
			w := one.Watch(topic, id)
			t.Cleanup(w.Close)
			return w
		}
		// last is told in the end, so that what was not heard before it never will be.
		last := someID(gid.Session)
		t.Run("one object's changes, each once", func(t *testing.T) {
			w := begin(t, tenant.SessionTopic, id)
			does(t, one, tells(another))
			does(t, one, func(tx tenant.Tx) error { tx.Tell(id); tx.Tell(id); return nil })
			does(t, one, tells(id))
			if got := heard(t, w); len(got) > 2 || got[0] != id {
				t.Errorf("got %v, want %s", got, id)
			}
		})
		t.Run("everything of the organization, and nothing of another", func(t *testing.T) {
			w := begin(t, tenant.SessionTopic, gid.ID{})
			does(t, other, tells(another))
			does(t, one, tells(id))
			does(t, one, tells(last))
			got := heard(t, w)
			for len(got) < 2 {
				got = append(got, heard(t, w)...)
			}
			if len(got) != 2 || got[0] != id || got[1] != last {
				t.Errorf("got %v, want %v", got, []gid.ID{id, last})
			}
		})
		t.Run("what only the candidate may know", func(t *testing.T) {
			staff, candidate := begin(t, tenant.SessionTopic, gid.ID{}), begin(t, tenant.SittingTopic, id)
			does(t, one, func(tx tenant.Tx) error { tx.TellCandidate(id); return nil })
			if got := heard(t, candidate); len(got) != 1 || got[0] != id {
				t.Errorf("the candidate heard %v", got)
			}
			does(t, one, tells(last))
			if got := heard(t, staff); len(got) != 1 || got[0] != last {
				t.Errorf("staff heard %v", got)
			}
		})
		t.Run("the candidate hears what staff see", func(t *testing.T) {
			w := begin(t, tenant.SittingTopic, id)
			does(t, one, func(tx tenant.Tx) error { tx.TellCandidate(id); tx.Tell(id); return nil })
			if got := heard(t, w); got[0] != id {
				t.Errorf("got %v", got)
			}
		})
		t.Run("not what was rolled back", func(t *testing.T) {
			w, broken := begin(t, tenant.SessionTopic, gid.ID{}), errors.New("broken")
			_, err := tenant.InTx(t.Context(), one, func(tx tenant.Tx) (struct{}, error) { tx.Tell(id); return struct{}{}, broken })
			if !errors.Is(err, broken) {
				t.Fatal(err)
			}
			does(t, one, tells(last))
			if got := heard(t, w); len(got) != 1 || got[0] != last {
				t.Errorf("got %v, want only %s", got, last)
			}
		})
		t.Run("a released report", func(t *testing.T) {
			w, report := begin(t, tenant.ReportTopic, gid.ID{}), someID(gid.Report)
			does(t, one, func(tx tenant.Tx) error { return tx.Announce(t.Context(), event.ReportComputed, report, nil) })
			does(t, one, func(tx tenant.Tx) error { return tx.Announce(t.Context(), event.ReportReleased, report, nil) })
			if got := heard(t, w); len(got) != 1 || got[0] != report {
				t.Errorf("got %v, want %s", got, report)
			}
		})
		t.Run("more than it can keep is looked up", func(t *testing.T) {
			w := begin(t, tenant.SessionTopic, gid.ID{})
			for range 1001 {
				w.Add(someID(gid.Session))
			}
			if _, any := w.Missed(); !any {
				t.Error("it believes to know everything")
			}
			for n := 0; ; n++ {
				if _, ok := w.Next(); !ok {
					if n != 1000 {
						t.Errorf("it kept %d", n)
					}
					return
				}
			}
		})
		t.Run("catching up by events", func(t *testing.T) {
			w, subject := begin(t, tenant.SessionTopic, gid.ID{}), someID(gid.Session)
			for _, what := range []event.Type{event.SessionStarted, event.SessionSubmitted} {
				does(t, one, func(tx tenant.Tx) error { return tx.Announce(t.Context(), what, subject, nil) })
			}
			does(t, one, func(tx tenant.Tx) error { return tx.Announce(t.Context(), event.SkillCreated, another, nil) })
			does(t, other, func(tx tenant.Tx) error { return tx.Announce(t.Context(), event.SessionStarted, another, nil) })
			w.Since(time.Now().Add(time.Hour))
			if err := w.CatchUp(t.Context(), one, event.SessionStarted, event.SessionSubmitted); err != nil {
				t.Fatal(err)
			}
			if id, ok := w.Next(); ok {
				t.Errorf("the future has %s", id)
			}
			w.Since(time.Now().Add(-time.Hour))
			if err := w.CatchUp(t.Context(), one, event.SessionStarted, event.SessionSubmitted); err != nil {
				t.Fatal(err)
			}
			if got := heard(t, w); len(got) != 1 || got[0] != subject {
				t.Errorf("got %v, want %s", got, subject)
			}
		})
	})
}

// TestWatchAcrossProcesses has two stores on one database: what one commits, the other hears.
func TestWatchAcrossProcesses(t *testing.T) {
	db := dbtest.Postgres(t)
	here, there := openStore(t, db, realTime), openStore(t, db, realTime)
	actor := found(t, here, "one")
	watching, writing := reading(t, there, actor), reading(t, here, actor)
	id := someID(gid.Session)
	w := watching.Watch(tenant.SessionTopic, id)
	defer w.Close()
	does(t, writing, tells(id))
	heard(t, w)
	listening(t, db, watching)
	all := watching.Watch(tenant.SessionTopic, gid.ID{})
	defer all.Close()
	t.Run("while it stands", func(t *testing.T) {
		does(t, writing, tells(id))
		heard(t, w)
		heard(t, all)
	})
	t.Run("after the connection was lost", func(t *testing.T) {
		subject := someID(gid.Session)
		sql := db.Open(t)
		cut := count(t, sql, `SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND query ILIKE 'LISTEN %'`)
		if cut == 0 {
			t.Fatal("nobody listens")
		}
		does(t, writing, func(tx tenant.Tx) error { return tx.Announce(t.Context(), event.SessionStarted, subject, nil) })
		heard(t, w) // everything counts as changed
		for missed := false; !missed; {
			select {
			case <-all.Wake():
			case <-time.After(inTime):
				t.Fatal("nobody told that something may be missing")
			}
			since, any := all.Missed()
			if missed = any; any && since.After(time.Now()) {
				t.Errorf("missed since %v", since)
			}
			all.Since(since)
		}
		if err := all.CatchUp(t.Context(), watching, event.SessionStarted); err != nil {
			t.Fatal(err)
		}
		if got := heard(t, all); got[len(got)-1] != subject {
			t.Errorf("got %v, want %s", got, subject)
		}
	})
}

// TestWatchLeavesNothing counts goroutines after the store was closed.
func TestWatchLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		store := openStore(t, db, realTime)
		scope := reading(t, store, found(t, store, "one"))
		for range 100 {
			w := scope.Watch(tenant.SessionTopic, gid.ID{})
			defer w.Close()
		}
		listening(t, db, scope)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		deadline, done := context.WithTimeout(t.Context(), inTime)
		defer done()
		for listens() {
			select {
			case <-deadline.Done():
				t.Fatal("something still listens")
			case <-time.After(time.Millisecond):
			}
		}
		late := scope.Watch(tenant.SessionTopic, gid.ID{}) // it hears nothing, and opens nothing
		late.Close()
		if listens() {
			t.Error("a closed store listens")
		}
	})
}

func listens() bool {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return strings.Contains(string(stacks), "pq.(*Listener)") || strings.Contains(string(stacks), "tenant.(*hub).hear")
}
