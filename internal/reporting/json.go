package reporting

import (
	"encoding/json"
	"fmt"
	"io"
)

// Format names the shape of a report's JSON. Adding to it is free; anything else is a new name.
const Format = "assay.report/1"

// WriteJSON writes a sheet as docs/reports.md describes it.
func WriteJSON(w io.Writer, s *Sheet) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	err := e.Encode(struct {
		Format string `json:"format"`
		*Sheet
	}{Format, s})
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
