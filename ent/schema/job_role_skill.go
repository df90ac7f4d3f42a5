package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/gid"
)

// JobRoleSkill is a must-have skill of a job role, with its weight.
type JobRoleSkill struct{ ent.Schema }

// Mixin of the table.
func (JobRoleSkill) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (JobRoleSkill) Fields() []ent.Field {
	return []ent.Field{
		idField("job_role_id"),
		field.UUID("skill_id", gid.ID{}),
		field.Int("weight"),
		field.String("description").Default(""),
		field.Int("position"),
	}
}

// Edges of the table.
func (JobRoleSkill) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
		edge.To("skill", Skill.Type).Field("skill_id").Unique().Required(),
	}
}

// Indexes of the table.
func (JobRoleSkill) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "job_role_id", "skill_id").Unique(),
		index.Fields("organization_id", "skill_id"),
	}
}

// Annotations of the table.
func (JobRoleSkill) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"job_role_skills_weight": "weight BETWEEN 1 AND 100",
	})}
}
