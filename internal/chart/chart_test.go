package chart_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-hq/assay/internal/chart"
)

var update = flag.Bool("update", false, "write the golden drawings anew")

func frame(width float64) chart.Frame {
	return chart.Frame{Width: width, Size: 14, Measure: chart.SystemFont}
}

func at(v float64) *float64 { return &v }

const longest = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"

func result() chart.Result {
	return chart.Result{
		Title: "Result", Desc: "72 %, passed", Percent: 72.5, Value: "73 %", Interval: &chart.Interval{Low: 61.3, High: 83.7}, Between: "61 % to 84 %",
		Cut: 50, CutText: "Cut at 50 %", Bands: []chart.Band{{Name: "Below", Min: 0}, {Name: "Solid", Min: 50}, {Name: longest, Min: 90}},
		Counts: []int{0, 1, 3, 9, 22, 40, 58, 49, 20, 4}, Group: "Norm group: all, n = 206, as of 19 November 2026",
	}
}

func bars() chart.Bars {
	return chart.Bars{Title: "Skills", Desc: "A bar for each skill", Scale: "percent of the points", Weigh: "Must-have weight", Rows: []chart.Row{
		{Name: "Databases", Note: "4 questions", Percent: at(83), Value: "83 %", Interval: &chart.Interval{Low: 66, High: 94}, Weight: 40, Weighs: "must-have, weight 40"},
		{Name: longest, Note: "2 questions · too little evidence", Percent: at(40), Value: "40 %", Doubtful: true, Weight: 10, Weighs: "must-have, weight 10"},
		{Name: "Design & <script>", Value: "2 not scored"},
	}}
}

// drawings are every figure as a page has it.
func drawings() map[string]*chart.Figure {
	alone := result()
	alone.Counts, alone.Interval, alone.Group = nil, nil, "Hidden: the norm group has fewer than 100 results."
	alone.Open = true
	return map[string]*chart.Figure{
		"result-wide": chart.NewResult(frame(720), result()), "result-narrow": chart.NewResult(frame(320), result()), "result-alone": chart.NewResult(frame(720), alone),
		"bars-wide": chart.NewBars(frame(720), bars()), "bars-narrow": chart.NewBars(frame(320), bars()),
		"histogram": chart.NewHistogram(frame(200), chart.Histogram{Title: "Results", Desc: "How many reached what", Counts: []int{1, 4, 9, 4, 2}, Own: at(70), Scale: "percent", Total: "n = 20"}),
	}
}

func TestDrawings(t *testing.T) {
	for name, f := range drawings() {
		t.Run(name, func(t *testing.T) {
			got, path := f.SVG(name), filepath.Join("testdata", name+".svg")
			if *update {
				if err := os.WriteFile(path, []byte(got+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if diff := cmp.Diff(string(want), got+"\n"); err != nil || diff != "" {
				t.Errorf("%v %s", err, diff)
			}
			if again := f.SVG(name); again != got {
				t.Error("it is another one each time")
			}
		})
	}
}

func TestSVGKeepsToAStrictPolicy(t *testing.T) {
	for name, f := range drawings() {
		svg := f.SVG(name)
		if found := regexp.MustCompile(`(?i)<style|<script|style=|\son\w+=|url\(|href|data:`).FindString(svg); found != "" {
			t.Errorf("%s has %q", name, found)
		}
		for _, want := range []string{`role="img"`, `aria-labelledby="` + name + `-title ` + name + `-desc"`, `<title id="` + name + `-title">`, `<desc id="` + name + `-desc">`} {
			if !strings.Contains(svg, want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
}

// elements reads a drawing's elements with their attributes; a drawing that is no XML is refused.
func elements(t interface{ Fatal(...any) }, svg string) (all []xml.StartElement) {
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			all = append(all, e)
		}
	}
}

func attribute(e xml.StartElement, name string) float64 {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			v, err := strconv.ParseFloat(a.Value, 64)
			if err == nil {
				return v
			}
		}
	}
	return 0
}

func TestNothingLeavesItsFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.Float64Range(280, 900).Draw(t, "width")
		in := result()
		in.Percent, in.Cut = rapid.Float64Range(0, 100).Draw(t, "percent"), rapid.Float64Range(0, 100).Draw(t, "cut")
		in.Interval = &chart.Interval{Low: in.Percent - rapid.Float64Range(0, 40).Draw(t, "below"), High: in.Percent + rapid.Float64Range(0, 40).Draw(t, "above")}
		b := bars()
		b.Rows[0].Name = rapid.StringOfN(rapid.RuneFrom([]rune("aäbcd -ßéЖ")), 1, 90, -1).Draw(t, "name")
		b.Rows[0].Percent = &in.Percent
		for _, f := range []*chart.Figure{chart.NewResult(frame(width), in), chart.NewBars(frame(width), b)} {
			for _, e := range elements(t, f.SVG("x")) {
				right, low := attribute(e, "x")+attribute(e, "width"), attribute(e, "y")+attribute(e, "height")
				right, low = max(right, attribute(e, "x1"), attribute(e, "x2"), attribute(e, "cx")), max(low, attribute(e, "y1"), attribute(e, "y2"), attribute(e, "cy"))
				if right > f.Width+.5 || low > f.Height+.5 || attribute(e, "x") < 0 || attribute(e, "x1") < 0 || attribute(e, "width") < 0 {
					t.Fatalf("%v at %v %v of %v %v", e, right, low, f.Width, f.Height)
				}
			}
		}
	})
}

func TestBarsBeginAtZero(t *testing.T) {
	b := chart.Bars{Rows: []chart.Row{{Name: "one", Percent: at(20), Value: "20 %"}, {Name: "two", Percent: at(60), Value: "60 %"}, {Name: "none", Percent: at(0), Value: "0 %"}}}
	var lengths []float64
	for _, e := range elements(t, chart.NewBars(frame(720), b).SVG("x")) {
		if e.Name.Local == "rect" {
			lengths = append(lengths, attribute(e, "width"))
		}
	}
	if len(lengths) != 3 || lengths[2] != 0 || lengths[1] < 2.99*lengths[0] || lengths[1] > 3.01*lengths[0] {
		t.Errorf("lengths of 20, 60 and 0 percent: %v", lengths)
	}
}

func TestWhatInkTellsAPatternTellsToo(t *testing.T) {
	lines := func(doubtful bool) int {
		b := chart.Bars{Rows: []chart.Row{{Name: "one", Percent: at(50), Value: "50 %", Doubtful: doubtful}}}
		return strings.Count(chart.NewBars(frame(720), b).SVG("x"), "<line")
	}
	if lines(true) < lines(false)+20 {
		t.Errorf("a doubtful bar has %d lines, another %d", lines(true), lines(false))
	}
	in := result()
	counted := strings.Count(chart.NewResult(frame(720), in).SVG("x"), "chart-bar")
	in.Percent = 2 // whose bucket is empty
	if low := strings.Count(chart.NewResult(frame(720), in).SVG("x"), "chart-bar"); counted <= low {
		t.Errorf("the own bucket is not hatched: %d marks, and %d without one", counted, low)
	}
}

func TestShortenedNamesKeepTheirWhole(t *testing.T) {
	svg := chart.NewResult(frame(320), result()).SVG("x")
	if !strings.Contains(svg, "<title>"+longest+"</title>") || !strings.Contains(svg, "…") {
		t.Errorf("got %s", svg)
	}
}

func TestLines(t *testing.T) {
	letters := func(s string) float64 { return float64(len([]rune(s))) }
	for _, c := range []struct {
		text  string
		width float64
		want  []string
	}{
		{"", 10, nil},
		{"one two three", 20, []string{"one two three"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"zu wenige Belege", 9, []string{"zu wenige", "Belege"}},
		{"Kraftfahrzeughaftpflicht", 14, []string{"Kraftfahrzeug-", "haftpflicht"}},
		{"Berechtigungen", 13, []string{"Berechtigun-", "gen"}},
		{"72\u00a0% of it", 7, []string{"72\u00a0% of", "it"}},
		{"a\xffb", 9, []string{"a\uFFFDb"}},
		{"漢字漢字漢字", 4, []string{"漢字漢-", "字漢字"}},
	} {
		if diff := cmp.Diff(c.want, chart.Lines(c.text, c.width, letters)); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

func TestLinesLoseNothing(t *testing.T) {
	letters := func(s string) float64 { return float64(len([]rune(s))) }
	bare := func(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("aeäbcdtß -漢é")), 0, 80, -1).Draw(t, "text")
		width := rapid.Float64Range(5, 30).Draw(t, "width")
		lines := chart.Lines(text, width, letters)
		if got := bare(strings.Join(lines, "")); got != bare(text) {
			t.Fatalf("%q became %q", text, lines)
		}
		for _, l := range lines {
			if letters(l) > width {
				t.Fatalf("%q is wider than %v", l, width)
			}
		}
	})
}

// TestTheCutStrikesOutNoNumber finds every number of the axis but the one that the cut's line would go through.
func TestTheCutStrikesOutNoNumber(t *testing.T) {
	for cut, numbers := range map[float64]int{50: 1, 60: 0, 61: 0, 64: 1} {
		in := result()
		in.Cut = cut
		if got := strings.Count(chart.NewResult(frame(720), in).SVG("x"), ">60</text>"); got != numbers {
			t.Errorf("a cut at %v: 60 is written %d times, want %d", cut, got, numbers)
		}
	}
}

func TestBucket(t *testing.T) {
	for percent, want := range map[float64]int{0: 0, 9.99: 0, 10: 1, 55: 5, 99.9: 9, 100: 9} {
		if got := chart.Bucket(percent, 10); got != want {
			t.Errorf("%v: got %d", percent, got)
		}
	}
}
