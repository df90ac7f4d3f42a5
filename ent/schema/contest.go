package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Contest is a candidate's objection to a score or to a signal, which a person has to answer in time.
type Contest struct{ ent.Schema }

// Mixin of the table.
func (Contest) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Contest) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		idField("job_role_id"),
		field.Enum("subject").GoType(term.ContestSubject("")).Immutable(),
		field.Enum("state").GoType(term.ContestState("")),
		field.String("reason").Immutable(),
		field.Time("due_at").SchemaType(timeType).Immutable(),
		field.String("answer").Default(""),
		optionalID("answered_by"),
		optionalTime("answered_at"),
	}
}

// Edges of the table.
func (Contest) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Contest) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "id"),
		index.Fields("organization_id", "state", "due_at", "id"),
	}
}

// Annotations of the table.
func (Contest) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"contests_subject": oneOf("subject", term.ContestSubject("").Values()),
		"contests_state":   oneOf("state", term.ContestState("").Values()),
	})}
}
