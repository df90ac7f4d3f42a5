package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/assay-hq/assay/internal/term"
)

// Session is one invitation of one candidate to one template version, and all that came of it.
type Session struct{ ent.Schema }

// Mixin of the table.
func (Session) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}, created{}} }

// Fields of the table.
func (Session) Fields() []ent.Field {
	return []ent.Field{
		idField("candidate_id"),
		idField("job_role_id"),
		idField("template_id"),
		idField("template_version_id"),
		field.Enum("state").GoType(term.SessionState("")),
		field.String("external_order_id").Optional().Nillable(),
		field.String("invited_by").Immutable(),
		field.Bytes("link_hash"),
		optionalTime("opened_at"),
		field.Time("expires_at").SchemaType(timeType),
		optionalTime("started_at"),
		optionalTime("ended_at"),
		optionalTime("due_at"),
		optionalTime("waiting_since"),                       // of an invitation: while a request for accommodation is open, it does not expire
		field.Int("allowed_seconds"),                        // with everything that was given
		field.Int("planned_seconds").Default(0).Immutable(), // as the version plans it
		optionalTime("opens_at"),
		field.String("time_zone").Default(""),
		field.String("language").Default(""),
		field.String("redirect_url").Default(""),
		field.Bool("own_mail").Default(false), // whoever invites sends the mail
		field.Int("reminders").Default(0),
		optionalTime("reminded_at"),
		field.String("end_reason").Default(""), // why it was declined, cancelled, voided or reopened
		field.Int("section").Default(0),        // where the candidate is, counted from 1; 0 before the start
		field.Int("question").Default(0),       // in a forward-only section, as it is shown, counted from 1
		optionalTime("deadline_at"),            // when it ends or would have ended by itself
		field.Int("used_seconds").Default(0),   // at its end
		optionalTime("section_due_at"),
		optionalTime("question_due_at"),
		optionalTime("paused_at"),
		field.String("device").Default(""), // that has the sitting; the newest takes over
		optionalTime("scored_at"),
		optionalTime("released_at"),
		field.Bytes("receipt").Optional(),
		field.Int64("seed").Immutable(),
	}
}

// Edges of the table.
func (Session) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("candidate", Candidate.Type).Field("candidate_id").Unique().Required().Immutable(),
		edge.To("job_role", JobRole.Type).Field("job_role_id").Unique().Required().Immutable(),
		edge.To("template", Template.Type).Field("template_id").Unique().Required().Immutable(),
		edge.To("template_version", TemplateVersion.Type).Field("template_version_id").Unique().Required().Immutable(),
	}
}

// Indexes of the table.
func (Session) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("link_hash").Unique(),
		index.Fields("due_at"),
		index.Fields("organization_id", "state", "id"),
		index.Fields("organization_id", "job_role_id", "id"),
		index.Fields("organization_id", "job_role_id", "created_at"),
		index.Fields("organization_id", "candidate_id"),
		index.Fields("organization_id", "template_id", "id"),
		index.Fields("organization_id", "external_order_id").Unique(),
	}
}

// Annotations of the table.
func (Session) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"sessions_state":   oneOf("state", term.SessionState("").Values()),
		"sessions_due":     "due_at IS NOT NULL OR state NOT IN ('INVITED', 'IN_PROGRESS', 'PAUSED')",
		"sessions_started": "started_at IS NOT NULL OR state IN ('INVITED', 'EXPIRED', 'CANCELLED', 'DECLINED')",
		"sessions_allowed": "allowed_seconds > 0",
	})}
}
