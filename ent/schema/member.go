package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/gid"
)

// Member is a person of an organization with one or more roles. Issuer and subject are empty until the invited person first signs in.
type Member struct{ ent.Schema }

// Mixin of the table.
func (Member) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Member) Fields() []ent.Field {
	return []ent.Field{
		field.String("email"),
		field.String("name"),
		field.JSON("roles", []string{}),
		field.Bool("limited").Default(false),
		field.JSON("job_role_ids", []gid.ID{}).Optional(),
		field.String("issuer").Optional().Nillable(),
		field.String("subject").Optional().Nillable(),
		optionalTime("removed_at"),
	}
}

// Indexes of the table.
func (Member) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "email").Unique(),
		index.Fields("organization_id", "issuer", "subject").Unique(),
		index.Fields("issuer", "subject"),
		index.Fields("email"),
	}
}
