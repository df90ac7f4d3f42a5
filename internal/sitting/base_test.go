package sitting_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// clock is a time that the test sets; each look may move it a step, so that the order of creation is the order of ids.
type clock struct {
	mu   sync.Mutex
	now  time.Time
	step time.Duration
}

func (c *clock) look() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.step)
	return c.now
}

func (c *clock) set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = to
}

func (c *clock) pass(d time.Duration) { c.set(c.look().Add(d)) }

// base is a store with two organizations, and a second look at its tables.
type base struct {
	db              *sql.DB
	tables          []string
	store           *tenant.Store
	rules           *policy.Policy
	ids             *gid.Source
	clock           *clock
	owner, stranger policy.Actor
	statements      *atomic.Int64 // how many the store has run
}

func newBase(t testing.TB, db dbtest.Database, step time.Duration) *base {
	t.Helper()
	b := &base{ids: gid.NewSource(rand.Reader), clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), step: step}, statements: &atomic.Int64{}}
	b.rules = must(policy.New())(t)
	b.store = must(tenant.Open(tenant.Config{
		URL: db.URL, Policy: b.rules, Clock: tenant.Clock{Now: b.clock.look, Own: true}, IDs: b.ids, Log: slog.New(slog.DiscardHandler),
		Observe: func(string) { b.statements.Add(1) },
	}))(t)
	t.Cleanup(func() {
		if err := b.store.Close(); err != nil {
			t.Error(err)
		}
	})
	b.db = db.Open(t)
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if db.Dialect == "postgres" {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"
	}
	b.tables = b.texts(t, list)
	b.owner, b.stranger = b.found(t, "one"), b.found(t, "two")
	return b
}

// found makes an organization and gives the owner who signed in to it.
func (b *base) found(t testing.TB, slug string) policy.Actor {
	t.Helper()
	must(b.store.Directory().NewOrganization(t.Context(), slug, "The "+slug, slug+"@example.com", "Owner"))(t)
	who := policy.Identity{Issuer: "test", Subject: slug, Email: slug + "@example.com", EmailVerified: true}
	return must(b.store.Directory().Resolve(t.Context(), who, slug))(t)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// texts reads the first column of a statement.
func (b *base) texts(t testing.TB, query string) []string {
	t.Helper()
	var all []string
	for _, row := range b.rows(t, query) {
		all = append(all, row[0])
	}
	return all
}

func (b *base) rows(t testing.TB, query string) [][]string {
	t.Helper()
	rows := must(b.db.QueryContext(context.WithoutCancel(t.Context()), query))(t)
	defer func() { _ = rows.Close() }()
	columns := must(rows.Columns())(t)
	var all [][]string
	for rows.Next() {
		cells, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(cells))
		for i, c := range cells {
			if raw, ok := c.([]byte); ok {
				c = string(raw)
			}
			line[i] = fmt.Sprint(c)
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// snapshot is everything that is stored, by table.
type snapshot map[string][]string

func (b *base) snapshot(t testing.TB) snapshot {
	t.Helper()
	all := snapshot{}
	for _, table := range b.tables {
		for _, row := range b.rows(t, `SELECT * FROM "`+table+`"`) {
			all[table] = append(all[table], strings.Join(row, " | "))
		}
		slices.Sort(all[table])
	}
	return all
}

// growth is how many rows each table has more than before.
func growth(before, after snapshot) map[string]int {
	more := map[string]int{}
	for table, rows := range after {
		if n := len(rows) - len(before[table]); n != 0 && table != "tallies" { // which the database writes by itself
			more[table] = n
		}
	}
	return more
}

// unchanged demands that a call leaves every row of every table as it is.
func (b *base) unchanged(t testing.TB, name string, call func() error) error {
	t.Helper()
	before := b.snapshot(t)
	err := call()
	if diff := gocmp.Diff(before, b.snapshot(t)); diff != "" {
		t.Errorf("%s changed something: %s", name, diff)
	}
	return err
}

// refused demands a fault of a code at the given paths, and that nothing changed.
func (b *base) refused(t testing.TB, name string, code fault.Code, call func() error, paths ...string) *fault.Fault {
	t.Helper()
	err := b.unchanged(t, name, call)
	var got []string
	first := new(fault.Fault)
	for i, f := range fault.All(err) {
		if i == 0 {
			first = f
		}
		if f.Code != code {
			t.Errorf("%s: got %s, want %s", name, f.Code, code)
		}
		if len(f.Field) > 0 {
			got = append(got, strings.Join(f.Field, "."))
		}
	}
	if len(fault.All(err)) == 0 {
		t.Errorf("%s: got %v, want %s", name, err, code)
	}
	if diff := gocmp.Diff(paths, got); diff != "" && len(paths)+len(got) > 0 {
		t.Errorf("%s: paths: %s", name, diff)
	}
	return first
}

// as is a member of the first organization with one role.
func (b *base) as(role policy.Role) policy.Actor {
	return policy.Actor{Org: b.owner.Org, ID: b.owner.ID, Roles: []policy.Role{role}}
}

// limited is a hiring manager who sees some job roles.
func (b *base) limited(roles ...gid.ID) policy.Actor {
	a := b.as(policy.HiringManager)
	a.Limited, a.JobRoles = true, roles
	return a
}

// denied demands that each role without an action, an API key without the grant, and nobody are refused.
func (b *base) denied(t testing.TB, action policy.Action, call func(policy.Actor) error) {
	t.Helper()
	asked := 0
	err := b.unchanged(t, string(action)+" without the permission", func() error {
		for _, role := range policy.Roles {
			if b.rules.RoleAllows(role, action) && role != policy.Integration {
				continue
			}
			asked++
			if err := call(b.as(role)); !fault.Is(err, fault.Denied) {
				t.Errorf("%s as %s: got %v, want Denied", action, role, err)
			}
		}
		return call(policy.Actor{})
	})
	if asked == 0 {
		t.Errorf("%s: every role has it", action)
	}
	if !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("%s as nobody: got %v, want Unauthenticated", action, err)
	}
}

// call is a mutation that was prepared: other asks for it with another input.
type call func(ctx context.Context, actor policy.Actor, key *string, other bool) (gid.ID, error)

// mutation is what every mutation must stand.
type mutation struct {
	action  policy.Action
	actor   policy.Actor // who may
	events  []event.Type // what is announced
	quiet   bool         // the audit knows of it and no event tells
	sitting bool         // a candidate's own: no role has it
	keyless bool         // harmless to repeat without a key
	foreign bool         // names rows of the organization
	fresh   func(t testing.TB) call
}

func (b *base) mutate(t *testing.T, mutations map[string]mutation) {
	for name, m := range mutations {
		t.Run(name, func(t *testing.T) {
			b.guards(t, m)
			grown := b.effect(t, m)
			if !m.keyless {
				b.once(t, m)
			}
			b.atOnce(t, m, grown)
		})
	}
}

func (b *base) guards(t *testing.T, m mutation) {
	ask := m.fresh(t)
	try := func(a policy.Actor) error { _, err := ask(t.Context(), a, nil, false); return err }
	if !m.sitting {
		b.denied(t, m.action, try)
	}
	b.refused(t, "nobody", fault.Unauthenticated, func() error { return try(policy.Actor{}) })
	if m.foreign {
		from := b.stranger
		if m.actor.Has(policy.System) {
			from = policy.Worker(b.stranger.Org)
		}
		b.refused(t, "another organization", fault.NotFound, func() error { return try(from) })
	}
}

// effect demands one audit event for each outgoing event, or one at all, in the commit of the change.
func (b *base) effect(t *testing.T, m mutation) map[string]int {
	ask := m.fresh(t)
	before := b.snapshot(t)
	must(ask(t.Context(), m.actor, nil, false))(t)
	after := b.snapshot(t)
	grown := growth(before, after)
	audits := len(m.events)
	if m.quiet {
		audits = 1
	}
	if grown["events"] != len(m.events) || grown["audit_events"] != audits {
		t.Errorf("%d events and %d audit events, want %d and %d", grown["events"], grown["audit_events"], len(m.events), audits)
	}
	for _, e := range m.events {
		if n := count(after["events"], string(e)) - count(before["events"], string(e)); n != 1 {
			t.Errorf("%d × %s", n, e)
		}
	}
	return grown
}

func count(rows []string, word string) (n int) {
	for _, row := range rows {
		if strings.Contains(row, " "+word+" ") {
			n++
		}
	}
	return n
}

// once demands what an idempotency key promises.
func (b *base) once(t *testing.T, m mutation) {
	ask, key := m.fresh(t), "again "+t.Name() // one permission has one space of keys
	b.refused(t, "an empty key", fault.Invalid, func() error { _, err := ask(t.Context(), m.actor, new(""), false); return err }, "idempotencyKey")
	long := strings.Repeat("k", tenant.MaxKey+1)
	b.refused(t, "a long key", fault.Invalid, func() error { _, err := ask(t.Context(), m.actor, &long, false); return err }, "idempotencyKey")
	first := must(ask(t.Context(), m.actor, &key, false))(t)
	err := b.unchanged(t, "a repetition", func() error {
		again, err := ask(t.Context(), m.actor, &key, false)
		if again != first {
			t.Errorf("a repetition: got %s, want %s", again, first)
		}
		return err
	})
	if err != nil {
		t.Errorf("a repetition: %v", err)
	}
	b.refused(t, "another input", fault.IdempotencyMismatch, func() error { _, err := ask(t.Context(), m.actor, &key, true); return err })
}

// atOnce demands that ten calls at once with one key have the effect of one.
func (b *base) atOnce(t *testing.T, m mutation, want map[string]int) {
	ask, key := m.fresh(t), "at once "+t.Name()
	before := b.snapshot(t)
	ids, errs := make([]gid.ID, 10), make([]error, 10)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() { ids[i], errs[i] = ask(t.Context(), m.actor, &key, false) })
	}
	all.Wait()
	for i, err := range errs {
		if err != nil || ids[i] != ids[0] {
			t.Errorf("call %d: got %s, %v; want %s", i, ids[i], err, ids[0])
		}
	}
	got := growth(before, b.snapshot(t))
	delete(got, "onces")
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("ten at once left something else than one: %s", diff)
	}
}

// pages reads a list forward and backward in small pages and demands the same order both ways.
func pages[T any](t testing.TB, n int, id func(T) gid.ID, list func(tenant.Paging) (*tenant.Page[T], error)) []gid.ID {
	t.Helper()
	var forward, backward []gid.ID
	for paging := (tenant.Paging{First: &n}); ; {
		page := must(list(paging))(t)
		for _, node := range page.Nodes {
			forward = append(forward, id(node))
		}
		if !page.HasNextPage {
			break
		}
		paging.After = new(page.Cursors[len(page.Cursors)-1].String())
	}
	for paging := (tenant.Paging{Last: &n}); ; {
		page := must(list(paging))(t)
		for _, node := range slices.Backward(page.Nodes) {
			backward = append(backward, id(node))
		}
		if !page.HasPreviousPage {
			break
		}
		paging.Before = new(page.Cursors[0].String())
	}
	slices.Reverse(backward)
	if diff := gocmp.Diff(forward, backward); diff != "" {
		t.Errorf("forward and backward differ: %s", diff)
	}
	whole := must(list(tenant.Paging{}))(t)
	if total := must(whole.Total(t.Context()))(t); total != len(forward) {
		t.Errorf("total: got %d, want %d", total, len(forward))
	}
	if cursor := "forged"; !fault.Is(lastErr(list(tenant.Paging{After: &cursor})), fault.BadInput) {
		t.Error("a forged cursor was taken")
	}
	return forward
}

func lastErr[T any](_ T, err error) error { return err }
