package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRunRefuses(t *testing.T) {
	for name, args := range map[string][]string{
		"no name": nil, "two names": {"a", "b"}, "a name with a path": {"../a"}, "upper case": {"Add"}, "an empty name": {""},
	} {
		if err := run(t.Context(), false, args, t.Output()); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if err := run(t.Context(), true, []string{"a"}, t.Output()); err == nil {
		t.Error("-check with a name: want an error")
	}
}

func TestReport(t *testing.T) {
	var out strings.Builder
	if err := report([]draft{{dialect: "postgres"}, {dialect: "sqlite3"}}, &out); err != nil || out.String() != "" {
		t.Errorf("no difference: got %v, %q", err, out.String())
	}
	if err := report([]draft{{dialect: "postgres"}, {dialect: "sqlite3", statements: "SELECT 1;\n"}}, &out); err == nil || out.String() != "-- sqlite3\nSELECT 1;\n" {
		t.Errorf("a difference: got %v, %q", err, out.String())
	}
}

func TestWrite(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	drafts := []draft{{folder: one, number: 3}, {folder: two, number: 3}}
	var out strings.Builder
	if err := write(drafts, "more", &out); err != nil || out.String() != "no change\n" {
		t.Errorf("got %v, %q", err, out.String())
	}
	drafts[1].statements = "SELECT 1;\n"
	if err := write(drafts, "more", &out); err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]string{one: generated + unchanged, two: generated + "SELECT 1;\n"} {
		got, err := os.ReadFile(filepath.Join(folder, "0003_more.sql"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(got), want); diff != "" {
			t.Errorf("got (-), want (+):\n%s", diff)
		}
	}
}
