package envelope

import (
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/sitting"
)

// UserError is something about the input or the state that the caller can act on.
type UserError interface{ IsUserError() }

// InputError is a fault that its code, message and field say all about.
type InputError struct {
	Code    fault.Code
	Message string
	Field   []string
}

// StaleError comes with the object as it stands now.
type StaleError struct {
	InputError
	Current Node
}

// StaleResponseError comes with the answer as it stands now.
type StaleResponseError struct {
	InputError
	Current *sitting.Response
}

// AlreadyExistsError comes with the object that has the key.
type AlreadyExistsError struct {
	InputError
	Existing Node
}

// IsUserError marks the type.
func (InputError) IsUserError() {}

// UserErrors shows faults in a payload.
func UserErrors(faults fault.List) []UserError {
	errors := make([]UserError, len(faults))
	for i, f := range faults {
		errors[i] = userError(f)
	}
	return errors
}

func userError(f *fault.Fault) UserError {
	plain := InputError{Code: f.Code, Message: f.Message, Field: f.Field}
	if plain.Field == nil {
		plain.Field = []string{}
	}
	current, _ := f.Current.(Node)
	switch response, isResponse := f.Current.(*sitting.Response); {
	case isResponse:
		return &StaleResponseError{InputError: plain, Current: response}
	case f.Code == fault.Stale:
		return &StaleError{InputError: plain, Current: current}
	case f.Code == fault.AlreadyExists:
		return &AlreadyExistsError{InputError: plain, Existing: current}
	default:
		return &plain
	}
}
