package archtest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// MostDependencies is how many direct dependencies the house aims to have at most, a family of modules being one.
const MostDependencies = 30

// Families counts modules as decisions: those of one repository are chosen, released and updated together, and are one.
func Families(modules []string) int {
	repositories := map[string]bool{}
	for _, module := range modules {
		repositories[repository(module)] = true
	}
	return len(repositories)
}

// repository is where a module comes from, as far as its path tells: owner and name at the hosts whose paths begin so. A
// module with a domain of its own is its own repository.
func repository(module string) string {
	parts := strings.Split(module, "/")
	if hosts := []string{"github.com", "gitlab.com", "bitbucket.org"}; slices.Contains(hosts, parts[0]) && len(parts) > 3 {
		parts = parts[:3]
	}
	return strings.Join(parts, "/")
}

// Dependencies lists the modules that go.mod requires directly: for the product, its tests or its generators.
func Dependencies(root string) ([]string, error) {
	command := exec.Command("go", "mod", "edit", "-json")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("read go.mod: %w", err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Tool []struct{ Path string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		return nil, fmt.Errorf("read go.mod: %w", err)
	}
	var direct []string
	for _, r := range mod.Require {
		provides := func(tool struct{ Path string }) bool { return matches(r.Path+"/...", tool.Path) }
		if !r.Indirect || slices.ContainsFunc(mod.Tool, provides) {
			direct = append(direct, r.Path)
		}
	}
	return direct, nil
}

// Documented lists the modules that have a row in docs/dependencies.md, in the order of the page.
func Documented(root string) ([]string, error) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	if err != nil {
		return nil, fmt.Errorf("read the page of dependencies: %w", err)
	}
	return documented(string(page)), nil
}

// documented reads the rows of the page's table; a row without all four cells filled does not count.
func documented(page string) []string {
	var out []string
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		name, quoted := strings.CutPrefix(strings.TrimSpace(cells[0]), "`")
		if len(cells) != 4 || !quoted || slices.ContainsFunc(cells, blank) {
			continue
		}
		out = append(out, strings.TrimSuffix(name, "`"))
	}
	return out
}

func blank(cell string) bool { return strings.TrimSpace(cell) == "" }
