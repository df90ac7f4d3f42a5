package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/reporting"
)

// pictures names the variable with a folder that keeps the screenshots; without it they go with the test.
const pictures = "ASSAY_TEST_SCREENSHOTS"

// TestBrowser plays the pages' journey in a real browser against the real binary: testdata/browser/journey.mjs says
// what it demands.
func TestBrowser(t *testing.T) { play(t, "journey.mjs", 8*time.Minute, startBinary) }

// TestSittingInBrowser takes whole sittings on the candidate's page: testdata/browser/sitting.mjs says what it demands.
func TestSittingInBrowser(t *testing.T) { play(t, "sitting.mjs", 14*time.Minute, startBinary) }

// TestDetailsInBrowser looks at what is easily forgotten on the candidate's page: the scripts of testdata/browser say what
// they demand.
func TestDetailsInBrowser(t *testing.T) {
	s := raise(t, startBinary)
	for _, name := range []string{"opening", "breaks", "refusals", "network", "code", "tree", "objections"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each of them waits most of its time
			s.play(t, name+".mjs", 4*time.Minute)
		})
	}
}

// TestReportInBrowser looks at reports of every shape, among them what no data of the demonstration has yet:
// testdata/browser/report.mjs says what it demands.
func TestReportInBrowser(t *testing.T) { play(t, "report.mjs", 5*time.Minute, serveReports) }

// serveReports serves the shared sheets as pages until the test ends, each under its name, and gives their address.
func serveReports(t *testing.T) string {
	t.Helper()
	r := newRig(t)
	mux := http.NewServeMux()
	mux.Handle("/static/", r.Public())
	mux.HandleFunc("GET /reports/{name}", func(w http.ResponseWriter, q *http.Request) {
		sheet := new(reporting.Sheet)
		text, err := os.ReadFile(filepath.Join("..", "reporting", "testdata", "sheets", filepath.Base(q.PathValue("name"))+".json"))
		if err = errors.Join(err, json.Unmarshal(text, sheet)); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		reader, err := reporting.For(sheet.Head.Locale, sheet.Head.TimeZone)
		if err != nil {
			t.Error(err)
			return
		}
		r.ShowReport(w, q, sheet, reader)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// play runs one of the browser's scripts to its end.
func play(t *testing.T, name string, patience time.Duration, serve func(*testing.T) string) {
	t.Helper()
	raise(t, serve).play(t, name, patience)
}

// stage is what scripts play on: a server, a browser, and a folder for the pictures.
type stage struct {
	folder, node, browser string
	address, pictures     string
}

// raise readies a stage; it stands until the test ends.
func raise(t *testing.T, serve func(*testing.T) string) *stage {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes a minute")
	}
	npm := program(t, "npm")
	s := &stage{
		folder: must(filepath.Abs("testdata/browser"))(t), node: program(t, "node"), browser: program(t, "chromium", "chromium-browser", "google-chrome"),
	}
	if _, err := os.Stat(filepath.Join(s.folder, "node_modules", ".package-lock.json")); err != nil {
		finish(t, 3*time.Minute, s.folder, npm, "ci", "--no-audit", "--no-fund", "--loglevel=error")
	}
	s.address = serve(t)
	if s.pictures = os.Getenv(pictures); s.pictures == "" {
		s.pictures = t.TempDir()
	}
	return s
}

// play runs one of the scripts to its end.
func (s *stage) play(t *testing.T, name string, patience time.Duration) {
	t.Helper()
	finish(t, patience, s.folder, s.node, name, "http://"+s.address, s.pictures, s.browser)
}

// program finds one of the programs. Without any, the test is skipped on a laptop and fails where nothing may be skipped.
func program(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	text := strings.Join(names, " or ") + " is not installed, so no browser looks at the pages"
	if os.Getenv("CI") == "true" {
		t.Fatal(text)
	}
	t.Skip(text)
	return ""
}

// finish runs a program to its end, in a group of its own so that what it started ends with it.
func finish(t *testing.T, patience time.Duration, folder, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.WaitDelay = folder, 10*time.Second
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), args[0], err, text)
	}
}

// startBinary builds the binary, serves with it from an empty folder until the test ends, and gives its address.
func startBinary(t *testing.T) string {
	t.Helper()
	binary, folder := filepath.Join(t.TempDir(), "assay"), t.TempDir()
	finish(t, 10*time.Minute, ".", "go", "build", "-buildvcs=false", "-o", binary, "../../cmd/assay")
	address, admin := freeAddress(t), freeAddress(t)
	log := must(os.Create(filepath.Join(folder, "log")))(t)
	server := exec.Command(binary, "serve", "--dev", "--no-demo")
	server.Dir, server.Stdout, server.Stderr = folder, log, log
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "ASSAY_") && !strings.HasPrefix(variable, "OTEL_") {
			server.Env = append(server.Env, variable)
		}
	}
	server.Env = append(server.Env, "ASSAY_ADDR="+address, "ASSAY_ADMIN_ADDR="+admin)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() {
		if err := server.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		<-ended
		if err := log.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			text, err := os.ReadFile(log.Name())
			t.Logf("the end of the server's log: %v\n%s", err, text[max(0, len(text)-4000):])
		}
	})
	awaitReady(t, admin, ended)
	return address
}

// awaitReady looks until the server is ready: loading the demonstration organizations takes its time.
func awaitReady(t *testing.T, admin string, ended chan error) {
	t.Helper()
	ticker, late := time.NewTicker(50*time.Millisecond), time.After(2*time.Minute)
	defer ticker.Stop()
	for {
		if answer, err := http.Get("http://" + admin + "/readyz"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case err := <-ended:
			ended <- err // whoever ends it waits for this too
			t.Fatalf("the server ended (%v) and was never ready", err)
		case <-late:
			t.Fatal("the server was not ready within two minutes")
		case <-ticker.C:
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}
