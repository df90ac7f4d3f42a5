package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Signal is something that was recorded of how a sitting was taken. It never changes points and is never changed.
type Signal struct{ ent.Schema }

// Mixin of the table.
func (Signal) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}} }

// Fields of the table.
func (Signal) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.Enum("kind").GoType(term.IntegritySignal("")).Immutable(),
		field.String("ref").Default("").Immutable(), // the question on the page, if there was one
		field.Int("duration_ms").Default(0).Immutable(),
		field.String("client_key").Immutable(),
		timeField("client_at"),
		timeField("server_at"),
	}
}

// Edges of the table.
func (Signal) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Signal) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "client_key").Unique(),
		index.Fields("organization_id", "session_id", "server_at", "id"),
	}
}

// Annotations of the table.
func (Signal) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"signals_kind":     oneOf("kind", term.IntegritySignal("").Values()),
		"signals_duration": "duration_ms >= 0",
	})}
}
