package tenant

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
)

// Clock is where time comes from.
type Clock struct {
	// Now is the process's time.
	Now func() time.Time
	// Offset is added to domain time, never to tokens; nil adds nothing.
	Offset func() time.Duration
	// Own makes Now decide even on PostgreSQL: for seeding, whose time is not today.
	Own bool
}

func (c Clock) offset() time.Duration {
	if c.Offset == nil {
		return 0
	}
	return c.Offset()
}

// now is the one time that decides for every replica: the database's on PostgreSQL, the process's on SQLite.
func (s *Store) now(ctx context.Context, on runner) (time.Time, error) {
	if s.pools.dialect != dialect.Postgres || s.clock.Own {
		return micro(s.clock.Now().Add(s.clock.offset())), nil
	}
	rows, err := on.QueryContext(ctx, "SELECT clock_timestamp()")
	if err != nil {
		return time.Time{}, fmt.Errorf("read the time: %w", err)
	}
	defer rows.Close()
	var t time.Time
	if !rows.Next() {
		return time.Time{}, fmt.Errorf("read the time: %w", rows.Err())
	}
	if err := rows.Scan(&t); err != nil {
		return time.Time{}, fmt.Errorf("read the time: %w", err)
	}
	return micro(t.Add(s.clock.offset())), nil
}

// begun is what a transaction reads first: the one time, and on PostgreSQL the transaction's number, by which the
// sequencer later orders what it announced.
func (s *Store) begun(ctx context.Context, tx *sql.Tx) (now time.Time, txid int64, err error) {
	now = s.clock.Now()
	if s.pools.dialect == dialect.Postgres {
		var theirs time.Time
		row := tx.QueryRowContext(ctx, "SELECT clock_timestamp(), pg_current_xact_id()::text::bigint")
		if err := row.Scan(&theirs, &txid); err != nil {
			return now, 0, fmt.Errorf("read the time: %w", err)
		}
		if !s.clock.Own {
			now = theirs
		}
	}
	return micro(now.Add(s.clock.offset())), txid, nil
}

// micro is a time as both databases keep it.
func micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
