package markdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// asText shows what is not allowed through as text, so that nothing an author wrote is lost: `List<String>` stays.
type asText struct{}

// RegisterFuncs takes the place of the library's own rendering.
func (asText) RegisterFuncs(funcs renderer.NodeRendererFuncRegisterer) {
	funcs.Register(ast.KindRawHTML, rawHTML)
	funcs.Register(ast.KindHTMLBlock, htmlBlock)
	funcs.Register(ast.KindImage, description)
}

func rawHTML(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		escape(w, source, node.(*ast.RawHTML).Segments)
	}
	return ast.WalkSkipChildren, nil
}

func htmlBlock(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = w.WriteString("</p>\n")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("<p>")
	block := node.(*ast.HTMLBlock)
	escape(w, source, block.Lines())
	if block.HasClosure() {
		_, _ = w.Write(util.EscapeHTML(block.ClosureLine.Value(source)))
	}
	return ast.WalkContinue, nil
}

// description writes nothing for the image itself: its children are the words that describe it.
func description(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkContinue, nil
}

func escape(w util.BufWriter, source []byte, lines *text.Segments) {
	for i := range lines.Len() {
		line := lines.At(i)
		_, _ = w.Write(util.EscapeHTML(line.Value(source)))
	}
}
