package grading

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// WithdrawReportInput takes a released report back, with a reason.
type WithdrawReportInput struct {
	ID             gid.ID
	Reason         string
	IdempotencyKey *string
}

// Withdraw takes a released report back, and with it what was released of the same session before: its candidate sees no
// feedback until a report is released again. What is not released is Conflict.
func (s *Service) Withdraw(ctx context.Context, actor policy.Actor, in WithdrawReportInput) (*ent.Report, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRelease)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.Text(in.Reason, 1, 500, "reason")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, withdraw(ctx, tx, in) }, visibleReport)
}

func withdraw(ctx context.Context, tx tenant.Tx, in WithdrawReportInput) error {
	row, err := visibleReport(ctx, tx.Scope, in.ID)
	if err != nil {
		return err
	}
	if _, err := tx.LockSession(ctx, row.SessionID); err != nil {
		return fmt.Errorf("lock session: %w", err)
	}
	if row, err = visibleReport(ctx, tx.Scope, in.ID); err != nil { // as it stands now that it is ours
		return err
	}
	if row.State != term.ReportReleased {
		return conflict("only a released report can be taken back")
	}
	released, err := summaries(tx.Reports().Where(report.SessionID(row.SessionID), report.StateEQ(term.ReportReleased))).All(ctx)
	if err != nil {
		return fmt.Errorf("find released reports: %w", err)
	}
	for _, r := range released {
		change := tx.ChangeReport(r.ID).SetState(term.ReportWithdrawn).SetWithdrawnAt(tx.Now).SetWithdrawReason(in.Reason)
		if _, err := change.Save(ctx); err != nil {
			return fmt.Errorf("withdraw report: %w", err)
		}
	}
	_, err = tx.ChangeSession(row.SessionID).Where(session.StateEQ(term.Released)).SetState(term.Scored).ClearReleasedAt().Save(ctx)
	if err != nil {
		return fmt.Errorf("take session back: %w", err)
	}
	if err := refreshNorm(ctx, tx, row.TemplateVersionID); err != nil {
		return err
	}
	return tx.Announce(ctx, event.ReportWithdrawn, row.ID, map[string]string{"reason": in.Reason})
}
