package pdf

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-hq/assay/internal/reporting"
)

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

// pictures names the variable with a folder that keeps the documents, to be looked at.
const pictures = "ASSAY_TEST_SCREENSHOTS"

func TestLook(t *testing.T) {
	for name, language := range map[string]string{"short": "en", "long": "en", "provisional": "en", "hidden": "en", "german": "de"} {
		for _, paper := range []Paper{A4, Letter} {
			var b bytes.Buffer
			if err := Write(&b, sheet(t, name), reader(t, language), paper, "https://assay.example/reports/rpt_01m7wnybjre0983p67y80xhhzj"); err != nil {
				t.Fatal(err)
			}
			if folder := os.Getenv(pictures); folder != "" {
				if err := os.WriteFile(filepath.Join(folder, name+"-"+string(paper)+".pdf"), b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
