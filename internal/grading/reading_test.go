package grading_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/policy"
)

// TestReadingIsNoted counts the notes that reading reports in detail leaves: one for each reader, report and day.
func TestReadingIsNoted(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var reports []gid.ID
		for range 3 {
			session, _ := r.scored(t, keyed())
			row, _ := r.report(t, session)
			reports = append(reports, row.ID)
		}
		notes := func() int {
			return len(r.texts(t, "SELECT id FROM audit_events WHERE action = 'report.read'"))
		}
		before, reader := notes(), r.member(t, policy.Recruiter) // the rig read them as the owner
		read := func(who policy.Actor, ids ...gid.ID) {
			must(r.results(t.Context(), who, ids...))(t)
		}
		analyst := r.member(t, policy.Analyst)
		for _, c := range []struct {
			what string
			do   func()
			want int
		}{
			{"two of them", func() { read(reader, reports[:2]...) }, 2},
			{"the same again", func() { read(reader, reports[1], reports[0]) }, 0},
			{"one more beside", func() { read(reader, reports...) }, 1},
			{"somebody else", func() { read(analyst, reports[0]) }, 1},
			{"its page", func() { must(r.grading.Document(t.Context(), analyst, reports[0]))(t) }, 0},
			{"the page of another", func() { must(r.grading.Document(t.Context(), analyst, reports[1]))(t) }, 1},
			{"where it stands, which is no detail", func() { must(r.grading.Readings(t.Context(), analyst, reports))(t) }, 0},
			{"a list, which is no detail", func() { must(r.grading.ReportsByID(t.Context(), analyst, reports))(t) }, 0},
			{"the next day", func() { r.clock.pass(24 * time.Hour); read(reader, reports[0]) }, 1},
			{"ten at once", func() {
				var all sync.WaitGroup
				for range 10 {
					all.Go(func() { _, _ = r.results(context.WithoutCancel(t.Context()), reader, reports[1:]...) })
				}
				all.Wait()
			}, 2},
		} {
			c.do()
			if got := notes() - before; got != c.want {
				t.Errorf("%s: %d notes, want %d", c.what, got, c.want)
			}
			before = notes()
		}
		if got := r.texts(t, "SELECT detail FROM audit_events WHERE action = 'report.read'")[0]; got == "" {
			t.Error("nothing tells in which role")
		}
	})
}
