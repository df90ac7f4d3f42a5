package catalogue

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a document may at most be. Marks may each begin a part of it, and bound the memory that splitting it takes.
// The bounds from maxFields on keep the parser from calling itself for each field of a mapping until the stack ends,
// and both the parser and the scanner from looking at the same part again and again.
const (
	maxSize  = 32 << 20 // bytes
	maxMarks = 4 << 20
	// Commas, brackets and braces of a text, beside a fifth of its characters: splitting them costs the most memory.
	maxBare   = 4096
	maxDepth  = 32      // levels of nesting
	maxFields = 100     // of one mapping; no type has a quarter of it
	maxBlanks = 1000    // one after the other
	maxAngles = 100     // "<", one after the other
	maxNulls  = most    // values that are not there, each of which is a fault
	maxTabs   = 1 << 30 // tabs of a line times its length, of all lines: for each, the scanner looks at the rest of the line
)

// marks are the characters that may end one part of a document and begin another.
const marks = "[]{},:\"'-?|>&*!%#@`"

// parse makes the syntax tree of a document; or says why there is none.
func parse(data []byte) (ast.Node, *Fault) {
	if len(data) > maxSize {
		return nil, &Fault{Line: 1, Column: 1, Message: fmt.Sprintf("a document has at most %d MB", maxSize>>20)}
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if f := checkText(text); f != nil {
		return nil, f
	}
	tokens := lexer.Tokenize(text)
	if f := (&guard{source: source{rest: text, line: 1, column: 1}}).check(tokens); f != nil {
		return nil, f
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxFault(err)
	}
	return only(file)
}

// alone is said of a second document.
const alone = "this must be the only document of its file"

// only is the content of a file's one document.
func only(file *ast.File) (ast.Node, *Fault) {
	var body ast.Node
	for i, doc := range file.Docs {
		if i > 0 {
			return nil, faultAt(doc.Start, alone)
		}
		body = doc.Body
	}
	if body == nil {
		return nil, &Fault{Line: 1, Column: 1, Message: "the document is empty"}
	}
	return body, nil
}

// syntaxFault says what the parser met, without the excerpt that its own text would render.
func syntaxFault(err error) *Fault {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		return faultAt(syntax.Token, "this is neither YAML nor JSON: "+syntax.Message)
	}
	return &Fault{Line: 1, Column: 1, Message: "this is neither YAML nor JSON"}
}

func faultAt(at *token.Token, message string) *Fault {
	line, column := position(at)
	return &Fault{Line: line, Column: column, Message: message}
}

func position(at *token.Token) (line, column int) {
	if at == nil || at.Position == nil {
		return 1, 1
	}
	return max(at.Position.Line, 1), max(at.Position.Column, 1)
}

// checkText refuses what is no text, and what is made of more parts than are worth splitting.
func checkText(text string) *Fault {
	found, blanks, angles, tabs, cost, flow := 0, 0, 0, 0, 0, 0
	for s := (source{rest: text, line: 1, column: 1}); s.rest != ""; {
		r, size := utf8.DecodeRuneInString(s.rest)
		blanks, angles = counted(blanks, space(r)), counted(angles, r == '<')
		switch {
		case r == utf8.RuneError && size == 1:
			return s.fault("this is no valid UTF-8")
		case control(r):
			return s.fault("this character cannot be shown")
		case blanks > maxBlanks || angles > maxAngles || cost+tabs*s.column > maxTabs:
			return s.fault("this repeats one character too often")
		case r > ' ' && r < 0x7f && strings.IndexByte(marks, byte(r)) >= 0:
			found++
		case r == '\t':
			tabs++
		case r == '\n':
			cost, tabs = cost+tabs*s.column, 0
		}
		if bracket(r) {
			flow++
		}
		s.step(r, size)
	}
	if flow > len(text)/5+maxBare {
		return &Fault{Line: 1, Column: 1, Message: "this is mostly brackets, braces and commas, and no catalogue"}
	}
	if found > maxMarks {
		return &Fault{Line: 1, Column: 1, Message: "the document has too many parts; divide it"}
	}
	return nil
}

// space knows what the scanner skips, bracket what ends a part of a list or a mapping in brackets.
func space(r rune) bool   { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }
func bracket(r rune) bool { return r == ',' || r == '[' || r == ']' || r == '{' || r == '}' }

// counted is the length of a run that a character goes on with or ends.
func counted(run int, goesOn bool) int {
	if goesOn {
		return run + 1
	}
	return 0
}

// control knows the characters that no text may hold; internal/fault refuses them too.
func control(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }

// source goes through a text and knows where it is.
type source struct {
	rest         string
	line, column int
}

// step goes on by the first character, which the caller has decoded.
func (s *source) step(r rune, size int) {
	s.rest = s.rest[size:]
	s.column++
	if r == '\n' || r == '\r' && !strings.HasPrefix(s.rest, "\n") {
		s.line, s.column = s.line+1, 1
	}
}

// seek goes on to a place, or as far as there is anything before it.
func (s *source) seek(line, column int) {
	for s.rest != "" && (s.line < line || s.line == line && s.column < column) {
		r, size := utf8.DecodeRuneInString(s.rest)
		s.step(r, size)
	}
}

func (s *source) fault(message string) *Fault {
	return &Fault{Line: s.line, Column: s.column, Message: message}
}

// guard looks at the parts of a document before they are put together. The parser calls itself for each level and for
// each field, so that both must be bounded before it runs.
type guard struct {
	source source
	flows  []flow  // that are open
	blocks []level // that are open, ever further to the right
	nulls  int
}

// flow is a list in brackets or a mapping in braces. Named is whether its present entry has a colon.
type flow struct{ mapping, named bool }

// level is a list or a mapping without brackets.
type level struct{ column, fields int }

// refused are the parts of YAML that no catalogue needs.
var refused = map[token.Type]string{
	token.AnchorType:     "anchors are not allowed",
	token.AliasType:      "aliases are not allowed",
	token.MergeKeyType:   "merge keys are not allowed",
	token.TagType:        "tags are not allowed",
	token.DirectiveType:  "directives are not allowed",
	token.MappingKeyType: "a field's name is a plain word",
}

func (g *guard) check(tokens token.Tokens) *Fault {
	for _, t := range tokens {
		if message := g.judge(t); message != "" {
			return faultAt(t, message)
		}
	}
	return nil
}

// judge says what is wrong with a part, if anything is.
func (g *guard) judge(t *token.Token) string {
	switch t.Type {
	case token.InvalidType:
		return "this is neither YAML nor JSON: " + t.Error
	case token.MappingStartType, token.SequenceStartType:
		g.flows = append(g.flows, flow{mapping: t.Type == token.MappingStartType})
	case token.MappingEndType, token.SequenceEndType, token.CollectEntryType:
		g.part(t)
	case token.DocumentHeaderType:
		if t.Prev != nil && t.Prev.Type != token.DirectiveType && t.Prev.Type != token.CommentType {
			return alone
		}
	case token.SequenceEntryType:
		g.enter(t, t)
	case token.MappingValueType:
		g.enter(t.Prev, t)
	case token.DoubleQuoteType:
		if strings.Contains(t.Origin, `\`) {
			return g.escapes(t)
		}
	}
	switch {
	case len(g.flows)+len(g.blocks) > maxDepth:
		return fmt.Sprintf("this is nested deeper than %d levels", maxDepth)
	case len(g.blocks) > 0 && g.blocks[len(g.blocks)-1].fields > maxFields:
		return fmt.Sprintf("this mapping has more than %d fields", maxFields)
	case g.nulls > maxNulls:
		return "too many values are not there"
	}
	return refused[t.Type]
}

// part notes the end of an entry in brackets or braces, or of all.
func (g *guard) part(t *token.Token) {
	n := len(g.flows)
	if n == 0 {
		return
	}
	if last := t.Prev.Type; g.flows[n-1].mapping && !g.flows[n-1].named && last != token.MappingStartType && last != token.CollectEntryType {
		g.nulls++
	}
	g.flows[n-1].named = false
	if t.Type != token.CollectEntryType {
		g.flows = g.flows[:n-1]
	}
}

// enter notes that a block has an entry, which begins with one part and whose value follows another: it closes all
// blocks that are further to the right.
func (g *guard) enter(begin, mark *token.Token) {
	if n := len(g.flows); n > 0 {
		g.flows[n-1].named = true
		if next := mark.Next; next != nil && (next.Type == token.CollectEntryType || next.Type == token.MappingEndType || next.Type == token.SequenceEndType) {
			g.nulls++
		}
		return
	}
	_, column := position(begin)
	for len(g.blocks) > 0 && g.blocks[len(g.blocks)-1].column > column {
		g.blocks = g.blocks[:len(g.blocks)-1]
	}
	if len(g.blocks) == 0 || g.blocks[len(g.blocks)-1].column < column {
		g.blocks = append(g.blocks, level{column: column})
	}
	if begin != mark {
		g.blocks[len(g.blocks)-1].fields++
	}
	if empty(begin, mark) {
		g.nulls++
	}
}

// empty reports whether no value follows a mark: what comes next is further to the left, or the entry after it.
func empty(begin, mark *token.Token) bool {
	next := mark.Next
	for next != nil && next.Type == token.CommentType {
		next = next.Next
	}
	_, column := position(begin)
	line, nextColumn := position(next)
	here, _ := position(mark)
	return next == nil || line > here && (nextColumn < column || nextColumn == column && (begin == mark || next.Type != token.SequenceEntryType))
}

// escapes judges the escapes of a quoted text, because the scanner makes anything of digits that are none.
func (g *guard) escapes(t *token.Token) string {
	line, column := position(t)
	g.source.seek(line, column)
	rest, ok := strings.CutPrefix(g.source.rest, `"`)
	for ok && rest != "" && rest[0] != '"' {
		i := strings.IndexAny(rest, `\"`)
		if i < 0 || rest[i] == '"' {
			return ""
		}
		rest, ok = escape(rest[i+1:])
	}
	if !ok {
		return "an escape in this text stands for no character"
	}
	return ""
}

// escape reads what stands after a backslash, and reports whether it stands for a character.
func escape(rest string) (string, bool) {
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}
	if rest == "" || digits[rest[0]] == 0 {
		return rest[min(len(rest), 1):], rest != ""
	}
	n := digits[rest[0]]
	code, rest, ok := hex(rest[1:], n)
	if low, found := strings.CutPrefix(rest, `\u`); ok && n == 4 && code>>10 == 0xd800>>10 && found {
		code, rest, ok = hex(low, n)
		return rest, ok && code>>10 == 0xdc00>>10
	}
	return rest, ok && code <= utf8.MaxRune && utf8.ValidRune(rune(code))
}

// hex reads a number of n digits.
func hex(rest string, n int) (uint64, string, bool) {
	if len(rest) < n {
		return 0, "", false
	}
	code, err := strconv.ParseUint(rest[:n], 16, 64)
	return code, rest[n:], err == nil
}
