package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// SignInLink lets a candidate come back to a sitting on another device: mailed to their address, used once. Only its hash
// is kept.
type SignInLink struct{ ent.Schema }

// Mixin of the table.
func (SignInLink) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (SignInLink) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.Bytes("hash").Immutable(),
		field.Time("expires_at").SchemaType(timeType).Immutable(),
		optionalTime("used_at"),
	}
}

// Edges of the table.
func (SignInLink) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (SignInLink) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("hash").Unique(),
		index.Fields("organization_id", "session_id", "id"),
	}
}
