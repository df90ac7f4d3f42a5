package pdf

import (
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"github.com/assay-hq/assay/internal/chart"
	"github.com/assay-hq/assay/internal/reporting"
)

// Sizes, in points.
const (
	margin  = 50.0
	above   = 62.0 // where a page's text begins
	below   = 58.0 // what a page leaves free below it
	small   = 8.0
	body    = 9.5
	large   = 13.0
	title   = 20.0
	huge    = 30.0
	leading = 1.38
)

// document is a report on its way to paper: y is how far down its page is filled.
type document struct {
	pdf           *fpdf.Fpdf
	s             *reporting.Sheet
	r             *reporting.Reader
	address       string
	pages         int
	width, bottom float64
	y             float64
	lost          bool // a character could not be written
}

// style is how a text is written.
type style struct {
	size float64
	bold bool
	ink  chart.Ink
}

// page begins a new one, with its head and its foot.
func (d *document) page() {
	d.pdf.AddPage()
	d.y = above
	foot := d.bottom + 26
	if d.pdf.PageNo() > 1 {
		d.line(margin, 40, margin+d.width, 40, chart.Stroke{Ink: chart.Rule, Width: .4})
		d.between(34, d.r.Title(d.s.Head), d.s.Head.Assessment)
	}
	d.line(margin, foot-13, margin+d.width, foot-13, chart.Stroke{Ink: chart.Rule, Width: .4})
	d.between(foot, d.s.Head.Organization, fmt.Sprintf(d.r.Page, d.pdf.PageNo(), d.pages))
}

// between writes one text at the left edge of a line and one at its right.
func (d *document) between(y float64, left, right string) {
	quiet := style{size: small, ink: chart.Quiet}
	d.font(quiet)
	left, _ = printable(left)
	right, _ = printable(right)
	right = chart.Short(right, d.width/2, d.pdf.GetStringWidth)
	room := d.width - d.pdf.GetStringWidth(right) - 16
	d.write(margin, y, chart.Short(left, room, d.pdf.GetStringWidth), quiet)
	d.write(margin+d.width-d.measure(right, quiet), y, right, quiet)
}

// need begins a new page where so much no longer fits on this one.
func (d *document) need(height float64) {
	if d.y+height > d.bottom && d.y > above {
		d.page()
	}
}

// line strokes on the page.
func (d *document) line(x1, y1, x2, y2 float64, s chart.Stroke) {
	(&canvas{d: d}).Line(x1, y1, x2, y2, s)
}

// font chooses how the next text is written.
func (d *document) font(s style) {
	weight := ""
	if s.bold {
		weight = "B"
	}
	d.pdf.SetFont(family, weight, s.size)
	r, g, b := s.ink.RGB()
	d.pdf.SetTextColor(int(r), int(g), int(b))
}

func (d *document) measure(text string, s style) float64 {
	d.font(s)
	text, _ = printable(text)
	return d.pdf.GetStringWidth(text)
}

// write puts one line on the page.
func (d *document) write(x, y float64, text string, s style) {
	d.font(s)
	text, lost := printable(text)
	d.lost = d.lost || lost
	d.pdf.Text(x, y, text)
}

// lines breaks a text; its own line breaks stay, and the space that a line of code begins with.
func (d *document) lines(text string, width float64, s style) []string {
	text, lost := printable(strings.TrimRight(text, " \n"))
	d.lost = d.lost || lost
	d.font(s)
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		code := strings.TrimLeft(line, " ")
		indent := strings.Repeat("\u00a0", min(24, len(line)-len(code)))
		broken := chart.Lines(indent+code, width, d.pdf.GetStringWidth)
		if len(broken) == 0 {
			broken = []string{""}
		}
		out = append(out, broken...)
	}
	return out
}

// say writes a paragraph over the whole width, over a page's end if it must.
func (d *document) say(text string, s style) {
	if text == "" {
		return
	}
	for _, line := range d.lines(text, d.width, s) {
		d.need(s.size * leading)
		d.write(margin, d.y+s.size, line, s)
		d.y += s.size * leading
	}
	d.y += .35 * s.size
}

// gap leaves room, except at the top of a page.
func (d *document) gap(height float64) {
	if d.y > above {
		d.y += height
	}
}

// heading begins a part of the document, together with at least so much of what follows it, and notes it in the outline.
func (d *document) heading(text string, level int, with float64) {
	s := style{size: large, bold: true, ink: chart.Strong}
	if level > 0 {
		s.size = body + .5
	}
	d.gap(1.1 * s.size)
	lines := d.lines(text, d.width, s)
	d.need(float64(len(lines))*s.size*leading + with)
	d.font(s)
	name, _ := printable(text)
	d.pdf.Bookmark(name, level, d.y)
	for _, line := range lines {
		d.write(margin, d.y+s.size, line, s)
		d.y += s.size * leading
	}
	d.y += .3 * s.size
}

// callout is a paragraph that must not be missed, with a bar beside it.
func (d *document) callout(text string) {
	s := style{size: body, bold: true, ink: chart.Strong}
	lines := d.lines(text, d.width-14, s)
	height := float64(len(lines)) * s.size * leading
	d.need(height + 8)
	d.y += 2
	(&canvas{d: d}).Box(margin, d.y, 3, height+2, chart.Bar)
	for i, line := range lines {
		d.write(margin+14, d.y+s.size+float64(i)*s.size*leading, line, s)
	}
	d.y += height + 8
}

// figure draws a chart over the whole width.
func (d *document) figure(lay func(chart.Frame) *chart.Figure) {
	f := lay(d.frame())
	if f == nil {
		return
	}
	d.need(f.Height)
	f.Draw(&canvas{d: d, dx: margin, dy: d.y})
	d.y += f.Height + 6
}

func (d *document) frame() chart.Frame {
	return chart.Frame{Width: d.width, Size: 9, Measure: func(text string, size float64, bold bool) float64 {
		return d.measure(text, style{size: size, bold: bold})
	}}
}

// height is how much a chart will take.
func (d *document) height(lay func(chart.Frame) *chart.Figure) float64 {
	if f := lay(d.frame()); f != nil {
		return f.Height
	}
	return 0
}
