package web_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/blob"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/login/devidp"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/internal/web"
	"github.com/assay-hq/assay/policy"
)

// script is a name that tries to be a script.
const script = "<script>alert(1)</script>"

// public is where the site of these tests believes to be.
const public = "http://127.0.0.1:8080"

// rig is the site on rooms of its own. The provider signs tokens for whoever asks.
type rig struct {
	web.Config
	*web.Site
	db       *sql.DB
	store    *tenant.Store
	authors  *authoring.Service
	provider *devidp.Provider
	log      *journal
	mails    []web.Mail
	random   *secrets
	asked    chan error // what came of each link to come back by that was asked for
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// secrets is randomness that remembers the last secret read from it: the end of an invitation's link.
type secrets struct{ last string }

func (s *secrets) Read(p []byte) (int, error) {
	n, err := rand.Read(p)
	if len(p) == 32 {
		s.last = base64.RawURLEncoding.EncodeToString(p)
	}
	return n, err
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// newRig makes a development site; change may alter what it is made of.
func newRig(t *testing.T, change ...func(*web.Config)) *rig {
	t.Helper()
	r := &rig{log: &journal{}, random: &secrets{}, asked: make(chan error, 10)}
	log := slog.New(slog.NewTextHandler(r.log, nil))
	files := dbtest.SQLite(t)
	r.db = files.Open(t)
	r.store = must(tenant.Open(tenant.Config{
		URL: files.URL, Policy: must(policy.New())(t), Clock: tenant.Clock{Now: time.Now}, IDs: gid.NewSource(rand.Reader),
		Log: log, Inline: r.work, Request: web.RequestID,
	}))(t)
	t.Cleanup(func() {
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	r.authors = authoring.New(r.store)
	kept := must(blob.Open(t.Context(), "mem://"))(t)
	t.Cleanup(func() { _ = kept.Close() })
	r.Config = web.Config{
		GraphQL: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Schema: "type Query",
		Account: account.New(r.store, rand.Reader), Grading: grading.New(r.store), Ready: r.store.Ready,
		Sittings:  sitting.New(r.store, sitting.Config{PublicURL: public, Random: r.random, Files: kept}),
		PublicURL: public, Issuer: public + "/dev/idp", Log: log, Metrics: prometheus.NewRegistry(), Now: time.Now, Dev: true,
		Mails: func(context.Context) ([]web.Mail, error) { return r.mails, nil }, SignInLink: r.signInLinks,
		RunnerCalled: func(context.Context, string) error { return fault.New(fault.NotFound, "no run has this secret") },
	}
	r.serve(t, change...)
	return r
}

// serve puts the provider and the site together. The provider's own address is asked for nothing but its keys.
func (r *rig) serve(t *testing.T, change ...func(*web.Config)) {
	t.Helper()
	outer := http.NewServeMux()
	server := httptest.NewServer(outer)
	t.Cleanup(server.Close)
	r.Issuer = server.URL + "/dev/idp"
	r.provider = must(devidp.New(devidp.Config{Issuer: r.Issuer, ClientID: "assay", ClientSecret: "secret", Accounts: accounts()}))(t)
	outer.Handle("/dev/idp/", r.provider)
	r.Provider = r.provider
	for _, c := range change {
		c(&r.Config)
	}
	directory := r.store.Directory()
	r.Login = must(login.New(t.Context(), login.Config{
		Issuer: r.Issuer, ClientID: "assay", ClientSecret: "secret", PublicURL: r.PublicURL, Resolve: directory.Resolve,
		ResolveKey: directory.KeyActor, Sessions: r.store.WebSessions(), Log: r.Log,
		Failed: func(w http.ResponseWriter, q *http.Request, status int, text string) {
			r.SignInFailed(w, q, status, text)
		},
	}))(t)
	r.Site = must(web.New(r.Config))(t)
}

// accounts are everybody whom the provider knows.
func accounts() []devidp.Account {
	var all []devidp.Account
	for _, name := range []string{"owner@one", "owner@two", "analyst@one", "candidate@one"} {
		email := name + ".example"
		all = append(all, devidp.Account{Email: email, Name: name, Subject: email, Password: "x", EmailVerified: true})
	}
	return all
}

// signInLinks does what the binary does, and says when it is done.
func (r *rig) signInLinks(ctx context.Context, address string) error {
	found, err := r.store.Directory().Returning(ctx, address, sitting.MaxSignInLinks, sitting.SignInSpan)
	for _, f := range found {
		err = errors.Join(err, r.Sittings.SendSignInLink(ctx, policy.Worker(f.Organization), f.Session))
	}
	r.asked <- err
	return err
}

func (r *rig) work(ctx context.Context, args job.Args) error {
	if j, ok := args.(job.ScoreSession); ok {
		return r.Grading.Score(ctx, policy.Worker(j.OrganizationID), j.SessionID)
	}
	return nil
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
}

// ask sends a request; who is an address with an account, or empty for nobody.
func (r *rig) ask(t *testing.T, method, path, who string, change ...func(*http.Request)) answer {
	t.Helper()
	q := httptest.NewRequest(method, public+path, strings.NewReader(""))
	if who != "" {
		q.Header.Set("Authorization", "Bearer "+must(r.provider.BearerToken(who))(t))
	}
	for _, c := range change {
		c(q)
	}
	return send(t, r.Public(), q)
}

func send(t *testing.T, to http.Handler, q *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	to.ServeHTTP(w, q)
	result := w.Result()
	return answer{result.StatusCode, result.Header, string(must(io.ReadAll(result.Body))(t))}
}

func with(name, value string) func(*http.Request) {
	return func(q *http.Request) { q.Header.Set(name, value) }
}

// found makes an organization and signs its owner in.
func (r *rig) found(t *testing.T, slug string) policy.Actor {
	t.Helper()
	must(r.store.Directory().NewOrganization(t.Context(), slug, "The "+slug, "owner@"+slug+".example", "Owner"))(t)
	return r.meet(t, "owner@"+slug+".example", slug)
}

func (r *rig) meet(t *testing.T, email, slug string) policy.Actor {
	t.Helper()
	who := policy.Identity{Issuer: r.Issuer, Subject: email, Email: email, EmailVerified: true}
	return must(r.store.Directory().Resolve(t.Context(), who, slug))(t)
}

// invited asks the candidate to take a template with one choice, and gives the secret of the link.
func (r *rig) invited(t *testing.T, owner policy.Actor, name string) (*ent.Session, string) {
	t.Helper()
	row := must(r.Sittings.Invite(t.Context(), owner, sitting.InviteCandidateInput{
		TemplateID: r.newTemplate(t, owner), Candidate: sitting.CandidateInput{Email: "candidate@one.example", Name: name},
	}))(t)
	return row, r.random.last
}

func (r *rig) newTemplate(t *testing.T, owner policy.Actor) gid.ID {
	t.Helper()
	ctx := t.Context()
	skill := must(r.authors.CreateSkill(ctx, owner, authoring.CreateSkillInput{Name: script + " skill"}))(t).ID
	question := must(r.authors.CreateQuestion(ctx, owner, authoring.CreateQuestionInput{
		Title: script + " question", Kind: term.SingleChoice, Category: term.Technical, Level: term.Entry,
		Content: &content.Question{
			Prompt: "?", ModelAnswer: "!", Pitfalls: []string{}, SkillIDs: []gid.ID{skill},
			Choices: []*content.Choice{{Key: "a", Text: "right", Correct: true}, {Key: "b", Text: "wrong"}},
		},
	}))(t).ID
	must(r.authors.PublishQuestion(ctx, owner, authoring.PublishQuestionInput{ID: question}))(t)
	role := must(r.authors.CreateJobRole(ctx, owner, authoring.CreateJobRoleInput{Fields: authoring.JobRoleFields{
		Title: script + " role", Level: term.Entry, Responsibilities: []string{"duty"},
		MustHaveSkills: []*authoring.MustHaveSkillInput{{SkillID: skill, Weight: 1}},
	}}))(t).ID
	template := must(r.authors.CreateTemplate(ctx, owner, authoring.CreateTemplateInput{
		JobRoleID: role, Name: script + " template", Mode: term.Assessment, Content: &content.Template{
			Sections: []*content.Section{{
				Title: script + " section", TimeLimit: 2700, Slots: []*content.Slot{{QuestionID: &question, Points: 10}},
			}},
			CutPercent: 50, Feedback: term.FeedbackSections,
			Bands: []*content.Band{{Name: "low", MinPercent: 0}, {Name: script + " high", MinPercent: 60}},
		},
	}))(t).ID
	must(r.authors.PublishTemplate(ctx, owner, authoring.PublishTemplateInput{ID: template}))(t)
	return template
}

// reported is the report of a candidate who answered everything well.
func (r *rig) reported(t *testing.T, owner policy.Actor, name string) gid.ID {
	t.Helper()
	ctx := t.Context()
	session, secret := r.invited(t, owner, name)
	candidate := r.meet(t, "candidate@one.example", "")
	must(r.Sittings.Accept(ctx, candidate, sitting.AcceptInvitationInput{Token: secret}))(t)
	must(r.Sittings.Start(ctx, candidate, sitting.StartSittingInput{ID: session.ID}))(t)
	must(r.Sittings.SaveResponse(ctx, candidate, sitting.SaveResponseInput{
		SittingID: session.ID, Question: "1.1", ClientKey: "save", Answer: &content.Answer{Choices: []string{"a"}},
	}))(t)
	must(r.Sittings.Submit(ctx, candidate, sitting.SubmitSittingInput{ID: session.ID}))(t)
	return must(r.Grading.ReportsBySession(ctx, owner, []gid.ID{session.ID}))(t)[0].ID
}
