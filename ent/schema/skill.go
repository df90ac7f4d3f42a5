package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Skill is a competency of an organization's taxonomy.
type Skill struct{ ent.Schema }

// Mixin of the table.
func (Skill) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Skill) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.String("name_key"),
		field.String("description").Default(""),
	}
}

// Indexes of the table.
func (Skill) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "name_key").Unique(),
		index.Fields("organization_id", "name", "id"),
	}
}
