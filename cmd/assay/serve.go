package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/assay-hq/assay/internal/web"
)

// serveCommand serves the API and the pages.
type serveCommand struct {
	Dev    bool `help:"Development: embedded database in ./data, demonstration organizations, built-in identity provider, GraphiQL."`
	NoWork bool `help:"Leave the background work to another process."`
	NoDemo bool `help:"With --dev: do not play the demonstration on the first start."`
}

// Run serves until it is told to stop, then drains.
func (c *serveCommand) Run(ctx context.Context) error {
	cfg, err := readConfig(c.Dev)
	if err != nil {
		return err
	}
	if err := cfg.complete(); err != nil {
		return err
	}
	if err := cfg.usable(); err != nil {
		return err
	}
	if err := c.prepare(ctx, cfg); err != nil {
		return err
	}
	a, err := open(cfg)
	if err != nil {
		return err
	}
	defer a.store.Close()
	if err := a.store.Ready(ctx); err != nil {
		return fmt.Errorf("%w; run `assay migrate` first", err)
	}
	first := false
	if cfg.dev {
		if first, err = a.prepareDevelopment(ctx); err != nil {
			return err
		}
	}
	return c.serve(ctx, a, first)
}

// usable finds settings that would fail only after the work of starting.
func (c *config) usable() error {
	if _, err := c.proxies(); err != nil {
		return err
	}
	for name, address := range map[string]string{"ASSAY_ADDR": c.Addr, "ASSAY_ADMIN_ADDR": c.AdminAddr} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return fmt.Errorf("%s: %w; stop what uses it or choose another", name, err)
		}
		if err := l.Close(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// prepare migrates the embedded database; PostgreSQL is migrated by `assay migrate`, except in development.
func (c *serveCommand) prepare(ctx context.Context, cfg *config) error {
	if !cfg.dev && !strings.HasPrefix(cfg.DatabaseURL, "sqlite:") {
		return nil
	}
	_, err := migrate(ctx, cfg)
	return err
}

func (c *serveCommand) serve(ctx context.Context, a *app, first bool) error {
	site, err := a.site(context.WithoutCancel(ctx)) // a sign-in in flight may still ask the provider while draining
	if err != nil {
		return err
	}
	public, err := listen(a.cfg.Addr, site.Public())
	if err != nil {
		return err
	}
	admin, err := listen(a.cfg.AdminAddr, site.Admin())
	if err != nil {
		return errors.Join(err, public.stop(context.Background()))
	}
	stopWork := func(context.Context) error { return nil }
	if !c.NoWork {
		if stopWork, err = a.startWork(ctx); err != nil {
			return err
		}
	}
	noting, stopNoting := context.WithCancel(ctx)
	defer stopNoting()
	go a.writeKeyUses(noting)
	if a.cfg.dev {
		a.welcome(ctx, first && !c.NoDemo && !c.NoWork)
	}
	a.log.Info("ready", "address", a.cfg.PublicURL, "admin", "http://"+a.cfg.AdminAddr)
	select {
	case <-ctx.Done():
	case err = <-public.failed:
	case err = <-admin.failed:
	}
	err = errors.Join(err, drain(site, a.api.Drain, public, admin, stopWork))
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if !c.NoWork { // what the last requests did gets its place as well
		err = errors.Join(err, a.sequence(last))
	}
	return errors.Join(err, a.keyUses.Flush(last))
}

// writeKeyUses writes once a minute which API keys were used, until the context ends: the process that is asked knows.
func (a *app) writeKeyUses(ctx context.Context) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := a.keyUses.Flush(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "key uses", "error", err)
		}
	}
}

// drain lets requests in flight and the work finish, and ends what is live, within one deadline for all, then closes.
func drain(site *web.Site, endLive func(context.Context), public, admin *server, stopWork func(context.Context) error) error {
	site.Drain()
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	worked, quiet := make(chan error, 1), make(chan struct{})
	go func() { worked <- stopWork(ctx) }()
	go func() { defer close(quiet); endLive(ctx) }()
	err := errors.Join(public.stop(ctx), <-worked)
	<-quiet
	closing, done := context.WithTimeout(context.Background(), time.Second)
	defer done()
	return errors.Join(err, admin.stop(closing))
}

// server is one listening address.
type server struct {
	http   *http.Server
	failed chan error
}

// listen begins to serve. The limits keep half-sent requests from holding connections.
func listen(address string, handler http.Handler) (*server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &server{failed: make(chan error, 1), http: &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 60 * time.Second, MaxHeaderBytes: 32 << 10,
	}}
	go func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	return s, nil
}

func (s *server) stop(ctx context.Context) error { return s.http.Shutdown(ctx) }

// prepareDevelopment loads the demonstration organizations and reports whether this is the first start.
func (a *app) prepareDevelopment(ctx context.Context) (first bool, err error) {
	if err := a.keepIssuer(ctx); err != nil {
		return false, err
	}
	summary, err := seed(ctx, a.cfg, a.policy, a.log)
	if err != nil {
		return false, err
	}
	return !summary.AlreadyThere, nil
}

// keepIssuer carries sign-ins over when the development provider's address changed since the last start.
func (a *app) keepIssuer(ctx context.Context) error {
	if !a.cfg.builtInProvider() {
		return nil
	}
	file := filepath.Join(a.cfg.dataFolder(), "development-issuer")
	last, err := os.ReadFile(file)
	if err == nil && string(last) != a.cfg.OIDCIssuer {
		if err := a.store.Directory().MoveIssuer(ctx, string(last), a.cfg.OIDCIssuer); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(a.cfg.dataFolder(), 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return os.WriteFile(file, []byte(a.cfg.OIDCIssuer), 0o600)
}

// welcome prints where to go and how to sign in; on the first start it plays the demonstration once.
func (a *app) welcome(ctx context.Context, play bool) {
	report := ""
	if play {
		fmt.Println("Playing the whole job once, from a role to a released report …")
		played, err := playDemo(ctx, a.cfg, nil)
		if err != nil {
			a.log.ErrorContext(ctx, "demonstration", "error", err)
		} else {
			report = played.ReportURL
			_ = os.WriteFile(filepath.Join(a.cfg.dataFolder(), "demonstration-report"), []byte(report), 0o600)
		}
	} else if kept, err := os.ReadFile(filepath.Join(a.cfg.dataFolder(), "demonstration-report")); err == nil {
		report = string(kept)
	}
	fmt.Print(welcomeText(a.cfg, report))
}

func welcomeText(cfg *config, report string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nAssay is ready.\n\n  Start page   %s/\n  GraphiQL     %s/graphiql\n  Mailbox      %s/dev/mail\n  Health       http://%s/readyz\n",
		cfg.PublicURL, cfg.PublicURL, cfg.PublicURL, cfg.AdminAddr)
	if report != "" {
		fmt.Fprintf(&b, "  A report     %s\n", report)
	}
	fmt.Fprintf(&b, "\nSign in as one of these; the password is %q:\n\n", devPassword)
	for _, email := range devAccounts() {
		fmt.Fprintf(&b, "  %s\n", email)
	}
	fmt.Fprintf(&b, "\nSee the job done again: assay demo. A token for curl: assay token --email recruiter@demo.example\n\n")
	return b.String()
}
