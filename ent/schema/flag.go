package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Flag is a candidate's own mark on a question, to come back to it. It says nothing about the answer.
type Flag struct{ ent.Schema }

// Mixin of the table.
func (Flag) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}} }

// Fields of the table.
func (Flag) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.String("ref").Immutable(),
		timeField("at"),
	}
}

// Edges of the table.
func (Flag) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Flag) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "ref").Unique(),
	}
}
