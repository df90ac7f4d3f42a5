package tenant

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/auditevent"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/policy"
)

// NoteReading records that the actor read reports in detail: each once a day (UTC), however often they look. It costs
// one statement where everything was noted before.
func (s Scope) NoteReading(ctx context.Context, reports []gid.ID) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	fresh, err := s.unnoted(ctx, reports, now)
	if err != nil || len(fresh) == 0 {
		return err
	}
	_, err = InTx(ctx, s, func(tx Tx) (struct{}, error) { return struct{}{}, tx.noteReading(ctx, fresh) })
	return err
}

// unnoted are the reports of which nothing was noted today.
func (s Scope) unnoted(ctx context.Context, reports []gid.ID, now time.Time) ([]gid.ID, error) {
	rows, err := s.AuditEvents().Where(auditevent.Action(string(policy.ReportRead)), auditevent.Actor(s.label()),
		In(auditevent.FieldSubjectID, reports), auditevent.AtGTE(now.Truncate(24*time.Hour))).Select(auditevent.FieldSubjectID).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find readings: %w", err)
	}
	return slices.DeleteFunc(slices.Clone(reports), func(id gid.ID) bool {
		return slices.ContainsFunc(rows, func(e *ent.AuditEvent) bool { return e.SubjectID == id })
	}), nil
}

// noteReading looks again under a lock, so that two looks at once leave one note.
func (tx Tx) noteReading(ctx context.Context, reports []gid.ID) error {
	if _, err := tx.LockOrganization(ctx); err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	fresh, err := tx.unnoted(ctx, reports, tx.Now)
	if err != nil || len(fresh) == 0 {
		return err
	}
	detail := map[string]string{"read": "report", "as": tx.roleNames()}
	rows := make([]*ent.AuditEventCreate, len(fresh))
	for i, id := range fresh {
		rows[i] = tx.newAudit(ctx, id, detail)
	}
	if err := tx.client.AuditEvent.CreateBulk(rows...).Exec(ctx); err != nil {
		return fmt.Errorf("note readings: %w", err)
	}
	return nil
}

func (s Scope) roleNames() string {
	names := make([]string, len(s.actor.Roles))
	for i, role := range s.actor.Roles {
		names[i] = string(role)
	}
	return strings.Join(names, ", ")
}
