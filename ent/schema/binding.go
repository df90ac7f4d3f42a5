package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Binding ties who signed in, (issuer, subject), to a candidate of an organization.
type Binding struct{ ent.Schema }

// Mixin of the table.
func (Binding) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Binding) Fields() []ent.Field {
	return []ent.Field{
		idField("candidate_id"),
		field.String("issuer").Immutable(),
		field.String("subject").Immutable(),
	}
}

// Edges of the table.
func (Binding) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("candidate", Candidate.Type).Field("candidate_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Binding) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "issuer", "subject", "candidate_id").Unique(),
		index.Fields("issuer", "subject"),
	}
}
