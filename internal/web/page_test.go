package web_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/web"
)

// escaped is the script as a page must show it.
const escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"

// harmless demands that a page shows the script as text.
func harmless(t *testing.T, page string, got answer) {
	t.Helper()
	if got.status != http.StatusOK || strings.Contains(got.text, "<script") || !strings.Contains(got.text, escaped) {
		t.Errorf("%s: got %d: %s", page, got.status, got.text)
	}
}

func TestStart(t *testing.T) {
	r := newRig(t, func(c *web.Config) { c.Accounts = []string{"someone@one.example"} })
	r.found(t, "one")
	if got := r.ask(t, "GET", "/", ""); !strings.Contains(got.text, "someone@one.example") || !strings.Contains(got.text, "/login?return_to=/") {
		t.Errorf("signed out: %s", got.text)
	}
	got := r.ask(t, "GET", "/", "owner@one.example")
	if !strings.Contains(got.text, "<h1>The one</h1>") || strings.Contains(got.text, "someone@one.example") || !strings.Contains(got.text, `action="/logout"`) {
		t.Errorf("signed in: %s", got.text)
	}
	if got := r.ask(t, "GET", "/", "candidate@one.example"); !strings.Contains(got.text, "<h1>Welcome</h1>") {
		t.Errorf("a member of nothing: %s", got.text)
	}
}

func TestMissingPage(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/nothing", "/reports/", "/reports/rep_1", "/reports/" + escaped, "/static/", "/static/nothing", "/static/../page.go", "/take/", "/sittings/", "/sittings/ses_1", "/sittings/" + escaped, "/static/at-0/take/nothing.js"} {
		got := r.ask(t, "GET", path, "")
		if got.status != http.StatusNotFound && got.status != http.StatusTemporaryRedirect && got.status != http.StatusMovedPermanently {
			t.Errorf("%s: got %d", path, got.status)
		}
		if got.status == http.StatusNotFound && (!strings.Contains(got.text, "There is no such page.") || !strings.Contains(got.text, got.header.Get("X-Request-Id"))) {
			t.Errorf("%s: %s", path, got.text)
		}
	}
}

func TestTake(t *testing.T) {
	r := newRig(t)
	_, secret := r.invited(t, r.found(t, "one"), script)
	r.meet(t, "candidate@one.example", "")
	conn := must(r.db.Conn(t.Context()))(t)
	defer conn.Close()
	commits := func() (n int) {
		if err := conn.QueryRowContext(t.Context(), "PRAGMA data_version").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := commits()
	signedOut := r.ask(t, "GET", "/take/"+secret, "")
	if !strings.Contains(signedOut.text, "/login?return_to=/take/"+secret) {
		t.Errorf("nobody is not asked to sign in: %s", signedOut.text)
	}
	if got := r.ask(t, "GET", "/take/"+secret, "candidate@one.example"); !strings.Contains(got.text, "Accept the invitation") {
		t.Errorf("the candidate cannot accept: %s", got.text)
	}
	r.ask(t, "HEAD", "/take/"+secret, "candidate@one.example")
	if got := r.ask(t, "POST", "/take/"+secret, ""); got.status != http.StatusSeeOther {
		t.Errorf("nobody accepts: got %d", got.status)
	}
	if got := r.ask(t, "POST", "/take/"+secret, "owner@one.example"); got.status != http.StatusConflict || !strings.Contains(got.text, "<h1>This invitation was sent to another") {
		t.Errorf("somebody else accepts: got %d: %s", got.status, got.text)
	}
	if got := r.ask(t, "POST", "/take/unknown", "candidate@one.example"); got.status != http.StatusNotFound {
		t.Errorf("an unknown link: got %d", got.status)
	}
	if got := commits(); got != before {
		t.Error("looking at a link changed something")
	}
	accepted := r.ask(t, "POST", "/take/"+secret, "candidate@one.example")
	if to := accepted.header.Get("Location"); accepted.status != http.StatusSeeOther || !strings.HasPrefix(to, "/sittings/ses_") {
		t.Errorf("accepting leads to %d %q", accepted.status, to)
	}
	if got := commits(); got == before {
		t.Error("accepting changed nothing")
	}
	hostile := r.ask(t, "GET", `/take/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E`, "candidate@one.example")
	if strings.Contains(hostile.text, "<script") || strings.Contains(hostile.text, `"">`) {
		t.Errorf("a link of script: %s", hostile.text)
	}
}

func TestMailbox(t *testing.T) {
	r := newRig(t)
	if got := r.ask(t, "GET", "/dev/mail", ""); !strings.Contains(got.text, "No mail yet.") {
		t.Errorf("empty: %s", got.text)
	}
	r.mails = []web.Mail{{
		At: time.Now(), Recipient: `"` + script + `"@one.example`, Subject: script,
		Text: "Hello " + script + " <b>\nhttps://evil.example/\"onclick=alert(1) javascript:alert(1) " + public + ".evil.example/\n" +
			"Open " + public + "/take/abc_-1. Or\n" + public + "/take/two\" onclick=alert(1)",
	}}
	r.found(t, "one")
	if got := r.ask(t, "GET", "/dev/mail", "owner@one.example"); !strings.Contains(got.text, "Sign out") {
		t.Errorf("who signed in cannot sign out: %s", got.text)
	}
	got := r.ask(t, "GET", "/dev/mail", "")
	harmless(t, "mailbox", got)
	if strings.Count(got.text, "<a href=\"http") != 2 || strings.Contains(got.text, "<b>") {
		t.Errorf("links: %s", got.text)
	}
	for _, want := range []string{
		`<a href="` + public + `/take/abc_-1">` + public + `/take/abc_-1</a>. Or`,
		`<a href="` + public + `/take/two">` + public + `/take/two</a>&#34; onclick=alert(1)`,
		"https://evil.example/&#34;onclick=alert(1) javascript:alert(1)",
	} {
		if !strings.Contains(got.text, want) {
			t.Errorf("%s is missing in %s", want, got.text)
		}
	}
}

func TestPageOfAFailureSaysNothingOfIt(t *testing.T) {
	r := newRig(t, func(c *web.Config) {
		c.Mails = func(context.Context) ([]web.Mail, error) { return nil, errors.New("pq: relation is gone") }
	})
	got := r.ask(t, "GET", "/dev/mail", "")
	if got.status != http.StatusInternalServerError || strings.Contains(got.text, "pq:") || !strings.Contains(got.text, got.header.Get("X-Request-Id")) {
		t.Errorf("got %d: %s", got.status, got.text)
	}
	if !strings.Contains(r.log.String(), "relation is gone") {
		t.Errorf("the log does not say why: %s", r.log)
	}
}

func TestRefusedSignInIsASentence(t *testing.T) {
	got := newRig(t).ask(t, "GET", "/login/callback?state=forged", "")
	if got.status != http.StatusBadRequest || !strings.Contains(got.text, "<h1>Signing in did not work; please try again.</h1>") {
		t.Errorf("got %d: %s", got.status, got.text)
	}
}

func TestStatic(t *testing.T) {
	r := newRig(t)
	const packed = "/static/graphiql/react.production.min.js"
	small := r.ask(t, "GET", packed, "", with("Accept-Encoding", "br, gzip"))
	whole := r.ask(t, "GET", packed, "", with("Accept-Encoding", "identity"))
	z := must(gzip.NewReader(strings.NewReader(small.text)))(t)
	if unpacked := string(must(io.ReadAll(z))(t)); unpacked != whole.text || len(whole.text) <= len(small.text) {
		t.Errorf("%d bytes packed, %d unpacked and %d served unpacked", len(small.text), len(unpacked), len(whole.text))
	}
	if small.header.Get("Content-Encoding") != "gzip" || whole.header.Get("Content-Encoding") != "" {
		t.Errorf("encodings %q and %q", small.header.Get("Content-Encoding"), whole.header.Get("Content-Encoding"))
	}
	for path, kind := range map[string]string{
		packed: "text/javascript", "/static/graphiql.js": "text/javascript", "/static/assay.css": "text/css", "/static/icon.svg": "image/svg+xml",
		"/static/graphiql/graphiql.min.css": "text/css", "/schema.graphql": "text/plain",
	} {
		got := r.ask(t, "GET", path, "")
		if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), kind) || got.text == "" {
			t.Errorf("%s: got %d %q", path, got.status, got.header.Get("Content-Type"))
		}
		if strings.HasPrefix(path, "/static/") && got.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: vary %q", path, got.header.Get("Vary"))
		}
	}
}
