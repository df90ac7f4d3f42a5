package chart

import "math"

// Result is one person's result among others: a dot on its interval, on the distribution of the norm group, with the
// bands and the cut below. Percentages are from 0 to 100.
type Result struct {
	Title, Desc string
	Percent     float64
	Value       string    // the percentage as it is read
	Interval    *Interval // nil if nothing is known of it
	Between     string    // the interval as it is read
	Cut         float64
	CutText     string
	Bands       []Band // from the lowest
	Open        bool   // the result is not final, so that no band is its own
	Counts      []int  // of the norm group, in buckets of equal width from 0 to 100; empty if it is not shown
	Group       string // the norm group with its n and date, or why it is not shown
	Table       Table
}

// Band is a named range that begins at a percentage.
type Band struct {
	Name string
	Min  float64
}

// NewResult lays a result out.
func NewResult(fr Frame, in Result) *Figure {
	s := fr.Size
	f := &Figure{Title: in.Title, Desc: in.Desc, Width: fr.Width, Table: in.Table}
	p := resultPlot{f: f, fr: fr, in: in, left: s, wide: fr.Width - 2*s}
	label, row := 1.3*s, 2.4*s
	base := row + 1.6*s
	if len(in.Counts) > 0 {
		base += 5 * s
	}
	p.distribution(row+1.1*s, base)
	p.line(p.at(in.Percent), row, p.at(in.Percent), base, Stroke{Ink: Strong, Width: s / 12})
	p.axis(base)
	strip := base + 1.9*s
	below := p.bands(strip, 1.7*s)
	p.line(p.at(in.Cut), row+1.1*s, p.at(in.Cut), below+.3*s, Stroke{Ink: Strong, Width: s / 7, Dashed: true})
	p.centred(in.Cut, below+1.4*s, in.CutText, false)
	p.dot(label, row)
	f.Height = f.paragraph(fr, 0, below+1.9*s, fr.Width, in.Group, 4, Text{Size: .92 * s, Ink: Quiet}) + .3*s
	return f
}

// resultPlot is a result on its way to a figure: an axis from left over a width.
type resultPlot struct {
	f          *Figure
	fr         Frame
	in         Result
	left, wide float64
}

func (p resultPlot) at(percent float64) float64 { return p.left + share(percent, p.wide) }

func (p resultPlot) line(x1, y1, x2, y2 float64, s Stroke) { p.f.line(x1, y1, x2, y2, s) }

// centred writes around a place on the axis, or as near to it as the frame allows.
func (p resultPlot) centred(percent, y float64, text string, bold bool) {
	size := p.fr.Size
	width := p.fr.Measure(text, size, bold)
	p.f.text(p.fr.within(p.at(percent), width), y, Text{Says: text, Size: size, Bold: bold, Ink: Strong, Anchor: Middle})
}

// distribution draws the norm group's bars from the axis upwards; the person's own is hatched.
func (p resultPlot) distribution(top, base float64) {
	most := 0
	for _, n := range p.in.Counts {
		most = max(most, n)
	}
	if most == 0 {
		return
	}
	step := p.wide / float64(len(p.in.Counts))
	own := Bucket(p.in.Percent, len(p.in.Counts))
	for i, n := range p.in.Counts {
		high := float64(n) / float64(most) * (base - top)
		x := p.left + float64(i)*step
		p.f.box(x+.5, base-high, step-1, high, Pale)
		if i == own {
			p.f.hatch(x+.5, base-high, step-1, high, p.fr.Size/3, Stroke{Ink: Bar, Width: p.fr.Size / 14})
		}
	}
}

// Bucket is which of n equal buckets from 0 to 100 holds a percentage; 100 belongs to the last.
func Bucket(percent float64, n int) int {
	return max(0, min(n-1, int(percent/100*float64(n))))
}

func (p resultPlot) axis(y float64) {
	s := p.fr.Size
	thin := Stroke{Ink: Rule, Width: s / 12}
	p.line(p.left, y, p.left+p.wide, y, thin)
	for tick := 0.0; tick <= 100; tick += 20 {
		p.line(p.at(tick), y, p.at(tick), y+.35*s, thin)
		half := p.fr.Measure(number(tick), .85*s, false) / 2
		if math.Abs(p.at(tick)-p.at(p.in.Cut)) < half+.2*s {
			continue // the line of the cut would go through it, and says it below
		}
		p.f.text(p.at(tick), y+1.4*s, Text{Says: number(tick), Size: .85 * s, Ink: Quiet, Anchor: Middle})
	}
}

// bands draws the named ranges as a strip; the one that the result lies in is filled and in bold. It gives the strip's
// lower edge.
func (p resultPlot) bands(y, high float64) float64 {
	s, own := p.fr.Size, -1
	for i, b := range p.in.Bands {
		if p.in.Percent >= b.Min && !p.in.Open {
			own = i
		}
	}
	for i, b := range p.in.Bands {
		end := 100.0
		if i+1 < len(p.in.Bands) {
			end = p.in.Bands[i+1].Min
		}
		x, w := p.at(b.Min), p.at(end)-p.at(b.Min)
		if i == own {
			p.f.box(x, y, w, high, Pale)
		}
		p.f.outline(x, y, w, high, Stroke{Ink: Rule, Width: s / 12})
		p.bandName(b.Name, x, y, w, high, i == own)
	}
	return y + high
}

func (p resultPlot) bandName(name string, x, y, w, high float64, own bool) {
	s := .92 * p.fr.Size
	lines, whole := p.fr.fit(name, w-.4*s, s, own, 1)
	if len(lines) == 0 || lines[0] == ellipsis {
		return // the table names it
	}
	p.f.text(x+w/2, y+high/2+.35*s, Text{Says: lines[0], Whole: whole, Size: s, Bold: own, Ink: Strong, Anchor: Middle})
}

// dot draws the result on its interval, with both in words above.
func (p resultPlot) dot(label, row float64) {
	s, in := p.fr.Size, p.in
	words := in.Value
	if in.Interval != nil {
		p.f.whisker(p.at(in.Interval.Low), p.at(in.Interval.High), row, .4*s, s/7)
		words += "  (" + in.Between + ")"
	}
	p.f.dot(p.at(in.Percent), row, .62*s, Paper)
	p.f.dot(p.at(in.Percent), row, .5*s, Bar)
	p.centred(in.Percent, label, words, true)
}
