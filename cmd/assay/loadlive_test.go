package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// follower follows a sitting's clock, or every session, over a WebSocket or a stream of events.
type follower struct {
	name    string
	next    func(context.Context) (payload string, err error)
	close   func() error
	of      *sitter // whose clock it follows; nil for every session
	closing bool

	mu    sync.Mutex
	count int
	heard map[string]bool // sittings that were told to be in progress
	err   error
}

// colleagues are the recruiters who follow every session: as many as have room for half of the subscriptions.
var colleagues = []string{"owner@demo.example", admin, reviewer, stranger, "analyst@demo.example"}

// watch opens the subscriptions: candidates follow their clocks, recruiters every session, half of them over WebSockets.
func (l *load) watch(t *testing.T, database string) {
	t.Helper()
	for _, email := range colleagues {
		must[object](t, l.tell(t, recruiter, "addMember", "member { id }", vars{"email": email, "name": "Recruiter", "roles": []string{"recruiter"}}))
	}
	for i := range subscriptions / 2 {
		c := l.seats[i%len(l.seats)]
		l.follow(t, i, "a clock", c.header, fmt.Sprintf(`subscription { sittingClock(id: %q) { %s } }`, c.sitting, clockSelection), c)
		token := http.Header{"Authorization": {"Bearer " + l.as(t, colleagues[i%len(colleagues)])}}
		l.follow(t, i, "every session", token, `subscription { sessionChanged { id state startedAt candidate { name } } }`, nil)
	}
	t.Cleanup(func() {
		for _, f := range l.followers {
			f.end()
		}
	})
	for _, f := range l.followers {
		if f.of != nil {
			l.await(t, 30*time.Second, "told of a clock", func() bool { return f.hasHeard(t, f.of) })
		}
	}
	l.before = l.usage(t, database)
}

// follow opens one subscription and listens to it.
func (l *load) follow(t *testing.T, i int, what string, who http.Header, query string, of *sitter) {
	t.Helper()
	f := &follower{heard: map[string]bool{}, of: of}
	var err error
	if i%2 == 0 {
		f.name, err = what+" over a WebSocket", f.overSocket(t.Context(), l.url(), who, query)
	} else {
		f.name, err = what+" over a stream", f.overStream(t.Context(), l.url(), who, query)
	}
	if err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
	l.followers = append(l.followers, f)
	go f.listen(context.WithoutCancel(t.Context()))
}

// overSocket subscribes over a WebSocket.
func (f *follower) overSocket(ctx context.Context, url string, who http.Header, query string) error {
	conn, _, err := websocket.Dial(ctx, url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: who})
	if err != nil {
		return err
	}
	l := &live{conn}
	f.close = conn.CloseNow
	f.next = func(ctx context.Context) (string, error) {
		for {
			_, text, err := conn.Read(ctx)
			if err != nil {
				return "", err
			}
			var e event
			if err := json.Unmarshal(text, &e); err != nil {
				return "", err
			}
			switch e.Type {
			case "next":
				return string(e.Payload), nil
			case "ping":
				err = l.write(ctx, vars{"type": "pong"})
			case "connection_ack":
				err = l.write(ctx, vars{"type": "subscribe", "id": "1", "payload": vars{"query": query}})
			default:
				err = fmt.Errorf("%s: %s", e.Type, e.Payload)
			}
			if err != nil {
				return "", err
			}
		}
	}
	return l.write(ctx, vars{"type": "connection_init"})
}

// overStream subscribes by a stream of events.
func (f *follower) overStream(ctx context.Context, url string, who http.Header, query string) error {
	body, err := json.Marshal(vars{"query": query})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header = who.Clone()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	f.close = answer.Body.Close
	lines := bufio.NewScanner(answer.Body)
	f.next = func(context.Context) (string, error) {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data, nil
			}
		}
		return "", errors.Join(lines.Err(), errors.New("the stream ended"))
	}
	return nil
}

// listen takes what is told until the connection ends.
func (f *follower) listen(ctx context.Context) {
	for {
		payload, err := f.next(ctx)
		if err == nil {
			err = f.take(payload)
		}
		if err == nil {
			continue
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if !f.closing {
			f.err = err
		}
		return
	}
}

func (f *follower) take(payload string) error {
	var told struct {
		Data   map[string]object
		Errors []wireError
	}
	if err := json.Unmarshal([]byte(payload), &told); err != nil {
		return err
	}
	if len(told.Errors) > 0 {
		return fmt.Errorf("it was told %+v", told.Errors[0])
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	for _, o := range told.Data {
		f.heard[o.ID] = f.heard[o.ID] || o.State == "IN_PROGRESS"
	}
	return nil
}

// hasHeard reports whether it was told of each of several sittings that it began.
func (f *follower) hasHeard(t *testing.T, of ...*sitter) bool {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		t.Fatalf("%s: %v", f.name, f.err)
	}
	return !slices.ContainsFunc(of, func(c *sitter) bool { return !f.heard[c.sitting] })
}

func (f *follower) end() {
	f.mu.Lock()
	f.closing = true
	f.mu.Unlock()
	_ = f.close() // it is gone either way
}

// hears demands that every subscription is open and has heard of each sitting that began.
func (l *load) hears(t *testing.T) {
	t.Helper()
	for _, f := range l.followers {
		began := l.late
		if f.of != nil {
			began = []*sitter{f.of}
		}
		l.await(t, 30*time.Second, "heard by "+f.name, func() bool { return f.hasHeard(t, began...) })
	}
}
