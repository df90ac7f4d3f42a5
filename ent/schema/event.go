package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/gid"
)

// Event is what happened, for those outside who follow. It is never changed; its position is given once, in commit order.
type Event struct{ ent.Schema }

// Mixin of the table.
func (Event) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}} }

// Fields of the table.
func (Event) Fields() []ent.Field {
	return []ent.Field{
		timeField("at"),
		field.String("type").Immutable(),
		field.UUID("subject_id", gid.ID{}).Immutable(),
		field.Int64("txid").Default(0).Immutable(),
		field.Int64("position").Optional().Nillable(),
	}
}

// Indexes of the table.
func (Event) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "position").Unique(),
		index.Fields("txid", "id").Annotations(entsql.IndexWhere("position IS NULL")).StorageKey("events_unsequenced"),
	}
}
