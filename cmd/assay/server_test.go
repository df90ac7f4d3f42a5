package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// buildBinary builds the binary that people run, for one test and what is below it.
func buildBinary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "assay")
	if text, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	return path
}

// site is a folder in which the binary serves, one process after the other.
type site struct {
	binary, folder string
	address, admin string
	env            []string
	process        *exec.Cmd
	ended          chan error // what the running process ended with
	tokens         map[string]string
}

// newSite makes an empty folder and finds two free ports. A database address of "" is the embedded default.
func newSite(t *testing.T, binary, database string) *site {
	t.Helper()
	s := &site{binary: binary, folder: t.TempDir(), address: freeAddress(t), admin: freeAddress(t), tokens: map[string]string{}}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "ASSAY_") && !strings.HasPrefix(variable, "OTEL_") {
			s.env = append(s.env, variable)
		}
	}
	s.env = append(s.env, "ASSAY_ADDR="+s.address, "ASSAY_ADMIN_ADDR="+s.admin, "ASSAY_TEST_CLOCK_FILE="+s.clockFile())
	if database != "" {
		s.env = append(s.env, "ASSAY_DATABASE_URL="+database)
	}
	t.Cleanup(func() {
		if s.process != nil {
			s.kill(t)
		}
		if t.Failed() {
			t.Logf("the end of the log:\n%s", tail(s.logFile(), 20_000))
		}
	})
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}

func tail(file string, most int) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-most):])
}

func (s *site) clockFile() string  { return filepath.Join(s.folder, "clock") }
func (s *site) logFile() string    { return filepath.Join(s.folder, "log") }
func (s *site) outputFile() string { return filepath.Join(s.folder, "output") }
func (s *site) url() string        { return "http://" + s.address }

// command is the binary with arguments, in the site's folder.
func (s *site) command(args ...string) *exec.Cmd {
	c := exec.Command(s.binary, args...)
	c.Dir, c.Env = s.folder, s.env
	return c
}

// run runs a command to its end and gives what it printed.
func (s *site) run(t *testing.T, args ...string) string {
	t.Helper()
	c := s.command(args...)
	var printed, complaints bytes.Buffer
	c.Stdout, c.Stderr = &printed, &complaints
	if err := c.Run(); err != nil {
		t.Fatalf("assay %s: %v\n%s%s", strings.Join(args, " "), err, printed.String(), complaints.String())
	}
	return printed.String()
}

// start starts `assay serve --dev` and waits until it is ready.
func (s *site) start(t *testing.T, args ...string) {
	t.Helper()
	s.process = s.command(append([]string{"serve", "--dev"}, args...)...)
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	output, err := os.Create(s.outputFile())
	if err != nil {
		t.Fatal(err)
	}
	s.process.Stderr, s.process.Stdout = log, output
	err = s.process.Start()
	if err := errors.Join(err, log.Close(), output.Close()); err != nil {
		t.Fatal(err)
	}
	ended, process := make(chan error, 1), s.process
	go func() { ended <- process.Wait() }()
	s.ended = ended
	s.awaitReady(t)
}

// awaitReady waits until the server would take requests.
func (s *site) awaitReady(t *testing.T) {
	t.Helper()
	s.await(t, 2*time.Minute, "ready", func() bool { return s.readiness() == http.StatusOK })
}

// await looks until something is so, and fails the test if it is not in time or if the server ends.
func (s *site) await(t *testing.T, patience time.Duration, what string, isSo func() bool) {
	t.Helper()
	ticker, late := time.NewTicker(10*time.Millisecond), time.After(patience)
	defer ticker.Stop()
	for !isSo() {
		select {
		case err := <-s.ended:
			s.process = nil
			t.Fatalf("the server ended (%v) and was never %s:\n%s", err, what, tail(s.logFile(), 20_000))
		case <-late:
			t.Fatalf("not %s within %v", what, patience)
		case <-ticker.C:
		}
	}
}

// readiness is the status of /readyz; 0 if nobody answers.
func (s *site) readiness() int {
	answer, err := http.Get("http://" + s.admin + "/readyz")
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// stop asks the server to stop and demands that it ends well.
func (s *site) stop(t *testing.T) {
	t.Helper()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.awaitEnd(t)
}

func (s *site) awaitEnd(t *testing.T) {
	t.Helper()
	select {
	case err := <-s.ended:
		s.process = nil
		if err != nil {
			t.Fatalf("the server ended with %v:\n%s", err, tail(s.logFile(), 20_000))
		}
	case <-time.After(25 * time.Second):
		t.Fatal("the server did not end within 25 s")
	}
}

// kill ends the server at once, as kill -9 does.
func (s *site) kill(t *testing.T) {
	t.Helper()
	if err := s.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	<-s.ended
	s.process = nil
}

// moveClock moves the time of sittings to an offset from now.
func (s *site) moveClock(t *testing.T, offset time.Duration) {
	t.Helper()
	// Renamed into place, so that nobody reads half a number.
	fresh := s.clockFile() + ".new"
	if err := os.WriteFile(fresh, []byte(strconv.Itoa(int(offset.Seconds()))), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(fresh, s.clockFile()); err != nil {
		t.Fatal(err)
	}
}

// as gives a bearer token of somebody, as `assay token` prints it.
func (s *site) as(t *testing.T, email string) string {
	t.Helper()
	if s.tokens[email] == "" {
		s.tokens[email] = strings.TrimSpace(s.run(t, "token", "--email", email))
	}
	return s.tokens[email]
}

// vars are variables or a part of them.
type vars map[string]any

// said is a fault as a client reads it, at the top level or in a payload.
type said struct {
	Code, Message, Field string
	Current              json.RawMessage
}

// reply is what came back: the data, or the first fault.
type reply struct {
	status int
	data   json.RawMessage
	fault  *said
}

type wireError struct {
	Code       string
	Message    string
	Field      []string
	Current    json.RawMessage
	Extensions struct{ Code, RequestID string }
}

// send sends one operation. An error is of the connection: nobody knows whether it was done.
func (s *site) send(ctx context.Context, client *http.Client, token, query string, variables vars) (*reply, error) {
	body, err := json.Marshal(vars{"query": query, "variables": variables})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url()+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	return readReply(answer.StatusCode, text)
}

func readReply(status int, text []byte) (*reply, error) {
	var answer struct {
		Data struct {
			Payload *struct {
				Object json.RawMessage
				Errors []wireError
			}
		}
		Errors []wireError
	}
	var whole struct{ Data json.RawMessage }
	if err := errors.Join(json.Unmarshal(text, &answer), json.Unmarshal(text, &whole)); err != nil {
		return nil, err
	}
	read := &reply{status: status, data: whole.Data}
	switch payload := answer.Data.Payload; {
	case len(answer.Errors) > 0:
		first := answer.Errors[0]
		read.fault = &said{Code: first.Extensions.Code, Message: first.Message}
	case payload != nil && len(payload.Errors) > 0:
		first := payload.Errors[0]
		read.fault = &said{Code: first.Code, Message: first.Message, Field: strings.Join(first.Field, "."), Current: first.Current}
	case payload != nil:
		read.data = payload.Object
	}
	return read, nil
}

// mutation is the text of a mutation with one input; the selection names the payload's object first.
func mutation(verb, selection string) string {
	return "mutation($input: " + strings.ToUpper(verb[:1]) + verb[1:] + "Input!) { payload: " + verb + "(input: $input) { object: " + selection +
		" errors { code message field ... on StaleResponseError { current { revision answer { choices number text } } } } } }"
}

// tell sends a mutation and gives what came back.
func (s *site) tell(t *testing.T, email, verb, selection string, input vars) *reply {
	t.Helper()
	return s.ask(t, email, mutation(verb, selection), vars{"input": input})
}

// ask sends an operation; nobody asks if there is no address.
func (s *site) ask(t *testing.T, email, query string, variables vars) *reply {
	t.Helper()
	token := ""
	if email != "" {
		token = s.as(t, email)
	}
	answer, err := s.send(t.Context(), http.DefaultClient, token, query, variables)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// must demands that an operation was done and reads its result.
func must[T any](t *testing.T, answer *reply) T {
	t.Helper()
	if answer.fault != nil {
		t.Fatalf("got %+v", *answer.fault)
	}
	var result T
	if err := unmarshal(answer, &result); err != nil {
		t.Fatal(err)
	}
	return result
}

func unmarshal(answer *reply, into any) error {
	if err := json.Unmarshal(answer.data, into); err != nil {
		return fmt.Errorf("read %s: %w", answer.data, err)
	}
	return nil
}
