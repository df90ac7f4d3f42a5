package sitting

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// The bounds of an answer, in characters.
const (
	maxShortText = 1_000
	maxLongText  = 20_000
	maxClientKey = 100
)

// SaveResponseInput is an answer to one question, based on the revision that the client saw last: 0 for the first.
type SaveResponseInput struct {
	SittingID gid.ID
	Question  string
	Revision  int
	ClientKey string
	Answer    *content.Answer
	Device    *string
}

// Acknowledgement says that an answer is on disk.
type Acknowledgement struct {
	Question        string
	Revision        int
	SavedAt         time.Time
	Deadline        time.Time
	SectionDeadline *time.Time // while the sitting is in progress
}

// SaveResponse stores the next revision of an answer. Repeating it with the same client key acknowledges the first
// again. A revision that is not the latest is Stale, with the current answer; before the start it is NotStarted, after
// the deadline and its grace DeadlinePassed, after submission Conflict, and so for a section that has ended. An answer to
// another open section enters it, unless that closed the one the candidate is in. What was acknowledged before stays.
func (s *Service) SaveResponse(ctx context.Context, actor policy.Actor, in SaveResponseInput) (*Acknowledgement, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	asked, err := s.papers.own(ctx, scope)
	if err != nil {
		return nil, err
	}
	if err := in.check(asked); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Acknowledgement, error) { return s.save(ctx, tx, asked, in) })
}

// save is one statement where nothing has changed since the candidate's page was drawn.
func (s *Service) save(ctx context.Context, tx tenant.Tx, asked *paper.Paper, in SaveResponseInput) (*Acknowledgement, error) {
	if err := recorded(ctx, tx, in.Question, in.Answer); err != nil {
		return nil, err
	}
	place, _ := placeIn(asked, in.Question)
	r := tenant.NewResponse{
		Ref: in.Question, Seen: in.Revision, ClientKey: in.ClientKey, Answer: in.Answer, Section: place.Section, Question: place.Question,
	}
	if in.Device != nil {
		r.Device = *in.Device
	}
	saved, ok, err := tx.SaveResponse(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case ok:
		return acknowledge(in.Question, saved), nil
	}
	return s.saveAfterAll(ctx, tx, in, r)
}

func acknowledge(question string, saved tenant.Saved) *Acknowledgement {
	return &Acknowledgement{
		Question: question, Revision: saved.Revision, SavedAt: saved.SavedAt, Deadline: saved.Deadline, SectionDeadline: &saved.SectionDeadline,
	}
}

// saveAfterAll finds out why nothing was written: the same save again, a clock that went on, or a fault.
func (s *Service) saveAfterAll(ctx context.Context, tx tenant.Tx, in SaveResponseInput, r tenant.NewResponse) (*Acknowledgement, error) {
	h, err := s.hold(ctx, tx, in.SittingID)
	if err != nil {
		return nil, err
	}
	same, err := tx.Responses().Where(response.ClientKey(in.ClientKey), response.SessionID(in.SittingID)).Only(ctx)
	if err == nil {
		return again(h.row, same, in)
	}
	if !ent.IsNotFound(err) {
		return nil, fmt.Errorf("find response: %w", err)
	}
	if err := h.takes(r); err != nil {
		return nil, err
	}
	r.Judged = true
	saved, ok, err := tx.SaveResponse(ctx, r)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, staleResponse(ctx, tx, in)
	}
	if err := h.write(ctx); err != nil { // what is refused has entered nothing
		return nil, err
	}
	saved.Deadline, saved.SectionDeadline = h.clock.Due(), h.clock.SectionDue()
	return acknowledge(in.Question, saved), nil
}

// again acknowledges a save that was stored before.
func again(row *ent.Session, same *ent.Response, in SaveResponseInput) (*Acknowledgement, error) {
	if same.Ref != in.Question || same.Revision != in.Revision+1 || !reflect.DeepEqual(same.Answer, in.Answer) {
		return nil, fault.New(fault.IdempotencyMismatch, "this client key was used with another answer")
	}
	return &Acknowledgement{
		Question: same.Ref, Revision: same.Revision, SavedAt: same.SavedAt, Deadline: deadline(row), SectionDeadline: row.SectionDueAt,
	}, nil
}

// deadline is when the sitting ends or would have ended by itself.
func deadline(row *ent.Session) time.Time {
	switch {
	case row.DeadlineAt != nil:
		return *row.DeadlineAt
	case row.DueAt != nil:
		return *row.DueAt
	default:
		return row.StartedAt.Add(time.Duration(row.AllowedSeconds) * time.Second)
	}
}

// takes demands that an answer counts now, by when it reached us. It may enter the section of the question, which is written
// when the answer is.
func (h *held) takes(r tenant.NewResponse) error {
	if err := h.runs(); err != nil {
		return err
	}
	if h.row.Device != "" && r.Device != "" && r.Device != h.row.Device {
		return otherDevice()
	}
	if due := h.clock.Due(); !due.IsZero() && h.now.After(due.Add(tenant.Grace)) {
		return timeIsOver()
	}
	at := clock.Place{Section: r.Section, Question: r.Question}
	sent := h.now.Add(-tenant.Grace)
	verdict := h.clock.Takes(at, sent)
	if verdict == clock.Elsewhere && !h.clock.Closes() {
		h.tell(clock.Entry{Kind: term.ClockSectionEntered, At: h.now, Section: at.Section})
		verdict = h.clock.Takes(at, sent)
	}
	return refusal(verdict)
}

// writable demands, by its row alone, a sitting that takes answers now.
func writable(tx tenant.Tx, row *ent.Session) error {
	switch {
	case row.StartedAt == nil:
		return notStarted(row)
	case row.State == term.Paused:
		return refusal(clock.Standing)
	case row.State == term.InProgress && !tx.Received().After(deadline(row).Add(tenant.Grace)):
		return nil
	case row.State == term.InProgress, fellDue(row):
		return timeIsOver()
	case row.State == term.Cancelled:
		return conflict("this sitting was withdrawn")
	default:
		return conflict("this sitting was already submitted")
	}
}

func timeIsOver() error {
	return fault.New(fault.DeadlinePassed, "the time is over; what was saved before counts")
}

// refusal is the fault that stands behind a verdict of the clock.
func refusal(v clock.Verdict) error {
	switch v {
	case clock.Yes:
		return nil
	case clock.NotStarted:
		return fault.New(fault.NotStarted, "start the sitting first")
	case clock.Standing:
		return conflict("the clock stands; go on with the sitting first")
	case clock.Elsewhere:
		return conflict("you are in a section that closes when you leave it; hand it in first")
	case clock.SectionOver:
		return fault.New(fault.DeadlinePassed, "the time of this section is over; what was saved before counts")
	case clock.SectionHandedIn:
		return conflict("this section was already handed in")
	case clock.Passed:
		return conflict("this section only goes forward, and has gone on to a later question")
	case clock.Ahead:
		return conflict("this section only goes forward, and has not come to this question yet")
	default:
		return timeIsOver()
	}
}

// staleResponse carries the answer that stands, so that the client can show both.
func staleResponse(ctx context.Context, tx tenant.Tx, in SaveResponseInput) error {
	stale := &fault.Fault{
		Code: fault.Stale, Message: "nothing is saved for this question yet; its first revision is based on 0", Field: []string{"revision"}, Current: (*Response)(nil),
	}
	row, err := tx.Responses().Where(response.SessionID(in.SittingID), response.Ref(in.Question), tenant.Latest).Only(ctx)
	if err == nil {
		stale.Message = "this answer was changed elsewhere meanwhile"
		stale.Current = responseOf(row)
	} else if !ent.IsNotFound(err) {
		return fmt.Errorf("find response: %w", err)
	}
	return stale
}

// check judges an answer by the paper: does the question exist, and is this an answer to it?
func (in *SaveResponseInput) check(asked *paper.Paper) error {
	var c fault.Checks
	c.Text(in.ClientKey, 1, maxClientKey, "clientKey")
	c.Whole(in.Revision, 0, 1_000_000, "revision")
	device(&c, in.Device)
	q := asked.Question(in.Question)
	if q == nil {
		c.That(false, "this sitting has no such question", "question")
		return c.Err()
	}
	in.Answer.Normalize()
	c.Under([]string{"answer"}, func() { checkAnswer(&c, q, in.Answer) })
	return c.Err()
}

func checkAnswer(c *fault.Checks, q *paper.Question, a *content.Answer) {
	c.That(q.Kind.Chosen() || len(a.Choices) == 0, "this question has no choices", "choices")
	c.That(q.Kind == term.Numeric || a.Number == nil, "this question does not ask for a number", "number")
	// A spoken answer has a written alternative.
	c.That(!q.Kind.Keyed() || a.Text == nil, "this question does not ask for a text", "text")
	c.That(q.Kind == term.Spoken || a.Upload == nil, "this question does not ask for a recording", "upload")
	c.That(q.Kind != term.SingleChoice || len(a.Choices) <= 1, "choose one", "choices")
	seen := map[string]bool{}
	for _, key := range a.Choices {
		c.That(q.HasChoice(key), "this is not one of the choices", "choices")
		c.That(!seen[key], "a choice is named twice", "choices")
		seen[key] = true
	}
	if a.Number != nil {
		_, err := scoring.ParseDecimal(*a.Number)
		c.That(err == nil, "write a number with digits and a decimal point, such as 42 or 3.5", "number")
	}
	if a.Text != nil {
		most := maxLongText
		if q.Kind == term.ShortText {
			most = maxShortText
		}
		c.Text(*a.Text, 0, most, "text")
	}
}
