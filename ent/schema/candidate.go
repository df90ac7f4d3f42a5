package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Candidate is a person who is asked to take assessments, unique by normalized e-mail in an organization.
type Candidate struct{ ent.Schema }

// Mixin of the table.
func (Candidate) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Candidate) Fields() []ent.Field {
	return []ent.Field{
		field.String("email"),
		field.String("name"),
		field.String("phone").Optional(),
		field.String("external_id").Optional().Nillable(),
		optionalTime("erased_at"),
		field.String("hold").Default(""), // why nothing of theirs may be erased; empty if it may
		field.String("held_by").Default(""),
		optionalTime("consented_at"),
	}
}

// Indexes of the table.
func (Candidate) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "email").Unique(),
		index.Fields("organization_id", "external_id").Unique(),
	}
}
