package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Review is a reviewer's assignment to a session, or to some of its answers. Blind, the reviewer sees the answers and not
// the candidate.
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
		field.Enum("kind").GoType(term.ReviewKind("")).Default(string(term.ReviewRegular)).Immutable(),
		field.JSON("refs", []string{}).Optional(), // places of the questions; empty: all that wait
		field.Bool("blind").Default(true).Immutable(),
		optionalTime("due_at"),
		optionalTime("reminded_at"),
		field.String("end_reason").Default(""), // why it was declined or withdrawn
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
		index.Fields("organization_id", "session_id", "reviewer_id").Unique().Annotations(entsql.IndexWhere("state <> 'WITHDRAWN'")).
			StorageKey("reviews_one_each"),
		index.Fields("organization_id", "session_id", "id"),
		index.Fields("organization_id", "reviewer_id", "id"),
		index.Fields("organization_id", "reviewer_id", "state", "id"),
		index.Fields("state", "due_at"),
	}
}

// Annotations of the table.
func (Review) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"reviews_state": oneOf("state", term.ReviewState("").Values()),
		"reviews_kind":  oneOf("kind", term.ReviewKind("").Values()),
	})}
}
