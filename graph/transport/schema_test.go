package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/assay-hq/assay/internal/fault"
)

const sdl = `
enum Colour { RED GREEN }
input Wish { n: Int  colour: Colour  more: [Wish!]  must: Boolean! = true }
type PageInfo { hasNextPage: Boolean! }
type Item { id: ID!  name: String  parent: Item  items(first: Int, last: Int): Items!  dear: Item }
type Edge { cursor: String!  node: Item! }
type Items { edges: [Edge!]!  nodes: [Item!]!  totalCount: Int!  pageInfo: PageInfo! }
type Query {
	hello(name: String): String
	n(n: Int, f: Float, b: Boolean, id: ID, s: String, colour: Colour, wish: Wish, list: [Int!]): String
	item: Item
	items(first: Int, last: Int): Items!
	nodes(ids: [ID!]!): [Item]!
	fails: String
	faulty: String
	panics: String
	waits: String
	holds: String
	cost: Int
}
type Mutation { touch: String }
type Subscription { ticks: Int  item: Item  refused: Int  silent: Int }
`

// testSchema interprets sdl: a field is its resolver's value, or its own name where it has none.
type testSchema struct {
	schema    *ast.Schema
	resolvers map[string]func(ctx context.Context) (any, error)
	sources   map[string]func(ctx context.Context) (<-chan any, error)
	ran       atomic.Int32 // resolvers called
	priced    atomic.Int32 // fields priced
}

func newTestSchema(t testing.TB) *testSchema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return &testSchema{schema: schema, resolvers: map[string]func(context.Context) (any, error){
		"fails":  func(context.Context) (any, error) { return nil, errors.New("pq: password=hunter2") },
		"panics": func(context.Context) (any, error) { panic("hunter2") },
		"faulty": func(context.Context) (any, error) {
			return nil, fmt.Errorf("wrapped: %w", fault.New(fault.NotFound, "there is no such session"))
		},
		"waits": func(ctx context.Context) (any, error) {
			<-ctx.Done()
			return nil, errors.New("driver: statement cancelled")
		},
		"cost": func(ctx context.Context) (any, error) { return Cost(ctx), nil },
	}}
}

func (s *testSchema) Schema() *ast.Schema { return s.schema }

func (s *testSchema) Complexity(_ context.Context, _, field string, below int, _ map[string]any) (int, bool) {
	s.priced.Add(1)
	return 500 + below, field == "dear"
}

func (s *testSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx).Operation
	root := s.schema.Query
	if op.Operation == ast.Subscription {
		return s.subscribe(ctx, op)
	}
	if op.Operation == ast.Mutation {
		root = s.schema.Mutation
	}
	return func(ctx context.Context) *graphql.Response {
		data, err := json.Marshal(s.object(ctx, root.Name, op.SelectionSet))
		if err != nil {
			panic(err)
		}
		return &graphql.Response{Data: data}
	}
}

// subscribe does what gqlgen's generated code does with the one field of a subscription.
func (s *testSchema) subscribe(ctx context.Context, op *ast.OperationDefinition) graphql.ResponseHandler {
	field := graphql.CollectFields(graphql.GetOperationContext(ctx), op.SelectionSet, []string{"Subscription"})[0]
	ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Subscription", Field: field})
	s.ran.Add(1)
	events, err := s.sources[field.Name](ctx)
	if err != nil {
		graphql.AddError(ctx, err)
	}
	return func(ctx context.Context) *graphql.Response {
		select {
		case event := <-events:
			if event == nil {
				event = s.object(ctx, field.Definition.Type.Name(), field.Selections)
			}
			data, err := json.Marshal(map[string]any{field.Alias: event})
			if err != nil {
				panic(err)
			}
			return &graphql.Response{Data: data}
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *testSchema) object(ctx context.Context, typ string, set ast.SelectionSet) map[string]any {
	out := map[string]any{}
	for _, field := range graphql.CollectFields(graphql.GetOperationContext(ctx), set, []string{typ}) {
		out[field.Alias] = s.field(graphql.WithPathContext(ctx, graphql.NewPathWithField(field.Alias)), typ, field)
	}
	return out
}

func (s *testSchema) field(ctx context.Context, typ string, field graphql.CollectedField) (value any) {
	defer func() {
		if p := recover(); p != nil {
			graphql.AddError(ctx, graphql.GetOperationContext(ctx).Recover(ctx, p))
		}
	}()
	s.ran.Add(1)
	if resolve := s.resolvers[field.Name]; resolve != nil {
		value, err := resolve(ctx)
		if err != nil {
			graphql.AddError(ctx, err)
		}
		return value
	}
	switch {
	case field.Name == "__typename":
		return typ
	case introspective(field.Name):
		return nil
	case field.Definition.Type.Name() == "Int":
		return 1
	case len(field.Selections) == 0:
		return field.Name
	case field.Definition.Type.Elem != nil:
		return []any{s.object(ctx, field.Definition.Type.Name(), field.Selections)}
	default:
		return s.object(ctx, field.Definition.Type.Name(), field.Selections)
	}
}
