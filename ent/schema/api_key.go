package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/gid"
)

// APIKey is a service account of an integration. Only its hash is kept.
type APIKey struct{ ent.Schema }

// Mixin of the table.
func (APIKey) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (APIKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.Bytes("secret_hash"),
		field.Bytes("previous_hash").Optional(), // of the secret before the last rotation
		optionalTime("previous_until"),
		field.JSON("permissions", []string{}),
		field.JSON("holders", []gid.ID{}).Optional(), // the members who were shown a secret of it
		optionalTime("expires_at"),
		optionalTime("revoked_at"),
		optionalTime("rotated_at"),
		optionalTime("last_used_at"),
	}
}

// Indexes of the table.
func (APIKey) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("secret_hash").Unique(),
		index.Fields("previous_hash").Unique(),
		index.Fields("organization_id", "id"),
		index.Fields("organization_id", "name").Unique(),
	}
}
