package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Question is an entry of the question bank. What it says stands in its revisions.
type Question struct{ ent.Schema }

// Mixin of the table.
func (Question) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Question) Fields() []ent.Field {
	return []ent.Field{
		field.String("title"),
		field.Enum("kind").GoType(term.QuestionKind("")).Immutable(),
		field.Enum("category").GoType(term.Category("")),
		field.Enum("level").GoType(term.Level("")),
		field.String("language").Default("en"),
		field.Enum("state").GoType(term.PublicationState("")),
		field.Int("published_number").Default(0),
		field.Int("draft_number").Default(0),
		field.Int("revision").Default(1),
		// What full-text search looks at: the words of the title and the prompt and prints of the prompt, each between spaces.
		field.Text("words").Default(""),
		handle(),
	}
}

// Indexes of the table.
func (Question) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "kind", "id"),
		index.Fields("organization_id", "category", "id"),
		index.Fields("organization_id", "level", "id"),
		index.Fields("organization_id", "state", "id"),
		index.Fields("organization_id", "language", "id"),
		index.Fields("organization_id", "handle").Unique(),
	}
}

// Annotations of the table.
func (Question) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"questions_kind":     oneOf("kind", term.QuestionKind("").Values()),
		"questions_category": oneOf("category", term.Category("").Values()),
		"questions_level":    oneOf("level", term.Level("").Values()),
		"questions_state":    oneOf("state", term.PublicationState("").Values()),
		"questions_numbers":  "published_number >= 0 AND (draft_number = 0 OR draft_number = published_number + 1)",
	})}
}
