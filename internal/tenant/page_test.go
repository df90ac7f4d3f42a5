package tenant_test

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	entsql "entgo.io/ent/dialect/sql"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/question"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// listing is one order of the question bank, and what it should come out as.
type listing struct {
	name  string
	scope tenant.Scope
	order tenant.Order
	at    func(*ent.Question) tenant.Cursor
	want  []gid.ID
}

func (l listing) page(t *testing.T, paging tenant.Paging) (*tenant.Page[*ent.Question], error) {
	return tenant.List(paging, l.order, l.at, func(window func(*entsql.Selector)) ([]*ent.Question, error) {
		return l.scope.Questions().Where(window).All(t.Context())
	})
}

// listings writes a question bank whose titles and revisions have many ties, beside another organization's.
func listings(t *testing.T, database dbtest.Database) []listing {
	t.Helper()
	store := openStore(t, database, realTime)
	one, two := found(t, store, "one"), found(t, store, "two")
	writeQuestions(t, store, two, 5)
	rows := writeQuestions(t, store, one, 23)
	scope, err := store.As(t.Context(), one, policy.QuestionRead)
	if err != nil {
		t.Fatal(err)
	}
	var all []listing
	for _, desc := range []bool{false, true} {
		all = append(all,
			listing{"id", scope, tenant.Order{Desc: desc}, func(q *ent.Question) tenant.Cursor {
				return tenant.Cursor{ID: q.ID}
			}, sorted(rows, desc, func(a, b *ent.Question) int { return 0 })},
			listing{"title", scope, tenant.Order{Column: question.FieldTitle, Desc: desc}, func(q *ent.Question) tenant.Cursor {
				return tenant.Cursor{Key: q.Title, ID: q.ID}
			}, sorted(rows, desc, func(a, b *ent.Question) int { return cmp.Compare(a.Title, b.Title) })},
			listing{"revision", scope, tenant.Order{Column: question.FieldRevision, Number: true, Desc: desc}, func(q *ent.Question) tenant.Cursor {
				return tenant.Cursor{Key: int64(q.Revision), ID: q.ID}
			}, sorted(rows, desc, func(a, b *ent.Question) int { return cmp.Compare(a.Revision, b.Revision) })},
		)
	}
	for i := range all {
		all[i].name += map[bool]string{false: " ascending", true: " descending"}[all[i].order.Desc]
	}
	return all
}

func writeQuestions(t *testing.T, store *tenant.Store, actor policy.Actor, n int) (rows []*ent.Question) {
	t.Helper()
	_, err := tenant.InTx(t.Context(), scopeOf(t, store, actor), func(tx tenant.Tx) (struct{}, error) {
		for i := range n {
			title := []string{"b", "a", "a'\"", "ü", "B"}[i%5]
			row, err := tx.NewQuestion().SetTitle(title).SetRevision(i%4 + 1).SetKind(term.Numeric).SetCategory(term.Technical).
				SetLevel(term.Entry).SetState(term.Draft).Save(t.Context())
			if err != nil {
				return struct{}{}, err
			}
			rows = append(rows, row)
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// sorted orders rows by a comparison and then by id, both in one direction.
func sorted(rows []*ent.Question, desc bool, by func(a, b *ent.Question) int) []gid.ID {
	ordered := slices.SortedFunc(slices.Values(rows), func(a, b *ent.Question) int {
		return cmp.Or(by(a, b), strings.Compare(a.ID.UUID(), b.ID.UUID()))
	})
	if desc {
		slices.Reverse(ordered)
	}
	return questionIDs(ordered)
}

func questionIDs(rows []*ent.Question) []gid.ID {
	ids := make([]gid.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}

// TestList walks along each order with pages of random size, to and fro, and demands every row once.
func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		random := rand.New(rand.NewPCG(1, 2))
		for _, l := range listings(t, database) {
			t.Run(l.name, func(t *testing.T) {
				for range 2 {
					if diff := gocmp.Diff(l.want, l.forward(t, random)); diff != "" {
						t.Error("forward:", diff)
					}
					if diff := gocmp.Diff(l.want, l.backward(t, random)); diff != "" {
						t.Error("backward:", diff)
					}
					l.between(t, random)
				}
			})
		}
	})
}

func (l listing) forward(t *testing.T, random *rand.Rand) (all []gid.ID) {
	t.Helper()
	var after *string
	for {
		page := l.mustPage(t, tenant.Paging{First: new(1 + random.IntN(9)), After: after})
		all = append(all, questionIDs(page.Nodes)...)
		if page.HasPreviousPage != (after != nil) || page.HasNextPage != (len(all) < len(l.want)) {
			t.Errorf("after %d: previous %v, next %v", len(all), page.HasPreviousPage, page.HasNextPage)
		}
		if !page.HasNextPage || len(all) > len(l.want) {
			return all
		}
		after = new(page.Cursors[len(page.Cursors)-1].String())
	}
}

func (l listing) backward(t *testing.T, random *rand.Rand) (all []gid.ID) {
	t.Helper()
	var before *string
	for {
		page := l.mustPage(t, tenant.Paging{Last: new(1 + random.IntN(9)), Before: before})
		all = append(questionIDs(page.Nodes), all...)
		if page.HasNextPage != (before != nil) || page.HasPreviousPage != (len(all) < len(l.want)) {
			t.Errorf("after %d: previous %v, next %v", len(all), page.HasPreviousPage, page.HasNextPage)
		}
		if !page.HasPreviousPage || len(all) > len(l.want) {
			return all
		}
		before = new(page.Cursors[0].String())
	}
}

// between reads what lies between two random places, which both stay out.
func (l listing) between(t *testing.T, random *rand.Rand) {
	t.Helper()
	whole := l.mustPage(t, tenant.Paging{First: new(tenant.MaxPage)})
	from := random.IntN(len(whole.Nodes) - 1)
	to := from + 1 + random.IntN(len(whole.Nodes)-from-1)
	page := l.mustPage(t, tenant.Paging{
		First: new(tenant.MaxPage), After: new(whole.Cursors[from].String()), Before: new(whole.Cursors[to].String()),
	})
	if diff := gocmp.Diff(l.want[from+1:to], questionIDs(page.Nodes)); diff != "" {
		t.Errorf("between %d and %d: %s", from, to, diff)
	}
}

func (l listing) mustPage(t *testing.T, paging tenant.Paging) *tenant.Page[*ent.Question] {
	t.Helper()
	page, err := l.page(t, paging)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Cursors) != len(page.Nodes) {
		t.Fatalf("%d cursors for %d rows", len(page.Cursors), len(page.Nodes))
	}
	return page
}

func TestListSizes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		store := openStore(t, database, realTime)
		actor := found(t, store, "one")
		writeQuestions(t, store, actor, tenant.MaxPage+1)
		l := listing{
			scope: scopeOf(t, store, actor), at: func(q *ent.Question) tenant.Cursor { return tenant.Cursor{ID: q.ID} },
		}
		for want, paging := range map[int]tenant.Paging{
			tenant.DefaultPage: {}, 1: {First: new(1)}, tenant.MaxPage: {Last: new(tenant.MaxPage)},
		} {
			if got := len(l.mustPage(t, paging).Nodes); got != want {
				t.Errorf("got %d, want %d", got, want)
			}
		}
	})
}

// TestListRefuses gives each order what no list of it ever gave out.
func TestListRefuses(t *testing.T) {
	id := gid.NewSource(rand.NewChaCha8([32]byte{})).New(gid.Question, time.UnixMilli(1))
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	forged := map[string]string{
		"empty":              "",
		"no base64":          "*",
		"no JSON":            encode("{"),
		"no id":              encode(`{"k":"a"}`),
		"no kind of id":      encode(`{"k":"a","i":"xxx_00000000000000000000000000"}`),
		"a fraction":         encode(fmt.Sprintf(`{"k":1.5,"i":%q}`, id)),
		"a huge number":      encode(fmt.Sprintf(`{"k":1e300,"i":%q}`, id)),
		"beyond 64 bits":     encode(fmt.Sprintf(`{"k":9223372036854775808,"i":%q}`, id)),
		"a list":             encode(fmt.Sprintf(`{"k":[1],"i":%q}`, id)),
		"an object":          encode(fmt.Sprintf(`{"k":{"a":1},"i":%q}`, id)),
		"a truth":            encode(fmt.Sprintf(`{"k":true,"i":%q}`, id)),
		"a text without end": encode(fmt.Sprintf(`{"k":%q,"i":%q}`, strings.Repeat("a", 5000), id)),
		"a text with a zero": encode(fmt.Sprintf(`{"k":"\u0000","i":%q}`, id)),
	}
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		all := listings(t, database)
		for _, l := range all {
			refused := map[string]tenant.Paging{
				"both ends": {First: new(1), Last: new(1)}, "none": {First: new(0)}, "less": {Last: new(-1)}, "many": {First: new(101)},
			}
			for name, cursor := range forged {
				refused[name+" after"], refused[name+" before"] = tenant.Paging{After: &cursor}, tenant.Paging{Before: &cursor}
			}
			for _, other := range all {
				if other.order.Column != l.order.Column {
					cursor := other.mustPage(t, tenant.Paging{}).Cursors[0].String()
					refused["a cursor of "+other.name] = tenant.Paging{After: &cursor}
				}
			}
			for name, paging := range refused {
				if _, err := l.page(t, paging); !fault.Is(err, fault.BadInput) {
					t.Errorf("%s, %s: got %v, want BadInput", l.name, name, err)
				}
			}
		}
	})
}
