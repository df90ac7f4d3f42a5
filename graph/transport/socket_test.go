package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/assay-hq/assay/internal/fault"
)

// patienceOfTests is how long a test waits for what must come.
const patienceOfTests = 20 * time.Second

// stage is a server on loopback with a source of events that the test moves.
type stage struct {
	*world
	url    string
	ticks  *fakeSource
	asked  atomic.Int32         // how often whoever asks was found anew
	denied atomic.Pointer[bool] // once set, whoever asks may not any more
}

// fakeSource is what a subscription of the tests follows.
type fakeSource struct {
	wake   chan struct{}
	mu     sync.Mutex
	events []any
	err    error
	opened atomic.Int32
	closed atomic.Int32
	every  time.Duration
}

func newFakeSource() *fakeSource { return &fakeSource{wake: make(chan struct{}, 1)} }

func (f *fakeSource) push(events ...any) {
	f.mu.Lock()
	f.events = append(f.events, events...)
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *fakeSource) fail(err error) {
	f.mu.Lock()
	f.err = err
	f.mu.Unlock()
}

func (f *fakeSource) follow(ctx context.Context) (<-chan any, error) {
	f.opened.Add(1)
	return Follow(ctx, Source[any]{
		Wake: f.wake, Every: f.every, Again: func() { f.push(0) }, Close: func() { f.closed.Add(1) },
		Next: func(context.Context) (any, bool, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.err != nil || len(f.events) == 0 {
				return nil, false, f.err
			}
			event := f.events[0]
			f.events = f.events[1:]
			return event, true, nil
		},
	}), nil
}

// shortLimits are limits that a test can wait for.
func shortLimits() LiveLimits {
	live := DefaultLimits().Live
	live.Init, live.Write, live.Recheck, live.KeepAlive = time.Minute, 10*time.Second, 20*time.Millisecond, time.Minute
	return live
}

func newStage(t *testing.T, change func(*stage, *Config)) *stage {
	t.Helper()
	s := &stage{ticks: newFakeSource()}
	s.world = newWorld(t, func(cfg *Config) {
		cfg.Limits.Live = shortLimits()
		cfg.Begin = func(ctx context.Context, message map[string]any) (context.Context, error) {
			switch message["authorization"] {
			case nil, "Bearer good":
				return ctx, nil
			case json.Number("5"):
				return nil, fault.New(fault.BadInput, "authorization must be a text")
			case "Bearer broken":
				return nil, errors.New("the directory is down")
			default:
				return nil, fault.New(fault.Unauthenticated, "the token is invalid or expired")
			}
		}
		cfg.Again = func(ctx context.Context) (context.Context, error) {
			s.asked.Add(1)
			if s.denied.Load() != nil {
				return nil, fault.New(fault.Unauthenticated, "the session ended")
			}
			return ctx, nil
		}
		cfg.Origin = "https://assay.example"
		if change != nil {
			change(s, cfg)
		}
	})
	s.schema.sources = map[string]func(context.Context) (<-chan any, error){
		"ticks": s.ticks.follow,
		"item":  s.ticks.follow,
		"refused": func(context.Context) (<-chan any, error) {
			return nil, fault.New(fault.Denied, "this needs the permission session.read")
		},
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" {
			r = viaCookie(r)
		}
		s.ServeHTTP(w, r)
	}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond // no stream may feel them
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
		defer cancel()
		s.Drain(ctx)
		if n := s.Connections(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
	})
	s.url = server.URL
	return s
}

// peer is a client that speaks raw messages.
type peer struct {
	t    *testing.T
	conn *websocket.Conn
}

func (s *stage) dial(t *testing.T, headers ...string) *peer {
	t.Helper()
	p, resp := s.tryDial(t, protocol, headers...)
	if p == nil {
		t.Fatalf("refused with %d", resp.StatusCode)
	}
	return p
}

func (s *stage) tryDial(t *testing.T, subprotocol string, headers ...string) (*peer, *http.Response) {
	t.Helper()
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	options := &websocket.DialOptions{HTTPHeader: h}
	if subprotocol != "" {
		options.Subprotocols = []string{subprotocol}
	}
	conn, resp, err := websocket.Dial(t.Context(), s.url, options)
	if err != nil {
		if resp == nil {
			t.Fatal(err)
		}
		return nil, resp
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &peer{t, conn}, resp
}

// greeted is a connection that was acknowledged.
func (s *stage) greeted(t *testing.T) *peer {
	t.Helper()
	p := s.dial(t)
	p.say(`{"type":"connection_init"}`)
	p.hear(`{"type":"connection_ack"}`)
	return p
}

func (p *peer) say(text string) {
	p.t.Helper()
	if err := p.conn.Write(p.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) subscribe(id, query string) {
	p.t.Helper()
	text, _ := json.Marshal(map[string]any{"id": id, "type": "subscribe", "payload": map[string]any{"query": query}})
	p.say(string(text))
}

func (p *peer) read() (string, error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), patienceOfTests)
	defer cancel()
	_, text, err := p.conn.Read(ctx)
	return string(text), err
}

// hear demands the next message.
func (p *peer) hear(want string) {
	p.t.Helper()
	got, err := p.read()
	if err != nil || got != want {
		p.t.Fatalf("got %s, %v\nwant %s", got, err, want)
	}
}

// hearPart demands that the next message has a part.
func (p *peer) hearPart(parts ...string) string {
	p.t.Helper()
	got, err := p.read()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, part := range parts {
		if !strings.Contains(got, part) {
			p.t.Fatalf("got %s, want it to have %s", got, part)
		}
	}
	return got
}

// hearEnd demands that the socket closes next with a code.
func (p *peer) hearEnd(want websocket.StatusCode) websocket.CloseError {
	p.t.Helper()
	got, err := p.read()
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != want {
		p.t.Fatalf("got %q, %v, want the code %d", got, err, want)
	}
	return closed
}

const (
	costed = `"extensions":{"cost":{"limit":10000,"requested":0}}`
	init0  = `{"type":"connection_init"}`
)

func TestSocketCloses(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	for name, tc := range map[string]struct {
		said   []string
		code   websocket.StatusCode
		reason string
	}{
		"text that is no JSON":              {[]string{`hello`}, 4400, "Invalid message: "},
		"a member named twice":              {[]string{`{"type":"ping","type":"pong"}`}, 4400, "Invalid message: "},
		"a list":                            {[]string{`[]`}, 4400, "Invalid message: "},
		"a number for an id":                {[]string{`{"type":"ping","id":5}`}, 4400, "Invalid message: "},
		"a long id":                         {[]string{`{"type":"complete","id":"` + strings.Repeat("x", 129) + `"}`}, 4400, "Invalid message: "},
		"an unknown type":                   {[]string{`{"type":"start"}`}, 4400, "Invalid message: "},
		"a message of the server's":         {[]string{`{"type":"next","id":"1","payload":{}}`}, 4400, "Invalid message: "},
		"complete without id":               {[]string{`{"type":"complete"}`}, 4400, "Invalid message: "},
		"subscribe without payload":         {[]string{init0, `{"type":"subscribe","id":"1"}`}, 4400, "Invalid message: "},
		"subscribe without query":           {[]string{init0, `{"type":"subscribe","id":"1","payload":{}}`}, 4400, "Invalid message: "},
		"subscribe before connection_init":  {[]string{`{"type":"subscribe","id":"1","payload":{"query":"{ hello }"}}`}, 4401, "Unauthorized"},
		"credentials that do not hold":      {[]string{`{"type":"connection_init","payload":{"authorization":"Bearer bad"}}`}, 4403, "Forbidden"},
		"credentials that cannot be asked":  {[]string{`{"type":"connection_init","payload":{"authorization":"Bearer broken"}}`}, 1011, "Signing in"},
		"a second connection_init":          {[]string{init0, init0}, 4429, "Too many initialisation requests"},
		"two operations with one id":        {[]string{init0, `{"type":"subscribe","id":"a","payload":{"query":"subscription { ticks }"}}`, `{"type":"subscribe","id":"a","payload":{"query":"{ hello }"}}`}, 4409, "Subscriber for a already exists"},
		"a message over the limit":          {[]string{`{"type":"ping","payload":{"a":"` + long + `"}}`}, 1009, "Message too large"},
		"a message far over the limit":      {[]string{`{"type":"ping","payload":{"a":"` + strings.Repeat(long, 100) + `"}}`}, 1009, "Message too large"},
		"credentials in the wrong form":     {[]string{`{"type":"connection_init","payload":{"authorization":5}}`}, 4400, "authorization must be a text"},
		"connection_init with a text in it": {[]string{`{"type":"connection_init","payload":"x"}`}, 4400, "Invalid message: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			p := s.dial(t)
			for _, text := range tc.said {
				p.say(text)
			}
			if tc.said[0] == init0 {
				p.hear(`{"type":"connection_ack"}`)
			}
			if closed := p.hearEnd(tc.code); !strings.HasPrefix(closed.Reason, tc.reason) {
				t.Errorf("got the reason %q, want %q", closed.Reason, tc.reason)
			}
		})
	}
}

func TestSocketClosesOnBytes(t *testing.T) {
	p := newStage(t, nil).greeted(t)
	if err := p.conn.Write(t.Context(), websocket.MessageBinary, []byte(`{"type":"ping"}`)); err != nil {
		t.Fatal(err)
	}
	p.hearEnd(4400)
}

func TestSocketSpeaksOneProtocol(t *testing.T) {
	s := newStage(t, nil)
	for _, other := range []string{"", "graphql-ws"} {
		p, _ := s.tryDial(t, other)
		p.hearEnd(4406)
	}
}

func TestSocketMustSayWhoAsksInTime(t *testing.T) {
	p := newStage(t, func(_ *stage, cfg *Config) { cfg.Limits.Live.Init = 10 * time.Millisecond }).dial(t)
	p.hearEnd(4408)
}

func TestSocketPings(t *testing.T) {
	s := newStage(t, func(_ *stage, cfg *Config) { cfg.Limits.Live.KeepAlive = 5 * time.Millisecond })
	p := s.dial(t)
	p.say(`{"type":"ping","payload":{"a":1}}`)
	p.hear(`{"type":"pong"}`)
	p.say(`{"type":"pong"}`)
	p.say(init0)
	p.hear(`{"type":"connection_ack"}`)
	p.say(`{"type":"ping"}`)
	p.hear(`{"type":"pong"}`)
}

func TestSocketOperations(t *testing.T) {
	for name, tc := range map[string]struct {
		query string
		want  []string // messages; one that begins with ~ is a part
	}{
		"a query":                    {"{ hello }", []string{`{"id":"1","type":"next","payload":{"data":{"hello":"hello"},` + costed + `}}`, `{"id":"1","type":"complete"}`}},
		"a mutation":                 {"mutation { touch }", []string{`{"id":"1","type":"next","payload":{"data":{"touch":"touch"},` + costed + `}}`, `{"id":"1","type":"complete"}`}},
		"a query with a fault":       {"{ faulty }", []string{`~"type":"next","payload":{"errors":[{"message":"there is no such session","path":["faulty"]`, `{"id":"1","type":"complete"}`}},
		"a panic":                    {"{ panics }", []string{`~"code":"INTERNAL","requestId":"req-1"`, `{"id":"1","type":"complete"}`}},
		"a syntax error":             {"{", []string{`~{"id":"1","type":"error","payload":[{"message":"Expected Name`}},
		"an unknown field":           {"{ nothing }", []string{`~{"id":"1","type":"error","payload":[{"message":"Cannot query field`}},
		"too deep":                   {strings.Repeat("{ item ", 20) + "{ id }" + strings.Repeat("}", 20), []string{`~"limit":"depth"`}},
		"too dear":                   {"{ items(first: 100) { nodes { items(first: 100) { nodes { items(first: 2) { nodes { id } } } } } } }", []string{`~"limit":"cost"`}},
		"a subscription refused":     {"subscription { refused }", []string{`~{"id":"1","type":"error","payload":[{"message":"this needs the permission session.read","path":["refused"],"extensions":{"code":"FORBIDDEN"`}},
		"two fields of subscription": {"subscription { ticks refused }", []string{`~"type":"error"`}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newStage(t, nil).greeted(t)
			p.subscribe("1", tc.query)
			for _, want := range tc.want {
				if part, ok := strings.CutPrefix(want, "~"); ok {
					p.hearPart(part)
				} else {
					p.hear(want)
				}
			}
			p.subscribe("1", "{ hello }") // the id is free again, and nothing came after the last message
			p.hearPart(`"type":"next"`)
		})
	}
}

func TestSubscriptionOverSocket(t *testing.T) {
	s := newStage(t, nil)
	p := s.greeted(t)
	p.subscribe("a", "subscription { t: ticks }")
	s.ticks.push(1, 2)
	p.hear(`{"id":"a","type":"next","payload":{"data":{"t":1},` + costed + `}}`)
	p.hear(`{"id":"a","type":"next","payload":{"data":{"t":2},` + costed + `}}`)
	s.ticks.push(3)
	p.hearPart(`"t":3`)
	p.say(`{"id":"a","type":"complete"}`)
	p.say(`{"id":"a","type":"complete"}`) // of what is not there: nothing
	p.say(`{"type":"ping"}`)
	p.hear(`{"type":"pong"}`)
	p.subscribe("a", "subscription { ticks }")
	s.ticks.push(4)
	p.hearPart(`"ticks":4`)
	if got := s.ticks.opened.Load(); got != 2 {
		t.Errorf("%d sources were opened, want 2", got)
	}
	if err := p.conn.CloseNow(); err != nil {
		t.Error(err)
	}
	await(t, "both sources are closed", func() bool { return s.ticks.closed.Load() == 2 })
}

func TestSubscriptionResolvesItsSelection(t *testing.T) {
	s := newStage(t, nil)
	s.schema.resolvers["name"] = func(context.Context) (any, error) { return nil, errors.New("secret") }
	p := s.greeted(t)
	p.subscribe("a", "subscription { its: item { id name } }")
	s.ticks.push(nil)
	p.hearPart(`"path":["its","name"]`, `"data":{"its":{"id":"id","name":null}}`, `"code":"INTERNAL"`)
}

func TestSubscriptionTicks(t *testing.T) {
	s := newStage(t, nil)
	s.ticks.every = time.Millisecond
	p := s.greeted(t)
	p.subscribe("a", "subscription { ticks }")
	for range 3 {
		p.hearPart(`"ticks":0`)
	}
}

func TestSubscriptionEndsWithItsRight(t *testing.T) {
	for name, take := range map[string]func(s *stage){
		"when the credentials end":  func(s *stage) { s.denied.Store(new(true)) },
		"when the role is removed":  func(s *stage) { s.ticks.fail(fault.New(fault.Denied, "no")) },
		"when the object is hidden": func(s *stage) { s.ticks.fail(fault.New(fault.NotFound, "no")) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.greeted(t)
			p.subscribe("a", "subscription { ticks }")
			s.ticks.push(1)
			p.hearPart(`"ticks":1`)
			began := time.Now()
			take(s) // and nothing happens: the question is asked all the same
			p.hearEnd(4403)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestOperationsAskAgainWhoAsks(t *testing.T) {
	s := newStage(t, nil)
	p := s.greeted(t)
	s.denied.Store(new(true))
	p.subscribe("a", "{ hello }")
	p.hearEnd(4403)
	if s.schema.ran.Load() != 0 {
		t.Error("a resolver ran")
	}
}

func TestSubscriptionSurvivesAHiccup(t *testing.T) {
	s := newStage(t, func(_ *stage, cfg *Config) { cfg.Limits.Live.Recheck = 300 * time.Millisecond })
	p := s.greeted(t)
	s.ticks.fail(errors.New("pq: the connection is lost"))
	p.subscribe("a", "subscription { ticks }")
	await(t, "it was asked", func() bool { return s.asked.Load() >= 2 })
	s.ticks.fail(nil)
	s.ticks.push(1)
	p.hearPart(`"ticks":1`)
}

func TestSubscriptionEndsWithALastingFault(t *testing.T) {
	s := newStage(t, nil)
	p := s.greeted(t)
	s.ticks.fail(errors.New("pq: the connection is lost"))
	p.subscribe("a", "subscription { ticks }")
	if got := p.hearPart(`"type":"error"`, `"code":"INTERNAL"`); strings.Contains(got, "pq") {
		t.Errorf("the client reads %s", got)
	}
}

func TestSocketCaps(t *testing.T) {
	t.Run("operations of a connection", func(t *testing.T) {
		s := newStage(t, nil)
		p := s.greeted(t)
		for i := range 20 {
			p.subscribe(fmt.Sprint(i), "subscription { ticks }")
		}
		p.subscribe("20", "{ hello }")
		p.hearPart(`{"id":"20","type":"error"`, `"code":"LIMIT_EXCEEDED"`, `"limit":"operations"`)
		p.say(`{"id":"3","type":"complete"}`)
		p.subscribe("21", "{ hello }")
		p.hearPart(`{"id":"21","type":"next"`)
	})
	t.Run("connections of a caller", func(t *testing.T) {
		s := newStage(t, nil)
		var open []*peer
		for range 10 {
			open = append(open, s.greeted(t))
		}
		p := s.dial(t)
		p.say(init0)
		p.hearEnd(websocket.StatusTryAgainLater)
		resp := s.sse(t, `{"query":"{ hello }"}`)
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
			t.Errorf("a stream is answered with %d", resp.StatusCode)
		}
		if err := open[0].conn.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Error(err)
		}
		await(t, "the first is gone", func() bool { return s.Connections() == 9 })
		s.greeted(t)
	})
	t.Run("connections of the server", func(t *testing.T) {
		s := newStage(t, func(_ *stage, cfg *Config) { cfg.Limits.Live.Connections = 2 })
		s.dial(t)
		s.dial(t)
		p, resp := s.tryDial(t, protocol)
		if p != nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			t.Errorf("got %d", resp.StatusCode)
		}
		if resp := s.sse(t, `{"query":"{ hello }"}`); resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a stream is answered with %d", resp.StatusCode)
		}
	})
}

func TestSocketOrigin(t *testing.T) {
	s := newStage(t, nil)
	host := strings.TrimPrefix(s.url, "http://")
	for name, tc := range map[string]struct {
		cookie, origin string
		want           int
	}{
		"a cookie from the site":          {"assay=1", "https://assay.example", 101},
		"a cookie from the host":          {"assay=1", "http://" + host, 101},
		"a cookie from elsewhere":         {"assay=1", "https://evil.example", 403},
		"a cookie from a look-alike":      {"assay=1", "https://assay.example.evil.example", 403},
		"a cookie from a sandbox":         {"assay=1", "null", 403},
		"a cookie from nowhere":           {"assay=1", "", 403},
		"without a cookie from elsewhere": {"", "https://other.example", 101},
		"without a cookie from nowhere":   {"", "", 101},
	} {
		t.Run(name, func(t *testing.T) {
			var headers []string
			if tc.cookie != "" {
				headers = append(headers, "Cookie", tc.cookie)
			}
			if tc.origin != "" {
				headers = append(headers, "Origin", tc.origin)
			}
			if _, resp := s.tryDial(t, protocol, headers...); resp.StatusCode != tc.want {
				t.Errorf("got %d, want %d", resp.StatusCode, tc.want)
			}
		})
	}
}

// TestSlowReader opens a connection that takes nothing, and sends it more than the network holds.
func TestSlowReader(t *testing.T) {
	s := newStage(t, func(_ *stage, cfg *Config) { cfg.Limits.Live.Write = 200 * time.Millisecond })
	p := s.greeted(t)
	p.subscribe("a", "subscription { ticks }")
	large := strings.Repeat("x", 1<<20)
	began := time.Now()
	for range 64 {
		s.ticks.push(large)
	}
	await(t, "the slow reader is dropped", func() bool { return s.Connections() == 0 })
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	await(t, "its source is closed", func() bool { return s.ticks.closed.Load() == 1 })
}

// TestDeadPeer opens a connection whose other side says nothing at all.
func TestDeadPeer(t *testing.T) {
	s := newStage(t, func(_ *stage, cfg *Config) {
		cfg.Limits.Live.KeepAlive, cfg.Limits.Live.Write = 10*time.Millisecond, 50*time.Millisecond
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: "+protocol+"\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	await(t, "it is there", func() bool { return s.Connections() == 1 })
	await(t, "it is dropped", func() bool { return s.Connections() == 0 })
}

func TestDrainOfSockets(t *testing.T) {
	held := make(chan struct{})
	release := sync.OnceFunc(func() { close(held) })
	s := newStage(t, nil)
	t.Cleanup(release) // before the server is closed, also when the test fails
	s.schema.resolvers["holds"] = func(context.Context) (any, error) { <-held; return "held", nil }
	p, idle := s.greeted(t), s.dial(t)
	p.subscribe("s", "subscription { ticks }")
	s.ticks.push(1)
	p.hearPart(`"ticks":1`)
	p.subscribe("q", "{ holds }")
	await(t, "the query runs", func() bool { return s.schema.ran.Load() >= 2 })
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
		defer cancel()
		s.Drain(ctx)
	}()
	idle.hearEnd(1001)
	if c, resp := s.tryDial(t, protocol); c != nil {
		t.Errorf("a socket began while draining: %d", resp.StatusCode)
	}
	await(t, "the subscription has ended", func() bool { return s.ticks.closed.Load() == 1 })
	p.subscribe("late", "{ hello }")
	p.hearPart(`{"id":"late","type":"error"`, `"code":"OVERLOADED"`)
	release()
	p.hearPart(`{"id":"q","type":"next"`, `"held"`)
	p.hear(`{"id":"q","type":"complete"}`)
	p.hearEnd(1001)
	<-drained
}

// TestNothingIsLeft lets many connections break off in the middle of what they follow.
func TestNothingIsLeft(t *testing.T) {
	const many = 100
	s := newStage(t, func(_ *stage, cfg *Config) { cfg.Limits.Live.PerCaller = 2 * many })
	var breakOff []func() error
	for range many {
		p := s.greeted(t)
		p.subscribe("a", "subscription { ticks }")
		p.subscribe("b", "subscription { ticks }")
		stream := s.sse(t, `{"query":"subscription { ticks }"}`)
		breakOff = append(breakOff, p.conn.CloseNow, stream.Body.Close)
	}
	await(t, "all are followed", func() bool { return s.ticks.opened.Load() == 3*many })
	for _, end := range breakOff {
		if err := end(); err != nil {
			t.Error(err)
		}
	}
	await(t, "all are left", func() bool { return s.ticks.closed.Load() == 3*many && s.Connections() == 0 })
	await(t, "no goroutine is left", func() bool {
		stacks := make([]byte, 4<<20)
		text := string(stacks[:runtime.Stack(stacks, true)])
		return !strings.Contains(text, "transport.(*socket)") && !strings.Contains(text, "transport.(*events)")
	})
}

// await looks until something is so.
func await(t *testing.T, what string, isSo func() bool) {
	t.Helper()
	ticker, late := time.NewTicker(time.Millisecond), time.After(patienceOfTests)
	defer ticker.Stop()
	for !isSo() {
		select {
		case <-late:
			t.Fatalf("not in time: %s", what)
		case <-ticker.C:
		}
	}
}
