package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
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
		// What the question's row says from its publication on; revisions from before there were these say nothing.
		field.String("title").Default(""),
		field.Enum("category").GoType(term.Category("")).Optional().Nillable(),
		field.Enum("level").GoType(term.Level("")).Optional().Nillable(),
		field.String("language").Default(""),
		field.JSON("content", &content.Question{}),
		optionalTime("published_at"),
		optionalID("published_by"),
		optionalID("author_id"),
		field.JSON("editors", []gid.ID{}).Optional(), // everybody who wrote on it
		optionalID("approved_by"),
		optionalTime("approved_at"),
		field.Text("prompt_html").Default(""), // the prompt, sanitized when it was written
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
