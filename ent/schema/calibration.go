package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/content"
)

// Calibration is an answer to a question whose scores are agreed, by which reviewers see whether they judge alike.
type Calibration struct{ ent.Schema }

// Mixin of the table.
func (Calibration) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Calibration) Fields() []ent.Field {
	return []ent.Field{
		idField("question_id"),
		field.Int("revision").Immutable(),
		field.String("text").Immutable(), // the answer
		field.JSON("scores", []*content.CalibrationScore{}).Immutable(),
		field.String("note").Immutable(),
		idField("created_by"),
		optionalTime("retired_at"),
	}
}

// Edges of the table.
func (Calibration) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("question", Question.Type).Field("question_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Calibration) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "question_id", "id"),
	}
}
