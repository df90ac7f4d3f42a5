package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/gid"
)

// Outage is a time in which no process of Assay was up; who sat meanwhile is credited it.
type Outage struct{ ent.Schema }

// Fields of the table.
func (Outage) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("id", gid.ID{}).Immutable(),
		timeField("began_at"),
		timeField("ended_at"),
		optionalTime("settled_at"),
	}
}

// Indexes of the table.
func (Outage) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("settled_at", "began_at"),
	}
}
