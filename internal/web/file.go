package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
)

const (
	uploadPath = "/files/upload/"
	partType   = "application/offset+octet-stream" // as tus has it; no form can send it
)

// How long a part may take to arrive and a recording to be read: longer than any other request may.
const (
	partTime = 2 * time.Minute
	playTime = 15 * time.Minute
)

// uploadOffset tells where an upload stands.
func (s *Site) uploadOffset(w http.ResponseWriter, r *http.Request) {
	row, err := s.cfg.Sittings.UploadAt(r.Context(), login.Actor(r.Context()), r.PathValue("secret"))
	if err != nil {
		s.refuseFile(w, r, err)
		return
	}
	showOffset(w, row)
	w.WriteHeader(http.StatusOK)
}

func showOffset(w http.ResponseWriter, row *ent.Upload) {
	w.Header().Set("Tus-Resumable", "1.0.0")
	w.Header().Set("Upload-Offset", strconv.Itoa(row.Received))
	w.Header().Set("Upload-Length", strconv.Itoa(row.Size))
}

// uploadPart adds a part to an upload.
func (s *Site) uploadPart(w http.ResponseWriter, r *http.Request) {
	offset, err := strconv.Atoi(r.Header.Get("Upload-Offset"))
	switch {
	case r.Header.Get("Content-Type") != partType:
		s.refuseFile(w, r, fault.New(fault.BadInput, "send a part with Content-Type: "+partType))
		return
	case err != nil || offset < 0:
		s.refuseFile(w, r, fault.New(fault.BadInput, "Upload-Offset says where the part begins, in bytes"))
		return
	}
	patient := http.NewResponseController(w)
	now := time.Now() // deadlines of connections are the machine's time
	_ = errors.Join(patient.SetReadDeadline(now.Add(partTime)), patient.SetWriteDeadline(now.Add(2*partTime)))
	body := &clocked{from: r.Body, now: s.cfg.Now, last: s.cfg.Now()}
	row, err := s.cfg.Sittings.AddPart(r.Context(), login.Actor(r.Context()), r.PathValue("secret"),
		sitting.Part{Offset: offset, Body: body, Received: func() time.Time { return body.last }})
	if err != nil {
		s.refuseFile(w, r, err)
		return
	}
	showOffset(w, row)
	if row.State == term.UploadRejected {
		s.refuseFile(w, r, fault.New(fault.Invalid, "the recording was rejected: "+row.Reason))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// clocked notes when a body's last byte came.
type clocked struct {
	from io.Reader
	now  func() time.Time
	last time.Time
}

// Read reads on.
func (c *clocked) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.last = c.now()
	return n, err
}

// recording streams a recording to whoever has its link. Whatever its bytes are, a browser runs none of them.
func (s *Site) recording(w http.ResponseWriter, r *http.Request) {
	found, err := s.cfg.Sittings.Play(r.Context(), login.Actor(r.Context()), r.PathValue("secret"))
	if err != nil {
		s.refuseFile(w, r, err)
		return
	}
	defer found.File.Close()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(playTime))
	h := w.Header()
	h.Set("Content-Type", found.ContentType)
	h.Set("Content-Disposition", `attachment; filename="recording.`+strings.TrimPrefix(found.ContentType, "audio/")+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	http.ServeContent(w, r, "", found.At, found.File)
}

// refuseFile answers a request for a file that goes no further, in the shape of a GraphQL error.
func (s *Site) refuseFile(w http.ResponseWriter, r *http.Request, err error) {
	answer := &fault.Fault{Code: fault.Internal, Message: "something went wrong on our side"}
	faults := fault.All(err)
	if len(faults) > 0 {
		answer = faults[0]
	}
	if len(faults) == 0 || answer.Code == fault.Unavailable {
		s.cfg.Log.ErrorContext(r.Context(), "file failed", "error", err, "request", RequestID(r.Context()))
	}
	if row, ok := answer.Current.(*ent.Upload); ok {
		showOffset(w, row)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(fileStatus(answer.Code))
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{ // a reader that went away is no fault of ours
		"message": answer.Message, "extensions": map[string]any{"code": answer.Code, "requestId": RequestID(r.Context())},
	}}})
}

// fileStatus is the table of faults for the doors of files.
func fileStatus(code fault.Code) int {
	switch code {
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Denied:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.BadInput:
		return http.StatusBadRequest
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
		return http.StatusInternalServerError
	default:
		return http.StatusConflict
	}
}
