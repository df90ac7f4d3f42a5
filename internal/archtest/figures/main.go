// Figures prints what the house measures about itself, with its aims beside.
//
// They are aims and not gates: it exits with an error only if it cannot read the tree. It parses and does not
// compile, counts hand-written Go without tests and without testdata, and counts a function's lines from its
// first to its closing brace's.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/assay-hq/assay/internal/archtest"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	root, err := archtest.Root(".")
	if err != nil {
		return err
	}
	t, err := measure(root)
	if err != nil {
		return err
	}
	dependencies, err := archtest.Dependencies(root)
	if err != nil {
		return err
	}
	return t.print(out, archtest.Families(dependencies))
}

// tally is what was counted.
type tally struct {
	functions []int           // lines of each function
	resolvers []int           // lines of each resolver
	files     []int           // lines of each file
	packages  map[string]bool // folder → whether a file of it says what it is for
}

// measure reads every hand-written Go file below a folder.
func measure(root string) (*tally, error) {
	t := &tally{packages: map[string]bool{}}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && foreign(entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		return t.add(root, path)
	})
	return t, err
}

// foreign names folders that hold no Go of the product.
func foreign(name string) bool {
	return strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules"
}

func (t *tally) add(root, path string) error {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	if ast.IsGenerated(file) {
		return nil
	}
	folder, err := filepath.Rel(root, filepath.Dir(path))
	if err != nil {
		return err
	}
	t.packages[folder] = t.packages[folder] || archtest.HasComment(file)
	t.files = append(t.files, set.File(file.FileStart).LineCount())
	resolvers := folder == "graph" && strings.HasSuffix(path, ".resolvers.go")
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		lines := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1
		t.functions = append(t.functions, lines)
		if resolvers && f.Recv != nil {
			t.resolvers = append(t.resolvers, lines)
		}
	}
	return nil
}

// print writes one line a figure.
func (t *tally) print(out io.Writer, dependencies int) error {
	commented := 0
	for _, has := range t.packages {
		if has {
			commented++
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name string, value any, aim string) { fmt.Fprintf(w, "%s\t%v\t%s\n", name, value, aim) }
	line("figure", "now", "aim")
	line("lines of a resolver, median", quantile(t.resolvers, 50), "<= 4")
	line("lines of a function, median", quantile(t.functions, 50), "<= 12")
	line("lines of a function, 95th percentile", quantile(t.functions, 95), "<= 60")
	line("lines of a file, median", quantile(t.files, 50), "about 100")
	line("packages with a package comment", percent(commented, len(t.packages)), "100 %")
	line("direct dependencies", dependencies, fmt.Sprintf("<= %d", archtest.MostDependencies))
	line("hand-written functions, files", fmt.Sprintf("%d, %d", len(t.functions), len(t.files)), "")
	return w.Flush()
}

// quantile is the smallest value that at least p percent of the values do not exceed; of nothing it is a dash.
func quantile(values []int, p int) string {
	if len(values) == 0 {
		return "-"
	}
	sorted := slices.Sorted(slices.Values(values))
	return fmt.Sprint(sorted[max((p*len(sorted)+99)/100, 1)-1])
}

func percent(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%d %%", 100*part/whole)
}
