// Package markdown makes safe HTML of the Markdown that authors write.
//
// The raw text is kept beside what is made of it; the HTML is made once, when the text is written, and shown as it is
// from then on. It can hold no script, style, form, frame or address that is not http, https or mailto.
package markdown

import (
	"bytes"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// Renderer turns Markdown into safe HTML. It may be used by several at once.
type Renderer struct {
	markdown goldmark.Markdown
	policy   *bluemonday.Policy
}

// New makes a renderer of GitHub's tables, strike-through and bare links beside CommonMark. Raw HTML is shown as the text
// that it is, an image as its description.
func New() *Renderer {
	return &Renderer{
		markdown: goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
			goldmark.WithRendererOptions(html.WithXHTML(), renderer.WithNodeRenderers(util.Prioritized(asText{}, 1)))),
		policy: harmless(),
	}
}

func harmless() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "sub", "sup", "code", "pre", "blockquote", "ul", "ol", "li",
		"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("th", "td")
	p.AllowAttrs("class").Matching(codeClass).OnElements("code")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}

// HTML makes safe HTML of a text; an empty text is empty.
func (r *Renderer) HTML(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	var out bytes.Buffer
	if err := r.markdown.Convert([]byte(text), &out); err != nil {
		return r.policy.Sanitize(text) // a buffer takes every write: this cannot happen
	}
	return strings.TrimSpace(string(r.policy.SanitizeBytes(out.Bytes())))
}
