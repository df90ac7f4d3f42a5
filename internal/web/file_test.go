package web_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// speaking is a candidate in a sitting with one spoken question.
func (r *rig) speaking(t *testing.T, owner policy.Actor) (gid.ID, policy.Actor) {
	t.Helper()
	ctx := t.Context()
	question := must(r.authors.CreateQuestion(ctx, owner, authoring.CreateQuestionInput{
		Title: "Say it", Kind: term.Spoken, Category: term.Technical, Level: term.Entry, Content: &content.Question{
			Prompt: "Why?", Spoken: &content.Spoken{MaxSeconds: 60}, Criteria: []*content.Criterion{{Key: "why", Text: "why", Weight: 1,
				Levels: []*content.Level{{Points: 0, Anchor: "none"}, {Points: 2, Anchor: "good"}}}},
		},
	}))(t).ID
	must(r.authors.PublishQuestion(ctx, owner, authoring.PublishQuestionInput{ID: question}))(t)
	role := must(r.authors.CreateJobRole(ctx, owner, authoring.CreateJobRoleInput{Fields: authoring.JobRoleFields{Title: "Speaker", Level: term.Entry}}))(t).ID
	template := must(r.authors.CreateTemplate(ctx, owner, authoring.CreateTemplateInput{
		JobRoleID: role, Name: "Aloud", Mode: term.Assessment, Content: &content.Template{
			Sections:   []*content.Section{{Title: "Only", TimeLimit: 2700, Slots: []*content.Slot{{QuestionID: &question, Points: 2}}}},
			CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "all"}},
		},
	}))(t).ID
	must(r.authors.PublishTemplate(ctx, owner, authoring.PublishTemplateInput{ID: template}))(t)
	session := must(r.Sittings.Invite(ctx, owner, sitting.InviteCandidateInput{
		TemplateID: template, Candidate: sitting.CandidateInput{Email: "candidate@one.example", Name: "Ann"},
	}))(t)
	candidate := r.meet(t, "candidate@one.example", "")
	must(r.Sittings.Accept(ctx, candidate, sitting.AcceptInvitationInput{Token: r.random.last}))(t)
	must(r.Sittings.Start(ctx, candidate, sitting.StartSittingInput{ID: session.ID}))(t)
	return session.ID, candidate
}

// part is what a PATCH carries.
func part(offset int, body string) func(*http.Request) {
	return func(q *http.Request) {
		q.Header.Set("Content-Type", "application/offset+octet-stream")
		q.Header.Set("Upload-Offset", strconv.Itoa(offset))
		q.Body, q.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
}

func TestFiles(t *testing.T) {
	r := newRig(t)
	owner := r.found(t, "one")
	session, candidate := r.speaking(t, owner)
	const who = "candidate@one.example"
	wave := "RIFF\x24\x08\x00\x00WAVEfmt " + strings.Repeat("<script>", 300_000) // larger than any other body may be
	begin := func(t *testing.T, size int) (id gid.ID, path string) {
		t.Helper()
		begun := must(r.Sittings.BeginUpload(t.Context(), candidate, sitting.BeginUploadInput{SittingID: session, Question: "1.1", Name: script, Size: size}))(t)
		return begun.Upload.ID, strings.TrimPrefix(*begun.URL, public)
	}
	expect := func(t *testing.T, name string, got answer, status int, offset string) {
		t.Helper()
		if got.status != status || got.header.Get("Upload-Offset") != offset {
			t.Errorf("%s: got %d at %q, want %d at %q: %s", name, got.status, got.header.Get("Upload-Offset"), status, offset, got.text)
		}
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", name, got.header)
		}
	}
	id, path := begin(t, len(wave))
	middle := 1_500_000
	expect(t, "before", r.ask(t, "HEAD", path, who), 200, "0")
	expect(t, "a first part", r.ask(t, "PATCH", path, who, part(0, wave[:middle])), 204, strconv.Itoa(middle))
	expect(t, "a wrong offset", r.ask(t, "PATCH", path, who, part(0, wave)), 409, strconv.Itoa(middle))
	expect(t, "in the middle", r.ask(t, "HEAD", path, who), 200, strconv.Itoa(middle))
	expect(t, "nobody", r.ask(t, "PATCH", path, "", part(middle, wave[middle:])), 401, "")
	expect(t, "somebody else", r.ask(t, "PATCH", path, "owner@one.example", part(middle, wave[middle:])), 404, "")
	expect(t, "a guess", r.ask(t, "HEAD", "/files/upload/guess", who), 404, "")
	expect(t, "another type", r.ask(t, "PATCH", path, who, part(middle, "x"), with("Content-Type", "text/plain")), 400, "")
	expect(t, "no offset", r.ask(t, "PATCH", path, who, part(middle, "x"), with("Upload-Offset", "1e3")), 400, "")
	expect(t, "too much", r.ask(t, "PATCH", path, who, part(middle, wave)), 422, "")
	expect(t, "the rest", r.ask(t, "PATCH", path, who, part(middle, wave[middle:])), 204, strconv.Itoa(len(wave)))
	page := "<!doctype html><title>answer</title>"
	_, bad := begin(t, len(page))
	expect(t, "a page", r.ask(t, "PATCH", bad, who, part(0, page)), 422, strconv.Itoa(len(page)))

	link := must(r.Sittings.CreatePlaybackLink(t.Context(), owner, sitting.CreatePlaybackLinkInput{UploadID: id}))(t)
	play := strings.TrimPrefix(link.URL, public)
	whole := r.ask(t, "GET", play, "")
	if whole.status != 200 || whole.text != wave {
		t.Errorf("plays %d, %d bytes", whole.status, len(whole.text))
	}
	for name, value := range map[string]string{
		"Content-Type": "audio/wav", "Content-Disposition": `attachment; filename="recording.wav"`, "Accept-Ranges": "bytes",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
	} {
		if got := whole.header.Get(name); got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
	some := r.ask(t, "GET", play, "", with("Range", "bytes=1499990-1500009")) // across two parts
	if some.status != 206 || some.text != wave[1499990:1500010] {
		t.Errorf("a range: %d %q", some.status, some.text)
	}
	if beyond := r.ask(t, "GET", play, "", with("Range", "bytes=99999999-")); beyond.status != 416 {
		t.Errorf("beyond the end: %d", beyond.status)
	}
	for _, forged := range []string{"/files/x", play + "A", play[:len(play)-2], "/files/" + strings.Repeat("A", 96)} {
		if got := r.ask(t, "GET", forged, who); got.status != 404 || strings.Contains(got.text, wave[:4]) {
			t.Errorf("%s: %d", forged, got.status)
		}
	}
	if log := r.log.String(); strings.Contains(log, strings.TrimPrefix(path, "/files/upload/")) || strings.Contains(log, strings.TrimPrefix(play, "/files/")) {
		t.Error("the log has a secret")
	}
}
