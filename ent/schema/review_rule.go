package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// ReviewRule says how a template's sessions are given to reviewers, from when it is set on. What was assigned before stays.
type ReviewRule struct{ ent.Schema }

// Mixin of the table.
func (ReviewRule) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (ReviewRule) Fields() []ent.Field {
	return []ent.Field{
		idField("template_id"),
		idField("job_role_id"),
		field.Int("reviewers"), // for each answer
		field.Enum("spread").GoType(term.ReviewSpread("")),
		field.JSON("pool", []gid.ID{}), // members; empty: whoever may review
		field.Bool("blind"),
		field.Bool("automatic"), // assigned as soon as answers wait
		field.Int("gap"),        // in points of a criterion's scale: from it on a further reviewer is called
		field.Int("due_days"),
		field.Time("updated_at").SchemaType(timeType),
		field.String("updated_by"),
	}
}

// Edges of the table.
func (ReviewRule) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("template", Template.Type).Field("template_id").Unique().Required().Immutable(),
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (ReviewRule) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "template_id").Unique(),
	}
}

// Annotations of the table.
func (ReviewRule) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"review_rules_spread":    oneOf("spread", term.ReviewSpread("").Values()),
		"review_rules_reviewers": "reviewers BETWEEN 1 AND 5",
		"review_rules_gap":       "gap >= 1",
		"review_rules_due":       "due_days BETWEEN 1 AND 90",
	})}
}
