package archtest

import (
	"slices"
	"strconv"

	"golang.org/x/tools/go/packages"
)

// outside is the floor of rooms that stand beside the house: they import what they need, and no room imports them.
const outside = 99

// room is one row of the import table. Patterns begin with `./` inside the module.
type room struct {
	path  string   // the room is this folder and all below that is no room of its own
	floor int      // it imports from lower floors
	may   []string // what it imports although the floor would not let it, with the reason beside it
	never []string // what it does not import although the floor would let it
}

// rooms is the table. A package that lies in none of them breaks the rule `rooms`: add its row first.
var rooms = []room{
	{path: "./cmd", floor: 7},

	{path: "./internal/web", floor: 6},
	// The demonstration plays through operations and the public API, never through the doors' insides.
	{path: "./internal/demo", floor: 6, never: []string{"./graph/...", "./internal/ats/...", "./internal/login/..."}},

	{path: "./graph", floor: 5, never: []string{"./ent/*", "github.com/casbin/...", "database/sql/..."}},
	{path: "./internal/ats", floor: 5, never: []string{"./ent/*", "database/sql/..."}},

	{path: "./internal/login", floor: 4},
	{path: "./internal/login/devidp", floor: 4},

	{path: "./internal/account", floor: 3},
	{path: "./internal/authoring", floor: 3},
	// What only grading may see never comes near the room that talks to candidates.
	{path: "./internal/sitting", floor: 3, never: []string{"./internal/key/..."}},
	{path: "./internal/grading", floor: 3},
	{path: "./internal/insight", floor: 3},

	{path: "./internal/tenant", floor: 2},

	{path: "./policy", floor: 1, never: []string{"os/...", "net/...", "database/sql/..."}},
	{path: "./ent/schema", floor: 1},
	{path: "./ent", floor: 1},
	{path: "./internal/paper", floor: 1},
	{path: "./internal/key", floor: 1},
	{path: "./internal/scoring", floor: 1, never: impure},
	{path: "./internal/psychometrics", floor: 1, never: impure},
	{path: "./internal/mail", floor: 1},
	{path: "./internal/markdown", floor: 0, never: impure},
	{path: "./internal/catalogue", floor: 1, never: impure},
	{path: "./internal/qti", floor: 2, never: impure},
	{path: "./internal/shipped", floor: 2},
	{path: "./internal/reporting", floor: 2, never: impure},
	{path: "./internal/chart", floor: 0, never: impure},
	{path: "./internal/webhook", floor: 1},
	{path: "./internal/blob", floor: 1},
	// The SQL of a migration is generated from ent's tables.
	{path: "./internal/migration", floor: 1, may: []string{"./ent/..."}},

	{path: "./internal/gid", floor: 0},
	{path: "./internal/fault", floor: 0},
	{path: "./internal/event", floor: 0},
	{path: "./internal/term", floor: 0},
	// Ids and enumerations are the words that jobs and authored content are written in.
	{path: "./internal/job", floor: 0, may: []string{"./internal/gid"}},
	{path: "./internal/draw", floor: 0},
	{path: "./internal/clock", floor: 1},
	{path: "./internal/content", floor: 0, may: []string{"./internal/gid", "./internal/term"}},

	{path: "./internal/dbtest", floor: outside},
	{path: "./internal/archtest", floor: outside},
}

// impure is what a pure function has no use for.
var impure = []string{"context", "database/sql/...", "io/fs", "log/...", "net/...", "os/...", "syscall"}

// sole names what only some packages import.
type sole struct {
	what string
	by   []string
	why  string
}

// soles are the named prohibitions that hold for the whole house; tests are not looked at.
var soles = []sole{
	{"codeberg.org/go-pdf/fpdf/...", []string{"./internal/reporting/pdf"}, "documents are laid out in one place"},
	{"github.com/casbin/...", []string{"./policy"}, "the policy is asked in one place"},
	{"github.com/coreos/go-oidc/...", []string{"./internal/login"}, "signing in is one room's work"},
	{"./internal/login/devidp/...", []string{"./cmd/...", "./internal/login/devidp/..."}, "nothing may know that it talks to the development identity provider"},
	{"./internal/demo/...", []string{"./cmd/...", "./internal/demo/..."}, "the product does not know its demonstration"},
	// The generator replays migrations on the throw-away databases that tests use; it is a tool, not the product.
	{"./internal/dbtest/...", []string{"./internal/migration/generate"}, "tests serve the product, never the reverse"},
	{"./internal/archtest/...", nil, "tests serve the product, never the reverse"},
}

// everyPackageHasARoom finds packages that the table does not know.
func everyPackageHasARoom(h *House) []Finding {
	var out []Finding
	for _, p := range h.Packages {
		if _, known := roomOf(h.rel(p.PkgPath)); !known && len(p.Syntax) > 0 {
			out = append(out, h.finding(p, nil, p.Syntax[0].Package, "no room of the import table holds this package"))
		}
	}
	return out
}

// floors finds imports that do not go down, or that a room's row names as forbidden.
func floors(h *House) []Finding {
	return h.imports(func(from, to string) string {
		a, known := roomOf(from)
		b, ours := roomOf(to)
		if !known || a.floor == outside || matchesAny(a.may, to) {
			return ""
		}
		if matchesAny(a.never, to) {
			return a.path + " never imports " + to
		}
		if !ours || b.floor == outside || a.path == b.path || b.floor < a.floor {
			return ""
		}
		return a.path + " (floor " + strconv.Itoa(a.floor) + ") imports " + to + " (floor " + strconv.Itoa(b.floor) + ")"
	})
}

// soleImporters finds imports of what only some rooms may import.
func soleImporters(h *House) []Finding {
	return h.imports(func(from, to string) string {
		if a, known := roomOf(from); known && a.floor == outside {
			return ""
		}
		for _, s := range soles {
			if matches(s.what, to) && !matchesAny(s.by, from) {
				return from + " imports " + to + ": " + s.why
			}
		}
		return ""
	})
}

// imports asks judge about every import of a hand-written file; an answer is a finding.
func (h *House) imports(judge func(from, to string) string) []Finding {
	var out []Finding
	for p, file := range h.files() {
		for _, spec := range file.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // the parser has refused the file already
			}
			if text := judge(h.rel(p.PkgPath), h.rel(to)); text != "" {
				out = append(out, h.finding(p, nil, spec.Pos(), "%s", text))
			}
		}
	}
	return out
}

// roomOf is the row of the table that holds a package: the one with the longest path.
func roomOf(path string) (best room, known bool) {
	for _, r := range rooms {
		if matches(r.path+"/...", path) && len(r.path) > len(best.path) {
			best, known = r, true
		}
	}
	return best, known
}

// in reports whether a package lies in one of the rooms that patterns name.
func (h *House) in(p *packages.Package, patterns []string) bool {
	return matchesAny(patterns, h.rel(p.PkgPath))
}

// domain are the rooms of operations.
var domain = []string{"./internal/account", "./internal/authoring", "./internal/sitting", "./internal/grading", "./internal/insight"}

// isDomain reports whether a package is a room of operations.
func (h *House) isDomain(p *packages.Package) bool { return slices.Contains(domain, h.rel(p.PkgPath)) }
