package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// ReportShare is a link by which anybody who holds it may read one report, for a while.
type ReportShare struct{ ent.Schema }

// Mixin of the table.
func (ReportShare) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (ReportShare) Fields() []ent.Field {
	return []ent.Field{
		idField("report_id"),
		idField("job_role_id"),
		field.Bytes("hash").Immutable(), // of the link's secret
		field.Time("expires_at").SchemaType(timeType).Immutable(),
		field.String("note").Immutable(), // for whom
		field.String("created_by").Immutable(),
		optionalTime("revoked_at"),
		field.Int("opened").Default(0),
		optionalTime("last_opened_at"),
	}
}

// Edges of the table.
func (ReportShare) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("report", Report.Type).Field("report_id").Unique().Required().Immutable(),
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (ReportShare) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("hash").Unique(),
		index.Fields("organization_id", "report_id", "id"),
	}
}
