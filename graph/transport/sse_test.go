package transport

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/fault"
)

// sse posts a body and asks for a stream.
func (s *stage) sse(t *testing.T, body string, headers ...string) *http.Response {
	t.Helper()
	return s.open(t, http.MethodPost, "", body, append([]string{"Accept", mediaStream}, headers...)...)
}

func (s *stage) open(t *testing.T, method, query, body string, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+"/?"+query, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func whole(t *testing.T, resp *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const complete = "event: complete\ndata:\n\n"

func TestStreamByteByByte(t *testing.T) {
	for name, tc := range map[string]struct{ body, want string }{
		"a query":    {`{"query":"{ hello }"}`, "event: next\ndata: {\"data\":{\"hello\":\"hello\"}," + costed + "}\n\n" + complete},
		"a mutation": {`{"query":"mutation { touch }"}`, "event: next\ndata: {\"data\":{\"touch\":\"touch\"}," + costed + "}\n\n" + complete},
		"a request fault": {`{"query":"{ nothing }"}`, "event: next\ndata: {\"errors\":[{\"message\":\"Cannot query field \\\"nothing\\\" on type \\\"Query\\\".\"," +
			"\"locations\":[{\"line\":1,\"column\":3}],\"extensions\":{\"code\":\"BAD_USER_INPUT\",\"requestId\":\"req-1\"}}]}\n\n" + complete},
		"a subscription refused": {`{"query":"subscription { refused }"}`, "event: next\ndata: {\"errors\":[{\"message\":\"this needs the permission session.read\"," +
			"\"path\":[\"refused\"],\"extensions\":{\"code\":\"FORBIDDEN\",\"requestId\":\"req-1\"}}]," + costed + "}\n\n" + complete},
	} {
		t.Run(name, func(t *testing.T) {
			resp := newStage(t, nil).sse(t, tc.body)
			if got := whole(t, resp); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
			for header, want := range map[string]string{
				"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept",
			} {
				if got := resp.Header.Get(header); got != want || resp.StatusCode != 200 {
					t.Errorf("%d, %s: got %q, want %q", resp.StatusCode, header, got, want)
				}
			}
		})
	}
}

func TestNegotiationOfStreams(t *testing.T) {
	const (
		query        = `{"query":"{ hello }"}`
		subscription = `{"query":"subscription { refused }"}` // answered at once, and ends
		jsonType     = mediaJSON + "; charset=utf-8"
		responseType = mediaResponse + "; charset=utf-8"
		streamType   = mediaStream + "; charset=utf-8"
	)
	s := newStage(t, nil)
	for _, tc := range []struct {
		accept, body, want string
		status             int
	}{
		{mediaStream, query, streamType, 200},
		{mediaStream, subscription, streamType, 200},
		{"text/event-stream, application/json", query, streamType, 200},
		{"application/json, text/event-stream", query, jsonType, 200},
		{"application/json, text/event-stream", subscription, streamType, 200},
		{"application/graphql-response+json, application/json, text/event-stream", query, responseType, 200},
		{"application/graphql-response+json, application/json, text/event-stream", subscription, streamType, 200},
		{"application/json;q=0.5, text/event-stream;q=0.4", query, jsonType, 200},
		{"application/json;q=0.5, text/event-stream;q=0.4", subscription, streamType, 200},
		{"application/json;q=0.5, text/event-stream", query, streamType, 200},
		{"*/*", query, jsonType, 200},
		{"*/*", subscription, jsonType, 200}, // refused: a wildcard asks for no stream
		{"application/graphql-response+json", subscription, responseType, 400},
		{"text/event-stream;q=0, */*", subscription, jsonType, 200},
		{"text/*", query, jsonType, 406},
		{mediaStream, `{"query":5}`, jsonType, 400},
		{mediaStream, `[]`, jsonType, 400},
	} {
		resp := s.open(t, http.MethodPost, "", tc.body, "Accept", tc.accept)
		if got := resp.Header.Get("Content-Type"); got != tc.want || resp.StatusCode != tc.status {
			t.Errorf("Accept %s of %s: got %d %s, want %d %s", tc.accept, tc.body, resp.StatusCode, got, tc.status, tc.want)
		}
	}
}

func TestStreamsOverGET(t *testing.T) {
	s := newStage(t, nil)
	get := func(query string, headers ...string) *http.Response {
		return s.open(t, http.MethodGet, url.Values{"query": {query}}.Encode(), "", append([]string{"Accept", mediaStream}, headers...)...)
	}
	if got := whole(t, get("subscription { refused }")); !strings.HasSuffix(got, complete) {
		t.Errorf("a subscription: %q", got)
	}
	if got := get("mutation { touch }"); got.StatusCode != http.StatusMethodNotAllowed || s.schema.ran.Load() != 1 {
		t.Errorf("a mutation: %d", got.StatusCode)
	}
	if got := get("subscription { refused }", "Cookie", "assay=1"); got.StatusCode != http.StatusForbidden {
		t.Errorf("with a cookie: %d", got.StatusCode)
	}
	if got := s.sse(t, `{"query":"subscription { refused }"}`, "Cookie", "assay=1"); got.StatusCode != http.StatusForbidden {
		t.Errorf("posted with a cookie and without the header: %d", got.StatusCode)
	}
}

// line reads a line of a stream.
func line(t *testing.T, r *bufio.Reader, want string) {
	t.Helper()
	if got, err := r.ReadString('\n'); err != nil || got != want+"\n" {
		t.Fatalf("got %q, %v, want %q", got, err, want)
	}
}

// TestStreamOutlivesTheServersTimeouts holds a stream open for longer than the server lets a request be written.
func TestStreamOutlivesTheServersTimeouts(t *testing.T) {
	s := newStage(t, func(_ *stage, cfg *Config) { cfg.Limits.Live.KeepAlive = 50 * time.Millisecond })
	r := bufio.NewReader(s.sse(t, `{"query":"subscription { ticks }"}`).Body)
	for began := time.Now(); time.Since(began) < 700*time.Millisecond; {
		line(t, r, ":")
		line(t, r, "")
	}
	s.ticks.push(7)
	for {
		got, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if got == "event: next\n" {
			break
		}
	}
	line(t, r, `data: {"data":{"ticks":7},`+costed+`}`)
	line(t, r, "")
}

func TestStreamEndsWithItsRight(t *testing.T) {
	s := newStage(t, nil)
	r := bufio.NewReader(s.sse(t, `{"query":"subscription { ticks }"}`).Body)
	s.ticks.push(1)
	line(t, r, "event: next")
	line(t, r, `data: {"data":{"ticks":1},`+costed+`}`)
	line(t, r, "")
	s.ticks.fail(fault.New(fault.Denied, "this needs the permission session.read"))
	line(t, r, "event: next")
	line(t, r, `data: {"errors":[{"message":"this needs the permission session.read","extensions":{"code":"FORBIDDEN","requestId":"req-1"}}],`+costed+`}`)
	rest, err := io.ReadAll(r)
	if err != nil || string(rest) != "\n"+complete {
		t.Errorf("got %q, %v at the end", rest, err)
	}
}

func TestStreamEndsWithItsReader(t *testing.T) {
	s := newStage(t, nil)
	resp := s.sse(t, `{"query":"subscription { ticks }"}`)
	await(t, "it is followed", func() bool { return s.ticks.opened.Load() == 1 })
	_ = resp.Body.Close()
	await(t, "it is left", func() bool { return s.ticks.closed.Load() == 1 && s.Connections() == 0 })
}

func TestDrainOfStreams(t *testing.T) {
	s := newStage(t, nil)
	resp := s.sse(t, `{"query":"subscription { ticks }"}`)
	s.ticks.push(1)
	ctx, cancel := context.WithTimeout(t.Context(), patienceOfTests)
	defer cancel()
	await(t, "it is followed", func() bool { return s.ticks.opened.Load() == 1 })
	s.Drain(ctx)
	if got := whole(t, resp); strings.Contains(got, "complete") {
		t.Errorf("a client that should come back was told that it is complete: %q", got)
	}
	if got := s.sse(t, `{"query":"{ hello }"}`); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a stream began while draining: %d", got.StatusCode)
	}
}

func TestSlowReaderOfAStream(t *testing.T) {
	s := newStage(t, func(_ *stage, cfg *Config) { cfg.Limits.Live.Write = 200 * time.Millisecond })
	s.sse(t, `{"query":"subscription { ticks }"}`)
	large := strings.Repeat("x", 1<<20)
	for range 64 {
		s.ticks.push(large)
	}
	await(t, "the slow reader is dropped", func() bool { return s.Connections() == 0 })
}
