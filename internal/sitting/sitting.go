package sitting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Sitting is a candidate's own view of their session. It can name no key, rubric, score or other person.
type Sitting struct {
	ID               gid.ID
	State            State
	Title            string
	Instructions     string
	InstructionsHTML string
	QuestionCount    int
	TimeLimit        time.Duration
	ExpiresAt        time.Time
	StartedAt        *time.Time
	EndedAt          *time.Time
	Deadline         *time.Time // while in progress
	ServerTime       time.Time
	Receipt          *Receipt
	Accommodation    *content.Accommodation

	paper *paper.Paper
}

// State is where a sitting stands as its candidate is told: what happens behind it after submission is not theirs.
type State string

// The states of a sitting.
const (
	Invited    State = "INVITED"
	Expired    State = "EXPIRED"
	Cancelled  State = "CANCELLED"
	InProgress State = "IN_PROGRESS"
	Paused     State = "PAUSED"
	Submitted  State = "SUBMITTED"
	Released   State = "RELEASED"
	Declined   State = "DECLINED"
	Voided     State = "VOIDED"
)

// Values lists every state.
func (State) Values() []string {
	return []string{
		string(Invited), string(Expired), string(Cancelled), string(InProgress), string(Paused), string(Submitted), string(Released), string(Declined), string(Voided),
	}
}

// shown is the candidate's word for a session's state.
func shown(s term.SessionState) State {
	switch s {
	case term.InReview, term.Scored, term.Submitted:
		return Submitted
	default:
		return State(s)
	}
}

// Response is the answer to one question that counts: the latest that was acknowledged.
type Response struct {
	Question string
	Revision int
	Answer   *content.Answer
	SavedAt  time.Time
}

// Sitting reads one of the candidate's own sittings. If its time is over, it is ended first.
func (s *Service) Sitting(ctx context.Context, actor policy.Actor, id gid.ID) (*Sitting, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, id)
	if err != nil {
		return nil, err
	}
	now, err := scope.Now(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.endIfOver(ctx, scope, now); err != nil {
		return nil, err
	}
	return s.read(ctx, scope, now)
}

// endIfOver ends the sitting whose time is over, which the sweep would do within seconds.
func (s *Service) endIfOver(ctx context.Context, scope tenant.Scope, now time.Time) error {
	row, err := ownSession(ctx, scope)
	if err != nil || !over(row, now) {
		return err
	}
	return s.Finish(ctx, policy.Worker(scope.Organization()), row.ID)
}

func ownSession(ctx context.Context, scope tenant.Scope) (*ent.Session, error) {
	return tenant.Only[*ent.Session]("sitting")(scope.Sessions().Only(ctx))
}

// over reports whether a session waits for nothing but its end.
func over(row *ent.Session, now time.Time) bool {
	return row.DueAt != nil && now.After(row.DueAt.Add(tenant.EndsAfter))
}

// read makes the candidate's view of the scope's session.
func (s *Service) read(ctx context.Context, scope tenant.Scope, now time.Time) (*Sitting, error) {
	row, err := ownSession(ctx, scope)
	if err != nil {
		return nil, err
	}
	asked, err := s.papers.own(ctx, scope)
	if err != nil {
		return nil, err
	}
	own := &Sitting{
		ID: row.ID, State: shown(row.State), Title: asked.Title, QuestionCount: asked.Count(),
		TimeLimit: time.Duration(row.AllowedSeconds) * time.Second, ExpiresAt: row.ExpiresAt,
		StartedAt: row.StartedAt, EndedAt: row.EndedAt, ServerTime: now, Receipt: receiptOf(row), paper: asked,
	}
	own.Instructions, own.InstructionsHTML, own.Accommodation = asked.Instructions, asked.InstructionsHTML, asked.Accommodation
	if row.State == term.InProgress {
		own.Deadline = row.DueAt
	}
	return own, nil
}

// Sections are the questions as they are asked, from the start on, in a language where a question is translated; before
// the start nobody sees them.
func (s *Sitting) Sections(language *string) []*paper.Section {
	if s.StartedAt == nil {
		return []*paper.Section{}
	}
	if language == nil {
		return s.paper.Sections
	}
	return s.paper.In(*language).Sections
}

// Responses reads every stored answer of the candidate's own sitting, in the paper's order: what a client needs to go
// on after a lost connection.
func (s *Service) Responses(ctx context.Context, actor policy.Actor, id gid.ID) ([]*Response, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, id)
	if err != nil {
		return nil, err
	}
	rows, err := latest(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	responses := make([]*Response, len(rows))
	for i, r := range rows {
		responses[i] = &Response{Question: r.Ref, Revision: r.Revision, Answer: r.Answer, SavedAt: r.SavedAt}
	}
	return responses, nil
}

// latest reads the responses that count, in the paper's order.
func latest(ctx context.Context, scope tenant.Scope, id gid.ID) ([]*ent.Response, error) {
	rows, err := scope.Responses().Where(response.SessionID(id), tenant.Latest).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find responses: %w", err)
	}
	slices.SortFunc(rows, func(a, b *ent.Response) int { return paper.ByPlace(a.Ref, b.Ref) })
	return rows, nil
}
