package web_test

import (
	"net/http"
	"strings"
	"testing"

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
	must(r.Grading.RevokeShare(t.Context(), owner, grading.RevokeReportShareInput{ID: issued.Share.ID}))(t)
	for _, link := range []string{secret, secret + ".pdf", secret + ".", secret + ".exe", strings.Repeat("A", 43)} {
		got := r.ask(t, "GET", "/shared/"+link, "")
		unseen(link, got)
		if got.status != http.StatusNotFound || !strings.Contains(got.text, "This link is not valid any more.") || names(got) {
			t.Errorf("%s: %d, %s", link, got.status, got.text)
		}
	}
	if strings.Contains(r.log.String(), secret) {
		t.Error("the log has the secret of a link")
	}
}
