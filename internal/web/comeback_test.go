package web_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/web"
	"github.com/assay-hq/assay/policy"
)

// byLink lets an organization's links sign candidates in.
func (r *rig) byLink(t *testing.T, owner policy.Actor) {
	t.Helper()
	must(r.Account.UpdateOrganization(t.Context(), owner, account.UpdateOrganizationInput{LinkSignIn: new(true)}))(t)
}

// again invites the candidate once more and gives the secret of the link.
func (r *rig) again(t *testing.T, owner policy.Actor, template gid.ID) string {
	t.Helper()
	must(r.Sittings.Invite(t.Context(), owner, sitting.InviteCandidateInput{
		TemplateID: template, Candidate: sitting.CandidateInput{Email: "candidate@one.example", Name: "Ann"},
	}))(t)
	return r.random.last
}

// form is a form of the site's own with one field.
func form(name, value string) func(*http.Request) {
	return func(q *http.Request) {
		q.PostForm = url.Values{name: {value}}
		q.Form = q.PostForm
	}
}

// cookie is what a browser keeps of an answer.
func (a answer) cookie() string {
	pair, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	return pair
}

// commits tells whether the database changed since the last call.
func commits(t *testing.T, conn *sql.Conn) (n int) {
	t.Helper()
	if err := conn.QueryRowContext(t.Context(), "PRAGMA data_version").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func discreetly(t *testing.T, name string, got answer) {
	t.Helper()
	if got.header.Get("Referrer-Policy") != "no-referrer" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s tells where it was: %v", name, got.header)
	}
}

// leadsTo reports whether an answer leads to a sitting's own page.
func leadsTo(a answer, id gid.ID) bool {
	return a.status == http.StatusSeeOther && a.header.Get("Location") == "/sittings/"+id.String()
}

func TestLinkSignsIn(t *testing.T) {
	r := newRig(t)
	owner := r.found(t, "one")
	row, secret := r.invited(t, owner, script)
	path := "/take/" + secret
	conn := must(r.db.Conn(t.Context()))(t)
	defer conn.Close()
	if got := r.ask(t, "POST", path, ""); got.status != http.StatusSeeOther || got.cookie() != "" {
		t.Errorf("without the setting: got %d", got.status)
	}
	r.byLink(t, owner)
	before := commits(t, conn)
	for _, method := range []string{"GET", "HEAD", "GET"} {
		got := r.ask(t, method, path, "")
		discreetly(t, method, got)
		if got.status != http.StatusOK || got.cookie() != "" || method == "GET" && !strings.Contains(got.text, "Open the invitation") {
			t.Errorf("%s: got %d %s", method, got.status, got.text)
		}
	}
	forged := r.ask(t, "POST", path, "", with("Sec-Fetch-Site", "cross-site"))
	if forged.status != http.StatusForbidden || commits(t, conn) != before {
		t.Errorf("looking, or another site, changed something: %d", forged.status)
	}
	got := r.ask(t, "POST", path, "", with("Sec-Fetch-Site", "same-origin"), with("Origin", "null"))
	discreetly(t, "POST", got)
	if !leadsTo(got, row.ID) || got.cookie() == "" {
		t.Fatalf("got %d to %q", got.status, got.header.Get("Location"))
	}
	t.Run("and the browser stays signed in", func(t *testing.T) {
		if again := r.ask(t, "POST", path, "", with("Cookie", got.cookie())); !leadsTo(again, row.ID) {
			t.Errorf("got %d to %q", again.status, again.header.Get("Location"))
		}
		if start := r.ask(t, "GET", "/", "", with("Cookie", got.cookie())); !strings.Contains(start.text, "<h1>Welcome</h1>") {
			t.Errorf("a candidate sees more than a candidate: %s", start.text)
		}
		out := r.ask(t, "POST", "/logout", "", with("Cookie", got.cookie()))
		if out.status != http.StatusSeeOther || out.header.Get("Location") != "/" {
			t.Errorf("signing out leads to %q", out.header.Get("Location"))
		}
	})
	t.Run("once", func(t *testing.T) {
		used := r.ask(t, "POST", path, "")
		if used.status != http.StatusConflict || used.cookie() != "" || !strings.Contains(used.text, "This link was already used") || !strings.Contains(used.text, `action="/take"`) {
			t.Errorf("got %d %s", used.status, used.text)
		}
	})
	t.Run("beside who signs in with the provider", func(t *testing.T) {
		secret := r.again(t, owner, row.TemplateID)
		own := r.ask(t, "POST", "/take/"+secret, "candidate@one.example")
		if own.status != http.StatusSeeOther || !strings.HasPrefix(own.header.Get("Location"), "/sittings/") {
			t.Errorf("got %d to %q", own.status, own.header.Get("Location"))
		}
		secret = r.again(t, owner, row.TemplateID)
		if got := r.ask(t, "POST", "/take/"+secret, "owner@one.example"); got.status != http.StatusConflict || got.cookie() != "" {
			t.Errorf("somebody else: got %d", got.status)
		}
	})
	if strings.Contains(r.log.String(), secret) {
		t.Error("the log has the secret of a link")
	}
}

func TestComingBack(t *testing.T) {
	r := newRig(t)
	owner := r.found(t, "one")
	row, secret := r.invited(t, owner, script)
	r.byLink(t, owner)
	r.ask(t, "POST", "/take/"+secret, "")
	got := r.ask(t, "GET", "/take", "")
	discreetly(t, "the form", got)
	if got.status != http.StatusOK || !strings.Contains(got.text, `name="email"`) {
		t.Fatalf("got %d %s", got.status, got.text)
	}
	if got := r.ask(t, "POST", "/take", "", form("email", "no address")); got.status != http.StatusBadRequest {
		t.Errorf("no address: got %d", got.status)
	}
	if got := r.ask(t, "POST", "/take", "", form("email", "candidate@one.example"), with("Sec-Fetch-Site", "cross-site")); got.status != http.StatusForbidden {
		t.Errorf("another site asks: got %d", got.status)
	}
	plain := func(a answer) string { return strings.ReplaceAll(a.text, a.header.Get("X-Request-Id"), "") }
	known := r.ask(t, "POST", "/take", "", form("email", " Candidate@one.example"))
	if err := <-r.asked; err != nil {
		t.Fatal(err)
	}
	back := "/take/in/" + r.random.last
	unknown := r.ask(t, "POST", "/take", "", form("email", "nobody@one.example"))
	if err := <-r.asked; err != nil {
		t.Fatal(err)
	}
	if known.status != http.StatusOK || plain(known) != plain(unknown) || known.status != unknown.status || known.cookie()+unknown.cookie() != "" {
		t.Errorf("the answers differ: %s %s", known.text, unknown.text)
	}
	conn := must(r.db.Conn(t.Context()))(t)
	defer conn.Close()
	before := commits(t, conn)
	shown := r.ask(t, "GET", back, "")
	discreetly(t, "the link", shown)
	if shown.status != http.StatusOK || !strings.Contains(shown.text, `action="`+back+`"`) || commits(t, conn) != before {
		t.Errorf("looking: got %d %s", shown.status, shown.text)
	}
	in := r.ask(t, "POST", back, "")
	discreetly(t, "coming back", in)
	if !leadsTo(in, row.ID) || in.cookie() == "" {
		t.Errorf("got %d to %q", in.status, in.header.Get("Location"))
	}
	if again := r.ask(t, "POST", back, ""); again.status != http.StatusConflict || again.cookie() != "" || !strings.Contains(again.text, `action="/take"`) {
		t.Errorf("twice: got %d %s", again.status, again.text)
	}
	if got := r.ask(t, "POST", "/take/in/unknown", ""); got.status != http.StatusNotFound {
		t.Errorf("an unknown link: got %d", got.status)
	}
}

func TestLinksAreAskedForWithinBounds(t *testing.T) {
	done := make(chan struct{}, 100)
	r := newRig(t, func(c *web.Config) {
		c.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		c.SignInLink = func(context.Context, string) error { done <- struct{}{}; return nil }
	})
	ask := func(peer, forwarded string) answer {
		got := r.ask(t, "POST", "/take", "", form("email", "a@one.example"), with("X-Forwarded-For", forwarded),
			func(q *http.Request) { q.RemoteAddr = peer })
		if got.status == http.StatusOK {
			<-done
		}
		return got
	}
	for i := range 60 { // each with another address of one network, through a proxy of ours
		if got := ask("10.0.0.1:1", fmt.Sprintf("2001:db8:1:1::%x", i+1)); got.status != http.StatusOK {
			t.Fatalf("the %dth: got %d", i+1, got.status)
		}
	}
	refused := ask("10.0.0.1:1", "2001:db8:1:1::ffff")
	if refused.status != http.StatusTooManyRequests || refused.header.Get("Retry-After") == "" || !strings.Contains(refused.text, "Too many links") {
		t.Errorf("one more: got %d %s", refused.status, refused.text)
	}
	for name, from := range map[string][2]string{
		"another network":           {"10.0.0.1:1", "2001:db8:1:2::1"},
		"of the fourth version":     {"10.0.0.1:1", "192.0.2.7"},
		"another, without a proxy":  {"198.51.100.4:1", "2001:db8:1:1::1"},
		"from nowhere that we know": {"", ""},
	} {
		if got := ask(from[0], from[1]); got.status != http.StatusOK {
			t.Errorf("%s: got %d", name, got.status)
		}
	}
	for i := range 60 { // who is no proxy cannot choose where they come from
		ask("198.51.100.4:1", fmt.Sprintf("203.0.113.%d", i))
	}
	if got := ask("198.51.100.4:1", "203.0.113.99"); got.status != http.StatusTooManyRequests {
		t.Errorf("who says that they come from elsewhere: got %d", got.status)
	}
}

func TestAsksAreForgottenAfterAnHour(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := newRig(t, func(c *web.Config) {
		c.Now = func() time.Time { return now }
		c.SignInLink = func(context.Context, string) error { return nil }
	})
	ask := func() int { return r.ask(t, "POST", "/take", "", form("email", "a@one.example")).status }
	for range 61 {
		ask()
	}
	now = now.Add(time.Hour - time.Second)
	if got := ask(); got != http.StatusTooManyRequests {
		t.Errorf("before: got %d", got)
	}
	now = now.Add(time.Second)
	if got := ask(); got != http.StatusOK {
		t.Errorf("after: got %d", got)
	}
}

// TestTheSettingEndsSessionsOfLinks turns link sign-in off while somebody is signed in by one.
func TestTheSettingEndsSessionsOfLinks(t *testing.T) {
	r := newRig(t)
	owner := r.found(t, "one")
	row, secret := r.invited(t, owner, script)
	r.byLink(t, owner)
	in := r.ask(t, "POST", "/take/"+secret, "")
	own := func() answer { return r.ask(t, "GET", "/sittings/"+row.ID.String(), "", with("Cookie", in.cookie())) }
	if got := own(); got.status != http.StatusOK {
		t.Fatalf("with the setting: got %d", got.status)
	}
	link := func(on bool) {
		must(r.Account.UpdateOrganization(t.Context(), owner, account.UpdateOrganizationInput{LinkSignIn: &on}))(t)
	}
	link(false)
	if got := own(); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/login") {
		t.Errorf("on the next request: got %d to %q", got.status, got.header.Get("Location"))
	}
	if got := r.ask(t, "GET", "/take", "", with("Cookie", in.cookie())); got.status != http.StatusOK {
		t.Errorf("the way back: got %d", got.status)
	}
	link(true)
	if got := own(); got.status != http.StatusSeeOther {
		t.Errorf("with the setting once more: got %d", got.status)
	}
}

func TestErrandsAreBounded(t *testing.T) {
	hold, began := make(chan struct{}), make(chan struct{}, 20)
	r := newRig(t, func(c *web.Config) {
		c.SignInLink = func(context.Context, string) error {
			began <- struct{}{}
			<-hold
			return nil
		}
	})
	for range 20 {
		if got := r.ask(t, "POST", "/take", "", form("email", "a@one.example")); got.status != http.StatusOK {
			t.Errorf("got %d", got.status)
		}
	}
	for range 8 {
		<-began
	}
	if len(began) != 0 {
		t.Errorf("%d more are under way", len(began))
	}
	close(hold)
	if n := strings.Count(r.log.String(), "errand left"); n != 12 {
		t.Errorf("%d were left, want 12", n)
	}
}
