package pdf

import "github.com/assay-hq/assay/internal/chart"

// canvas is a place on a page that figures are drawn on.
type canvas struct {
	d      *document
	dx, dy float64
}

// Box of chart.Canvas.
func (c *canvas) Box(x, y, w, h float64, fill chart.Ink) {
	c.fill(fill)
	c.d.pdf.Rect(c.dx+x, c.dy+y, w, h, "F")
}

// Line of chart.Canvas.
func (c *canvas) Line(x1, y1, x2, y2 float64, s chart.Stroke) {
	r, g, b := s.Ink.RGB()
	c.d.pdf.SetDrawColor(int(r), int(g), int(b))
	c.d.pdf.SetLineWidth(s.Width)
	if s.Dashed {
		c.d.pdf.SetDashPattern([]float64{3 * s.Width, 2 * s.Width}, 0)
		defer c.d.pdf.SetDashPattern([]float64{}, 0)
	}
	c.d.pdf.Line(c.dx+x1, c.dy+y1, c.dx+x2, c.dy+y2)
}

// Dot of chart.Canvas.
func (c *canvas) Dot(x, y, r float64, fill chart.Ink) {
	c.fill(fill)
	c.d.pdf.Circle(c.dx+x, c.dy+y, r, "F")
}

// Text of chart.Canvas.
func (c *canvas) Text(x, y float64, t chart.Text) {
	s := style{size: t.Size, bold: t.Bold, ink: t.Ink}
	switch width := c.d.measure(t.Says, s); t.Anchor {
	case chart.Middle:
		x -= width / 2
	case chart.End:
		x -= width
	}
	c.d.write(c.dx+x, c.dy+y, t.Says, s)
}

func (c *canvas) fill(ink chart.Ink) {
	r, g, b := ink.RGB()
	c.d.pdf.SetFillColor(int(r), int(g), int(b))
}
