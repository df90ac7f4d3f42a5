package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/content"
)

// ScoreSheet is everything that keys and rules awarded a session in one act, as one document. It is never changed: re-scoring adds.
// What people award are rows of Score.
type ScoreSheet struct{ ent.Schema }

// Mixin of the table.
func (ScoreSheet) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (ScoreSheet) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.Int("number").Immutable(),
		field.JSON("entries", []*content.ScoreEntry{}),
		optionalID("rescoring_id"),
	}
}

// Edges of the table.
func (ScoreSheet) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
		edge.To("rescoring", Rescoring.Type).Field("rescoring_id").Unique(),
	}
}

// Indexes of the table.
func (ScoreSheet) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "number").Unique(),
	}
}

// Annotations of the table.
func (ScoreSheet) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"score_sheets_number": "number >= 1",
	})}
}
