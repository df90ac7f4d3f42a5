package transport

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/assay-hq/assay/internal/fault"
)

type operationKey struct{}

// operation is what is known of the request at hand; it travels in the context.
type operation struct {
	costed bool
	cost   int
	logged atomic.Int32 // errors written to the log so far
	source *source      // of a subscription's events
}

// door is how an operation came in.
type door struct {
	header  http.Header
	reads   bool // only what changes nothing may come in
	streams func(ast.Operation) bool
}

func withOperation(ctx context.Context) context.Context {
	return context.WithValue(ctx, operationKey{}, &operation{})
}

// operationOf is the request's operation; outside of a request it is one that nobody else sees.
func operationOf(ctx context.Context) *operation {
	if op, ok := ctx.Value(operationKey{}).(*operation); ok {
		return op
	}
	return &operation{}
}

// Cost is what the operation being executed was charged, or zero outside of one.
func Cost(ctx context.Context) int { return operationOf(ctx).cost }

// prepare turns a request into an operation that may be executed, or says why not.
func (s *Server) prepare(ctx context.Context, in door, req request) (*graphql.OperationContext, *refusal) {
	doc, errs := s.document(req)
	if errs != nil {
		return nil, refuse(0, errs...)
	}
	op := doc.Operations.ForName(req.operationName)
	if op == nil {
		return nil, refuse(0, badInput("operationName must name one operation of the document", nil))
	}
	if refused := s.permit(ctx, in, doc, op); refused != nil {
		return nil, refused
	}
	vars, err := s.variables(op, req.variables)
	if err != nil {
		return nil, refuse(0, err)
	}
	if err := s.charge(ctx, doc, op, vars); err != nil {
		return nil, refuse(0, err)
	}
	return &graphql.OperationContext{
		RawQuery:               req.query,
		Variables:              vars,
		OperationName:          req.operationName,
		Doc:                    doc,
		Extensions:             req.extensions,
		Headers:                in.header,
		Operation:              op,
		DisableIntrospection:   !s.cfg.Introspection(ctx),
		RecoverFunc:            recovered,
		ResolverMiddleware:     func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
	}, nil
}

// permit refuses what this door or this caller may not do at all.
func (s *Server) permit(ctx context.Context, in door, doc *ast.QueryDocument, op *ast.OperationDefinition) *refusal {
	streamed := op.Operation == ast.Subscription && in.streams(op.Operation)
	if in.reads && op.Operation != ast.Query && !streamed {
		return wrongMethod("only queries, and subscriptions as text/event-stream, may be sent with GET", http.MethodPost)
	}
	if op.Operation == ast.Subscription && !streamed {
		return refuse(0, badInput("subscriptions need a stream: accept text/event-stream or open a WebSocket", op.Position))
	}
	if introspects(doc) && !s.cfg.Introspection(ctx) {
		return refuse(0, fault.New(fault.Denied, "introspection is off"))
	}
	return nil
}

// charge computes the operation's cost, keeps it for Cost, and refuses an operation that is too dear.
func (s *Server) charge(ctx context.Context, doc *ast.QueryDocument, op *ast.OperationDefinition, vars map[string]any) error {
	p := pricer{ctx: ctx, schema: s.cfg.Schema, limits: s.cfg.Limits, vars: vars, doc: doc, fragments: map[string]price{}}
	sum, err := p.set(op.SelectionSet)
	if err != nil {
		return err
	}
	state := operationOf(ctx)
	state.cost, state.costed = add(sum.plain, sum.paged), true
	if state.cost > s.cfg.Limits.Cost {
		return exceeded("cost", "the operation costs more than one operation may")
	}
	if sum.meta > s.cfg.Limits.Introspection {
		return exceeded("cost", "the introspection costs more than one operation may")
	}
	return nil
}

// variables checks the given values against their declared types and adds the defaults.
func (s *Server) variables(op *ast.OperationDefinition, given map[string]any) (map[string]any, error) {
	if err := checkVariables(s.cfg.Schema.Schema(), op, given); err != nil {
		return nil, err
	}
	vars, err := validator.VariableValues(s.cfg.Schema.Schema(), op, given)
	if gqlErr, ok := err.(*gqlerror.Error); ok {
		// The path leads to the variable; in an answer it would mean a place in the data.
		return nil, badInput(strings.TrimSpace(gqlErr.Path.String()+" "+gqlErr.Message), nil)
	}
	return vars, err
}
