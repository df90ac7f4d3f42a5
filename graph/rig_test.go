package graph_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/graph"
	"github.com/assay-hq/assay/graph/transport"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/blob"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/login/devidp"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// rig is the API as the binary serves it: the rooms on a store, the login middleware before the real transport, and a
// provider that signs tokens. Jobs run after their commit.
type rig struct {
	db       dbtest.Database
	store    *tenant.Store
	rules    *policy.Policy
	ids      *gid.Source
	accounts *account.Service
	authors  *authoring.Service
	sittings *sitting.Service
	grades   *grading.Service
	insights *insight.Service
	provider *devidp.Provider
	issuer   string
	url      string
	client   *http.Client
	random   *recorder
	ear      *ear
	serial   atomic.Int64
	gather   time.Duration // of the loaders; as in production if zero
}

// recorder is a source of randomness that remembers the last secret read from it: the link of an invitation.
type recorder struct {
	mu   sync.Mutex
	last string
}

func (r *recorder) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := rand.Read(p)
	if len(p) == 32 {
		r.last = base64.RawURLEncoding.EncodeToString(p)
	}
	return n, err
}

func (r *recorder) secret() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// ear hears every statement.
type ear struct {
	mu    sync.Mutex
	texts []string
}

func (e *ear) hear(statement string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.texts = append(e.texts, statement)
}

// heard are the statements since the last call.
func (e *ear) heard() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	texts := e.texts
	e.texts = nil
	return texts
}

// ticking is a clock that is a little later at each look, so that the order of creation is the order of ids.
func ticking() tenant.Clock {
	var looks atomic.Int64
	begin := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return tenant.Clock{Own: true, Now: func() time.Time {
		return begin.Add(time.Duration(looks.Add(1)) * 10 * time.Millisecond)
	}}
}

func newRig(t testing.TB, db dbtest.Database, clock tenant.Clock) *rig {
	t.Helper()
	return newRigThatGathers(t, db, clock, 0)
}

func newRigThatGathers(t testing.TB, db dbtest.Database, clock tenant.Clock, wait time.Duration) *rig {
	t.Helper()
	r := &rig{db: db, gather: wait, ids: gid.NewSource(rand.Reader), random: &recorder{}, ear: &ear{}}
	r.rules = must(policy.New())(t)
	r.store = must(tenant.Open(tenant.Config{
		URL: db.URL, Policy: r.rules, Clock: clock, IDs: r.ids, Log: slog.New(slog.DiscardHandler), Observe: r.ear.hear,
		Inline: r.work, Request: requestID,
	}))(t)
	t.Cleanup(func() {
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	r.accounts, r.authors = account.New(r.store, rand.Reader), authoring.New(r.store)
	files := must(blob.Open(t.Context(), "mem://"))(t)
	t.Cleanup(func() { _ = files.Close() })
	r.sittings = sitting.New(r.store, sitting.Config{PublicURL: "http://assay.example", Random: r.random, Files: files})
	r.grades, r.insights = grading.New(r.store), insight.New(r.store)
	r.serve(t)
	return r
}

// work is what the background worker does with a job.
func (r *rig) work(ctx context.Context, args job.Args) error {
	switch j := args.(type) {
	case job.ScoreSession:
		return r.grades.Score(ctx, policy.Worker(j.OrganizationID), j.SessionID)
	case job.Rescore:
		return r.grades.Rescore(ctx, policy.Worker(j.OrganizationID), j.RescoringID)
	case job.SendMail:
		return r.sittings.Deliver(ctx, policy.Worker(j.OrganizationID), j.MailID)
	case job.DeleteFiles:
		return r.sittings.DeleteFiles(ctx, policy.Worker(j.OrganizationID), j.Blobs)
	}
	return nil
}

const request = "req_of_a_test"

func requestID(context.Context) string { return request }

// serve puts the provider and the API behind one address.
func (r *rig) serve(t testing.TB) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewUnstartedServer(mux)
	r.url = "http://" + server.Listener.Addr().String()
	r.issuer = r.url + "/dev/idp"
	r.provider = must(devidp.New(devidp.Config{
		Issuer: r.issuer, ClientID: "assay", ClientSecret: "secret", Accounts: accounts(),
	}))(t)
	signIn := must(login.New(t.Context(), login.Config{
		Issuer: r.issuer, ClientID: "assay", ClientSecret: "secret", PublicURL: r.url,
		Resolve: r.store.Directory().Resolve, ResolveKey: r.store.Directory().KeyActor,
		Sessions: r.store.WebSessions(), Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}))(t)
	mux.Handle("/dev/idp/", r.provider)
	mux.Handle("/graphql", signIn.Middleware(r.graphQL(testLog(t), signIn)))
	server.Start()
	t.Cleanup(server.Close)
	r.client = server.Client()
}

func (r *rig) graphQL(log *slog.Logger, signIn *login.Service) http.Handler {
	resolver, limits := r.resolver(), transport.DefaultLimits()
	limits.Live.KeepAlive = quiet
	return transport.New(transport.Config{
		Schema:        graph.NewExecutableSchema(graph.Config{Resolvers: resolver, Complexity: graph.Complexity()}),
		Limits:        limits,
		Introspection: func(context.Context) bool { return false },
		ViaCookie:     login.ViaCookie,
		RequestID:     requestID,
		Log:           log,
		Around:        resolver.WithLoaders,
		Begin:         signIn.Begin,
		Again:         signIn.Again,
		Caller:        login.Caller,
		Origin:        r.url,
	})
}

// quiet is how long a subscription says nothing before a test believes that it has nothing to say.
const quiet = 2 * time.Second

func (r *rig) resolver() *graph.Resolver {
	return &graph.Resolver{
		Account: r.accounts, Authoring: r.authors, Sittings: r.sittings, Grading: r.grades, Insight: r.insights,
		Policy: r.rules, Version: "assay test", Gather: r.gather,
	}
}

// testLog shows the errors that are ours, which no test provokes.
func testLog(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelError}))
}

type testWriter struct{ t testing.TB }

// Write fails the test, while it lasts: what still runs when the database is closed beneath it says nothing of the product.
func (w testWriter) Write(p []byte) (int, error) {
	if w.t.Context().Err() == nil {
		w.t.Errorf("an error of ours: %s", p)
	}
	return len(p), nil
}

func executable() graphql.ExecutableSchema {
	return graph.NewExecutableSchema(graph.Config{Resolvers: &graph.Resolver{}})
}

// must passes on a result that has to be there.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// vars are the variables of a request, and parts of them.
type vars = map[string]any

// answer is what the API said.
type answer struct {
	status int
	body   []byte
	Data   map[string]any `json:"data"`
	Errors []struct {
		Message    string         `json:"message"`
		Path       []any          `json:"path"`
		Extensions map[string]any `json:"extensions"`
	} `json:"errors"`
}

// ask sends an operation with somebody's credentials.
func (r *rig) ask(t testing.TB, who *person, query string, variables vars) *answer {
	t.Helper()
	body := must(json.Marshal(vars{"query": query, "variables": variables}))(t)
	req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/graphql", bytes.NewReader(body)))(t)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	if who.token != "" {
		req.Header.Set("Authorization", "Bearer "+who.token)
	}
	resp := must(r.client.Do(req))(t)
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		a.body = firstEvent(t, resp.Body)
	} else {
		a.body = must(io.ReadAll(resp.Body))(t)
	}
	if err := json.Unmarshal(a.body, a); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return a
}

// firstEvent is what the first event of a stream says, or an empty answer if none comes.
func firstEvent(t testing.TB, stream io.Reader) []byte {
	t.Helper()
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if lines.Text() == ":" {
			return []byte("{}")
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return []byte(data)
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return nil
}

// The outcomes of a request, as the authorization matrix shows them. Any other is a code of its own.
const (
	allowed         = "OK"
	denied          = "DENIED"
	notFound        = string(fault.NotFound)
	unauthenticated = string(fault.Unauthenticated)
	nothing         = "NOTHING" // neither an error nor an object
)

// outcome tells how a request ended; path leads to the object that has to be there if it went well.
func (a *answer) outcome(path string) string {
	if a.status != http.StatusOK {
		return "HTTP " + strconv.Itoa(a.status)
	}
	if len(a.Errors) > 0 {
		code, _ := a.Errors[0].Extensions["code"].(string)
		if code == string(fault.Denied) {
			return denied
		}
		return code
	}
	root, _, _ := strings.Cut(path, ".")
	if code := payloadCode(a.Data[root]); code != "" {
		return code
	}
	if reach(a.Data, path) == nil {
		return nothing
	}
	return allowed
}

// payloadCode is the code of the first error in a mutation's payload.
func payloadCode(payload any) string {
	object, _ := payload.(map[string]any)
	errs, _ := object["errors"].([]any)
	if len(errs) == 0 {
		return ""
	}
	code, _ := errs[0].(map[string]any)["code"].(string)
	return code
}

// reach follows a dotted path through objects and the first elements of lists; nil if it ends early.
func reach(value any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		object, ok := first(value).(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return first(value)
}

func first(value any) any {
	for {
		list, ok := value.([]any)
		if !ok {
			return value
		}
		if len(list) == 0 {
			return nil
		}
		value = list[0]
	}
}

// anID knows a global id anywhere in a text.
var anID = regexp.MustCompile(`\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b`)

// next makes texts that occur once.
func (r *rig) next(prefix string) string { return prefix + strconv.FormatInt(r.serial.Add(1), 10) }
