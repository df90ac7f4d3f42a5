// Package archtest keeps the plan of the house as tests.
//
// It loads the module once, with types, and holds it against rules: which room may import which, that every
// operation begins with a scope, and what no hand-written file may do. Generated files are exempt. The rules
// themselves are held against testdata/house, a small module that breaks each of them. The product never
// imports this package.
package archtest

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// House is a loaded module.
type House struct {
	Module   string // the module's path
	Packages []*packages.Package
	Files    *token.FileSet
}

// Finding is one place that breaks a rule.
type Finding struct {
	Rule  string
	Place string // package and declaration, such as internal/gid.Source.New
	Pos   token.Position
	Text  string
}

// String renders the finding as compilers do.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s (%s)", f.Pos, f.Rule, f.Text, f.Place)
}

// Rule is one thing that holds in the whole house.
type Rule struct {
	Name  string
	Check func(*House) []Finding
}

// Exception lets one declaration break one rule, for a reason.
type Exception struct{ Rule, Place, Why string }

// Load reads every package of the module in a folder, without tests. Packages that do not compile are an error.
func Load(dir string) (*House, error) {
	config := &packages.Config{
		Dir:  dir,
		Env:  append(os.Environ(), "GOWORK=off"),
		Fset: token.NewFileSet(),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedModule,
	}
	loaded, err := packages.Load(config, "./...")
	if err != nil {
		return nil, fmt.Errorf("load packages: %w", err)
	}
	if len(loaded) == 0 || loaded[0].Module == nil {
		return nil, fmt.Errorf("load packages: no module in %s", dir)
	}
	var broken []error
	for _, p := range loaded {
		for _, e := range p.Errors {
			broken = append(broken, e)
		}
	}
	return &House{Module: loaded[0].Module.Path, Packages: loaded, Files: config.Fset}, errors.Join(broken...)
}

// Root finds the folder of the module that a folder lies in.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod in this folder or above it")
		}
		dir = parent
	}
}

// Check holds the house against rules. What an exception covers is left out; an exception that covers nothing
// is itself a finding, so that the list never outlives its reasons.
func Check(h *House, rules []Rule, exceptions []Exception) []Finding {
	used := make([]bool, len(exceptions))
	var out []Finding
	for _, rule := range rules {
		for _, f := range rule.Check(h) {
			f.Rule = rule.Name
			i := slices.IndexFunc(exceptions, func(e Exception) bool { return e.Rule == f.Rule && e.Place == f.Place })
			if i >= 0 {
				used[i] = true
				continue
			}
			out = append(out, f)
		}
	}
	for i, e := range exceptions {
		if !used[i] {
			out = append(out, Finding{Rule: "exceptions", Place: e.Place, Text: "nothing here breaks " + e.Rule + " any more"})
		}
	}
	return tidy(out)
}

// tidy orders findings by place and keeps one for each rule and line.
func tidy(found []Finding) []Finding {
	order := func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Rule, b.Rule))
	}
	slices.SortStableFunc(found, order)
	return slices.CompactFunc(found, func(a, b Finding) bool { return a.Pos.IsValid() && order(a, b) == 0 })
}

// rel is a package's path inside the module as patterns write it, `./internal/gid`; another module's is unchanged.
func (h *House) rel(path string) string {
	if rest, ok := strings.CutPrefix(path, h.Module+"/"); ok {
		return "./" + rest
	}
	if path == h.Module {
		return "."
	}
	return path
}

// files yields every hand-written file with its package.
func (h *House) files() iter.Seq2[*packages.Package, *ast.File] {
	return func(yield func(*packages.Package, *ast.File) bool) {
		for _, p := range h.Packages {
			for _, file := range p.Syntax {
				if !ast.IsGenerated(file) && !yield(p, file) {
					return
				}
			}
		}
	}
}

// decls yields every hand-written declaration with its package.
func (h *House) decls() iter.Seq2[*packages.Package, ast.Decl] {
	return func(yield func(*packages.Package, ast.Decl) bool) {
		for p, file := range h.files() {
			for _, d := range file.Decls {
				if !yield(p, d) {
					return
				}
			}
		}
	}
}

// finding makes a finding in a declaration; a nil declaration stands for the package.
func (h *House) finding(p *packages.Package, d ast.Decl, pos token.Pos, format string, args ...any) Finding {
	place := strings.TrimPrefix(h.rel(p.PkgPath), "./")
	if name := declName(d); name != "" {
		place += "." + name
	}
	return Finding{Place: place, Pos: h.Files.Position(pos), Text: fmt.Sprintf(format, args...)}
}

// declName is `Func`, `Type.Method` or the first name of a var, const or type; imports have none.
func declName(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if base := receiver(d); base != "" {
			return base + "." + d.Name.Name
		}
		return d.Name.Name
	case *ast.GenDecl:
		return specName(d.Specs)
	}
	return ""
}

func specName(specs []ast.Spec) string {
	if len(specs) == 0 {
		return ""
	}
	switch s := specs[0].(type) {
	case *ast.ValueSpec:
		return s.Names[0].Name
	case *ast.TypeSpec:
		return s.Name.Name
	}
	return ""
}

// receiver is the name of a method's type, or nothing for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// matches reports whether a path is meant by a pattern: `a/...` is a and all below, `a/*` only what is below.
func matches(pattern, path string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == base || strings.HasPrefix(path, base+"/")
	}
	if base, ok := strings.CutSuffix(pattern, "/*"); ok {
		return strings.HasPrefix(path, base+"/")
	}
	return path == pattern
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, path) })
}
