package tenant

import (
	"context"
	"fmt"
	"time"
)

// keepKeys is how long an idempotency key is remembered; a day is promised. tidyBatch bounds what one transaction
// deletes.
const (
	keepKeys  = 48 * time.Hour
	tidyBatch = 5000
)

// Tidy deletes what has had its time: web sessions that expired and idempotency keys past keepKeys.
func (s *Store) Tidy(ctx context.Context) error {
	now := micro(s.clock.Now())
	if err := s.deleteOld(ctx, "web_sessions", "expires_at", now); err != nil {
		return err
	}
	return s.deleteOld(ctx, "onces", "created_at", now.Add(s.clock.offset()-keepKeys))
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
