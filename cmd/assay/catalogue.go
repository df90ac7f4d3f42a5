package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/shipped"
	"github.com/assay-hq/assay/policy"
)

// catalogueOf names the organization whose catalogue a command is about.
type catalogueOf struct {
	Organization string `default:"demo" help:"The organization's slug."`
	Dev          bool   `help:"Use the development defaults."`
}

// importCommand imports a catalogue.
type importCommand struct {
	catalogueOf
	File    string `arg:"" optional:"" help:"The document, YAML or JSON, or a QTI 3 package or item; - is the standard input."`
	Shipped bool   `help:"Import the catalogue that comes with Assay."`
	Apply   bool   `help:"Write it; without this, the command only tells what it would change."`
	JSON    bool   `name:"json" help:"Print the changes as JSON."`
	JobRole string `help:"The key of the job role that the tests of a QTI package are for."`
}

// Run imports the document and prints what changes, or what is wrong with it.
func (c *importCommand) Run(ctx context.Context) error {
	return c.run(ctx, os.Stdin, os.Stdout, os.Stderr)
}

func (c *importCommand) run(ctx context.Context, in io.Reader, out, problems io.Writer) error {
	name, data, err := c.document(in)
	if err != nil {
		return err
	}
	return ofOrganization(c.catalogueOf).in(ctx, func(a *app, actor policy.Actor) error {
		report, err := c.bring(ctx, a.authoring, actor, data)
		if list := fault.All(err); list != nil {
			for _, f := range list {
				fmt.Fprintln(problems, located(name, f))
			}
			return fmt.Errorf("%s was refused: nothing was written", name)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(out, report)
		}
		return printReport(out, report)
	})
}

// document reads what is to be imported, and what its faults call it.
func (c *importCommand) document(in io.Reader) (name string, data []byte, err error) {
	switch {
	case c.Shipped == (c.File != ""):
		return "", nil, errors.New("name either a file or --shipped")
	case c.Shipped:
		text, err := shipped.YAML()
		return "the shipped catalogue", []byte(text), err
	case c.File == "-":
		data, err = io.ReadAll(in)
	default:
		data, err = os.ReadFile(c.File)
	}
	return c.File, data, err
}

// bring imports a document of either form.
func (c *importCommand) bring(ctx context.Context, service *authoring.Service, actor policy.Actor, data []byte) (*authoring.CatalogueImport, error) {
	if isQTI(data) {
		return service.ImportQTI(ctx, actor, authoring.ImportQTIInput{
			Base64: base64.StdEncoding.EncodeToString(data), JobRoleKey: c.JobRole, Apply: c.Apply,
		})
	}
	return service.ImportCatalogue(ctx, actor, authoring.ImportCatalogueInput{Document: string(data), Apply: c.Apply})
}

// isQTI tells a zip file or XML from a catalogue, which is neither.
func isQTI(data []byte) bool {
	text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(text, []byte("<"))
}

// located renders a fault as compilers do: file:line: path: message.
func located(name string, f *fault.Fault) string {
	message := f.Message
	if number, rest, ok := strings.Cut(strings.TrimPrefix(message, "line "), ": "); ok && strings.HasPrefix(message, "line ") {
		name, message = name+":"+number, rest
	}
	if len(f.Field) > 1 {
		message = documentPath(f.Field[1:]) + ": " + message
	}
	return name + ": " + message
}

// documentPath writes a path within a document as people read it.
func documentPath(steps []string) string {
	var path strings.Builder
	for i, step := range steps {
		if _, err := strconv.Atoi(step); err == nil {
			path.WriteString("[" + step + "]")
			continue
		}
		if i > 0 {
			path.WriteByte('.')
		}
		path.WriteString(step)
	}
	return path.String()
}

// printReport prints a line for each change, and the counts.
func printReport(out io.Writer, report *authoring.CatalogueImport) error {
	var text strings.Builder
	count := map[authoring.ChangeKind]int{}
	for _, change := range report.Everything() {
		count[change.Kind]++
		text.WriteString(changeLine(change) + "\n")
	}
	for _, note := range report.Notes {
		text.WriteString("note: " + note + "\n")
	}
	fmt.Fprintf(&text, "%d added, %d changed, %d unchanged\n", count[authoring.Added], count[authoring.Changed], report.Unchanged)
	if !report.Applied && report.ChangeCount() > 0 {
		text.WriteString("nothing was written; repeat with --apply to write it\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func changeLine(change *authoring.CatalogueChange) string {
	mark := "+"
	if change.Kind != authoring.Added {
		mark = "~"
	}
	noun := strings.ToLower(strings.ReplaceAll(string(change.Noun), "_", " "))
	line := mark + " " + noun + " " + change.Key + ": " + change.Title
	if len(change.Fields) > 0 {
		line += " (" + strings.Join(change.Fields, ", ") + ")"
	}
	if change.Note != "" {
		line += "; " + change.Note
	}
	return line
}

// printedChange is a change as --json prints it.
type printedChange struct {
	Kind   authoring.ChangeKind    `json:"kind"`
	Noun   authoring.CatalogueNoun `json:"noun"`
	Key    string                  `json:"key"`
	Title  string                  `json:"title"`
	Fields []string                `json:"fields,omitempty"`
	Note   string                  `json:"note,omitempty"`
}

func printJSON(out io.Writer, report *authoring.CatalogueImport) error {
	changes := []printedChange{}
	for _, change := range report.Everything() {
		changes = append(changes, printedChange(*change))
	}
	return json.NewEncoder(out).Encode(struct {
		Applied   bool            `json:"applied"`
		Unchanged int             `json:"unchanged"`
		Changes   []printedChange `json:"changes"`
		Notes     []string        `json:"notes"`
	}{report.Applied, report.Unchanged, changes, report.Notes})
}

// exportCommand exports a catalogue.
type exportCommand struct {
	catalogueOf
	Format   string   `default:"yaml" enum:"yaml,json,qti" help:"yaml, json, or qti for a QTI 3 package."`
	Template []string `help:"With qti: the keys of the templates to take, with what they need; everything if absent."`
	Output   string   `help:"The file to write; the standard output if absent."`
}

// Run writes the catalogue; what does not travel as it stands is told on the standard error output.
func (c *exportCommand) Run(ctx context.Context) error { return c.run(ctx, os.Stdout, os.Stderr) }

func (c *exportCommand) run(ctx context.Context, out, problems io.Writer) error {
	return ofOrganization(c.catalogueOf).in(ctx, func(a *app, actor policy.Actor) error {
		data, notes, err := c.take(ctx, a.authoring, actor)
		if err != nil {
			return err
		}
		for _, note := range notes {
			fmt.Fprintln(problems, "note: "+note)
		}
		if c.Output != "" {
			return os.WriteFile(c.Output, data, 0o600)
		}
		_, err = out.Write(data)
		return err
	})
}

// take gives the catalogue in its format.
func (c *exportCommand) take(ctx context.Context, service *authoring.Service, actor policy.Actor) (data []byte, notes []string, err error) {
	if c.Format == "qti" {
		taken, err := service.ExportQTI(ctx, actor, c.Template...)
		if err != nil {
			return nil, nil, err
		}
		return taken.Zip, taken.Notes, nil
	}
	if len(c.Template) > 0 {
		return nil, nil, errors.New("--template chooses of a QTI package; a catalogue is exported whole")
	}
	taken, err := service.ExportCatalogue(ctx, actor)
	if err != nil {
		return nil, nil, err
	}
	text, err := taken.Document(authoring.CatalogueFormat(strings.ToUpper(c.Format)))
	return []byte(text), taken.Notes, err
}
