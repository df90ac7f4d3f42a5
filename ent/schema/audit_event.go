package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/gid"
)

// AuditEvent is who did what to which row, when and from where. It is never changed; position and hash chain it once.
type AuditEvent struct{ ent.Schema }

// Mixin of the table.
func (AuditEvent) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}} }

// Fields of the table.
func (AuditEvent) Fields() []ent.Field {
	return []ent.Field{
		timeField("at"),
		field.String("actor").Immutable(),
		field.String("action").Immutable(),
		field.UUID("subject_id", gid.ID{}).Immutable(),
		field.JSON("detail", map[string]string{}).Optional().Immutable(),
		field.String("address").Default("").Immutable(),
		field.String("request_id").Default("").Immutable(),
		field.Int64("txid").Default(0).Immutable(),
		field.Int64("position").Optional().Nillable(),
		field.Bytes("hash").Optional(),
	}
}

// Indexes of the table.
func (AuditEvent) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "position").Unique(),
		index.Fields("organization_id", "id"),
		index.Fields("organization_id", "action", "id"),
		index.Fields("organization_id", "subject_id", "id"),
		index.Fields("txid", "id").Annotations(entsql.IndexWhere("position IS NULL")).StorageKey("audit_events_unchained"),
	}
}
