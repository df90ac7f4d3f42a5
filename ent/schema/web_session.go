package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// WebSession is a signed-in browser. Only the hash of its cookie is kept.
type WebSession struct{ ent.Schema }

// Fields of the table.
func (WebSession) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.Bytes("data"),
		field.Time("expires_at").SchemaType(timeType),
	}
}

// Indexes of the table.
func (WebSession) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("expires_at"),
	}
}
