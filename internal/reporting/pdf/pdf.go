// Package pdf lays a report's sheet out on paper.
//
// The document is the page's equal: the same words in the same order, the same figures as vectors. Its library cannot
// tag what it writes, so the document says where its accessible equal is. The same sheet always gives the same bytes.
package pdf

import (
	"fmt"
	"io"

	"codeberg.org/go-pdf/fpdf"

	"github.com/assay-hq/assay/internal/reporting"
)

// Paper is what a document is printed on.
type Paper string

// The papers.
const (
	A4     Paper = "A4"
	Letter Paper = "Letter"
)

// Write lays a sheet out and writes the document. The address is the report's page.
func Write(w io.Writer, s *reporting.Sheet, r *reporting.Reader, paper Paper, address string) error {
	first, err := compose(s, r, paper, address, 0)
	if err != nil {
		return err
	}
	// Only a document that is whole knows how many pages it has.
	whole, err := compose(s, r, paper, address, first.pdf.PageCount())
	if err != nil {
		return err
	}
	if err := whole.pdf.Output(w); err != nil {
		return fmt.Errorf("write pdf: %w", err)
	}
	return nil
}

// compose lays the document out as one that has so many pages.
func compose(s *reporting.Sheet, r *reporting.Reader, paper Paper, address string, pages int) (*document, error) {
	p := fpdf.New("P", "pt", string(paper), "")
	if err := addFonts(p); err != nil {
		return nil, fmt.Errorf("add fonts: %w", err)
	}
	p.SetAutoPageBreak(false, 0)
	p.SetCellMargin(0)
	p.SetCatalogSort(true)
	p.SetCreationDate(s.Head.ComputedAt.UTC())
	p.SetModificationDate(s.Head.ComputedAt.UTC())
	p.SetTitle(r.Title(s.Head)+" · "+s.Head.Assessment, true)
	p.SetSubject(r.Subtitle(s.Head), true)
	p.SetAuthor(s.Head.Organization, true)
	p.SetCreator("Assay", true)
	p.SetProducer("Assay", true)
	p.SetLang(r.Language)
	p.SetDisplayMode("fullwidth", "continuous")
	width, height := p.GetPageSize()
	d := &document{
		pdf: p, s: s, r: r, address: address, pages: pages,
		width: width - 2*margin, bottom: height - below,
	}
	d.page()
	d.whole()
	if err := p.Error(); err != nil {
		return nil, fmt.Errorf("lay out pdf: %w", err)
	}
	return d, nil
}
