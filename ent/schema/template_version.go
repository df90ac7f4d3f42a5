package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/content"
)

// TemplateVersion is a published template, frozen: what a candidate may see (paper) and what only grading may see (key).
type TemplateVersion struct{ ent.Schema }

// Mixin of the table.
func (TemplateVersion) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (TemplateVersion) Fields() []ent.Field {
	return []ent.Field{
		idField("template_id"),
		idField("job_role_id"),
		field.Int("number").Immutable(),
		field.String("name").Immutable(),
		field.Bytes("paper").Immutable(),
		field.Bytes("key").Immutable(),
		field.String("hash").Immutable(),
		field.Int("question_count").Immutable(),
		field.Int("time_limit_seconds").Immutable(),
		field.Int("points").Immutable(),
		field.Int("cut_percent").Immutable(),
		field.JSON("content", &content.Template{}).Optional().Immutable(), // what the draft said; versions from before have none
		idField("published_by"),
		optionalID("approved_by"),
	}
}

// Edges of the table.
func (TemplateVersion) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("template", Template.Type).Field("template_id").Unique().Required().Immutable(),
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (TemplateVersion) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "template_id", "number").Unique(),
	}
}

// Annotations of the table.
func (TemplateVersion) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"template_versions_number": "number >= 1",
		"template_versions_limit":  "time_limit_seconds > 0",
		"template_versions_points": "points > 0",
	})}
}
