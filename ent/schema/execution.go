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

// Execution is a run of a code answer against the tests of its question, by a runner outside.
type Execution struct{ ent.Schema }

// Mixin of the table.
func (Execution) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Execution) Fields() []ent.Field {
	return []ent.Field{
		idField("session_id"),
		field.String("ref").Immutable(),
		field.Int("response_revision"), // of the answer that is run: a sitting that is reopened may change it
		field.Enum("state").GoType(term.ExecutionState("")),
		field.Bytes("hash"),              // of the secret by which the runner calls back
		field.JSON("tokens", []string{}), // as the runner names the tests' runs
		field.JSON("results", []*content.TestResult{}),
		field.String("reason").Default(""),
		field.Int("attempts").Default(0),
		optionalTime("finished_at"),
	}
}

// Edges of the table.
func (Execution) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Execution) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("organization_id", "session_id", "ref").Unique(),
		index.Fields("hash").Unique(),
	}
}

// Annotations of the table.
func (Execution) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"executions_state": oneOf("state", term.ExecutionState("").Values()),
	})}
}
