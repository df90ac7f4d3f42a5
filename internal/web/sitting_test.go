package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// sittingPath is the page of a sitting that was just accepted.
func sittingPath(t *testing.T, r *rig) string {
	t.Helper()
	_, secret := r.invited(t, r.found(t, "one"), "Ann")
	r.meet(t, "candidate@one.example", "")
	return r.ask(t, "POST", "/take/"+secret, "candidate@one.example").header.Get("Location")
}

func TestSittingPage(t *testing.T) {
	r := newRig(t)
	path := sittingPath(t, r)
	if got := r.ask(t, "GET", path, ""); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/login?return_to=%2Fsittings%2Fses_") {
		t.Errorf("nobody: got %d to %q", got.status, got.header.Get("Location"))
	}
	got := r.ask(t, "GET", path, "candidate@one.example")
	if got.status != http.StatusOK || !strings.Contains(got.text, `data-id="`+strings.TrimPrefix(path, "/sittings/")+`"`) {
		t.Fatalf("got %d: %s", got.status, got.text)
	}
	for _, want := range []string{
		"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self';", "base-uri 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types assay",
	} {
		if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, want) || strings.Contains(policy, "unsafe") {
			t.Errorf("%q is missing in %q", want, policy)
		}
	}
	if got.header.Get("Permissions-Policy") == "" || strings.Contains(got.text, " style=") || strings.Contains(got.text, "onclick") {
		t.Errorf("something inline or permitted: %s", got.text)
	}
	for _, tag := range regexp.MustCompile(`<script[^>]*>[^<]*`).FindAllString(got.text, -1) {
		if !strings.HasSuffix(tag, ">") || !strings.Contains(tag, ` src="/static/at-`) {
			t.Errorf("an inline script: %s", tag)
		}
	}
}

func TestSittingPageIsSmallAndKept(t *testing.T) {
	r := newRig(t)
	page := r.ask(t, "GET", sittingPath(t, r), "candidate@one.example")
	size := len(page.text) + len(r.ask(t, "GET", "/static/assay.css", "").text)
	files := regexp.MustCompile(`(?:href|src)="(/static/at-[^"]+)"`).FindAllStringSubmatch(page.text, -1)
	seen := map[string]bool{}
	for _, file := range files {
		if seen[file[1]] {
			continue
		}
		seen[file[1]] = true
		small := r.ask(t, "GET", file[1], "", with("Accept-Encoding", "gzip"))
		whole := r.ask(t, "GET", file[1], "")
		if small.status != http.StatusOK || small.header.Get("Content-Encoding") != "gzip" || whole.header.Get("Content-Encoding") != "" {
			t.Errorf("%s: got %d %q and %q", file[1], small.status, small.header.Get("Content-Encoding"), whole.header.Get("Content-Encoding"))
		}
		if want := "public, max-age=31536000, immutable"; small.header.Get("Cache-Control") != want {
			t.Errorf("%s: cached %q", file[1], small.header.Get("Cache-Control"))
		}
		size += len(small.text)
	}
	if len(seen) < 15 || size > 100_000 {
		t.Errorf("%d files take %d bytes", len(seen), size)
	}
}

func TestAnotherBuildsModulesAreNotKept(t *testing.T) {
	got := newRig(t).ask(t, "GET", "/static/at-0123456789abcdef/take/main.js", "")
	if got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("got %d, cached %q as %q", got.status, got.header.Get("Cache-Control"), got.header.Get("Content-Type"))
	}
}

// entry is a string of a table of words: its key, and the values that are filled in.
var entry = regexp.MustCompile(`(?m)^  (\w+): (.+),$`)

// TestWordsInEveryLanguage demands that every table has the same keys, with the same values to be filled in.
func TestWordsInEveryLanguage(t *testing.T) {
	r := newRig(t)
	english, german := words(t, r, "en"), words(t, r, "de")
	if len(english) < 150 {
		t.Fatalf("only %d strings were found", len(english))
	}
	for key, want := range english {
		if got, ok := german[key]; !ok || got != want {
			t.Errorf("%s: English fills in %q, German %q (%v)", key, want, got, ok)
		}
	}
	for key := range german {
		if _, ok := english[key]; !ok {
			t.Errorf("%s is German only", key)
		}
	}
}

// words are the keys of a language's table, each with the names of the values that it fills in.
func words(t *testing.T, r *rig, language string) map[string]string {
	t.Helper()
	text := r.ask(t, "GET", "/static/take/strings."+language+".js", "").text
	found := map[string]string{}
	for _, match := range entry.FindAllStringSubmatch(text, -1) {
		names := map[string]bool{}
		list := ""
		for _, name := range regexp.MustCompile(`\{\w+\}`).FindAllString(match[2], -1) {
			if !names[name] {
				list += name
			}
			names[name] = true
		}
		found[match[1]] = list
	}
	return found
}
