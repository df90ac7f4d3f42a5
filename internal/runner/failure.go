package runner

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Failure is why the server did not do what it was asked. It holds neither the server's token nor anything of a program.
type Failure struct {
	Reason    string        // for people
	Temporary bool          // the same may succeed later
	After     time.Duration // how long the server asks to wait, if it does
	cause     error
}

// Error tells the reason with its cause.
func (f *Failure) Error() string {
	if f.cause == nil {
		return f.Reason
	}
	return f.Reason + ": " + f.cause.Error()
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.cause }

// ErrLost is the cause of the failure of a server that does not know a run that it took: it may be handed over again.
var ErrLost = errors.New("the run is not known")

// errTooLarge is the cause of the failure of an answer beyond maxAnswer.
var errTooLarge = errors.New("more than 4 MB")

// garbled is the failure of an answer that is not the protocol's: a page of a proxy, or another server.
func garbled(cause error) error {
	return &Failure{Reason: "the code runner's answer cannot be read", Temporary: true, cause: cause}
}

// unreached is the failure of a request that got no answer. The cause is told without the address, which names runs.
func unreached(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return &Failure{Reason: "the code runner does not answer", Temporary: true, cause: err}
}

// refused is the failure of a run that the server does not take: the same would be refused again.
func refused(fields map[string]any) error {
	names := slices.Sorted(maps.Keys(fields))
	return &Failure{Reason: "the code runner refuses the run because of " + Clean(strings.Join(names, ", "), 100)}
}

// longestWait bounds what a server may ask for.
const longestWait = 10 * time.Minute

// answered is the failure that a status of HTTP means; nil for one that is none. What an operator can mend while runs
// wait counts as temporary: a token that is not accepted, a full queue, a server in maintenance.
func answered(r *http.Response) error {
	f := &Failure{cause: fmt.Errorf("HTTP %d", r.StatusCode)}
	switch code := r.StatusCode; {
	case code == http.StatusOK, code == http.StatusCreated:
		return nil
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		f.Reason, f.Temporary = "the code runner does not accept our token", true
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code >= 500:
		f.Reason, f.Temporary = "the code runner is busy or out of order", true
	case code >= 300 && code < 400:
		f.Reason = "the code runner is at another address"
	default:
		f.Reason = "the code runner refuses the request"
	}
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil && seconds > 0 {
		f.After = min(longestWait, time.Duration(min(seconds, 3600))*time.Second)
	}
	return f
}
