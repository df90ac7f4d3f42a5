package tenant

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent/websession"
)

// WebSessions keeps signed-in browsers for the cookie sessions of internal/login. Tokens arrive already hashed.
type WebSessions struct{ store *Store }

// WebSessions gives the store's web sessions.
func (s *Store) WebSessions() WebSessions { return WebSessions{s} }

// FindCtx reads a session that has not expired. It is asked at every request of a page, hence the statement as text.
func (w WebSessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	query, args := w.store.spell(`SELECT data FROM web_sessions WHERE id = @id AND expires_at > @now`,
		Args{"id": token, "now": micro(w.store.clock.Now())})
	var data []byte
	err := w.store.pools.read.QueryRowContext(ctx, query, args...).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find web session: %w", err)
	}
	return data, true, nil
}

// CommitCtx writes a session.
func (w WebSessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return w.change(ctx, func(tx Tx) error {
		return tx.client.WebSession.Create().SetID(token).SetData(data).SetExpiresAt(micro(expiry)).
			OnConflictColumns(websession.FieldID).UpdateNewValues().Exec(ctx)
	})
}

// RenewCtx writes a session that is still there: one that was ended meanwhile stays ended.
func (w WebSessions) RenewCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return w.change(ctx, func(tx Tx) error {
		return tx.client.WebSession.Update().Where(websession.ID(token)).SetData(data).SetExpiresAt(micro(expiry)).Exec(ctx)
	})
}

// DeleteCtx ends a session.
func (w WebSessions) DeleteCtx(ctx context.Context, token string) error {
	return w.change(ctx, func(tx Tx) error {
		_, err := tx.client.WebSession.Delete().Where(websession.ID(token)).Exec(ctx)
		return err
	})
}

func (w WebSessions) change(ctx context.Context, fn func(tx Tx) error) error {
	_, err := InTx(ctx, Scope{store: w.store}, func(tx Tx) (struct{}, error) { return struct{}{}, fn(tx) })
	if err != nil {
		return fmt.Errorf("web session: %w", err)
	}
	return nil
}

// Find is not used: every caller has a context.
func (w WebSessions) Find(token string) ([]byte, bool, error) {
	return w.FindCtx(context.Background(), token)
}

// Commit is not used: every caller has a context.
func (w WebSessions) Commit(token string, data []byte, expiry time.Time) error {
	return w.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is not used: every caller has a context.
func (w WebSessions) Delete(token string) error { return w.DeleteCtx(context.Background(), token) }
