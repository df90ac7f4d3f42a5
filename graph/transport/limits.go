package transport

import (
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"

	"github.com/assay-hq/assay/internal/fault"
)

// Limits is what one operation may ask and what the server keeps. A refused operation runs no resolver.
type Limits struct {
	Body          int64         // bytes of a request's body
	Query         int           // bytes of query text
	Tokens        int           // of the document, comments among them
	Depth         int           // fields within fields; introspection is exempt
	Aliases       int           // in the document
	Directives    int           // in the document
	Fields        int           // selected again where they were already selected, in the document
	Cost          int           // of one operation; see cost.go
	Introspection int           // cost of one operation's introspection, counted apart
	PageDefault   int           // objects of a page whose size the client leaves open
	PageMax       int           // objects of a page
	Errors        int           // reported in one answer
	Time          time.Duration // of one operation
	InFlight      int           // operations at once
	Documents     int           // parsed documents kept
	DocumentBytes int           // query text of the documents kept
	Live          LiveLimits
}

// LiveLimits is what connections that outlive a request may do: sockets and streams of events.
type LiveLimits struct {
	Connections int           // at once, of everybody
	PerCaller   int           // at once, of one caller
	Operations  int           // at once, on one socket
	Message     int64         // bytes of a socket's message
	ID          int           // bytes of an operation's id
	Queue       int           // messages that wait for a slow reader
	Looks       int           // subscriptions that look for their next event at once
	Init        time.Duration // until a socket must have said who asks
	Write       time.Duration // until a reader must have taken a message
	Recheck     time.Duration // between two questions whether a silent subscription may go on
	KeepAlive   time.Duration // between two signs of life
}

// DefaultLimits is what production runs with.
func DefaultLimits() Limits {
	return Limits{
		Body:          1 << 20,
		Query:         100 << 10,
		Tokens:        1000,
		Depth:         15,
		Aliases:       30,
		Directives:    20,
		Fields:        100,
		Cost:          10_000,
		Introspection: 50_000,
		PageDefault:   25,
		PageMax:       100,
		Errors:        10,
		Time:          10 * time.Second,
		InFlight:      64,
		Documents:     1000,
		DocumentBytes: 8 << 20,
		Live: LiveLimits{
			Connections: 2000,
			PerCaller:   10,
			Operations:  20,
			Message:     64 << 10,
			ID:          128,
			Queue:       32,
			Looks:       16,
			Init:        5 * time.Second,
			Write:       8 * time.Second,
			Recheck:     2 * time.Second,
			KeepAlive:   15 * time.Second,
		},
	}
}

// nestingPerDepth is how many brackets may be open for each level of depth before the text is even parsed. It
// leaves room for arguments and introspection; the exact depth is judged on the parsed document.
const nestingPerDepth = 4

func exceeded(limit, message string) *fault.Fault {
	return &fault.Fault{Code: fault.LimitExceeded, Message: message, Limit: limit}
}

// scanner counts a document's tokens without building anything, so that no text can exhaust parser or stack.
type scanner struct {
	tokens, nesting, parens, aliases, directives int
}

// scan refuses query text whose tokens alone show that it is too much. Text that is no GraphQL passes: the
// parser stops at the same place and explains.
func (l Limits) scan(query string) error {
	lex := lexer.New(&ast.Source{Input: query})
	var s scanner
	for {
		token, err := lex.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return nil
		}
		s.count(token.Kind)
		if err := s.judge(l); err != nil {
			return err
		}
	}
}

func (s *scanner) count(kind lexer.Type) {
	s.tokens++
	switch kind {
	case lexer.ParenL:
		s.parens++
		s.nesting++
	case lexer.BraceL, lexer.BracketL:
		s.nesting++
	case lexer.ParenR:
		s.parens--
		s.nesting--
	case lexer.BraceR, lexer.BracketR:
		s.nesting--
	case lexer.At:
		s.directives++
	case lexer.Colon:
		if s.parens == 0 { // within parentheses a colon belongs to an argument, a variable or an input field
			s.aliases++
		}
	}
}

func (s *scanner) judge(l Limits) error {
	switch {
	case s.tokens > l.Tokens:
		return exceeded("tokens", "the document has too many tokens")
	case s.nesting > nestingPerDepth*l.Depth:
		return exceeded("depth", "the document nests too deep")
	case s.aliases > l.Aliases:
		return exceeded("aliases", "the document has too many aliases")
	case s.directives > l.Directives:
		return exceeded("directives", "the document has too many directives")
	}
	return nil
}

// measure refuses a parsed document for its shape. It goes before validation, whose work grows with the square
// of repeated fields; it visits each selection once and believes nothing of the document.
func (l Limits) measure(doc *ast.QueryDocument) error {
	s := shape{doc: doc, fragments: map[string]int{}}
	depth := 0
	for _, op := range doc.Operations {
		depth = max(depth, s.depth(op.SelectionSet))
		s.repeats(op.SelectionSet, map[string]bool{})
	}
	for _, fragment := range doc.Fragments {
		s.repeats(fragment.SelectionSet, map[string]bool{})
	}
	switch {
	case depth > l.Depth:
		return exceeded("depth", "the document nests too deep")
	case s.repeated > l.Fields:
		return exceeded("fields", "the document selects the same fields too often")
	}
	return nil
}

// shape measures a document that nobody has validated.
type shape struct {
	doc       *ast.QueryDocument
	fragments map[string]int // depth of each fragment seen
	repeated  int
}

func (s *shape) depth(set ast.SelectionSet) int {
	deepest := 0
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			below := 0
			if !introspective(selection.Name) {
				below = s.depth(selection.SelectionSet)
			}
			deepest = max(deepest, 1+below)
		case *ast.InlineFragment:
			deepest = max(deepest, s.depth(selection.SelectionSet))
		case *ast.FragmentSpread:
			deepest = max(deepest, s.fragment(selection.Name))
		}
	}
	return deepest
}

// fragment is a fragment's depth, computed once. One that contains itself counts as flat where it recurs;
// validation refuses it.
func (s *shape) fragment(name string) int {
	depth, seen := s.fragments[name]
	if seen {
		return depth
	}
	s.fragments[name] = 0
	if fragment := s.doc.Fragments.ForName(name); fragment != nil {
		s.fragments[name] = s.depth(fragment.SelectionSet)
	}
	return s.fragments[name]
}

// repeats counts the fields that a selection set selects more than once; inline fragments belong to the set
// around them.
func (s *shape) repeats(set ast.SelectionSet, seen map[string]bool) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if seen[selection.Alias] {
				s.repeated++
			}
			seen[selection.Alias] = true
			s.repeats(selection.SelectionSet, map[string]bool{})
		case *ast.InlineFragment:
			s.repeats(selection.SelectionSet, seen)
		}
	}
}

// introspective reports whether a root field leads into the schema's own description.
func introspective(field string) bool { return field == "__schema" || field == "__type" }

// introspects reports whether a document asks for the schema anywhere.
func introspects(doc *ast.QueryDocument) bool {
	for _, op := range doc.Operations {
		if selects(op.SelectionSet) {
			return true
		}
	}
	for _, fragment := range doc.Fragments {
		if selects(fragment.SelectionSet) {
			return true
		}
	}
	return false
}

func selects(set ast.SelectionSet) bool {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if introspective(selection.Name) || selects(selection.SelectionSet) {
				return true
			}
		case *ast.InlineFragment:
			if selects(selection.SelectionSet) {
				return true
			}
		}
	}
	return false
}
