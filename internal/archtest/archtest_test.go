package archtest

import (
	"fmt"
	"go/constant"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func load(t *testing.T, dir string) *House {
	t.Helper()
	watch(t, dir)
	h, err := Load(dir)
	if err != nil {
		t.Fatalf("the house does not compile:\n%v", err)
	}
	return h
}

// watch lists every folder of the module: go test remembers a result until what the test itself has opened
// changes, and does not see what the loader's go command reads.
func watch(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != dir && slices.Contains([]string{".git", "node_modules", "bin", "data"}, entry.Name()) {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestHouse holds the module against its own plan.
func TestHouse(t *testing.T) {
	root := filepath.Join("..", "..")
	h := load(t, root)
	for _, f := range Check(h, Rules(), Exceptions()) {
		t.Error(f)
	}
	t.Run("the changelog lists every error code", func(t *testing.T) {
		changes, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
		if err != nil {
			t.Fatal(err)
		}
		all := codes(h)
		if len(all) == 0 {
			t.Fatal("internal/fault has no codes")
		}
		for _, code := range all {
			if !strings.Contains(string(changes), "`"+code+"`") {
				t.Errorf("no line for %s", code)
			}
		}
	})
}

// codes are the values of all constants of type fault.Code.
func codes(h *House) []string {
	var out []string
	for _, p := range h.Packages {
		if h.rel(p.PkgPath) != "./internal/fault" {
			continue
		}
		for _, name := range p.Types.Scope().Names() {
			if c, ok := p.Types.Scope().Lookup(name).(*types.Const); ok && strings.HasSuffix(c.Type().String(), ".Code") {
				out = append(out, constant.StringVal(c.Val()))
			}
		}
	}
	return out
}

// TestRules holds the rules against a module that breaks each of them where a comment says `breaks: rule`, and
// nowhere else.
func TestRules(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("testdata", "house"))
	if err != nil {
		t.Fatal(err)
	}
	exceptions := []Exception{
		{"panic", "internal/gid.Source.New", "it is covered"},
		{"operations begin with a scope", "internal/account.Service.Sweep", "it is covered"},
	}
	var got []string
	for _, f := range Check(load(t, dir), Rules(), exceptions) {
		got = append(got, mark(t, dir, f.Pos.Filename, f.Pos.Line, f.Rule))
	}
	want := marks(t, dir)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("marked (-) and found (+):\n%s", diff)
	}
	for _, rule := range Rules() {
		if !slices.ContainsFunc(want, func(m string) bool { return strings.HasSuffix(m, ": "+rule.Name) }) {
			t.Errorf("nothing in testdata shows that the rule %q bites", rule.Name)
		}
	}
}

func TestExceptions(t *testing.T) {
	h := load(t, filepath.Join("testdata", "house"))
	t.Run("one that is not needed is a finding", func(t *testing.T) {
		found := Check(h, nil, []Exception{{"panic", "internal/gid.Nowhere", "it was once needed"}})
		if len(found) != 1 || found[0].Rule != "exceptions" {
			t.Errorf("got %v", found)
		}
	})
	t.Run("each gives its reason", func(t *testing.T) {
		for _, e := range Exceptions() {
			if strings.TrimSpace(e.Why) == "" {
				t.Errorf("%s %s: no reason", e.Rule, e.Place)
			}
		}
	})
}

func TestLoad(t *testing.T) {
	t.Run("what does not compile is an error", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "go.mod", "module example.test/broken\n\ngo 1.26\n")
		write(t, dir, "broken.go", "package broken\n\nvar x int = \"text\"\n")
		if _, err := Load(dir); err == nil {
			t.Error("a broken package was loaded in silence")
		}
	})
	t.Run("the root is found from below", func(t *testing.T) {
		got, err := Root("figures")
		want, _ := filepath.Abs(filepath.Join("..", ".."))
		if err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	})
	t.Run("outside every module there is no root", func(t *testing.T) {
		if got, err := Root(os.TempDir()); err == nil {
			t.Errorf("got %q", got)
		}
	})
}

// TestDependencies compares go.mod with its page.
func TestDependencies(t *testing.T) {
	root := filepath.Join("..", "..")
	watch(t, root)
	direct, err := Dependencies(root)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Documented(root)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(direct)
	slices.Sort(rows)
	if diff := cmp.Diff(direct, rows); diff != "" {
		t.Errorf("go.mod (-) and docs/dependencies.md (+):\n%s", diff)
	}
	if families := Families(direct); families > MostDependencies {
		t.Errorf("%d direct dependencies, at most %d", families, MostDependencies)
	}
}

func TestFamilies(t *testing.T) {
	tests := []struct {
		name    string
		modules []string
		want    int
	}{
		{"none", nil, 0},
		{"modules of one repository", []string{"github.com/a/river", "github.com/a/river/driver", "github.com/a/river/driver/sqlite"}, 1},
		{"a repository whose own root is no module", []string{"github.com/a/river/driver", "github.com/a/river/kit"}, 1},
		{"repositories of one owner", []string{"github.com/a/river", "github.com/a/riverside"}, 2},
		{"one name at two owners", []string{"github.com/a/river", "github.com/b/river"}, 2},
		{"a later major version is the same repository", []string{"github.com/a/river/v2", "github.com/a/river/driver"}, 1},
		{"modules of one domain are apart", []string{"golang.org/x/tools", "golang.org/x/oauth2"}, 2},
		{"also below one another", []string{"example.test/river", "example.test/river/driver"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Families(tt.modules); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestDependenciesOf(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", `module example.test/one

tool example.test/tool/cmd/generate

require (
	example.test/direct v1.0.0
	example.test/tool v1.0.0 // indirect
	example.test/tools v1.0.0 // indirect
)
`)
	write(t, dir, "docs/dependencies.md", "| module | for | why | weight |\n|---|---|---|---|\n"+
		"| `example.test/direct` | a | b | c |\n| `example.test/empty` | a |  | c |\n`example.test/prose` is no row\n")
	direct, err := Dependencies(dir)
	if diff := cmp.Diff([]string{"example.test/direct", "example.test/tool"}, direct); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	rows, err := Documented(dir)
	if diff := cmp.Diff([]string{"example.test/direct"}, rows); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// marks reads what the comments of a module say is broken.
func marks(t *testing.T, dir string) []string {
	t.Helper()
	says := regexp.MustCompile(`// breaks: (.*)$`)
	var out []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		for i, line := range strings.Split(string(text), "\n") {
			if m := says.FindStringSubmatch(line); m != nil {
				for rule := range strings.SplitSeq(m[1], "; ") {
					out = append(out, mark(t, dir, path, i+1, rule))
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func mark(t *testing.T, dir, path string, line int, rule string) string {
	t.Helper()
	short, err := filepath.Rel(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s:%d: %s", filepath.ToSlash(short), line, rule)
}
