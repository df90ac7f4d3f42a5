package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// APIKey is a service account of an integration. Only its hash is kept.
type APIKey struct{ ent.Schema }

// Mixin of the table.
func (APIKey) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (APIKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.Bytes("secret_hash").Immutable(),
		field.JSON("permissions", []string{}),
		optionalTime("expires_at"),
		optionalTime("revoked_at"),
	}
}

// Indexes of the table.
func (APIKey) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("secret_hash").Unique(),
		index.Fields("organization_id", "name").Unique(),
	}
}
