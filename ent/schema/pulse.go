package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// Pulse is when some process of Assay was up last: one row, by which a fault of ours is noticed.
type Pulse struct{ ent.Schema }

// Fields of the table.
func (Pulse) Fields() []ent.Field {
	return []ent.Field{
		field.Int("id").Immutable(),
		field.Time("at").SchemaType(timeType),
	}
}
