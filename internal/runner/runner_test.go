package runner_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/runner"
	"github.com/assay-hq/assay/internal/runner/runnertest"
)

func client(t *testing.T, s *runnertest.Server) *runner.Client {
	t.Helper()
	c, err := runner.New(s.URL+"/", s.Token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func echo(inputs ...string) runner.Program {
	return runner.Program{Language: "go", Source: "package main // é\n", Inputs: inputs}
}

// submitted hands a program over.
func submitted(t *testing.T, c *runner.Client, p runner.Program) []string {
	t.Helper()
	tokens, err := c.Submit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func polled(t *testing.T, c *runner.Client, tokens []string) []runner.Outcome {
	t.Helper()
	outcomes, err := c.Poll(t.Context(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

// failed demands a failure with a reason, temporary or not.
func failed(t *testing.T, err error, reason string, temporary bool) *runner.Failure {
	t.Helper()
	var f *runner.Failure
	if !errors.As(err, &f) {
		t.Fatalf("got %v; want a failure", err)
	}
	if !strings.HasPrefix(f.Reason, reason) || f.Temporary != temporary {
		t.Errorf("got %q, temporary %v; want %q, %v", f.Reason, f.Temporary, reason, temporary)
	}
	return f
}

// TestARunGoesFromTheQueueToItsEnd follows two inputs of one program.
func TestARunGoesFromTheQueueToItsEnd(t *testing.T) {
	s := runnertest.New(t)
	s.Token, s.Steps = "secret", 2
	c := client(t, s)
	tokens := submitted(t, c, runner.Program{
		Language: "Go", Source: "package main", Inputs: []string{"1\n", strings.Repeat("long ä\n", 50)}, CPU: 1500 * time.Millisecond,
		Memory: 64 * 1024, Callback: "https://assay.test/integrations/runner/x",
	})
	var seen []runner.Status
	var last []runner.Outcome
	for range 3 {
		last = polled(t, c, tokens)
		seen = append(seen, last[0].Status)
	}
	if diff := cmp.Diff([]runner.Status{runner.InQueue, runner.Processing, runner.Accepted}, seen); diff != "" {
		t.Error(diff)
	}
	want := []runner.Outcome{
		{Status: runner.Accepted, Printed: "1\n", CPU: 12 * time.Millisecond, Memory: 3456},
		{Status: runner.Accepted, Printed: strings.Repeat("long ä\n", 50), CPU: 12 * time.Millisecond, Memory: 3456},
	}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Error(diff)
	}
	t.Run("the limits and no network are asked for, and what is expected is not told", func(t *testing.T) {
		got := s.Taken()[0]
		want := runnertest.Submission{
			Language: 95, Source: "package main", Stdin: "1\n", CPU: 1.5, Wall: 8, Memory: 65536, File: 1024, Network: new(false),
			Callback: "https://assay.test/integrations/runner/x",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWithoutLimitsTheServersOwnHold(t *testing.T) {
	s := runnertest.New(t)
	submitted(t, client(t, s), echo(""))
	want := runnertest.Submission{Language: 95, Source: "package main // é\n", File: 1024, Network: new(false)}
	if diff := cmp.Diff(want, s.Taken()[0]); diff != "" {
		t.Error(diff)
	}
}

func TestTheWallTimeIsWithinWhatServersAllow(t *testing.T) {
	s := runnertest.New(t)
	p := echo("")
	p.CPU, p.Memory = 15*time.Second, 500*1024
	submitted(t, client(t, s), p)
	if got := s.Taken()[0]; got.CPU != 15 || got.Wall != 20 || got.Memory != 512000 {
		t.Errorf("got %+v", got)
	}
}

// TestEndsOfARun holds every status of the protocol to what it means.
func TestEndsOfARun(t *testing.T) {
	for status, want := range map[int]struct{ ended, crashed, broke bool }{
		1: {}, 2: {}, 3: {ended: true}, 4: {ended: true}, 5: {ended: true}, 6: {ended: true},
		7: {ended: true, crashed: true}, 8: {ended: true, crashed: true}, 9: {ended: true, crashed: true},
		10: {ended: true, crashed: true}, 11: {ended: true, crashed: true}, 12: {ended: true, crashed: true},
		13: {ended: true, broke: true}, 14: {ended: true, broke: true},
	} {
		s := runnertest.New(t)
		s.Runs = func(runnertest.Submission) runnertest.Result {
			return runnertest.Result{Status: status, Stdout: "out", Stderr: "err", Compiler: "line 1: no", Time: "1.5", Memory: 10}
		}
		c := client(t, s)
		got := polled(t, c, submitted(t, c, echo("x")))[0]
		if got.Status.Ended() != want.ended || got.Status.Crashed() != want.crashed || got.Status.Broke() != want.broke {
			t.Errorf("status %d: ended %v, crashed %v, broke %v", status, got.Status.Ended(), got.Status.Crashed(), got.Status.Broke())
		}
		if whole := (runner.Outcome{Status: runner.Status(status), Printed: "out", Errors: "err", Compiler: "line 1: no", CPU: 1500 * time.Millisecond, Memory: 10}); got != whole {
			t.Errorf("status %d: got %+v", status, got)
		}
	}
	for _, unknown := range []int{-1, 15, 99} {
		s := runnertest.New(t)
		s.Runs = func(runnertest.Submission) runnertest.Result { return runnertest.Result{Status: unknown} }
		c := client(t, s)
		_, err := c.Poll(t.Context(), submitted(t, c, echo("x")))
		failed(t, err, "the code runner's answer cannot be read", true)
	}
}

func TestLanguages(t *testing.T) {
	for name, want := range map[string]int{
		"go": 95, "Go": 95, " golang ": 95, "python": 71, "python3": 71, "c": 50, "cpp": 54, "c++": 54, "csharp": 51, "bash": 46, "sh": 46,
		"javascript": 63, "js": 63, "sql": 82,
	} {
		s := runnertest.New(t)
		p := echo("")
		p.Language = name
		submitted(t, client(t, s), p)
		if got := s.Taken()[0].Language; got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
	for _, name := range []string{"cobol", "", "(", "go (1.13.5)", "x\x00y"} {
		s := runnertest.New(t)
		p := echo("")
		p.Language = name
		_, err := client(t, s).Submit(t.Context(), p)
		failed(t, err, "the code runner has no language", false)
		if n := len(s.Taken()); n != 0 {
			t.Errorf("%q: %d runs were handed over", name, n)
		}
	}
}

// calls are both things that are asked of a server.
func calls(t *testing.T, c *runner.Client) map[string]func(context.Context) error {
	tokens := submitted(t, c, echo("x"))
	return map[string]func(context.Context) error{
		"submit": func(ctx context.Context) error { _, err := c.Submit(ctx, echo("x")); return err },
		"poll":   func(ctx context.Context) error { _, err := c.Poll(ctx, tokens); return err },
	}
}

// TestFailures tells what may succeed later from what will not, and succeeds afterwards.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		answer    http.HandlerFunc
		reason    string
		temporary bool
	}{
		"too many requests":    {runnertest.Answer(429, ""), "the code runner is busy", true},
		"the queue is full":    {runnertest.Answer(503, `{"error":"queue is full"}`), "the code runner is busy", true},
		"out of order":         {runnertest.Answer(500, "<html>"), "the code runner is busy", true},
		"behind a proxy":       {runnertest.Answer(502, "<html>"), "the code runner is busy", true},
		"a wrong token":        {runnertest.Answer(401, ""), "the code runner does not accept our token", true},
		"forbidden":            {runnertest.Answer(403, ""), "the code runner does not accept our token", true},
		"not found":            {runnertest.Answer(404, "nothing here"), "the code runner refuses the request", false},
		"a bad request":        {runnertest.Answer(400, `{"error":"batched submissions are not allowed"}`), "the code runner refuses the request", false},
		"unprocessable":        {runnertest.Answer(422, "?"), "the code runner refuses the request", false},
		"no JSON":              {runnertest.Answer(200, "<html>welcome"), "the code runner's answer cannot be read", true},
		"other JSON":           {runnertest.Answer(200, `"welcome"`), "the code runner's answer cannot be read", true},
		"two values":           {runnertest.Answer(200, `[] []`), "the code runner's answer cannot be read", true},
		"nothing":              {runnertest.Answer(200, ""), "the code runner's answer cannot be read", true},
		"a status without end": {runnertest.Answer(299, "[]"), "the code runner refuses the request", false},
		"hung up in the middle": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`[{"to`))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, "the code runner does not answer", true},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/languages?stolen", http.StatusTemporaryRedirect)
		},
			"the code runner is at another address", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := runnertest.New(t)
			s.Token = "a-secret-token"
			for what, call := range calls(t, client(t, s)) {
				s.Next(c.answer)
				err := call(t.Context())
				failed(t, err, c.reason, c.temporary)
				if strings.Contains(err.Error(), "a-secret-token") || strings.Contains(err.Error(), "token-1") || strings.Contains(err.Error(), "welcome") {
					t.Errorf("%s tells too much: %v", what, err)
				}
				if err := call(t.Context()); err != nil {
					t.Errorf("%s afterwards: %v", what, err)
				}
			}
		})
	}
}

func TestAWrongTokenIsNotAccepted(t *testing.T) {
	s := runnertest.New(t)
	s.Token = "right"
	c, err := runner.New(s.URL, "wrong")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Submit(t.Context(), echo("x"))
	failed(t, err, "the code runner does not accept our token", true)
	_, err = c.Poll(t.Context(), []string{"token-1"})
	failed(t, err, "the code runner does not accept our token", true)
}

func TestWhatTheServerAsksToWait(t *testing.T) {
	for header, want := range map[string]time.Duration{"30": 30 * time.Second, "999999": 10 * time.Minute, "-3": 0, "soon": 0, "": 0} {
		s := runnertest.New(t)
		s.Next(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		_, err := client(t, s).Submit(t.Context(), echo("x"))
		if f := failed(t, err, "the code runner is busy", true); f.After != want {
			t.Errorf("%q: got %s, want %s", header, f.After, want)
		}
	}
}

// TestASlowServerIsGivenUp ends the wait with the caller's time.
func TestASlowServerIsGivenUp(t *testing.T) {
	s := runnertest.New(t)
	for what, call := range calls(t, client(t, s)) {
		s.Next(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := call(ctx)
		cancel()
		failed(t, err, "the code runner does not answer", true)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	c, err := runner.New("http://127.0.0.1:1", "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Submit(t.Context(), echo("x"))
	failed(t, err, "the code runner does not answer", true)
	if strings.Contains(err.Error(), "127.0.0.1:1/languages") {
		t.Errorf("it tells the address: %v", err)
	}
}

// TestWhatPrintsTooMuch hides neither itself nor the others.
func TestWhatPrintsTooMuch(t *testing.T) {
	s := runnertest.New(t)
	s.Runs = func(r runnertest.Submission) runnertest.Result {
		if r.Stdin == "much" {
			return runnertest.Result{Stdout: strings.Repeat("x", 5<<20)}
		}
		return runnertest.Result{Stdout: r.Stdin}
	}
	c := client(t, s)
	got := polled(t, c, submitted(t, c, echo("a", "b", "much", "c", "d")))
	want := make([]runner.Outcome, 5)
	for i, printed := range []string{"a", "b", "", "c", "d"} {
		want[i] = runner.Outcome{Status: runner.Accepted, Printed: printed, CPU: 12 * time.Millisecond, Memory: 3456, Cut: printed == ""}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	t.Run("elsewhere it is a failure", func(t *testing.T) {
		s.Next(runnertest.Answer(200, "["+strings.Repeat(" ", 5<<20)+"]"))
		_, err := c.Submit(t.Context(), echo("x"))
		failed(t, err, "the code runner's answer is too large", false)
	})
}

func TestALostRunIsToldApart(t *testing.T) {
	s := runnertest.New(t)
	c := client(t, s)
	tokens := submitted(t, c, echo("x", "y"))
	s.Forget()
	_, err := c.Poll(t.Context(), tokens)
	if !errors.Is(err, runner.ErrLost) {
		t.Errorf("got %v", err)
	}
}

// TestRefusedRuns names what the server refuses, whether it takes some of the runs or none.
func TestRefusedRuns(t *testing.T) {
	s := runnertest.New(t)
	p := echo("x")
	p.Memory = 1 << 30
	_, err := client(t, s).Submit(t.Context(), p)
	failed(t, err, "the code runner refuses the run because of memory_limit", false)
	s.Next(runnertest.Answer(200, `[{"id":1,"name":"Go (1)"}]`), runnertest.Answer(201, `[{"token":"a"},{"stdin":["is too long\u0007"]}]`))
	_, err = client(t, s).Submit(t.Context(), echo("x", "y"))
	failed(t, err, "the code runner refuses the run because of stdin", false)
}

// TestNonsense takes nothing for a token or an outcome that is none.
func TestNonsense(t *testing.T) {
	for name, body := range map[string]string{
		"no token":           `[{}]`,
		"a number":           `[{"token":7}]`,
		"an address":         `[{"token":"../../languages"}]`,
		"a list in a token":  `[{"token":"a,b"}]`,
		"an endless token":   `[{"token":"` + strings.Repeat("a", 65) + `"}]`,
		"too few":            `[]`,
		"too many":           `[{"token":"a"},{"token":"b"}]`,
		"null":               `[null]`,
		"not even a list":    `{"token":"a"}`,
		"a token that is no": `[{"token":null}]`,
	} {
		s := runnertest.New(t)
		s.Next(runnertest.Answer(200, `[{"id":1,"name":"Go (1)"}]`), runnertest.Answer(201, body))
		if tokens, err := client(t, s).Submit(t.Context(), echo("x")); err == nil {
			t.Errorf("submit, %s: got %q", name, tokens)
		}
	}
	for name, body := range map[string]string{
		"too few":               `{"submissions":[]}`,
		"none":                  `{}`,
		"another run":           `{"submissions":[{"token":"b","status_id":3}]}`,
		"no status":             `{"submissions":[{"token":"a"}]}`,
		"a status in words":     `{"submissions":[{"token":"a","status_id":"Accepted"}]}`,
		"no base64":             `{"submissions":[{"token":"a","status_id":3,"stdout":"plain text!"}]}`,
		"a number for a text":   `{"submissions":[{"token":"a","status_id":3,"stdout":12}]}`,
		"a time below nothing":  `{"submissions":[{"token":"a","status_id":3,"time":"-1"}]}`,
		"a time that is none":   `{"submissions":[{"token":"a","status_id":3,"time":"NaN"}]}`,
		"a time without end":    `{"submissions":[{"token":"a","status_id":3,"time":1e300}]}`,
		"a memory in words":     `{"submissions":[{"token":"a","status_id":3,"memory":"much"}]}`,
		"as many as never were": `{"submissions":[{"token":"a","status_id":3},{"token":"b","status_id":3}]}`,
	} {
		s := runnertest.New(t)
		s.Next(runnertest.Answer(200, body))
		_, err := client(t, s).Poll(t.Context(), []string{"a"})
		if err == nil {
			t.Errorf("poll, %s: it was believed", name)
			continue
		}
		failed(t, err, "the code runner's answer cannot be read", true)
	}
}

func TestSoManyRunsAtOnce(t *testing.T) {
	s := runnertest.New(t)
	c := client(t, s)
	if n := len(submitted(t, c, echo(make([]string, runner.MaxRuns)...))); n != runner.MaxRuns {
		t.Errorf("got %d", n)
	}
	for _, n := range []int{0, runner.MaxRuns + 1} {
		if _, err := c.Submit(t.Context(), echo(make([]string, n)...)); err == nil {
			t.Errorf("%d were submitted", n)
		}
		if _, err := c.Poll(t.Context(), make([]string, n)); err == nil {
			t.Errorf("%d were asked for", n)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{"https://runner.example", "https://runner.example/judge0/", "http://127.0.0.1:2358"} {
		if _, err := runner.New(address, ""); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{
		"", "runner.example", "ftp://runner.example", "https://", "https://user:secret@runner.example", "https://runner.example?key=x",
		"https://runner.example#x", "://",
	} {
		if _, err := runner.New(address, ""); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func TestClean(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		most int
		want string
	}{
		"as it is":                 {"one\n\ttwo é 漢\n", 40, "one\n\ttwo é 漢\n"},
		"control characters":       {"a\x00b\x07c\x7fd\u0085e", 40, "abcde"},
		"colours":                  {"\x1b[31;1mred\x1b[0m", 40, "red"},
		"a window's title":         {"\x1b]0;gotcha\x07text", 40, "text"},
		"an escape alone":          {"\x1bx", 40, "x"},
		"lines as on Windows":      {"a\r\nb", 40, "a\nb"},
		"a line written over":      {"all passed\rno", 40, "all passedno"},
		"no Unicode":               {"a\xff\xfeb", 40, "a\uFFFDb"},
		"turned text":              {"a\u202eb\u2066c", 40, "abc"},
		"just enough":              {"12345", 5, "12345"},
		"too much":                 {"123456", 5, "1234…"},
		"too much of what is gone": {"12345\x00\x00", 5, "12345"},
		"nothing":                  {"", 5, ""},
	} {
		if got := runner.Clean(c.text, c.most); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text, most := string(rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "text")), rapid.IntRange(1, 100).Draw(t, "most")
		clean := runner.Clean(text, most)
		if !utf8.ValidString(clean) || utf8.RuneCountInString(clean) > most {
			t.Fatalf("got %q", clean)
		}
		if again := runner.Clean(clean, most); again != clean {
			t.Fatalf("cleaned again it is %q, not %q", again, clean)
		}
	})
}
