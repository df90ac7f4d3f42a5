package pdf

import "github.com/assay-hq/assay/internal/chart"

// cell is what stands in one place of a table: paragraphs, each in its style.
type cell []paragraph

type paragraph struct {
	text  string
	style style
}

// column is a part of a table's width.
type column struct {
	head  string
	part  float64 // of the whole width
	right bool    // numbers stand below each other at the right
}

const (
	cellGap = 12.0 // between columns
	cellPad = 3.5  // above and below a row's text
)

func plain(text string) cell { return cell{{text, style{size: body, ink: chart.Strong}}} }

func quiet(text string) paragraph { return paragraph{text, style{size: small, ink: chart.Quiet}} }

// line is one line of a cell.
type line struct {
	text  string
	style style
}

// table writes rows below a head that is repeated on every page. A row stays whole if it is not high, and is continued
// on the next page where it is.
func (d *document) table(columns []column, rows [][]cell) {
	d.need(d.begins(columns, rows))
	d.head(columns)
	for _, row := range rows {
		d.row(columns, row)
	}
	d.y += 6
}

// begins is how much of a page a table takes with its head and its first row, or with the first lines of a high one.
func (d *document) begins(columns []column, rows [][]cell) float64 {
	high := height(d.headCells(columns))
	if len(rows) > 0 {
		first := height(d.cells(columns, rows[0]))
		if first > d.room() {
			first = 6 * body * leading
		}
		high += first
	}
	return high
}

// room is how high a row can be that stays whole: half a page, so that no page is left nearly empty for its sake.
func (d *document) room() float64 { return (d.bottom - above) / 2 }

func (d *document) headCells(columns []column) [][]line {
	s := style{size: small, bold: true, ink: chart.Quiet}
	heads := make([]cell, len(columns))
	for i, c := range columns {
		heads[i] = cell{{c.head, s}}
	}
	return d.cells(columns, heads)
}

func (d *document) head(columns []column) {
	d.put(columns, d.headCells(columns))
	d.line(margin, d.y, margin+d.width, d.y, chart.Stroke{Ink: chart.Strong, Width: .6})
}

// cells breaks a row's texts into lines.
func (d *document) cells(columns []column, row []cell) [][]line {
	cells := make([][]line, len(columns))
	for i, c := range columns {
		for _, p := range row[i] {
			for _, text := range d.lines(p.text, c.part*d.width-cellGap, p.style) {
				cells[i] = append(cells[i], line{text, p.style})
			}
		}
	}
	return cells
}

func (d *document) row(columns []column, row []cell) {
	cells := d.cells(columns, row)
	if high := height(cells); d.y+high > d.bottom && high <= d.room() {
		d.next(columns)
	}
	for {
		now, later := d.split(cells)
		d.put(columns, now)
		if height(later) == 2*cellPad {
			break
		}
		cells = later
		d.next(columns)
	}
	d.line(margin, d.y, margin+d.width, d.y, chart.Stroke{Ink: chart.Rule, Width: .4})
}

// next goes on with the table on a new page.
func (d *document) next(columns []column) {
	d.page()
	d.head(columns)
}

// split takes what still fits on the page, and at least a line, so that a table comes to its end.
func (d *document) split(cells [][]line) (now, later [][]line) {
	now, later = make([][]line, len(cells)), make([][]line, len(cells))
	for i, lines := range cells {
		room, n := d.bottom-d.y-2*cellPad, 0
		for n < len(lines) && (n == 0 && d.y <= above+4*body || room >= lines[n].style.size*leading) {
			room -= lines[n].style.size * leading
			n++
		}
		now[i], later[i] = lines[:n], lines[n:]
	}
	return now, later
}

// put writes a row's lines.
func (d *document) put(columns []column, cells [][]line) {
	x := margin
	for i, c := range columns {
		y := d.y + cellPad
		for _, l := range cells[i] {
			left := x
			if c.right {
				left = x + c.part*d.width - cellGap - d.measure(l.text, l.style)
			}
			d.write(left, y+l.style.size, l.text, l.style)
			y += l.style.size * leading
		}
		x += c.part * d.width
	}
	d.y += height(cells)
}

// height is how high a row's cells are.
func height(cells [][]line) float64 {
	most := 0.0
	for _, lines := range cells {
		sum := 0.0
		for _, l := range lines {
			sum += l.style.size * leading
		}
		most = max(most, sum)
	}
	return most + 2*cellPad
}
