package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Once remembers the result of an idempotency key, for at least a day.
type Once struct{ ent.Schema }

// Mixin of the table.
func (Once) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Once) Fields() []ent.Field {
	return []ent.Field{
		field.String("actor").Immutable(),
		field.String("action").Immutable(),
		field.String("key").Immutable(),
		field.Bytes("input_hash").Immutable(),
		optionalID("result_id"),
	}
}

// Indexes of the table.
func (Once) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "actor", "action", "key").Unique(),
		index.Fields("created_at"),
	}
}
