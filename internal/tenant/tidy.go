package tenant

import (
	"context"
	"fmt"
	"time"
)

// keepKeys is how long an idempotency key is remembered; a day is promised.
const keepKeys = 48 * time.Hour

// Tidy deletes what has had its time: web sessions that expired and idempotency keys past keepKeys.
func (s *Store) Tidy(ctx context.Context) error {
	_, err := InTx(ctx, Scope{store: s}, func(tx Tx) (struct{}, error) {
		now := micro(s.clock.Now())
		if _, err := tx.Exec(ctx, "DELETE FROM web_sessions WHERE expires_at < @now", Args{"now": now}); err != nil {
			return struct{}{}, fmt.Errorf("delete web sessions: %w", err)
		}
		if _, err := tx.Exec(ctx, "DELETE FROM onces WHERE created_at < @before", Args{"before": tx.Now.Add(-keepKeys)}); err != nil {
			return struct{}{}, fmt.Errorf("delete idempotency keys: %w", err)
		}
		return struct{}{}, nil
	})
	return err
}
