package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/content"
)

// QuestionRevision is what a question says in one revision. A published one never changes.
type QuestionRevision struct{ ent.Schema }

// Mixin of the table.
func (QuestionRevision) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (QuestionRevision) Fields() []ent.Field {
	return []ent.Field{
		idField("question_id"),
		field.Int("number").Immutable(),
		field.JSON("content", &content.Question{}),
		optionalTime("published_at"),
		optionalID("published_by"),
		optionalID("author_id"),
	}
}

// Edges of the table.
func (QuestionRevision) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("question", Question.Type).Field("question_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (QuestionRevision) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "question_id", "number").Unique(),
	}
}

// Annotations of the table.
func (QuestionRevision) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"question_revisions_number": "number >= 1",
	})}
}
