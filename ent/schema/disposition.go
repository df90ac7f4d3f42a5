package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Disposition is what a person concluded from a session's signals. It is never changed: the latest counts.
type Disposition struct{ ent.Schema }

// Mixin of the table.
func (Disposition) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Disposition) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.Enum("verdict").GoType(term.IntegrityVerdict("")).Immutable(),
		field.String("comment").Immutable(),
		idField("written_by"),
	}
}

// Edges of the table.
func (Disposition) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Disposition) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "id"),
	}
}

// Annotations of the table.
func (Disposition) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"dispositions_verdict": oneOf("verdict", term.IntegrityVerdict("").Values()),
	})}
}
