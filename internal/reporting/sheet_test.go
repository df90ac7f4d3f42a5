package reporting_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-hq/assay/internal/reporting"
)

// sheet reads one of the sheets that the tests of this room share: short, long, provisional, hidden, german.
func sheet(t *testing.T, name string) *reporting.Sheet {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "sheets", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	s, d := new(reporting.Sheet), json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		t.Fatalf("%s: %v", name, err)
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
