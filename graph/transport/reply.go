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
	s.write(ctx, w, status, media, s.refusalBody(ctx, refused.errs...))
}

// reply writes the result of an execution.
func (s *Server) reply(ctx context.Context, w http.ResponseWriter, media string, resp *graphql.Response) {
	s.write(ctx, w, http.StatusOK, media, executed(resp))
}

// write sends one answer, whole or, if a resolver's data cannot be encoded, as an error of ours.
func (s *Server) write(ctx context.Context, w http.ResponseWriter, status int, media string, body answer) {
	text, err := s.encode(ctx, body)
	if err != nil {
		status = http.StatusInternalServerError
	}
	header := w.Header()
	header.Set("Content-Type", media+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Add("Vary", "Accept")
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that went away is nobody's fault
}

// encode writes one answer as JSON; where its data cannot be, an error of ours, and says so.
func (s *Server) encode(ctx context.Context, body answer) (text []byte, err error) {
	body.Extensions = s.extend(ctx, body.Extensions, len(body.Errors))
	body.Errors = capped(body.Errors, s.cfg.Limits.Errors)
	if text, err = json.Marshal(body); err == nil {
		return text, nil
	}
	ours, _ := json.Marshal(answer{Errors: gqlerror.List{s.cfg.Present(ctx, fmt.Errorf("encode answer: %w", err))}}) // strings only: cannot fail
	return ours, err
}

// executed is the body of an execution's answer.
func executed(resp *graphql.Response) answer {
	data := resp.Data
	if data == nil {
		data = json.RawMessage("null")
	}
	return answer{Errors: resp.Errors, Data: &data, Extensions: resp.Extensions}
}

// refusalBody is the body of a refusal.
func (s *Server) refusalBody(ctx context.Context, errs ...error) answer {
	var body answer
	for _, err := range errs {
		body.Errors = append(body.Errors, s.cfg.Present(ctx, err))
	}
	return body
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
