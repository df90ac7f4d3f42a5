package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Report is one revision of a scored result. A later revision supersedes it; nothing is overwritten.
type Report struct{ ent.Schema }

// Mixin of the table.
func (Report) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Report) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		idField("job_role_id"),
		idField("candidate_id"),
		idField("template_version_id"),
		field.Int("number").Immutable(),
		field.Enum("state").GoType(term.ReportState("")),
		field.Int64("percent").Immutable(),
		field.Int64("points").Immutable(),
		field.Int64("max_points").Immutable(),
		field.String("band").Immutable(),
		field.Bool("passed").Immutable(),
		field.Bytes("result").Immutable(),
		timeField("ended_at"),
		optionalTime("superseded_at"),
		optionalTime("released_at"),
		optionalID("released_by"),
		optionalTime("withdrawn_at"),
		field.String("withdraw_reason").Default(""),
		field.String("reason").Default("").Immutable(), // of this revision, beside the first
		field.Int("mended").Default(0),                 // how many of the key's mendings it counts
	}
}

// Edges of the table.
func (Report) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
		edge.To("candidate", Candidate.Type).Field("candidate_id").Unique().Required().Immutable(),
		edge.To("template_version", TemplateVersion.Type).Field("template_version_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Report) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "number").Unique(),
		index.Fields("organization_id", "session_id").Unique().Annotations(entsql.IndexWhere("superseded_at IS NULL")).StorageKey("reports_one_current"),
		index.Fields("organization_id", "id"),
		index.Fields("organization_id", "job_role_id", "id"),
		index.Fields("organization_id", "percent", "id"),
		index.Fields("organization_id", "job_role_id", "percent", "id"),
		index.Fields("organization_id", "job_role_id", "band", "percent", "id"),
		index.Fields("organization_id", "state", "id"),
		index.Fields("organization_id", "job_role_id", "ended_at", "id"),
		index.Fields("organization_id", "ended_at", "id"),
		index.Fields("organization_id", "template_version_id", "mended", "id").Annotations(entsql.IndexWhere("superseded_at IS NULL")).
			StorageKey("reports_of_version"),
	}
}

// Annotations of the table.
func (Report) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"reports_state":   oneOf("state", term.ReportState("").Values()),
		"reports_points":  "points BETWEEN 0 AND max_points",
		"reports_percent": "percent BETWEEN 0 AND 100000000",
	})}
}
