package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Review is a reviewer's assignment to a session. The reviewer sees the answers and not the candidate.
type Review struct{ ent.Schema }

// Mixin of the table.
func (Review) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Review) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		idField("job_role_id"),
		idField("reviewer_id"),
		field.Enum("state").GoType(term.ReviewState("")),
		idField("assigned_by"),
		optionalTime("submitted_at"),
	}
}

// Edges of the table.
func (Review) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
		edge.To("reviewer", Member.Type).Field("reviewer_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Review) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id").Unique(),
		index.Fields("organization_id", "reviewer_id", "id"),
	}
}

// Annotations of the table.
func (Review) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"reviews_state": oneOf("state", term.ReviewState("").Values()),
	})}
}
