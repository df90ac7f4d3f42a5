package tenant

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"github.com/lib/pq"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
)

// Tx is a scope inside the one transaction of its operation: what can write.
type Tx struct {
	Scope
	// Now is the one time of the operation, the same for every row it writes.
	Now time.Time

	received time.Time

	tx       *sql.Tx
	txid     int64       // PostgreSQL's number of the transaction; zero on SQLite
	waiting  *[]job.Args // jobs to run inline after the commit
	gathered *[]job.Args // jobs of a span that were asked for
	told     *told       // whom to wake after the commit
}

// attempts is how often a transaction that lost a race is tried.
const attempts = 5

// InTx runs fn in one transaction: everything it writes is committed together, or nothing is. A lost race
// (serialization failure, deadlock) is tried again; a lost reply to COMMIT never is: the caller is told
// Unavailable and repeats its idempotency key. Transactions are not nested.
func InTx[T any](ctx context.Context, scope Scope, fn func(tx Tx) (T, error)) (T, error) {
	for try := 1; ; try++ {
		var waiting []job.Args
		result, err := once(ctx, scope, &waiting, fn)
		if err == nil {
			return result, scope.store.runInline(ctx, waiting)
		}
		if !lostRace(err) || try == attempts {
			return result, err
		}
		if err := pause(ctx, try); err != nil {
			return result, err
		}
	}
}

func once[T any](ctx context.Context, scope Scope, waiting *[]job.Args, fn func(tx Tx) (T, error)) (T, error) {
	var none T
	if _, inside := scope.on.(*sql.Tx); inside {
		return none, errors.New("a transaction inside a transaction")
	}
	sqlTx, err := scope.store.pools.write.BeginTx(ctx, nil)
	if err != nil {
		return none, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = sqlTx.Rollback() }() // after a commit it does nothing
	tx := Tx{Scope: scope, tx: sqlTx, waiting: waiting, gathered: new([]job.Args), told: &told{}}
	tx.on, tx.client = sqlTx, newClient(scope.store.pools.dialect, sqlTx)
	if tx.Now, tx.txid, err = scope.store.begun(ctx, sqlTx); err != nil {
		return none, err
	}
	tx.received = tx.receipt()
	result, err := fn(tx)
	if err != nil {
		return none, err
	}
	notices := tx.told.all(tx.org)
	if err := tx.notify(ctx, notices); err != nil {
		return none, err
	}
	if err := scope.store.commit(ctx, sqlTx); err != nil {
		return result, err
	}
	scope.store.spans.note(*tx.gathered)
	if scope.store.pools.dialect != dialect.Postgres {
		scope.store.hub.publish(notices...)
	}
	return result, nil
}

// commit tells a refusal, after which nothing is written, from a lost reply, after which nobody knows. A server that
// ends the connection may have written; a context that ended before did not ask it to.
func (s *Store) commit(ctx context.Context, tx *sql.Tx) error {
	err := tx.Commit()
	if err == nil {
		return nil
	}
	var refused *pq.Error
	switch {
	case errors.As(err, &refused) && !refused.Fatal(),
		ctx.Err() != nil && errors.Is(err, ctx.Err()), errors.Is(err, sql.ErrTxDone):
		return fmt.Errorf("commit: %w", err)
	}
	s.log.ErrorContext(ctx, "commit: outcome unknown", "error", err)
	return fault.New(fault.Unavailable, "the outcome is unknown; repeat the request with the same idempotency key")
}

// lostRace reports whether the database asks for the transaction to be tried again.
func lostRace(err error) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01")
}

// pause waits a little longer after each try, by a random share, so that two rivals do not meet again.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(time.Duration(try) * time.Duration(5+rand.IntN(20)) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// NewID makes an id of a kind at the operation's time.
func (tx Tx) NewID(kind gid.Kind) gid.ID { return tx.store.ids.New(kind, tx.Now) }

// Received is when the request reached the process, by the clock that decides: what our own queues cost is not
// the candidate's time.
func (tx Tx) Received() time.Time { return tx.received }

// receipt computes Received once, when the time was read: what the transaction itself waits for later is not the
// request's age.
func (tx Tx) receipt() time.Time {
	if tx.actor.Received.IsZero() {
		return tx.Now
	}
	return tx.Now.Add(-micros(tx.store.clock.Now().Sub(tx.actor.Received)))
}

// micros never lets a clock that jumped make a request early or late.
func micros(d time.Duration) time.Duration { return max(0, d.Truncate(time.Microsecond)) }

// Exec runs a writing statement written as text and returns how many rows it touched. Like Query, it must name @org.
func (tx Tx) Exec(ctx context.Context, text string, args Args) (int64, error) {
	if !strings.Contains(text, "@org") {
		return 0, fmt.Errorf("a statement without its organization: %.60s", text)
	}
	return tx.exec(ctx, text, args)
}

// exec is Exec for what belongs to no organization.
func (tx Tx) exec(ctx context.Context, text string, args Args) (int64, error) {
	query, values := tx.store.spell(text, tx.with(args))
	result, err := tx.on.ExecContext(ctx, query, values...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
