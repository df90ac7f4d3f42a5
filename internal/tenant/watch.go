package tenant

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"github.com/lib/pq"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
)

// Topic is what a notice is about, and so whom it wakes.
type Topic string

// The topics. A change of a session that staff can see also wakes its candidate; one of a sitting wakes the candidate
// alone, so that nobody learns from a notice what no field would show them, such as time that was granted.
const (
	SessionTopic Topic = "session"
	SittingTopic Topic = "sitting"
	ReportTopic  Topic = "report" // a report was released
)

// notice says that something changed. It holds nothing but names.
type notice struct {
	topic        Topic
	org, subject gid.ID
}

// String is the notice as it travels between processes.
func (n notice) String() string {
	return string(n.topic) + " " + n.org.String() + " " + n.subject.String()
}

func parseNotice(text string) (notice, error) {
	parts := strings.Split(text, " ")
	if len(parts) != 3 {
		return notice{}, fmt.Errorf("a notice of %d parts", len(parts))
	}
	n := notice{topic: Topic(parts[0])}
	var err error
	if n.org, err = gid.ParseKind(gid.Organization, parts[1]); err != nil {
		return n, err
	}
	n.subject, err = gid.Parse(parts[2])
	return n, err
}

// told gathers what a transaction has to tell once it is committed. Every copy of the Tx shares it.
type told struct {
	notices  []notice
	sessions []change
}

// change is an update of a session that may still get its fields.
type change struct {
	id     gid.ID
	fields interface {
		Fields() []string
		ClearedFields() []string
	}
}

// shown are a session's columns that staff are shown. Until when it can be started is not among them: that moves with
// what a candidate alone is granted. Whoever moves it for everybody calls Tell.
var shown = []string{session.FieldState, session.FieldOpenedAt, session.FieldStartedAt, session.FieldEndedAt}

// Tell wakes, after the commit, whoever watches a session: the staff that may see it and its candidate. A change of the
// session's own row tells by itself.
func (tx Tx) Tell(session gid.ID) { tx.tell(SessionTopic, session) }

// TellCandidate wakes, after the commit, the candidate of a session and nobody else.
func (tx Tx) TellCandidate(session gid.ID) { tx.tell(SittingTopic, session) }

func (tx Tx) tell(topic Topic, subject gid.ID) {
	tx.told.notices = append(tx.told.notices, notice{topic: topic, org: tx.org, subject: subject})
}

// tellEvent tells what is announced and watched by its event.
func (tx Tx) tellEvent(what event.Type, subject gid.ID) {
	if what == event.ReportReleased {
		tx.tell(ReportTopic, subject)
	}
}

// tellChange lets an update of a session tell by itself, when it is known what it changes.
func (tx Tx) tellChange(id gid.ID, u *ent.SessionUpdate) *ent.SessionUpdate {
	tx.told.sessions = append(tx.told.sessions, change{id, u.Mutation()})
	return u
}

// all is every notice once: what staff can see includes what the candidate is told.
func (t *told) all(org gid.ID) []notice {
	all := t.notices
	for _, c := range t.sessions {
		n := notice{topic: SittingTopic, org: org, subject: c.id}
		if slices.ContainsFunc(slices.Concat(c.fields.Fields(), c.fields.ClearedFields()), isShown) {
			n.topic = SessionTopic
		}
		all = append(all, n)
	}
	var each []notice
	for _, n := range all {
		wider := n
		wider.topic = SessionTopic
		if slices.Contains(each, n) || n.topic == SittingTopic && slices.Contains(all, wider) {
			continue
		}
		each = append(each, n)
	}
	return each
}

func isShown(column string) bool { return slices.Contains(shown, column) }

// channel is PostgreSQL's name of what all processes listen to.
const channel = "assay_changes"

// notify says it in the transaction, so that it is heard if and only if the change is there. The embedded database has
// one process, which is told after the commit.
func (tx Tx) notify(ctx context.Context, notices []notice) error {
	if len(notices) == 0 || tx.store.pools.dialect != dialect.Postgres {
		return nil
	}
	texts := make([]string, len(notices))
	for i, n := range notices {
		texts[i] = n.String()
	}
	query := "SELECT pg_notify('" + channel + "', n) FROM unnest($1::text[]) AS n"
	if _, err := tx.tx.ExecContext(ctx, query, pq.Array(texts)); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}

// maxWaiting bounds the changes that a watch keeps; what is beyond is looked up by its events.
const maxWaiting = 1000

// Watch hears of changes: of one object, or of all of its kind in an organization. It keeps ids only, each once however
// often it changed, and never makes whoever changes something wait. Whoever is woken asks for a scope and reads.
type Watch struct {
	hub  *hub
	on   notice // what it listens to; the zero subject is every one
	wake chan struct{}

	mu      sync.Mutex
	waiting []gid.ID
	missed  time.Time // from when on changes may have gone unheard; zero if none
}

// Watch begins to listen. A zero id is every object of the topic in the organization. What changes after this call is
// heard; the caller reads after it and closes the watch in the end.
func (s Scope) Watch(topic Topic, id gid.ID) *Watch {
	w := &Watch{hub: s.store.hub, on: notice{topic: topic, org: s.org, subject: id}, wake: make(chan struct{}, 1)}
	w.hub.add(w)
	return w
}

// farthestBack bounds how long ago what is told first may have happened.
const farthestBack = 24 * time.Hour

// WatchAfter listens to every object of a topic and, if there is a time, looks first for what happened since then. One
// more than a day ago is Invalid.
func (s Scope) WatchAfter(ctx context.Context, topic Topic, after *time.Time) (*Watch, error) {
	if after == nil {
		return s.Watch(topic, gid.ID{}), nil
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if after.Before(now.Add(-farthestBack)) {
		return nil, fault.At("what happened more than a day ago is not told; read the list instead", "after")
	}
	w := s.Watch(topic, gid.ID{})
	w.Since(*after)
	return w, nil
}

// Wake receives when there is something to look for.
func (w *Watch) Wake() <-chan struct{} { return w.wake }

// Subject is the one object that is watched; zero for all.
func (w *Watch) Subject() gid.ID { return w.on.subject }

// Next takes the id that changed first among those nobody looked at yet.
func (w *Watch) Next() (id gid.ID, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		return id, false
	}
	id = w.waiting[0]
	w.waiting = w.waiting[1:]
	return id, true
}

// Missed takes from when on changes may have gone unheard, if they may.
func (w *Watch) Missed() (since time.Time, any bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	since, w.missed = w.missed, time.Time{}
	return since, !since.IsZero()
}

// Again makes the watched object one that changed: for a first look, and for one from time to time.
func (w *Watch) Again() { w.Add(w.on.subject) }

// Add makes these ids ones that changed.
func (w *Watch) Add(ids ...gid.ID) {
	w.mu.Lock()
	for _, id := range ids {
		w.add(id)
	}
	w.mu.Unlock()
	w.ring()
}

// Since makes the watch look for what may have gone unheard from a time on.
func (w *Watch) Since(at time.Time) {
	w.mu.Lock()
	if w.missed.IsZero() || at.Before(w.missed) {
		w.missed = at
	}
	w.mu.Unlock()
	w.ring()
}

func (w *Watch) add(id gid.ID) {
	switch {
	case slices.Contains(w.waiting, id):
	case len(w.waiting) < maxWaiting:
		w.waiting = append(w.waiting, id)
	case w.missed.IsZero():
		w.missed = w.hub.now().Add(-slack)
	}
}

// ring wakes whoever waits; one who was woken and did not look yet is woken by that.
func (w *Watch) ring() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Close ends the watch.
func (w *Watch) Close() { w.hub.remove(w) }

// Happened lists the subjects of events of these types since a time, in the order of events: each once, a thousand at
// most. Ids tell of some events the day alone. It is how a watch makes good what it may have missed.
func (s Scope) Happened(ctx context.Context, since time.Time, types ...event.Type) ([]gid.ID, error) {
	args := Args{"from": gid.First(gid.Event, since.UTC().Truncate(24*time.Hour)), "since": since, "most": maxWaiting}
	names := make([]string, len(types))
	for i, t := range types {
		name := "t" + string(rune('a'+i))
		names[i], args[name] = "@"+name, string(t)
	}
	rows, err := s.Query(ctx, `SELECT subject_id FROM events WHERE organization_id = @org AND id >= @from AND at >= @since
		AND type IN (`+strings.Join(names, ", ")+`) GROUP BY subject_id ORDER BY MAX(at) LIMIT @most`, args)
	if err != nil {
		return nil, fmt.Errorf("find what happened: %w", err)
	}
	return collect(rows, func(id *gid.ID) []any { return []any{id} })
}

// CatchUp adds what may have gone unheard, by its events.
func (w *Watch) CatchUp(ctx context.Context, scope Scope, types ...event.Type) error {
	since, any := w.Missed()
	if !any {
		return nil
	}
	ids, err := scope.Happened(ctx, since, types...)
	if err != nil {
		w.Since(since)
		return err
	}
	w.Add(ids...)
	return nil
}

// NextOf reads the next object of a watch that is visible; nil if there is none just now.
func NextOf[T any](w *Watch, read func(gid.ID) (*T, error)) (*T, error) {
	for {
		id, ok := w.Next()
		if !ok {
			return nil, nil
		}
		row, err := read(id)
		if ent.IsNotFound(err) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			w.Add(id)
			return nil, err
		}
		return row, nil
	}
}
