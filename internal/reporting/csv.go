package reporting

import (
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// byteOrderMark tells a spreadsheet that the text is UTF-8.
const byteOrderMark = "\ufeff"

// csvHead are the columns, in an order that never changes: new ones are added at the end.
func csvHead() []string {
	return []string{
		"report_id", "revision", "state", "candidate", "job_role", "assessment", "version", "taken_on", "computed_at",
		"section", "question", "title", "kind", "status", "question_points", "question_maximum",
		"criterion", "criterion_text", "weight", "points", "maximum", "source", "awarded_by", "confirmed_by", "evidence", "comment", "execution",
		"counts", "not_scorable", "dropped",
	}
}

// WriteCSV writes a row for each criterion of each question; a question that nobody has scored has one row without a
// criterion. Texts come from people whom nobody checked, so a cell that a spreadsheet would take for a formula gets an
// apostrophe in front.
func WriteCSV(w io.Writer, s *Sheet) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	out := csv.NewWriter(w)
	rows := [][]string{csvHead()}
	for _, q := range s.Questions {
		about := append(s.Head.cells(), q.cells()...)
		if len(q.Trace) == 0 {
			rows = append(rows, append(about, (*Entry)(nil).cells(q)...))
		}
		for _, e := range q.Trace {
			rows = append(rows, append(about[:len(about):len(about)], e.cells(q)...))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = harmless(cell)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (h Head) cells() []string {
	return []string{
		h.ReportID.String(), strconv.Itoa(h.Revision), string(h.State), h.Candidate, h.JobRole, h.Assessment, strconv.Itoa(h.Version),
		h.TakenOn.Format(time.DateOnly), h.ComputedAt.UTC().Format(time.RFC3339),
	}
}

func (q *Question) cells() []string {
	return []string{q.Section, q.Ref, q.Title, string(q.Kind), string(q.Status), q.Points.Decimal(), q.Maximum.Decimal()}
}

// cells are the columns of one criterion, empty for none. What could not be judged has no points.
func (e *Entry) cells(q *Question) []string {
	ran, dropped := "", strconv.FormatBool(q.Dropped)
	if q.Execution != nil {
		ran = string(q.Execution.State)
	}
	if e == nil {
		return append(make([]string, 10), ran, "", "", dropped)
	}
	points := e.Points.Decimal()
	if e.NotScorable {
		points = ""
	}
	return []string{
		e.Criterion, e.Text, strconv.Itoa(e.Weight), points, e.Maximum.Decimal(), string(e.Source), e.By, e.ConfirmedBy, e.Evidence, e.Comment,
		ran, strconv.FormatBool(!e.SetAside && !e.NotScorable && !q.Dropped), strconv.FormatBool(e.NotScorable), dropped,
	}
}

// formula finds what a spreadsheet would calculate: a sign where a cell begins. Space before the sign does not stop every
// spreadsheet, and some take the signs in full width as well. Where the language writes decimals with a comma, a spreadsheet
// divides by semicolons and heeds no quote inside a line: then a cell begins wherever a text has a semicolon, a tab or a line
// break, and what follows may be quoted.
var formula = regexp.MustCompile(`(^|[;\t\r\n])([\p{Z}\p{Cf}\v\f"]*)([=+\-@＝＋－＠])`)

// harmless keeps a spreadsheet from calculating a cell, or what it would take for cells in it: an apostrophe stands before
// what begins like a formula. A cell that begins with a tab or a line break has one as well.
func harmless(cell string) string {
	cell = formula.ReplaceAllString(cell, "$1'$2$3")
	if cell != "" && strings.ContainsRune("\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
