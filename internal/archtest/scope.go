package archtest

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/packages"
)

// beginsWithScope finds exported operations that do not ask the policy first.
//
// An operation is an exported method of a domain room's Service that takes a policy.Actor. The first thing it
// calls is one of tenant's As… methods, with the actor; or it is one return statement that hands the actor to
// another function of its room. A method with a context and no actor has nobody to ask about, and is a finding.
func beginsWithScope(h *House) []Finding {
	var out []Finding
	for p, d := range h.decls() {
		method, ok := d.(*ast.FuncDecl)
		if !ok || !h.isDomain(p) || receiver(method) != "Service" || !method.Name.IsExported() {
			continue
		}
		if text := h.judgeOperation(p, method); text != "" {
			out = append(out, h.finding(p, d, method.Pos(), "%s", text))
		}
	}
	return out
}

// judgeOperation says what is wrong with an exported method of a Service, or nothing.
func (h *House) judgeOperation(p *packages.Package, method *ast.FuncDecl) string {
	f, ok := p.TypesInfo.Defs[method.Name].(*types.Func)
	if !ok || method.Body == nil {
		return ""
	}
	actor := h.param(f, "policy", "Actor")
	switch {
	case actor != nil && !h.asksFirst(p, method.Body, actor) && !handsOn(p, method.Body, actor):
		return "the operation does not begin with a scope: call tenant's As… first, with the actor"
	case actor == nil && takesContext(f):
		return "a method with a context takes the actor it works for"
	}
	return ""
}

// param is a function's parameter of a named type of the house, or nil.
func (h *House) param(f *types.Func, pkg, name string) *types.Var {
	for v := range f.Signature().Params().Variables() {
		if t, ok := types.Unalias(v.Type()).(*types.Named); ok && h.isNamed(t, pkg, name) {
			return v
		}
	}
	return nil
}

func takesContext(f *types.Func) bool {
	for v := range f.Signature().Params().Variables() {
		t, ok := types.Unalias(v.Type()).(*types.Named)
		if ok && t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == "context" && t.Obj().Name() == "Context" {
			return true
		}
	}
	return false
}

// asksFirst reports whether a body's first call is one of tenant's As… methods and is given the actor.
func (h *House) asksFirst(p *packages.Package, body *ast.BlockStmt, actor *types.Var) bool {
	call := firstCall(p, body)
	if call == nil {
		return false
	}
	f := callee(p, call)
	if f == nil || !strings.HasPrefix(f.Name(), "As") || f.Pkg() == nil || f.Pkg().Path() != h.Module+"/internal/tenant" {
		return false
	}
	return ownerOf(f) != nil && mentions(p, call.Args, actor)
}

// handsOn reports whether a body is one return statement that gives the actor to a function of the same room.
func handsOn(p *packages.Package, body *ast.BlockStmt, actor *types.Var) bool {
	if len(body.List) != 1 {
		return false
	}
	ret, ok := body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	call, ok := ast.Unparen(ret.Results[0]).(*ast.CallExpr)
	if !ok {
		return false
	}
	f := callee(p, call)
	return f != nil && f.Pkg() == p.Types && mentions(p, call.Args, actor)
}

// firstCall is the first call in a body as it is written; conversions and builtins like len are none.
func firstCall(p *packages.Package, body *ast.BlockStmt) *ast.CallExpr {
	var first *ast.CallExpr
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && first == nil && p.TypesInfo.Types[call.Fun].IsValue() {
			first = call
		}
		return first == nil
	})
	return first
}

// callee is the function or method that a call names, or nil if it calls a value.
func callee(p *packages.Package, call *ast.CallExpr) *types.Func {
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	var id *ast.Ident
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil
	}
	f, _ := p.TypesInfo.Uses[id].(*types.Func)
	return f
}

// mentions reports whether one of the arguments uses a variable.
func mentions(p *packages.Package, args []ast.Expr, v *types.Var) bool {
	found := false
	for _, arg := range args {
		ast.Inspect(arg, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && p.TypesInfo.Uses[id] == v {
				found = true
			}
			return !found
		})
	}
	return found
}
