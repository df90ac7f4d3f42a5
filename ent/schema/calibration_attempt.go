package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/content"
)

// CalibrationAttempt is how a reviewer scored a calibration's answer. The first one counts.
type CalibrationAttempt struct{ ent.Schema }

// Mixin of the table.
func (CalibrationAttempt) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (CalibrationAttempt) Fields() []ent.Field {
	return []ent.Field{
		idField("calibration_id"),
		idField("reviewer_id"),
		field.JSON("scores", []*content.CalibrationScore{}).Immutable(),
	}
}

// Edges of the table.
func (CalibrationAttempt) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("calibration", Calibration.Type).Field("calibration_id").Unique().Required().Immutable(),
		edge.To("reviewer", Member.Type).Field("reviewer_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (CalibrationAttempt) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "calibration_id", "reviewer_id").Unique(),
		index.Fields("organization_id", "reviewer_id", "id"),
	}
}
