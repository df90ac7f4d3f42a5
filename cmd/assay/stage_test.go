package main

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Who takes part in the tests.
const (
	recruiter = "recruiter@demo.example"
	candidate = "candidate@demo.example"
	reviewer  = "reviewer@demo.example"
	stranger  = "reviewer2@demo.example" // has no part in it
	admin     = "admin@demo.example"
	outsider  = "recruiter@other.example"
)

// stage is a site with a role, questions and templates of the test's own.
type stage struct {
	*site
	role      string
	questions []string // single choice, numeric, short text, long text
	template  string   // published, half an hour long
	draft     string   // never published
	watched   []string // sessions
}

type object struct {
	ID, State string
	Deadline  string
}

func newStage(t *testing.T, s *site, author string) *stage {
	t.Helper()
	st := &stage{site: s}
	st.role = must[object](t, st.tell(t, author, "createJobRole", "jobRole { id }",
		vars{"fields": vars{"title": "Tester", "level": "ENTRY"}})).ID
	rubric := []vars{{"key": "depth", "text": "Goes deep", "levels": []vars{{"points": 0, "anchor": "no"}, {"points": 2, "anchor": "yes"}}}}
	for kind, content := range map[string]vars{
		"SINGLE_CHOICE": {"prompt": "Which?", "choices": []vars{{"key": "a", "text": "This", "correct": true}, {"key": "b", "text": "That"}}},
		"NUMERIC":       {"prompt": "How many?", "numeric": vars{"value": "7"}},
		"SHORT_TEXT":    {"prompt": "What?", "criteria": rubric},
		"LONG_TEXT":     {"prompt": "Why?", "criteria": rubric},
	} {
		st.questions = append(st.questions, st.question(t, author, kind, content))
	}
	st.draft = st.newTemplate(t, author, "Unfinished", "PT30M")
	st.template = st.newTemplate(t, author, "Finished", "PT30M")
	must[object](t, st.tell(t, author, "publishTemplate", "template { id }", vars{"id": st.template}))
	return st
}

func (st *stage) question(t *testing.T, author, kind string, content vars) string {
	t.Helper()
	id := must[object](t, st.tell(t, author, "createQuestion", "question { id }", vars{
		"title": kind, "kind": kind, "category": "TECHNICAL", "level": "ENTRY", "content": content,
	})).ID
	return must[object](t, st.tell(t, author, "publishQuestion", "question { id }", vars{"id": id})).ID
}

func (st *stage) newTemplate(t *testing.T, author, name, limit string) string {
	t.Helper()
	var slots []vars
	for _, id := range st.questions {
		slots = append(slots, vars{"questionId": id, "points": 5})
	}
	return must[object](t, st.tell(t, author, "createTemplate", "template { id }", vars{
		"jobRoleId": st.role, "name": name, "content": vars{
			"sections": []vars{{"title": "All", "timeLimit": limit, "slots": slots}}, "cutPercent": 50,
			"bands": []vars{{"name": "Any", "minPercent": 0}},
		},
	})).ID
}

// invitation is a session with the secret of its link.
type invitation struct{ session, secret string }

// invite invites the candidate and reads the link in the mailbox, whose newest mail comes first.
func (st *stage) invite(t *testing.T, inviter string, validFor time.Duration) invitation {
	t.Helper()
	session := must[object](t, st.tell(t, inviter, "inviteCandidate", "session { id }", vars{
		"templateId": st.template, "candidate": vars{"email": candidate, "name": "Cleo"},
		"validFor": fmt.Sprintf("PT%dM", int(validFor.Minutes())),
	})).ID
	st.watched = append(st.watched, session)
	link := regexp.MustCompile(`/take/([A-Za-z0-9_-]+)`).FindStringSubmatch(html.UnescapeString(st.mailbox(t)))
	if link == nil {
		t.Fatal("no link in the mailbox")
	}
	return invitation{session: session, secret: link[1]}
}

func (st *stage) mailbox(t *testing.T) string {
	t.Helper()
	answer, err := http.Get(st.url() + "/dev/mail")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (st *stage) accept(t *testing.T, i invitation) {
	t.Helper()
	got := must[object](t, st.tell(t, candidate, "acceptInvitation", "sitting { id }", vars{"token": i.secret}))
	if got.ID != i.session {
		t.Fatalf("accepted %s instead of %s", got.ID, i.session)
	}
}

// begin invites, accepts and starts, and gives the session and its deadline.
func (st *stage) begin(t *testing.T, inviter string) object {
	t.Helper()
	i := st.invite(t, inviter, 72*time.Hour)
	st.accept(t, i)
	return must[object](t, st.tell(t, candidate, "startSitting", "sitting { id state deadline }", vars{"id": i.session}))
}

// places are the questions of a sitting that was started, by kind.
func (st *stage) places(t *testing.T, session string) map[string]string {
	t.Helper()
	read := must[struct {
		Sitting struct {
			Sections []struct {
				Questions []struct{ Ref, Kind string }
			}
		}
	}](t, st.ask(t, candidate, `query($id: ID!) { sitting(id: $id) { sections { questions { ref kind } } } }`, vars{"id": session}))
	places := map[string]string{}
	for _, s := range read.Sitting.Sections {
		for _, q := range s.Questions {
			places[q.Kind] = q.Ref
		}
	}
	return places
}

const acknowledgement = "acknowledgement { question revision savedAt deadline }"

func saving(session, place string, revision int, key string, answer vars) vars {
	return vars{"sittingId": session, "question": place, "revision": revision, "clientKey": key, "answer": answer}
}

func (st *stage) save(t *testing.T, session, place string, revision int, key string, answer vars) {
	t.Helper()
	got := must[struct{ Revision int }](t, st.tell(t, candidate, "saveResponse", acknowledgement, saving(session, place, revision, key, answer)))
	if got.Revision != revision+1 {
		t.Fatalf("got revision %d, want %d", got.Revision, revision+1)
	}
}

// state is where a session stands, read by somebody whose reading ends nothing.
func (st *stage) state(t *testing.T, session string) string {
	t.Helper()
	return must[struct{ Node object }](t, st.ask(t, recruiter,
		`query($id: ID!) { node(id: $id) { ... on CandidateSession { state } } }`, vars{"id": session})).Node.State
}

// picture is everything that a refused operation must leave as it is: rows, states, answers, mail and the audit. It
// leaves out what moving the clock does to the demonstration's own sessions.
func (st *stage) picture(t *testing.T) string {
	t.Helper()
	ids := append([]string{st.role, st.template, st.draft}, st.watched...)
	all := []*reply{
		st.ask(t, recruiter, `query($ids: [ID!]!, $role: ID!) { nodes(ids: $ids) {
			... on CandidateSession { id state openedAt startedAt timeUsed review { id state } report { id number state } }
			... on AssessmentTemplate { id name publication: state revision publishedNumber draftNumber } }
			organization { sessions(filter: { jobRoleId: $role }) { totalCount } reports(filter: { jobRoleId: $role }) { totalCount }
				candidates { totalCount } templates { totalCount } questions { totalCount } jobRoles { totalCount } } }`,
			vars{"ids": ids, "role": st.role}),
		st.ask(t, admin, auditOf(append(ids, st.questions...)), nil),
	}
	for _, id := range st.watched {
		answer := st.ask(t, candidate, `query($id: ID!) { sitting(id: $id) { state startedAt endedAt deadline receipt { hash }
			responses { question revision savedAt answer { choices number text } } } }`, vars{"id": id})
		if answer.fault != nil && answer.fault.Code == "NOT_FOUND" { // not accepted
			answer = &reply{data: json.RawMessage(`"not theirs"`)}
		}
		all = append(all, answer)
	}
	var text strings.Builder
	for _, answer := range all {
		if answer.fault != nil {
			t.Fatalf("picture: %+v", *answer.fault)
		}
		text.Write(answer.data)
		text.WriteByte('\n')
	}
	return text.String() + st.mailbox(t)
}

// auditOf asks how often something was done to each of several objects.
func auditOf(ids []string) string {
	var query strings.Builder
	query.WriteString("{ organization {")
	for i, id := range ids {
		fmt.Fprintf(&query, " n%d: auditEvents(filter: { subjectId: %q }) { totalCount }", i, id)
	}
	query.WriteString(" } }")
	return query.String()
}
