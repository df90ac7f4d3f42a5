package tenant

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Returning lists the sessions that an address could come back to by a mailed link: in each organization that signs
// candidates in by link alone the one that is under way, or else the newest. There are no more of them than links may
// still be mailed to the address, of `most` within a span, whichever organizations they were for. An address that nobody
// invited has none.
func (d Directory) Returning(ctx context.Context, address string, most int, within time.Duration) ([]Due, error) {
	found, err := d.invitedTo(ctx, address)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	now, err := d.store.now(ctx, d.store.pools.read)
	if err != nil {
		return nil, err
	}
	var sent int
	query, args := d.store.spell(`SELECT COUNT(*) FROM `+sessionsOfAddress+`
		JOIN sign_in_links l ON l.organization_id = s.organization_id AND l.session_id = s.id
		WHERE l.created_at > @since`, Args{"email": address, "since": now.Add(-within)})
	if err := d.store.pools.read.QueryRowContext(ctx, query, args...).Scan(&sent); err != nil {
		return nil, fmt.Errorf("count links of an address: %w", err)
	}
	return found[:min(len(found), max(0, most-sent))], nil
}

// sessionsOfAddress goes through the organizations, of which there are few, so that each candidate is found by the index
// that makes the address theirs.
const sessionsOfAddress = `organizations o
		JOIN candidates c ON c.organization_id = o.id AND c.email = @email
		JOIN sessions s ON s.organization_id = c.organization_id AND s.candidate_id = c.id`

// invitedTo finds one session in each organization.
func (d Directory) invitedTo(ctx context.Context, address string) ([]Due, error) {
	query, args := d.store.spell(`SELECT s.organization_id, s.id FROM `+sessionsOfAddress+`
		WHERE o.link_sign_in AND c.erased_at IS NULL AND s.state NOT IN ('EXPIRED', 'CANCELLED', 'DECLINED')
		ORDER BY CASE WHEN s.state IN ('IN_PROGRESS', 'PAUSED') THEN 0 WHEN s.state = 'INVITED' THEN 1 ELSE 2 END, s.id DESC`,
		Args{"email": address})
	rows, err := d.store.pools.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("find sessions of an address: %w", err)
	}
	defer rows.Close()
	var found []Due
	for rows.Next() {
		var next Due
		if err := rows.Scan(&next.Organization, &next.Session); err != nil {
			return nil, fmt.Errorf("find sessions of an address: %w", err)
		}
		if !slices.ContainsFunc(found, func(f Due) bool { return f.Organization == next.Organization }) {
			found = append(found, next)
		}
	}
	return found, rows.Err()
}
