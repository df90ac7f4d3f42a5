package reporting_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/chart"
	"github.com/assay-hq/assay/internal/reporting"
	"github.com/assay-hq/assay/internal/term"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tables are the string tables as they are stored.
func tables(t *testing.T) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	for _, language := range reporting.Languages() {
		text, err := os.ReadFile(filepath.Join("words", language+".json"))
		if err != nil {
			t.Fatal(err)
		}
		table := map[string]any{}
		if err := json.Unmarshal(text, &table); err != nil {
			t.Fatal(err)
		}
		all[language] = flat("", table)
	}
	return all
}

// flat gives the texts of nested tables one name each.
func flat(prefix string, table map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range table {
		if inner, ok := value.(map[string]any); ok {
			for k, v := range flat(prefix+name+".", inner) {
				out[k] = v
			}
			continue
		}
		out[prefix+name] = value
	}
	return out
}

func TestEveryLanguageSaysTheSame(t *testing.T) {
	all := tables(t)
	verb := regexp.MustCompile(`%(\[\d\][sd]|%)`)
	for name, english := range all["en"] {
		german, ok := all["de"][name]
		if !ok {
			t.Errorf("%s is missing in German", name)
			continue
		}
		a, isText := english.(string)
		b, alsoText := german.(string)
		if isText != alsoText || isText && (strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "") {
			t.Errorf("%s: %v and %v", name, english, german)
		}
		verbs := func(s string) []string {
			return slices.Compact(slices.Sorted(slices.Values(verb.FindAllString(s, -1))))
		}
		if diff := cmp.Diff(verbs(a), verbs(b)); diff != "" {
			t.Errorf("%s has other numbers in it: %s", name, diff)
		}
	}
	for name := range all["de"] {
		if _, ok := all["en"][name]; !ok {
			t.Errorf("%s is missing in English", name)
		}
	}
}

func TestEveryWordIsThere(t *testing.T) {
	for _, language := range reporting.Languages() {
		w := reflect.ValueOf(reader(t, language).Words).Elem()
		for i := range w.NumField() {
			if w.Field(i).IsZero() {
				t.Errorf("%s: %s says nothing", language, w.Type().Field(i).Name)
			}
		}
	}
}

func TestEveryValueHasAName(t *testing.T) {
	for _, language := range reporting.Languages() {
		r := reader(t, language)
		for name, c := range map[string]struct {
			table  map[string]string
			values []string
		}{
			"states":             {r.States, term.ReportState("").Values()},
			"methods":            {r.Methods, reporting.Method("").Values()},
			"uncertainty absent": {r.UncertaintyAbsent, reporting.Reason("").Values()},
			"standing absent":    {r.StandingAbsent, reporting.Reason("").Values()},
			"findings absent":    {r.FindingsAbsent, reporting.Reason("").Values()},
			"integrity absent":   {r.IntegrityAbsent, reporting.Reason("").Values()},
			"sources":            {r.Sources, term.ScoreSource("").Values()},
			"statuses":           {r.Statuses, term.ItemStatus("").Values()},
			"kinds":              {r.Kinds, term.QuestionKind("").Values()},
			"executions":         {r.Executions, reporting.ExecutionState("").Values()},
			"verdicts":           {r.Verdicts, term.IntegrityVerdict("").Values()},
			"signals":            {r.Signals, term.IntegritySignal("").Values()},
		} {
			for _, v := range c.values {
				if c.table[v] == "" {
					t.Errorf("%s: %s has no name for %s", language, name, v)
				}
			}
		}
	}
}

func TestNumbersAndDatesByLanguage(t *testing.T) {
	en, de := reader(t, "en-GB"), reader(t, "de_AT")
	at := time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{en.Moment(at), "2 March 2026, 00:30 CET"},
		{de.Moment(at), "2. März 2026, 00:30 CET"},
		{en.Amount(6_666_667), "6.67"},
		{de.Amount(6_666_667), "6,67"},
		{de.Amount(reporting.Of(10)), "10"},
		{en.PercentOf(72_500_000), "73\u00a0%"},
		{de.PercentOf(400_000), "0\u00a0%"},
		{reader(t, "fr").Language, "en"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestAResultIsNeverRoundedOverAThreshold(t *testing.T) {
	r := reader(t, "en")
	for percent, want := range map[reporting.Number]string{
		72_500_000: "73\u00a0%", 49_400_000: "49\u00a0%", 49_600_000: "49.6\u00a0%", 49_960_000: "49.96\u00a0%", 49_999_999: "49.999999\u00a0%", 50_000_000: "50\u00a0%",
		89_700_000: "89.7\u00a0%", 50_400_000: "50\u00a0%",
	} {
		o := reporting.Overall{Percent: percent, Cut: 50, Bands: []*reporting.Band{{Name: "low"}, {Name: "high", Min: 90}}}
		if got := r.ResultOf(o); got != want {
			t.Errorf("%d: got %q, want %q", percent, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := reporting.WriteJSON(&b, sheet(t, "short")); err != nil {
		t.Fatal(err)
	}
	golden(t, "short.json", b.Bytes())
	t.Run("comes back as it went", func(t *testing.T) {
		for _, name := range []string{"short", "long", "provisional", "hidden", "german"} {
			var b bytes.Buffer
			want := sheet(t, name)
			if err := reporting.WriteJSON(&b, want); err != nil {
				t.Fatal(err)
			}
			got := new(reporting.Sheet)
			if err := json.Unmarshal(b.Bytes(), got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
	t.Run("loses no digit", func(t *testing.T) {
		text, err := json.Marshal([]reporting.Number{33_333_333, 1, reporting.Of(100), 0})
		if err != nil || string(text) != "[33.333333,0.000001,100,0]" {
			t.Errorf("got %s, %v", text, err)
		}
	})
	t.Run("leaves out what a reader may not see", func(t *testing.T) {
		var b bytes.Buffer
		if err := reporting.WriteJSON(&b, sheet(t, "hidden")); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), `"candidate"`) || strings.Contains(b.String(), `"histogram"`) || strings.Contains(b.String(), "minutes") {
			t.Errorf("got %s", b.String())
		}
	})
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if diff := cmp.Diff(string(want), string(got)); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestCSV(t *testing.T) {
	read := func(t *testing.T, s *reporting.Sheet) [][]string {
		t.Helper()
		var b bytes.Buffer
		if err := reporting.WriteCSV(&b, s); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	t.Run("has a row for each criterion", func(t *testing.T) {
		var b bytes.Buffer
		if err := reporting.WriteCSV(&b, sheet(t, "short")); err != nil {
			t.Fatal(err)
		}
		golden(t, "short.csv", b.Bytes())
	})
	t.Run("has a row for a question that nobody scored", func(t *testing.T) {
		rows := read(t, sheet(t, "provisional"))
		if len(rows) != 5 || rows[2][13] != "NOT_SCORED" || rows[2][16] != "" || rows[4][26] != "NOT_EXECUTED" {
			t.Errorf("got %q", rows)
		}
	})
	t.Run("calculates nothing", func(t *testing.T) {
		for cell, want := range map[string]string{
			"=1+1": "'=1+1", "+49 30": "'+49 30", "-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t'=1", " =1": "' =1", "\n=1": "'\n'=1", "＝1": "'＝1", "\u00a0@x": "'\u00a0@x",
			"a=1": "a=1", "1-2": "1-2", "": "", "'=1": "'=1", "a; b": "a; b", "\u200b=1": "'\u200b=1", "\u202f＋1": "'\u202f＋1",
			"x;=1+1": "x;'=1+1", "x; \"=1+1\"": "x;' \"=1+1\"", "x\n=1": "x\n'=1", "x\r@y": "x\r'@y", "x\t-2": "x\t'-2", "x;;=1": "x;;'=1",
		} {
			s := sheet(t, "short")
			s.Head.Candidate, s.Questions[0].Title, s.Questions[0].Trace[0].Evidence, s.Questions[0].Trace[0].Comment = cell, cell, cell, cell
			row := read(t, s)[1]
			for _, column := range []int{3, 11, 24, 25} {
				if row[column] != want {
					t.Errorf("%q became %q in column %d", cell, row[column], column)
				}
			}
		}
	})
}

func TestFigures(t *testing.T) {
	r, frame := reader(t, "en"), chart.Frame{Width: 720, Size: 14, Measure: chart.SystemFont}
	t.Run("show the norm group with its n", func(t *testing.T) {
		f := r.ResultFigure(sheet(t, "short"), frame)
		for _, want := range []string{"n = 432", "19 November 2026", "Cut at 50", "61\u00a0% to 84\u00a0%"} {
			if !strings.Contains(f.SVG("x"), want) {
				t.Errorf("%q is missing", want)
			}
		}
		if len(f.Table.Rows) != 20 || f.Table.Rows[14][0] != "70 to 75 % (this result)" || f.Table.Rows[14][2] != "20" {
			t.Errorf("got %v", f.Table.Rows)
		}
	})
	t.Run("keep a hidden norm group hidden", func(t *testing.T) {
		s := sheet(t, "hidden")
		s.Standing.Histogram, s.Standing.Group = []int{1, 2, 3}, "Secret group"
		f := r.ResultFigure(s, frame)
		if svg := f.SVG("x"); !strings.Contains(svg, "has fewer than 100 results") || strings.Contains(svg, "Secret") || strings.Contains(svg, "n = 37") {
			t.Errorf("got %s", svg)
		}
		if len(f.Table.Rows) != 4 {
			t.Errorf("got %v", f.Table.Rows)
		}
	})
	t.Run("have every skill with its weight", func(t *testing.T) {
		want := [][]string{
			{"Databases", "10 of 12", "83\u00a0%", "66\u00a0% to 94\u00a0%", "4", "sufficient", "40"},
			{"Distributed systems", "9.84 of 16", "62\u00a0%", "47\u00a0% to 76\u00a0%", "5", "sufficient", "35"},
			{"Communication", "9 of 12", "75\u00a0%", "48\u00a0% to 92\u00a0%", "2", "too little evidence", "10"},
			{"Testing", "2 of 5", "40\u00a0%", "–", "1", "too little evidence", "–"},
		}
		if diff := cmp.Diff(want, r.SkillsFigure(sheet(t, "short"), frame).Table.Rows); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("have their bands from the lowest, whoever wrote them down how", func(t *testing.T) {
		want, turned := sheet(t, "short"), sheet(t, "short")
		slices.Reverse(turned.Overall.Bands)
		a, b := r.ResultFigure(want, frame), r.ResultFigure(turned, frame)
		if diff := cmp.Diff(a.SVG("x"), b.SVG("x")) + cmp.Diff(a.Table, b.Table) + cmp.Diff(r.BandList(want.Overall), r.BandList(turned.Overall)); diff != "" {
			t.Error(diff)
		}
		if turned.Overall.Bands[0].Name != "Outstanding" {
			t.Error("the sheet itself was turned")
		}
	})
	t.Run("count no questions that nobody counted", func(t *testing.T) {
		s := sheet(t, "short")
		s.Skills[0].Questions = 0
		f := r.SkillsFigure(s, frame)
		if strings.Contains(f.SVG("x"), ">0 questions") || f.Table.Rows[0][4] != "–" {
			t.Errorf("got %v", f.Table.Rows[0])
		}
	})
	t.Run("are none where there is nothing to draw", func(t *testing.T) {
		if f := r.TimeFigure(sheet(t, "hidden"), frame); f != nil {
			t.Errorf("got %v", f.Table)
		}
		if f := r.SkillsFigure(&reporting.Sheet{}, frame); f != nil {
			t.Errorf("got %v", f.Table)
		}
	})
}

func TestSentences(t *testing.T) {
	en, de := reader(t, "en"), reader(t, "de")
	short, hidden, waiting := sheet(t, "short"), sheet(t, "hidden"), sheet(t, "provisional")
	for _, c := range []struct{ got, want string }{
		{en.Subtitle(short.Head), "Backend Developer · Technical depth, version 3 · taken on 20 November 2026"},
		{en.Provenance(short.Head), "Example Ltd · revision 2 · Computed 20 November 2026, 15:32 CET · released on 21 November 2026, 10:05 CET by Rita Recruiter"},
		{en.Title(hidden.Head), "Report"},
		{strings.Join(en.Outcome(short.Overall), ", "), "Solid, Passed (Cut at 50\u00a0%)"},
		{strings.Join(de.Outcome(waiting.Overall), ", "), "Vorläufig, 2 Antworten warten auf eine Bewertung"},
		{de.Score(waiting.Overall), "bisher 100\u00a0%"},
		{en.Exactness(hidden.Uncertainty), "The true result lies between 38\u00a0% and 61\u00a0% for 95 of 100 results like this one (standard error 5.8\u00a0%, from the number of questions)."},
		{en.Comparison(hidden.Standing), "The comparison with others is hidden: the norm group has fewer than 100 results."},
		{en.NormGroup(hidden.Standing), ""},
		{en.Comparison(short.Standing), "Percentile rank 81: 81 of 100 people in the norm group have a lower result; equal ones count half."},
		{en.Awarder(short.Questions[1].Trace[1]), "model: scorer 1.4, confirmed by Robin Reviewer"},
		{en.Asked(waiting.Questions[1]), "Foundations · long text · not scored · – of 16 points"},
		{de.Asked(short.Questions[0]), "Foundations · Einfachauswahl · bewertet · 4 von 4 Punkten"},
		{en.Unscored(waiting.Questions[1]), "Waits for a reviewer: neither points nor zero."},
		{en.Unscored(&reporting.Question{Status: term.ItemNotReached}), "Nothing was answered, so nothing was assessed."},
		{en.Ran(&reporting.Execution{State: reporting.Executed, Passed: 3, Tests: 4}), "The code was run: 3 of 4 tests passed."},
		{en.Asked(&reporting.Question{Section: "One", Kind: term.Code, Status: term.ItemScored, Maximum: reporting.Of(2), Dropped: true}), "One · code · scored · 0 of 2 points · dropped: counts for nobody"},
		{en.Awarder(&reporting.Entry{Source: term.SourceReviewer, By: "Ann", SetAside: true}), "reviewer: Ann; does not count"},
		{de.Awarder(&reporting.Entry{Source: term.SourceReviewer, NotScorable: true, SetAside: true}), "Bewertung; nicht zu beurteilen; zählt nicht"},
		{en.PointsFor(&reporting.Entry{Maximum: reporting.Of(2), NotScorable: true}), "–"},
		{en.PointsFor(&reporting.Entry{Maximum: reporting.Of(2)}), "0 of 2"},
		{en.Judged(reporting.Integrity{Verdict: term.NotEvaluated}), "Not evaluated: nobody has looked at it yet"},
		{en.Awarder(&reporting.Entry{Source: "SOME_DAY"}), "some day"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
