package chart

import "strconv"

// Histogram is how many fall into each of some equal buckets from 0 to 100 percent.
type Histogram struct {
	Title, Desc string
	Counts      []int
	Own         *float64 // a percentage whose bucket is marked; nil for none
	Scale       string   // what the buckets are of
	Total       string   // the n as it is read
	Table       Table
}

// NewHistogram lays a small histogram out: bars from zero with the count above the tallest.
func NewHistogram(fr Frame, in Histogram) *Figure {
	s, most := fr.Size, 0
	f := &Figure{Title: in.Title, Desc: in.Desc, Width: fr.Width, Table: in.Table}
	for _, n := range in.Counts {
		most = max(most, n)
	}
	base, step, said := 6.5*s, fr.Width/float64(max(1, len(in.Counts))), false
	for i, n := range in.Counts {
		high := float64(n) / float64(max(1, most)) * 5 * s
		x := float64(i) * step
		f.box(x+.5, base-high, step-1, high, Pale)
		if in.Own != nil && Bucket(*in.Own, len(in.Counts)) == i {
			f.hatch(x+.5, base-high, step-1, high, s/3, Stroke{Ink: Bar, Width: s / 14})
		}
		if n == most && n > 0 && !said {
			said = true
			says := strconv.Itoa(n)
			f.text(fr.within(x+step/2, fr.Measure(says, .85*s, false)), base-high-.3*s, Text{Says: says, Size: .85 * s, Ink: Strong, Anchor: Middle})
		}
	}
	f.line(0, base, fr.Width, base, Stroke{Ink: Rule, Width: s / 12})
	for _, tick := range []struct {
		at     float64
		anchor Anchor
	}{{0, Start}, {50, Middle}, {100, End}} {
		f.text(share(tick.at, fr.Width), base+1.2*s, Text{Says: number(tick.at), Size: .85 * s, Ink: Quiet, Anchor: tick.anchor})
	}
	f.Height = f.paragraph(fr, 0, base+1.4*s, fr.Width, in.Scale+" · "+in.Total, 2, Text{Size: .85 * s, Ink: Quiet}) + .2*s
	return f
}
