package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// VersionUse says that a published template asks a revision of a question, always or as part of a pool.
type VersionUse struct{ ent.Schema }

// Mixin of the table.
func (VersionUse) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (VersionUse) Fields() []ent.Field {
	return []ent.Field{
		idField("template_version_id"),
		idField("question_id"),
		field.Int("number").Immutable(), // of the revision
		field.String("ref").Immutable(), // the place in the paper
		field.Bool("drawn").Immutable(),
	}
}

// Edges of the table.
func (VersionUse) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("template_version", TemplateVersion.Type).Field("template_version_id").Unique().Required().Immutable(),
		edge.To("question", Question.Type).Field("question_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (VersionUse) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "template_version_id", "ref").Unique(),
		index.Fields("organization_id", "question_id", "number", "template_version_id").StorageKey("version_uses_of_revision"),
	}
}
