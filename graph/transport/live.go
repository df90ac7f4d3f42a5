package transport

import (
	"context"
	"errors"
	"sync"
)

// errDraining is why connections end when the process was asked to stop.
var errDraining = errors.New("the server is restarting")

// live counts the connections that outlive a request, and ends them when the process is asked to stop.
type live struct {
	limits LiveLimits

	mu       sync.Mutex
	open     map[*connection]bool
	callers  map[string]int
	draining bool
}

// connection is one socket or one stream.
type connection struct {
	drain func(ctx context.Context) // ends it, in the words of its protocol
	done  chan struct{}             // is closed when it has ended
}

func newLive(limits LiveLimits) *live {
	return &live{limits: limits, open: map[*connection]bool{}, callers: map[string]int{}}
}

// enter gives a connection its place; false if there is none. It leaves when it has ended.
func (l *live) enter(drain func(context.Context)) (leave func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.draining || len(l.open) >= l.limits.Connections {
		return nil, false
	}
	c := &connection{drain: drain, done: make(chan struct{})}
	l.open[c] = true
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, c)
		close(c.done)
	}, true
}

// count counts one more connection of a caller; false if they have as many as they may.
func (l *live) count(caller string) (leave func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.callers[caller] >= l.limits.PerCaller {
		return nil, false
	}
	l.callers[caller]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.callers[caller]--; l.callers[caller] == 0 {
			delete(l.callers, caller)
		}
	}, true
}

// Connections is how many sockets and streams are open.
func (s *Server) Connections() int {
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	return len(s.live.open)
}

// Drain ends every socket and stream and lets none begin: sockets finish their queries and mutations and close with
// 1001, streams end without `complete`, so that clients come back. It returns when all have ended, or with the context.
func (s *Server) Drain(ctx context.Context) {
	s.live.mu.Lock()
	s.live.draining = true
	var open []*connection
	for c := range s.live.open {
		open = append(open, c)
	}
	s.live.mu.Unlock()
	for _, c := range open {
		go c.drain(ctx)
	}
	for _, c := range open {
		select {
		case <-c.done:
		case <-ctx.Done():
			return
		}
	}
}
