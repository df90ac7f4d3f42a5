package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/gid"
)

// Tally is a line of the counters that dashboards read: how much a number changed, or, folded, what the changes came to.
// The database writes the lines itself, by triggers on sessions and reports, so that no change can forget them and none has
// to wait for another; docs/metrics.md says what each metric counts.
type Tally struct{ ent.Schema }

// Fields of the table.
func (Tally) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.UUID("organization_id", gid.ID{}).Immutable(),
		field.UUID("job_role_id", gid.ID{}).Immutable(),
		field.UUID("template_version_id", gid.ID{}).Immutable(),
		field.String("metric").Immutable(),
		field.String("day").Immutable(), // in UTC, as 2006-01-02; empty of a metric without days
		field.String("label").Immutable(),
		field.String("detail").Immutable(),
		field.Int64("amount"),
		field.Bool("folded").Default(false).Immutable(),
	}
}

// Indexes of the table.
func (Tally) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "metric", "job_role_id", "day", "template_version_id", "label", "detail").Unique().
			Annotations(entsql.IndexWhere("folded")).StorageKey("tallies_folded"),
		index.Fields("organization_id", "metric", "job_role_id").Annotations(entsql.IndexWhere("NOT folded")).StorageKey("tallies_pending"),
	}
}
