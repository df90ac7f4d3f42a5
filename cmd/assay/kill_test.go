package main

import (
	"context"
	"crypto/rand"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/migration"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// killCycles is how often something is killed on each database; ASSAY_KILL_CYCLES says another number.
func killCycles(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("ASSAY_KILL_CYCLES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("ASSAY_KILL_CYCLES: %q is no number of kills", text)
		}
		return n
	}
	if os.Getenv("CI") == "true" {
		return 30
	}
	return 9
}

// TestKilled kills the server, PostgreSQL, or both at once, again and again, while candidates are invited, begin, answer,
// mark questions and hand in. Nothing that was acknowledged is lost, nothing is there twice, and the audit and the feed of
// events tell of everything once.
func TestKilled(t *testing.T) {
	binary, cycles := buildBinary(t), killCycles(t)
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s := newSite(t, binary, "")
		s.killed(t, "sqlite:"+filepath.Join(s.folder, "data", "assay.db"), cycles, []disaster{{"the server", s.kill, s.goOn}})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := dbtest.NewServer(t)
		isDurable(t, server.URL)
		s := newSite(t, binary, server.URL)
		s.killed(t, server.URL, cycles, []disaster{
			{"the server", s.kill, s.goOn},
			{"PostgreSQL", func(t *testing.T) { server.Kill(t) }, func(t *testing.T) { server.Restart(t); s.awaitReady(t) }},
			{"both", func(t *testing.T) { s.kill(t); server.Kill(t) }, func(t *testing.T) { server.Restart(t); s.goOn(t) }},
		})
	})
}

// disaster is something that ends at once, and how it begins again.
type disaster struct {
	name         string
	strike, mend func(t *testing.T)
}

// goOn starts the server again, with its background work.
func (s *site) goOn(t *testing.T) {
	t.Helper()
	s.start(t)
}

// isDurable demands the settings without which a kill shows nothing.
func isDurable(t *testing.T, address string) {
	t.Helper()
	db, _, err := migration.OpenForMigration(address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var value string
		if err := db.QueryRowContext(t.Context(), "SHOW "+setting).Scan(&value); err != nil || value != "on" {
			t.Fatalf("%s: got %q, %v", setting, value, err)
		}
	}
}

// killed plays the cycles and demands after each that all is as it was acknowledged, and at the end that all is whole.
func (s *site) killed(t *testing.T, database string, cycles int, disasters []disaster) {
	foundDemo(t, database)
	s.start(t)
	c := newClass(t, s)
	began := time.Now()
	for i := range cycles {
		d := disasters[i%len(disasters)]
		c.playUntil(t, d, int64(1+below(t, 60)), time.Duration(below(t, 20_000))*time.Microsecond)
		d.mend(t)
		c.compare(t)
	}
	took := time.Since(began)
	c.handAllIn(t)
	c.compareAll(t)
	c.compareFeed(t)
	c.compareAudit(t)
	s.stop(t)
	c.compareRows(t, database)
	t.Logf("%d kills in %v: %s", cycles, took.Round(time.Millisecond), c.story())
}

// below draws a number below another.
func below(t *testing.T, n int64) int64 {
	t.Helper()
	drawn, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		t.Fatal(err)
	}
	return drawn.Int64()
}

// foundDemo founds the demonstration organization with nothing but an owner, which is faster than its whole story.
func foundDemo(t *testing.T, database string) {
	t.Helper()
	cfg := &config{DatabaseURL: database}
	if path := cfg.dataFolder(); path != "data" {
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := migrate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	rules, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	log, err := (&config{LogLevel: "error"}).logger()
	if err != nil {
		t.Fatal(err)
	}
	store, err := tenant.Open(tenant.Config{
		URL: database, Policy: rules, Clock: tenant.Clock{Now: time.Now}, IDs: gid.NewSource(rand.Reader), Log: log,
		Request: func(context.Context) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Directory().NewOrganization(t.Context(), "demo", "Demo", recruiter, "Recruiter"); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}
