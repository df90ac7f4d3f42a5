package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Exposure says that a started session was asked a question that was drawn from a pool.
type Exposure struct{ ent.Schema }

// Mixin of the table.
func (Exposure) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Exposure) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		idField("template_version_id"),
		field.String("ref").Immutable(), // the place in the paper
	}
}

// Edges of the table.
func (Exposure) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
		edge.To("template_version", TemplateVersion.Type).Field("template_version_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Exposure) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "ref").Unique(),
		index.Fields("organization_id", "template_version_id", "ref"),
	}
}
