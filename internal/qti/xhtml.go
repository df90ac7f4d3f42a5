package qti

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// mostNesting leaves room for what an item puts around a text; a text beyond mostText is shown as it was written.
const (
	mostNesting = 40
	mostText    = 100_000
)

// kept are the elements that QTI shares with HTML, each with the attributes that are kept of it.
var kept = map[string][]string{
	"p": nil, "div": nil, "span": nil, "br": nil, "hr": nil, "em": nil, "strong": nil, "code": nil, "pre": nil,
	"blockquote": nil, "ul": nil, "ol": nil, "li": nil, "dl": nil, "dt": nil, "dd": nil, "sub": nil, "sup": nil,
	"h1": nil, "h2": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil, "table": nil, "thead": nil, "tbody": nil,
	"tr": nil, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}, "a": {"href", "title"},
	"img": {"src", "alt", "title"},
}

// xhtml renders Markdown as blocks of XHTML; what cannot be rendered is shown as it was written.
func (w *writer) xhtml(text string) []*node {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if len(text) > mostText {
		return []*node{el("pre", text)}
	}
	root, err := lenient(w.markdown.HTML(text))
	if err != nil || root.depth() > mostNesting {
		return []*node{el("pre", text)}
	}
	return wrapped(root.kids)
}

// lenient reads HTML as a browser would: void elements need no end, and entities have their names.
func lenient(text string) (*node, error) {
	d := xml.NewDecoder(strings.NewReader("<div>" + text + "</div>"))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	open := []*node{{}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return open[0].kids[0], nil
		}
		if err != nil {
			return nil, err
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			n := top
			if keep, ok := kept[strings.ToLower(t.Name.Local)]; ok {
				n = el(strings.ToLower(t.Name.Local))
				n.attrs = slices.DeleteFunc(attributes(t.Attr), func(a attr) bool { return !slices.Contains(keep, a.name) })
				top.add(n)
			}
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.add(&node{text: string(t)})
		}
	}
}

// wrapped puts loose text into paragraphs, since QTI wants blocks.
func wrapped(nodes []*node) []*node {
	var out []*node
	var loose *node
	for _, n := range nodes {
		switch {
		case n.name != "" && !isInline(n):
			out, loose = append(out, n), nil
		case loose != nil:
			loose.add(n)
		case !n.blank():
			loose = el("p", n)
			out = append(out, loose)
		}
	}
	return out
}

// isInline knows what stands inside a line of text.
func isInline(n *node) bool {
	switch n.name {
	case "", "a", "abbr", "b", "bdi", "bdo", "big", "br", "cite", "code", "dfn", "em", "i", "img", "kbd", "label", "math",
		"q", "ruby", "samp", "small", "span", "strong", "sub", "sup", "tt", "u", "var",
		"qti-text-entry-interaction", "qti-inline-choice-interaction", "qti-feedback-inline", "qti-printed-variable",
		"qti-gap", "qti-hottext", "qti-template-inline", "qti-end-attempt-interaction":
		return true
	}
	return false
}

// contentBody is the wrapper that QTI 3 wants around the text of feedback and rubrics.
func contentBody(parts ...any) *node { return el("qti-content-body", parts...) }
