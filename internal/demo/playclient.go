package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// playVars are the variables of an operation, or a part of them.
type playVars map[string]any

// playClient is somebody's browser or program.
type playClient struct {
	base  string
	token string // empty: the cookies count
	http  *http.Client
}

func newPlayClient(base string) *playClient {
	jar, _ := cookiejar.New(nil) // it has no way to fail
	return &playClient{base: base, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// playFault is what the server says is wrong.
type playFault struct {
	Code     string
	Message  string
	Field    []string
	Current  *playResponse // the answer that stands, for a stale save
	Existing *playObject   // what has the natural key
}

// playObject is anything with an id.
type playObject struct{ ID string }

// Error renders code, field and sentence.
func (f *playFault) Error() string {
	if len(f.Field) > 0 {
		return fmt.Sprintf("%s at %s: %s", f.Code, strings.Join(f.Field, "."), f.Message)
	}
	return f.Code + ": " + f.Message
}

// playAnswer is what comes back from /graphql.
type playAnswer struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Path       []any
		Extensions struct{ Code, RequestID string }
	}
}

// fault is the first error of an answer, or nil.
func (a *playAnswer) fault() error {
	if len(a.Errors) == 0 {
		return nil
	}
	first := a.Errors[0]
	return fmt.Errorf("%w (request %s)", &playFault{Code: first.Extensions.Code, Message: first.Message}, first.Extensions.RequestID)
}

// playAsk runs one operation and reads its data. An answer with any error at its top level is that error.
func playAsk[T any](ctx context.Context, c *playClient, query string, vars playVars) (T, error) {
	var data T
	body, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	if err != nil {
		return data, fmt.Errorf("encode request: %w", err)
	}
	text, err := c.post(ctx, body)
	if err != nil {
		return data, err
	}
	var answer playAnswer
	if err := json.Unmarshal(text, &answer); err != nil {
		return data, fmt.Errorf("read answer %.200q: %w", text, err)
	}
	if err := answer.fault(); err != nil {
		return data, err
	}
	if err := json.Unmarshal(answer.Data, &data); err != nil {
		return data, fmt.Errorf("read data: %w", err)
	}
	return data, nil
}

// playPayload is what every mutation answers.
type playPayload[T any] struct {
	Payload struct {
		Object *T
		Errors []*playFault
	}
}

// playDo runs a mutation with its one input and gives the object of its payload, which is named first in the
// selection. An error in the payload is the fault that it says.
func playDo[T any](ctx context.Context, c *playClient, verb, selection string, input playVars) (*T, error) {
	query := fmt.Sprintf(`mutation Demo($input: %s%sInput!) { payload: %s(input: $input) { object: %s
		errors { code message field
			... on StaleResponseError { current { question revision savedAt answer { choices number text } } }
			... on AlreadyExistsError { existing { id } } } } }`,
		strings.ToUpper(verb[:1]), verb[1:], verb, selection)
	data, err := playAsk[playPayload[T]](ctx, c, query, playVars{"input": input})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", verb, err)
	}
	payload := data.Payload
	if len(payload.Errors) > 0 {
		return nil, fmt.Errorf("%s: %w", verb, payload.Errors[0])
	}
	if payload.Object == nil {
		return nil, fmt.Errorf("%s: neither a result nor an error", verb)
	}
	return payload.Object, nil
}

// playRefused demands that the server refused, with one of the codes.
func playRefused(err error, codes ...string) (*playFault, error) {
	var fault *playFault
	switch {
	case err == nil:
		return nil, fmt.Errorf("this went through and should have been refused with %s", strings.Join(codes, " or "))
	case !errors.As(err, &fault) || !slices.Contains(codes, fault.Code):
		return nil, fmt.Errorf("expected %s: %w", strings.Join(codes, " or "), err)
	}
	return fault, nil
}

func (c *playClient) post(ctx context.Context, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/graphql-response+json")
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	} else {
		r.Header.Set("Assay-Requested-With", "demo") // what a form of another site cannot send
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return text, nil
}

// playPage is where a browser arrived.
type playPage struct {
	at   *url.URL
	text string
}

// open follows a link, or sends a form if there is one, and reads the page where that leads.
func (c *playClient) open(ctx context.Context, method, address string, form url.Values) (*playPage, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("open page: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	page := &playPage{at: answer.Request.URL, text: string(text)}
	if answer.StatusCode != http.StatusOK {
		return page, fmt.Errorf("%s %s: %s: %s", method, page.at.Path, answer.Status, page.heading())
	}
	return page, nil
}

// signIn does what a person does: begin at /login, type address and password where that leads, and come back.
// It tells the path of the provider's page and gives the page of the way back.
func (c *playClient) signIn(ctx context.Context, email, returnTo string) (provider string, back *playPage, err error) {
	asked, err := c.open(ctx, http.MethodGet, c.base+"/login?return_to="+url.QueryEscape(returnTo), nil)
	if err != nil {
		return "", nil, fmt.Errorf("sign in: %w", err)
	}
	action, form, err := asked.form()
	if err != nil {
		return "", nil, fmt.Errorf("sign in: %w", err)
	}
	form.Set("email", email)
	form.Set("password", playPassword)
	back, err = c.open(ctx, http.MethodPost, action.String(), form)
	if err != nil {
		return "", nil, fmt.Errorf("sign in: %w", err)
	}
	if back.at.Path != returnTo {
		return "", nil, fmt.Errorf("sign in: ended at %s instead of %s: %s", back.at.Path, returnTo, back.heading())
	}
	return asked.at.Path, back, nil
}

var (
	playForm    = regexp.MustCompile(`<form method="post" action="([^"]+)"`)
	playHidden  = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	playHeading = regexp.MustCompile(`<h1>([^<]*)</h1>`)
)

// form reads where the sign-in form of a page goes, with its hidden fields.
func (p *playPage) form() (*url.URL, url.Values, error) {
	found := playForm.FindStringSubmatch(p.text)
	if found == nil {
		return nil, nil, fmt.Errorf("no form at %s: %s", p.at.Path, p.heading())
	}
	action, err := p.at.Parse(html.UnescapeString(found[1]))
	if err != nil {
		return nil, nil, fmt.Errorf("form at %s: %w", p.at.Path, err)
	}
	fields := url.Values{}
	for _, input := range playHidden.FindAllStringSubmatch(p.text, -1) {
		fields.Set(html.UnescapeString(input[1]), html.UnescapeString(input[2]))
	}
	return action, fields, nil
}

// heading is what a page says first.
func (p *playPage) heading() string {
	if found := playHeading.FindStringSubmatch(p.text); found != nil {
		return html.UnescapeString(found[1])
	}
	return "a page without a heading"
}
