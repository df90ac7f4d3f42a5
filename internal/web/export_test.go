package web

import (
	"net/http"

	"github.com/assay-hq/assay/internal/reporting"
)

// ShowReport shows a sheet that no operation made, as the page of a report does.
func (s *Site) ShowReport(w http.ResponseWriter, r *http.Request, sheet *reporting.Sheet, reader *reporting.Reader) {
	s.reportPage(w, r, sheet, reader)
}

// Words are what candidates are told before they are in a sitting, by language.
var Words = readWords
