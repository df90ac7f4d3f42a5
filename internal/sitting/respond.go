package sitting

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/response"
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
}

// Acknowledgement says that an answer is on disk.
type Acknowledgement struct {
	Question string
	Revision int
	SavedAt  time.Time
	Deadline time.Time
}

// SaveResponse stores the next revision of an answer. Repeating it with the same client key acknowledges the first
// again. A revision that is not the latest is Stale, with the current answer; before the start it is NotStarted, after
// the deadline and its grace DeadlinePassed, after submission Conflict. What was acknowledged before stays.
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
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Acknowledgement, error) {
		if err := recorded(ctx, tx, in.Question, in.Answer); err != nil {
			return nil, err
		}
		saved, ok, err := tx.SaveResponse(ctx, tenant.NewResponse{Ref: in.Question, Seen: in.Revision, ClientKey: in.ClientKey, Answer: in.Answer})
		if err != nil {
			return nil, err
		}
		if !ok {
			return whyNot(ctx, tx, in)
		}
		return &Acknowledgement{Question: in.Question, Revision: saved.Revision, SavedAt: saved.SavedAt, Deadline: saved.Deadline}, nil
	})
}

// whyNot finds out why nothing was written: the same save again, or a fault.
func whyNot(ctx context.Context, tx tenant.Tx, in SaveResponseInput) (*Acknowledgement, error) {
	row, err := ownSession(ctx, tx.Scope)
	if err != nil {
		return nil, err
	}
	same, err := tx.Responses().Where(response.ClientKey(in.ClientKey), response.SessionID(row.ID)).Only(ctx)
	if err == nil {
		return again(row, same, in)
	}
	if !ent.IsNotFound(err) {
		return nil, fmt.Errorf("find response: %w", err)
	}
	if err := writable(tx, row); err != nil {
		return nil, err
	}
	return nil, staleResponse(ctx, tx, in)
}

// again acknowledges a save that was stored before.
func again(row *ent.Session, same *ent.Response, in SaveResponseInput) (*Acknowledgement, error) {
	if same.Ref != in.Question || same.Revision != in.Revision+1 || !reflect.DeepEqual(same.Answer, in.Answer) {
		return nil, fault.New(fault.IdempotencyMismatch, "this client key was used with another answer")
	}
	return &Acknowledgement{Question: same.Ref, Revision: same.Revision, SavedAt: same.SavedAt, Deadline: deadline(row)}, nil
}

// deadline is when the sitting ends or ended at the latest.
func deadline(row *ent.Session) time.Time {
	if row.DueAt != nil {
		return *row.DueAt
	}
	return row.StartedAt.Add(time.Duration(row.AllowedSeconds) * time.Second)
}

// writable demands a sitting that takes answers now.
func writable(tx tenant.Tx, row *ent.Session) error {
	switch {
	case row.StartedAt == nil:
		return fault.New(fault.NotStarted, "start the sitting first")
	case row.State == term.Cancelled:
		return conflict("this sitting was withdrawn")
	case row.State == term.InProgress && !tx.Received().After(deadline(row).Add(tenant.Grace)):
		return nil
	case row.State == term.InProgress, row.EndedAt != nil && !row.EndedAt.Before(deadline(row)):
		return fault.New(fault.DeadlinePassed, "the time is over; what was saved before counts")
	default:
		return conflict("this sitting was already submitted")
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
		stale.Current = &Response{Question: row.Ref, Revision: row.Revision, Answer: row.Answer, SavedAt: row.SavedAt}
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
