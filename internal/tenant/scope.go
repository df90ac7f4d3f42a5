package tenant

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/lib/pq"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/policy"
)

// Scope is a proof that the policy was asked: what an actor sees of one organization. Its methods hand out
// queries that carry the organization and the actor's visibility. The zero Scope is unusable.
type Scope struct {
	store     *Store
	on        runner
	client    *ent.Client
	actor     policy.Actor
	action    policy.Action
	org       gid.ID
	limited   bool   // only the actor's job roles are visible
	candidate gid.ID // a candidate's scope: whose, which sitting, of which template version
	session   gid.ID
	version   gid.ID
	seed      int64
}

// Organization is the one organization that the scope sees.
func (s Scope) Organization() gid.ID { return s.org }

// Actor is who asks.
func (s Scope) Actor() policy.Actor { return s.actor }

// SessionID is the sitting of a candidate's scope; zero in any other.
func (s Scope) SessionID() gid.ID { return s.session }

// VersionID is the template version of a candidate's sitting; zero in any other scope.
func (s Scope) VersionID() gid.ID { return s.version }

// Seed is what the draws and shuffles of a candidate's sitting come from; zero in any other scope.
func (s Scope) Seed() int64 { return s.seed }

// Limited reports whether only the actor's job roles are visible.
func (s Scope) Limited() bool { return s.limited }

// Allows reports whether the actor may also do another action, for parts of an answer that need more.
func (s Scope) Allows(action policy.Action) bool { return s.store.policy.Allows(s.actor, action) }

// RoleAllows reports whether a role has an action, whoever asks.
func (s Scope) RoleAllows(role policy.Role, action policy.Action) bool {
	return s.store.policy.RoleAllows(role, action)
}

// Now reads the one time that decides. In a Tx, use Tx.Now: it was read once.
func (s Scope) Now(ctx context.Context) (time.Time, error) { return s.store.now(ctx, s.on) }

// Args are the named arguments of a statement written as text.
type Args map[string]any

// Query runs a reading statement written as text. It names its arguments as @name and must name @org, which the
// scope supplies; a statement that does not is refused, and outside a transaction also one that writes or locks.
func (s Scope) Query(ctx context.Context, text string, args Args) (*sql.Rows, error) {
	if !strings.Contains(text, "@org") {
		return nil, fmt.Errorf("a statement without its organization: %.60s", text)
	}
	if _, inside := s.on.(*sql.Tx); !inside && writes.MatchString(text) {
		return nil, fmt.Errorf("a write outside tenant.InTx: %.60s", text)
	}
	query, values := s.store.spell(text, s.with(args))
	return s.on.QueryContext(ctx, query, values...)
}

// writes knows the statements that PostgreSQL, whose pool reads and writes, would carry out at once.
var writes = regexp.MustCompile(`(?i)\b(insert|update|delete|merge|truncate)\b`)

func (s Scope) with(args Args) Args {
	all := Args{"org": s.org}
	for name, v := range args {
		all[name] = v
	}
	return all
}

// spell writes a statement with named arguments as the database takes it. A missing argument is a fault of the
// programmer and shows as an error of the database.
func (s *Store) spell(text string, args Args) (string, []any) {
	var (
		out    strings.Builder
		values []any
	)
	for {
		before, after, found := strings.Cut(text, "@")
		out.WriteString(before)
		if !found {
			return out.String(), values
		}
		n := 0
		for n < len(after) && (after[n] == '_' || after[n] >= 'a' && after[n] <= 'z') {
			n++
		}
		value, form := args[after[:n]], "%s"
		if list, ok := value.(IDs); ok {
			value, form = list.spell(s.pools.dialect)
		}
		values = append(values, value)
		place := "?"
		if s.pools.dialect == dialect.Postgres {
			place = "$" + strconv.Itoa(len(values))
		}
		fmt.Fprintf(&out, form, place)
		text = after[n:]
	}
}

// IDs is an argument of many ids, for `column IN (@name)`: one statement text however many there are.
type IDs []gid.ID

// spell gives the argument as the database takes it, and the form around its place that makes a list of it.
func (l IDs) spell(name string) (value any, form string) {
	if name == dialect.Postgres {
		return l.value(name), "SELECT unnest(%s::uuid[])"
	}
	return l.value(name), "SELECT value FROM json_each(%s)"
}

func (l IDs) value(name string) any {
	texts := make([]string, len(l))
	for i, id := range l {
		texts[i] = id.UUID()
	}
	if name == dialect.Postgres {
		return pq.Array(texts)
	}
	list, _ := json.Marshal(texts)
	return string(list)
}

// In is the predicate that a column holds one of the ids: one statement text however many there are.
func In(column string, ids []gid.ID) func(*entsql.Selector) {
	return func(s *entsql.Selector) { s.Where(in(s.Dialect(), s.C(column), ids)) }
}

func in(name, column string, ids []gid.ID) *entsql.Predicate {
	list := IDs(ids).value(name)
	return entsql.P(func(b *entsql.Builder) {
		b.Ident(column)
		if name == dialect.Postgres {
			b.WriteString(" = ANY(").Arg(list).WriteString("::uuid[])")
			return
		}
		b.WriteString(" IN (SELECT value FROM json_each(").Arg(list).WriteString("))")
	})
}

// IDIn is In for use inside another predicate.
func IDIn(q *entsql.Selector, column string, ids []gid.ID) *entsql.Predicate {
	return in(q.Dialect(), q.C(column), ids)
}

// TextIn is the predicate that a column holds one of the texts: one statement text however many there are.
func TextIn(q *entsql.Selector, column string, texts []string) *entsql.Predicate {
	return entsql.P(func(b *entsql.Builder) {
		b.Ident(q.C(column))
		if q.Dialect() == dialect.Postgres {
			b.WriteString(" = ANY(").Arg(pq.Array(texts)).WriteString("::text[])")
			return
		}
		list, _ := json.Marshal(texts)
		b.WriteString(" IN (SELECT value FROM json_each(").Arg(string(list)).WriteString("))")
	})
}
