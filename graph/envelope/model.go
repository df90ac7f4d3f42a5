// Package envelope holds the few GraphQL types that no room of the domain has: pages, payloads and errors.
package envelope

import (
	"context"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// Node is an object with a global id.
type Node interface{ IsNode() }

// Viewer is who is signed in.
type Viewer struct{ Actor policy.Actor }

// Payload is what came of a mutation: the object, or what was wrong.
type Payload[T any] struct {
	Object T
	Errors []UserError
}

// The payloads, by what they carry.
type (
	MemberPayload          = Payload[*ent.Member]
	SkillPayload           = Payload[*ent.Skill]
	JobRolePayload         = Payload[*ent.JobRole]
	QuestionPayload        = Payload[*ent.Question]
	TemplatePayload        = Payload[*ent.Template]
	SessionPayload         = Payload[*ent.Session]
	SittingPayload         = Payload[*sitting.Sitting]
	AcknowledgementPayload = Payload[*sitting.Acknowledgement]
	SaveResultsPayload     = Payload[[]*sitting.SaveResult]
	BegunUploadPayload     = Payload[*sitting.BegunUpload]
	PlaybackLinkPayload    = Payload[*sitting.PlaybackLink]
	ReviewPayload          = Payload[*ent.Review]
	ReportPayload          = Payload[*ent.Report]
	RescoringPayload       = Payload[*ent.Rescoring]
	OrganizationPayload    = Payload[*ent.Organization]
	ImportPayload          = Payload[*authoring.CatalogueImport]
	APIKeyPayload          = Payload[*account.APIKey]
	SignalReceiptPayload   = Payload[*sitting.SignalReceipt]
	IntegrityPayload       = Payload[*sitting.Integrity]
	ContestPayload         = Payload[*ent.Contest]
	AccommodationPayload   = Payload[*ent.Accommodation]
	ErasurePayload         = Payload[*sitting.ErasureReceipt]
	CandidatePayload       = Payload[*ent.Candidate]
	SharePayload           = Payload[*grading.Share]
	IssuedSharePayload     = Payload[*grading.IssuedShare]
	IssuedAPIKeyPayload    = Payload[*account.IssuedAPIKey]
	ReviewRulePayload      = Payload[*ent.ReviewRule]
	CalibrationPayload     = Payload[*grading.Calibration]
)

// InvitationPayload is what came of an invitation: the session, and its link where the inviter sends the mail.
type InvitationPayload struct {
	Session *ent.Session
	Link    *string
	Errors  []UserError
}

// InvitationsPayload is what came of several invitations.
type InvitationsPayload = Payload[[]*InvitationPayload]

// AssignmentResult is what came of one of several sessions that were given to reviewers.
type AssignmentResult struct {
	SessionID  gid.ID
	Unassigned []string
	Errors     []UserError
}

// AssignmentsPayload is what came of several sessions that were given to reviewers.
type AssignmentsPayload = Payload[[]*AssignmentResult]

// Connection is one page of a list.
type Connection[T any] struct{ page *tenant.Page[T] }

// NewConnection shows a page as a connection.
func NewConnection[T any](page *tenant.Page[T]) *Connection[T] { return &Connection[T]{page} }

// Edge is a row with its place in the list.
type Edge[T any] struct {
	Cursor string
	Node   T
}

// Edges are the rows with their places.
func (c *Connection[T]) Edges() []*Edge[T] {
	edges := make([]*Edge[T], len(c.page.Nodes))
	for i, node := range c.page.Nodes {
		edges[i] = &Edge[T]{Cursor: c.page.Cursors[i].String(), Node: node}
	}
	return edges
}

// Nodes are the rows.
func (c *Connection[T]) Nodes() []T { return c.page.Nodes }

// TotalCount counts the whole list.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) { return c.page.Total(ctx) }

// PageInfo is where the page stands.
func (c *Connection[T]) PageInfo() *PageInfo {
	info := &PageInfo{HasNextPage: c.page.HasNextPage, HasPreviousPage: c.page.HasPreviousPage}
	if n := len(c.page.Cursors); n > 0 {
		first, last := c.page.Cursors[0].String(), c.page.Cursors[n-1].String()
		info.StartCursor, info.EndCursor = &first, &last
	}
	return info
}

// PageInfo is where a page stands in its list.
type PageInfo struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// The connections, by what they list.
type (
	MemberConnection         = Connection[*ent.Member]
	SkillConnection          = Connection[*ent.Skill]
	JobRoleConnection        = Connection[*ent.JobRole]
	QuestionConnection       = Connection[*ent.Question]
	TemplateConnection       = Connection[*ent.Template]
	CandidateConnection      = Connection[*ent.Candidate]
	SessionConnection        = Connection[*ent.Session]
	ReviewConnection         = Connection[*ent.Review]
	ReportConnection         = Connection[*ent.Report]
	RescoringConnection      = Connection[*ent.Rescoring]
	ScoreChangeConnection    = Connection[*grading.ScoreChange]
	ScoreAwardConnection     = Connection[*grading.Award]
	AuditEventConnection     = Connection[*ent.AuditEvent]
	EventConnection          = Connection[*ent.Event]
	RecordedSignalConnection = Connection[*sitting.RecordedSignal]
	ContestConnection        = Connection[*ent.Contest]
	AccommodationConnection  = Connection[*ent.Accommodation]
	SittingConnection        = Connection[*sitting.Sitting]
	APIKeyConnection         = Connection[*account.APIKey]
	CalibrationConnection    = Connection[*grading.Calibration]

	MemberEdge         = Edge[*ent.Member]
	SkillEdge          = Edge[*ent.Skill]
	JobRoleEdge        = Edge[*ent.JobRole]
	QuestionEdge       = Edge[*ent.Question]
	TemplateEdge       = Edge[*ent.Template]
	CandidateEdge      = Edge[*ent.Candidate]
	SessionEdge        = Edge[*ent.Session]
	ReviewEdge         = Edge[*ent.Review]
	ReportEdge         = Edge[*ent.Report]
	RescoringEdge      = Edge[*ent.Rescoring]
	ScoreChangeEdge    = Edge[*grading.ScoreChange]
	ScoreAwardEdge     = Edge[*grading.Award]
	AuditEventEdge     = Edge[*ent.AuditEvent]
	EventEdge          = Edge[*ent.Event]
	RecordedSignalEdge = Edge[*sitting.RecordedSignal]
	ContestEdge        = Edge[*ent.Contest]
	AccommodationEdge  = Edge[*ent.Accommodation]
	SittingEdge        = Edge[*sitting.Sitting]
	APIKeyEdge         = Edge[*account.APIKey]
	CalibrationEdge    = Edge[*grading.Calibration]
)

// RateLimit is what operations cost and may cost.
type RateLimit struct{ Cost, CostLimit, DepthLimit, AliasLimit, TokenLimit, PageLimit, GraceAfterDeadline int }

// Version is what is running.
type Version struct{ Name, Schema string }
