package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
)

// Organization is the tenant. Nothing crosses from one to another.
type Organization struct{ ent.Schema }

// Mixin of the table.
func (Organization) Mixin() []ent.Mixin { return []ent.Mixin{created{}} }

// Fields of the table.
func (Organization) Fields() []ent.Field {
	return []ent.Field{
		idField("id"),
		field.String("slug").Unique().Immutable(),
		field.String("name"),
		field.String("time_zone").Default("UTC"),
		field.String("locale").Default("en"),
		field.Bool("publication_approval").Default(false),
		field.Bool("link_sign_in").Default(false), // an invitation link alone signs its candidate in
		field.Int("retention_days").Default(0),    // after which ended sessions' candidates are erased; 0 is never
	}
}

// Annotations of the table.
func (Organization) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"organizations_slug": "length(slug) BETWEEN 1 AND 63",
	})}
}
