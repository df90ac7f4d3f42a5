// Package runner runs code on a server that speaks Judge0's protocol.
//
// It hands a program over once for each input, and asks later what became of the runs. It believes little: answers are
// bounded in size and time, redirects are not followed, what does not look like the protocol is a failure. It retries
// nothing and compares no output: whoever calls it does. What a program should print never leaves this process.
package runner

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// MaxRuns is how many runs are handed over or asked for at once: what a Judge0 server takes unless it is told otherwise.
const MaxRuns = 20

// maxFile is how much a program may write, in kilobytes; its output is a file as well.
const maxFile = 1024

// callTime bounds one request with its answer.
const callTime = 20 * time.Second

// Client talks to one server. It may be used by several at once.
type Client struct {
	base  string
	token string
	http  *http.Client
}

// New makes a client for the server at an address such as https://runner.example/judge0. The token is what the server
// demands as X-Auth-Token; an open server has none.
func New(address, token string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("code runner: the address must be https://host/path, without a user, a query or a fragment")
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		base: strings.TrimSuffix(u.String(), "/"), token: token,
		http: &http.Client{Timeout: callTime, CheckRedirect: stay},
	}, nil
}

// Program is code with everything that it is to read, one run for each.
type Program struct {
	Language string // as editors call it: go, python, sql
	Source   string
	Inputs   []string
	CPU      time.Duration // the CPU time of each run; the server's own, if zero
	Memory   int           // the memory of each run, in kilobytes; the server's own, if zero
	Callback string        // an address that the server calls after each run; none, if empty
}

// submission is a run as the protocol has it.
type submission struct {
	Language int     `json:"language_id"`
	Source   string  `json:"source_code"`
	Stdin    string  `json:"stdin"`
	CPU      float64 `json:"cpu_time_limit,omitempty"`
	Wall     float64 `json:"wall_time_limit,omitempty"`
	Memory   int     `json:"memory_limit,omitempty"`
	File     int     `json:"max_file_size"`
	Network  bool    `json:"enable_network"` // never
	Callback string  `json:"callback_url,omitempty"`
}

// Submit hands a program over and gives a token for each of its runs, in the order of the inputs. Handing it over twice
// costs the server time and does nothing else: only the runs whose tokens are kept are ever asked for.
func (c *Client) Submit(ctx context.Context, p Program) ([]string, error) {
	if len(p.Inputs) == 0 || len(p.Inputs) > MaxRuns {
		return nil, fmt.Errorf("code runner: %d runs at once", len(p.Inputs))
	}
	language, err := c.language(ctx, p.Language)
	if err != nil {
		return nil, err
	}
	runs := make([]submission, len(p.Inputs))
	for i, input := range p.Inputs {
		runs[i] = p.run(language, input)
	}
	var taken []taking
	if err := c.post(ctx, "/submissions/batch?base64_encoded=true", map[string]any{"submissions": runs}, &taken); err != nil {
		return nil, err
	}
	if len(taken) != len(runs) {
		return nil, garbled(errors.New("another number of tokens than of runs"))
	}
	tokens := make([]string, len(taken))
	for i, t := range taken {
		if tokens[i], err = t.token(); err != nil {
			return nil, err
		}
	}
	return tokens, nil
}

// mostWall is the greatest wall time that a Judge0 server allows unless it is told otherwise.
const mostWall = 20 * time.Second

func (p Program) run(language int, input string) submission {
	s := submission{
		Language: language, Source: encoded(p.Source), Stdin: encoded(input), Memory: p.Memory, File: maxFile, Callback: p.Callback,
	}
	if p.CPU > 0 { // a program that sleeps uses no CPU time
		s.CPU, s.Wall = p.CPU.Seconds(), min(mostWall, 2*p.CPU+5*time.Second).Seconds()
	}
	return s
}

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// tokenForm is what a token looks like: it goes into an address.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// taking is what the server says of one run that was handed over: its token, or what is wrong with which of its fields.
type taking map[string]any

func (t taking) token() (string, error) {
	token, is := t["token"].(string)
	switch {
	case is && tokenForm.MatchString(token):
		return token, nil
	case is || len(t) == 0:
		return "", garbled(errors.New("a token of another form"))
	default:
		return "", refused(t)
	}
}
