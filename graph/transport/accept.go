package transport

import (
	"mime"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
	mediaStream   = "text/event-stream"
)

// accepted is what a client can take.
type accepted struct {
	media   string // of the answer: the client's best by quality, then by its order
	streams bool   // a stream is named, be it last; a wildcard names none
	ok      bool   // something fits; where nothing does the refusal is plain JSON
}

// streamed reports whether an operation is answered by a stream. A subscription is wherever that can be; what has one
// answer only for clients that want a stream more than anything else.
func (a accepted) streamed(op ast.Operation) bool {
	return a.media == mediaStream || a.streams && op == ast.Subscription
}

// refusalMedia is the media type of an answer that is no stream.
func (a accepted) refusalMedia() string {
	if a.media == mediaStream {
		return mediaJSON
	}
	return a.media
}

// negotiate reads the Accept header. Plain JSON is for wildcards and for clients that say nothing.
func negotiate(accept []string) accepted {
	ranges := strings.Split(strings.Join(accept, ","), ",")
	if len(accept) == 0 || strings.TrimSpace(strings.Join(accept, "")) == "" {
		return accepted{media: mediaJSON, ok: true}
	}
	refused := map[string]bool{}
	for _, text := range ranges {
		if name, quality := mediaRange(text); quality == 0 {
			refused[name] = true
		}
	}
	a, best := accepted{media: mediaJSON}, 0.0
	for _, text := range ranges {
		name, quality := mediaRange(text)
		candidate := answering(name, refused)
		if candidate != "" && quality > best {
			a.media, best = candidate, quality
		}
		a.streams = a.streams || name == mediaStream && quality > 0
	}
	a.ok = best > 0
	return a
}

// answering is the media type that satisfies a range, or nothing.
func answering(name string, refused map[string]bool) string {
	switch name {
	case mediaJSON, mediaResponse, mediaStream:
		return name
	case "*/*", "application/*":
		for _, media := range []string{mediaJSON, mediaResponse} {
			if !refused[media] {
				return media
			}
		}
	}
	return ""
}

// mediaRange reads one element of an Accept header; a malformed one, or one that asks for another character set
// than utf-8, has no name.
func mediaRange(text string) (name string, quality float64) {
	name, params, err := mime.ParseMediaType(text)
	if charset, given := params["charset"]; err != nil || given && !strings.EqualFold(charset, "utf-8") {
		return "", 0
	}
	q, given := params["q"]
	if !given {
		return name, 1
	}
	quality, err = strconv.ParseFloat(q, 64)
	if err != nil || quality < 0 || quality > 1 {
		return "", 0
	}
	return name, quality
}
