package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-hq/assay/internal/chart"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/login"
	"github.com/assay-hq/assay/internal/reporting"
	"github.com/assay-hq/assay/internal/reporting/pdf"
)

// report shows a report to whoever may read it: as a page, or as a file where the address ends in one of its kinds. All
// of them ask the same operation.
func (s *Site) report(w http.ResponseWriter, r *http.Request) {
	name, kind, _ := strings.Cut(r.PathValue("id"), ".")
	show, known := s.reportKinds()[kind]
	id, err := gid.ParseKind(gid.Report, name)
	if err != nil || !known || strings.HasSuffix(r.PathValue("id"), ".") {
		s.missing(w, r)
		return
	}
	doc, err := s.cfg.Grading.Document(r.Context(), login.Actor(r.Context()), id)
	if err != nil {
		s.faulty(w, r, err)
		return
	}
	s.showReport(w, r, doc, show)
}

// shared shows a report to whoever holds a link to it, without an account: the same page and files. Nothing of it is kept
// on the way or found by search, and nobody learns the link from a referrer. Whatever is wrong with a link, the answer is
// the same. A program that looks at the link for somebody is shown nothing, and is no opening.
func (s *Site) shared(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	secret, kind, dotted := strings.Cut(r.PathValue("token"), ".")
	show, known := s.reportKinds()[kind]
	if !known || dotted && kind == "" {
		s.invalidLink(w, r)
		return
	}
	if status := lookedAt(r); status != 0 {
		s.sharedUnread(w, r, secret, status)
		return
	}
	doc, err := s.cfg.Grading.Shared(r.Context(), login.Actor(r.Context()), secret)
	if faults := fault.All(err); len(faults) > 0 && faults[0].Code == fault.NotFound {
		s.invalidLink(w, r)
		return
	}
	if err != nil {
		s.faulty(w, r, err)
		return
	}
	s.showReport(w, r, doc, show)
}

// looker is how programs call themselves that look at links which people send each other.
var looker = regexp.MustCompile(`(?i)bot\b|crawler|spider|preview|facebookexternalhit|whatsapp|slack-img|embedly|scanner`)

// lookedAt is the status for a request by which nobody reads what it asks for: a question after the head alone, a browser that
// fetches ahead (it throws an error away, and would show anything else later), or a program that shows what a link is about.
// For a reader it is 0.
func lookedAt(r *http.Request) int {
	ahead := r.Header.Get("Sec-Purpose") + r.Header.Get("Purpose") + r.Header.Get("X-Moz")
	switch {
	case strings.Contains(strings.ToLower(ahead), "prefetch"):
		return http.StatusServiceUnavailable
	case r.Method != http.MethodGet, looker.MatchString(r.UserAgent()):
		return http.StatusOK
	default:
		return 0
	}
}

// sharedUnread answers who does not read a shared report: whether the link works, and nothing of the report.
func (s *Site) sharedUnread(w http.ResponseWriter, r *http.Request, secret string, status int) {
	err := s.cfg.Grading.ShareWorks(r.Context(), login.Actor(r.Context()), secret)
	switch {
	case err == nil:
		s.show(w, r, status, "message", "A shared report", message{Text: "A report was shared with you. Open the link in a browser to read it."})
	case fault.Is(err, fault.NotFound):
		s.invalidLink(w, r)
	default:
		s.faulty(w, r, err)
	}
}

func (s *Site) invalidLink(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, http.StatusNotFound, "This link is not valid any more.")
}

// showing answers with a report in one of its kinds.
type showing func(http.ResponseWriter, *http.Request, *reporting.Sheet, *reporting.Reader)

func (s *Site) showReport(w http.ResponseWriter, r *http.Request, doc *grading.Document, show showing) {
	sheet := doc.Sheet()
	reader, err := reporting.For(languageOf(r, sheet.Head.Locale), sheet.Head.TimeZone)
	if err != nil {
		s.faulty(w, r, err)
		return
	}
	show(w, r, sheet, reader)
}

// reportKinds are what a report can be had as, by the end of its address.
func (s *Site) reportKinds() map[string]showing {
	return map[string]showing{
		"": s.reportPage, "pdf": s.reportPDF, "csv": s.reportCSV, "json": s.reportJSON,
	}
}

// languageOf is the language that a reader asks for, and else the organization's.
func languageOf(r *http.Request, locale string) string {
	if asked := r.URL.Query().Get("lang"); slices.Contains(reporting.Languages(), asked) {
		return asked
	}
	return reporting.LanguageOf(locale)
}

// drawing is a figure for a page: drawn for wide windows and for narrow ones, with its numbers.
type drawing struct {
	Wide, Narrow template.HTML
	Table        chart.Table
}

// Widths of a figure in pixels.
const (
	wideFigure   = 720
	narrowFigure = 320
)

// draw makes a figure for a page; nil if there is nothing to draw. A figure's texts are escaped where they are written.
func draw(id string, lay func(chart.Frame) *chart.Figure) *drawing {
	frame := chart.Frame{Width: wideFigure, Size: 14, Measure: chart.SystemFont}
	wide := lay(frame)
	if wide == nil {
		return nil
	}
	frame.Width, frame.Size = narrowFigure, 13
	return &drawing{Wide: template.HTML(wide.SVG(id + "-wide")), Narrow: template.HTML(lay(frame).SVG(id + "-narrow")), Table: wide.Table}
}

// reportView is what the page of a report shows.
type reportView struct {
	S                    *reporting.Sheet
	R                    *reporting.Reader
	Result, Skills, Time *drawing
	Address, Other       string
}

func (s *Site) reportPage(w http.ResponseWriter, r *http.Request, sheet *reporting.Sheet, reader *reporting.Reader) {
	v := reportView{
		S: sheet, R: reader, Address: addressOf(r), Other: otherLanguage(reader.Language),
		Result: draw("result", func(f chart.Frame) *chart.Figure { return reader.ResultFigure(sheet, f) }),
		Skills: draw("skills", func(f chart.Frame) *chart.Figure { return reader.SkillsFigure(sheet, f) }),
		Time:   draw("time", func(f chart.Frame) *chart.Figure { return reader.TimeFigure(sheet, f) }),
	}
	title := reader.Report
	if sheet.Head.Candidate != "" {
		title = fmt.Sprintf(reader.ReportOf, sheet.Head.Candidate)
	}
	s.showIn(w, r, http.StatusOK, "report", view{Title: title, Lang: reader.Language, Skip: reader.Skip, SignOut: reader.SignOut, Data: v})
}

// addressOf is the address of a report's page as it was asked for, without the end that names a file.
func addressOf(r *http.Request) string {
	address, _, _ := strings.Cut(r.URL.Path, ".")
	return address
}

func otherLanguage(language string) string {
	for _, l := range reporting.Languages() {
		if l != language {
			return l
		}
	}
	return language
}

func (s *Site) reportPDF(w http.ResponseWriter, r *http.Request, sheet *reporting.Sheet, reader *reporting.Reader) {
	papers := map[string]pdf.Paper{"": pdf.A4, "a4": pdf.A4, "letter": pdf.Letter}
	paper, known := papers[strings.ToLower(r.URL.Query().Get("paper"))]
	if !known {
		s.fail(w, r, http.StatusBadRequest, "A report is printed on a4 or on letter.")
		return
	}
	s.file(w, r, sheet, "pdf", "application/pdf", func(b *bytes.Buffer) error {
		return pdf.Write(b, sheet, reader, paper, s.cfg.PublicURL+addressOf(r))
	})
}

func (s *Site) reportCSV(w http.ResponseWriter, r *http.Request, sheet *reporting.Sheet, _ *reporting.Reader) {
	s.file(w, r, sheet, "csv", "text/csv; charset=utf-8; header=present", func(b *bytes.Buffer) error { return reporting.WriteCSV(b, sheet) })
}

func (s *Site) reportJSON(w http.ResponseWriter, r *http.Request, sheet *reporting.Sheet, _ *reporting.Reader) {
	s.file(w, r, sheet, "json", "application/json", func(b *bytes.Buffer) error { return reporting.WriteJSON(b, sheet) })
}

// file answers with a file of a report, whole or not at all.
func (s *Site) file(w http.ResponseWriter, r *http.Request, sheet *reporting.Sheet, kind, mediaType string, write func(*bytes.Buffer) error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		s.faulty(w, r, err)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", attachment(sheet.Head, kind))
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	_, _ = b.WriteTo(w) // a reader that went away is no fault of ours
}

// attachment names a report's file: in letters that every system takes, and with the candidate's name for those that
// take any.
func attachment(h reporting.Head, kind string) string {
	whose := h.Candidate
	if whose == "" {
		whose = h.JobRole
	}
	plain := fmt.Sprintf("%s-%d.%s", h.ReportID, h.Revision, kind)
	full := fmt.Sprintf("%s, %s (%d).%s", fileName(whose), fileName(h.Assessment), h.Revision, kind)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(full), "+", "%20")
}

// fileName keeps of a name what no system takes for a path or a command, and not too much of it.
func fileName(name string) string {
	kept := strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 || strings.ContainsRune(`/\:*?"<>|`, c) || c >= 0x200b && c <= 0x206f {
			return -1
		}
		return c
	}, name)
	if runes := []rune(kept); len(runes) > 60 {
		kept = string(runes[:60])
	}
	return strings.Trim(kept, " .")
}
