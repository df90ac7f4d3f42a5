package graph_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gql "github.com/vektah/gqlparser/v2/ast"

	"github.com/assay-hq/assay/graph/transport"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
)

// hand is a clock that the test sets.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hand) look() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) set(to time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = to
}

// leakWorld is an organization in which one sitting was taken, with so much extra time. Everything in it happens at the
// same shares of the allowed time, counted from begin.
type leakWorld struct {
	*org
	clock      *hand
	factor     float64
	session    gid.ID
	person     gid.ID
	start, end time.Time
}

// begin is when the candidate accepted; planned is what the template allows.
var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const planned = 45 * time.Minute

// at sets the clock to a share of the allowed time after begin.
func (w *leakWorld) at(share float64) time.Time {
	at := begin.Add(time.Duration(share * w.factor * float64(planned))).Truncate(time.Millisecond)
	w.clock.set(at)
	return at
}

// does asks for a mutation that has to go well.
func (w *leakWorld) does(t *testing.T, who, name string, input vars) {
	t.Helper()
	query, at := mutation(executable().Schema(), name)
	if a := w.ask(t, w.people[who], query, vars{"input": input}); a.outcome(at) != allowed {
		t.Fatalf("%s: %s", name, a.body)
	}
}

// taken plays a whole sitting through the API.
func taken(t *testing.T, extraPercent int) *leakWorld {
	t.Helper()
	w := &leakWorld{clock: &hand{now: begin}, factor: 1 + float64(extraPercent)/100}
	w.org = newRig(t, dbtest.SQLite(t), tenant.Clock{Own: true, Now: w.clock.look}).found(t, zebrawood)
	w.choice, w.text = w.newQuestion(t, "SINGLE_CHOICE", true), w.newQuestion(t, "LONG_TEXT", true)
	w.template = w.newTemplate(t, true, w.choice, w.text)
	row := w.accepted(t, w.template)
	w.session, w.person = row.ID, row.CandidateID
	if extraPercent > 0 {
		w.does(t, "admin", "grantAccommodation", vars{"sessionId": w.session, "extraPercent": extraPercent, "reason": "fair"})
	}
	w.start = w.at(0.1)
	w.does(t, "candidate", "startSitting", vars{"id": w.session})
	for i, share := range []float64{0.3, 0.5} {
		at := w.at(0.1 + share)
		signal := vars{"kind": "PASTED", "at": at.Format(time.RFC3339), "lasted": "PT2S", "question": "1.2", "clientKey": fmt.Sprint(i)}
		w.does(t, "candidate", "recordSignals", vars{"sittingId": w.session, "signals": []any{signal}})
	}
	w.does(t, "candidate", "saveResponse", vars{"sittingId": w.session, "question": "1.1", "revision": 0, "clientKey": "a", "answer": vars{"choices": []string{"a"}}})
	w.does(t, "candidate", "saveResponse", vars{"sittingId": w.session, "question": "1.2", "revision": 0, "clientKey": "b", "answer": vars{"text": w.says("answer")}})
	w.end = w.at(0.9)
	w.does(t, "candidate", "submitSitting", vars{"id": w.session})
	w.at(1)
	w.does(t, "recruiter", "assignReview", vars{"sessionId": w.session, "reviewerId": w.people["reviewer"].actor.ID})
	w.at(1.1)
	w.score(t, must(w.grades.AssignmentsBySession(t.Context(), w.owner(), []gid.ID{w.session}))(t)[0])
	w.report = w.reportOf(t, w.session)
	w.does(t, "recruiter", "releaseReport", vars{"id": w.report})
	w.does(t, "candidate", "contestSitting", vars{"sittingId": w.session, "subject": "SCORE", "statement": "no"})
	w.does(t, "recruiter", "judgeIntegrity", vars{"sessionId": w.session, "verdict": "EXPLAINED", "comment": "a citation"})
	return w
}

// authored are types that hold what was written before anybody was invited; the walk stops before them.
var authored = []string{"JobRole", "AssessmentTemplate", "TemplateVersion", "Question", "QuestionRevision", "Skill", "Organization", "QuestionContent", "Criterion"}

// all selects every field that a type leads to and that needs no argument, no type twice on a path.
func all(schema *gql.Schema, name string, path ...string) string {
	def := schema.Types[name]
	if !def.IsCompositeType() {
		return ""
	}
	text := "{ __typename"
	for _, f := range fields(def) {
		needs := slices.ContainsFunc(f.Arguments, func(a *gql.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil })
		inner := f.Type.Name()
		if needs || slices.Contains(path, inner) || slices.Contains(authored, inner) || inner == "Edge" || f.Name == "edges" {
			continue
		}
		text += " " + f.Name + " " + all(schema, inner, append(slices.Clone(path), name)...)
	}
	return text + " }"
}

// asked is everything that staff can ask about sessions and what came of them: by id, and each list of the organization
// that is not of what was authored. What somebody may not read is refused in both worlds alike.
func (w *leakWorld) asked(schema *gql.Schema) map[string]string {
	queries := map[string]string{}
	for _, name := range []string{"CandidateSession", "Report", "Candidate"} {
		id := map[string]gid.ID{"CandidateSession": w.session, "Report": w.report, "Candidate": w.person}[name]
		for _, f := range fields(schema.Types[name]) {
			args := ""
			if f.Arguments.ForName("hash") != nil {
				args = `(hash: "00")`
			}
			if !slices.Contains(authored, f.Type.Name()) {
				queries[name+"."+f.Name] = fmt.Sprintf("{ node(id: %q) { ... on %s { %s%s %s } } }", id, name, f.Name, args, all(schema, f.Type.Name(), name))
			}
		}
	}
	left := []string{"members", "skills", "jobRoles", "questions", "templates", "apiKeys", "auditEvents", "accommodations", "catalogue", "qti"}
	for _, f := range fields(schema.Types["Organization"]) {
		args := ""
		if a := f.Arguments.ForName("input"); a != nil {
			args = fmt.Sprintf("(input: {jobRoleId: %q})", w.role)
		}
		if slices.Contains(left, f.Name) || args == "" && f.Arguments.ForName("first") == nil || slices.Contains(authored, f.Type.Name()) {
			continue
		}
		if slices.Contains([]string{"sessions", "reports", "contests"}, f.Name) { // there is one; a full page would be refused as too dear
			args = "(first: 1)"
		}
		queries["Organization."+f.Name] = "{ organization { " + f.Name + args + " " + all(schema, f.Type.Name(), "Organization") + " } }"
	}
	return queries
}

var (
	idForm     = regexp.MustCompile(`^[a-z]{3}_[0-9a-z]{26}$`)
	momentForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`)
)

// retold is what was told, with every moment as a share, and all moments that stood in it: also those that ids and cursors
// carry.
type retold struct {
	w       *leakWorld
	moments map[time.Time]string
}

// share tells a moment as a share of the allowed time; what is far away was not played.
func (d *retold) share(at time.Time, where string) string {
	d.moments[at] = where
	since := at.Sub(begin)
	if since <= time.Second || since > 24*time.Hour { // to the day
		return fmt.Sprintf("%s from the beginning", since.Truncate(24*time.Hour))
	}
	return fmt.Sprintf("at %.2f", float64(since)/d.w.factor/float64(planned))
}

func (d *retold) normal(v any, where string) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, each := range v {
			out[name] = d.normal(each, where+"."+name)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, each := range v {
			out[i] = d.normal(each, where)
		}
		return out
	case string:
		return d.text(v, where)
	}
	return v
}

func (d *retold) text(v, where string) string {
	if raw, err := base64.RawURLEncoding.DecodeString(v); err == nil && strings.HasSuffix(strings.ToLower(where), "cursor") {
		var cursor any
		if json.Unmarshal(raw, &cursor) == nil {
			return fmt.Sprint(d.normal(cursor, where))
		}
	}
	var id gid.ID
	if idForm.MatchString(v) && id.UnmarshalText([]byte(v)) == nil {
		return id.Kind().Prefix() + " " + d.share(id.Time(), where)
	}
	if momentForm.MatchString(v) {
		at, err := time.Parse(time.RFC3339, v)
		if err == nil {
			return d.share(at, where)
		}
	}
	return v
}

// TestExtraTimeCannotBeRead plays two sittings that are equal but for their extra time, and reads as everybody who must
// not know of it everything there is to read. What they are told is equal once moments are shares of the allowed time,
// and none of it is a moment between the start and the end, from which the allowed time could be told.
func TestExtraTimeCannotBeRead(t *testing.T) {
	schema := executable().Schema()
	plain, extra := taken(t, 0), taken(t, 50)
	read := 0
	for _, who := range []string{"recruiter", "hiring_manager", "reviewer", "analyst", "integration"} {
		queries := extra.asked(schema)
		for name, query := range plain.asked(schema) {
			a, b := plain.tells(t, who, query), extra.tells(t, who, queries[name])
			if diff := cmp.Diff(a.data, b.data); diff != "" {
				t.Errorf("%s as %s tells of extra time: %s", name, who, diff)
			}
			for at, where := range b.moments {
				if !at.Before(extra.start) && at.Before(extra.end) {
					t.Errorf("%s as %s tells a moment of the sitting at %s", name, who, where)
				}
			}
			if b.read {
				read++
			}
		}
	}
	if read < 60 {
		t.Errorf("only %d answers told anything", read)
	}
	t.Logf("%d answers are equal", read)
}

// tale is one answer, in shares.
type tale struct {
	data    any
	moments map[time.Time]string
	read    bool
}

func (w *leakWorld) tells(t *testing.T, who, query string) tale {
	t.Helper()
	a := w.ask(t, w.people[who], query, nil)
	if strings.Contains(string(a.body), "ccommodation") {
		t.Errorf("as %s: %s speaks of accommodation: %s", who, query, a.body)
	}
	d := &retold{w: w, moments: map[time.Time]string{}}
	var errs []string
	for _, e := range a.Errors {
		errs = append(errs, fmt.Sprint(e.Path, e.Extensions["code"]))
		if e.Extensions["code"] != "FORBIDDEN" && e.Extensions["code"] != "NOT_FOUND" {
			t.Fatalf("%s: %s", query, a.body)
		}
	}
	slices.Sort(errs)
	if len(errs) == transport.DefaultLimits().Errors { // which of more were told is chance
		errs = []string{"many"}
	}
	return tale{data: []any{d.normal(a.Data, ""), errs}, moments: d.moments, read: len(a.Errors) == 0}
}

// TestCandidatesLearnWhoOpened reads a report as several people: the candidate is told when and in which role, and not who.
func TestCandidatesLearnWhoOpened(t *testing.T) {
	w := taken(t, 0)
	mine := "{ myRecords { employer sittings { answers signalCount openings { at by } } } }"
	opened := func() string {
		a := w.ask(t, w.people["candidate"], mine, nil)
		return string(must(json.Marshal(a.Data))(t))
	}
	if got := opened(); !strings.Contains(got, `"answers":2`) || !strings.Contains(got, `"signalCount":2`) || !strings.Contains(got, `"openings":[]`) {
		t.Fatalf("got %s", got)
	}
	for _, who := range []string{"recruiter", "analyst", "recruiter", "integration", "reviewer"} {
		w.ask(t, w.people[who], below("Report", "result { cutPercent }"), vars{"id": w.report})
	}
	got := opened()
	for by, n := range map[string]int{"recruiter": 1, "analyst": 1, "integration": 1, "reviewer": 0} {
		if strings.Count(got, `"by":"`+by+`"`) != n {
			t.Errorf("by %s, want %d: %s", by, n, got)
		}
	}
	if strings.Contains(got, w.people["recruiter"].email) || strings.Contains(got, "mem_") {
		t.Errorf("it names a person: %s", got)
	}
}
