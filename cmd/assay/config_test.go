package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheCodeRunnersSettings refuses what would send candidates' code into the open.
func TestTheCodeRunnersSettings(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, token, callback, wants, refused string }{
		{url: "", wants: "nothing"},
		{url: "https://runner.example", token: token},
		{url: "http://127.0.0.1:2358", callback: "true", wants: "https://assay.example/integrations/runner/"},
		{url: "http://localhost:2358", callback: "false"},
		{url: "https://runner.example", callback: "https://inside.example/assay/", wants: "https://inside.example/assay/integrations/runner/"},
		{url: "https://runner.example", callback: "http://127.0.0.1:8080", wants: "http://127.0.0.1:8080/integrations/runner/"},
		{url: "http://runner.example", refused: "ASSAY_RUNNER_URL must begin with https://"},
		{url: "runner.example", refused: "ASSAY_RUNNER_URL"},
		{url: "https://user:secret@runner.example", refused: "ASSAY_RUNNER_URL"},
		{url: "https://runner.example", token: token + ".none", refused: "ASSAY_RUNNER_TOKEN_FILE"},
		{url: "https://runner.example", callback: "http://inside.example", refused: "ASSAY_RUNNER_CALLBACK"},
		{url: "https://runner.example", callback: "yes", refused: "ASSAY_RUNNER_CALLBACK"},
		{url: "https://runner.example", callback: "ftp://127.0.0.1", refused: "ASSAY_RUNNER_CALLBACK"},
	} {
		runs, err := codeRunner(&config{PublicURL: "https://assay.example", RunnerURL: c.url, RunnerToken: c.token, RunnerCalls: c.callback})
		switch {
		case c.refused != "":
			if err == nil || !strings.Contains(err.Error(), c.refused) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%+v: got %v", c, err)
			}
		case err != nil:
			t.Errorf("%+v: %v", c, err)
		case c.wants == "nothing":
			if runs.Client != nil {
				t.Errorf("%+v: something runs code", c)
			}
		case runs.Client == nil, runs.Callback != c.wants:
			t.Errorf("%+v: got %q", c, runs.Callback)
		}
	}
}
