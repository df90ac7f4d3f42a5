package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Score is the points that a person awarded for one criterion of one response. It is never changed: a later one is added.
// What keys and rules award stands in score sheets; rows of theirs here are from before there were any.
type Score struct{ ent.Schema }

// Mixin of the table.
func (Score) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Score) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.String("ref").Immutable(),
		field.String("criterion").Immutable(),
		field.Int("number").Immutable(),
		field.Int64("points").Immutable(),
		field.Int64("max_points").Immutable(),
		field.Enum("status").GoType(term.ItemStatus("")).Immutable(),
		field.Enum("source").GoType(term.ScoreSource("")).Immutable(),
		field.String("evidence").Immutable(),
		field.String("comment").Immutable(),
		optionalID("review_id"),
		optionalID("awarded_by"),
	}
}

// Edges of the table.
func (Score) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
		edge.To("review", Review.Type).Field("review_id").Unique(),
	}
}

// Indexes of the table.
func (Score) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "ref", "criterion", "number").Unique(),
	}
}

// Annotations of the table.
func (Score) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"scores_points": "points BETWEEN 0 AND max_points",
		"scores_status": oneOf("status", term.ItemStatus("").Values()),
		"scores_source": oneOf("source", term.ScoreSource("").Values()),
	})}
}
