package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// Upload is a file that a candidate gives as an answer. Its bytes are in the blob store.
type Upload struct{ ent.Schema }

// Mixin of the table.
func (Upload) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Upload) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.String("ref").Immutable(),
		field.Enum("state").GoType(term.UploadState("")),
		field.String("name").Immutable(),
		field.String("content_type").Default(""), // as its bytes say
		field.Int("size").Immutable(),
		field.Int("received").Default(0),
		field.String("sha256").Default(""),
		field.String("blob").Immutable(), // what the names of its parts begin with
		field.JSON("parts", []content.Part{}),
		field.Bytes("secret").Immutable(),               // the hash of the address's secret
		field.Bytes("play_key").Immutable().Sensitive(), // signs the links that play it
		field.Enum("scan").GoType(term.ScanState("")),
		field.String("reason").Default(""),
		field.Time("expires_at").SchemaType(timeType),
		optionalTime("completed_at"),
	}
}

// Edges of the table.
func (Upload) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Upload) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "ref"),
		index.Fields("secret").Unique(),
		index.Fields("state", "expires_at"),
	}
}

// Annotations of the table.
func (Upload) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"uploads_state": oneOf("state", term.UploadState("").Values()),
		"uploads_scan":  oneOf("scan", term.ScanState("").Values()),
		"uploads_size":  "size > 0 AND received BETWEEN 0 AND size",
	})}
}
