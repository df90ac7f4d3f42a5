package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// How large one reported error may be: names in a document may be as long as the document.
const (
	maxMessage   = 300  // bytes
	maxPath      = 1000 // bytes
	maxLocations = 4
)

// refusal is why a request was not executed. Its answer has no data.
type refusal struct {
	status int // of HTTP; 0 for a fault of the GraphQL request, whose status depends on the media type
	header http.Header
	errs   []error
}

func refuse(status int, errs ...error) *refusal { return &refusal{status: status, errs: errs} }

func wrongMethod(message, allow string) *refusal {
	refused := refuse(http.StatusMethodNotAllowed, badInput(message, nil))
	refused.header = http.Header{"Allow": {allow}}
	return refused
}

func tooLarge(message string) *refusal {
	return refuse(http.StatusRequestEntityTooLarge, exceeded("body", message))
}

// answer is the body of every response. Data is absent where nothing was executed.
type answer struct {
	Errors     gqlerror.List    `json:"errors,omitempty"`
	Data       *json.RawMessage `json:"data,omitempty"`
	Extensions map[string]any   `json:"extensions,omitempty"`
}

// refuse writes a refusal. A fault of the GraphQL request is 200 in application/json, whose clients read the
// status as the transport's alone, and 400 in the media type made for telling them apart.
func (s *Server) refuse(ctx context.Context, w http.ResponseWriter, media string, refused *refusal) {
	var body answer
	for _, err := range refused.errs {
		body.Errors = append(body.Errors, s.cfg.Present(ctx, err))
	}
	status := refused.status
	switch {
	case status != 0:
	case media == mediaJSON:
		status = http.StatusOK
	default:
		status = http.StatusBadRequest
	}
	for name, values := range refused.header {
		w.Header()[name] = values
	}
	s.write(ctx, w, status, media, body)
}

// reply writes the result of an execution.
func (s *Server) reply(ctx context.Context, w http.ResponseWriter, media string, resp *graphql.Response) {
	data := resp.Data
	if data == nil {
		data = json.RawMessage("null")
	}
	s.write(ctx, w, http.StatusOK, media, answer{Errors: resp.Errors, Data: &data, Extensions: resp.Extensions})
}

// write sends one answer, whole or, if a resolver's data cannot be encoded, as an error of ours.
func (s *Server) write(ctx context.Context, w http.ResponseWriter, status int, media string, body answer) {
	body.Extensions = s.extend(ctx, body.Extensions, len(body.Errors))
	body.Errors = capped(body.Errors, s.cfg.Limits.Errors)
	text, err := json.Marshal(body)
	if err != nil {
		ours := answer{Errors: gqlerror.List{s.cfg.Present(ctx, fmt.Errorf("encode answer: %w", err))}}
		status = http.StatusInternalServerError
		text, _ = json.Marshal(ours) // strings only: cannot fail
	}
	header := w.Header()
	header.Set("Content-Type", media+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Add("Vary", "Accept")
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that went away is nobody's fault
}

// extend adds what every answer tells beside its data.
func (s *Server) extend(ctx context.Context, extensions map[string]any, errs int) map[string]any {
	if extensions == nil {
		extensions = map[string]any{}
	}
	if op := operationOf(ctx); op.costed {
		extensions["cost"] = map[string]int{"requested": op.cost, "limit": s.cfg.Limits.Cost}
	}
	if omitted := errs - s.cfg.Limits.Errors; omitted > 0 {
		extensions["omittedErrors"] = omitted
	}
	return extensions
}

// capped bounds the number and the size of errors, so that no small request is answered with a large one.
func capped(errs gqlerror.List, count int) gqlerror.List {
	errs = errs[:min(len(errs), count)]
	for _, err := range errs {
		err.Message = shortened(err.Message)
		err.Locations = err.Locations[:min(len(err.Locations), maxLocations)]
		if pathBytes(err.Path) > maxPath {
			err.Path = nil
		}
	}
	return errs
}

func shortened(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	end := maxMessage
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

func pathBytes(path ast.Path) int {
	sum := 0
	for _, element := range path {
		if name, ok := element.(ast.PathName); ok {
			sum += len(name)
		}
	}
	return sum
}
