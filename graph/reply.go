package graph

import (
	"github.com/assay-hq/assay/graph/envelope"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
)

// reply makes a payload of what an operation gave: faults that the caller can mend stand beside the form, all others
// go to the top level.
func reply[T any](object T, err error) (*envelope.Payload[T], error) {
	if err == nil {
		return &envelope.Payload[T]{Object: object, Errors: []envelope.UserError{}}, nil
	}
	faults := fault.All(err)
	for _, f := range faults {
		if !f.Payload() {
			return nil, err
		}
	}
	if len(faults) == 0 {
		return nil, err
	}
	return &envelope.Payload[T]{Errors: envelope.UserErrors(faults)}, nil
}

// invited makes a payload of an invitation and its link.
func invited(made *sitting.Invitation, err error) (*envelope.InvitationPayload, error) {
	answer, err := reply(made, err)
	if err != nil {
		return nil, err
	}
	payload := &envelope.InvitationPayload{Errors: answer.Errors}
	if answer.Object != nil {
		payload.Session, payload.Link = answer.Object.Session, answer.Object.Link
	}
	return payload, nil
}

// results shows what came of several invitations, each with its own errors.
func results(made []*sitting.InvitationResult, err error) ([]*envelope.InvitationPayload, error) {
	shown := make([]*envelope.InvitationPayload, len(made))
	for i, m := range made {
		shown[i] = &envelope.InvitationPayload{Session: m.Session, Link: m.Link, Errors: envelope.UserErrors(m.Faults)}
	}
	return shown, err
}

// assignments shows what came of several sessions that were given to reviewers, each with its own errors.
func assignments(made []*grading.AssignmentResult, err error) ([]*envelope.AssignmentResult, error) {
	shown := make([]*envelope.AssignmentResult, len(made))
	for i, m := range made {
		shown[i] = &envelope.AssignmentResult{SessionID: m.SessionID, Unassigned: m.Unassigned, Errors: envelope.UserErrors(m.Faults)}
	}
	return shown, err
}

// connect shows a page as a connection.
func connect[T any](page *tenant.Page[T], err error) (*envelope.Connection[T], error) {
	if err != nil {
		return nil, err
	}
	return envelope.NewConnection(page), nil
}

// paging gathers the arguments of a list.
func paging(first *int, after *string, last *int, before *string) tenant.Paging {
	return tenant.Paging{First: first, After: after, Last: last, Before: before}
}

// pointer is a value's address, for fields that may be absent.
func pointer[T any](v T) *T { return &v }

// unless hides a value.
func unless[T any](hidden bool, v T) *T {
	if hidden {
		return nil
	}
	return &v
}
