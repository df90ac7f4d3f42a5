package tenant

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect"

	"github.com/assay-hq/assay/internal/gid"
)

// OutageAfter is how long no process may have been up before it is a fault of ours that is made good.
const OutageAfter = 5 * time.Second

// Outage is a time in which no process was up, in domain time.
type Outage struct {
	ID           gid.ID
	Began, Ended time.Time
}

// Pulse notes that a process is up. If none was for a while, it notes the outage in the same commit, so that it is made good
// even if this process ends at once. It counts real time: a test clock that jumps is no outage.
func (d Directory) Pulse(ctx context.Context) error {
	_, err := InTx(ctx, Scope{store: d.store}, func(tx Tx) (struct{}, error) { return struct{}{}, tx.pulse(ctx) })
	if err != nil {
		return fmt.Errorf("pulse: %w", err)
	}
	return nil
}

func (tx Tx) pulse(ctx context.Context) error {
	really := tx.Now.Add(-tx.store.clock.offset())
	args := Args{"real": really}
	n, err := tx.exec(ctx, `INSERT INTO pulses (id, at) VALUES (1, @real) ON CONFLICT (id) DO NOTHING`, args)
	if err != nil || n > 0 {
		return err
	}
	text := `SELECT at FROM pulses WHERE id = 1`
	if tx.store.pools.dialect == dialect.Postgres {
		text += ` FOR UPDATE`
	}
	var last moment
	if err := tx.tx.QueryRowContext(ctx, text).Scan(&last); err != nil {
		return err
	}
	if gap := really.Sub(last.Time); gap > OutageAfter {
		args["id"], args["began"], args["ended"] = tx.NewID(gid.Outage), tx.Now.Add(-gap), tx.Now
		if _, err := tx.exec(ctx, `INSERT INTO outages (id, began_at, ended_at) VALUES (@id, @began, @ended)`, args); err != nil {
			return err
		}
		// Who was not heard of meanwhile could not be heard.
		if _, err := tx.exec(ctx, `UPDATE presences SET seen_at = @ended WHERE connected`, args); err != nil {
			return err
		}
	}
	_, err = tx.exec(ctx, `UPDATE pulses SET at = @real WHERE id = 1 AND at < @real`, args)
	return err
}

// UnsettledOutage is the oldest outage that was not made good yet; false if there is none.
func (d Directory) UnsettledOutage(ctx context.Context) (Outage, bool, error) {
	var (
		o            Outage
		began, ended moment
	)
	row := d.store.pools.read.QueryRowContext(ctx, `SELECT id, began_at, ended_at FROM outages WHERE settled_at IS NULL ORDER BY began_at LIMIT 1`)
	err := row.Scan(&o.ID, &began, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	if err != nil {
		return o, false, fmt.Errorf("find outages: %w", err)
	}
	o.Began, o.Ended = began.Time, ended.Time
	return o, true, nil
}

// SessionsDuring lists, after an id, sessions whose clock ran through an outage and goes on.
func (d Directory) SessionsDuring(ctx context.Context, o Outage, after gid.ID, limit int) ([]Due, error) {
	return d.due(ctx, `SELECT organization_id, id FROM sessions
		WHERE state = 'IN_PROGRESS' AND started_at <= @began AND (@first OR id > @after) ORDER BY id LIMIT @limit`,
		Args{"began": o.Began, "first": after.IsZero(), "after": after, "limit": limit})
}

// SettleOutage notes that an outage was made good.
func (d Directory) SettleOutage(ctx context.Context, id gid.ID) error {
	_, err := InTx(ctx, Scope{store: d.store}, func(tx Tx) (struct{}, error) {
		_, err := tx.exec(ctx, `UPDATE outages SET settled_at = @now WHERE id = @id`, Args{"id": id, "now": tx.Now})
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("settle outage: %w", err)
	}
	return nil
}
