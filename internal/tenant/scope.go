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
}

// Organization is the one organization that the scope sees.
func (s Scope) Organization() gid.ID { return s.org }

// Actor is who asks.
func (s Scope) Actor() policy.Actor { return s.actor }

// SessionID is the sitting of a candidate's scope; zero in any other.
func (s Scope) SessionID() gid.ID { return s.session }

// VersionID is the template version of a candidate's sitting; zero in any other scope.
func (s Scope) VersionID() gid.ID { return s.version }

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
		values = append(values, args[after[:n]])
		if s.pools.dialect == dialect.Postgres {
			out.WriteString("$" + strconv.Itoa(len(values)))
		} else {
			out.WriteByte('?')
		}
		text = after[n:]
	}
}

// In is the predicate that a column holds one of the ids: one statement text however many there are.
func In(column string, ids []gid.ID) func(*entsql.Selector) {
	return func(s *entsql.Selector) { s.Where(in(s.Dialect(), s.C(column), ids)) }
}

func in(name, column string, ids []gid.ID) *entsql.Predicate {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.UUID()
	}
	return entsql.P(func(b *entsql.Builder) {
		b.Ident(column)
		if name == dialect.Postgres {
			b.WriteString(" = ANY(").Arg(pq.Array(texts)).WriteString("::uuid[])")
			return
		}
		list, _ := json.Marshal(texts)
		b.WriteString(" IN (SELECT value FROM json_each(").Arg(string(list)).WriteString("))")
	})
}
