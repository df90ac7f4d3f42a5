package qti

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// blank stands in a prompt where an answer is typed into a line.
const blank = `\_\_\_\_`

// markdown turns XHTML into simple Markdown and notes what Markdown cannot hold.
func (r *reading) markdown(nodes []*node) string { return strings.Join(r.blocks(nodes), "\n\n") }

// blocks gives paragraphs, lists and the like; what stands in a line is gathered into paragraphs.
func (r *reading) blocks(nodes []*node) []string {
	var out []string
	var line []*node
	flush := func() {
		if text := strings.TrimSpace(r.line(line)); text != "" && text != blank {
			out = append(out, lineStart.ReplaceAllString(text, `$1\$2`))
		}
		line = nil
	}
	for _, n := range nodes {
		if isInline(n) {
			line = append(line, n)
			continue
		}
		flush()
		out = append(out, r.block(n)...)
	}
	flush()
	return out
}

// lineStart finds what Markdown would take for a heading, a list or a quotation.
var lineStart = regexp.MustCompile(`(?m)^(\d{0,9})([#>+-]|[.)](?:\s|$)|~~~|={3,})`)

// block gives the paragraphs that one element makes.
func (r *reading) block(n *node) []string {
	switch n.name {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		if text := strings.Join(strings.Fields(r.line(n.kids)), " "); text != "" {
			return []string{strings.Repeat("#", int(n.name[1]-'0')) + " " + text}
		}
		return nil
	case "pre":
		return fenced(n.content())
	case "hr":
		return []string{"---"}
	case "blockquote":
		return prefixed(r.blocks(n.kids), "> ", "> ")
	case "ul", "ol":
		return r.list(n)
	case "table":
		return r.table(n)
	case "qti-choice-interaction", "qti-order-interaction", "qti-extended-text-interaction", "qti-upload-interaction":
		return r.blocks(n.children("qti-prompt"))
	case "qti-rubric-block":
		if isGuide(n) {
			return nil
		}
	}
	if r.foreign(n) {
		return nil
	}
	return r.blocks(n.kids)
}

// isGuide knows a rubric that candidates do not see.
func isGuide(n *node) bool {
	view, limited := n.lookup("view")
	return n.name == "qti-rubric-block" && limited && !strings.Contains(view, "candidate")
}

// foreign notes an element that Markdown has no form for, and reports whether to leave it out.
func (r *reading) foreign(n *node) bool {
	switch n.name {
	case "img", "picture", "object", "audio", "video", "svg", "iframe", "math", "script", "style", "embed", "canvas", "ruby",
		"form", "input", "button", "select", "textarea":
		r.note(n, "this cannot be kept in a text")
		return true
	case "qti-content-body", "qti-prompt", "qti-rubric-block", "qti-text-entry-interaction":
		return false
	}
	if strings.HasPrefix(n.name, "qti-") {
		r.note(n, "this part of the text is not taken")
		return true
	}
	return false
}

func (r *reading) list(n *node) []string {
	var items []string
	for i, li := range n.children("li") {
		first := "- "
		if n.name == "ol" {
			first = strconv.Itoa(i+1) + ". "
		}
		items = append(items, prefixed(r.blocks(li.kids), first, strings.Repeat(" ", len(first)))...)
	}
	if len(items) == 0 {
		return nil
	}
	return []string{strings.Join(items, "\n")}
}

// prefixed puts something before the first line of some blocks and something before all others.
func prefixed(blocks []string, first, rest string) []string {
	if len(blocks) == 0 {
		return nil
	}
	lines := strings.Split(strings.Join(blocks, "\n\n"), "\n")
	for i, l := range lines {
		if i > 0 {
			first = rest
		}
		lines[i] = strings.TrimRight(first+l, " ")
	}
	return []string{strings.Join(lines, "\n")}
}

// table writes rows with bars between the cells; the first row is the head.
func (r *reading) table(n *node) []string {
	var rows []string
	for i, tr := range rowsOf(n) {
		var cells []string
		for _, cell := range tr.children("") {
			text := strings.Join(strings.Fields(strings.Join(r.blocks(cell.kids), " ")), " ")
			cells = append(cells, strings.ReplaceAll(text, "|", `\|`))
		}
		rows = append(rows, "| "+strings.Join(cells, " | ")+" |")
		if i == 0 {
			rows = append(rows, "|"+strings.Repeat(" --- |", len(cells)))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return []string{strings.Join(rows, "\n")}
}

// rowsOf leaves the rows of tables inside cells to those tables.
func rowsOf(table *node) []*node {
	var out []*node
	for _, n := range table.children("") {
		switch n.name {
		case "tr":
			out = append(out, n)
		case "thead", "tbody", "tfoot":
			out = append(out, n.children("tr")...)
		}
	}
	return out
}

// fence is longer than any run of backticks in a text.
func fence(text string, least int) string {
	longest, run := 0, 0
	for _, c := range []byte(text) {
		if run++; c != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return strings.Repeat("`", max(least, longest+1))
}

// fenced keeps code as it is.
func fenced(code string) []string {
	fence := fence(code, 3)
	return []string{fence + "\n" + strings.Trim(code, "\n") + "\n" + fence}
}

// line gives running text.
func (r *reading) line(nodes []*node) string {
	var b strings.Builder
	for _, n := range nodes {
		text := r.inline(n)
		if strings.HasSuffix(b.String(), " ") || b.Len() == 0 {
			text = strings.TrimLeft(text, " ")
		}
		b.WriteString(text)
	}
	return b.String()
}

func (r *reading) inline(n *node) string {
	switch n.name {
	case "":
		return escaped(collapsed(n.text))
	case "br":
		return "\\\n"
	case "em", "i", "var", "cite", "dfn":
		return around("*", r.line(n.kids))
	case "strong", "b":
		return around("**", r.line(n.kids))
	case "code", "tt", "kbd", "samp":
		return inlineCode(collapsed(n.content()))
	case "a":
		return r.link(n)
	case "img":
		r.note(n, "an image cannot be kept, only the text that stands for it")
		return escaped(collapsed("[" + n.attr("alt") + "]"))
	case "math":
		r.note(n, "a formula cannot be kept, only its text")
		return escaped(collapsed(n.content()))
	case "qti-text-entry-interaction":
		return blank
	}
	if r.foreign(n) {
		return ""
	}
	if !isInline(n) {
		return strings.Join(r.block(n), " ")
	}
	return r.line(n.kids)
}

func (r *reading) link(n *node) string {
	text, href := strings.TrimSpace(r.line(n.kids)), n.attr("href")
	if !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "http://") || strings.ContainsAny(href, " \t\r\n()<>\\") {
		if href != "" {
			r.note(n, "this link leads nowhere outside the package; only its text is kept")
		}
		return text
	}
	return "[" + text + "](" + href + ")"
}

// around marks text; space at its ends stays outside, where Markdown wants it.
func around(mark, text string) string {
	inner := strings.TrimSpace(text)
	if inner == "" {
		return text
	}
	start := strings.Index(text, inner)
	return text[:start] + mark + inner + mark + text[start+len(inner):]
}

func inlineCode(text string) string {
	if strings.TrimSpace(text) == "" {
		return text
	}
	fence := fence(text, 1)
	if len(fence) > 1 {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

// collapsed writes one space for each run of XML's white space.
func collapsed(text string) string {
	var b strings.Builder
	space := false
	for _, r := range text {
		if r == ' ' || r == '\t' || r == '\n' || r == '\r' {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		b.WriteRune(r)
		space = false
	}
	return b.String()
}

// escaped keeps Markdown from reading marks into plain text. An underline inside a word is none.
func escaped(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch r {
		case '\\', '`', '*', '<', '[', ']', '&':
			b.WriteByte('\\')
		case '_':
			before, _ := utf8.DecodeLastRuneInString(text[:i])
			after, _ := utf8.DecodeRuneInString(text[i+1:])
			if !isWord(before) || !isWord(after) {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
