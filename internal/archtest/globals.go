package archtest

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/packages"
)

// globals finds package-level variables that are state: of a type that can change behind a copy (a pointer, a
// channel, an interface, a lock), without a value to begin with, or written to anywhere. What remains are
// tables, error values, compiled patterns and embedded files, which are constants in all but name. A test
// process has one database server, so dbtest may keep it.
func globals(h *House) []Finding {
	var out []Finding
	for p, d := range h.decls() {
		if h.in(p, []string{"./internal/dbtest/..."}) {
			continue
		}
		if vars, ok := d.(*ast.GenDecl); ok && vars.Tok == token.VAR {
			out = append(out, h.stateful(p, vars)...)
		}
		ast.Inspect(d, func(n ast.Node) bool {
			for _, target := range written(p, n) {
				if v := global(p, target); v != nil {
					out = append(out, h.finding(p, d, target.Pos(), "writes the package-level variable %s", v.Name()))
				}
			}
			return true
		})
	}
	return out
}

// stateful judges the declarations themselves.
func (h *House) stateful(p *packages.Package, vars *ast.GenDecl) []Finding {
	var out []Finding
	for _, s := range vars.Specs {
		spec := s.(*ast.ValueSpec)
		for i, name := range spec.Names {
			v, ok := p.TypesInfo.Defs[name].(*types.Var)
			switch {
			case !ok || name.Name == "_" || embedded(vars, spec):
			case len(spec.Values) == 0:
				out = append(out, h.finding(p, vars, name.Pos(), "%s has no value to begin with, so somebody must write it", name.Name))
			case !fixed(v.Type(), map[types.Type]bool{}) || remembers(v.Type(), spec.Values[min(i, len(spec.Values)-1)]):
				out = append(out, h.finding(p, vars, name.Pos(), "%s is state: %s", name.Name, v.Type()))
			}
		}
	}
	return out
}

// embedded reports whether the declaration carries go:embed.
func embedded(vars *ast.GenDecl, spec *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{vars.Doc, spec.Doc} {
		if doc == nil {
			continue
		}
		for _, line := range doc.List {
			if strings.HasPrefix(line.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}

// immutable are pointer types whose values nobody can change once they are made.
var immutable = map[string]bool{
	"*regexp.Regexp": true, "*strings.Replacer": true, "*time.Location": true,
	"*text/template.Template": true, "*html/template.Template": true, "*math/big.Int": true,
}

// fixed reports whether a value of a type stays as it is while nobody writes to it.
func fixed(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] || t.String() == "error" || immutable[types.TypeString(t, nil)] {
		return true
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Basic, *types.Signature:
		return true
	case *types.Slice:
		return fixed(u.Elem(), seen)
	case *types.Array:
		return fixed(u.Elem(), seen)
	case *types.Map:
		return fixed(u.Key(), seen) && fixed(u.Elem(), seen)
	case *types.Struct:
		return fixedFields(t, u, seen)
	}
	return isReflectType(t)
}

// remembers reports whether a function value was made by a call, as sync.OnceValue makes one: it may hold state.
func remembers(t types.Type, value ast.Expr) bool {
	_, function := t.Underlying().(*types.Signature)
	_, call := ast.Unparen(value).(*ast.CallExpr)
	return function && call
}

func fixedFields(t types.Type, s *types.Struct, seen map[types.Type]bool) bool {
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		if path := named.Obj().Pkg().Path(); path == "sync" || path == "sync/atomic" {
			return false
		}
	}
	for f := range s.Fields() {
		if !fixed(f.Type(), seen) {
			return false
		}
	}
	return true
}

func isReflectType(t types.Type) bool { return t.String() == "reflect.Type" }

// written is what a node assigns to, counts up, deletes from, or takes the address of.
func written(p *packages.Package, n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN && n.Key != nil {
			return []ast.Expr{n.Key}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		return writtenByCall(p, n)
	}
	return nil
}

// writtenByCall is what a builtin changes, or the receiver that a pointer method is called on.
func writtenByCall(p *packages.Package, call *ast.CallExpr) []ast.Expr {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		if _, ok := p.TypesInfo.Uses[fun].(*types.Builtin); ok && (fun.Name == "delete" || fun.Name == "clear" || fun.Name == "copy") {
			return call.Args[:1]
		}
	case *ast.SelectorExpr:
		method, ok := p.TypesInfo.Uses[fun.Sel].(*types.Func)
		if ok && method.Signature().Recv() != nil && isPointer(method.Signature().Recv().Type()) && !isPointer(p.TypesInfo.TypeOf(fun.X)) {
			return []ast.Expr{fun.X}
		}
	}
	return nil
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// global is the package-level variable of the house that an expression reaches into, or nil.
func global(p *packages.Package, e ast.Expr) *types.Var {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			v, ok := p.TypesInfo.Uses[x].(*types.Var)
			if ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
				return v
			}
			return nil
		case *ast.SelectorExpr:
			if _, field := p.TypesInfo.Selections[x]; !field {
				e = x.Sel
			} else {
				e = x.X
			}
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}
