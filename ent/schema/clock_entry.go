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
		field.Int("number").Default(0).Immutable(),   // its place in the ledger, from 1
		field.Int("section").Default(0).Immutable(),  // counted from 1; 0 is the whole sitting
		field.Int("question").Default(0).Immutable(), // of the section, as it is shown, counted from 1
		field.Int("seconds").Default(0).Immutable(),  // that were given
		field.Enum("reason").GoType(term.ClockReason("")).Default(string(term.ReasonNone)).Immutable(),
		field.String("said_by").Default("").Immutable(), // who stopped the clock or gave time
		field.String("said").Default("").Immutable(),    // and in which words
		field.String("credit_key").Optional().Nillable().Immutable(),
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
		index.Fields("organization_id", "session_id", "number").Unique(),
		index.Fields("organization_id", "session_id", "credit_key").Unique(),
	}
}

// Annotations of the table.
func (ClockEntry) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"clock_entries_kind":   oneOf("kind", term.ClockKind("").Values()),
		"clock_entries_reason": oneOf("reason", term.ClockReason("").Values()),
	})}
}
