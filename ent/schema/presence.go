package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Presence is when a sitting's page was heard of last, apart from the session so that hearing of it locks nothing else.
type Presence struct{ ent.Schema }

// Mixin of the table.
func (Presence) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}} }

// Fields of the table.
func (Presence) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.Time("seen_at").SchemaType(timeType),
		field.Bool("connected").Default(true),
		field.String("device").Default(""),
	}
}

// Edges of the table.
func (Presence) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Presence) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id").Unique(),
		index.Fields("connected", "seen_at"),
	}
}
