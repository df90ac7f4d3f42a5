package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// ClockEntry is one line of a session's clock ledger, from which the remaining time is derived. It is never changed.
type ClockEntry struct{ ent.Schema }

// Mixin of the table.
func (ClockEntry) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}} }

// Fields of the table.
func (ClockEntry) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.Enum("kind").GoType(term.ClockKind("")).Immutable(),
		timeField("at"),
	}
}

// Edges of the table.
func (ClockEntry) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (ClockEntry) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "at", "id"),
	}
}

// Annotations of the table.
func (ClockEntry) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"clock_entries_kind": oneOf("kind", term.ClockKind("").Values()),
	})}
}
