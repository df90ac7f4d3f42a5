package runner

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// called are the names that servers give to languages whose name in editors is another one.
var called = map[string]string{
	"c#": "csharp", "c++": "cpp", "common lisp": "lisp", "f#": "fsharp", "objective-c": "objectivec", "visual basic.net": "vbnet",
}

// alias are further names that editors have.
var alias = map[string]string{
	"golang": "go", "py": "python", "python3": "python", "js": "javascript", "node": "javascript", "ts": "typescript",
	"c++": "cpp", "cc": "cpp", "cs": "csharp", "c#": "csharp", "sh": "bash", "shell": "bash", "rb": "ruby", "rs": "rust", "kt": "kotlin",
	"f#": "fsharp", "objective-c": "objectivec", "sqlite": "sql",
}

// language finds the server's number of a language; of several versions the newest.
func (c *Client) language(ctx context.Context, name string) (int, error) {
	var offered []offer
	if err := c.read(ctx, "/languages", &offered); err != nil {
		return 0, err
	}
	wanted := strings.ToLower(strings.TrimSpace(name))
	if other, is := alias[wanted]; is {
		wanted = other
	}
	var best *offer
	for i := range offered {
		o := &offered[i]
		if o.language() == wanted && (best == nil || o.newer(best)) {
			best = o
		}
	}
	if best == nil {
		return 0, &Failure{Reason: "the code runner has no language " + Clean(name, 40)}
	}
	return best.ID, nil
}

// offer is a language that a server has, under a name such as "Python (3.12.5)".
type offer struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// language is the language's name in editors.
func (o *offer) language() string {
	name, _, _ := strings.Cut(o.Name, " (")
	name = strings.ToLower(strings.TrimSpace(name))
	if ours, is := called[name]; is {
		return ours
	}
	return name
}

var digits = regexp.MustCompile(`[0-9]+`)

// version are the numbers in the name, beside the language's own.
func (o *offer) version() []int {
	_, version, _ := strings.Cut(o.Name, " (")
	var numbers []int
	for _, text := range digits.FindAllString(version, 6) {
		n, _ := strconv.Atoi(text) // too long is the greatest
		numbers = append(numbers, n)
	}
	return numbers
}

// newer reports whether a version is newer than another; of equal ones the lower number counts.
func (o *offer) newer(other *offer) bool {
	return cmp.Or(slices.Compare(o.version(), other.version()), cmp.Compare(other.ID, o.ID)) > 0
}
