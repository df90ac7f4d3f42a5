package psychometrics

import (
	"cmp"
	"slices"
)

// Marks are what raters gave: one row for each unit that was rated (an answer, a person), one column for each rater
// of the design, nil where a rater did not rate. Statistics of a table whose rows differ in length, or that has a
// NaN or an infinity in it, are nil.
type Marks [][]*float64

// Mark is one mark that one rater gave to one unit.
type Mark struct {
	Unit, Rater string
	Value       float64
}

// Arrange makes a table of single marks, with the names of its rows and columns in ascending order. Of two marks of one
// rater for one unit the later one in the list counts.
func Arrange(given []Mark) (marks Marks, units, raters []string) {
	for _, m := range given {
		units, raters = append(units, m.Unit), append(raters, m.Rater)
	}
	units, raters = distinct(units), distinct(raters)
	marks = make(Marks, len(units))
	for i := range marks {
		marks[i] = make([]*float64, len(raters))
	}
	for _, m := range given {
		i, _ := slices.BinarySearch(units, m.Unit)
		j, _ := slices.BinarySearch(raters, m.Rater)
		marks[i][j] = &m.Value
	}
	return marks, units, raters
}

// distinct gives each value once, in ascending order.
func distinct[T cmp.Ordered](values []T) []T {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// sound reports whether all rows are of one length and all marks are numbers.
func (m Marks) sound() bool {
	for _, row := range m {
		if len(row) != len(m[0]) {
			return false
		}
		if !finite(given(row)...) {
			return false
		}
	}
	return true
}

// given are the marks of a row that there are.
func given(row []*float64) []float64 {
	var values []float64
	for _, mark := range row {
		if mark != nil {
			values = append(values, *mark)
		}
	}
	return values
}

// crossed are the units that every rater of the design has rated; none if the table is not sound.
func (m Marks) crossed() [][]float64 {
	var rows [][]float64
	if !m.sound() {
		return nil
	}
	for _, row := range m {
		if values := given(row); len(values) == len(row) {
			rows = append(rows, values)
		}
	}
	return rows
}

// paired are the marks of each unit that two raters or more have rated; none if the table is not sound.
func (m Marks) paired() [][]float64 {
	var units [][]float64
	if !m.sound() {
		return nil
	}
	for _, row := range m {
		if values := given(row); len(values) > 1 {
			units = append(units, values)
		}
	}
	return units
}

// flat gives the columns of raters who gave every unit the same mark.
func flat(rows [][]float64) []int {
	var same []int
	for j, marks := range columns(rows) {
		if !(variance(marks) > 0) {
			same = append(same, j)
		}
	}
	return same
}
