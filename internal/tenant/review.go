package tenant

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/calibration"
	"github.com/assay-hq/assay/ent/mail"
	"github.com/assay-hq/assay/ent/review"
	"github.com/assay-hq/assay/ent/reviewrule"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// ReviewsOf reads everybody's part in the review of a session, in the order in which they were assigned and whoever asks:
// only together they say what counts. What a reviewer is shown is the operation's matter.
func (tx Tx) ReviewsOf(ctx context.Context, session gid.ID) ([]*ent.Review, error) {
	return tx.client.Review.Query().Where(review.OrganizationID(tx.org), review.SessionID(session)).Order(review.ByID()).All(ctx)
}

// LockReviewRule reads a template's rule and holds it until the commit: those who give out sessions by it do so one after
// the other, so that each sees what the one before gave to whom.
func (tx Tx) LockReviewRule(ctx context.Context, template gid.ID) (*ent.ReviewRule, error) {
	return tx.ReviewRules().Where(reviewrule.TemplateID(template), tx.forUpdate).Only(ctx)
}

// DropReviewRule begins to remove a template's rule; it touches nothing outside the organization.
func (tx Tx) DropReviewRule(template gid.ID) *ent.ReviewRuleDelete {
	return tx.client.ReviewRule.Delete().Where(reviewrule.OrganizationID(tx.org), reviewrule.TemplateID(template))
}

// WithdrawReviews takes back what nobody submitted yet of sessions that are reviewed no further.
func (tx Tx) WithdrawReviews(ctx context.Context, reason string, sessions ...gid.ID) error {
	if len(sessions) == 0 {
		return nil
	}
	return tx.client.Review.Update().
		Where(review.OrganizationID(tx.org), In(review.FieldSessionID, sessions), review.StateEQ(term.ReviewAssigned)).
		SetState(term.ReviewWithdrawn).SetEndReason(reason).Exec(ctx)
}

// Load is how much a reviewer has: the reviews that wait for them, and the last one that they were ever given.
type Load struct {
	Reviewer gid.ID
	Open     int
	Last     gid.ID
}

// Loads reads how much each of several members has, in one statement of two index look-ups for each.
func (tx Tx) Loads(ctx context.Context, members []gid.ID) ([]Load, error) {
	rows, err := tx.Query(ctx, `SELECT m.id,
		(SELECT COUNT(*) FROM reviews r WHERE r.organization_id = m.organization_id AND r.reviewer_id = m.id AND r.state = 'ASSIGNED'),
		(SELECT r.id FROM reviews r WHERE r.organization_id = m.organization_id AND r.reviewer_id = m.id ORDER BY r.id DESC LIMIT 1)
		FROM members m WHERE m.organization_id = @org AND m.id IN (@members) ORDER BY m.id`, Args{"members": IDs(members)})
	if err != nil {
		return nil, fmt.Errorf("find loads: %w", err)
	}
	defer rows.Close()
	var loads []Load
	for rows.Next() {
		var l Load
		if err := rows.Scan(&l.Reviewer, &l.Open, &l.Last); err != nil {
			return nil, fmt.Errorf("read load: %w", err)
		}
		loads = append(loads, l)
	}
	return loads, rows.Err()
}

// recentSessions is how many of a version's last sessions tell who keeps to which question.
const recentSessions = 50

// RecentParts reads who reviewed which places of a version's last sessions; no places are all of them.
func (tx Tx) RecentParts(ctx context.Context, row *ent.Session) ([]*ent.Review, error) {
	rows, err := tx.Query(ctx, `SELECT r.reviewer_id, r.refs FROM reviews r WHERE r.organization_id = @org
		AND r.kind = 'REGULAR' AND r.state IN ('ASSIGNED', 'SUBMITTED') AND r.session_id IN (
			SELECT s.id FROM sessions s WHERE s.organization_id = @org AND s.template_id = @template
			AND s.template_version_id = @version AND s.id <> @session ORDER BY s.id DESC LIMIT @most)`,
		Args{"template": row.TemplateID, "version": row.TemplateVersionID, "session": row.ID, "most": recentSessions})
	if err != nil {
		return nil, fmt.Errorf("find recent reviews: %w", err)
	}
	defer rows.Close()
	var parts []*ent.Review
	for rows.Next() {
		part, refs := &ent.Review{}, []byte{}
		if err := rows.Scan(&part.ReviewerID, &refs); err != nil {
			return nil, fmt.Errorf("read recent review: %w", err)
		}
		if len(refs) > 0 {
			if err := json.Unmarshal(refs, &part.Refs); err != nil {
				return nil, fmt.Errorf("read recent review: %w", err)
			}
		}
		parts = append(parts, part)
	}
	return parts, rows.Err()
}

// WroteTo reports whether a mail of a kind was kept for somebody since a time.
func (tx Tx) WroteTo(ctx context.Context, kind term.MailKind, recipient string, since time.Time) (bool, error) {
	return tx.Mails().Where(mail.IDGTE(gid.Earliest(since)), mail.KindEQ(kind), mail.Recipient(recipient)).Exist(ctx)
}

// DueReview is a review of an organization whose reviewer is to be reminded.
type DueReview struct{ Organization, Review gid.ID }

// The reminders of a review: one when it is due within remindBefore, one when it is overdue.
const remindBefore = 24 * time.Hour

// DueReviews lists reviews of sessions that are still reviewed and whose reviewer is to be reminded, the longest due first:
// those that are due within a day and of which nobody was reminded, and the overdue whose reminder came before.
func (d Directory) DueReviews(ctx context.Context, limit int) ([]DueReview, error) {
	now, err := d.store.now(ctx, d.store.pools.read)
	if err != nil {
		return nil, err
	}
	query, args := d.store.spell(`SELECT r.organization_id, r.id FROM reviews r
		JOIN sessions s ON s.organization_id = r.organization_id AND s.id = r.session_id AND s.state = 'IN_REVIEW'
		WHERE r.state = 'ASSIGNED' AND r.due_at <= @soon
		AND (r.reminded_at IS NULL OR r.due_at <= @now AND r.reminded_at < r.due_at)
		ORDER BY r.due_at LIMIT @most`, Args{"soon": now.Add(remindBefore), "now": now, "most": limit})
	rows, err := d.store.pools.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("find due reviews: %w", err)
	}
	defer rows.Close()
	var due []DueReview
	for rows.Next() {
		var r DueReview
		if err := rows.Scan(&r.Organization, &r.Review); err != nil {
			return nil, fmt.Errorf("read due review: %w", err)
		}
		due = append(due, r)
	}
	return due, rows.Err()
}

// ToBeReminded reports whether a review's reviewer is to be reminded at a time, as DueReviews has it.
func ToBeReminded(row *ent.Review, now time.Time) bool {
	if row.State != term.ReviewAssigned || row.DueAt == nil || row.DueAt.After(now.Add(remindBefore)) {
		return false
	}
	return row.RemindedAt == nil || !row.DueAt.After(now) && row.RemindedAt.Before(*row.DueAt)
}

// LockCalibration reads a visible calibration and holds it until the commit.
func (tx Tx) LockCalibration(ctx context.Context, id gid.ID) (*ent.Calibration, error) {
	return tx.Calibrations().Where(calibration.ID(id), tx.forUpdate).Only(ctx)
}
