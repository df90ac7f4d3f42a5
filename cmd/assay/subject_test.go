package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// know makes the first organization know a person.
func (d *desk) know(t *testing.T, email string) {
	t.Helper()
	cfg, err := readConfig(false)
	if err != nil {
		t.Fatal(err)
	}
	a, err := open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer a.store.Close()
	org, err := a.store.Directory().Organization(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	scope, err := a.store.As(t.Context(), policy.Worker(org), policy.CandidateErase)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (int, error) {
		return 0, tx.NewCandidate().SetEmail(email).SetName("Wendelin").Exec(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheSubjectCommands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		d := newDesk(t, db)
		d.know(t, "wendelin@example.com")
		ours, theirs := ofOrganization{Organization: "demo"}, ofOrganization{Organization: "other"}
		var out bytes.Buffer
		export := subjectExportCommand{ofOrganization: ours, Email: "Wendelin@Example.com"}
		if err := export.run(t.Context(), &out); err != nil || !json.Valid(out.Bytes()) || !strings.Contains(out.String(), `"name": "Wendelin"`) {
			t.Fatalf("got %s, %v", out.String(), err)
		}
		whole := out.String()
		out.Reset()
		export.Output = filepath.Join(d.folder, "subject.json")
		if err := export.run(t.Context(), &out); err != nil || strings.Count(out.String(), "\n") != 1 {
			t.Fatalf("got %s, %v", out.String(), err)
		}
		if written, err := os.ReadFile(export.Output); err != nil || string(written) != whole {
			t.Errorf("wrote %s, %v", written, err)
		}
		out.Reset()
		export.Output = filepath.Join(d.folder, "subject.zip")
		if err := export.run(t.Context(), &out); err != nil || !strings.Contains(out.String(), "with 0 files") {
			t.Fatalf("got %s, %v", out.String(), err)
		}
		if names := zipped(t, export.Output); len(names) != 1 || names["subject.json"] != whole {
			t.Errorf("the archive has %v", names)
		}
		erase := subjectEraseCommand{ofOrganization: theirs, Email: "wendelin@example.com", Reason: "asked", JSON: true}
		if err := erase.run(t.Context(), &out); !fault.Is(err, fault.NotFound) {
			t.Errorf("of another organization: %v", err)
		}
		erase.ofOrganization = ours
		out.Reset()
		var receipt erased
		if err := erase.run(t.Context(), &out); err != nil || json.Unmarshal(out.Bytes(), &receipt) != nil || receipt.ErasedAt.IsZero() {
			t.Fatalf("got %s, %v", out.String(), err)
		}
		if err := erase.run(t.Context(), &out); !fault.Is(err, fault.NotFound) {
			t.Errorf("erasing again: %v", err)
		}
	})
}

// zipped are the files of an archive by their names.
func zipped(t *testing.T, path string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string]string{}
	for _, f := range archive.File {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

// TestOutdatedAreErased lets the worker erase whom an organization keeps no longer, twice.
func TestOutdatedAreErased(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	d.know(t, "wendelin@example.com") // who has no session is kept: nothing of theirs ended
	cfg, err := readConfig(false)
	if err != nil {
		t.Fatal(err)
	}
	a, err := open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer a.store.Close()
	for range 2 {
		if err := a.eraseOutdated(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
