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

// Template is a named assessment for a job role. Its draft is here, what was published in its versions.
type Template struct{ ent.Schema }

// Mixin of the table.
func (Template) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Template) Fields() []ent.Field {
	return []ent.Field{
		idField("job_role_id"),
		field.String("name"),
		field.Enum("mode").GoType(term.TemplateMode("")),
		field.Enum("state").GoType(term.PublicationState("")),
		field.JSON("draft", &content.Template{}).Optional(),
		field.Int("published_number").Default(0),
		field.Int("draft_number").Default(1),
		field.Int("revision").Default(1),
		field.JSON("editors", []gid.ID{}).Optional(), // everybody who wrote on the open draft
		optionalID("approved_by"),
		optionalTime("approved_at"),
		handle(),
	}
}

// Edges of the table.
func (Template) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Template) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "job_role_id", "id"),
		index.Fields("organization_id", "state", "id"),
		index.Fields("organization_id", "mode", "id"),
		index.Fields("organization_id", "handle").Unique(),
	}
}

// Annotations of the table.
func (Template) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"templates_mode":    oneOf("mode", term.TemplateMode("").Values()),
		"templates_state":   oneOf("state", term.PublicationState("").Values()),
		"templates_numbers": "published_number >= 0 AND (draft_number = 0 OR draft_number = published_number + 1)",
	})}
}
