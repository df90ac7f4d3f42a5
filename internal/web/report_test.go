package web_test

import (
	"encoding/csv"
	"encoding/json"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/reporting"
	"github.com/assay-hq/assay/policy"
)

// formula is a name that a spreadsheet would calculate.
const formula = `=HYPERLINK("https://evil.example") Ännchen`

// reportKinds are the ends of a report's addresses.
func reportKinds() []string { return []string{"", ".pdf", ".csv", ".json"} }

// names reports whether an answer names the candidate, also as the title of a PDF does.
func names(got answer) bool {
	const name = "Xaverine"
	all := got.text + got.header.Get("Content-Disposition")
	return strings.Contains(all, name) || strings.Contains(all, "\x00"+strings.Join(strings.Split(name, ""), "\x00"))
}

func TestReport(t *testing.T) {
	r := newRig(t)
	owner := r.found(t, "one")
	r.found(t, "two")
	id := r.reported(t, owner, script+" Xaverine").String()
	must(r.Account.AddMember(t.Context(), owner, account.AddMemberInput{
		Email: "analyst@one.example", Name: "Analyst", Roles: []policy.Role{policy.Analyst},
	}))(t)

	t.Run("shows names as text", func(t *testing.T) {
		got := r.ask(t, "GET", "/reports/"+id, "owner@one.example")
		harmless(t, "report", got)
		for _, kind := range reportKinds() {
			if !names(r.ask(t, "GET", "/reports/"+id+kind, "owner@one.example")) {
				t.Errorf("%q does not say whose it is", kind)
			}
		}
		for _, want := range []string{"<h1>" + escaped + " Xaverine</h1>", escaped + " section", escaped + " skill", escaped + " question", escaped + " role", escaped + " high", "100\u00a0%", "Passed"} {
			if !strings.Contains(got.text, want) {
				t.Errorf("%q is missing in %s", want, got.text)
			}
		}
	})
	t.Run("has nothing that its policy forbids", func(t *testing.T) {
		got := r.ask(t, "GET", "/reports/"+id, "owner@one.example")
		if inline := regexp.MustCompile(`<style|\sstyle=|<script|\son[a-z]+=|javascript:`).FindString(got.text); inline != "" {
			t.Errorf("the page has %q", inline)
		}
		if policy := got.header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("policy %q", policy)
		}
		if n := strings.Count(got.text, `role="img"`); n != 6 {
			t.Errorf("%d drawings, and there are three figures of two widths", n)
		}
	})
	t.Run("says why what it lacks is not there", func(t *testing.T) {
		got := r.ask(t, "GET", "/reports/"+id, "owner@one.example")
		for _, want := range []string{"There are no other results from which", "has no norm group to compare with", "hold too little evidence", "nobody has looked at it yet"} {
			if !strings.Contains(got.text, want) {
				t.Errorf("%q is missing in %s", want, got.text)
			}
		}
	})
	t.Run("speaks German to who asks for it", func(t *testing.T) {
		got := r.ask(t, "GET", "/reports/"+id+"?lang=de", "owner@one.example")
		for _, want := range []string{`<html lang="de">`, "Bestanden (Bestehensgrenze", "Zum Inhalt springen", "Abmelden", `hreflang="en"`} {
			if !strings.Contains(got.text, want) {
				t.Errorf("%q is missing in %s", want, got.text)
			}
		}
	})
	t.Run("has no name for the analyst, in any form", func(t *testing.T) {
		for _, kind := range reportKinds() {
			got := r.ask(t, "GET", "/reports/"+id+kind, "analyst@one.example")
			if got.status != http.StatusOK || names(got) {
				t.Errorf("%q: got %d %v: %s", kind, got.status, got.header, got.text)
			}
			if kind == "" && (!strings.Contains(got.text, "<h1>Report</h1>") || !strings.Contains(got.text, "is not part of what you may read")) {
				t.Errorf("got %s", got.text)
			}
		}
	})
	t.Run("of another organization is not there, in any form", func(t *testing.T) {
		for _, kind := range reportKinds() {
			got := r.ask(t, "GET", "/reports/"+id+kind, "owner@two.example")
			if got.status != http.StatusNotFound || names(got) {
				t.Errorf("%q: got %d: %s", kind, got.status, got.text)
			}
			unknown := r.ask(t, "GET", "/reports/"+strings.Replace(id, id[len(id)-6:], "aaaaaa", 1)+kind, "owner@two.example")
			name := func(a answer) string { return strings.ReplaceAll(a.text, a.header.Get("X-Request-Id"), "") }
			if name(got) != name(unknown) || unknown.status != http.StatusNotFound {
				t.Errorf("%q differs from one that never was: %s", kind, unknown.text)
			}
		}
	})
	t.Run("asks nobody to sign in", func(t *testing.T) {
		for _, kind := range reportKinds() {
			got := r.ask(t, "GET", "/reports/"+id+kind, "")
			if got.status != http.StatusSeeOther || got.header.Get("Location") != "/login?return_to=%2Freports%2F"+id+kind {
				t.Errorf("got %d to %q", got.status, got.header.Get("Location"))
			}
		}
	})
	t.Run("is refused to the candidate, in every form", func(t *testing.T) {
		for _, kind := range reportKinds() {
			got := r.ask(t, "GET", "/reports/"+id+kind, "candidate@one.example")
			if got.status == http.StatusOK || strings.Contains(got.text, "100\u00a0%") {
				t.Errorf("%q: got %d: %s", kind, got.status, got.text)
			}
		}
	})
	t.Run("has no other form", func(t *testing.T) {
		for _, kind := range []string{".xlsx", ".", ".pdf.", ".PDF", ".pdf.csv"} {
			if got := r.ask(t, "GET", "/reports/"+id+kind, "owner@one.example"); got.status != http.StatusNotFound {
				t.Errorf("%q: got %d", kind, got.status)
			}
		}
	})
}

func TestReportFiles(t *testing.T) {
	r := newRig(t)
	owner := r.found(t, "one")
	id := r.reported(t, owner, formula).String()

	t.Run("PDF", func(t *testing.T) {
		a4 := r.ask(t, "GET", "/reports/"+id+".pdf", "owner@one.example")
		letter := r.ask(t, "GET", "/reports/"+id+".pdf?paper=Letter", "owner@one.example")
		for name, got := range map[string]answer{"[0 0 595.28 841.89]": a4, "[0 0 612.00 792.00]": letter} {
			if got.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.text, "%PDF-") || !strings.Contains(got.text, "/MediaBox "+name) {
				t.Errorf("%s: got %d %v", name, got.status, got.header)
			}
		}
		if again := r.ask(t, "GET", "/reports/"+id+".pdf", "owner@one.example"); again.text != a4.text {
			t.Error("it is another one each time")
		}
		if got := r.ask(t, "GET", "/reports/"+id+".pdf?paper=papyrus", "owner@one.example"); got.status != http.StatusBadRequest {
			t.Errorf("unknown paper: got %d", got.status)
		}
	})
	t.Run("names say whose they are, and harm nobody", func(t *testing.T) {
		got := r.ask(t, "GET", "/reports/"+id+".csv", "owner@one.example").header.Get("Content-Disposition")
		kind, names, err := mime.ParseMediaType(strings.Replace(got, `filename="`, `plain="`, 1))
		want := map[string]string{"plain": id + "-1.csv", "filename": "=HYPERLINK(httpsevil.example) Ännchen, scriptalert(1)script template (1).csv"}
		if diff := cmp.Diff(want, names); err != nil || kind != "attachment" || diff != "" {
			t.Errorf("%s: %v\n%s", got, err, diff)
		}
	})
	t.Run("CSV calculates nothing", func(t *testing.T) {
		got := r.ask(t, "GET", "/reports/"+id+".csv", "owner@one.example")
		rows := must(csv.NewReader(strings.NewReader(strings.TrimPrefix(got.text, "\ufeff"))).ReadAll())(t)
		if len(rows) != 2 || rows[1][0] != id || rows[1][3] != "'"+formula || rows[1][19] != "10" {
			t.Errorf("got %q", rows)
		}
	})
	t.Run("JSON is the sheet", func(t *testing.T) {
		got := r.ask(t, "GET", "/reports/"+id+".json", "owner@one.example")
		var doc struct {
			Format string
			reporting.Sheet
		}
		if err := json.Unmarshal([]byte(got.text), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Format != reporting.Format || doc.Head.Candidate != formula || doc.Overall.Percent != reporting.Of(100) || doc.Questions[0].Trace[0].Source != "KEY" {
			t.Errorf("got %s", got.text)
		}
		if must := doc.Skills[0].MustHave; must == nil || must.Weight != 1 {
			t.Errorf("the role's must-have is missing: %s", got.text)
		}
	})
}
