package sitting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/clock"
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
	TimeLimit        time.Duration // with everything that was given
	Remaining        time.Duration
	OpensAt          *time.Time
	ExpiresAt        time.Time
	TimeZone         *string // as the inviter chose; nil is the organization's
	Language         *string
	RedirectURL      *string // where to go afterwards
	StartedAt        *time.Time
	EndedAt          *time.Time
	Deadline         *time.Time // while the clock runs
	CurrentSection   *int       // counted from 1
	SectionDeadline  *time.Time
	QuestionDeadline *time.Time
	PausedAt         *time.Time
	PauseReason      *term.ClockReason
	ResumesAt        *time.Time // when a pause ends by itself
	ServerTime       time.Time
	Grace            time.Duration
	HeartbeatEvery   time.Duration
	Device           string
	Receipt          *Receipt
	Accommodation    *content.Accommodation
	Signals          []term.IntegritySignal // what is recorded

	course *course
}

// heartbeatEvery is how often a page says that it is there; three may be lost before it counts as disconnected.
const heartbeatEvery = 10 * time.Second

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
	SittingID gid.ID
	Question  string
	Revision  int
	Answer    *content.Answer
	SavedAt   time.Time
}

// Sitting reads one of the candidate's own sittings. If its time is over, it is ended first.
func (s *Service) Sitting(ctx context.Context, actor policy.Actor, id gid.ID) (*Sitting, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, id)
	if err != nil {
		return nil, err
	}
	return s.readNow(ctx, scope)
}

// readNow reads the scope's sitting; one whose time is over is ended first.
func (s *Service) readNow(ctx context.Context, scope tenant.Scope) (*Sitting, error) {
	now, err := scope.Now(ctx)
	if err != nil {
		return nil, err
	}
	id := scope.SessionID()
	row, err := ownRow(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	if over(row, now) { // the sweep would do it within a second
		if err := s.Finish(ctx, policy.Worker(scope.Organization()), id); err != nil {
			return nil, err
		}
		if row, err = ownRow(ctx, scope, id); err != nil {
			return nil, err
		}
	}
	return s.present(ctx, scope, row, now)
}

// read makes the candidate's view of one of the scope's sessions.
func (s *Service) read(ctx context.Context, scope tenant.Scope, id gid.ID, now time.Time) (*Sitting, error) {
	row, err := ownRow(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	return s.present(ctx, scope, row, now)
}

// present shows a session as it stands now, whether what time brought about is written yet or not.
func (s *Service) present(ctx context.Context, scope tenant.Scope, row *ent.Session, now time.Time) (*Sitting, error) {
	c, err := s.course(ctx, scope, row)
	if err != nil {
		return nil, err
	}
	return s.shown(c, now), nil
}

// shown is what a course looks like at a time.
func (s *Service) shown(c *course, now time.Time) *Sitting {
	if c.row.State.Running() {
		c.clock.Advance(now, tenant.EndsAfter)
	}
	return s.view(c, now)
}

func ownRow(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Session, error) {
	return tenant.Only[*ent.Session]("sitting")(scope.Sessions().Where(session.ID(id)).Only(ctx))
}

// over reports whether a session waits for nothing but what its time brings about.
func over(row *ent.Session, now time.Time) bool {
	waits := row.State == term.Invited && row.WaitingSince != nil
	return row.DueAt != nil && !waits && now.After(row.DueAt.Add(tenant.EndsAfter))
}

// view is the candidate's view of a course whose clock stands at now.
func (s *Service) view(c *course, now time.Time) *Sitting {
	row, k := c.row, c.clock
	own := &Sitting{
		ID: row.ID, State: shown(row.State), Title: c.asked.Title, Instructions: c.asked.Instructions, InstructionsHTML: c.asked.InstructionsHTML, QuestionCount: c.asked.Count(),
		TimeLimit: k.Allowed(), Remaining: k.Left(), ExpiresAt: expiry(row), StartedAt: row.StartedAt, EndedAt: row.EndedAt,
		ServerTime: now, Grace: tenant.Grace, HeartbeatEvery: heartbeatEvery, Device: row.Device, Receipt: receiptOf(row),
		Accommodation: c.asked.Accommodation, Signals: c.asked.Signals, course: c,
	}
	own.OpensAt, own.TimeZone, own.Language, own.RedirectURL = row.OpensAt, given(row.TimeZone), given(row.Language), given(row.RedirectURL)
	switch k.Phase {
	case clock.Waiting: // what accommodation adds is in the ledger once it has begun
		own.TimeLimit = seconds(row.AllowedSeconds)
		own.Remaining = own.TimeLimit
	case clock.Over:
		own.Remaining = 0
	}
	if row.State.Running() && k.Section > 0 {
		own.CurrentSection = &k.Section
	}
	switch row.State {
	case term.InProgress:
		own.Deadline, own.SectionDeadline, own.QuestionDeadline = moment(k.Due()), moment(k.SectionDue()), moment(k.QuestionDue())
	case term.Paused:
		own.PausedAt, own.PauseReason, own.ResumesAt = row.PausedAt, &k.Reason, row.DueAt
	}
	return own
}

// moment is a time that may be absent.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Responses reads every stored answer of the candidate's own sittings, each sitting's in its paper's order: what a client
// needs to go on after a lost connection.
func (s *Service) Responses(ctx context.Context, actor policy.Actor, ids ...gid.ID) ([]*Response, error) {
	mine, err := s.tenant.AsSittings(ctx, actor, policy.SittingTake, ids)
	if err != nil {
		return nil, err
	}
	rows, err := latestOf(ctx, mine.Responses())
	if err != nil {
		return nil, err
	}
	responses := make([]*Response, len(rows))
	for i, r := range rows {
		responses[i] = responseOf(r)
	}
	return responses, nil
}

func responseOf(r *ent.Response) *Response {
	return &Response{SittingID: r.SessionID, Question: r.Ref, Revision: r.Revision, Answer: r.Answer, SavedAt: r.SavedAt}
}

// latest reads the responses of a session that count, in the paper's order.
func latest(ctx context.Context, scope tenant.Scope, id gid.ID) ([]*ent.Response, error) {
	return latestOf(ctx, scope.Responses().Where(response.SessionID(id)))
}

// latestOf reads those responses that count, each session's in its paper's order.
func latestOf(ctx context.Context, of *ent.ResponseQuery) ([]*ent.Response, error) {
	rows, err := of.Where(tenant.Latest).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find responses: %w", err)
	}
	slices.SortFunc(rows, func(a, b *ent.Response) int { return paper.ByPlace(a.Ref, b.Ref) })
	return rows, nil
}
