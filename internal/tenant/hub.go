package tenant

import (
	"log/slog"
	"sync"
	"time"

	"github.com/lib/pq"

	"github.com/assay-hq/assay/internal/gid"
)

// slack is how much earlier than the loss of the listening connection a change may have been missed: a connection that
// died silently is noticed by then, and no two clocks differ by more.
const slack = 5 * time.Minute

// How long the hub waits before it connects again.
const (
	firstReconnect = 100 * time.Millisecond
	lastReconnect  = 5 * time.Second
)

// hub hands notices to this process's watches. On PostgreSQL it listens to what every process commits, through one
// connection of its own that is opened for the first watch.
type hub struct {
	dsn string // of PostgreSQL; empty on the embedded database
	now func() time.Time
	log *slog.Logger

	mu       sync.Mutex
	watches  map[notice]map[*Watch]bool
	listener *pq.Listener
	ended    chan struct{} // is closed when nothing of the listener runs any more
	lost     time.Time     // since when notices may have been missed; zero while none can
	closed   bool
}

func newHub(dsn string, now func() time.Time, log *slog.Logger) *hub {
	return &hub{dsn: dsn, now: now, log: log, watches: map[notice]map[*Watch]bool{}}
}

func (h *hub) add(w *Watch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watches[w.on] == nil {
		h.watches[w.on] = map[*Watch]bool{}
	}
	h.watches[w.on][w] = true
	if h.dsn != "" && h.listener == nil && !h.closed {
		h.listen()
	}
}

func (h *hub) remove(w *Watch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watches[w.on], w)
	if len(h.watches[w.on]) == 0 {
		delete(h.watches, w.on)
	}
}

// publish wakes whoever watches what changed.
func (h *hub) publish(notices ...notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, n := range notices {
		every := n
		every.subject = gid.ID{}
		h.wake(n, n.subject)
		h.wake(every, n.subject)
		if n.topic == SessionTopic {
			h.wake(notice{topic: SittingTopic, org: n.org, subject: n.subject}, n.subject)
		}
	}
}

func (h *hub) wake(on notice, id gid.ID) {
	for w := range h.watches[on] {
		w.Add(id)
	}
}

// missed makes every watch look for what it may not have heard.
func (h *hub) missed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	since := h.lost
	h.lost = time.Time{}
	for on, watches := range h.watches {
		for w := range watches {
			if on.subject.IsZero() {
				w.Since(since)
			} else {
				w.Again()
			}
		}
	}
}

// listen opens the listening connection; what is watched before it stands counts as missed.
func (h *hub) listen() {
	h.lost, h.ended = h.now().Add(-slack), make(chan struct{})
	h.listener = pq.NewListener(h.dsn, firstReconnect, lastReconnect, h.connection)
	go h.hear(h.listener, h.ended)
}

// connection sees what becomes of the listening connection.
func (h *hub) connection(what pq.ListenerEventType, err error) {
	if what != pq.ListenerEventDisconnected && what != pq.ListenerEventConnectionAttemptFailed {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.log.Warn("changes of other processes are not heard", "error", err)
	if h.lost.IsZero() {
		h.lost = h.now().Add(-slack)
	}
}

// hear passes on what the listener hears, until it is closed.
func (h *hub) hear(l *pq.Listener, ended chan struct{}) {
	defer close(ended)
	if err := l.Listen(channel); err == nil {
		h.missed()
	}
	for said := range l.Notify {
		if said == nil { // the connection was lost and stands again
			h.missed()
			continue
		}
		n, err := parseNotice(said.Extra)
		if err != nil {
			h.log.Error("a notice that nobody understands", "error", err)
			continue
		}
		h.publish(n)
	}
}

// close ends listening and waits for it.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	l, ended := h.listener, h.ended
	h.mu.Unlock()
	if l == nil {
		return
	}
	_ = l.Close() // it says only that it was closed before
	<-ended
}
