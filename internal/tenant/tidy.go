package tenant

import (
	"context"
	"fmt"
	"time"
)

// keepKeys is how long an idempotency key is remembered; a day is promised. keepLinks is how long a link to come back by is
// kept: far longer than links are counted or good for, so that who comes late is told why. tidyBatch bounds what one
// transaction deletes.
const (
	keepKeys  = 48 * time.Hour
	keepLinks = 24 * time.Hour
	tidyBatch = 5000
)

// Tidy deletes what has had its time: web sessions that expired, idempotency keys past keepKeys and links to come back by
// past keepLinks.
func (s *Store) Tidy(ctx context.Context) error {
	now := micro(s.clock.Now())
	if err := s.deleteOld(ctx, "web_sessions", "expires_at", now); err != nil {
		return err
	}
	now = now.Add(s.clock.offset())
	if err := s.deleteOld(ctx, "sign_in_links", "created_at", now.Add(-keepLinks)); err != nil {
		return err
	}
	return s.deleteOld(ctx, "onces", "created_at", now.Add(-keepKeys))
}

// deleteOld deletes a table's rows whose column is before a time, batch by batch.
func (s *Store) deleteOld(ctx context.Context, table, column string, before time.Time) error {
	query := fmt.Sprintf("DELETE FROM %s WHERE id IN (SELECT id FROM %s WHERE %s < @before LIMIT %d)", table, table, column, tidyBatch)
	for {
		n, err := InTx(ctx, Scope{store: s}, func(tx Tx) (int64, error) { return tx.exec(ctx, query, Args{"before": before}) })
		if err != nil {
			return fmt.Errorf("tidy %s: %w", table, err)
		}
		if n < tidyBatch {
			return nil
		}
	}
}
