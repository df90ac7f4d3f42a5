package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Accommodation is what a candidate asks for so that the sitting is fair to them, and what was decided. Only they and
// who decides may see it.
type Accommodation struct{ ent.Schema }

// Mixin of the table.
func (Accommodation) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Accommodation) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		idField("candidate_id"),
		field.Enum("state").GoType(term.AccommodationState("")),
		field.String("request"),
		field.Int("asked_percent").Default(0),
		field.Int("asked_seconds").Default(0),
		field.Int("asked_break_seconds").Default(0),
		field.Int("extra_percent").Default(0),
		field.Int("extra_seconds").Default(0),
		field.Int("break_seconds").Default(0),
		field.String("notes").Default(""),
		field.String("contact").Default(""),
		field.String("reason").Default(""),
		field.String("decided_by").Default(""),
		optionalTime("decided_at"),
		field.Int("revision").Default(1),
	}
}

// Edges of the table.
func (Accommodation) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
		edge.To("candidate", Candidate.Type).Field("candidate_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Accommodation) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id").Unique(),
		index.Fields("organization_id", "candidate_id"),
		index.Fields("organization_id", "state", "id"),
	}
}

// Annotations of the table.
func (Accommodation) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"accommodations_state":   oneOf("state", term.AccommodationState("").Values()),
		"accommodations_granted": "extra_percent BETWEEN 0 AND 300 AND extra_seconds BETWEEN 0 AND 86400 AND break_seconds BETWEEN 0 AND 86400",
	})}
}
