package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Mail is one mail that the product sends. Its text is emptied once it was sent.
type Mail struct{ ent.Schema }

// Mixin of the table.
func (Mail) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Mail) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").GoType(term.MailKind("")).Immutable(),
		optionalID("session_id"),
		field.String("recipient").Immutable(),
		field.String("subject").Immutable(),
		field.String("text"),
		optionalTime("sent_at"),
	}
}

// Edges of the table.
func (Mail) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique(),
	}
}

// Indexes of the table.
func (Mail) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "id"),
	}
}
