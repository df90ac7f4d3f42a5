package transport

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/assay-hq/assay/internal/fault"
)

// task is one operation of a socket.
type task struct {
	id      string
	cancel  context.CancelCauseFunc
	dropped atomic.Bool // the client completed it: what waits of it is not sent
	follows atomic.Bool // it is a subscription
}

// tasks are the operations of a socket.
type tasks struct {
	mu       sync.Mutex
	running  map[string]*task
	draining bool
	busy     int           // goroutines
	idle     chan struct{} // is closed when none is left, if somebody waits
}

// add begins an operation, if there is room.
func (ts *tasks) add(t *task, most int) error {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	switch {
	case ts.running[t.id] != nil:
		return errTaken
	case ts.draining:
		return fault.New(fault.Overloaded, errDraining.Error())
	case len(ts.running) >= most:
		return exceeded("operations", "too many operations on this connection; complete one first")
	}
	ts.running[t.id] = t
	ts.busy++
	return nil
}

// errTaken says that an operation with this id is running.
var errTaken = errors.New("taken")

// forget frees an operation's id.
func (ts *tasks) forget(t *task) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.running[t.id] == t {
		delete(ts.running, t.id)
	}
}

// complete ends the operation with an id, if there is one.
func (ts *tasks) complete(id string) {
	ts.mu.Lock()
	t := ts.running[id]
	delete(ts.running, id)
	ts.mu.Unlock()
	if t != nil {
		t.dropped.Store(true)
		t.cancel(errUnsent)
	}
}

// done counts an operation's goroutine out.
func (ts *tasks) done() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.busy--
	if ts.busy == 0 && ts.idle != nil {
		close(ts.idle)
		ts.idle = nil
	}
}

// drain lets no operation begin and ends the subscriptions.
func (ts *tasks) drain() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.draining = true
	for _, t := range ts.running {
		if t.follows.Load() {
			t.cancel(errDraining)
		}
	}
}

// wait waits until no operation runs, or for the context.
func (ts *tasks) wait(ctx context.Context) {
	ts.mu.Lock()
	if ts.busy == 0 {
		ts.mu.Unlock()
		return
	}
	if ts.idle == nil {
		ts.idle = make(chan struct{})
	}
	idle := ts.idle
	ts.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

// isDraining reports whether subscriptions end.
func (ts *tasks) isDraining() bool {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return ts.draining
}

// message is one message of the protocol as a client sends it.
type message struct {
	id, kind string
	payload  map[string]any
}

// decodeMessage reads a message strictly; why it cannot be read is for the close frame.
func decodeMessage(text []byte, longest int) (m message, err error) {
	value, err := decodeJSON(text)
	if err != nil {
		return m, err
	}
	members, ok := value.(map[string]any)
	if !ok {
		return m, errors.New("a message is an object")
	}
	var fine [3]bool
	m.id, fine[0] = optional[string](members["id"])
	m.kind, fine[1] = optional[string](members["type"])
	m.payload, fine[2] = optional[map[string]any](members["payload"])
	if fine != [3]bool{true, true, true} || len(m.id) > longest {
		return m, errors.New("id and type are short texts, payload is an object")
	}
	return m, nil
}

// invalid ends a socket whose client does not keep to the protocol.
func invalid(why string) *closing {
	return &closing{code: closeBadMessage, reason: short("Invalid message: " + why)}
}

// handle does what a message says; what it returns ends the socket.
func (c *socket) handle(text []byte) *closing {
	m, err := decodeMessage(text, c.server.cfg.Limits.Live.ID)
	if err != nil {
		return invalid(err.Error())
	}
	switch {
	case m.kind == "connection_init":
		return c.begin(m.payload)
	case m.kind == "ping":
		c.enqueue(c.ctx, outgoing{text: []byte(`{"type":"pong"}`)})
	case m.kind == "pong":
	case m.kind == "complete" && m.id != "":
		c.tasks.complete(m.id)
	case m.kind == "subscribe" && m.id != "" && m.payload != nil:
		return c.subscribe(m)
	default:
		return invalid("unknown type, or without id or payload")
	}
	return nil
}

// subscribe begins an operation of any kind.
func (c *socket) subscribe(m message) *closing {
	if !c.acknowledged {
		return &closing{code: closeUnauthorized, reason: "Unauthorized"}
	}
	req, err := newRequest(m.payload)
	if err != nil {
		return invalid(err.Error())
	}
	ctx, cancel := context.WithCancelCause(withOperation(c.ctx))
	t := &task{id: m.id, cancel: cancel}
	err = c.tasks.add(t, c.server.cfg.Limits.Live.Operations)
	switch {
	case errors.Is(err, errTaken):
		cancel(nil)
		return &closing{code: closeExists, reason: short("Subscriber for " + m.id + " already exists")}
	case err != nil:
		c.fail(ctx, t, err)
		cancel(nil)
		return nil
	}
	go func() {
		defer c.tasks.done()
		defer cancel(nil)
		defer c.tasks.forget(t)
		c.perform(ctx, t, req)
	}()
	return nil
}

// perform runs one operation, for whoever asks as they are found now.
func (c *socket) perform(ctx context.Context, t *task, req request) {
	defer func() {
		if p := recover(); p != nil {
			c.fail(ctx, t, recovered(ctx, p))
		}
	}()
	again, err := c.server.cfg.Again(ctx)
	if err != nil {
		c.refuse(ctx, t, err)
		return
	}
	ctx = again
	if len(req.query) > c.server.cfg.Limits.Query {
		c.fail(ctx, t, exceeded("body", "the query text is too long"))
		return
	}
	resp, followed, refused := c.server.run(ctx, door{header: c.header, streams: everything}, req)
	switch {
	case refused != nil:
		c.fail(ctx, t, refused.errs...)
	case followed != nil:
		c.follow(ctx, t, followed)
	default:
		if c.next(ctx, t, executed(resp)) == nil {
			c.complete(ctx, t)
		}
	}
}

// follow sends a subscription's events. Whoever may not go on loses the socket.
func (c *socket) follow(ctx context.Context, t *task, opCtx *graphql.OperationContext) {
	t.follows.Store(true)
	if c.tasks.isDraining() {
		return
	}
	err := c.server.follow(ctx, opCtx, func(body answer) error {
		if body.Data == nil {
			c.errors(ctx, t, body)
			return nil
		}
		return c.next(ctx, t, body)
	})
	switch {
	case errors.Is(err, errFollowed), ctx.Err() != nil, errors.Is(err, errUnsent):
	default:
		c.refuse(ctx, t, err)
	}
}

// refuse ends the socket if an error says that whoever asks may not any more, and the operation alone if it does not.
func (c *socket) refuse(ctx context.Context, t *task, err error) {
	if isRefusal(err) {
		c.end(closing{code: closeForbidden, reason: "Forbidden"})
		return
	}
	c.fail(ctx, t, err)
}

// next sends one result of an operation.
func (c *socket) next(ctx context.Context, t *task, body answer) error {
	payload, _ := c.server.encode(ctx, body) // what cannot be encoded is an error of ours by now
	return c.send(ctx, t, "next", payload)
}

// complete says that nothing more of an operation comes. Its id is free before the client can know.
func (c *socket) complete(ctx context.Context, t *task) {
	c.tasks.forget(t)
	_ = c.send(ctx, t, "complete", nil) // a reader that is gone misses nothing
}

// fail ends an operation by an error; no `complete` follows.
func (c *socket) fail(ctx context.Context, t *task, errs ...error) {
	c.errors(ctx, t, c.server.refusalBody(ctx, errs...))
}

func (c *socket) errors(ctx context.Context, t *task, body answer) {
	c.tasks.forget(t)
	payload, _ := json.Marshal(capped(body.Errors, c.server.cfg.Limits.Errors)) // strings only: cannot fail
	_ = c.send(ctx, t, "error", payload)
}

func (c *socket) send(ctx context.Context, t *task, kind string, payload json.RawMessage) error {
	text, err := json.Marshal(struct {
		ID      string          `json:"id"`
		Type    string          `json:"type"`
		Payload json.RawMessage `json:"payload,omitempty"`
	}{t.id, kind, payload})
	if err != nil || !c.enqueue(ctx, outgoing{text, t}) {
		return errUnsent
	}
	return nil
}

// everything is what a socket streams.
func everything(ast.Operation) bool { return true }
