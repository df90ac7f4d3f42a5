package catalogue

import (
	"fmt"
	"strconv"
	"strings"
)

// most bounds how many faults of a document are told, and told how many of them an error's text renders.
const (
	most = 100
	told = 5
)

// Fault is one thing that is wrong with a document, and where.
type Fault struct {
	Line, Column int    // of the document, both from 1
	Path         string // such as questions[3].content.choices[0].key; empty for the document itself
	Message      string // one sentence for the author
}

// Error renders place, path and message.
func (f *Fault) Error() string {
	if f.Path == "" {
		return fmt.Sprintf("line %d, column %d: %s", f.Line, f.Column, f.Message)
	}
	return fmt.Sprintf("line %d, column %d: %s: %s", f.Line, f.Column, f.Path, f.Message)
}

// Faults is what is wrong with a document, at most a hundred things, in the order in which Read met them.
type Faults []*Fault

// Error renders the first few faults, a line each, and how many more there are.
func (f Faults) Error() string {
	var lines []string
	for _, one := range f[:min(len(f), told)] {
		lines = append(lines, one.Error())
	}
	if len(f) > told {
		lines = append(lines, fmt.Sprintf("and %d more", len(f)-told))
	}
	return strings.Join(lines, "\n")
}

// place is where one value of a document stands: a field where its name is, an entry of a list where it begins.
type place struct {
	line, column int
	parent       *place
	name         string // of a field; empty for an entry of a list
	index        int    // of an entry of a list
	inside       []*place
}

// field adds the place of a field.
func (p *place) field(name string, line, column int) *place {
	inner := &place{line: line, column: column, parent: p, name: name}
	p.inside = append(p.inside, inner)
	return inner
}

// entry adds the place of the next entry of a list.
func (p *place) entry(line, column int) *place {
	inner := &place{line: line, column: column, parent: p, index: len(p.inside)}
	p.inside = append(p.inside, inner)
	return inner
}

// find is the place of a field or an entry, or nil.
func (p *place) find(step string) *place {
	if i, err := strconv.Atoi(step); err == nil {
		if i < 0 || i >= len(p.inside) || p.inside[i].name != "" {
			return nil
		}
		return p.inside[i]
	}
	for _, inner := range p.inside {
		if inner.name == step {
			return inner
		}
	}
	return nil
}

// path is the way from the document to the place.
func (p *place) path() []string {
	if p.parent == nil {
		return nil
	}
	step := p.name
	if step == "" {
		step = strconv.Itoa(p.index)
	}
	return append(p.parent.path(), step)
}

func (p *place) fault(message string) *Fault {
	return &Fault{Line: p.line, Column: p.column, Path: render(p.path()), Message: message}
}

// render writes a path as people read it.
func render(path []string) string {
	var b strings.Builder
	for _, step := range path {
		if _, err := strconv.Atoi(step); err == nil {
			b.WriteString("[" + step + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	return b.String()
}

// Places knows where each value of a document that was read stands.
type Places struct{ root *place }

// Fault makes a fault at a path, which is given outermost first with the numbers of list entries as numerals. Its
// line is that of the innermost part of the path that the document has.
func (p *Places) Fault(path []string, message string) *Fault {
	at := p.root
	for _, step := range path {
		inner := at.find(step)
		if inner == nil {
			break
		}
		at = inner
	}
	return &Fault{Line: at.line, Column: at.column, Path: render(path), Message: message}
}
