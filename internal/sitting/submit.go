package sitting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// SubmitSittingInput names the sitting to hand in.
type SubmitSittingInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// Receipt proves what was handed in: a hash over the stored responses, with their revisions and times.
type Receipt struct {
	Hash        string
	SubmittedAt time.Time
}

// Submit hands in the candidate's own sitting. Afterwards no answer is taken. A second submission is Conflict; one
// after the deadline and its grace is DeadlinePassed, and the server has submitted what was saved.
func (s *Service) Submit(ctx context.Context, actor policy.Actor, in SubmitSittingInput) (*Sitting, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.ID)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Sitting, error) {
		h, err := s.hold(ctx, tx, in.ID)
		if err != nil {
			return nil, err
		}
		_, err = tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, h.handIn(ctx) })
		if err != nil {
			return nil, err
		}
		return s.view(h.course, tx.Now), nil
	})
}

// handIn submits; a sitting that stands is handed in as it is.
func (h *held) handIn(ctx context.Context) error {
	if err := h.runs(); err != nil {
		return err
	}
	at := h.now
	if due := h.clock.Due(); !due.IsZero() {
		if h.now.After(due.Add(tenant.Grace)) {
			return fault.New(fault.DeadlinePassed, "the time is over; what was saved before it was submitted for you")
		}
		if at.After(due) {
			at = due
		}
	}
	h.tell(clock.Entry{Kind: term.ClockSubmitted, At: at})
	return h.write(ctx)
}

// runs demands a sitting that has begun and not ended.
func (h *held) runs() error {
	row := h.row
	switch {
	case row.StartedAt == nil:
		return notStarted(row)
	case row.State.Running() && h.clock.Phase == clock.Over:
		return fault.New(fault.DeadlinePassed, "the time is over; what was saved before it was submitted for you")
	case row.State.Running():
		return nil
	case row.State == term.Cancelled:
		return conflict("this sitting was withdrawn")
	case fellDue(row):
		return fault.New(fault.DeadlinePassed, "the time is over; what was saved before it was submitted for you")
	default:
		return conflict("this sitting was already submitted")
	}
}

// notStarted is the fault of a sitting that was not begun.
func notStarted(row *ent.Session) error {
	if row.State == term.Cancelled {
		return conflict("this invitation was withdrawn")
	}
	return fault.New(fault.NotStarted, "start the sitting first")
}

// fellDue reports whether an ended sitting was ended by its clock.
func fellDue(row *ent.Session) bool {
	return row.EndedAt != nil && !row.EndedAt.Before(deadline(row))
}

// makeReceipt hashes (SHA-256) the canonical JSON of the session, its version and its responses in the paper's order.
func makeReceipt(ctx context.Context, scope tenant.Scope, row *ent.Session, at time.Time) ([]byte, error) {
	type line struct {
		Question string          `json:"question"`
		Revision int             `json:"revision"`
		Answer   *content.Answer `json:"answer"`
		SavedAt  time.Time       `json:"savedAt"`
	}
	doc := struct {
		Session   gid.ID    `json:"session"`
		Version   gid.ID    `json:"templateVersion"`
		At        time.Time `json:"submittedAt"`
		Responses []line    `json:"responses"`
	}{row.ID, row.TemplateVersionID, at, []line{}}
	rows, err := latest(ctx, scope, row.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		doc.Responses = append(doc.Responses, line{r.Ref, r.Revision, r.Answer, r.SavedAt.UTC()})
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("make receipt: %w", err)
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}

func receiptOf(row *ent.Session) *Receipt {
	if len(row.Receipt) == 0 || row.EndedAt == nil {
		return nil
	}
	return &Receipt{Hash: hex.EncodeToString(row.Receipt), SubmittedAt: *row.EndedAt}
}

// Finish does what the server's clock has brought about: an invitation expires, a pause ends, a started sitting whose time is
// over is submitted with its deadline as its end. Anything else is left as it is, so that it may be repeated. Of several
// sessions it is done in one commit, for all or for none. Only Assay itself has the permission.
func (s *Service) Finish(ctx context.Context, actor policy.Actor, ids ...gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.SessionFinish)
	if err != nil {
		return err
	}
	ids = slices.SortedFunc(slices.Values(ids), func(a, b gid.ID) int { return slices.Compare(a[:], b[:]) }) // as others lock them
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) {
		for _, id := range ids {
			if err := s.finish(ctx, tx, id); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

func (s *Service) finish(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	h, err := s.hold(ctx, tx, id)
	if err != nil || !over(h.row, tx.Now) {
		return err
	}
	if h.row.State.Running() {
		return h.write(ctx)
	}
	if h.row.State != term.Invited {
		return nil
	}
	if _, err := tx.ChangeSession(id).SetState(term.Expired).ClearDueAt().Save(ctx); err != nil {
		return fmt.Errorf("expire: %w", err)
	}
	return tx.Announce(ctx, event.SessionExpired, id, nil)
}
