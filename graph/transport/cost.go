package transport

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// price is what a selection costs: one for each object it may return.
//
// A field that takes first or last multiplies what its edges and nodes select by the size of the page. Those two
// may come through a fragment, so a selection keeps them apart until the field around it is known. A list
// looked up by its argument ids is multiplied by their number; a field whose price the schema declares through
// gqlgen's complexity hook costs that. Directives are not believed: @include(if: false) costs as much.
type price struct {
	plain int // outside of edges and nodes
	paged int // within edges and nodes
	meta  int // introspection, which has a budget of its own
}

// metaList is how many elements a list of the schema's description is taken to have.
const metaList = 10

// ceiling is where sums stop growing, far above any limit and far below overflow.
const ceiling = math.MaxInt32

func add(a, b int) int { return min(a+b, ceiling) }

func times(a, b int) int {
	if b > 0 && a > ceiling/b {
		return ceiling
	}
	return a * b
}

// pricer prices one operation with its variables. Each fragment is priced once, however often it is spread.
type pricer struct {
	ctx       context.Context
	schema    graphql.ExecutableSchema
	limits    Limits
	vars      map[string]any
	doc       *ast.QueryDocument
	fragments map[string]price
}

func (p *pricer) set(set ast.SelectionSet) (sum price, err error) {
	for _, selection := range set {
		one, err := p.selection(selection)
		if err != nil {
			return price{}, err
		}
		sum = price{add(sum.plain, one.plain), add(sum.paged, one.paged), add(sum.meta, one.meta)}
	}
	return sum, nil
}

func (p *pricer) selection(selection ast.Selection) (price, error) {
	switch selection := selection.(type) {
	case *ast.Field:
		return p.field(selection)
	case *ast.InlineFragment:
		return p.set(selection.SelectionSet)
	case *ast.FragmentSpread:
		return p.fragment(selection)
	default:
		return price{}, nil
	}
}

func (p *pricer) fragment(spread *ast.FragmentSpread) (price, error) {
	if known, ok := p.fragments[spread.Name]; ok {
		return known, nil
	}
	sum, err := p.set(spread.Definition.SelectionSet)
	p.fragments[spread.Name] = sum
	return sum, err
}

func (p *pricer) field(field *ast.Field) (price, error) {
	inner, err := p.set(field.SelectionSet)
	if err != nil {
		return price{}, err
	}
	if strings.HasPrefix(field.Name, "__") || strings.HasPrefix(field.ObjectDefinition.Name, "__") {
		return price{meta: p.meta(field, inner.meta)}, nil
	}
	size, err := p.size(field)
	if err != nil {
		return price{}, err
	}
	total := price{meta: inner.meta}
	cost := p.declared(field, inner, size)
	if field.Name == "edges" || field.Name == "nodes" {
		total.paged = cost
	} else {
		total.plain = cost
	}
	return total, nil
}

// declared is the price that the schema gives a field, or else the derived one.
func (p *pricer) declared(field *ast.Field, inner price, size int) int {
	below := add(inner.plain, times(inner.paged, size))
	cost, ok := p.schema.Complexity(p.ctx, field.ObjectDefinition.Name, field.Name, below, field.ArgumentMap(p.vars))
	switch {
	case ok:
		return min(max(cost, 0), ceiling)
	case len(field.SelectionSet) == 0:
		return 0
	case field.Definition.Type.Elem != nil:
		return times(add(1, add(inner.plain, inner.paged)), size)
	default:
		return add(1, below)
	}
}

func (p *pricer) meta(field *ast.Field, below int) int {
	switch {
	case len(field.SelectionSet) == 0:
		return 0
	case field.Definition.Type.Elem != nil:
		return times(add(1, below), metaList)
	default:
		return add(1, below)
	}
}

// size is how many objects a field returns at most: the larger of first and last, or the number of ids. A page
// size out of bounds is the caller's fault.
func (p *pricer) size(field *ast.Field) (int, error) {
	if ids, ok := p.argument(field, "ids").([]any); ok {
		return len(ids), nil
	}
	size, pages := 0, false
	for _, name := range []string{"first", "last"} {
		if field.Definition.Arguments.ForName(name) == nil {
			continue
		}
		pages = true
		value := p.argument(field, name)
		if value == nil {
			continue
		}
		n, ok := value.(int64)
		if !ok || n < 1 || n > int64(p.limits.PageMax) {
			return 0, badInput(name+" must be from 1 to "+strconv.Itoa(p.limits.PageMax), field.Position)
		}
		size = max(size, int(n))
	}
	switch {
	case !pages:
		return 1, nil
	case size == 0:
		return p.limits.PageDefault, nil
	default:
		return size, nil
	}
}

// argument is the value of one argument as the resolver will get it, or nil.
func (p *pricer) argument(field *ast.Field, name string) any {
	if field.Definition.Arguments.ForName(name) == nil {
		return nil
	}
	return field.ArgumentMap(p.vars)[name]
}
