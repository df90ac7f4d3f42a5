package tenant

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
)

// maxCursorKey bounds the text of a cursor, in bytes: 200 characters of the longest kind.
const maxCursorKey = 4 * 200

// The bounds of a page.
const (
	DefaultPage = 25
	MaxPage     = 100
)

// Paging is which part of a list is asked for, in Relay's terms.
type Paging struct {
	First, Last   *int
	After, Before *string
}

// Cursor is a place in a list: the value it is ordered by and the id that breaks ties. It stays true while rows
// are added.
type Cursor struct {
	Key any    `json:"k,omitempty"`
	ID  gid.ID `json:"i"`
}

// String renders a cursor opaquely.
func (c Cursor) String() string {
	text, _ := json.Marshal(c) // a string, a number or nothing, and an id: it cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// Order is how a list is ordered: by a column, then by id, both in one direction. Without a column the id alone
// decides, which is the order of creation.
type Order struct {
	Column string
	Number bool // the column holds whole numbers; otherwise text
	Time   bool // the column holds times
	Desc   bool
}

// Direction is which end of a list comes first.
type Direction string

// The directions.
const (
	Asc  Direction = "ASC"
	Desc Direction = "DESC"
)

// Values lists both directions.
func (Direction) Values() []string { return []string{string(Asc), string(Desc)} }

// Page is one part of a list.
type Page[T any] struct {
	Nodes           []T
	Cursors         []Cursor
	HasNextPage     bool
	HasPreviousPage bool
	// Total counts the whole list; it costs a statement and is asked only if selected.
	Total func(context.Context) (int, error)
}

// List reads one part of a list. Fetch runs the list's query with a modifier that sets place, order and limit; at
// tells a row's place. Malformed paging arguments are BadInput.
func List[T any](paging Paging, order Order, at func(T) Cursor, fetch func(func(*entsql.Selector)) ([]T, error)) (*Page[T], error) {
	w, err := newWindow(paging, order)
	if err != nil {
		return nil, err
	}
	rows, err := fetch(w.modify)
	if err != nil {
		return nil, err
	}
	more := len(rows) > w.size
	if more {
		rows = rows[:w.size]
	}
	if w.backward {
		slices.Reverse(rows)
	}
	page := &Page[T]{Nodes: rows, Cursors: make([]Cursor, len(rows))}
	for i, row := range rows {
		page.Cursors[i] = at(row)
	}
	page.HasNextPage, page.HasPreviousPage = more, w.after != nil
	if w.backward {
		page.HasNextPage, page.HasPreviousPage = w.before != nil, more
	}
	return page, nil
}

// window is a checked Paging.
type window struct {
	order         Order
	size          int
	backward      bool
	after, before *Cursor
}

func newWindow(p Paging, order Order) (window, error) {
	w := window{order: order, size: DefaultPage}
	if p.First != nil && p.Last != nil {
		return w, fault.New(fault.BadInput, "give first or last, not both")
	}
	for _, n := range []*int{p.First, p.Last} {
		if n == nil {
			continue
		}
		if *n < 1 || *n > MaxPage {
			return w, fault.New(fault.BadInput, "first and last are from 1 to 100")
		}
		w.size = *n
	}
	w.backward = p.Last != nil
	var err error
	if w.after, err = parseCursor(p.After, order); err != nil {
		return w, err
	}
	w.before, err = parseCursor(p.Before, order)
	return w, err
}

// Cursors are the places that the paging names in a list of this order. A malformed one is BadInput.
func (p Paging) Cursors(order Order) ([]Cursor, error) {
	var places []Cursor
	for _, text := range []*string{p.After, p.Before} {
		place, err := parseCursor(text, order)
		if err != nil {
			return nil, err
		}
		if place != nil {
			places = append(places, *place)
		}
	}
	return places, nil
}

func parseCursor(text *string, order Order) (*Cursor, error) {
	if text == nil {
		return nil, nil
	}
	bad := fault.New(fault.BadInput, "this cursor is not one of this list")
	raw, err := base64.RawURLEncoding.DecodeString(*text)
	if err != nil {
		return nil, bad
	}
	var c Cursor
	if err := json.Unmarshal(raw, &c); err != nil || c.ID.IsZero() || !c.fits(order) {
		return nil, bad
	}
	return &c, nil
}

// fits reports whether the cursor's key is of the order's kind: what a forged one holds never reaches a statement.
func (c *Cursor) fits(order Order) bool {
	switch key := c.Key.(type) {
	case nil:
		return order.Column == ""
	case float64:
		c.Key = int64(key)
		return order.Column != "" && order.Number && math.Abs(key) < 1<<53 && key == math.Trunc(key)
	case string:
		if order.Time {
			at, err := time.Parse(time.RFC3339Nano, key)
			c.Key = at.UTC()
			return err == nil && order.Column != "" && at.Year() > 0 && at.Year() < 10_000
		}
		// PostgreSQL has no text with a zero in it.
		return order.Column != "" && !order.Number && len(key) <= maxCursorKey && !strings.ContainsRune(key, 0)
	default:
		return false
	}
}

// modify sets place, order and limit. The place is one comparison of a row, which an index answers.
func (w window) modify(s *entsql.Selector) {
	columns := []string{s.C("id")}
	if w.order.Column != "" {
		columns = []string{s.C(w.order.Column), s.C("id")}
	}
	args := func(c *Cursor) []any {
		if w.order.Column == "" {
			return []any{c.ID}
		}
		return []any{c.Key, c.ID}
	}
	if w.after != nil {
		s.Where(beyond(w.order.Desc, columns, args(w.after)))
	}
	if w.before != nil {
		s.Where(beyond(!w.order.Desc, columns, args(w.before)))
	}
	for _, column := range columns {
		if w.order.Desc != w.backward {
			column = entsql.Desc(column)
		}
		s.OrderBy(column)
	}
	s.Limit(w.size + 1)
}

func beyond(less bool, columns []string, args []any) *entsql.Predicate {
	if less {
		return entsql.CompositeLT(columns, args...)
	}
	return entsql.CompositeGT(columns, args...)
}

// ListOf is List of rows that are at hand already, in their order: what was computed and stands in no table.
func ListOf[T any](paging Paging, order Order, at func(T) Cursor, rows []T) (*Page[T], error) {
	w, err := newWindow(paging, order)
	if err != nil {
		return nil, err
	}
	from, to := 0, len(rows)
	if w.after != nil {
		from = sort.Search(len(rows), func(i int) bool { return order.before(*w.after, at(rows[i])) })
	}
	if w.before != nil {
		to = max(from, sort.Search(len(rows), func(i int) bool { return !order.before(at(rows[i]), *w.before) }))
	}
	page := &Page[T]{HasNextPage: w.before != nil, HasPreviousPage: w.after != nil}
	switch {
	case to-from <= w.size:
		if w.backward {
			page.HasPreviousPage = false
		} else {
			page.HasNextPage = false
		}
	case w.backward:
		from, page.HasPreviousPage = to-w.size, true
	default:
		to, page.HasNextPage = from+w.size, true
	}
	page.Nodes = rows[from:to]
	for _, row := range page.Nodes {
		page.Cursors = append(page.Cursors, at(row))
	}
	page.Total = func(context.Context) (int, error) { return len(rows), nil }
	return page, nil
}

// before reports whether one place stands before another in a list whose key is a number, or that has none.
func (o Order) before(a, b Cursor) bool {
	x, _ := a.Key.(int64)
	y, _ := b.Key.(int64)
	order := cmp.Or(cmp.Compare(x, y), slices.Compare(a.ID[:], b.ID[:]))
	return order < 0 != o.Desc && order != 0
}
