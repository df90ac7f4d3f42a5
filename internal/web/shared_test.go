package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
)

// TestShared opens a report by its link, without an account.
func TestShared(t *testing.T) {
	r := newRig(t)
	owner := r.found(t, "one")
	id := r.reported(t, owner, script+" Xaverine")
	issued := must(r.Grading.Share(t.Context(), owner, grading.ShareReportInput{ReportID: id}))(t)
	_, secret, _ := strings.Cut(*issued.Link, "/shared/")
	unseen := func(name string, got answer) {
		t.Helper()
		discreetly(t, name, got)
		if !strings.Contains(got.header.Get("X-Robots-Tag"), "noindex") {
			t.Errorf("%s may be found by search: %v", name, got.header)
		}
	}
	for _, kind := range reportKinds() {
		got := r.ask(t, "GET", "/shared/"+secret+kind, "")
		unseen(kind, got)
		if got.status != http.StatusOK || !names(got) {
			t.Errorf("%q: %d, %.200s", kind, got.status, got.text)
		}
	}
	page := r.ask(t, "GET", "/shared/"+secret, "")
	harmless(t, "shared report", page)
	if !strings.Contains(page.text, "/shared/"+secret+".pdf") || strings.Contains(page.text, "/reports/"+id.String()) {
		t.Errorf("the page leads to where an account is needed: %s", page.text)
	}
	t.Run("is not opened by who only looks at the link", func(t *testing.T) {
		opened := func() int {
			return must(r.Grading.SharesByReport(t.Context(), owner, []gid.ID{id}))(t)[0].Opened
		}
		before := opened()
		for name, c := range map[string]struct {
			method, header, value string
			status                int
		}{
			"a question after the head":     {"HEAD", "User-Agent", "Mozilla/5.0", http.StatusOK},
			"a messenger":                   {"GET", "User-Agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", http.StatusOK},
			"another messenger":             {"GET", "User-Agent", "WhatsApp/2.23.20.0 A", http.StatusOK},
			"a preview":                     {"GET", "User-Agent", "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", http.StatusOK},
			"a browser that fetches ahead":  {"GET", "Sec-Purpose", "prefetch;prerender", http.StatusServiceUnavailable},
			"an older one, which does also": {"GET", "X-Moz", "prefetch", http.StatusServiceUnavailable},
		} {
			for _, kind := range reportKinds() {
				got := r.ask(t, c.method, "/shared/"+secret+kind, "", with(c.header, c.value))
				unseen(name, got)
				if got.status != c.status || names(got) || strings.Contains(got.text, "100\u00a0%") {
					t.Errorf("%s, %q: %d, %s", name, kind, got.status, got.text)
				}
			}
		}
		if n := opened(); n != before {
			t.Errorf("%d openings more", n-before)
		}
		if r.ask(t, "GET", "/shared/"+secret, "", with("User-Agent", "Mozilla/5.0 (X11; CrOS) Chrome/140.0 Safari/537.36")); opened() != before+1 {
			t.Error("a browser does not count")
		}
	})
	must(r.Grading.RevokeShare(t.Context(), owner, grading.RevokeReportShareInput{ID: issued.Share.ID}))(t)
	for _, link := range []string{secret, secret + ".pdf", secret + ".", secret + ".exe", strings.Repeat("A", 43)} {
		got := r.ask(t, "GET", "/shared/"+link, "")
		unseen(link, got)
		if looked := r.ask(t, "HEAD", "/shared/"+link, ""); looked.status != http.StatusNotFound {
			t.Errorf("%s: HEAD says %d", link, looked.status)
		}
		if got.status != http.StatusNotFound || !strings.Contains(got.text, "This link is not valid any more.") || names(got) {
			t.Errorf("%s: %d, %s", link, got.status, got.text)
		}
	}
	if strings.Contains(r.log.String(), secret) {
		t.Error("the log has the secret of a link")
	}
}
