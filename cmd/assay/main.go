// Command assay is the one binary: server, worker and the operator's tools.
//
// Each command has a file; they read the configuration, wire the rooms together and hold no rule.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set when a release is built.
var version = "development"

// commands are everything that can be typed.
type commands struct {
	Serve        serveCommand        `cmd:"" help:"Serve the API and the pages and, unless --no-work, do the background work."`
	Work         workCommand         `cmd:"" help:"Do the background work alone."`
	Migrate      migrateCommand      `cmd:"" help:"Apply the database's migrations; safe when several start at once."`
	Seed         seedCommand         `cmd:"" help:"Load the demonstration organizations; repeating it changes nothing."`
	Demo         demoCommand         `cmd:"" help:"Play the whole job against a running development server and print the report."`
	Organization organizationCommand `cmd:"" help:"Manage organizations."`
	Token        tokenCommand        `cmd:"" help:"Print a bearer token of the development identity provider."`
	Import       importCommand       `cmd:"" help:"Import a catalogue: tell what it would change or, with --apply, change it."`
	Export       exportCommand       `cmd:"" help:"Export the catalogue of an organization."`
	APIKey       apiKeyCommand       `cmd:"" name:"apikey" help:"Manage API keys."`
	Subject      subjectCommand      `cmd:"" help:"Answer a person who asks what is kept of them."`
	Audit        auditCommand        `cmd:"" help:"Check the audit."`
	Doctor       doctorCommand       `cmd:"" help:"Look whether the dashboards' counters are right; exit status 1 if not."`
	ConfigDocs   configDocsCommand   `cmd:"" help:"Print the page of all configuration variables."`
	Version      versionCommand      `cmd:"" help:"Print the version."`
}

// versionCommand prints what this is.
type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	_, err := fmt.Println("assay " + version)
	return err
}

func main() {
	syscall.Umask(0o077) // what is kept here is other people's answers
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var typed commands
	parser := kong.Parse(&typed, kong.Name("assay"), kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Description("Candidate assessment, from a role to a released report, through one GraphQL API."))
	err := parser.Run()
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "assay: "+err.Error())
		stop()
		os.Exit(1)
	}
}
