package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/policy"
)

// subjectCommand answers a person who asks what is kept of them.
type subjectCommand struct {
	Export subjectExportCommand `cmd:"" help:"Write everything that an organization keeps of a person: JSON, and in a zip the files too."`
	Erase  subjectEraseCommand  `cmd:"" help:"Erase a person; it cannot be undone."`
}

// subjectExportCommand exports a person.
type subjectExportCommand struct {
	ofOrganization
	Email  string `arg:"" help:"The person's e-mail address."`
	Output string `short:"o" help:"The file to write. FILE.zip holds the JSON and the files; any other, and standard output if absent, the JSON alone."`
	JSON   bool   `name:"json" help:"Print the result as JSON."`
}

// Run writes the document, and one line about it if it goes to a file.
func (c *subjectExportCommand) Run(ctx context.Context) error { return c.run(ctx, os.Stdout) }

func (c *subjectExportCommand) run(ctx context.Context, out io.Writer) error {
	return c.in(ctx, func(a *app, actor policy.Actor) error {
		export, err := a.sittings.ExportCandidate(ctx, actor, c.Email)
		if err != nil {
			return err
		}
		if c.Output == "" {
			_, err := io.WriteString(out, export.Document)
			return err
		}
		size, err := c.write(ctx, export)
		if err != nil {
			return fmt.Errorf("write export: %w", err)
		}
		return tell(out, c.JSON, exported{c.Output, size, len(export.Files), c.whole()})
	})
}

// whole tells whether the files go with the document.
func (c *subjectExportCommand) whole() bool { return strings.EqualFold(filepath.Ext(c.Output), ".zip") }

// write makes the file, for its owner's eyes alone, and tells how large it is. One that could not be finished does not stay.
func (c *subjectExportCommand) write(ctx context.Context, export *sitting.Export) (size int64, err error) {
	file, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			err = errors.Join(err, os.Remove(c.Output))
		}
	}()
	if c.whole() {
		err = export.WriteZip(ctx, file)
	} else {
		_, err = file.WriteString(export.Document)
	}
	if err != nil {
		return 0, err
	}
	return file.Seek(0, io.SeekCurrent)
}

// exported is the result of an export.
type exported struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
	Files int    `json:"files"`
	Whole bool   `json:"whole"` // whether the files are in it
}

// String is the result in a line.
func (e exported) String() string {
	if e.Whole {
		return fmt.Sprintf("%d bytes written to %s, with %d files", e.Bytes, e.File, e.Files)
	}
	return fmt.Sprintf("%d bytes written to %s; %d files are not in it: name a .zip to have them", e.Bytes, e.File, e.Files)
}

// subjectEraseCommand erases a person.
type subjectEraseCommand struct {
	ofOrganization
	Email  string `arg:"" help:"The person's e-mail address."`
	Reason string `default:"asked the operator" help:"Why, for the audit."`
	JSON   bool   `name:"json" help:"Print the result as JSON."`
}

// Run erases the person and prints the receipt in a line.
func (c *subjectEraseCommand) Run(ctx context.Context) error { return c.run(ctx, os.Stdout) }

func (c *subjectEraseCommand) run(ctx context.Context, out io.Writer) error {
	return c.in(ctx, func(a *app, actor policy.Actor) error {
		person, err := a.sittings.CandidateByAddress(ctx, actor, c.Email)
		if err != nil {
			return err
		}
		receipt, err := a.sittings.EraseCandidate(ctx, actor, sitting.EraseCandidateInput{ID: person.ID, Reason: c.Reason})
		if err != nil {
			return err
		}
		return tell(out, c.JSON, erased{receipt.ID.String(), receipt.ErasedAt.UTC(), receipt.Sittings, receipt.Answers})
	})
}

// erased is the result of an erasure.
type erased struct {
	Candidate string    `json:"candidate"`
	ErasedAt  time.Time `json:"erasedAt"`
	Sittings  int       `json:"sittings"`
	Answers   int       `json:"answers"`
}

// String is the result in a line.
func (e erased) String() string {
	return fmt.Sprintf("%s was erased at %s; %d sittings and %d answers stand without a person", e.Candidate, e.ErasedAt.Format(time.RFC3339), e.Sittings, e.Answers)
}

// tell prints a result in one line, as a sentence or as JSON.
func tell(out io.Writer, asJSON bool, result fmt.Stringer) error {
	if asJSON {
		return json.NewEncoder(out).Encode(result)
	}
	_, err := fmt.Fprintln(out, result)
	return err
}
