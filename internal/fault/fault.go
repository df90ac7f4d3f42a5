// Package fault is the vocabulary of errors that a caller can act on.
//
// A Fault carries a stable code, a sentence for the caller and, where there is one, the path of the input
// field at fault. Everything that is not a Fault is ours: it is wrapped with %w, logged, and shown to nobody.
// The package knows nothing of GraphQL or HTTP; the doors translate.
package fault

import (
	"errors"
	"fmt"
)

// Code is the stable name of a kind of fault. Adding one is a CHANGELOG line; renaming never happens.
type Code string

// Faults that no form can mend: the doors answer with them at the top level.
const (
	Unauthenticated Code = "UNAUTHENTICATED" // no actor
	Denied          Code = "FORBIDDEN"       // the role lacks the action
	NotFound        Code = "NOT_FOUND"       // not in the actor's scope, also for what exists elsewhere
	BadInput        Code = "BAD_USER_INPUT"  // coercion, malformed ids, paging arguments
	LimitExceeded   Code = "LIMIT_EXCEEDED"  // refused before execution
	RateLimited     Code = "RATE_LIMITED"    // too many
	Overloaded      Code = "OVERLOADED"      // shed
	Timeout         Code = "TIMEOUT"         // cut off
	Unavailable     Code = "UNAVAILABLE"     // outcome unknown: repeat with the same idempotency key
	Internal        Code = "INTERNAL"        // ours; only a request id is shown
)

// Faults of one operation's input or state: GraphQL answers with them in the payload.
const (
	Invalid             Code = "INVALID"              // a value an operation refuses
	Conflict            Code = "CONFLICT"             // the state forbids it
	Stale               Code = "STALE"                // the revision was not the latest; Current has the latest
	DeadlinePassed      Code = "DEADLINE_PASSED"      // the sitting's time is over
	NotStarted          Code = "NOT_STARTED"          // the sitting has not begun
	Expired             Code = "EXPIRED"              // the invitation is no longer valid
	LinkUsed            Code = "LINK_USED"            // the link was already bound to another person
	AlreadyExists       Code = "ALREADY_EXISTS"       // a natural key is taken; Current has the holder
	IdempotencyMismatch Code = "IDEMPOTENCY_MISMATCH" // same key, other input
	NotScorable         Code = "NOT_SCORABLE"         // nothing to score, or not by this means
	Provisional         Code = "PROVISIONAL"          // a criterion is still not scored
)

// Fault is an error that the caller can act on.
type Fault struct {
	Code    Code
	Message string   // one sentence for the caller, lower case, without ids or jargon
	Field   []string // path of the input field at fault, outermost first; empty if none
	Current any      // the latest value for Stale, the existing one for AlreadyExists
	Limit   string   // which limit, for LimitExceeded
}

// Error renders code, field and message.
func (f *Fault) Error() string {
	if len(f.Field) > 0 {
		return fmt.Sprintf("%s %v: %s", f.Code, f.Field, f.Message)
	}
	return fmt.Sprintf("%s: %s", f.Code, f.Message)
}

// Payload reports whether the fault belongs in a mutation's payload, beside the form that can mend it.
func (f *Fault) Payload() bool {
	switch f.Code {
	case Unauthenticated, Denied, NotFound, BadInput, LimitExceeded, RateLimited, Overloaded, Timeout, Unavailable, Internal:
		return false
	default:
		return true
	}
}

// New makes a fault without a field.
func New(code Code, message string) *Fault { return &Fault{Code: code, Message: message} }

// At makes an Invalid fault at an input field; the path is given outermost first.
func At(message string, path ...string) *Fault {
	return &Fault{Code: Invalid, Message: message, Field: path}
}

// Taken makes an AlreadyExists fault at an input field whose natural key another object has: existing, if it is known.
func Taken(message string, existing any, path ...string) *Fault {
	return &Fault{Code: AlreadyExists, Message: message, Field: path, Current: existing}
}

// List is several faults found at once, so that a form can be mended in one go.
type List []*Fault

// Error renders the first fault and how many more there are.
func (l List) Error() string {
	if len(l) == 1 {
		return l[0].Error()
	}
	return fmt.Sprintf("%s (and %d more)", l[0].Error(), len(l)-1)
}

// Err is the list as an error, or nil if it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// All gives every fault inside an error, or nothing if the error is ours.
func All(err error) List {
	var list List
	if errors.As(err, &list) {
		return list
	}
	var one *Fault
	if errors.As(err, &one) {
		return List{one}
	}
	return nil
}

// Is reports whether an error holds a fault of a code.
func Is(err error, code Code) bool {
	for _, f := range All(err) {
		if f.Code == code {
			return true
		}
	}
	return false
}
