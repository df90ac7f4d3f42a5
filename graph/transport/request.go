package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/assay-hq/assay/internal/fault"
)

// request is one GraphQL request as the client sent it.
type request struct {
	query         string
	operationName string
	variables     map[string]any
	extensions    map[string]any
	hash          *[sha256.Size]byte // of a persisted query; nil if none was named
}

// admit refuses by method, media type and credentials, before any of the body is read.
func (s *Server) admit(ctx context.Context, r *http.Request, acceptable bool) *refusal {
	switch r.Method {
	case http.MethodGet, http.MethodPost:
	default:
		return wrongMethod("send GraphQL requests with POST or GET", http.MethodGet+", "+http.MethodPost)
	}
	if !acceptable {
		return refuse(http.StatusNotAcceptable, badInput("accept application/graphql-response+json, application/json or text/event-stream", nil))
	}
	if s.cfg.ViaCookie(ctx) {
		return admitCookie(r)
	}
	return nil
}

// admitCookie refuses what another site's page could make a signed-in browser send: a cookie never counts on a
// GET, and a POST must carry a header that no form and no simple cross-site request can set.
func admitCookie(r *http.Request) *refusal {
	if r.Method == http.MethodGet {
		return refuse(http.StatusForbidden, fault.New(fault.Denied, "a cookie session may not use GET"))
	}
	if r.Header.Get("X-Requested-With") == "" && r.Header.Get("Assay-Requested-With") == "" {
		return refuse(http.StatusForbidden, fault.New(fault.Denied, "a cookie session must send the header Assay-Requested-With"))
	}
	return nil
}

// read decodes the request and refuses one that is malformed or too large.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (req request, refused *refusal) {
	var err error
	if r.Method == http.MethodGet {
		req, err = decodeURL(r.URL.RawQuery)
	} else {
		var body []byte
		if body, refused = s.body(w, r); refused != nil {
			return request{}, refused
		}
		req, err = decodeBody(body)
	}
	switch {
	case err != nil:
		return request{}, refuse(http.StatusBadRequest, badInput(err.Error(), nil))
	case len(req.query) > s.cfg.Limits.Query:
		return request{}, tooLarge("the query text is too long")
	}
	return req, nil
}

// body reads a POST's body up to the limit.
func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	if !utf8JSON(r.Header.Get("Content-Type")) {
		return nil, refuse(http.StatusUnsupportedMediaType, badInput("the content type must be application/json in utf-8", nil))
	}
	if coding := strings.Join(r.Header.Values("Content-Encoding"), ","); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, refuse(http.StatusUnsupportedMediaType, badInput("content encodings are not supported", nil))
	}
	if r.ContentLength > s.cfg.Limits.Body {
		return nil, tooLarge("the body is too large")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.cfg.Limits.Body))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge("the body is too large")
	case err != nil:
		return nil, refuse(http.StatusBadRequest, badInput("the body could not be read", nil))
	}
	return body, nil
}

func utf8JSON(contentType string) bool {
	media, params, err := mime.ParseMediaType(contentType)
	charset, given := params["charset"]
	return err == nil && media == mediaJSON && (!given || strings.EqualFold(charset, "utf-8"))
}

// decodeBody reads the JSON of a POST. Names are exact; unknown ones are ignored, as the specification asks.
func decodeBody(body []byte) (request, error) {
	value, err := decodeJSON(body)
	if err != nil {
		return request{}, err
	}
	members, ok := value.(map[string]any)
	if !ok {
		return request{}, errors.New("the body must be one JSON object; batches are not supported")
	}
	return newRequest(members)
}

// decodeURL reads the parameters of a GET.
func decodeURL(raw string) (request, error) {
	params, err := url.ParseQuery(raw)
	if err != nil {
		return request{}, errors.New("the parameters are not well formed")
	}
	members := map[string]any{}
	for name, values := range params {
		if len(values) != 1 {
			return request{}, errors.New("a parameter was given twice")
		}
		members[name] = values[0]
	}
	for _, name := range []string{"variables", "extensions"} {
		text, given := members[name].(string)
		if !given {
			continue
		}
		if members[name], err = decodeJSON([]byte(text)); err != nil {
			return request{}, err
		}
	}
	return newRequest(members)
}

func newRequest(members map[string]any) (request, error) {
	var req request
	var ok [4]bool
	req.query, ok[0] = optional[string](members["query"])
	req.operationName, ok[1] = optional[string](members["operationName"])
	req.variables, ok[2] = optional[map[string]any](members["variables"])
	req.extensions, ok[3] = optional[map[string]any](members["extensions"])
	if ok != [4]bool{true, true, true, true} {
		return request{}, errors.New("query and operationName must be strings, variables and extensions objects")
	}
	var err error
	if req.hash, err = persistedHash(req.extensions); err != nil {
		return request{}, err
	}
	if req.query == "" && req.hash == nil {
		return request{}, errors.New("the request has no query")
	}
	return req, nil
}

// optional is a member's value, or T's zero if it is absent or null.
func optional[T any](value any) (T, bool) {
	if value == nil {
		var zero T
		return zero, true
	}
	typed, ok := value.(T)
	return typed, ok
}

// persistedHash reads the extension by which clients name a query that they sent before.
func persistedHash(extensions map[string]any) (*[sha256.Size]byte, error) {
	value, given := extensions["persistedQuery"]
	if !given || value == nil {
		return nil, nil
	}
	persisted, _ := value.(map[string]any)
	text, _ := persisted["sha256Hash"].(string)
	sum, err := hex.DecodeString(text)
	if err != nil || len(sum) != sha256.Size {
		return nil, errors.New("persistedQuery needs a sha256Hash of 64 hexadecimal digits")
	}
	return (*[sha256.Size]byte)(sum), nil
}
