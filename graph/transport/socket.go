package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/assay-hq/assay/internal/fault"
)

// protocol is the one subprotocol spoken: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.
const protocol = "graphql-transport-ws"

// The protocol's close codes.
const (
	closeBadMessage   websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeForbidden    websocket.StatusCode = 4403
	closeProtocol     websocket.StatusCode = 4406
	closeInitTimeout  websocket.StatusCode = 4408
	closeExists       websocket.StatusCode = 4409
	closeTooManyInits websocket.StatusCode = 4429
)

// stuck is how long a close may wait behind a message that nobody takes.
const stuck = 2 * time.Second

// upgrades reports whether a request asks for a WebSocket.
func upgrades(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// closing is how a socket ends.
type closing struct {
	code    websocket.StatusCode
	reason  string
	flushed bool // what waits to be written is written first
}

// socket is one connection that speaks graphql-transport-ws. One goroutine reads, one writes, and each operation has one.
type socket struct {
	server *Server
	conn   *websocket.Conn
	header http.Header
	cancel context.CancelCauseFunc // ends every operation
	out    chan outgoing
	ending chan closing
	broken chan struct{} // is closed when nothing can be read any more
	tasks  tasks
	timer  *time.Timer // for connection_init
	beat   *time.Timer // for the next sign of life

	// The reader's own.
	greeted      bool // connection_init came
	acknowledged bool
	ctx          context.Context // of whoever asks
	leave        func()          // of the caller's count

	ended atomic.Bool
}

// outgoing is a message on its way, with the operation it belongs to.
type outgoing struct {
	text []byte
	task *task
}

// serveSocket answers a request for a WebSocket, until it ends.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancelCause(withOperation(r.Context()))
	defer cancel(nil)
	if refused := s.admitSocket(ctx, r); refused != nil {
		s.refuse(ctx, w, mediaJSON, refused)
		return
	}
	c := &socket{
		server: s, header: r.Header, cancel: cancel, ctx: ctx, leave: func() {},
		out: make(chan outgoing, s.cfg.Limits.Live.Queue), ending: make(chan closing, 1), broken: make(chan struct{}),
	}
	c.tasks.running = map[string]*task{}
	ready := make(chan struct{})
	leave, ok := s.live.enter(func(ctx context.Context) {
		if <-ready; c.conn != nil {
			c.drain(ctx)
		}
	})
	if !ok {
		close(ready)
		s.refuse(ctx, w, mediaJSON, overloaded())
		return
	}
	defer leave()
	// The origin was judged above, by what the credentials are.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol}, InsecureSkipVerify: true})
	if err != nil { // it has answered
		close(ready)
		return
	}
	c.conn = conn
	c.serve(ready)
}

// admitSocket refuses a socket that another site's page could open with a signed-in browser's cookie.
func (s *Server) admitSocket(ctx context.Context, r *http.Request) *refusal {
	if r.Method != http.MethodGet {
		return wrongMethod("a WebSocket begins with GET", http.MethodGet)
	}
	if s.cfg.ViaCookie(ctx) && !s.sameOrigin(r) {
		return refuse(http.StatusForbidden, fault.New(fault.Denied, "a cookie session opens a WebSocket only from its own site"))
	}
	return nil
}

func (s *Server) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	if origin == "" || err != nil || u.Host == "" {
		return false
	}
	return strings.EqualFold(origin, s.cfg.Origin) || strings.EqualFold(u.Host, r.Host)
}

// serve runs the socket and returns when nothing of it runs any more.
func (c *socket) serve(ready chan struct{}) {
	live := c.server.cfg.Limits.Live
	c.conn.SetReadLimit(-1) // read keeps the limit, and the peer hears why
	c.timer = time.AfterFunc(live.Init, func() { c.end(closing{code: closeInitTimeout, reason: "Connection initialisation timeout"}) })
	c.beat = time.AfterFunc(live.KeepAlive, c.ping)
	written := make(chan struct{})
	go func() { defer close(written); c.write() }()
	close(ready)
	if c.conn.Subprotocol() != protocol {
		c.end(closing{code: closeProtocol, reason: "Subprotocol not acceptable"})
	}
	c.read()
	close(c.broken)
	c.cancel(errUnsent)
	c.timer.Stop()
	c.beat.Stop()
	<-written
	c.tasks.wait(context.Background())
	_ = c.conn.CloseNow() // closed already, but for a reader that ended by itself
	c.leave()
}

// read handles messages until the socket ends. Once it was told to end, what still comes is read and left: a close frame
// would be lost behind it otherwise.
func (c *socket) read() {
	for {
		kind, r, err := c.conn.Reader(context.Background())
		if err != nil { // the peer's close, ours, or a broken connection
			return
		}
		most := c.server.cfg.Limits.Live.Message
		text, err := io.ReadAll(io.LimitReader(r, most+1))
		switch {
		case err != nil:
			return
		case c.ended.Load():
		case int64(len(text)) > most:
			c.end(closing{code: websocket.StatusMessageTooBig, reason: "Message too large"})
		case kind != websocket.MessageText:
			c.end(closing{code: closeBadMessage, reason: "Messages are texts"})
		default:
			if over := c.handle(text); over != nil {
				over.flushed = true // what was answered before goes first
				c.end(*over)
			}
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return
		}
	}
}

// end closes the socket, once. Its operations end, and nothing that waits is sent, unless the end says so.
func (c *socket) end(how closing) {
	if c.ended.Swap(true) {
		return
	}
	c.cancel(errUnsent)
	c.ending <- how
	time.AfterFunc(stuck, func() {
		select {
		case <-c.ending: // nobody took it: a message is stuck
			_ = c.conn.CloseNow()
		default:
		}
	})
}

// write writes what waits, until the socket ends. A reader that does not take a message in time is dropped.
func (c *socket) write() {
	for {
		select {
		case how := <-c.ending:
			c.close(how)
			return
		case <-c.broken:
			return
		case m := <-c.out:
			if !c.put(m) {
				return
			}
		}
	}
}

// close writes the close frame and waits a little for the peer's.
func (c *socket) close(how closing) {
	for how.flushed {
		select {
		case m := <-c.out:
			how.flushed = c.put(m)
		default:
			how.flushed = false
		}
	}
	_ = c.conn.Close(how.code, how.reason)
}

// put writes one message; false if the reader is gone, or too slow.
func (c *socket) put(m outgoing) bool {
	if m.task != nil && m.task.dropped.Load() {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.server.cfg.Limits.Live.Write)
	defer cancel()
	if err := c.conn.Write(ctx, websocket.MessageText, m.text); err != nil {
		_ = c.conn.CloseNow()
		return false
	}
	return true
}

// ping finds out whether the peer is still there, and when to ask again.
func (c *socket) ping() {
	ctx, cancel := context.WithTimeout(context.Background(), c.server.cfg.Limits.Live.Write)
	defer cancel()
	if err := c.conn.Ping(ctx); err != nil {
		_ = c.conn.CloseNow()
		return
	}
	select {
	case <-c.broken:
	default:
		c.beat.Reset(c.server.cfg.Limits.Live.KeepAlive)
	}
}

// enqueue hands a message to the writer and waits for room; false if the operation, or the socket, ended before.
func (c *socket) enqueue(ctx context.Context, m outgoing) bool {
	select {
	case c.out <- m:
		return true
	case <-ctx.Done():
		return false
	case <-c.broken:
		return false
	}
}

// drain lets queries and mutations end, then closes with 1001.
func (c *socket) drain(ctx context.Context) {
	c.tasks.drain()
	c.tasks.wait(ctx)
	c.end(closing{code: websocket.StatusGoingAway, reason: errDraining.Error(), flushed: true})
}

// begin authenticates the connection by its first message.
func (c *socket) begin(message map[string]any) *closing {
	if c.greeted {
		return &closing{code: closeTooManyInits, reason: "Too many initialisation requests"}
	}
	c.greeted = true
	ctx, err := c.server.cfg.Begin(c.ctx, message)
	switch {
	case fault.Is(err, fault.BadInput):
		return &closing{code: closeBadMessage, reason: said(err)}
	case err != nil && isRefusal(err):
		return &closing{code: closeForbidden, reason: "Forbidden"}
	case err != nil:
		c.server.cfg.Present(c.ctx, err)
		return &closing{code: websocket.StatusInternalError, reason: "Signing in cannot be checked just now"}
	}
	leave, ok := c.server.live.count(c.server.cfg.Caller(ctx))
	if !ok {
		return &closing{code: websocket.StatusTryAgainLater, reason: "Too many connections are open"}
	}
	c.ctx, c.leave = ctx, leave
	if !c.timer.Stop() {
		return nil // too late: 4408 is on its way
	}
	c.acknowledged = true
	c.enqueue(ctx, outgoing{text: []byte(`{"type":"connection_ack"}`)})
	return nil
}

// said is the sentence of a fault, short enough for a close frame.
func said(err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return "Bad request"
	}
	return short(f.Message)
}

// short fits a text into a close frame.
func short(text string) string { return fmt.Sprintf("%.100s", text) }
