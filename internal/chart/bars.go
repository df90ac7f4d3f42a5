package chart

import "strconv"

// Bars are percentages of several things, each from zero on the same scale. They are bars and not a radar: lengths on one
// scale are compared at a glance, while a radar's area depends on the order of its spokes and grows with the square.
type Bars struct {
	Title, Desc string
	Rows        []Row
	Scale       string // what the length is
	Weigh       string // what the weights are; empty if there are none
	Heaviest    int    // the weight that takes the whole room; the rows' greatest if it is less
	Table       Table
}

// Row is one bar.
type Row struct {
	Name     string
	Note     string // what stands small below the name
	Percent  *float64
	Value    string // the percentage as it is read, or why there is none
	Interval *Interval
	Doubtful bool // too little is known: the bar is hatched and not filled
	Weight   int  // 0 for none
	Weighs   string
}

// A frame with fewer ems than this has its names above its bars.
const columns = 40

// NewBars lays bars out.
func NewBars(fr Frame, in Bars) *Figure {
	f := &Figure{Title: in.Title, Desc: in.Desc, Width: fr.Width, Table: in.Table}
	b := barPlot{f: f, fr: fr, in: in, value: fr.Size / 2, most: in.Heaviest}
	for _, r := range in.Rows {
		b.value = max(b.value, fr.Measure(r.Value, fr.Size, true)+.8*fr.Size)
		b.most = max(b.most, r.Weight)
	}
	b.value = min(b.value, fr.Width/3)
	b.wide = fr.Width - b.value
	if fr.Width >= columns*fr.Size {
		b.beside = true
		b.left = .32 * fr.Width
		b.wide = fr.Width - b.left - b.value
		if in.Weigh != "" {
			b.weigh = .2 * fr.Width
			b.wide -= b.weigh + fr.Size
		}
	}
	y := b.heading()
	for _, r := range in.Rows {
		y = b.row(r, y)
	}
	f.Height = b.axis(y)
	return f
}

// barPlot is bars on their way to a figure.
type barPlot struct {
	f          *Figure
	fr         Frame
	in         Bars
	beside     bool    // names stand beside their bars
	left, wide float64 // of the scale
	value      float64 // room for the numbers behind it
	weigh      float64 // room for weights behind them
	most       int     // the greatest weight
}

func (b *barPlot) heading() float64 {
	if b.weigh == 0 {
		return 0
	}
	s := .85 * b.fr.Size
	b.f.text(b.left, s, Text{Says: b.in.Scale, Size: s, Ink: Quiet})
	x := b.weights()
	below := b.f.paragraph(b.fr, x, 0, b.fr.Width-x, b.in.Weigh, 2, Text{Size: s, Ink: Quiet})
	return below + .3*s
}

func (b *barPlot) weights() float64 { return b.fr.Width - b.weigh }

// row draws one bar from y downwards and gives the place below it.
func (b *barPlot) row(r Row, y float64) float64 {
	s, name := b.fr.Size, b.fr.Width
	if b.beside {
		name = b.left - s
	}
	below := b.f.paragraph(b.fr, 0, y, name, r.Name, 2, Text{Size: s, Ink: Strong})
	below = b.f.paragraph(b.fr, 0, below, name, b.note(r), 3, Text{Size: .85 * s, Ink: Quiet})
	if b.beside {
		b.bar(r, y+.15*s)
		b.weight(r, y+.15*s)
		return max(below, y+1.5*s) + .7*s
	}
	b.bar(r, below+.3*s)
	return below + 2.4*s
}

// note is what stands below a name; without columns the weight stands there too.
func (b *barPlot) note(r Row) string {
	if b.beside || r.Weighs == "" || b.in.Weigh == "" {
		return r.Note
	}
	if r.Note == "" {
		return r.Weighs
	}
	return r.Weighs + " · " + r.Note
}

func (b *barPlot) bar(r Row, y float64) {
	s, high := b.fr.Size, 1.1*b.fr.Size
	if r.Percent != nil {
		w := share(*r.Percent, b.wide)
		if r.Doubtful {
			b.f.hatch(b.left, y, w, high, s/2.4, Stroke{Ink: Bar, Width: s / 14})
			b.f.outline(b.left, y, w, high, Stroke{Ink: Bar, Width: s / 14})
		} else {
			b.f.box(b.left, y, w, high, Bar)
		}
	}
	b.f.line(b.left, y-.15*s, b.left, y+high+.15*s, Stroke{Ink: Rule, Width: s / 12})
	if r.Interval != nil {
		b.f.whisker(b.left+share(r.Interval.Low, b.wide), b.left+share(r.Interval.High, b.wide), y+high/2, .3*s, s/9)
	}
	b.number(r, y+.95*s)
}

// number writes a bar's value behind the scale; where there is no bar it may take the scale's place.
func (b *barPlot) number(r Row, y float64) {
	s := b.fr.Size
	if r.Percent == nil {
		lines, whole := b.fr.fit(r.Value, b.wide, s, false, 1)
		if len(lines) > 0 {
			b.f.text(b.left+.5*s, y, Text{Says: lines[0], Whole: whole, Size: s, Ink: Quiet})
		}
		return
	}
	b.f.text(b.left+b.wide+b.value-.2*s, y, Text{Says: r.Value, Size: s, Bold: true, Ink: Strong, Anchor: End})
}

// weight draws how much a row counts, on a scale of its own that starts at zero too.
func (b *barPlot) weight(r Row, y float64) {
	if b.weigh == 0 {
		return
	}
	s, x := b.fr.Size, b.weights()
	if r.Weight == 0 {
		b.f.text(x, y+.95*s, Text{Says: "–", Size: s, Ink: Quiet})
		return
	}
	says := strconv.Itoa(r.Weight)
	room := b.weigh - b.fr.Measure(strconv.Itoa(b.most), s, false) - .6*s
	w := float64(r.Weight) / float64(b.most) * room
	b.f.box(x, y+.25*s, w, .6*s, Pale)
	b.f.outline(x, y+.25*s, w, .6*s, Stroke{Ink: Rule, Width: s / 12})
	b.f.text(x+w+.4*s, y+.95*s, Text{Says: says, Size: s, Ink: Strong})
}

// axis writes the scale's ends and its middle below the bars, and gives the figure's height.
func (b *barPlot) axis(y float64) float64 {
	s := b.fr.Size
	b.f.line(b.left, y, b.left+b.wide, y, Stroke{Ink: Rule, Width: s / 12})
	for _, tick := range []float64{0, 50, 100} {
		x, anchor := b.left+share(tick, b.wide), Middle
		if tick == 0 {
			anchor = Start
		}
		b.f.line(x, y, x, y+.35*s, Stroke{Ink: Rule, Width: s / 12})
		b.f.text(x, y+1.3*s, Text{Says: number(tick), Size: .85 * s, Ink: Quiet, Anchor: anchor})
	}
	if b.weigh > 0 {
		return y + 1.6*s
	}
	return b.f.paragraph(b.fr, b.left, y+1.4*s, b.fr.Width-b.left, b.in.Scale, 2, Text{Size: .85 * s, Ink: Quiet}) + .2*s
}
