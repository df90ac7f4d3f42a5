package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// apiKeyCommand manages API keys.
type apiKeyCommand struct {
	Create apiKeyCreateCommand `cmd:"" help:"Make an API key and print it once."`
	List   apiKeyListCommand   `cmd:"" help:"List an organization's API keys, the newest first."`
	Rotate apiKeyRotateCommand `cmd:"" help:"Give an API key a new secret and print it once; the old one goes on for a while."`
	Revoke apiKeyRevokeCommand `cmd:"" help:"End an API key at once."`
}

// ofOrganization is what every command about one organization's keys needs.
type ofOrganization struct {
	Organization string `required:"" help:"The organization's slug."`
	Dev          bool   `help:"Use the development defaults."`
}

// in opens the database and acts in the organization as Assay itself.
func (o ofOrganization) in(ctx context.Context, act func(*app, policy.Actor) error) error {
	cfg, err := readConfig(o.Dev)
	if err != nil {
		return err
	}
	a, err := openReady(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.store.Close()
	org, err := a.store.Directory().Organization(ctx, o.Organization)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Organization, err)
	}
	return act(a, policy.Worker(org))
}

// apiKeyCreateCommand makes an API key.
type apiKeyCreateCommand struct {
	ofOrganization
	Name        string        `default:"command line" help:"What the key is for."`
	Permissions []string      `required:"" help:"The actions it may do, separated by commas, such as session.invite,report.read."`
	ValidFor    time.Duration `help:"How long it works, such as 2160h; for ever if absent."`
}

// Run makes the key and prints it.
func (c *apiKeyCreateCommand) Run(ctx context.Context) error {
	in := account.CreateAPIKeyInput{Name: c.Name}
	for _, p := range c.Permissions {
		in.Permissions = append(in.Permissions, policy.Action(strings.TrimSpace(p)))
	}
	if c.ValidFor > 0 {
		in.ValidFor = &c.ValidFor
	}
	return c.in(ctx, func(a *app, actor policy.Actor) error {
		issued, err := a.account.CreateAPIKey(ctx, actor, in)
		return printSecret(issued, c.named(err))
	})
}

// named tells every fault, and of a permission what was typed instead of its number.
func (c *apiKeyCreateCommand) named(err error) error {
	var all []error
	for _, f := range fault.All(err) {
		what := strings.Join(f.Field, ".")
		if i, ok := strings.CutPrefix(what, "permissions."); ok {
			if n, err := strconv.Atoi(i); err == nil && n < len(c.Permissions) {
				what = c.Permissions[n]
			}
		}
		all = append(all, fmt.Errorf("%s: %s", what, f.Message))
	}
	if len(all) == 0 {
		return err
	}
	return errors.Join(all...)
}

func printSecret(issued *account.IssuedAPIKey, err error) error {
	if err != nil {
		return err
	}
	fmt.Println(*issued.Secret)
	return nil
}

// apiKeyListCommand lists API keys.
type apiKeyListCommand struct{ ofOrganization }

// Run prints one line for each key.
func (c *apiKeyListCommand) Run(ctx context.Context) error {
	return c.in(ctx, func(a *app, actor policy.Actor) error {
		table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tNAME\tSTATE\tEXPIRES\tLAST USED\tPERMISSIONS")
		first := tenant.MaxPage
		for paging := (tenant.Paging{First: &first}); ; {
			page, err := a.account.APIKeys(ctx, actor, paging)
			if err != nil {
				return err
			}
			for _, key := range page.Nodes {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", key.ID, key.Name, strings.ToLower(string(key.State)),
					moment(key.ExpiresAt), moment(key.LastUsedAt), strings.Join(key.Permissions, ","))
			}
			if !page.HasNextPage {
				return table.Flush()
			}
			after := page.Cursors[len(page.Cursors)-1].String()
			paging.After = &after
		}
	})
}

// moment is a time to the minute, or that there is none.
func moment(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// apiKeyRotateCommand gives an API key a new secret.
type apiKeyRotateCommand struct {
	ofOrganization
	ID      gid.ID        `arg:"" name:"id" help:"The key's id, as list shows it."`
	Overlap time.Duration `default:"24h" help:"How long the old secret goes on working, at most 720h."`
}

// Run rotates the key and prints its new secret.
func (c *apiKeyRotateCommand) Run(ctx context.Context) error {
	return c.in(ctx, func(a *app, actor policy.Actor) error {
		return printSecret(a.account.RotateAPIKey(ctx, actor, account.RotateAPIKeyInput{ID: c.ID, Overlap: &c.Overlap}))
	})
}

// apiKeyRevokeCommand ends an API key.
type apiKeyRevokeCommand struct {
	ofOrganization
	ID gid.ID `arg:"" name:"id" help:"The key's id, as list shows it."`
}

// Run revokes the key.
func (c *apiKeyRevokeCommand) Run(ctx context.Context) error {
	return c.in(ctx, func(a *app, actor policy.Actor) error {
		key, err := a.account.RevokeAPIKey(ctx, actor, account.RevokeAPIKeyInput{ID: c.ID})
		if err != nil {
			return err
		}
		fmt.Printf("%s is revoked\n", key.Name)
		return nil
	})
}
