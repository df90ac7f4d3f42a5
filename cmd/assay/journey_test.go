package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/dbtest"
)

// eachDatabase runs a test on the embedded default and on PostgreSQL, both at once.
func eachDatabase(t *testing.T, postgres func(testing.TB) dbtest.Database, run func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, "")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, postgres(t).URL)
	})
}

// TestJourney drives the real binary from an empty folder: the whole job, everything that must be refused on the way,
// the clock, the end and the second start. The steps share one server and go on from each other.
func TestJourney(t *testing.T) {
	binary := buildBinary(t)
	eachDatabase(t, dbtest.EmptyPostgres, func(t *testing.T, database string) {
		s := newSite(t, binary, database)
		began := time.Now()
		s.start(t)
		t.Logf("ready %v after an empty folder", time.Since(began).Round(time.Millisecond))
		report := firstReport(t, s)
		t.Run("the demonstration ends with a report", func(t *testing.T) { playsDemo(t, s, report) })
		st := newStage(t, s, recruiter)
		st.signInAll(t)
		sitting := st.begin(t, recruiter)
		t.Run("a recruiter and a candidate see it happen", func(t *testing.T) { seesItHappen(t, st) })
		t.Run("bad input before submission", func(t *testing.T) { refusedBefore(t, st, sitting.ID) })
		t.Run("bad input after submission", func(t *testing.T) { refusedAfter(t, st, sitting.ID) })
		t.Run("the server ends a sitting at its deadline", func(t *testing.T) { deadlineEnds(t, st) })
		t.Run("an invitation expires", func(t *testing.T) { invitationExpires(t, st) })
		before := st.picture(t)
		t.Run("a request in flight is finished before the end", func(t *testing.T) { drains(t, s) })
		t.Run("everything is there after a second start", func(t *testing.T) { startsAgain(t, st, before, report) })
		t.Run("the audit is whole", func(t *testing.T) {
			s.stop(t)
			if got := s.run(t, "audit", "verify"); !regexp.MustCompile(`^\d+ events of 2 organizations chained, 0 not yet\n$`).MatchString(got) {
				t.Errorf("got %q", got)
			}
		})
	})
}

var reportLink = regexp.MustCompile(`http://\S+/reports/rpt_\w+`)

// firstReport is the report that the first start plays by itself and prints.
func firstReport(t *testing.T, s *site) string {
	t.Helper()
	report := ""
	s.await(t, time.Minute, "printing a report", func() bool {
		report = reportLink.FindString(tail(s.outputFile(), 4000))
		return report != ""
	})
	return report
}

func playsDemo(t *testing.T, s *site, first string) {
	began := time.Now()
	story := s.run(t, "demo")
	t.Logf("played in %v", time.Since(began).Round(time.Millisecond))
	for i := range 8 {
		if !strings.Contains(story, fmt.Sprintf("\n%d. The ", i+1)) && !strings.Contains(story, fmt.Sprintf("\n%d. Keys ", i+1)) {
			t.Errorf("step %d was not told", i+1)
		}
	}
	links := reportLink.FindAllString(story, -1)
	if len(links) == 0 || links[len(links)-1] == first {
		t.Fatalf("no report of its own at the end:\n%s", story)
	}
	id := links[len(links)-1][strings.LastIndexByte(links[len(links)-1], '/')+1:]
	read := must[struct {
		Node struct {
			State   string
			Percent float64
			Band    string
		}
	}](t, s.ask(t, recruiter, `query($id: ID!) { node(id: $id) { ... on Report { state percent band } } }`, vars{"id": id}))
	if read.Node.State != "RELEASED" || read.Node.Band != "Strong" || read.Node.Percent < 86.6 || read.Node.Percent > 86.7 {
		t.Errorf("got %+v, want 26 of 30 points, released", read.Node)
	}
}

// signInAll lets everybody sign in once: the first time is an event of its own.
func (st *stage) signInAll(t *testing.T) {
	t.Helper()
	for _, email := range []string{recruiter, candidate, reviewer, stranger, admin, outsider} {
		must[json.RawMessage](t, st.ask(t, email, `{ viewer { email } }`, nil))
	}
}

// refusal is an operation that must be refused: by whom, what, and with which fault.
type refusal struct {
	name, who, verb, selection string
	input                      vars
	code, message, field       string
}

// refuse runs refusals one after the other and demands that each leaves everything as it was.
func refuse(t *testing.T, st *stage, cases []refusal) {
	t.Helper()
	before := st.picture(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := st.tell(t, c.who, c.verb, c.selection, c.input).fault
			if got == nil {
				t.Fatalf("went through, want %s", c.code)
			}
			if got.Code != c.code || !strings.Contains(got.Message, c.message) || got.Field != c.field {
				t.Errorf("got %s at %q: %q, want %s at %q: %q", got.Code, got.Field, got.Message, c.code, c.field, c.message)
			}
			after := st.picture(t)
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("something changed (-before +after):\n%s", diff)
			}
			before = after
		})
	}
}

// unknown is a well-formed id of the same kind that nothing has.
func unknown(id string) string {
	at := strings.IndexByte(id, '_') + 20
	other := byte('0')
	if id[at] == other {
		other = '1'
	}
	return id[:at] + string(other) + id[at+1:]
}

const (
	sessionID = "session { id }"
	sittingID = "sitting { id }"
)

func refusedBefore(t *testing.T, st *stage, sitting string) {
	places := st.places(t, sitting)
	choice, long := places["SINGLE_CHOICE"], places["LONG_TEXT"]
	st.save(t, sitting, choice, 0, "k1", vars{"choices": []string{"a"}})
	st.save(t, sitting, long, 0, "k2", vars{"text": "first"})
	st.save(t, sitting, long, 1, "k3", vars{"text": "second"})
	unopened, opened := st.invite(t, recruiter, 72*time.Hour), st.invite(t, recruiter, 72*time.Hour)
	st.accept(t, opened)
	person := vars{"email": "someone@demo.example", "name": "Someone"}
	keyed := vars{"templateId": st.template, "candidate": vars{"email": candidate, "name": "Cleo"}, "idempotencyKey": "once"}
	st.watched = append(st.watched, must[object](t, st.tell(t, recruiter, "inviteCandidate", sessionID, keyed)).ID)

	refuse(t, st, []refusal{
		{"nobody invites", "", "inviteCandidate", sessionID, vars{"templateId": st.template, "candidate": person}, "UNAUTHENTICATED", "", ""},
		{"a reviewer invites", reviewer, "inviteCandidate", sessionID, vars{"templateId": st.template, "candidate": person}, "FORBIDDEN", "session.invite", ""},
		{"an unknown template", recruiter, "inviteCandidate", sessionID, vars{"templateId": unknown(st.template), "candidate": person}, "NOT_FOUND", "template", ""},
		{"no id at all", recruiter, "inviteCandidate", sessionID, vars{"templateId": "tpl_x", "candidate": person}, "BAD_USER_INPUT", "", ""},
		{"an id of another kind", recruiter, "cancelSession", sessionID, vars{"id": st.template, "reason": "no"}, "NOT_FOUND", "", ""},
		{"another organization's template", outsider, "inviteCandidate", sessionID, vars{"templateId": st.template, "candidate": person}, "NOT_FOUND", "template", ""},
		{"another organization's session", outsider, "cancelSession", sessionID, vars{"id": sitting, "reason": "no"}, "NOT_FOUND", "session", ""},
		{"another organization's question", outsider, "publishQuestion", "question { id }", vars{"id": st.questions[0]}, "NOT_FOUND", "question", ""},
		{"a draft template", recruiter, "inviteCandidate", sessionID, vars{"templateId": st.draft, "candidate": person}, "CONFLICT", "never published", ""},
		{"a version that is not there", recruiter, "inviteCandidate", sessionID, vars{"templateId": st.template, "version": 2, "candidate": person}, "NOT_FOUND", "version", ""},
		{"an address that is none", recruiter, "inviteCandidate", sessionID, vars{"templateId": st.template, "candidate": vars{"email": "x", "name": "X"}}, "INVALID", "e-mail", "candidate.email"},
		{"one idempotency key for two candidates", recruiter, "inviteCandidate", sessionID, vars{"templateId": st.template, "candidate": person, "idempotencyKey": "once"}, "IDEMPOTENCY_MISMATCH", "another input", ""},
		{"an oversized title", recruiter, "createJobRole", "jobRole { id }", vars{"fields": vars{"title": strings.Repeat("x", 201), "level": "ENTRY"}}, "INVALID", "", "fields.title"},
		{"publishing what is published", recruiter, "publishTemplate", "template { id }", vars{"id": st.template}, "CONFLICT", "draft", ""},

		{"the wrong e-mail address", stranger, "acceptInvitation", sittingID, vars{"token": unopened.secret}, "CONFLICT", "another e-mail address", ""},
		{"an unknown link", candidate, "acceptInvitation", sittingID, vars{"token": "nothing"}, "NOT_FOUND", "", ""},
		{"nobody accepts", "", "acceptInvitation", sittingID, vars{"token": unopened.secret}, "UNAUTHENTICATED", "", ""},
		{"starting before accepting", candidate, "startSitting", sittingID, vars{"id": unknown(sitting)}, "NOT_FOUND", "", ""},
		{"starting somebody else's sitting", stranger, "startSitting", sittingID, vars{"id": opened.session}, "NOT_FOUND", "", ""},
		{"a recruiter answers", recruiter, "saveResponse", acknowledgement, saving(sitting, choice, 1, "r1", vars{"choices": []string{"b"}}), "NOT_FOUND", "", ""},
		{"an answer before the start", candidate, "saveResponse", acknowledgement, saving(opened.session, choice, 0, "n1", vars{"choices": []string{"b"}}), "NOT_STARTED", "start", ""},
		{"a submission before the start", candidate, "submitSitting", sittingID, vars{"id": opened.session}, "NOT_STARTED", "start", ""},

		{"a stale revision", candidate, "saveResponse", acknowledgement, saving(sitting, long, 1, "k4", vars{"text": "third"}), "STALE", "changed elsewhere", "revision"},
		{"a revision of the future", candidate, "saveResponse", acknowledgement, saving(sitting, long, 9, "k5", vars{"text": "third"}), "STALE", "changed elsewhere", "revision"},
		{"one client key for two answers", candidate, "saveResponse", acknowledgement, saving(sitting, long, 2, "k3", vars{"text": "third"}), "IDEMPOTENCY_MISMATCH", "another answer", ""},
		{"a question that is not there", candidate, "saveResponse", acknowledgement, saving(sitting, "9.9", 0, "k6", vars{"text": "x"}), "INVALID", "no such question", "question"},
		{"an option that is not there", candidate, "saveResponse", acknowledgement, saving(sitting, choice, 1, "k7", vars{"choices": []string{"z"}}), "INVALID", "not one of the choices", "answer.choices"},
		{"two options of a single choice", candidate, "saveResponse", acknowledgement, saving(sitting, choice, 1, "k8", vars{"choices": []string{"a", "b"}}), "INVALID", "choose one", "answer.choices"},
		{"a text for a choice", candidate, "saveResponse", acknowledgement, saving(sitting, choice, 1, "k9", vars{"text": "a"}), "INVALID", "does not ask for a text", "answer.text"},
		{"words for a number", candidate, "saveResponse", acknowledgement, saving(sitting, places["NUMERIC"], 0, "k10", vars{"number": "seven"}), "INVALID", "digits", "answer.number"},
		{"an oversized short text", candidate, "saveResponse", acknowledgement, saving(sitting, places["SHORT_TEXT"], 0, "k11", vars{"text": strings.Repeat("x", 1001)}), "INVALID", "1000", "answer.text"},
		{"an oversized long text", candidate, "saveResponse", acknowledgement, saving(sitting, long, 2, "k12", vars{"text": strings.Repeat("ö", 20_001)}), "INVALID", "20000", "answer.text"},
		{"an oversized body", candidate, "saveResponse", acknowledgement, saving(sitting, long, 2, "k13", vars{"text": strings.Repeat("x", 2<<20)}), "LIMIT_EXCEEDED", "", ""},
	})
	t.Run("a stale save is told the answer that stands", func(t *testing.T) {
		got := st.tell(t, candidate, "saveResponse", acknowledgement, saving(sitting, long, 1, "k4", vars{"text": "third"})).fault
		want := `{"revision":2,"answer":{"choices":[],"number":null,"text":"second"}}`
		if got == nil || string(got.Current) != want {
			t.Errorf("got %+v, want %s", got, want)
		}
	})
	t.Run("a save that is repeated is acknowledged again", func(t *testing.T) {
		before := st.picture(t)
		st.save(t, sitting, long, 1, "k3", vars{"text": "second"})
		if diff := cmp.Diff(before, st.picture(t)); diff != "" {
			t.Errorf("something changed:\n%s", diff)
		}
	})
}

func refusedAfter(t *testing.T, st *stage, sitting string) {
	places := st.places(t, sitting)
	must[object](t, st.tell(t, candidate, "submitSitting", sittingID, vars{"id": sitting, "idempotencyKey": "submit"}))
	st.await(t, 30*time.Second, "waiting for a reviewer", func() bool { return st.state(t, sitting) == "IN_REVIEW" })
	read := must[struct{ Node struct{ Report object } }](t, st.ask(t, recruiter,
		`query($id: ID!) { node(id: $id) { ... on CandidateSession { report { id state } } } }`, vars{"id": sitting}))
	review := must[object](t, st.tell(t, recruiter, "assignReview", "review { id }", vars{"sessionId": sitting, "reviewerId": st.member(t, reviewer)})).ID
	scores := func(question, criterion string, points int, evidence string) vars {
		return vars{"id": review, "scores": []vars{{"question": question, "criterion": criterion, "points": points, "comment": "so", "evidence": evidence}}}
	}
	long := places["LONG_TEXT"]
	refuse(t, st, []refusal{
		{"a double submission", candidate, "submitSitting", sittingID, vars{"id": sitting}, "CONFLICT", "already submitted", ""},
		{"an answer after submission", candidate, "saveResponse", acknowledgement, saving(sitting, long, 2, "late", vars{"text": "more"}), "CONFLICT", "already submitted", ""},
		{"a second start", candidate, "startSitting", sittingID, vars{"id": sitting}, "CONFLICT", "ended", ""},
		{"withdrawing what was submitted", recruiter, "cancelSession", sessionID, vars{"id": sitting, "reason": "no"}, "CONFLICT", "", ""},
		{"assigning twice", recruiter, "assignReview", "review { id }", vars{"sessionId": sitting, "reviewerId": st.member(t, reviewer)}, "ALREADY_EXISTS", "assigned to this reviewer already", "reviewerId"},
		{"another reviewer's review", stranger, "submitReview", "review { id }", scores(long, "depth", 2, "second"), "NOT_FOUND", "review", ""},
		{"a recruiter scores", recruiter, "submitReview", "review { id }", scores(long, "depth", 2, "second"), "FORBIDDEN", "review.score", ""},
		{"words that are not in the answer", reviewer, "submitReview", "review { id }", scores(long, "depth", 2, "invented"), "INVALID", "not in the answer", "scores.0.evidence"},
		{"points that are no level", reviewer, "submitReview", "review { id }", scores(long, "depth", 1, "second"), "INVALID", "none of the criterion's levels", "scores.0.points"},
		{"an unknown criterion", reviewer, "submitReview", "review { id }", scores(long, "width", 2, "second"), "INVALID", "no such question and criterion", "scores.0.criterion"},
		{"a criterion left out", reviewer, "submitReview", "review { id }", vars{"id": review, "scores": []vars{}}, "INVALID", "is not scored", "scores"},
		{"releasing a provisional report", recruiter, "releaseReport", "report { id }", vars{"id": read.Node.Report.ID}, "PROVISIONAL", "reviewer", ""},
		{"an unknown report", recruiter, "releaseReport", "report { id }", vars{"id": unknown(read.Node.Report.ID)}, "NOT_FOUND", "report", ""},
		{"another organization's report", outsider, "releaseReport", "report { id }", vars{"id": read.Node.Report.ID}, "NOT_FOUND", "report", ""},
		{"a candidate releases", candidate, "releaseReport", "report { id }", vars{"id": read.Node.Report.ID}, "FORBIDDEN", "report.release", ""},
	})
	t.Run("a submission that is repeated with its key does nothing", func(t *testing.T) {
		before := st.picture(t)
		must[object](t, st.tell(t, candidate, "submitSitting", sittingID, vars{"id": sitting, "idempotencyKey": "submit"}))
		if diff := cmp.Diff(before, st.picture(t)); diff != "" {
			t.Errorf("something changed:\n%s", diff)
		}
	})
}

func (st *stage) member(t *testing.T, email string) string {
	t.Helper()
	read := must[struct {
		Organization struct {
			Members struct {
				Nodes []struct{ ID, Email string }
			}
		}
	}](t, st.ask(t, recruiter, `{ organization { members(first: 100) { nodes { id email } } } }`, nil))
	for _, m := range read.Organization.Members.Nodes {
		if m.Email == email {
			return m.ID
		}
	}
	t.Fatalf("%s is no member", email)
	return ""
}

// deadlineEnds moves the clock beyond deadline and grace and only watches.
func deadlineEnds(t *testing.T, st *stage) {
	sitting := st.begin(t, recruiter)
	places := st.places(t, sitting.ID)
	st.save(t, sitting.ID, places["SINGLE_CHOICE"], 0, "d1", vars{"choices": []string{"b"}})
	st.moveClock(t, 30*time.Minute+10*time.Second)
	st.await(t, 30*time.Second, "past the sitting's deadline", func() bool { return st.state(t, sitting.ID) == "SCORED" })
	read := must[struct {
		Sitting struct {
			State, EndedAt string
			Receipt        struct{ Hash, SubmittedAt string }
			Responses      []struct{ Question string }
		}
	}](t, st.ask(t, candidate, `query($id: ID!) { sitting(id: $id) { state endedAt receipt { hash submittedAt } responses { question } } }`, vars{"id": sitting.ID}))
	got := read.Sitting
	if got.State != "SUBMITTED" || got.EndedAt != sitting.Deadline || got.Receipt.SubmittedAt != sitting.Deadline || len(got.Receipt.Hash) != 64 {
		t.Errorf("got %+v, want it submitted at its deadline %s", got, sitting.Deadline)
	}
	if len(got.Responses) != 1 || got.Responses[0].Question != places["SINGLE_CHOICE"] {
		t.Errorf("got answers %+v, want the one that was saved", got.Responses)
	}
	refuse(t, st, []refusal{
		{"a late answer", candidate, "saveResponse", acknowledgement, saving(sitting.ID, places["SINGLE_CHOICE"], 1, "d2", vars{"choices": []string{"a"}}), "DEADLINE_PASSED", "time is over", ""},
		{"a late first answer", candidate, "saveResponse", acknowledgement, saving(sitting.ID, places["NUMERIC"], 0, "d3", vars{"number": "7"}), "DEADLINE_PASSED", "time is over", ""},
		{"a late submission", candidate, "submitSitting", sittingID, vars{"id": sitting.ID}, "DEADLINE_PASSED", "time is over", ""},
	})
}

func invitationExpires(t *testing.T, st *stage) {
	unopened, opened := st.invite(t, recruiter, time.Hour), st.invite(t, recruiter, time.Hour)
	st.accept(t, opened)
	st.moveClock(t, 2*time.Hour)
	st.await(t, 30*time.Second, "past the invitations' end", func() bool {
		return st.state(t, unopened.session) == "EXPIRED" && st.state(t, opened.session) == "EXPIRED"
	})
	refuse(t, st, []refusal{
		{"accepting it", candidate, "acceptInvitation", sittingID, vars{"token": unopened.secret}, "EXPIRED", "no longer valid", ""},
		{"starting it", candidate, "startSitting", sittingID, vars{"id": opened.session}, "EXPIRED", "no longer valid", ""},
	})
}

// drains keeps a request half sent while the server is asked to stop.
func drains(t *testing.T, s *site) {
	connection, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	live := follow(t, s, recruiter, "subscription { sessionChanged { id } }", nil)
	body := `{"query":"{ version { name } }"}`
	fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", s.address, len(body))
	reader := bufio.NewReader(connection)
	// The server says so when it begins to read the body: the request is in flight.
	if line, err := reader.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("got %q, %v", line, err)
	}
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.await(t, 5*time.Second, "draining", func() bool { return s.readiness() == http.StatusServiceUnavailable })
	if _, err := io.WriteString(connection, body); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(text), `"name":"assay`) {
		t.Errorf("got %s %s %v", answer.Status, text, err)
	}
	live.ends(t, websocket.StatusGoingAway)
	s.awaitEnd(t)
	if _, err := net.Dial("tcp", s.address); err == nil {
		t.Error("somebody still listens")
	}
}

func startsAgain(t *testing.T, st *stage, before, report string) {
	began := time.Now()
	st.start(t)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("ready after %v, want within 5 s", took)
	} else {
		t.Logf("ready %v after the second start", took.Round(time.Millisecond))
	}
	if diff := cmp.Diff(before, st.picture(t)); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
	if got := firstReport(t, st.site); got != report {
		t.Errorf("got the report %s, want %s", got, report)
	}
}
