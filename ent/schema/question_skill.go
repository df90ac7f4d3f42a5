package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/gid"
)

// QuestionSkill says that what stands of a question, its open draft or else its published revision, shows a skill.
type QuestionSkill struct{ ent.Schema }

// Mixin of the table.
func (QuestionSkill) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (QuestionSkill) Fields() []ent.Field {
	return []ent.Field{
		idField("question_id"),
		field.UUID("skill_id", gid.ID{}),
	}
}

// Edges of the table.
func (QuestionSkill) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("question", Question.Type).Field("question_id").Unique().Required().Immutable(),
		edge.To("skill", Skill.Type).Field("skill_id").Unique().Required(),
	}
}

// Indexes of the table.
func (QuestionSkill) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "question_id", "skill_id").Unique(),
		index.Fields("organization_id", "skill_id", "question_id"),
	}
}
