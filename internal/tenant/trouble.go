package tenant

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/assay-hq/assay/internal/fault"
)

// trouble is an error of the database that says something about its state and nothing about the statement: the caller
// is told what to do, the log what it was.
type trouble struct {
	cause error
	told  *fault.Fault
}

// Error names the cause, for the log.
func (t *trouble) Error() string { return t.cause.Error() }

// Unwrap gives both, so that database/sql and the doors each find theirs.
func (t *trouble) Unwrap() []error { return []error{t.cause, t.told} }

// troubled tells the database's state from a fault of the statement.
func troubled(err error) error {
	var (
		theirs   *pq.Error
		embedded *sqlite.Error
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &theirs):
		return troubledPostgres(err, theirs.Code)
	case errors.As(err, &embedded) && embedded.Code()&0xff == sqlite3.SQLITE_BUSY:
		return &trouble{err, fault.New(fault.Overloaded, "the server is busy; try again in a moment")}
	case unreachable(err):
		return &trouble{err, notReached()}
	}
	return err
}

// unreachable reports whether the connection broke, or none was to be had: the server may have died.
func unreachable(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF)
}

func notReached() *fault.Fault {
	return fault.New(fault.Unavailable, "the database cannot be reached; try again with the same idempotency key")
}

func troubledPostgres(err error, code pqerror.Code) error {
	switch {
	case code == "55P03" || code == "53300": // a lock that was not to be had, too many connections
		return &trouble{err, fault.New(fault.Overloaded, "the server is busy; try again in a moment")}
	case code == "57014": // the statement's time was over
		return &trouble{err, fault.New(fault.Timeout, "the operation took too long and was cut off")}
	case code.Class() == "57": // the server is stopping or starting
		return &trouble{err, notReached()}
	}
	return err
}
