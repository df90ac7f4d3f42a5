package chart

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
)

// SVG writes the figure as one element for a page with a strict policy: no style, no script, nothing from elsewhere.
// Marks have the classes chart-ink, chart-quiet, chart-rule, chart-bar, chart-pale and chart-paper; without a style sheet
// they keep the colours of print. The id must be the page's own.
func (f *Figure) SVG(id string) string {
	w := &svgWriter{}
	w.put(`<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-labelledby="`, escape(id), `-title `, escape(id), `-desc" viewBox="0 0 `,
		number(f.Width), ` `, number(f.Height), `" width="`, number(f.Width), `" height="`, number(f.Height), `">`)
	w.put(`<title id="`, escape(id), `-title">`, escape(f.Title), `</title><desc id="`, escape(id), `-desc">`, escape(f.Desc), `</desc>`)
	f.Draw(w)
	w.put(`</svg>`)
	return w.b.String()
}

// svgWriter is a canvas of SVG elements.
type svgWriter struct{ b strings.Builder }

func (w *svgWriter) put(parts ...string) {
	for _, p := range parts {
		w.b.WriteString(p)
	}
}

// Box of Canvas.
func (w *svgWriter) Box(x, y, width, height float64, fill Ink) {
	w.put(`<rect x="`, number(x), `" y="`, number(y), `" width="`, number(width), `" height="`, number(height), `"`, filled(fill), `/>`)
}

// Line of Canvas.
func (w *svgWriter) Line(x1, y1, x2, y2 float64, s Stroke) {
	w.put(`<line x1="`, number(x1), `" y1="`, number(y1), `" x2="`, number(x2), `" y2="`, number(y2), `" class="chart-line chart-`, string(s.Ink),
		`" stroke="`, colour(s.Ink), `" stroke-width="`, number(s.Width), `"`)
	if s.Dashed {
		w.put(` stroke-dasharray="`, number(3*s.Width), ` `, number(2*s.Width), `"`)
	}
	w.put(`/>`)
}

// Dot of Canvas.
func (w *svgWriter) Dot(x, y, r float64, fill Ink) {
	w.put(`<circle cx="`, number(x), `" cy="`, number(y), `" r="`, number(r), `"`, filled(fill), `/>`)
}

// Text of Canvas.
func (w *svgWriter) Text(x, y float64, t Text) {
	w.put(`<text x="`, number(x), `" y="`, number(y), `" font-size="`, number(t.Size), `"`, filled(t.Ink))
	if t.Bold {
		w.put(` font-weight="700"`)
	}
	if t.Anchor != Start && t.Anchor != "" {
		w.put(` text-anchor="`, string(t.Anchor), `"`)
	}
	w.put(`>`)
	if t.Whole != "" {
		w.put(`<title>`, escape(t.Whole), `</title>`)
	}
	w.put(escape(t.Says), `</text>`)
}

func filled(ink Ink) string { return ` class="chart-` + string(ink) + `" fill="` + colour(ink) + `"` }

// colour is how an ink looks where no style sheet says otherwise.
func colour(ink Ink) string {
	r, g, b := ink.RGB()
	const digits = "0123456789abcdef"
	text := []byte{'#'}
	for _, c := range []uint8{r, g, b} {
		text = append(text, digits[c>>4], digits[c&15])
	}
	return string(text)
}

// RGB is how an ink looks on white paper.
func (i Ink) RGB() (r, g, b uint8) {
	switch i {
	case Quiet:
		return 0x5a, 0x62, 0x70
	case Rule:
		return 0x8a, 0x91, 0x9d
	case Bar:
		return 0x1f, 0x5f, 0x8b
	case Pale:
		return 0xc9, 0xd8, 0xe4
	case Paper:
		return 0xff, 0xff, 0xff
	default:
		return 0x1c, 0x1f, 0x23
	}
}

// number writes a coordinate with at most two decimals, always in the same way.
func number(v float64) string {
	rounded := math.Round(v*100) / 100
	if rounded == 0 {
		return "0" // and not -0
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}
