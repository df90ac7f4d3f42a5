package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// world is a server over the test's schema, with what it wrote to its log.
type world struct {
	*Server
	schema *testSchema
	log    *bytes.Buffer
}

type cookieKey struct{}

func newWorld(t testing.TB, change func(*Config)) *world {
	t.Helper()
	w := &world{schema: newTestSchema(t), log: &bytes.Buffer{}}
	cfg := Config{
		Schema:        w.schema,
		Limits:        DefaultLimits(),
		Introspection: func(context.Context) bool { return true },
		ViaCookie:     func(ctx context.Context) bool { return ctx.Value(cookieKey{}) != nil },
		RequestID:     func(context.Context) string { return "req-1" },
		Log:           slog.New(slog.NewTextHandler(w.log, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	w.Server = New(cfg)
	return w
}

// result is an answer as a client reads it.
type result struct {
	status int
	header http.Header
	text   string
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Locations  []any
		Extensions map[string]any
	}
	Extensions map[string]any
}

// code is the code of the first error.
func (r result) code() any {
	if len(r.Errors) == 0 {
		return nil
	}
	return r.Errors[0].Extensions["code"]
}

func (r result) limit() any {
	if len(r.Errors) == 0 {
		return nil
	}
	return r.Errors[0].Extensions["limit"]
}

func (w *world) do(t testing.TB, r *http.Request) result {
	t.Helper()
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	got := result{status: rec.Code, header: rec.Result().Header, text: rec.Body.String()}
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
		t.Fatalf("the answer is no JSON: %v in %q", err, got.text)
	}
	return got
}

func post(body string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func get(params url.Values) *http.Request {
	return httptest.NewRequest(http.MethodGet, "/graphql?"+params.Encode(), nil)
}

func body(query string, vars map[string]any) string {
	text, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (w *world) query(t testing.TB, query string, vars map[string]any) result {
	t.Helper()
	return w.do(t, post(body(query, vars), "Accept", mediaResponse))
}

func viaCookie(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), cookieKey{}, true))
}

func TestHTTP(t *testing.T) {
	const hello = `{"query":"{ hello }"}`
	encoded := func(coding string) *http.Request { return post(hello, "Content-Encoding", coding) }
	method := func(name string) *http.Request {
		r := post(hello)
		r.Method = name
		return r
	}
	for name, tc := range map[string]struct {
		request *http.Request
		status  int
		code    any
	}{
		"a POST is answered":                        {post(hello), 200, nil},
		"a GET query is answered":                   {get(url.Values{"query": {"{ hello }"}}), 200, nil},
		"a GET has variables":                       {get(url.Values{"query": {"query($n: Int) { n(n: $n) }"}, "variables": {`{"n":1}`}}), 200, nil},
		"a GET's variables are strict JSON":         {get(url.Values{"query": {"{ hello }"}, "variables": {`{"n":1}x`}}), 400, "BAD_USER_INPUT"},
		"a GET parameter is given once":             {get(url.Values{"query": {"{ hello }", "{ item { id } }"}}), 400, "BAD_USER_INPUT"},
		"a GET without query is 400":                {get(nil), 400, "BAD_USER_INPUT"},
		"a mutation over GET is 405":                {get(url.Values{"query": {"mutation { touch }"}}), 405, "BAD_USER_INPUT"},
		"a subscription over GET is 405":            {get(url.Values{"query": {"subscription { ticks }"}}), 405, "BAD_USER_INPUT"},
		"PUT is 405":                                {method("PUT"), 405, "BAD_USER_INPUT"},
		"HEAD is 405":                               {method("HEAD"), 405, "BAD_USER_INPUT"},
		"a GET with a cookie is 403":                {viaCookie(get(url.Values{"query": {"{ hello }"}})), 403, "FORBIDDEN"},
		"a POST with a cookie needs a header":       {viaCookie(post(hello)), 403, "FORBIDDEN"},
		"a POST with a cookie and X-Requested-With": {viaCookie(post(hello, "X-Requested-With", "page")), 200, nil},
		"a POST with a cookie and our own header":   {viaCookie(post(hello, "Assay-Requested-With", "page")), 200, nil},
		"a form is 415":                             {post("query={hello}", "Content-Type", "application/x-www-form-urlencoded"), 415, "BAD_USER_INPUT"},
		"text/plain is 415":                         {post(hello, "Content-Type", "text/plain"), 415, "BAD_USER_INPUT"},
		"no content type is 415":                    {post(hello, "Content-Type", ""), 415, "BAD_USER_INPUT"},
		"utf-8 may be said":                         {post(hello, "Content-Type", `application/json; charset="UTF-8"`), 200, nil},
		"another character set is 415":              {post(hello, "Content-Type", "application/json; charset=latin1"), 415, "BAD_USER_INPUT"},
		"gzip is 415":                               {encoded("gzip"), 415, "BAD_USER_INPUT"},
		"identity is no encoding":                   {encoded("identity"), 200, nil},
		"an image alone is 406":                     {post(hello, "Accept", "image/png"), 406, "BAD_USER_INPUT"},
		"only refused types are 406":                {post(hello, "Accept", "*/*;q=0"), 406, "BAD_USER_INPUT"},
		"a subscription over POST is refused":       {post(`{"query":"subscription { ticks }"}`, "Accept", mediaResponse), 400, "BAD_USER_INPUT"},
		"an empty body is 400":                      {post(""), 400, "BAD_USER_INPUT"},
		"a batch is 400":                            {post("[" + hello + "]"), 400, "BAD_USER_INPUT"},
		"no query is 400":                           {post(`{"variables":{}}`), 400, "BAD_USER_INPUT"},
		"Query is not query":                        {post(`{"Query":"{ hello }"}`), 400, "BAD_USER_INPUT"},
		"unknown members are ignored":               {post(`{"query":"{ hello }","future":1}`), 200, nil},
		"a member named twice is 400":               {post(`{"query":"{ hello }","query":"mutation { touch }"}`), 400, "BAD_USER_INPUT"},
		"a member named twice in variables is 400":  {post(`{"query":"{ hello }","variables":{"a":1,"\u0061":2}}`), 400, "BAD_USER_INPUT"},
		"text after the document is 400":            {post(hello + "x"), 400, "BAD_USER_INPUT"},
		"a second document is 400":                  {post(hello + hello), 400, "BAD_USER_INPUT"},
		"invalid utf-8 is 400":                      {post("{\"query\":\"{ hello(name: \\\"\xff\\\") }\"}"), 400, "BAD_USER_INPUT"},
		"deep JSON is 400":                          {post(`{"query":"{ hello }","variables":{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}}`), 400, "BAD_USER_INPUT"},
		"a body over the limit is 413":              {post(`{"query":"{ hello }","variables":{"a":"` + strings.Repeat("x", 1<<20) + `"}}`), 413, "LIMIT_EXCEEDED"},
		"query text over the limit is 413":          {post(body("{ hello } #"+strings.Repeat("x", 100<<10), nil)), 413, "LIMIT_EXCEEDED"},
		"an unknown operationName is refused":       {post(`{"query":"query A { hello } query B { hello }","operationName":"C"}`, "Accept", mediaResponse), 400, "BAD_USER_INPUT"},
		"two operations need an operationName":      {post(`{"query":"query A { hello } query B { hello }"}`, "Accept", mediaResponse), 400, "BAD_USER_INPUT"},
		"operationName picks the operation":         {post(`{"query":"query A { hello } query B { fails }","operationName":"A"}`), 200, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			got := w.do(t, tc.request)
			if got.status != tc.status || got.code() != tc.code {
				t.Errorf("got %d %v, want %d %v: %s", got.status, got.code(), tc.status, tc.code, got.text)
			}
			if tc.code != nil && (w.schema.ran.Load() != 0 || strings.Contains(got.text, `"data"`)) {
				t.Errorf("a refused request ran %d resolvers and answered %s", w.schema.ran.Load(), got.text)
			}
			if got.status == 405 && got.header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
		})
	}
}

func TestAllowNamesWhatWouldWork(t *testing.T) {
	w := newWorld(t, nil)
	r := post("")
	r.Method = http.MethodDelete
	if got := w.do(t, r).header.Get("Allow"); got != "GET, POST" {
		t.Errorf("DELETE is told %q", got)
	}
	if got := w.do(t, get(url.Values{"query": {"mutation { touch }"}})).header.Get("Allow"); got != "POST" {
		t.Errorf("a mutation over GET is told %q", got)
	}
}

func TestBodyIsNeverEchoed(t *testing.T) {
	w := newWorld(t, nil)
	for _, body := range []string{`{"query": hunter2`, `hunter2`, `["hunter2"]`, `{"query":"{ hello }","hunter2":1,"hunter2":1}`, `{"query":{"hunter2":1}}`} {
		if got := w.do(t, post(body)); strings.Contains(got.text, "hunter2") {
			t.Errorf("%s is answered with %s", body, got.text)
		}
	}
}

func TestBodyIsRefusedBeforeItIsRead(t *testing.T) {
	w := newWorld(t, nil)
	r := post("")
	r.ContentLength = 1<<20 + 1
	r.Body = io.NopCloser(unreadable{t})
	if got := w.do(t, r); got.status != 413 || got.limit() != "body" {
		t.Errorf("got %d %v", got.status, got.limit())
	}
}

type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestAccept(t *testing.T) {
	for accept, want := range map[string]string{
		"":              mediaJSON,
		"*/*":           mediaJSON,
		"application/*": mediaJSON,
		mediaJSON:       mediaJSON,
		mediaResponse:   mediaResponse,
		"application/graphql-response+json, application/json":           mediaResponse,
		"application/json, application/graphql-response+json":           mediaJSON,
		"application/graphql-response+json;q=0.5, application/json":     mediaJSON,
		"application/json;q=0.5, application/graphql-response+json;q=1": mediaResponse,
		"application/json;q=0, */*":                                     mediaResponse,
		"text/event-stream, application/graphql-response+json":          mediaStream,
		"application/json, text/event-stream":                           mediaJSON,
		"application/json;q=0.9, text/event-stream":                     mediaStream,
		"text/event-stream;q=0, */*":                                    mediaJSON,
		"text/html, application/xml;q=0.9, */*;q=0.8":                   mediaJSON,
		"application/graphql-response+json; charset=utf-8":              mediaResponse,
		"APPLICATION/GRAPHQL-RESPONSE+JSON":                             mediaResponse,
		"text/event-stream":                                             mediaStream,
		"text/html":                                                     "",
		"application/json;charset=latin1":                               "",
		"application/json;q=2":                                          "",
		";":                                                             "",
	} {
		accepts := negotiate([]string{accept})
		got := accepts.media
		if !accepts.ok {
			got = ""
		}
		if got != want {
			t.Errorf("Accept %q gives %q, want %q", accept, got, want)
		}
	}
}

func TestRequestFaults(t *testing.T) {
	faults := map[string]string{
		"syntax":     `{"query":"{"}`,
		"validation": `{"query":"{ nothing }"}`,
		"coercion":   `{"query":"query($id: ID!) { n(id: $id) }","variables":{"id":null}}`,
		"a limit":    `{"query":"{ ` + strings.Repeat("hello ", 1001) + `}"}`,
	}
	for name, body := range faults {
		for media, status := range map[string]int{mediaJSON: 200, mediaResponse: 400} {
			t.Run(name+" as "+media, func(t *testing.T) {
				got := newWorld(t, nil).do(t, post(body, "Accept", media))
				if got.status != status || got.code() == nil || strings.Contains(got.text, `"data"`) {
					t.Errorf("got %d, want %d: %s", got.status, status, got.text)
				}
				if got.header.Get("Content-Type") != media+"; charset=utf-8" {
					t.Errorf("content type %q", got.header.Get("Content-Type"))
				}
				if got.Errors[0].Extensions["requestId"] != "req-1" {
					t.Errorf("no request id: %s", got.text)
				}
			})
		}
	}
}

func TestStrictVariables(t *testing.T) {
	const query = `query($n: Int, $f: Float, $b: Boolean, $id: ID, $s: String, $colour: Colour, $wish: Wish, $list: [Int!]) {
		n(n: $n, f: $f, b: $b, id: $id, s: $s, colour: $colour, wish: $wish, list: $list) }`
	for vars, ok := range map[string]bool{
		`{"n":10}`:         true,
		`{"n":null}`:       true,
		`{"n":2147483647}`: true,
		`{"n":2147483648}`: false,
		`{"n":"10"}`:       false,
		`{"n":1.0}`:        false,
		`{"n":true}`:       false,
		`{"f":1.5}`:        true,
		`{"f":1}`:          true,
		`{"f":"1.5"}`:      false,
		`{"f":1e999}`:      false,
		`{"b":true}`:       true,
		`{"b":1}`:          false,
		`{"b":"true"}`:     false,
		`{"id":"ses_1"}`:   true,
		`{"id":5}`:         false,
		`{"s":"x"}`:        true,
		`{"s":5}`:          false,
		`{"colour":"RED"}`: true,
		`{"colour":"red"}`: false,
		`{"colour":1}`:     false,
		`{"list":[1,2]}`:   true,
		`{"list":1}`:       true,
		`{"list":["1"]}`:   false,
		`{"list":[null]}`:  false,
		`{"wish":{"n":1,"more":[{"colour":"RED"}]}}`: true,
		`{"wish":{"n":"1"}}`:                         false,
		`{"wish":{"more":[{"colour":"red"}]}}`:       false,
		`{"wish":{"unknown":1}}`:                     false,
		`{"wish":[]}`:                                false,
		`{"undeclared":1}`:                           true,
	} {
		w := newWorld(t, nil)
		text, _ := json.Marshal(query)
		got := w.do(t, post(`{"query":`+string(text)+`,"variables":`+vars+`}`))
		if want := map[bool]any{true: nil, false: "BAD_USER_INPUT"}[ok]; got.code() != want {
			t.Errorf("%s: got %s", vars, got.text)
		}
		if !ok && w.schema.ran.Load() != 0 {
			t.Errorf("%s: resolvers ran", vars)
		}
	}
}

func TestLiteralsOutOfRange(t *testing.T) {
	for _, query := range []string{`{ n(n: 2147483648) }`, `{ n(f: 1e999) }`, `{ n(id: 99999999999999999999) }`, `{ n(list: [2147483648]) }`, `{ n(n: "10") }`, `{ n(colour: red) }`} {
		w := newWorld(t, nil)
		if got := w.query(t, query, nil); got.status != 400 || got.code() != "BAD_USER_INPUT" || w.schema.ran.Load() != 0 {
			t.Errorf("%s: got %s", query, got.text)
		}
	}
}

func TestErrorsTellNothingOfOurs(t *testing.T) {
	w := newWorld(t, nil)
	got := w.query(t, `{ a: fails hello b: faulty c: panics }`, nil)
	if got.status != 200 || got.Data["hello"] != "hello" {
		t.Errorf("siblings are lost: %d %s", got.status, got.text)
	}
	byPath := map[any]any{}
	for _, e := range got.Errors {
		byPath[e.Path[0]] = e.Extensions["code"].(string) + " " + e.Message + " " + e.Extensions["requestId"].(string)
	}
	want := map[any]any{
		"a": "INTERNAL something went wrong on our side req-1",
		"b": "NOT_FOUND there is no such session req-1",
		"c": "INTERNAL something went wrong on our side req-1",
	}
	if diff := cmp.Diff(want, byPath); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(got.text, "hunter2") || strings.Contains(got.text, "goroutine") {
		t.Errorf("the client reads %s", got.text)
	}
	if log := w.log.String(); strings.Count(log, "request=req-1") != 2 || !strings.Contains(log, "password=hunter2") || !strings.Contains(log, "goroutine") {
		t.Errorf("the log reads %s", log)
	}
}

func TestPanicOutsideOfResolvers(t *testing.T) {
	w := newWorld(t, func(cfg *Config) {
		cfg.Around = func(context.Context) context.Context { panic("hunter2") }
	})
	got := w.query(t, `{ hello }`, nil)
	if got.status != 500 || got.code() != "INTERNAL" || strings.Contains(got.text, "hunter2") {
		t.Errorf("got %d %s", got.status, got.text)
	}
	if len(w.slots) != 0 {
		t.Error("the slot was not given back")
	}
}

func TestTimeout(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.Limits.Time = time.Millisecond })
	if got := w.query(t, `{ waits }`, nil); got.code() != "TIMEOUT" || strings.Contains(got.text, "driver") {
		t.Errorf("got %s", got.text)
	}
	if w.log.Len() != 0 {
		t.Errorf("a timeout is logged as ours: %s", w.log)
	}
	w = newWorld(t, func(cfg *Config) { cfg.Limits.Time = 0 })
	if got := w.query(t, `{ hello }`, nil); got.code() != "TIMEOUT" || w.schema.ran.Load() != 0 {
		t.Errorf("over before it began: %s", got.text)
	}
}

func TestOverload(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.Limits.InFlight = 1 })
	entered, release := make(chan struct{}), make(chan struct{})
	w.schema.resolvers["holds"] = func(context.Context) (any, error) {
		close(entered)
		<-release
		return "held", nil
	}
	first := make(chan result)
	go func() { first <- w.query(t, `{ holds }`, nil) }()
	<-entered
	got := w.query(t, `{ hello }`, nil)
	if got.status != 503 || got.code() != "OVERLOADED" || got.header.Get("Retry-After") == "" {
		t.Errorf("got %d %s", got.status, got.text)
	}
	close(release)
	if got := <-first; got.Data["holds"] != "held" {
		t.Errorf("the first got %s", got.text)
	}
	if got := w.query(t, `{ hello }`, nil); got.status != 200 {
		t.Errorf("afterwards: %d", got.status)
	}
}

func TestIntrospection(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.Introspection = func(context.Context) bool { return false } })
	for _, query := range []string{`{ __schema { types { name } } }`, `{ a: __type(name: "Query") { name } }`, `{ ...F } fragment F on Query { ... { __schema { types { name } } } }`} {
		if got := w.query(t, query, nil); got.code() != "FORBIDDEN" {
			t.Errorf("%s: got %s", query, got.text)
		}
	}
	if got := w.query(t, `{ __typename }`, nil); got.Data["__typename"] != "Query" {
		t.Errorf("__typename: %s", got.text)
	}
}

func TestNothingIsSuggested(t *testing.T) {
	w := newWorld(t, nil)
	for _, query := range []string{`{ helo }`, `{ hello(nam: "x") }`, `{ item }`, `{ n(colour: REED) }`, `{ n(wish: {colou: RED}) }`, `query($w: Wis) { n(wish: $w) }`, `{ ... on Itm { id } }`} {
		if got := w.query(t, query, nil); got.code() != "BAD_USER_INPUT" || strings.Contains(got.text, "ean") {
			t.Errorf("%s: got %s", query, got.text)
		}
	}
}

func TestDeferIsRefused(t *testing.T) {
	if got := newWorld(t, nil).query(t, `{ ... @defer { hello } }`, nil); got.status != 400 {
		t.Errorf("got %s", got.text)
	}
}

func TestAroundIsCalledOncePerOperation(t *testing.T) {
	calls := 0
	type key struct{}
	w := newWorld(t, func(cfg *Config) {
		cfg.Around = func(ctx context.Context) context.Context {
			calls++
			return context.WithValue(ctx, key{}, "installed")
		}
	})
	w.schema.resolvers["hello"] = func(ctx context.Context) (any, error) { return ctx.Value(key{}), nil }
	if got := w.query(t, `{ a: hello b: hello }`, nil); calls != 1 || got.Data["b"] != "installed" {
		t.Errorf("%d calls, %s", calls, got.text)
	}
	w.query(t, `{ nothing }`, nil)
	if calls != 1 {
		t.Error("called for a refused operation")
	}
}

// TestAudits runs the public audit suite if its packages are installed (npm ci in graph/audit).
func TestAudits(t *testing.T) {
	runner := filepath.Join("..", "audit", "run.mjs")
	if _, err := os.Stat(filepath.Join("..", "audit", "node_modules", "graphql-http")); err != nil {
		t.Skip("run npm ci in graph/audit first")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	server := httptest.NewServer(newWorld(t, nil))
	defer server.Close()
	out, err := exec.CommandContext(t.Context(), node, runner, server.URL, "token").CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), "61 passed, 0 failed\n") {
		t.Errorf("%v\n%s", err, out)
	}
}
