// Package transport serves any executable schema as GraphQL over HTTP, WebSocket and server-sent events.
//
// It reads one request, refuses what is too large, too deep or too dear before anything is executed, lets
// gqlgen's executor run the rest, and writes one answer. Sockets speak graphql-transport-ws, streams graphql-sse in
// distinct connections mode; what comes in through them meets the same limits, costs and presenter. It knows no type of
// the schema, no rule of the domain and no credential: who is asking arrives in the context, and errors leave through
// one presenter.
package transport

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/assay-hq/assay/internal/fault"
)

// Config is what a Server needs. Every field must be given, but for Present, Around and those of connections that
// outlive a request.
type Config struct {
	Schema        graphql.ExecutableSchema
	Limits        Limits
	Introspection func(ctx context.Context) bool                       // may this caller see the schema?
	ViaCookie     func(ctx context.Context) bool                       // did a cookie say who is asking?
	RequestID     func(ctx context.Context) string                     // what an error names to the caller
	Log           *slog.Logger                                         // where the errors that are ours go
	Present       func(ctx context.Context, err error) *gqlerror.Error // nil: Present(RequestID, Log)
	Around        func(ctx context.Context) context.Context            // nil: nothing; called once an operation and once an event, such as for batch loaders

	// Begin says who asks on a socket, by its first message; an error refuses it. Nil: whoever sent the request.
	Begin func(ctx context.Context, message map[string]any) (context.Context, error)
	// Again finds whoever asks anew, before each operation on a socket and each event; an error that is a refusal ends
	// the stream. Nil: whoever asked first.
	Again func(ctx context.Context) (context.Context, error)
	// Caller names whoever asks, for counting their connections. Nil: everybody is one.
	Caller func(ctx context.Context) string
	// Origin is the site's own, such as https://assay.example: a socket known by a cookie must come from it, or from the
	// host that it is opened to.
	Origin string
}

// Server is an http.Handler that answers GraphQL requests. It is safe for concurrent use.
type Server struct {
	cfg       Config
	exec      *executor.Executor
	rules     []validator.Rule
	documents *cache
	slots     chan struct{} // one for each operation in flight
	looks     chan struct{} // one for each subscription that looks for its next event
	live      *live
}

// New makes a Server from a complete Config.
func New(cfg Config) *Server {
	if cfg.Present == nil {
		cfg.Present = Present(cfg.RequestID, cfg.Log)
	}
	if cfg.Around == nil {
		cfg.Around = func(ctx context.Context) context.Context { return ctx }
	}
	cfg.connections()
	exec := executor.New(cfg.Schema)
	exec.SetErrorPresenter(cfg.Present)
	exec.SetRecoverFunc(recovered)
	return &Server{
		cfg:       cfg,
		exec:      exec,
		rules:     validationRules(),
		documents: newCache(cfg.Limits.Documents, cfg.Limits.DocumentBytes),
		slots:     make(chan struct{}, cfg.Limits.InFlight),
		looks:     make(chan struct{}, max(1, cfg.Limits.Live.Looks)),
		live:      newLive(cfg.Limits.Live),
	}
}

// connections fills in what a Config may leave open about connections that outlive a request.
func (cfg *Config) connections() {
	if cfg.Begin == nil {
		cfg.Begin = func(ctx context.Context, _ map[string]any) (context.Context, error) { return ctx, nil }
	}
	if cfg.Again == nil {
		cfg.Again = func(ctx context.Context) (context.Context, error) { return ctx, nil }
	}
	if cfg.Caller == nil {
		cfg.Caller = func(context.Context) string { return "" }
	}
}

// ServeHTTP answers one request: once, as a stream of events, or by a socket. A panic anywhere below is answered as
// ours.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if upgrades(r) {
		s.serveSocket(w, r)
		return
	}
	accepts := negotiate(r.Header.Values("Accept"))
	ctx := withOperation(r.Context())
	resp, followed, refused := s.answer(ctx, w, r, accepts)
	switch {
	case refused != nil && (refused.status != 0 || accepts.media != mediaStream):
		s.refuse(ctx, w, accepts.refusalMedia(), refused)
	case refused != nil:
		s.stream(ctx, w, func(_ context.Context, send func(answer) error) error {
			return send(s.refusalBody(ctx, refused.errs...))
		})
	case followed != nil:
		s.stream(ctx, w, func(ctx context.Context, send func(answer) error) error { return s.follow(ctx, followed, send) })
	case accepts.media == mediaStream:
		s.stream(ctx, w, func(_ context.Context, send func(answer) error) error { return send(executed(resp)) })
	default:
		s.reply(ctx, w, accepts.media, resp)
	}
}

// answer executes a request, or prepares a subscription that is to be followed.
func (s *Server) answer(
	ctx context.Context, w http.ResponseWriter, r *http.Request, accepts accepted,
) (resp *graphql.Response, followed *graphql.OperationContext, refused *refusal) {
	defer func() {
		if p := recover(); p != nil {
			resp, followed, refused = nil, nil, refuse(http.StatusInternalServerError, recovered(ctx, p))
		}
	}()
	if refused := s.admit(ctx, r, accepts.ok); refused != nil {
		return nil, nil, refused
	}
	req, refused := s.read(w, r)
	if refused != nil {
		return nil, nil, refused
	}
	return s.run(ctx, door{header: r.Header, reads: r.Method == http.MethodGet, streams: accepts.streamed}, req)
}

// run prepares an operation and executes it, unless it is to be followed.
func (s *Server) run(ctx context.Context, in door, req request) (*graphql.Response, *graphql.OperationContext, *refusal) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		return nil, nil, overloaded()
	}
	opCtx, refused := s.prepare(ctx, in, req)
	if refused != nil {
		return nil, nil, refused
	}
	if opCtx.Operation.Operation == ast.Subscription {
		return nil, opCtx, nil
	}
	return s.execute(ctx, opCtx), nil, nil
}

// execute runs a prepared operation until its time is over.
func (s *Server) execute(ctx context.Context, opCtx *graphql.OperationContext) *graphql.Response {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Limits.Time)
	defer cancel()
	ctx = s.cfg.Around(graphql.WithOperationContext(ctx, opCtx))
	handler, ctx := s.exec.DispatchOperation(ctx, opCtx)
	if resp := handler(ctx); resp != nil {
		return resp
	}
	// The executor answers nothing at all once the context is done.
	return &graphql.Response{Errors: gqlerror.List{s.cfg.Present(ctx, context.Cause(ctx))}}
}

func overloaded() *refusal {
	refused := refuse(http.StatusServiceUnavailable, fault.New(fault.Overloaded, "too many operations are in flight; try again shortly"))
	refused.header = http.Header{"Retry-After": {"1"}}
	return refused
}

// panicked is a panic as an error, with the stack that only the log may see.
type panicked struct {
	value any
	stack string
}

func (p *panicked) Error() string { return "panic" }

func recovered(_ context.Context, value any) error {
	return &panicked{value: value, stack: string(debug.Stack())}
}
