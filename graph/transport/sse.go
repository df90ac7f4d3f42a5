package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/assay-hq/assay/internal/fault"
)

// stream answers with server-sent events: graphql-sse in its distinct connections mode, one operation a response. It
// sends what run gives, then `complete`; a stream that ends without it is one to come back to.
func (s *Server) stream(ctx context.Context, w http.ResponseWriter, run func(ctx context.Context, send func(answer) error) error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	leave, refused := s.place(ctx, func(context.Context) { cancel(errDraining) })
	if refused != nil {
		s.refuse(ctx, w, mediaJSON, refused)
		return
	}
	defer leave()
	events := &events{w: w, conn: http.NewResponseController(w), patience: s.cfg.Limits.Live.Write, broken: cancel}
	events.begin()
	defer events.keepAlive(s.cfg.Limits.Live.KeepAlive)()
	send := func(body answer) error {
		text, _ := s.encode(ctx, body) // what cannot be encoded is an error of ours by now
		return events.send("next", text)
	}
	err := run(ctx, send)
	switch {
	case err == nil, errors.Is(err, errFollowed):
	case ctx.Err() != nil, errors.Is(err, errUnsent):
		return
	default:
		_ = send(s.refusalBody(ctx, err)) // a reader that is gone reads no `complete` either
	}
	_ = events.send("complete", nil)
}

// place gives a stream its place among everybody's and its caller's.
func (s *Server) place(ctx context.Context, drain func(context.Context)) (leave func(), refused *refusal) {
	leaveCaller, ok := s.live.count(s.cfg.Caller(ctx))
	if !ok {
		refused := refuse(http.StatusTooManyRequests, fault.New(fault.RateLimited, "too many connections are open; close one first"))
		refused.header = http.Header{"Retry-After": {"1"}}
		return nil, refused
	}
	leaveAll, ok := s.live.enter(drain)
	if !ok {
		leaveCaller()
		return nil, overloaded()
	}
	return func() { leaveAll(); leaveCaller() }, nil
}

// events writes server-sent events. Each must be taken within the patience, whatever the server's own time-outs are.
type events struct {
	conn     *http.ResponseController
	patience time.Duration
	broken   context.CancelCauseFunc

	mu sync.Mutex
	w  http.ResponseWriter
}

func (e *events) begin() {
	header := e.w.Header()
	header.Set("Content-Type", mediaStream+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // a proxy that gathers is no stream
	header.Add("Vary", "Accept")
	_ = e.conn.SetReadDeadline(time.Time{}) // a writer without deadlines has none to lift
	e.w.WriteHeader(http.StatusOK)
	_ = e.write("")
}

// send writes one event; its data is one line of JSON, or nothing.
func (e *events) send(name string, data []byte) error {
	if len(data) > 0 {
		data = append([]byte(" "), data...)
	}
	return e.write(fmt.Sprintf("event: %s\ndata:%s\n\n", name, data))
}

func (e *events) write(text string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = e.conn.SetWriteDeadline(time.Now().Add(e.patience)) // as above
	_, err := e.w.Write([]byte(text))
	if err == nil {
		err = e.conn.Flush()
	}
	if err != nil {
		e.broken(errUnsent)
		return errUnsent
	}
	return nil
}

// keepAlive writes a comment from time to time, so that nobody between takes a silent stream for a dead one; what it
// returns ends that and waits.
func (e *events) keepAlive(every time.Duration) (stop func()) {
	ticker, ending, ended := time.NewTicker(every), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ending:
				return
			case <-ticker.C:
				_ = e.write(":\n\n")
			}
		}
	}()
	return func() { ticker.Stop(); close(ending); <-ended }
}
