package sitting

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// ErasureReceipt says that a person was erased. It can be read again at any time: nothing in it was theirs.
type ErasureReceipt struct {
	ID       gid.ID // of the candidate, who is nobody now
	ErasedAt time.Time
	Sittings int // that stand without a person
	Answers  int // that stand without words
}

// EraseMyDataInput names one of the sittings of the organization that is to forget whoever asks.
type EraseMyDataInput struct {
	SittingID      gid.ID
	IdempotencyKey *string
}

// EraseMe erases what an organization keeps of the candidate. While a sitting runs, or the organization has to keep
// everything for a legal reason, it is Conflict. Afterwards nobody is bound to the sitting: a repetition is NotFound.
func (s *Service) EraseMe(ctx context.Context, actor policy.Actor, in EraseMyDataInput) (*ErasureReceipt, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return tx.CandidateID(), erase(ctx, tx, tx.CandidateID(), "asked") }, receiptOfErasure)
}

// EraseCandidateInput names a candidate to be erased on their behalf, and why.
type EraseCandidateInput struct {
	ID             gid.ID
	Reason         string
	IdempotencyKey *string
}

// EraseCandidate erases what the organization keeps of a candidate: because they asked elsewhere, or their time is over.
// Who is held, or has a sitting that runs, is Conflict; who was erased stays so.
func (s *Service) EraseCandidate(ctx context.Context, actor policy.Actor, in EraseCandidateInput) (*ErasureReceipt, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CandidateErase)
	if err = wholly(scope, err, in.Reason); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, erase(ctx, tx, in.ID, in.Reason) }, receiptOfErasure)
}

// wholly refuses members who see only some of a candidate's sessions, after As has refused who lacks the permission, and
// demands a reason.
func wholly(scope tenant.Scope, err error, reason string) error {
	if err != nil {
		return err
	}
	if scope.Limited() {
		return fault.New(fault.Denied, "a limited member cannot erase or hold a candidate, whom others may know")
	}
	var c fault.Checks
	c.Text(reason, 1, 500, "reason")
	return c.Err()
}

func erase(ctx context.Context, tx tenant.Tx, id gid.ID, reason string) error {
	person, err := tenant.Only[*ent.Candidate]("candidate")(tx.LockCandidate(ctx, id))
	if err != nil || person.ErasedAt != nil {
		return err
	}
	if person.Hold != "" {
		return conflict("this has to be kept for a legal reason; the hold must be released first")
	}
	rows, err := tx.LockSessionsOf(ctx, id)
	if err != nil {
		return fmt.Errorf("find sessions: %w", err)
	}
	if err := endOpen(ctx, tx, rows); err != nil {
		return err
	}
	blobs, err := tx.Erase(ctx, id)
	if err != nil {
		return err
	}
	if len(blobs) > 0 {
		if err := tx.Enqueue(ctx, job.DeleteFiles{OrganizationID: tx.Organization(), Blobs: blobs}); err != nil {
			return err
		}
	}
	return tx.Announce(ctx, event.CandidateErased, id, map[string]string{"reason": reason, "files": strconv.Itoa(len(blobs))})
}

// endOpen withdraws what was not begun, and makes void what was handed in and is not scored yet: without its answers it would
// come to nothing, and count among the results of others, or wait for reviewers who have nothing to read. A sitting that runs
// is Conflict.
func endOpen(ctx context.Context, tx tenant.Tx, rows []*ent.Session) error {
	for _, row := range rows {
		var err error
		switch {
		case row.State.Running():
			err = conflict("a sitting is in progress; submit or cancel it first")
		case row.State == term.Invited:
			err = endAs(ctx, tx, row, tx.ChangeSession(row.ID).SetState(term.Cancelled).ClearDueAt().SetEndedAt(tx.Now), event.SessionCancelled)
		case row.State == term.Submitted, row.State == term.InReview:
			if err = endAs(ctx, tx, row, tx.ChangeSession(row.ID).SetState(term.Voided), event.SessionVoided); err == nil {
				err = tx.WithdrawReviews(ctx, "the candidate was erased", row.ID)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func endAs(ctx context.Context, tx tenant.Tx, row *ent.Session, change *ent.SessionUpdate, what event.Type) error {
	if _, err := change.Save(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return tx.Announce(ctx, what, row.ID, nil)
}

func receiptOfErasure(ctx context.Context, scope tenant.Scope, id gid.ID) (*ErasureReceipt, error) {
	person, err := tenant.Only[*ent.Candidate]("candidate")(scope.Candidates().Where(candidate.ID(id)).Only(ctx))
	if err != nil {
		return nil, err
	}
	sittings, answers, err := scope.CountSubject(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("count what stands: %w", err)
	}
	return &ErasureReceipt{ID: id, ErasedAt: *person.ErasedAt, Sittings: sittings, Answers: answers}, nil
}

// DeleteFiles deletes the bytes of files whose rows are gone; it may be repeated. Only Assay itself has the permission.
func (s *Service) DeleteFiles(ctx context.Context, actor policy.Actor, blobs []string) error {
	if _, err := s.tenant.As(ctx, actor, policy.CandidateErase); err != nil {
		return err
	}
	if s.cfg.DeleteFile == nil {
		return nil
	}
	for _, name := range blobs {
		if err := s.cfg.DeleteFile(ctx, name); err != nil {
			return fmt.Errorf("delete file: %w", err)
		}
	}
	return nil
}

// HoldCandidateInput says why nothing of a candidate may be erased.
type HoldCandidateInput struct {
	ID             gid.ID
	Reason         string
	IdempotencyKey *string
}

// HoldCandidate keeps everything of a candidate from being erased, whoever asks and however long ago it was. Who is held
// already, or was erased, is Conflict.
func (s *Service) HoldCandidate(ctx context.Context, actor policy.Actor, in HoldCandidateInput) (*ent.Candidate, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CandidateErase)
	if err = wholly(scope, err, in.Reason); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in, func(tx tenant.Tx) (gid.ID, error) {
		return in.ID, setHold(ctx, tx, in.ID, in.Reason, tx.Actor().Label(), in.Reason)
	}, candidateByID)
}

// ReleaseCandidateHoldInput says why a candidate may be erased again.
type ReleaseCandidateHoldInput struct {
	ID             gid.ID
	Reason         string
	IdempotencyKey *string
}

// ReleaseCandidateHold ends a hold; without one it is Conflict.
func (s *Service) ReleaseCandidateHold(ctx context.Context, actor policy.Actor, in ReleaseCandidateHoldInput) (*ent.Candidate, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CandidateErase)
	if err = wholly(scope, err, in.Reason); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in, func(tx tenant.Tx) (gid.ID, error) {
		return in.ID, setHold(ctx, tx, in.ID, "", "", in.Reason)
	}, candidateByID)
}

func candidateByID(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Candidate, error) {
	return tenant.Only[*ent.Candidate]("candidate")(scope.Candidates().Where(candidate.ID(id)).Only(ctx))
}

// setHold writes or ends a hold, with a line in the audit and no event: it is between the organization and its lawyers.
func setHold(ctx context.Context, tx tenant.Tx, id gid.ID, hold, by, reason string) error {
	person, err := tenant.Only[*ent.Candidate]("candidate")(tx.LockCandidate(ctx, id))
	if err != nil {
		return err
	}
	switch {
	case person.ErasedAt != nil:
		return conflict("this candidate was erased; there is nothing left to hold")
	case hold != "" && person.Hold != "":
		return conflict("this candidate is held already")
	case hold == "" && person.Hold == "":
		return conflict("this candidate is not held")
	}
	if _, err := tx.ChangeCandidate(id).SetHold(hold).SetHeldBy(by).Save(ctx); err != nil {
		return fmt.Errorf("hold candidate: %w", err)
	}
	what := "held"
	if hold == "" {
		what = "released"
	}
	return tx.Record(ctx, id, map[string]string{"hold": what, "reason": reason})
}

// HoldsByCandidate reads candidates with why nothing of theirs may be erased; what is not visible is left out.
func (s *Service) HoldsByCandidate(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Candidate, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CandidateErase)
	if err != nil {
		return nil, err
	}
	return scope.Candidates().Where(tenant.In(candidate.FieldID, ids)).All(ctx)
}
