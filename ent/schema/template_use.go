package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/index"
)

// TemplateUse says that a template, in its draft or in a version, uses a question.
type TemplateUse struct{ ent.Schema }

// Mixin of the table.
func (TemplateUse) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (TemplateUse) Fields() []ent.Field {
	return []ent.Field{
		idField("template_id"),
		idField("question_id"),
	}
}

// Edges of the table.
func (TemplateUse) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("template", Template.Type).Field("template_id").Unique().Required().Immutable(),
		edge.To("question", Question.Type).Field("question_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (TemplateUse) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "template_id", "question_id").Unique(),
		index.Fields("organization_id", "question_id"),
	}
}
