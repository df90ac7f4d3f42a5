package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// Rescoring is a mending of a published key, with its reason, and the re-scoring of every session that it concerns. Keys are frozen:
// mendings are added, and count in their order.
type Rescoring struct{ ent.Schema }

// Mixin of the table.
func (Rescoring) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Rescoring) Fields() []ent.Field {
	return []ent.Field{
		idField("template_version_id"),
		idField("job_role_id"),
		field.Int("number").Immutable(),
		field.JSON("fixes", []*content.KeyFix{}).Immutable(),
		field.String("reason").Immutable(),
		field.Bytes("digest").Immutable(), // of what was previewed
		field.Enum("state").GoType(term.RescoringState("")),
		field.Int("concerned").Immutable(), // sessions
		field.Int("changed").Immutable(),   // of them with another score, band or verdict
		field.String("applied_by").Immutable(),
		optionalTime("finished_at"),
	}
}

// Edges of the table.
func (Rescoring) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("template_version", TemplateVersion.Type).Field("template_version_id").Unique().Required().Immutable(),
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Rescoring) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "template_version_id", "number").Unique(),
		index.Fields("organization_id", "state"),
	}
}

// Annotations of the table.
func (Rescoring) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"rescorings_state":  oneOf("state", term.RescoringState("").Values()),
		"rescorings_number": "number >= 1",
	})}
}
