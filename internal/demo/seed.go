// Package demo is the demonstration: an organization to look at, and a client that plays the whole job.
//
// What it shows came about through the operations that everybody uses, in the order of time; it never writes a row
// by itself. The product does not know it.
package demo

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/shipped"
	"github.com/assay-hq/assay/policy"
)

// The slugs of the two demonstration organizations.
const (
	seedSlug      = "demo"
	seedOtherSlug = "other"
)

// SeedConfig is what seeding needs to know.
type SeedConfig struct {
	URL       string // as ASSAY_DATABASE_URL takes it; migrated already
	Policy    *policy.Policy
	Now       time.Time // the present, at which the story ends
	Log       *slog.Logger
	PublicURL string // base of the links in mail
}

// Summary is what there is after seeding, in both demonstration organizations together.
type Summary struct {
	AlreadyThere bool // the demonstration organization existed, and nothing was changed
	Partial      bool // a former seeding was interrupted: the second organization is missing
	Members      int
	JobRoles     int
	Questions    int
	Templates    int
	Sessions     int
	Reports      int // current ones, whatever their state
	Released     int // reports that were released
}

// Seed loads the demonstration organizations `demo` and `other`: members, job roles, questions, templates, and a
// quarter of a year of candidates, played through the operations of the API up to Now. The same Now gives the same
// rows. If `demo` exists, it changes nothing and says so.
//
// Ids and the secrets of invitation links come from a fixed stream that whoever has the program can compute: this is
// for demonstrations and never for an organization that has real candidates.
func Seed(ctx context.Context, cfg SeedConfig) (*Summary, error) { return seedEvery(ctx, cfg, 1) }

// seedEvery is Seed with one of so many of its sessions.
func seedEvery(ctx context.Context, cfg SeedConfig, one int) (summary *Summary, err error) {
	w, err := newWorld(cfg, one)
	if err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	defer func() {
		if cerr := w.store.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("seed: %w", cerr)
		}
	}()
	if summary, err = w.seed(ctx); err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	return summary, nil
}

// seed plays the story, if it was not played before, and counts.
func (w *world) seed(ctx context.Context) (*Summary, error) {
	there, err := w.exists(ctx, seedSlug)
	if err != nil {
		return nil, err
	}
	if !there {
		if err := w.playAll(ctx); err != nil {
			return nil, err
		}
	}
	summary, err := w.count(ctx)
	if err != nil {
		return nil, err
	}
	summary.AlreadyThere = there
	w.log.Info("demonstration", "already_there", there, "partial", summary.Partial, "sessions", summary.Sessions, "reports", summary.Reports)
	return summary, nil
}

// exists reports whether an organization has been founded.
func (w *world) exists(ctx context.Context, slug string) (bool, error) {
	_, err := w.store.Directory().Organization(ctx, slug)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// playAll plays both organizations' stories. The second is founded last, so that its absence tells of an interruption.
func (w *world) playAll(ctx context.Context) error {
	shelf, err := shipped.Catalogue()
	if err != nil {
		return fmt.Errorf("read the shipped catalogue: %w", err)
	}
	w.shelf = shelf
	for _, story := range []func(context.Context) error{w.playDemo, w.playOther} {
		if err := story(ctx); err != nil {
			return err
		}
	}
	for {
		n, err := w.store.Sequence(ctx)
		if err != nil {
			return fmt.Errorf("sequence: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}

// count counts what both organizations have.
func (w *world) count(ctx context.Context) (*Summary, error) {
	summary := new(Summary)
	for _, slug := range []string{seedSlug, seedOtherSlug} {
		id, err := w.store.Directory().Organization(ctx, slug)
		if fault.Is(err, fault.NotFound) {
			summary.Partial = true
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := w.countOne(ctx, policy.Actor{Org: id, Roles: []policy.Role{policy.Owner}}, summary); err != nil {
			return nil, err
		}
	}
	return summary, nil
}
