package qti

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of one XML document.
const (
	mostBytes    = 8 << 20
	mostDepth    = 64
	mostElements = 100_000
)

// xmlSpace is the namespace of xml:lang and xml:base.
const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// node is an element, or a text if it has no name. Names are local: which prefix a system writes means nothing.
type node struct {
	name  string
	text  string
	attrs []attr
	kids  []*node
	line  int
}

type attr struct{ name, value string }

// at is an attribute for el.
func at(name, value string) attr { return attr{name, value} }

// el makes an element of attributes, texts, elements and lists of elements; nil elements are left out.
func el(name string, parts ...any) *node {
	n := &node{name: name}
	for _, p := range parts {
		switch p := p.(type) {
		case attr:
			n.attrs = append(n.attrs, p)
		case string:
			n.kids = append(n.kids, &node{text: p})
		case *node:
			n.add(p)
		case []*node:
			for _, kid := range p {
				n.add(kid)
			}
		}
	}
	return n
}

func (n *node) add(kid *node) {
	if kid != nil {
		n.kids = append(n.kids, kid)
	}
}

// attr is the value of an attribute, empty if it is absent.
func (n *node) attr(name string) string {
	value, _ := n.lookup(name)
	return value
}

func (n *node) lookup(name string) (string, bool) {
	if n == nil {
		return "", false
	}
	for _, a := range n.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// children are the elements directly inside, of one name if one is given.
func (n *node) children(name string) []*node {
	if n == nil {
		return nil
	}
	var out []*node
	for _, k := range n.kids {
		if k.name != "" && (name == "" || k.name == name) {
			out = append(out, k)
		}
	}
	return out
}

// child is the first element of a name directly inside, or nil.
func (n *node) child(name string) *node {
	if all := n.children(name); len(all) > 0 {
		return all[0]
	}
	return nil
}

// find collects the elements below that a test accepts, in the order of the document.
func (n *node) find(is func(*node) bool) []*node {
	var out []*node
	for _, k := range n.children("") {
		if is(k) {
			out = append(out, k)
		}
		out = append(out, k.find(is)...)
	}
	return out
}

func (n *node) named(name string) []*node {
	return n.find(func(k *node) bool { return k.name == name })
}

// content is all text inside.
func (n *node) content() string {
	if n == nil {
		return ""
	}
	if n.name == "" {
		return n.text
	}
	var b strings.Builder
	for _, k := range n.kids {
		b.WriteString(k.content())
	}
	return b.String()
}

func (n *node) blank() bool { return n.name == "" && strings.TrimSpace(n.text) == "" }

// depth counts the elements inside one another.
func (n *node) depth() int {
	deepest := 0
	for _, k := range n.children("") {
		deepest = max(deepest, k.depth())
	}
	return deepest + 1
}

// parse reads one document in UTF-8, without a document type, within the limits.
func parse(file string, data []byte) (*node, *Fault) {
	if len(data) > mostBytes {
		return nil, &Fault{File: file, Message: "this document is larger than 8 MB"}
	}
	if !utf8.Valid(data) {
		return nil, &Fault{File: file, Message: "this document is not in UTF-8"}
	}
	p := &parser{xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))), []*node{{}}, 0, 0}
	if fault := p.run(); fault != nil {
		fault.File = file
		return nil, fault
	}
	roots := p.open[0].children("")
	if len(roots) != 1 {
		return nil, &Fault{File: file, Message: "a document has one outermost element"}
	}
	return roots[0], nil
}

// parser keeps the elements that are still open, outermost first; the first one stands for the document.
type parser struct {
	decoder  *xml.Decoder
	open     []*node
	elements int
	texts    int
}

func (p *parser) run() *Fault {
	for {
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		line, _ := p.decoder.InputPos()
		if err != nil {
			return &Fault{Line: line, Message: "this is not well-formed XML: " + cause(err)}
		}
		if message := p.take(token, line); message != "" {
			return &Fault{Line: line, Message: message}
		}
	}
}

// cause is what the reader of XML objects to, without the line that a fault has beside it.
func cause(err error) string {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Msg
	}
	return strings.TrimPrefix(err.Error(), "xml: ")
}

// take adds a token to the tree, or says why it must not be there.
func (p *parser) take(token xml.Token, line int) string {
	switch t := token.(type) {
	case xml.Directive:
		return "a document type or another declaration is not allowed"
	case xml.StartElement:
		if p.elements++; p.elements > mostElements || len(p.open) > mostDepth {
			return "this document has more than 100,000 elements, or more than 64 inside one another"
		}
		n := &node{name: t.Name.Local, attrs: attributes(t.Attr), line: line}
		p.top().kids = append(p.top().kids, n)
		p.open = append(p.open, n)
	case xml.EndElement:
		p.open = p.open[:len(p.open)-1]
	case xml.CharData:
		if p.texts++; p.texts > 2*mostElements {
			return "this document has more than 200,000 pieces of text"
		}
		p.top().kids = append(p.top().kids, &node{text: string(t), line: line})
	}
	return ""
}

func (p *parser) top() *node { return p.open[len(p.open)-1] }

func attributes(list []xml.Attr) []attr {
	var out []attr
	for _, a := range list {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Local == "xmlns":
		case a.Name.Space == xmlSpace:
			out = append(out, at("xml:"+a.Name.Local, a.Value))
		default:
			out = append(out, at(a.Name.Local, a.Value))
		}
	}
	return out
}

// document writes an element as a file.
func (n *node) document() []byte {
	b := bytes.NewBufferString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	n.print(b, "\n")
	b.WriteByte('\n')
	return b.Bytes()
}

// readable leaves line ends and tabs in texts as they are; only attributes would lose them.
var readable = strings.NewReplacer("&#xA;", "\n", "&#x9;", "\t")

// print writes structure on lines of its own and leaves prose as it is.
func (n *node) print(b *bytes.Buffer, margin string) {
	if n.name == "" {
		var text bytes.Buffer
		escape(&text, n.text)
		b.WriteString(readable.Replace(text.String()))
		return
	}
	b.WriteString("<" + n.name)
	for _, a := range n.attrs {
		b.WriteString(" " + a.name + `="`)
		escape(b, a.value)
		b.WriteByte('"')
	}
	if len(n.kids) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	structure := n.structure()
	for _, k := range n.kids {
		if structure {
			b.WriteString(margin + "  ")
		}
		k.print(b, margin+"  ")
	}
	if structure {
		b.WriteString(margin)
	}
	b.WriteString("</" + n.name + ">")
}

// structure reports whether space between the children means nothing.
func (n *node) structure() bool {
	known := strings.HasPrefix(n.name, "qti-") || slices.Contains([]string{"manifest", "metadata", "resources", "resource"}, n.name)
	return known && !slices.ContainsFunc(n.kids, func(k *node) bool { return k.name == "" })
}

// escape writes text so that no reader changes its line ends; a buffer takes everything.
func escape(b *bytes.Buffer, text string) { _ = xml.EscapeText(b, []byte(text)) }

// digest tells one document from another; our own attributes and the layout make no difference.
func (n *node) digest() string {
	var b strings.Builder
	n.fold(&b)
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

// fold writes an element unambiguously: what separates the parts cannot occur in XML.
func (n *node) fold(b *strings.Builder) {
	if n.name == "" {
		if words := strings.Join(strings.Fields(n.text), " "); words != "" {
			b.WriteString("\x01" + words)
		}
		return
	}
	b.WriteString("\x02" + n.name)
	attrs := slices.Clone(n.attrs)
	slices.SortFunc(attrs, func(x, y attr) int { return strings.Compare(x.name, y.name) })
	for _, a := range attrs {
		if a.name != "xmlns" && a.name != "schemaLocation" && !strings.HasPrefix(a.name, ours) {
			b.WriteString("\x03" + a.name + "\x04" + a.value)
		}
	}
	for _, k := range n.kids {
		k.fold(b)
	}
	b.WriteString("\x05")
}
