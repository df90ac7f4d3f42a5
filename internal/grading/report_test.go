package grading_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func encodedText(t testing.TB, v any) string { t.Helper(); return string(must(json.Marshal(v))(t)) }

// TestReports lists reports with ties in their scores.
func TestReports(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var created []gid.ID
		percent := map[gid.ID]int64{}
		for i := range 9 {
			given := answers{}
			if i%3 > 0 {
				given["1.1"] = ticked("a")
			}
			if i%3 > 1 {
				given = keyed()
			}
			session, _ := r.scored(t, given)
			row, _ := r.report(t, session)
			created = append(created, row.ID)
			percent[row.ID] = row.Percent
		}
		slices.Reverse(created) // the newest first
		list := func(a policy.Actor, f *grading.ReportFilter, by *grading.ReportOrder) []gid.ID {
			return pages(t, 2, reportID, func(p tenant.Paging) (*tenant.Page[*ent.Report], error) {
				return r.grading.Reports(t.Context(), a, f, by, p)
			})
		}
		if diff := gocmp.Diff(created, list(r.owner, nil, nil)); diff != "" {
			t.Error(diff)
		}
		oldest := slices.Clone(created)
		slices.Reverse(oldest)
		if diff := gocmp.Diff(oldest, list(r.owner, nil, &grading.ReportOrder{Field: grading.ByCreated, Direction: tenant.Asc})); diff != "" {
			t.Error(diff)
		}
		best := slices.Clone(created)
		slices.SortStableFunc(best, func(a, b gid.ID) int { return int(percent[b] - percent[a]) })
		if diff := gocmp.Diff(best, list(r.owner, nil, &grading.ReportOrder{Field: grading.ByScore, Direction: tenant.Desc})); diff != "" {
			t.Error(diff)
		}
		slices.Reverse(best)
		if diff := gocmp.Diff(best, list(r.owner, nil, &grading.ReportOrder{Field: grading.ByScore, Direction: tenant.Asc})); diff != "" {
			t.Error(diff)
		}
		third := must(r.grading.ReportsByID(t.Context(), r.owner, []gid.ID{oldest[2]}))(t)[0].EndedAt
		after := third.Add(time.Microsecond)
		otherRole := r.jobRole(t)
		for name, c := range map[string]struct {
			f    *grading.ReportFilter
			want int
		}{
			"a band":                 {&grading.ReportFilter{Band: new("High")}, 3},
			"from is included":       {&grading.ReportFilter{EndedFrom: &third}, 7},
			"from a moment later":    {&grading.ReportFilter{EndedFrom: &after}, 6},
			"to is not":              {&grading.ReportFilter{EndedTo: &third}, 2},
			"to a moment later":      {&grading.ReportFilter{EndedTo: &after}, 3},
			"in another time zone":   {&grading.ReportFilter{EndedFrom: new(third.In(time.FixedZone("east", 5*60*60)))}, 7},
			"a band within dates":    {&grading.ReportFilter{Band: new("High"), EndedFrom: &third, EndedTo: &after}, 1},
			"a state":                {&grading.ReportFilter{State: new(term.ReportReady), JobRoleID: &r.role}, 9},
			"another state":          {&grading.ReportFilter{State: new(term.ReportReleased)}, 0},
			"another job role":       {&grading.ReportFilter{JobRoleID: &otherRole}, 0},
			"another organization's": {&grading.ReportFilter{JobRoleID: new(r.ids.New(gid.JobRole, third))}, 0},
		} {
			if got := list(r.owner, c.f, nil); len(got) != c.want {
				t.Errorf("%s: got %d, want %d", name, len(got), c.want)
			}
		}
		r.visible(t, created, otherRole)
	})
}

// visible demands who sees the reports, and who does not.
func (r *rig) visible(t *testing.T, reports []gid.ID, otherRole gid.ID) {
	t.Helper()
	session := must(r.grading.ReportsByID(t.Context(), r.owner, reports[:1]))(t)[0].SessionID
	for _, who := range []struct {
		name  string
		actor policy.Actor
		sees  bool
	}{
		{"the owner", r.owner, true}, {"an analyst", r.as(policy.Analyst), true}, {"its manager", r.limited(r.role), true},
		{"another manager", r.limited(otherRole), false}, {"another organization", r.stranger, false},
	} {
		want := map[bool]int{true: 1}[who.sees]
		byID := must(r.grading.ReportsByID(t.Context(), who.actor, reports[:1]))(t)
		bySession := must(r.grading.ReportsBySession(t.Context(), who.actor, []gid.ID{session}))(t)
		results := must(r.results(t.Context(), who.actor, reports[:1]...))(t)
		page := must(r.grading.Reports(t.Context(), who.actor, nil, nil, tenant.Paging{}))(t)
		if len(byID) != want || len(bySession) != want || len(results) != want || (len(page.Nodes) > 0) != who.sees {
			t.Errorf("%s: %d, %d, %d, %d; want %d", who.name, len(byID), len(bySession), len(results), len(page.Nodes), want)
		}
	}
	for _, call := range []func(policy.Actor) error{
		func(a policy.Actor) error {
			return lastErr(r.grading.Reports(t.Context(), a, nil, nil, tenant.Paging{}))
		},
		func(a policy.Actor) error { return lastErr(r.grading.ReportsByID(t.Context(), a, nil)) },
		func(a policy.Actor) error { return lastErr(r.grading.ReportsBySession(t.Context(), a, nil)) },
		func(a policy.Actor) error { return lastErr(r.grading.Readings(t.Context(), a, nil)) },
		func(a policy.Actor) error { return lastErr(r.grading.Results(t.Context(), a, nil)) },
	} {
		r.denied(t, policy.ReportRead, call)
	}
	r.refused(t, "release an unknown one", fault.NotFound, func() error {
		return lastErr(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: r.ids.New(gid.Report, r.clock.look())}))
	})
}
