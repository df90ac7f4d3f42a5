package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Norm is what the reports of a template version come to together: the group that a report is compared with. It is computed anew as
// reports come, and says when it was.
type Norm struct{ ent.Schema }

// Mixin of the table.
func (Norm) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}} }

// Fields of the table.
func (Norm) Fields() []ent.Field {
	return []ent.Field{
		idField("template_version_id"),
		idField("job_role_id"),
		field.Int("size"),
		field.Int64("mean"),   // millionths of a percent, as all that follow
		field.Int64("spread"), // standard deviation, n − 1
		field.Int64("sem").Optional().Nillable(),
		field.Int64("alpha").Optional().Nillable(), // millionths
		field.JSON("tally", [][2]int64{}),          // percentages with how often, ascending
		field.Time("computed_at").SchemaType(timeType),
	}
}

// Edges of the table.
func (Norm) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("template_version", TemplateVersion.Type).Field("template_version_id").Unique().Required().Immutable(),
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Norm) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "template_version_id").Unique(),
	}
}

// Annotations of the table.
func (Norm) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"norms_size": "size >= 0",
	})}
}
