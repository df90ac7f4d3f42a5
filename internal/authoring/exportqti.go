package authoring

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/qti"
	"github.com/assay-hq/assay/policy"
)

// Export is a catalogue on its way out.
type Export struct {
	Catalogue *catalogue.Document
	Notes     []string // which published templates travel as drafts, and why
}

// CatalogueFormat is how a catalogue is written.
type CatalogueFormat string

// The formats.
const (
	YAML CatalogueFormat = "YAML"
	JSON CatalogueFormat = "JSON"
)

// Values lists every format.
func (CatalogueFormat) Values() []string { return []string{string(YAML), string(JSON)} }

// Document writes the catalogue in its one canonical form.
func (e *Export) Document(format CatalogueFormat) (string, error) {
	write := e.Catalogue.YAML
	if format == JSON {
		write = e.Catalogue.JSON
	}
	text, err := write()
	if err != nil {
		return "", fmt.Errorf("write catalogue: %w", err)
	}
	return string(text), nil
}

// SkillCount is how many skills it has.
func (e *Export) SkillCount() int { return len(e.Catalogue.Skills) }

// JobRoleCount is how many job roles it has.
func (e *Export) JobRoleCount() int { return len(e.Catalogue.Roles) }

// QuestionCount is how many questions it has.
func (e *Export) QuestionCount() int { return len(e.Catalogue.Questions) }

// TemplateCount is how many templates it has.
func (e *Export) TemplateCount() int { return len(e.Catalogue.Templates) }

// QTIPackage is questions and templates as other assessment systems read them.
type QTIPackage struct {
	Zip   []byte
	Notes []string // what QTI has no place for
}

// Base64 is the zip file as text.
func (p *QTIPackage) Base64() string { return base64.StdEncoding.EncodeToString(p.Zip) }

// maxChosen is how many templates can be named in one export.
const maxChosen = 100

// ExportQTI gives what ExportCatalogue gives as a QTI 3.0 package: all of it or, if templates are named by what a
// catalogue calls them, those with the questions, skills and roles that they need. A name that no template has is
// NotFound, a package beyond the limits of QTI's readers LimitExceeded.
func (s *Service) ExportQTI(ctx context.Context, actor policy.Actor, templates ...string) (*QTIPackage, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CatalogueExport)
	if err != nil {
		return nil, err
	}
	var c fault.Checks
	c.That(len(templates) <= maxChosen, "at most 100 are allowed", "templates")
	if err := ofQuery(&c); err != nil {
		return nil, err
	}
	out, err := whole(ctx, scope)
	if err != nil {
		return nil, err
	}
	zip, notes, err := qti.Export(out.Catalogue, templates...)
	if err != nil {
		return nil, refusedPackage(err)
	}
	if err := noteExport(ctx, scope); err != nil {
		return nil, err
	}
	return &QTIPackage{Zip: zip, Notes: noted(notes)}, nil
}

func noted(notes []*qti.Note) []string {
	texts := make([]string, len(notes))
	for i, n := range notes {
		texts[i] = (&qti.Fault{File: n.File, Line: n.Line, Message: element(n)}).Error()
	}
	return texts
}

// element tells a note with the element that it is about.
func element(n *qti.Note) string {
	if n.Element == "" {
		return n.Message
	}
	return n.Element + ": " + n.Message
}

// refusedPackage makes a package's faults the caller's.
func refusedPackage(err error) error {
	var list qti.Faults
	var one *qti.Fault
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = qti.Faults{one}
	default:
		return err
	}
	var all fault.List
	for _, f := range list {
		all = append(all, fault.At(f.Error(), "base64"))
	}
	return all.Err()
}

// ImportQTIInput is a QTI 3.0 package to bring in: a zip file, or the XML of one item, in base64. Unless it is to be
// applied, nothing is written.
type ImportQTIInput struct {
	Base64         string
	JobRoleID      *gid.ID // of its tests; without one they stay behind
	JobRoleKey     string  // or what catalogues call that job role
	Apply          bool
	IdempotencyKey *string
}

// ImportQTI brings the questions and tests of a package in as ImportCatalogue does. A broken package is refused whole;
// what cannot be taken of one that is sound, such as an unknown interaction, is told in notes.
func (s *Service) ImportQTI(ctx context.Context, actor policy.Actor, in ImportQTIInput) (*CatalogueImport, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CatalogueImport)
	if err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(in.Base64)
	if err != nil {
		return nil, fault.At("this is not base64", "base64")
	}
	if !bytes.HasPrefix(data, []byte("PK")) && !bytes.Contains(data, []byte("<")) {
		return nil, fault.At("this is neither a zip file nor the XML of an item", "base64")
	}
	var doc *catalogue.Document
	var notes []*qti.Note
	err = s.alone(ctx, func() (err error) {
		doc, notes, err = qti.Import(data)
		return err
	})
	if err != nil {
		return nil, refusedPackage(err)
	}
	a := arrival{doc: doc, notes: noted(notes), apply: in.Apply}
	if in.JobRoleID != nil {
		role, err := visibleJobRole(ctx, scope, *in.JobRoleID)
		if err != nil {
			return nil, err
		}
		a.employ(keyOf(role.Handle, role.ID))
	}
	a.employ(in.JobRoleKey)
	a.leaveIdle()
	a.band()
	return s.bringIn(ctx, scope, in.IdempotencyKey, in, a)
}

// employ gives the tests that have no job role one.
func (a *arrival) employ(role string) {
	for _, t := range a.doc.Templates {
		if t.Role == "" {
			t.Role = role
		}
	}
}

// band gives the tests that name no ranges of results, which QTI has no place for, one range.
func (a *arrival) band() {
	for _, t := range a.doc.Templates {
		if len(t.Bands) == 0 {
			t.Bands = []*content.Band{{Name: "Any result"}}
			a.notes = append(a.notes, "the test "+t.Name+" has one band from 0 upwards: name the ranges of its results")
		}
	}
}

// leaveIdle leaves the tests behind that have no job role.
func (a *arrival) leaveIdle() {
	var kept []*catalogue.Template
	for _, t := range a.doc.Templates {
		if t.Role == "" {
			a.notes = append(a.notes, "the test "+t.Name+" was left behind: name the job role that it is for")
			continue
		}
		kept = append(kept, t)
	}
	a.doc.Templates = kept
}
