// Package transport serves any executable schema as GraphQL over HTTP.
//
// It reads one request, refuses what is too large, too deep or too dear before anything is executed, lets
// gqlgen's executor run the rest, and writes one answer. It knows no type of the schema, no rule of the domain
// and no credential: who is asking arrives in the context, and errors leave through one presenter.
package transport

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/assay-hq/assay/internal/fault"
)

// Config is what a Server needs. Every field must be given, but for Present and Around.
type Config struct {
	Schema        graphql.ExecutableSchema
	Limits        Limits
	Introspection func(ctx context.Context) bool                       // may this caller see the schema?
	ViaCookie     func(ctx context.Context) bool                       // did a cookie say who is asking?
	RequestID     func(ctx context.Context) string                     // what an error names to the caller
	Log           *slog.Logger                                         // where the errors that are ours go
	Present       func(ctx context.Context, err error) *gqlerror.Error // nil: Present(RequestID, Log)
	Around        func(ctx context.Context) context.Context            // nil: nothing; called once an operation, such as for batch loaders
}

// Server is an http.Handler that answers GraphQL requests. It is safe for concurrent use.
type Server struct {
	cfg       Config
	exec      *executor.Executor
	rules     []validator.Rule
	documents *cache
	slots     chan struct{} // one for each operation in flight
}

// New makes a Server from a complete Config.
func New(cfg Config) *Server {
	if cfg.Present == nil {
		cfg.Present = Present(cfg.RequestID, cfg.Log)
	}
	if cfg.Around == nil {
		cfg.Around = func(ctx context.Context) context.Context { return ctx }
	}
	exec := executor.New(cfg.Schema)
	exec.SetErrorPresenter(cfg.Present)
	exec.SetRecoverFunc(recovered)
	return &Server{
		cfg:       cfg,
		exec:      exec,
		rules:     validationRules(),
		documents: newCache(cfg.Limits.Documents, cfg.Limits.DocumentBytes),
		slots:     make(chan struct{}, cfg.Limits.InFlight),
	}
}

// ServeHTTP answers one request, once. A panic anywhere below is answered as ours.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	media, acceptable := negotiate(r.Header.Values("Accept"))
	ctx := withOperation(r.Context())
	resp, refused := s.answer(ctx, w, r, acceptable)
	if refused != nil {
		s.refuse(ctx, w, media, refused)
		return
	}
	s.reply(ctx, w, media, resp)
}

func (s *Server) answer(ctx context.Context, w http.ResponseWriter, r *http.Request, acceptable bool) (resp *graphql.Response, refused *refusal) {
	defer func() {
		if p := recover(); p != nil {
			resp, refused = nil, refuse(http.StatusInternalServerError, recovered(ctx, p))
		}
	}()
	if refused := s.admit(ctx, r, acceptable); refused != nil {
		return nil, refused
	}
	req, refused := s.read(w, r)
	if refused != nil {
		return nil, refused
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		return nil, overloaded()
	}
	opCtx, refused := s.prepare(ctx, r, req)
	if refused != nil {
		return nil, refused
	}
	return s.execute(ctx, opCtx), nil
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
