package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// JobRole is a role that an organization hires for.
type JobRole struct{ ent.Schema }

// Mixin of the table.
func (JobRole) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (JobRole) Fields() []ent.Field {
	return []ent.Field{
		field.String("title"),
		field.String("summary").Default(""),
		field.Enum("level").GoType(term.Level("")),
		field.String("department").Default(""),
		field.String("location").Default(""),
		field.JSON("responsibilities", []string{}),
		field.JSON("preferred_qualifications", []string{}),
		field.String("external_job_id").Optional().Nillable(),
		field.Enum("status").GoType(term.JobRoleStatus("")),
		field.JSON("preparation_tips", []string{}).Optional(),
		field.Int("revision").Default(1),
		handle(),
	}
}

// Indexes of the table.
func (JobRole) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "external_job_id").Unique(),
		index.Fields("organization_id", "handle").Unique(),
		index.Fields("organization_id", "title", "id"),
		index.Fields("organization_id", "status", "title", "id"),
		index.Fields("organization_id", "level", "title", "id"),
	}
}

// Annotations of the table.
func (JobRole) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"job_roles_level":    oneOf("level", term.Level("").Values()),
		"job_roles_status":   oneOf("status", term.JobRoleStatus("").Values()),
		"job_roles_revision": "revision >= 1",
	})}
}
