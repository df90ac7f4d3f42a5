package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/assay-hq/assay/internal/demo"
	"github.com/assay-hq/assay/internal/migration"
	"github.com/assay-hq/assay/policy"
)

// migrateCommand applies migrations.
type migrateCommand struct {
	Status bool `help:"Only list the migrations and whether they were applied."`
	To     int  `help:"Stop after the migration of this number."`
}

// Run applies or lists migrations.
func (c *migrateCommand) Run(ctx context.Context) error {
	cfg, err := readConfig(false)
	if err != nil {
		return err
	}
	db, dialect, err := migration.OpenForMigration(cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Status {
		entries, err := migration.Status(ctx, db, dialect)
		for _, e := range entries {
			fmt.Printf("%-6s %04d  %-30s %s\n", e.Line, e.Number, e.Name, e.State)
		}
		return err
	}
	var applied []string
	if c.To > 0 {
		applied, err = migration.ApplyTo(ctx, db, dialect, c.To)
	} else {
		applied, err = migration.Apply(ctx, db, dialect)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%d migrations applied\n", len(applied))
	return nil
}

// seedCommand loads the demonstration organizations.
type seedCommand struct{}

// Run loads them.
func (seedCommand) Run(ctx context.Context) error {
	cfg, err := readConfig(true)
	if err != nil {
		return err
	}
	log, err := cfg.logger()
	if err != nil {
		return err
	}
	rules, err := policy.New()
	if err != nil {
		return err
	}
	if _, err := migrate(ctx, cfg); err != nil {
		return err
	}
	summary, err := seed(ctx, cfg, rules, log)
	if err != nil {
		return err
	}
	if summary.AlreadyThere {
		fmt.Println("the demonstration organizations are there already; nothing changed")
		return nil
	}
	fmt.Printf("%d sessions and %d reports loaded\n", summary.Sessions, summary.Reports)
	return nil
}

func seed(ctx context.Context, cfg *config, rules *policy.Policy, log *slog.Logger) (*demo.Summary, error) {
	return demo.Seed(ctx, demo.SeedConfig{URL: cfg.DatabaseURL, Policy: rules, Now: time.Now(), Log: log, PublicURL: cfg.PublicURL})
}

// demoCommand plays the whole job.
type demoCommand struct{}

// Run plays it against the server of the environment's addresses.
func (demoCommand) Run(ctx context.Context) error {
	cfg, err := readConfig(true)
	if err != nil {
		return err
	}
	_, err = playDemo(ctx, cfg, os.Stdout)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("no server answers at %s; start it with `assay serve --dev`", cfg.PublicURL)
	}
	return err
}

// playDemo plays the job; without an output it is silent.
func playDemo(ctx context.Context, cfg *config, out io.Writer) (*demo.Played, error) {
	provider, err := runningProvider(cfg)
	if err != nil {
		return nil, err
	}
	if out == nil {
		out = io.Discard
	}
	return demo.Play(ctx, demo.PlayConfig{
		BaseURL: cfg.PublicURL, Out: out, Run: strconv.FormatInt(time.Now().UnixMilli(), 36),
		Token: func(_ context.Context, email string) (string, error) { return provider.BearerToken(email) },
	})
}

// tokenCommand prints a bearer token of the development identity provider.
type tokenCommand struct {
	Email        string `required:"" help:"One of the demonstration accounts."`
	Organization string `help:"Check that the account is a member of the organization with this slug; send it as the header Assay-Organization."`
}

// Run prints the token and nothing else.
func (c *tokenCommand) Run(ctx context.Context) error {
	cfg, err := readConfig(true)
	if err != nil {
		return err
	}
	if !cfg.builtInProvider() {
		return errors.New("tokens are printed only of the built-in development identity provider")
	}
	provider, err := runningProvider(cfg)
	if err != nil {
		return err
	}
	token, err := provider.BearerToken(c.Email)
	if err != nil {
		return err
	}
	if c.Organization != "" {
		if err := c.isMember(ctx, cfg); err != nil {
			return err
		}
	}
	fmt.Println(token)
	return nil
}

func (c *tokenCommand) isMember(ctx context.Context, cfg *config) error {
	a, err := open(cfg)
	if err != nil {
		return err
	}
	defer a.store.Close()
	who := policy.Identity{Issuer: cfg.OIDCIssuer, Subject: "dev-" + c.Email, Email: c.Email, EmailVerified: true}
	if _, err := a.store.Directory().Resolve(ctx, who, c.Organization); err != nil {
		return fmt.Errorf("%s is no member of %s", c.Email, c.Organization)
	}
	return nil
}

// openReady opens a database that was migrated.
func openReady(ctx context.Context, cfg *config) (*app, error) {
	if file, embedded := strings.CutPrefix(cfg.DatabaseURL, "sqlite:"); embedded {
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("there is no database at %s; run `assay migrate`, or set ASSAY_DATABASE_URL", file)
		}
	}
	a, err := open(cfg)
	if err != nil {
		return nil, err
	}
	if err := a.store.Ready(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the database is not ready (%w); run `assay migrate`", err), a.store.Close())
	}
	return a, nil
}

// auditCommand checks the audit.
type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Recompute every organization's chain; exit status 1 if a link is broken."`
}

// auditVerifyCommand recomputes the chains.
type auditVerifyCommand struct {
	JSON bool `name:"json" help:"Print the result as JSON."`
}

// Run recomputes the chains and prints one line.
func (c *auditVerifyCommand) Run(ctx context.Context) error {
	cfg, err := readConfig(false)
	if err != nil {
		return err
	}
	a, err := openReady(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.store.Close()
	state, err := a.store.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(state); err != nil {
			return err
		}
	} else {
		fmt.Printf("%d events of %d organizations chained, %d not yet\n", state.Chained, state.Organizations, state.Unchained)
	}
	if state.BrokenAt != nil {
		return fmt.Errorf("the chain of %s is broken at position %d", state.BrokenAt.Organization, state.BrokenAt.Position)
	}
	return nil
}
