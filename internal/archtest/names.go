package archtest

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
)

// vague are names that say where code was put and not what it is for.
var vague = []string{"util", "utils", "common", "helper", "helpers", "type", "types", "model", "models", "manager", "managers", "misc", "shared"}

// plainNames finds packages and folders whose name says nothing.
func plainNames(h *House) []Finding {
	var out []Finding
	for p, file := range h.files() {
		for _, name := range []string{p.Name, path.Base(p.PkgPath)} {
			if slices.Contains(vague, name) {
				out = append(out, h.finding(p, nil, file.Package, "a package named %s has no purpose of its own", name))
			}
		}
	}
	return out
}

// packageComments finds packages that declare something by hand and do not say what they are for.
func packageComments(h *House) []Finding {
	var out []Finding
	for _, p := range h.Packages {
		hand := slices.DeleteFunc(slices.Clone(p.Syntax), ast.IsGenerated)
		if declares(hand) && !slices.ContainsFunc(hand, HasComment) {
			out = append(out, h.finding(p, nil, hand[0].Package, "no file says what package %s is for", p.Name))
		}
	}
	return out
}

// declares reports whether files hold more than imports.
func declares(files []*ast.File) bool {
	for _, f := range files {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.IMPORT {
				return true
			}
		}
	}
	return false
}

// HasComment reports whether a file carries a package comment in Go's form; a command may begin as it likes.
func HasComment(f *ast.File) bool {
	text := f.Doc.Text()
	return strings.HasPrefix(text, "Package "+f.Name.Name+" ") || (f.Name.Name == "main" && text != "")
}

// noInit finds init functions: nothing runs before main asks for it.
func noInit(h *House) []Finding {
	var out []Finding
	for p, d := range h.decls() {
		if f, ok := d.(*ast.FuncDecl); ok && isInit(f) {
			out = append(out, h.finding(p, d, f.Pos(), "init runs before main asks for it"))
		}
	}
	return out
}

func isInit(f *ast.FuncDecl) bool { return f.Recv == nil && f.Name.Name == "init" }
