package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Skill is a competency of an organization's taxonomy. One that was merged stays, so that what names it finds the other.
type Skill struct{ ent.Schema }

// Mixin of the table.
func (Skill) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Skill) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.String("name_key"),
		field.String("description").Default(""),
		field.Int("revision").Default(1),
		optionalID("parent_id"),
		optionalID("merged_into_id"),
		handle(),
	}
}

// Edges of the table.
func (Skill) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("children", Skill.Type).From("parent").Field("parent_id").Unique(),
		edge.To("merged", Skill.Type).From("merged_into").Field("merged_into_id").Unique(),
	}
}

// Indexes of the table.
func (Skill) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "name_key").Unique(),
		index.Fields("organization_id", "name", "id"),
		index.Fields("organization_id", "parent_id", "name", "id"),
		index.Fields("organization_id", "merged_into_id"),
		index.Fields("organization_id", "handle").Unique(),
	}
}
