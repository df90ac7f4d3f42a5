package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/content"
)

// Response is one acknowledged revision of a candidate's answer to one question. It is never changed: the highest revision counts.
type Response struct{ ent.Schema }

// Mixin of the table.
func (Response) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}} }

// Fields of the table.
func (Response) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.String("ref").Immutable(),
		field.Int("revision").Immutable(),
		field.JSON("answer", &content.Answer{}).Immutable(),
		field.String("client_key").Immutable(),
		timeField("saved_at"),
	}
}

// Edges of the table.
func (Response) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Response) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "ref", "revision").Unique(),
		index.Fields("organization_id", "session_id", "client_key").Unique(),
	}
}

// Annotations of the table.
func (Response) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"responses_revision": "revision >= 1",
	})}
}
