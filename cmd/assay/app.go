package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/assay-hq/assay/graph"
	"github.com/assay-hq/assay/graph/transport"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/blob"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/login/devidp"
	"github.com/assay-hq/assay/internal/mail"
	"github.com/assay-hq/assay/internal/migration"
	"github.com/assay-hq/assay/internal/runner"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/web"
	"github.com/assay-hq/assay/policy"
)

// app is the rooms, wired.
type app struct {
	cfg       *config
	log       *slog.Logger
	policy    *policy.Policy
	store     *tenant.Store
	files     *blob.Store
	keyUses   *tenant.KeyUses
	account   *account.Service
	authoring *authoring.Service
	sittings  *sitting.Service
	grading   *grading.Service
	insight   *insight.Service
	api       *transport.Server // since the site was made
}

// open reads the policy, opens the database and wires the rooms.
func open(cfg *config) (*app, error) {
	cfg.collectGarbage()
	log, err := cfg.logger()
	if err != nil {
		return nil, err
	}
	rules, err := policy.New()
	if err != nil {
		return nil, err
	}
	clock := tenant.Clock{Now: time.Now}
	if cfg.TestClockFile != "" {
		clock.Offset = func() time.Duration { return offsetIn(cfg.TestClockFile) }
	}
	store, err := tenant.Open(tenant.Config{
		URL: cfg.DatabaseURL, Policy: rules, Clock: clock, IDs: gid.NewSource(rand.Reader), Log: log, Request: web.RequestID,
	})
	if err != nil {
		return nil, err
	}
	files, err := blob.Open(context.Background(), cfg.BlobURL)
	if err != nil {
		return nil, fmt.Errorf("ASSAY_BLOB_URL: %w", err)
	}
	var scan blob.Scan
	if cfg.ScanURL != "" {
		scan = blob.ScanAt(cfg.ScanURL)
	}
	var sender *mail.Sender
	if cfg.SMTPURL != "" {
		if sender, err = mail.NewSender(cfg.SMTPURL); err != nil {
			return nil, err
		}
	}
	runs, err := codeRunner(cfg)
	if err != nil {
		return nil, err
	}
	return &app{
		cfg: cfg, log: log, policy: rules, store: store, files: files, keyUses: tenant.NewKeyUses(store),
		account:   account.New(store, rand.Reader),
		authoring: authoring.New(store),
		sittings:  sitting.New(store, sitting.Config{PublicURL: cfg.PublicURL, Random: rand.Reader, Mail: sender, Files: files, Scan: scan, DeleteFile: files.RemoveAll}),
		grading:   grading.New(store).Linking(cfg.PublicURL, rand.Reader).RunBy(runs),
		insight:   insight.New(store),
	}, nil
}

// codeRunner is what runs code; nothing, if none is configured.
func codeRunner(cfg *config) (grading.Runner, error) {
	none := grading.Runner{Random: rand.Reader}
	if cfg.RunnerURL == "" {
		return none, nil
	}
	if u, err := url.Parse(cfg.RunnerURL); err != nil || u.Scheme != "https" && !onThisMachine(u.Hostname()) {
		return none, errors.New("ASSAY_RUNNER_URL must begin with https:// unless it is on this machine")
	}
	token := ""
	if cfg.RunnerToken != "" {
		text, err := os.ReadFile(cfg.RunnerToken)
		if err != nil {
			return none, fmt.Errorf("ASSAY_RUNNER_TOKEN_FILE: %w", err)
		}
		token = strings.TrimSpace(string(text))
	}
	client, err := runner.New(cfg.RunnerURL, token)
	if err != nil {
		return none, fmt.Errorf("ASSAY_RUNNER_URL: %w", err)
	}
	callback, err := runnerCallback(cfg)
	return grading.Runner{Client: client, Callback: callback, Random: rand.Reader}, err
}

// runnerCallback is the address that the code runner calls; empty, if it is to be asked only.
func runnerCallback(cfg *config) (string, error) {
	base := cfg.RunnerCalls
	switch base {
	case "", "false":
		return "", nil
	case "true":
		base = cfg.PublicURL
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "https" && (u.Scheme != "http" || !onThisMachine(u.Hostname())) {
		return "", errors.New("ASSAY_RUNNER_CALLBACK must be true, false, or an address that begins with https:// unless it is on this machine")
	}
	return strings.TrimSuffix(base, "/") + web.RunnerPath, nil
}

// runnerCalled has a run asked for whose runner called with its secret.
func (a *app) runnerCalled(ctx context.Context, secret string) error {
	org, id, err := a.store.Directory().Execution(ctx, grading.HashOfCall(secret))
	if err != nil {
		return err
	}
	return a.grading.Called(ctx, policy.Worker(org), id)
}

// offsetIn reads the test clock's offset, in seconds; a file that is not there moves nothing.
func offsetIn(file string) time.Duration {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	if err != nil {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

// migrate applies pending migrations through a connection of its own, before the pools are opened.
func migrate(ctx context.Context, cfg *config) ([]string, error) {
	db, dialect, err := migration.OpenForMigration(cfg.DatabaseURL)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return migration.Apply(ctx, db, dialect)
}

// login makes the relying party.
func (a *app) login(ctx context.Context, failed func(http.ResponseWriter, *http.Request, int, string)) (*login.Service, error) {
	proxies, err := a.cfg.proxies()
	if err != nil {
		return nil, err
	}
	directory := a.store.Directory()
	return login.New(ctx, login.Config{
		Issuer: a.cfg.OIDCIssuer, ClientID: a.cfg.OIDCClientID, ClientSecret: a.cfg.OIDCSecret, Audience: a.cfg.OIDCAudience,
		PublicURL: a.cfg.PublicURL, Resolve: directory.Resolve, ResolveKey: a.keyUses.KeyActor,
		ClientAddress: web.ClientAddress(proxies), Failed: failed, Sessions: a.store.WebSessions(), Log: a.log, Now: time.Now,
	})
}

// graphQL makes the API.
func (a *app) graphQL(schemaHash string, signIn *login.Service) *transport.Server {
	resolver := &graph.Resolver{
		Account: a.account, Authoring: a.authoring, Sittings: a.sittings, Grading: a.grading, Insight: a.insight,
		Policy: a.policy, Version: "assay " + version, Hash: schemaHash,
	}
	return transport.New(transport.Config{
		Schema:        graph.NewExecutableSchema(graph.Config{Resolvers: resolver, Complexity: graph.Complexity()}),
		Limits:        transport.DefaultLimits(),
		Introspection: func(context.Context) bool { return a.cfg.dev },
		ViaCookie:     login.ViaCookie,
		RequestID:     web.RequestID,
		Log:           a.log,
		Around:        resolver.WithLoaders,
		Begin:         signIn.Begin,
		Again:         signIn.Again,
		Caller:        login.Caller,
		Origin:        a.cfg.origin(),
	})
}

// site wires everything behind the two addresses.
func (a *app) site(ctx context.Context) (*web.Site, error) {
	var site *web.Site
	signIn, err := a.login(ctx, func(w http.ResponseWriter, r *http.Request, status int, text string) {
		site.SignInFailed(w, r, status, text)
	})
	if err != nil {
		return nil, err
	}
	proxies, err := a.cfg.proxies()
	if err != nil {
		return nil, err
	}
	schema, hash, err := graph.Schema()
	if err != nil {
		return nil, err
	}
	a.api = a.graphQL(hash, signIn)
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "assay_live_connections", Help: "Sockets and streams of events that are open.",
		}, func() float64 { return float64(a.api.Connections()) }))
	cfg := web.Config{
		Login: signIn, GraphQL: a.api, Schema: schema, Account: a.account, Sittings: a.sittings, Grading: a.grading,
		Ready: a.store.Ready, PublicURL: a.cfg.PublicURL, Issuer: a.cfg.OIDCIssuer, Proxies: proxies, Log: a.log, Metrics: metrics,
		Now: time.Now, Dev: a.cfg.dev, SignInLink: a.sendSignInLinks, RunnerCalled: a.runnerCalled,
	}
	if a.cfg.dev {
		cfg.Mails = a.keptMails
	}
	if a.cfg.builtInProvider() {
		provider, err := devProvider(a.cfg)
		if err != nil {
			return nil, err
		}
		cfg.Provider, cfg.Accounts = provider, devAccounts()
	}
	site, err = web.New(cfg)
	return site, err
}

func (a *app) keptMails(ctx context.Context) ([]web.Mail, error) {
	kept, err := a.store.Directory().KeptMails(ctx, 50)
	if err != nil {
		return nil, err
	}
	mails := make([]web.Mail, len(kept))
	for i, m := range kept {
		mails[i] = web.Mail(m)
	}
	return mails, nil
}

// devPassword is the password of every demonstration account.
const devPassword = "assay"

// devAccounts are the demonstration accounts.
func devAccounts() []string {
	return []string{
		"owner@demo.example", "admin@demo.example", "recruiter@demo.example", "manager@demo.example", "reviewer@demo.example",
		"reviewer2@demo.example", "analyst@demo.example", "candidate@demo.example", "owner@other.example", "recruiter@other.example",
	}
}

// devProvider is the development identity provider, with a key that `assay token` shares.
func devProvider(cfg *config) (*devidp.Provider, error) {
	if err := os.MkdirAll(cfg.dataFolder(), 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	key, err := devidp.LoadOrCreateKey(devKeyFile(cfg))
	if err != nil {
		return nil, err
	}
	var accounts []devidp.Account
	for _, email := range devAccounts() {
		accounts = append(accounts, devidp.Account{
			Email: email, Name: devName(email), Subject: "dev-" + email, Password: devPassword, EmailVerified: true,
		})
	}
	return devidp.New(devidp.Config{
		Issuer: cfg.OIDCIssuer, ClientID: cfg.OIDCClientID, ClientSecret: cfg.OIDCSecret,
		RedirectURIs: []string{cfg.PublicURL + "/login/callback"}, PostLogoutRedirectURIs: []string{cfg.PublicURL + "/"},
		Accounts: accounts, Key: key,
	})
}

// devKeyFile is where the development provider keeps its key.
func devKeyFile(cfg *config) string {
	return filepath.Join(cfg.dataFolder(), "development-provider.pem")
}

// runningProvider is the provider of a server that was started here; without one there is nothing to sign for.
func runningProvider(cfg *config) (*devidp.Provider, error) {
	if _, err := os.Stat(devKeyFile(cfg)); err != nil {
		return nil, fmt.Errorf("no development server was started here: run this in the folder of `assay serve --dev`, with the same ASSAY_ADDR and ASSAY_DATABASE_URL")
	}
	return devProvider(cfg)
}

// devName makes a name of an address: "recruiter@demo.example" is "Recruiter (demo)".
func devName(email string) string {
	who, where, _ := strings.Cut(email, "@")
	organization, _, _ := strings.Cut(where, ".")
	return strings.ToUpper(who[:1]) + who[1:] + " (" + organization + ")"
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}
