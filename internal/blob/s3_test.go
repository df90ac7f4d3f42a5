package blob_test

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// bucket is as much of S3 as a store asks for: objects are put, read from a place on, listed and deleted.
type bucket struct {
	t       testing.TB
	mu      sync.Mutex
	objects map[string][]byte
}

// bucketAddress is the address of a fresh bucket on this machine.
func bucketAddress(t *testing.T) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", "none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
	server := httptest.NewServer(&bucket{t: t, objects: map[string][]byte{}})
	t.Cleanup(server.Close)
	return "s3://recordings?region=eu-central-1&use_path_style=true&endpoint=" + url.QueryEscape(server.URL)
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=key/") {
		b.fail(w, http.StatusForbidden, "AccessDenied")
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, "/recordings")
	name := strings.TrimPrefix(path, "/")
	switch {
	case !ok:
		b.fail(w, http.StatusNotFound, "NoSuchBucket")
	case name == "" && r.Method == http.MethodGet:
		b.list(w, r.URL.Query().Get("prefix"))
	case r.Method == http.MethodPut && r.URL.RawQuery != "x-id=PutObject":
		b.fail(w, http.StatusNotImplemented, "NotImplemented")
	case r.Method == http.MethodPut:
		b.put(w, r, name)
	case r.Method == http.MethodDelete:
		delete(b.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case b.objects[name] == nil:
		b.fail(w, http.StatusNotFound, "NoSuchKey")
	default:
		http.ServeContent(w, r, "", time.Unix(0, 0), strings.NewReader(string(b.objects[name])))
	}
}

func (b *bucket) fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, code)
}

func (b *bucket) put(w http.ResponseWriter, r *http.Request, name string) {
	read := io.ReadAll
	if strings.Contains(r.Header.Get("Content-Encoding")+r.Header.Get("X-Amz-Content-Sha256"), "STREAMING") ||
		strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") {
		read = chunks
	}
	data, err := read(r.Body)
	if err != nil {
		b.t.Logf("put %s: %v", name, err)
		b.fail(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	b.objects[name] = data
	w.Header().Set("ETag", `"e"`)
}

// chunks reads the framing that the SDK sends what it has not hashed before in: a length, the bytes, and trailers.
func chunks(from io.Reader) ([]byte, error) {
	in, data := bufio.NewReader(from), []byte{}
	for {
		head, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(head), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			_, err := io.Copy(io.Discard, in)
			return data, err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, err
		}
		data = append(data, chunk[:n]...)
	}
}

func (b *bucket) list(w http.ResponseWriter, prefix string) {
	type object struct {
		Key          string
		Size         int
		ETag         string
		LastModified string
	}
	answer := struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		IsTruncated bool
		Contents    []object
	}{}
	for _, name := range slices.Sorted(maps.Keys(b.objects)) {
		if strings.HasPrefix(name, prefix) {
			answer.Contents = append(answer.Contents, object{name, len(b.objects[name]), `"e"`, "2026-01-01T00:00:00.000Z"})
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(answer)
}
