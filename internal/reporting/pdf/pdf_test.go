package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/chart"
	"github.com/assay-hq/assay/internal/reporting"
)

const address = "https://assay.example/reports/rpt_01m7wnybjre0983p67y80xhhzj"

func sheet(t *testing.T, name string) *reporting.Sheet {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "sheets", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	s := new(reporting.Sheet)
	if err := json.Unmarshal(text, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func reader(t *testing.T, language string) *reporting.Reader {
	t.Helper()
	r, err := reporting.For(language, "Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func written(t *testing.T, s *reporting.Sheet, language string, paper Paper) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, s, reader(t, language), paper, address); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pages reads what stands on each page of a document: its texts, in the order in which they were written.
func pages(t *testing.T, document []byte) (all [][]string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?s)\nstream\n(.*?)\nendstream`).FindAllSubmatch(document, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // not compressed, and so no page
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if texts := regexp.MustCompile(`(?s)Td \(((?:[^\\)]|\\.)*)\) Tj`).FindAllSubmatch(content, -1); texts != nil {
			page := make([]string, len(texts))
			for i, text := range texts {
				page[i] = decoded(text[1])
			}
			all = append(all, page)
		}
	}
	return all
}

// decoded reads a string of a PDF in UTF-16.
func decoded(text []byte) string {
	var raw []byte
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			raw = append(raw, text[i])
			continue
		}
		i++
		raw = append(raw, map[byte]byte{'r': '\r', 'n': '\n'}[text[i]])
		if raw[len(raw)-1] == 0 {
			raw[len(raw)-1] = text[i]
		}
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

// whole is everything that a document says, without the breaks of its lines.
func whole(t *testing.T, document []byte) string {
	t.Helper()
	return squeezed(strings.Join(slices.Concat(pages(t, document)...), ""))
}

func squeezed(text string) string {
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\n", "").Replace(text)
}

// shared are the sheets with the language of their readers.
func shared() map[string]string {
	return map[string]string{"short": "en", "long": "en", "provisional": "en", "hidden": "en", "german": "de"}
}

// pictures names the variable with a folder that keeps the documents, to be looked at.
const pictures = "ASSAY_TEST_SCREENSHOTS"

func TestEveryReportFitsItsPaper(t *testing.T) {
	for name, language := range shared() {
		for _, paper := range []Paper{A4, Letter} {
			t.Run(name+" on "+string(paper), func(t *testing.T) {
				s, r := sheet(t, name), reader(t, language)
				got := written(t, s, language, paper)
				if folder := os.Getenv(pictures); folder != "" {
					if err := os.WriteFile(filepath.Join(folder, name+"-"+string(paper)+".pdf"), got, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				text, all := whole(t, got), pages(t, got)
				for _, q := range s.Questions {
					for _, e := range q.Trace {
						if want, _ := printable(squeezed(e.Evidence)); !strings.Contains(text, want) {
							t.Errorf("the evidence of %s is missing", q.Ref)
						}
					}
				}
				for _, want := range []string{r.Title(s.Head), r.Provenance(s.Head), r.Exactness(s.Uncertainty), r.Score(s.Overall), address} {
					if !strings.Contains(text, squeezed(want)) {
						t.Errorf("%q is missing", want)
					}
				}
				for i, page := range all {
					if want := fmt.Sprintf(r.Page, i+1, len(all)); !slices.Contains(page, want) {
						t.Errorf("no %q on it", want)
					}
				}
			})
		}
	}
}

func TestNoPageEndsWithAHeading(t *testing.T) {
	for name, language := range shared() {
		for _, paper := range []Paper{A4, Letter} {
			s := sheet(t, name)
			r := reader(t, language)
			heads := []string{r.Result, r.SkillsTitle, r.Sections, r.Words.Findings, r.QuestionsTrace, r.Words.Integrity, r.TimeTitle, r.Strengths, r.WeakSpots, r.NotAssessed, r.CriterionHead, r.TraceHead, r.TimeHead, r.CountHead}
			for _, q := range s.Questions {
				heads = append(heads, q.Ref+"  "+q.Title, q.Ref+" "+q.Title, r.Asked(q))
			}
			for i, page := range pages(t, written(t, s, language, paper)) {
				if last := page[len(page)-1]; slices.Contains(heads, last) {
					t.Errorf("%s on %s: page %d ends with %q", name, paper, i+1, last)
				}
			}
		}
	}
}

func TestTheSameSheetGivesTheSameBytes(t *testing.T) {
	first := written(t, sheet(t, "german"), "de", A4)
	for range 3 {
		if !bytes.Equal(first, written(t, sheet(t, "german"), "de", A4)) {
			t.Fatal("they differ")
		}
	}
}

func TestDocumentSaysWhatItIs(t *testing.T) {
	got := string(written(t, sheet(t, "german"), "de", A4))
	title := string(binary.BigEndian.AppendUint16(nil, 0xFEFF))
	for _, u := range utf16.Encode([]rune("Friederike")) {
		title += string(binary.BigEndian.AppendUint16(nil, u))
	}
	for what, want := range map[string]string{
		"language": "/Lang (de)", "title": "/Title (" + title, "creation": "/CreationDate (D:20261120143207)", "change": "/ModDate (D:20261120143207)",
		"outline": "/Outlines", "link": "/URI (" + address + ")", "paper": "/MediaBox [0 0 595.28 841.89]",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s: no %q", what, want)
		}
	}
	if n := strings.Count(got, "/Dest ["); n < 14 {
		t.Errorf("%d bookmarks", n)
	}
	if letter := string(written(t, sheet(t, "german"), "de", Letter)); !strings.Contains(letter, "/MediaBox [0 0 612.00 792.00]") {
		t.Error("it is not on letter")
	}
}

func TestWhatCannotBePrintedIsSaid(t *testing.T) {
	if text := whole(t, written(t, sheet(t, "german"), "de", A4)); !strings.Contains(text, squeezed("stehen hier als \ufffd")) || !strings.Contains(text, "ŁódźwürdeΣωκράτης") && !strings.Contains(text, "Łódź&Σωκράτης") || !strings.Contains(text, "Жуковский") {
		t.Errorf("got %s", text)
	}
	if text := whole(t, written(t, sheet(t, "short"), "en", A4)); strings.Contains(text, squeezed("Some characters cannot be printed")) {
		t.Error("it is said of a report that is printed whole")
	}
	for text, want := range map[string]string{"Ann": "Ann", "a\u0301": "a\u0301", "漢": "\ufffd", "😀": "\ufffd", "a\u200bb\x00\u202ec": "abc", "a\tb": "a b"} {
		if got, _ := printable(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// blank is a document with nothing on its first page.
func blank(t *testing.T) *document {
	t.Helper()
	d, err := compose(&reporting.Sheet{}, reader(t, "en"), A4, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	d.page()
	return d
}

// laid is what a document says on the pages that were added to it.
func laid(t *testing.T, d *document, from int) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := d.pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return pages(t, b.Bytes())[from:]
}

func TestTablesRepeatTheirHead(t *testing.T) {
	d := blank(t)
	from := d.pdf.PageCount() - 1
	var rows [][]cell
	for i := range 120 {
		rows = append(rows, []cell{plain(fmt.Sprintf("row %d", i)), plain("x")})
	}
	d.table([]column{{head: "The head", part: .5}, {head: "Other", part: .5}}, rows)
	all := laid(t, d, from)
	if len(all) < 3 {
		t.Fatalf("%d pages", len(all))
	}
	var seen []string
	for i, page := range all {
		at := slices.Index(page, "The head")
		if at < 0 || strings.HasPrefix(page[at-1], "row") {
			t.Errorf("page %d does not begin with the head: %q", i, page)
		}
		for _, text := range page {
			if strings.HasPrefix(text, "row ") {
				seen = append(seen, text)
			}
		}
	}
	if len(seen) != 120 || seen[119] != "row 119" {
		t.Errorf("%d rows", len(seen))
	}
}

func TestARowHigherThanAPageIsContinued(t *testing.T) {
	d := blank(t)
	from := d.pdf.PageCount() - 1
	var long strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&long, "w%04d ", i)
	}
	d.table([]column{{head: "Name", part: .5}, {head: "Answer", part: .5}}, [][]cell{{plain("long"), plain(long.String())}, {plain("next"), plain("one")}})
	all := laid(t, d, from)
	words := regexp.MustCompile(`w\d{4}`).FindAllString(strings.Join(slices.Concat(all...), " "), -1)
	if len(all) < 4 || len(words) != 3000 || !slices.IsSorted(words) || slices.Index(all[len(all)-1], "next") < 0 {
		t.Errorf("%d pages, %d words", len(all), len(words))
	}
}

func TestCodeKeepsItsIndent(t *testing.T) {
	d := blank(t)
	got := d.lines("if x {\n    return\n}\n", 200, normal())
	if diff := cmp.Diff([]string{"if x {", "\u00a0\u00a0\u00a0\u00a0return", "}"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestGlyphsAreThoseOfTheFonts(t *testing.T) {
	for _, weight := range []string{"Regular", "Bold"} {
		font, err := fontFiles.ReadFile("font/NotoSans-" + weight + ".ttf")
		if err != nil {
			t.Fatal(err)
		}
		have := characters(font)
		for c := rune(0); c <= 0xFFFF; c++ {
			if writes(c) != have[c] {
				t.Errorf("%s: %U is written: %v, in the font: %v", weight, c, writes(c), have[c])
			}
		}
	}
}

// characters reads which characters a font has, from its character map in format 4.
func characters(font []byte) map[rune]bool {
	at := func(i int) int { return int(binary.BigEndian.Uint16(font[i:])) }
	have := map[rune]bool{}
	for i := range at(4) {
		entry := 12 + 16*i
		if string(font[entry:entry+4]) != "cmap" {
			continue
		}
		table := int(binary.BigEndian.Uint32(font[entry+8:]))
		for j := range at(table + 2) {
			sub := table + int(binary.BigEndian.Uint32(font[table+4+8*j+4:]))
			if at(sub) != 4 {
				continue
			}
			segments := at(sub+6) / 2
			for k := range segments {
				last, first := at(sub+14+2*k), at(sub+16+2*segments+2*k)
				for c := first; c <= last && c != 0xFFFF; c++ {
					have[rune(c)] = true
				}
			}
		}
	}
	return have
}

func TestFiguresAreDrawnAsTheyAreOnThePage(t *testing.T) {
	d := blank(t)
	f := d.r.ResultFigure(sheet(t, "short"), d.frame())
	drawn := &counted{}
	f.Draw(drawn)
	if svg := f.SVG("x"); drawn.boxes != strings.Count(svg, "<rect") || drawn.texts != strings.Count(svg, "<text") || drawn.boxes < 20 {
		t.Errorf("%d boxes and %d texts, on the page %d and %d", drawn.boxes, drawn.texts, strings.Count(svg, "<rect"), strings.Count(svg, "<text"))
	}
	var _ chart.Canvas = &canvas{d: d}
}

// counted is a canvas that counts.
type counted struct{ boxes, texts int }

func (c *counted) Box(_, _, _, _ float64, _ chart.Ink)     { c.boxes++ }
func (c *counted) Line(_, _, _, _ float64, _ chart.Stroke) {}
func (c *counted) Dot(_, _, _ float64, _ chart.Ink)        {}
func (c *counted) Text(_, _ float64, _ chart.Text)         { c.texts++ }
