package archtest

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/packages"
)

// ban forbids using something, wherever in the house it is not expressly allowed.
type ban struct {
	name    string
	used    func(h *House, obj types.Object) bool
	only    []string // the rooms it holds in; empty means all
	allowed []string // the rooms that may
	why     string
}

// bans are the rules about what a hand-written file says, decided by type and not by spelling.
var bans = []ban{
	{
		name: "entities are records", used: queriesEntity,
		allowed: []string{"./internal/tenant/..."},
		why:     "an entity's own queries and updates leave its scope",
	},
	{
		name: "one holder of the client", used: isEntClient,
		allowed: []string{"./internal/tenant/...", "./internal/dbtest/..."},
		why:     "only a scope reaches the database",
	},
	{
		name: "insight writes nothing", used: writesRows,
		only: []string{"./internal/insight/..."},
		why:  "what dashboards ask never changes a row",
	},
	{
		name: "directory", used: isDirectory,
		allowed: []string{"./internal/tenant/...", "./internal/login/...", "./internal/demo/...", "./cmd/..."},
		why:     "only signing in, the worker and the demonstration that founds organizations read before an organization is known",
	},
	{
		name: "no autocommit", used: autocommits,
		allowed: []string{"./internal/tenant/...", "./internal/migration/...", "./internal/dbtest/..."},
		why:     "the driver may run a statement twice when a reply is lost; transactions begin in tenant.InTx",
	},
	{
		name: "clock", used: readsClock,
		allowed: []string{"./cmd/...", "./internal/login/...", "./internal/web/...", "./graph/transport/...", "./internal/dbtest/..."},
		why:     "time comes in through a constructor or is scope.Now",
	},
	{
		name: "panic", used: isPanic,
		why: "panics are for programmer error at start-up, with a line in the list of exceptions",
	},
}

// rule turns a ban into a rule over the whole house.
func (b ban) rule() Rule {
	return Rule{Name: b.name, Check: func(h *House) []Finding {
		var out []Finding
		for p, d := range h.decls() {
			if h.in(p, b.allowed) || (len(b.only) > 0 && !h.in(p, b.only)) {
				continue
			}
			out = append(out, b.findings(h, p, d)...)
		}
		return out
	}}
}

func (b ban) findings(h *House, p *packages.Package, d ast.Decl) []Finding {
	var out []Finding
	ast.Inspect(d, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := p.TypesInfo.ObjectOf(id); obj != nil && b.used(h, obj) {
				out = append(out, h.finding(p, d, id.Pos(), "%s: %s", id.Name, b.why))
			}
		}
		return true
	})
	return out
}

// queriesEntity knows the Query… and Update… methods of an ent entity.
func queriesEntity(h *House, obj types.Object) bool {
	owner := ownerOf(obj)
	if owner == nil || !h.isEntity(owner) {
		return false
	}
	return strings.HasPrefix(obj.Name(), "Query") || strings.HasPrefix(obj.Name(), "Update")
}

// isEntity tells an ent entity from ent's clients and builders: only an entity can be unwrapped from a transaction.
func (h *House) isEntity(t *types.Named) bool {
	if !h.isEnt(t.Obj()) {
		return false
	}
	_, fields := t.Underlying().(*types.Struct)
	unwrap, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, t.Obj().Pkg(), "Unwrap")
	_, method := unwrap.(*types.Func)
	return fields && method
}

func (h *House) isEnt(obj types.Object) bool {
	return obj.Pkg() != nil && obj.Pkg().Path() == h.Module+"/ent"
}

// isEntClient knows ent's clients, its transaction, what makes them, and everything that has or gives one.
func isEntClient(h *House, obj types.Object) bool {
	if f, ok := obj.(*types.Func); ok && h.isEnt(f) && ownerOf(f) == nil {
		return f.Name() == "NewClient" || f.Name() == "Open" || f.Name() == "FromContext"
	}
	return h.anyEnt(obj, func(t *types.Named) bool {
		name := t.Obj().Name()
		return (strings.HasSuffix(name, "Client") || name == "Tx") && !h.isEntity(t)
	})
}

// writesRows knows what has or gives one of ent's builders that write.
func writesRows(h *House, obj types.Object) bool {
	return h.anyEnt(obj, func(t *types.Named) bool {
		for _, suffix := range []string{"Create", "CreateBulk", "Update", "UpdateOne", "Delete", "DeleteOne", "Upsert", "UpsertOne", "UpsertBulk"} {
			if strings.HasSuffix(t.Obj().Name(), suffix) {
				return true
			}
		}
		return false
	})
}

// isDirectory knows tenant.Directory, its methods, and everything that has or gives one.
func isDirectory(h *House, obj types.Object) bool {
	is := func(t *types.Named) bool { return h.isNamed(t, "internal/tenant", "Directory") }
	if owner := ownerOf(obj); owner != nil && is(owner) {
		return true
	}
	return anyNamed(obj, is)
}

// autocommits knows the methods of database/sql that run a statement or begin a transaction on the pool.
func autocommits(_ *House, obj types.Object) bool {
	owner := ownerOf(obj)
	if owner == nil || owner.Obj().Pkg() == nil || owner.Obj().Pkg().Path() != "database/sql" {
		return false
	}
	if name := owner.Obj().Name(); name != "DB" && name != "Conn" {
		return false
	}
	switch obj.Name() {
	case "Exec", "ExecContext", "Query", "QueryContext", "QueryRow", "QueryRowContext", "Prepare", "PrepareContext", "Begin", "BeginTx":
		return true
	}
	return false
}

// readsClock knows the functions of package time that look at the clock.
func readsClock(_ *House, obj types.Object) bool {
	if obj.Pkg() == nil || obj.Pkg().Path() != "time" || ownerOf(obj) != nil {
		return false
	}
	return obj.Name() == "Now" || obj.Name() == "Since" || obj.Name() == "Until"
}

func isPanic(_ *House, obj types.Object) bool {
	builtin, ok := obj.(*types.Builtin)
	return ok && builtin.Name() == "panic"
}

// anyEnt reports whether an object has or gives a type of package ent that a test accepts.
func (h *House) anyEnt(obj types.Object, is func(*types.Named) bool) bool {
	return anyNamed(obj, func(t *types.Named) bool { return h.isEnt(t.Obj()) && is(t) })
}

// anyNamed reports whether a named type is, or a variable has, or a function returns, a type that a test accepts.
func anyNamed(obj types.Object, is func(*types.Named) bool) bool {
	switch obj := obj.(type) {
	case *types.TypeName, *types.Var:
		return holds(obj.Type(), is)
	case *types.Func:
		for result := range obj.Signature().Results().Variables() {
			if holds(result.Type(), is) {
				return true
			}
		}
	}
	return false
}

// holds looks through pointers, slices, arrays and maps.
func holds(t types.Type, is func(*types.Named) bool) bool {
	for {
		switch x := types.Unalias(t).(type) {
		case *types.Named:
			return is(x)
		case interface{ Elem() types.Type }:
			t = x.Elem()
		default:
			return false
		}
	}
}

// isNamed reports whether a type is the one of that name in a package of the house.
func (h *House) isNamed(t *types.Named, pkg, name string) bool {
	return t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == h.Module+"/"+pkg && t.Obj().Name() == name
}

// ownerOf is the type that a method belongs to, or nil.
func ownerOf(obj types.Object) *types.Named {
	f, ok := obj.(*types.Func)
	if !ok || f.Signature().Recv() == nil {
		return nil
	}
	t := types.Unalias(f.Signature().Recv().Type())
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	named, _ := t.(*types.Named)
	return named
}
