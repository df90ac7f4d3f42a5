// Package chart draws the figures of reports, once for pages, mail and print.
//
// A figure is laid out in the units of whoever asks and then drawn on a Canvas: SVG here, a PDF in internal/reporting/pdf.
// Every figure carries its title, a description and the table of its numbers. Lengths start at zero, and what an ink
// tells, a pattern, a place or a word tells too. The package speaks no language: every text comes in as it is shown.
// It will never reach a row, a clock or a network, and the same input always gives the same drawing.
package chart

// Canvas is what a figure is drawn on. Coordinates begin at the upper left.
type Canvas interface {
	// Box fills a rectangle.
	Box(x, y, w, h float64, fill Ink)
	// Line strokes from one point to another.
	Line(x1, y1, x2, y2 float64, s Stroke)
	// Dot fills a circle.
	Dot(x, y, r float64, fill Ink)
	// Text writes one line, its baseline at y.
	Text(x, y float64, t Text)
}

// Ink is what a mark is for. A canvas chooses its colour, in light and dark.
type Ink string

// The inks.
const (
	Strong Ink = "ink"   // what is read first
	Quiet  Ink = "quiet" // what explains
	Rule   Ink = "rule"  // axes and outlines
	Bar    Ink = "bar"   // the person's own result
	Pale   Ink = "pale"  // everybody else
	Paper  Ink = "paper" // keeps two marks apart
)

// Stroke is how a line is drawn.
type Stroke struct {
	Ink    Ink
	Width  float64
	Dashed bool
}

// Anchor is which end of a text stands at its place.
type Anchor string

// The anchors, as SVG calls them.
const (
	Start  Anchor = "start"
	Middle Anchor = "middle"
	End    Anchor = "end"
)

// Text is one line of writing.
type Text struct {
	Says   string
	Whole  string // what was shortened to Says; empty if nothing was
	Size   float64
	Bold   bool
	Ink    Ink
	Anchor Anchor
}

// Measure is how wide a canvas writes a text.
type Measure func(text string, size float64, bold bool) float64

// Frame is the room that a figure gets: its width, and the size of its writing in the same unit.
type Frame struct {
	Width   float64
	Size    float64
	Measure Measure
}

// Table is the numbers of a figure, for who does not see it and for who wants them exactly.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// Figure is a chart that is laid out.
type Figure struct {
	Title, Desc   string
	Width, Height float64
	Table         Table
	marks         []func(Canvas)
}

// Draw puts the figure on a canvas.
func (f *Figure) Draw(c Canvas) {
	for _, mark := range f.marks {
		mark(c)
	}
}

func (f *Figure) box(x, y, w, h float64, fill Ink) {
	f.marks = append(f.marks, func(c Canvas) { c.Box(x, y, w, h, fill) })
}

func (f *Figure) line(x1, y1, x2, y2 float64, s Stroke) {
	f.marks = append(f.marks, func(c Canvas) { c.Line(x1, y1, x2, y2, s) })
}

func (f *Figure) dot(x, y, r float64, fill Ink) {
	f.marks = append(f.marks, func(c Canvas) { c.Dot(x, y, r, fill) })
}

func (f *Figure) text(x, y float64, t Text) {
	f.marks = append(f.marks, func(c Canvas) { c.Text(x, y, t) })
}

// outline strokes the four sides of a rectangle.
func (f *Figure) outline(x, y, w, h float64, s Stroke) {
	f.line(x, y, x+w, y, s)
	f.line(x+w, y, x+w, y+h, s)
	f.line(x+w, y+h, x, y+h, s)
	f.line(x, y+h, x, y, s)
}

// hatch fills a rectangle with slanted lines: a pattern that every canvas can draw and no ink is needed to tell.
func (f *Figure) hatch(x, y, w, h, gap float64, s Stroke) {
	for at := gap; at < w+h; at += gap {
		x1, y1, x2, y2 := at, 0.0, 0.0, at
		if x1 > w {
			x1, y1 = w, at-w
		}
		if y2 > h {
			x2, y2 = at-h, h
		}
		f.line(x+x1, y+y1, x+x2, y+y2, s)
	}
}

// whisker draws an interval with its ends; a line of paper below it keeps it apart from what it crosses.
func (f *Figure) whisker(low, high, y, arm, width float64) {
	for _, s := range []Stroke{{Ink: Paper, Width: 3 * width}, {Ink: Strong, Width: width}} {
		f.line(low, y, high, y, s)
		f.line(low, y-arm, low, y+arm, s)
		f.line(high, y-arm, high, y+arm, s)
	}
}

// Interval is a range in percent.
type Interval struct{ Low, High float64 }

// share is where a percentage lies on a length.
func share(percent, length float64) float64 { return max(0, min(100, percent)) / 100 * length }
