package graph_test

import (
	"fmt"
	"testing"

	"github.com/assay-hq/assay/internal/dbtest"
)

// TestNothingIsSmuggledIn puts fields beside those of an input that would decide what is not the caller's to decide.
func TestNothingIsSmuggledIn(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	witness := newWitness(t, w.db)
	candidate, recruiter := w.a.people["candidate"], w.a.people["recruiter"]
	running := w.a.running
	saving := vars{"sittingId": running, "question": "1.1", "revision": 0, "clientKey": "k", "answer": vars{"choices": []string{"a"}}}
	inviting := vars{"templateId": w.a.quiz, "candidate": vars{"email": "x@example.com", "name": "X"}}
	for name, c := range map[string]struct {
		who      *person
		mutation string
		input    vars
		at       string // the object that is given more; empty for the input itself
		field    string
		value    any
	}{
		"a receipt with a submission":             {candidate, "submitSitting", vars{"id": running}, "", "receipt", "0000"},
		"a time with a submission":                {candidate, "submitSitting", vars{"id": running}, "", "submittedAt", "2026-03-01T12:00:00Z"},
		"a score with a submission":               {candidate, "submitSitting", vars{"id": running}, "", "score", 100},
		"an organization with a submission":       {candidate, "submitSitting", vars{"id": running}, "", "organizationId", w.b.id},
		"a score with an answer":                  {candidate, "saveResponse", saving, "", "score", 100},
		"a score within an answer":                {candidate, "saveResponse", saving, "answer", "points", 100},
		"a time with an answer":                   {candidate, "saveResponse", saving, "", "savedAt", "2026-03-01T12:00:00Z"},
		"a candidate with an answer":              {candidate, "saveResponse", saving, "", "candidateId", w.b.candidate},
		"a deadline with a start":                 {candidate, "startSitting", vars{"id": running}, "", "deadline", "2027-03-01T12:00:00Z"},
		"time with a start":                       {candidate, "startSitting", vars{"id": running}, "", "allowedSeconds", 86400},
		"an organization with an invitation":      {recruiter, "inviteCandidate", inviting, "", "organizationId", w.b.id},
		"a state with an invitation":              {recruiter, "inviteCandidate", inviting, "", "state", "SUBMITTED"},
		"an organization with whoever is invited": {recruiter, "inviteCandidate", inviting, "candidate", "organizationId", w.b.id},
		"who did it with a cancellation":          {recruiter, "cancelSession", vars{"id": running, "reason": "x"}, "", "actorId", w.b.people["owner"].actor.ID},
		"an organization with a cancellation":     {recruiter, "cancelSession", vars{"id": running, "reason": "x"}, "", "organizationId", w.b.id},
	} {
		t.Run(name, func(t *testing.T) {
			query := fmt.Sprintf("mutation($input: %sInput!) { %s(input: $input) { errors { code } } }", upper(c.mutation), c.mutation)
			before := witness.look(t)
			a := w.ask(t, c.who, query, vars{"input": adding(c.input, c.at, c.field, c.value)})
			if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "BAD_USER_INPUT" {
				t.Errorf("got %s", a.body)
			}
			if after := witness.look(t); after != before {
				t.Errorf("something changed:\n%s\n%s", before, after)
			}
		})
	}
}

// adding is a copy with a field more, in the object at a name or in the whole.
func adding(v vars, at, field string, value any) vars {
	more := vars{}
	for name, old := range v {
		more[name] = old
	}
	if at == "" {
		more[field] = value
		return more
	}
	more[at] = adding(more[at].(vars), "", field, value)
	return more
}

func upper(name string) string { return string(name[0]-'a'+'A') + name[1:] }
