package transport

import (
	"mime"
	"strconv"
	"strings"
)

const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
)

// negotiate picks the media type of the answer: the client's best by quality, then by its order; plain JSON for
// wildcards and for clients that say nothing. Where nothing fits it is false, and the refusal is plain JSON.
func negotiate(accept []string) (media string, ok bool) {
	ranges := strings.Split(strings.Join(accept, ","), ",")
	if len(accept) == 0 || strings.TrimSpace(strings.Join(accept, "")) == "" {
		return mediaJSON, true
	}
	refused := map[string]bool{}
	for _, text := range ranges {
		if name, quality := mediaRange(text); quality == 0 {
			refused[name] = true
		}
	}
	media, best := mediaJSON, 0.0
	for _, text := range ranges {
		name, quality := mediaRange(text)
		candidate := answering(name, refused)
		if candidate != "" && quality > best {
			media, best = candidate, quality
		}
	}
	return media, best > 0
}

// answering is the media type that satisfies a range, or nothing.
func answering(name string, refused map[string]bool) string {
	switch name {
	case mediaJSON, mediaResponse:
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
