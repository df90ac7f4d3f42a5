// Package schema says how Assay keeps its nouns: tables, edges, indexes and checks, one file a noun.
//
// There are no hooks and no privacy rules here: who may read or write is the policy's matter and every statement
// starts from a tenant.Scope. The migration generator adds the organization to every foreign key, so that a row
// cannot point across tenants even if code is wrong.
package schema

import (
	"fmt"
	"strings"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"

	"github.com/assay-hq/assay/internal/gid"
)

// idField is an id column: a native uuid on PostgreSQL, its text on SQLite.
func idField(name string) ent.Field {
	return field.UUID(name, gid.ID{}).Immutable()
}

// optionalID is an id column that may be empty.
func optionalID(name string) ent.Field {
	return field.UUID(name, gid.ID{}).Optional().Nillable()
}

// timeField is a time column in UTC, to the microsecond on both databases.
func timeField(name string) ent.Field {
	return field.Time(name).SchemaType(timeType).Immutable()
}

// optionalTime is a time column that may be empty and is set later.
func optionalTime(name string) ent.Field {
	return field.Time(name).SchemaType(timeType).Optional().Nillable()
}

var timeType = map[string]string{dialect.Postgres: "timestamptz(6)"}

// tenant is the mixin of every row that belongs to an organization.
type tenant struct{ mixin.Schema }

// Fields of the mixin.
func (tenant) Fields() []ent.Field {
	return []ent.Field{idField("id"), idField("organization_id")}
}

// Edges of the mixin.
func (tenant) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("organization", Organization.Type).Field("organization_id").Unique().Required().Immutable(),
	}
}

// handle is the key by which catalogues know a row, unique in its organization; rows that never travelled have none.
func handle() ent.Field { return field.String("handle").Optional().Nillable() }

// created is the mixin of rows that say when they came to be.
type created struct{ mixin.Schema }

// Fields of the mixin.
func (created) Fields() []ent.Field { return []ent.Field{timeField("created_at")} }

// oneOf is the check that a column holds one of an enumeration's values.
func oneOf(column string, values []string) string {
	return fmt.Sprintf("%s IN ('%s')", column, strings.Join(values, "', '"))
}

// checks names a table's checks, which both databases enforce.
func checks(named map[string]string) schema.Annotation { return entsql.Checks(named) }
