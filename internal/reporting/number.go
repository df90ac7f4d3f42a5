package reporting

import (
	"fmt"
	"time"

	"github.com/assay-hq/assay/internal/scoring"
)

// Number is an exact decimal number in millionths: points, or a percentage.
type Number int64

// one is the number 1.
const one Number = 1_000_000

// Of is a whole number.
func Of(n int) Number { return Number(n) * one }

// Decimal renders the number as the shortest exact decimal: "7.5", "10".
func (n Number) Decimal() string { return scoring.Points(n).Decimal() }

// MarshalJSON writes the number as JSON has it, with no digit lost.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n.Decimal()), nil }

// UnmarshalJSON reads a decimal number.
func (n *Number) UnmarshalJSON(text []byte) error {
	points, err := scoring.ParsePoints(string(text))
	if err != nil {
		return fmt.Errorf("read number: %w", err)
	}
	*n = Number(points)
	return nil
}

// float is the number for a drawing, where a millionth is too small to see.
func (n Number) float() float64 { return float64(n) / float64(one) }

// Day is a calendar day without an hour; the zero Day is none.
type Day struct{ time.Time }

// DayOf is the day of a moment in a zone.
func DayOf(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Day{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// MarshalJSON writes the day as text; time.Time's own would add an hour.
func (d Day) MarshalJSON() ([]byte, error) { return []byte(`"` + d.Format(time.DateOnly) + `"`), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Day) UnmarshalJSON(text []byte) (err error) {
	d.Time, err = time.Parse(`"`+time.DateOnly+`"`, string(text))
	return err
}
