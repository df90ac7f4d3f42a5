package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/reporting"
	"github.com/assay-hq/assay/policy"
)

//go:embed page/*.html
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pages are the parsed pages by name, each inside the common frame.
type pages map[string]*template.Template

func parsePages(publicURL string) (pages, error) {
	all := pages{}
	for _, name := range []string{"start", "take", "lost", "sitting", "report", "mail", "message", "graphiql"} {
		t, err := template.New("frame.html").Funcs(template.FuncMap{
			"pair":  pair,
			"links": func(text string) template.HTML { return links(publicURL, text) },
		}).ParseFS(pageFiles, "page/frame.html", "page/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		all[name] = t
	}
	return all, nil
}

// view is what every page is made of.
type view struct {
	Title         string
	Lang          string
	Skip, SignOut string // what the frame itself says
	Actor         policy.Actor
	Dev           bool
	Words         *words // of the candidate's pages
	Data          any
}

// pagePolicy is the Content-Security-Policy of our own pages: nothing from elsewhere, nothing inline.
func (s *Site) pagePolicy() string {
	return "default-src 'none'; style-src 'self'; img-src 'self'; form-action " + s.formTargets() + "; base-uri 'none'; frame-ancestors 'none'"
}

// formTargets is where a form may lead to: a sign-out goes on to the identity provider, which Chrome counts as the
// form's action.
func (s *Site) formTargets() string {
	provider, err := url.Parse(s.cfg.Issuer)
	if err != nil || provider.Host == "" {
		return "'self'"
	}
	return "'self' " + provider.Scheme + "://" + provider.Host
}

// show renders a page, or answers as ours if it cannot be rendered.
func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, name, title string, data any) {
	s.showIn(w, r, status, name, view{Title: title, Lang: "en", Skip: "Skip to the content", SignOut: "Sign out", Data: data})
}

// showIn renders a page in a language of its own.
func (s *Site) showIn(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	var b bytes.Buffer
	v.Actor, v.Dev = login.Actor(r.Context()), s.cfg.Dev
	if err := s.pages[name].Execute(&b, v); err != nil {
		s.cfg.Log.ErrorContext(r.Context(), "page", "page", name, "error", err, "request", RequestID(r.Context()))
		write(w, http.StatusInternalServerError, "Something went wrong on our side.\n")
		return
	}
	if name != "graphiql" && name != "sitting" {
		w.Header().Set("Content-Security-Policy", s.pagePolicy())
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}

// message is what the message page says.
type message struct {
	Text, Request string
}

// fail shows what went wrong to a person.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, status int, text string) {
	s.show(w, r, status, "message", http.StatusText(status), message{Text: text, Request: RequestID(r.Context())})
}

// SignInFailed shows a sign-in that failed.
func (s *Site) SignInFailed(w http.ResponseWriter, r *http.Request, status int, text string) {
	s.fail(w, r, status, sentence(text))
}

// sentence makes a message, which begins in lower case and ends without a full stop, one that stands alone.
func sentence(message string) string {
	if message == "" {
		return "This did not work."
	}
	return strings.ToUpper(message[:1]) + message[1:] + "."
}

// faulty shows an operation's fault to a person.
func (s *Site) faulty(w http.ResponseWriter, r *http.Request, err error) {
	faults := fault.All(err)
	if len(faults) == 0 {
		s.cfg.Log.ErrorContext(r.Context(), "page failed", "error", err, "request", RequestID(r.Context()))
		s.fail(w, r, http.StatusInternalServerError, "Something went wrong on our side.")
		return
	}
	status := http.StatusConflict
	switch faults[0].Code {
	case fault.Unauthenticated:
		http.Redirect(w, r, "/login?return_to="+url.QueryEscape(r.URL.Path), http.StatusSeeOther)
		return
	case fault.Denied:
		status = http.StatusForbidden
	case fault.NotFound:
		status = http.StatusNotFound
	case fault.Unavailable:
		status = http.StatusServiceUnavailable
	}
	s.fail(w, r, status, sentence(faults[0].Message))
}

func (s *Site) missing(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, http.StatusNotFound, "There is no such page.")
}

// startPage is what the start page shows.
type startPage struct {
	Organization *ent.Organization
	Accounts     []string
}

func (s *Site) start(w http.ResponseWriter, r *http.Request) {
	data := startPage{Accounts: s.cfg.Accounts}
	if actor := login.Actor(r.Context()); !actor.Org.IsZero() {
		org, err := s.cfg.Account.Organization(r.Context(), actor)
		if err != nil {
			s.faulty(w, r, err)
			return
		}
		data.Organization = org
	}
	s.show(w, r, http.StatusOK, "start", "Assay", data)
}

// takePage is what an invitation link shows.
type takePage struct {
	Token  string
	ByLink bool // the link alone signs its candidate in
}

// take shows what an invitation link is for. Opening it changes nothing, so that a mail scanner does no harm.
func (s *Site) take(w http.ResponseWriter, r *http.Request) {
	link, err := s.cfg.Sittings.LookAtLink(r.Context(), login.Actor(r.Context()), r.PathValue("token"))
	if err != nil {
		s.faulty(w, r, err)
		return
	}
	in := s.wordsFor(r, link.Language)
	s.showWords(w, r, http.StatusOK, "take", in, in.Invitation, takePage{Token: r.PathValue("token"), ByLink: link.Suffices})
}

// accept ties whoever signed in, or holds the link, to the invitation.
func (s *Site) accept(w http.ResponseWriter, r *http.Request) {
	actor, token := login.Actor(r.Context()), r.PathValue("token")
	entry, err := s.cfg.Sittings.Enter(r.Context(), actor, token)
	if err == nil {
		s.entered(w, r, entry)
		return
	}
	link, failed := s.cfg.Sittings.LookAtLink(r.Context(), actor, token)
	if failed != nil {
		s.faulty(w, r, err)
		return
	}
	s.notEntered(w, r, s.wordsFor(r, link.Language), err)
}

func (s *Site) mailbox(w http.ResponseWriter, r *http.Request) {
	mails, err := s.cfg.Mails(r.Context())
	if err != nil {
		s.faulty(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "mail", "Development mailbox", mails)
}

func (s *Site) graphiql(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; "+
		"img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action "+s.formTargets()+"; base-uri 'none'; frame-ancestors 'none'")
	s.show(w, r, http.StatusOK, "graphiql", "GraphiQL", nil)
}

func (s *Site) schema(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, s.cfg.Schema)
}

// static serves embedded files. What is kept compressed is sent so to whoever takes it, and unpacked for others.
func (s *Site) static(w http.ResponseWriter, r *http.Request) {
	name, cache := s.assets.find(path.Clean(strings.TrimPrefix(r.URL.Path, "/")))
	body, err := staticFiles.ReadFile(name)
	packed := false
	if err != nil {
		body, err = staticFiles.ReadFile(name + ".gz")
		packed = err == nil
	}
	if err != nil {
		s.missing(w, r)
		return
	}
	if small, ok := s.assets.packed[name]; ok {
		body, packed = small, true
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", cache)
	w.Header().Set("Vary", "Accept-Encoding")
	if packed && !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body, err = unpack(body)
	} else if packed {
		w.Header().Set("Content-Encoding", "gzip")
	}
	if err != nil {
		s.faulty(w, r, err)
		return
	}
	_, _ = w.Write(body)
}

// links makes a mail's text a page's: everything is escaped, and the site's own addresses, no others, can be followed.
func links(own, text string) template.HTML {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, own+"/")
		b.WriteString(template.HTMLEscapeString(before))
		if !found {
			return template.HTML(b.String())
		}
		end := strings.IndexFunc(rest, outsideAddress)
		if end < 0 {
			end = len(rest)
		}
		end = len(strings.TrimRight(rest[:end], ".")) // a full stop ends the sentence
		address := template.HTMLEscapeString(own + "/" + rest[:end])
		b.WriteString(`<a href="` + address + `">` + address + `</a>`)
		text = rest[end:]
	}
}

// outsideAddress knows what no address of ours contains.
func outsideAddress(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && !strings.ContainsRune("-_./", r)
}

// figured is a part of a report with whoever reads it.
type figured struct {
	F any
	R *reporting.Reader
}

// pair gives a part of a page what it needs beside its own value.
func pair(part any, r *reporting.Reader) figured { return figured{part, r} }

func write(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
