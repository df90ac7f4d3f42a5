package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// live is somebody's WebSocket with one subscription.
type live struct{ conn *websocket.Conn }

// follow subscribes as somebody, by the header that a program sends.
func follow(t *testing.T, s *site, email, query string, variables vars) *live {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), s.url()+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + s.as(t, email)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	l := &live{conn}
	l.say(t, vars{"type": "connection_init"})
	if got := l.hear(t); got.Type != "connection_ack" {
		t.Fatalf("got %+v", got)
	}
	l.say(t, vars{"type": "subscribe", "id": "1", "payload": vars{"query": query, "variables": variables}})
	return l
}

// event is a message of the server's.
type event struct {
	Type    string
	Payload json.RawMessage
}

func (l *live) say(t *testing.T, message vars) {
	t.Helper()
	if err := l.write(t.Context(), message); err != nil {
		t.Fatal(err)
	}
}

func (l *live) write(ctx context.Context, message vars) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return l.conn.Write(ctx, websocket.MessageText, text)
}

func (l *live) receive(t *testing.T) (e event, err error) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, text, err := l.conn.Read(ctx)
	if err != nil {
		return e, err
	}
	return e, json.Unmarshal(text, &e)
}

func (l *live) hear(t *testing.T) event {
	t.Helper()
	e, err := l.receive(t)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// until waits for an event that says something.
func (l *live) until(t *testing.T, part string) {
	t.Helper()
	for {
		e := l.hear(t)
		if e.Type != "next" {
			t.Fatalf("got %s %s, want %s", e.Type, e.Payload, part)
		}
		if strings.Contains(string(e.Payload), part) {
			return
		}
	}
}

// ends demands that the socket closes with a code, whatever comes before.
func (l *live) ends(t *testing.T, code websocket.StatusCode) {
	t.Helper()
	for {
		_, err := l.receive(t)
		var closed websocket.CloseError
		switch {
		case err == nil:
		case !errors.As(err, &closed) || closed.Code != code:
			t.Fatalf("got %v, want the code %d", err, code)
		default:
			return
		}
	}
}

// seesItHappen follows a sitting of its own: staff over a WebSocket, the candidate over server-sent events.
func seesItHappen(t *testing.T, st *stage) {
	i := st.invite(t, recruiter, time.Hour)
	st.accept(t, i)
	staff := follow(t, st.site, recruiter, `subscription($id: ID!, $after: DateTime!) { sessionChanged(id: $id, after: $after) { state candidate { name } } }`,
		vars{"id": i.session, "after": time.Now()})
	staff.until(t, `"state":"INVITED"`)
	body, err := json.Marshal(vars{"query": fmt.Sprintf(`subscription { sittingClock(id: %q) { state deadline } }`, i.session)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, st.url()+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+st.as(t, candidate))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	stream, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	hears := func(part string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), part) {
				return
			}
		}
		t.Fatalf("the stream ended before %s: %v", part, lines.Err())
	}
	hears(`"state":"INVITED"`)
	must[object](t, st.tell(t, candidate, "startSitting", sittingID, vars{"id": i.session}))
	staff.until(t, `"state":"IN_PROGRESS"`)
	hears(`"state":"IN_PROGRESS"`)
	must[object](t, st.tell(t, recruiter, "cancelSession", sessionID, vars{"id": i.session, "reason": "only watched"}))
	staff.until(t, `"state":"CANCELLED"`)
	hears(`"state":"CANCELLED"`)
}
