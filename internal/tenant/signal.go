package tenant

import (
	"context"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/gid"
)

// AddSignals writes signals in one statement.
func (tx Tx) AddSignals(ctx context.Context, rows []*ent.SignalCreate) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.client.Signal.CreateBulk(rows...).Exec(ctx)
}

// NewSignal begins the signal of a session that follows a number of others. Its id counts from the invitation and not
// from now: whoever reads ids, which carry a time, learns the order of the signals and not when they were.
func (tx Tx) NewSignal(row *ent.Session, others int) *ent.SignalCreate {
	at := row.CreatedAt.Add(time.Duration(others) * time.Millisecond)
	return tx.client.Signal.Create().SetID(tx.store.ids.New(gid.Signal, at)).SetOrganizationID(tx.org).SetSessionID(row.ID).SetServerAt(tx.Now)
}
