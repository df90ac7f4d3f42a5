package psychometrics

// Cell is what one person made of one item. The zero cell was not reached: never seen before the time was over, or
// not part of this person's paper.
type Cell struct {
	points float64
	state  state
}

type state uint8

const (
	notReached state = iota
	omitted
	answered
)

// Answered is a cell with points.
func Answered(points float64) Cell { return Cell{points: points, state: answered} }

// Omitted is a cell that was seen and left blank: zero points, and it counts.
func Omitted() Cell { return Cell{state: omitted} }

// NotReached is the zero cell: it has no points and counts in no statistic of its item.
func NotReached() Cell { return Cell{} }

// Points gives the points of a cell; it is not ok if the item was not reached.
func (c Cell) Points() (points float64, ok bool) { return c.points, c.state != notReached }

// Scores are the points of persons on the items of one test. Max has the maximum of each item, Persons one row for
// each person with one cell for each item. Tables whose rows differ in length have no statistics.
//
// Statistics of a single item, its correlations included, are over the persons who reached it, and compare it with
// the share that they earned of the points which they reached: without missing cells that is the sum score in
// another unit. Statistics of the whole test (alpha, omega, the standard error) are over the persons who reached
// every item.
type Scores struct {
	Max     []float64
	Persons [][]Cell
}

// regular reports whether every person has a cell for every item.
func (s Scores) regular() bool {
	for _, row := range s.Persons {
		if len(row) != len(s.Max) {
			return false
		}
	}
	return true
}

// complete gives the points of the persons who reached every item; none for a table that is not regular.
func (s Scores) complete() [][]float64 {
	var rows [][]float64
	if !s.regular() {
		return nil
	}
	for _, person := range s.Persons {
		if row, ok := whole(person); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

func whole(cells []Cell) (points []float64, ok bool) {
	for _, cell := range cells {
		p, reached := cell.Points()
		if !reached {
			return nil, false
		}
		points = append(points, p)
	}
	return points, true
}

// share is the part of the points that a person earned of those they reached, from 0 to 1, leaving out one item (or
// none, if without is −1); nil if they reached nothing that can earn any.
func (s Scores) share(person []Cell, without int) *float64 {
	earned, possible := 0.0, 0.0
	for j, cell := range person {
		if points, reached := cell.Points(); reached && j != without {
			earned += points
			possible += s.Max[j]
		}
	}
	return ratio(earned, possible)
}

// Rest gives for each person the share, from 0 to 1, of the points that they earned on the other items they reached:
// what an item is compared with. It is nil for a person who reached no other item, and for a table or an item that
// is none.
func (s Scores) Rest(item int) []*float64 {
	rest := make([]*float64, len(s.Persons))
	if !s.regular() || item < 0 || item >= len(s.Max) {
		return rest
	}
	for i, person := range s.Persons {
		rest[i] = s.share(person, item)
	}
	return rest
}
