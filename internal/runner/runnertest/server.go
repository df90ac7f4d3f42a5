// Package runnertest is a server on this machine that speaks Judge0's protocol, for tests.
//
// It runs nothing: a function of the test says what a program prints. It holds clients to the protocol as a real server
// does, and can be told to be slow, busy, out of order, forgetful or nonsensical.
package runnertest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Submission is a run that the server took, as it was asked for.
type Submission struct {
	Language int     `json:"language_id"`
	Source   string  `json:"source_code"`
	Stdin    string  `json:"stdin"`
	CPU      float64 `json:"cpu_time_limit"`
	Wall     float64 `json:"wall_time_limit"`
	Memory   int     `json:"memory_limit"`
	File     int     `json:"max_file_size"`
	Network  *bool   `json:"enable_network"`
	Callback string  `json:"callback_url"`
	Expected *string `json:"expected_output"`
}

// Result is what a run comes to; the zero Result is a program that printed nothing and ended well.
type Result struct {
	Status                   int // by the protocol; 3 if zero
	Stdout, Stderr, Compiler string
	Time                     string // seconds; 0.012 if empty
	Memory                   int    // kilobytes; 3456 if zero
}

// Server is the server; its fields are set before it is asked.
type Server struct {
	URL   string
	Token string // what X-Auth-Token must be; anything if empty
	// Runs says what becomes of a run.
	Runs func(Submission) Result
	// Steps is how often a run is asked for before it has ended: first it is in the queue, then processed.
	Steps int

	mu     sync.Mutex
	taken  map[string]*run
	all    []Submission
	before []http.HandlerFunc
	after  map[string]func()
	asked  map[string]int
}

type run struct {
	Submission
	polls int
}

// New starts a server that stops with the test. Every program prints what it reads.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		Runs:  func(r Submission) Result { return Result{Stdout: r.Stdin} },
		taken: map[string]*run{}, asked: map[string]int{}, after: map[string]func(){},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /languages", s.languages)
	mux.HandleFunc("POST /submissions/batch", s.take)
	mux.HandleFunc("GET /submissions/batch", s.tell)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.interrupted(w, r) {
			defer s.afterwards(r)
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// After does something once, after the server itself has dealt with such a request and before its answer has gone.
func (s *Server) After(what string, do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after[what] = do
}

func (s *Server) afterwards(r *http.Request) {
	s.mu.Lock()
	do := s.after[r.Method+" "+r.URL.Path]
	delete(s.after, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	if do != nil {
		do()
	}
}

// Next lets the next requests be answered by the handlers, one each, before the server itself answers again. Nil lets the
// server answer one.
func (s *Server) Next(handlers ...http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = append(s.before, handlers...)
}

// Answer is a handler for Next that answers a status with a body.
func Answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // a client that went has no use for it
	}
}

// Forget loses every run, as a server whose database was emptied.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.taken)
}

// Taken are the runs that were handed over, in their order.
func (s *Server) Taken() []Submission {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// Asked is how often something was asked for, such as "GET /languages".
func (s *Server) Asked(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[what]
}

// interrupted counts a request, and answers it in the server's place if a test wants that or its token is not accepted.
func (s *Server) interrupted(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	s.asked[r.Method+" "+r.URL.Path]++
	var instead http.HandlerFunc
	if len(s.before) > 0 {
		instead, s.before = s.before[0], s.before[1:]
	}
	s.mu.Unlock()
	switch {
	case instead != nil:
		instead(w, r)
	case s.Token != "" && r.Header.Get("X-Auth-Token") != s.Token:
		w.WriteHeader(http.StatusUnauthorized)
	default:
		return false
	}
	return true
}

// numbered are languages of a real server, two of them in several versions.
func numbered() map[int]string {
	return map[int]string{
		43: "Plain Text", 46: "Bash (5.0.0)", 50: "C (GCC 9.2.0)", 51: "C# (Mono 6.6.0.161)", 54: "C++ (GCC 9.2.0)",
		60: "Go (1.13.5)", 95: "Go (1.18.5)", 63: "JavaScript (Node.js 12.14.0)", 70: "Python (2.7.17)", 71: "Python (3.8.1)",
		82: "SQL (SQLite 3.27.2)", 75: "C (Clang 7.0.1)",
	}
}

func (s *Server) languages(w http.ResponseWriter, _ *http.Request) {
	var list []map[string]any
	for id, name := range numbered() {
		list = append(list, map[string]any{"id": id, "name": name})
	}
	reply(w, http.StatusOK, list)
}

// mostRuns is the greatest batch, as a server has it that was not told otherwise.
const mostRuns = 20

func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Submissions []Submission `json:"submissions"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.Query().Get("base64_encoded") != "true" {
		reply(w, http.StatusBadRequest, map[string]string{"error": "not understood"})
		return
	}
	if n := len(body.Submissions); n == 0 || n > mostRuns {
		reply(w, http.StatusBadRequest, map[string]string{"error": fmt.Sprintf("%d submissions in a batch", n)})
		return
	}
	status, answer := http.StatusUnprocessableEntity, []any{}
	for _, one := range body.Submissions {
		if wrong := one.wrong(); wrong != nil {
			answer = append(answer, wrong)
			continue
		}
		status, answer = http.StatusCreated, append(answer, map[string]string{"token": s.keep(one)})
	}
	reply(w, status, answer)
}

// wrong is what a server refuses of a run, by field.
func (r *Submission) wrong() map[string][]string {
	switch {
	case numbered()[r.Language] == "":
		return map[string][]string{"language_id": {"language doesn't exist"}}
	case !decode(&r.Source) || r.Source == "":
		return map[string][]string{"source_code": {"can't be blank"}}
	case !decode(&r.Stdin):
		return map[string][]string{"stdin": {"is no base64"}}
	case r.CPU < 0 || r.CPU > 15:
		return map[string][]string{"cpu_time_limit": {"must be less than or equal to 15.0"}}
	case r.Wall < 0 || r.Wall > 20:
		return map[string][]string{"wall_time_limit": {"must be less than or equal to 20.0"}}
	case r.Memory < 0 || r.Memory > 512000:
		return map[string][]string{"memory_limit": {"must be less than or equal to 512000"}}
	}
	return nil
}

// decode takes base64 off a text.
func decode(text *string) bool {
	plain, err := base64.StdEncoding.DecodeString(*text)
	*text = string(plain)
	return err == nil
}

func (s *Server) keep(one Submission) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, one)
	token := fmt.Sprintf("token-%d", len(s.all))
	s.taken[token] = &run{Submission: one}
	return token
}

func (s *Server) tell(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	tokens, fields := strings.Split(query.Get("tokens"), ","), strings.Split(query.Get("fields"), ",")
	if len(tokens) > mostRuns || query.Get("base64_encoded") != "true" {
		reply(w, http.StatusBadRequest, map[string]string{"error": "not understood"})
		return
	}
	list := make([]map[string]any, len(tokens)) // null for a run that is not known
	for i, token := range tokens {
		all := s.look(token)
		if all == nil {
			continue
		}
		list[i] = map[string]any{}
		for _, f := range fields {
			if v, known := all[f]; known {
				list[i][f] = v
			}
		}
	}
	reply(w, http.StatusOK, map[string]any{"submissions": list})
}

// look is one run as it stands; every look brings it a step on.
func (s *Server) look(token string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.taken[token]
	if one == nil {
		return nil
	}
	one.polls++
	if one.polls <= s.Steps {
		return map[string]any{"token": token, "status_id": min(2, one.polls), "stdout": nil, "stderr": nil, "compile_output": nil, "time": nil, "memory": nil}
	}
	result := s.Runs(one.Submission)
	if result.Status == 0 {
		result.Status = 3
	}
	if result.Time == "" {
		result.Time = "0.012"
	}
	if result.Memory == 0 {
		result.Memory = 3456
	}
	return map[string]any{
		"token": token, "status_id": result.Status, "stdout": lines(result.Stdout), "stderr": lines(result.Stderr),
		"compile_output": lines(result.Compiler), "time": result.Time, "memory": result.Memory,
	}
}

// lines is base64 as the protocol's servers write it: on lines of sixty characters, and null for nothing.
func lines(text string) any {
	if text == "" {
		return nil
	}
	var b strings.Builder
	for part := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString([]byte(text))), 60) {
		b.Write(part)
		b.WriteByte('\n')
	}
	return b.String()
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went has no use for it
}
