package tenant

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/internal/gid"
)

// SilentAfter is how long a sitting's page may be silent before it counts as disconnected.
const SilentAfter = 30 * time.Second

// Hear notes that a sitting's page is there. It is one statement where the page was heard of before; back is true if it
// had been given up meanwhile.
func (tx Tx) Hear(ctx context.Context, session gid.ID, device string) (back bool, err error) {
	args := Args{"id": tx.NewID(gid.Presence), "session": session, "device": device, "now": tx.Now}
	n, err := tx.Exec(ctx, `UPDATE presences SET seen_at = @now, device = @device
		WHERE organization_id = @org AND session_id = @session AND connected`, args)
	if err != nil || n > 0 {
		return false, err
	}
	n, err = tx.Exec(ctx, `INSERT INTO presences (id, organization_id, session_id, seen_at, connected, device)
		VALUES (@id, @org, @session, @now, TRUE, @device) ON CONFLICT (organization_id, session_id) DO NOTHING`, args)
	if err != nil || n > 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE presences SET seen_at = @now, device = @device, connected = TRUE
		WHERE organization_id = @org AND session_id = @session`, args)
	return true, err
}

// GiveUp notes that a sitting's page was silent for too long, and since when; false if it was heard of meanwhile.
func (tx Tx) GiveUp(ctx context.Context, session gid.ID) (since time.Time, ok bool, err error) {
	rows, err := tx.Query(ctx, `UPDATE presences SET connected = FALSE
		WHERE organization_id = @org AND session_id = @session AND connected AND seen_at < @floor RETURNING seen_at`,
		Args{"session": session, "floor": tx.Now.Add(-SilentAfter)})
	if err != nil {
		return time.Time{}, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return time.Time{}, false, rows.Err()
	}
	var at moment
	if err := rows.Scan(&at); err != nil {
		return time.Time{}, false, err
	}
	return at.Time, true, rows.Err()
}

// EndPresence stops listening for a sitting's page.
func (tx Tx) EndPresence(ctx context.Context, session gid.ID) error {
	_, err := tx.Exec(ctx, `UPDATE presences SET connected = FALSE WHERE organization_id = @org AND session_id = @session`, Args{"session": session})
	return err
}

// SilentSessions lists sessions in progress whose page was silent for too long.
func (d Directory) SilentSessions(ctx context.Context, limit int) ([]Due, error) {
	now, err := d.store.now(ctx, d.store.pools.read)
	if err != nil {
		return nil, err
	}
	return d.due(ctx, `SELECT organization_id, session_id FROM presences
		WHERE connected AND seen_at < @floor ORDER BY seen_at LIMIT @limit`, Args{"floor": now.Add(-SilentAfter), "limit": limit})
}

// due reads sessions with their organizations.
func (d Directory) due(ctx context.Context, text string, args Args) ([]Due, error) {
	query, values := d.store.spell(text, args)
	rows, err := d.store.pools.read.QueryContext(ctx, query, values...)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	defer rows.Close()
	var found []Due
	for rows.Next() {
		var one Due
		if err := rows.Scan(&one.Organization, &one.Session); err != nil {
			return nil, fmt.Errorf("find sessions: %w", err)
		}
		found = append(found, one)
	}
	return found, rows.Err()
}
