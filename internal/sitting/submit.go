package sitting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
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
		_, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, handIn(ctx, tx, in.ID) })
		if err != nil {
			return nil, err
		}
		return s.read(ctx, tx.Scope, tx.Now)
	})
}

func handIn(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := tenant.Only[*ent.Session]("sitting")(tx.LockSession(ctx, id))
	if err != nil {
		return err
	}
	switch {
	case row.StartedAt == nil:
		return fault.New(fault.NotStarted, "start the sitting first")
	case row.State == term.Cancelled:
		return conflict("this sitting was withdrawn")
	case row.State != term.InProgress && row.EndedAt.Before(deadline(row)):
		return conflict("this sitting was already submitted")
	case row.State != term.InProgress, tx.Received().After(row.DueAt.Add(tenant.Grace)):
		return fault.New(fault.DeadlinePassed, "the time is over; what was saved before it was submitted for you")
	}
	at := tx.Now
	if at.After(*row.DueAt) {
		at = *row.DueAt
	}
	return end(ctx, tx, row, at, term.ClockSubmitted)
}

// end closes a sitting that is in progress: receipt, ledger, event and the job that scores it, in one commit.
func end(ctx context.Context, tx tenant.Tx, row *ent.Session, at time.Time, kind term.ClockKind) error {
	receipt, err := makeReceipt(ctx, tx, row, at)
	if err != nil {
		return err
	}
	_, err = tx.ChangeSession(row.ID).SetState(term.Submitted).SetEndedAt(at).ClearDueAt().SetReceipt(receipt).Save(ctx)
	if err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	if err := tick(ctx, tx, row.ID, kind, at); err != nil {
		return err
	}
	if err := tx.Announce(ctx, event.SessionSubmitted, row.ID, nil); err != nil {
		return err
	}
	return tx.Enqueue(ctx, job.ScoreSession{OrganizationID: tx.Organization(), SessionID: row.ID})
}

// makeReceipt hashes (SHA-256) the canonical JSON of the session, its version and its responses in the paper's order.
func makeReceipt(ctx context.Context, tx tenant.Tx, row *ent.Session, at time.Time) ([]byte, error) {
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
	rows, err := latest(ctx, tx.Scope, row.ID)
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

// Finish ends a session whose time is over, by the server's clock: an invitation expires, a started sitting is
// submitted with its deadline as its end. Anything else is left as it is, so that it may be repeated. Only Assay
// itself has the permission.
func (s *Service) Finish(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.SessionFinish)
	if err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) { return struct{}{}, finish(ctx, tx, id) })
	return err
}

func finish(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := tenant.Only[*ent.Session]("session")(tx.LockSession(ctx, id))
	if err != nil || !over(row, tx.Now) {
		return err
	}
	switch row.State {
	case term.InProgress:
		return end(ctx, tx, row, *row.DueAt, term.ClockRanOut)
	case term.Invited:
		if held, err := heldByRequest(ctx, tx, row); err != nil || held {
			return err
		}
		if _, err := tx.ChangeSession(id).SetState(term.Expired).ClearDueAt().Save(ctx); err != nil {
			return fmt.Errorf("expire: %w", err)
		}
		return tx.Announce(ctx, event.SessionExpired, id, nil)
	default:
		return nil
	}
}
