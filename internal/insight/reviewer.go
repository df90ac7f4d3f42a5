package insight

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// ReviewerStatistics is how a reviewer judges beside the others. All of it is in shares of a criterion's scale; what the data
// do not allow to compute is nil, and so is what rests on fewer than 10 shared awards (of drift, 20). It says how somebody uses
// the scale, not who is right.
type ReviewerStatistics struct {
	ReviewerID gid.ID
	Awards     int // single ones
	Shared     int // of criteria that somebody else judged too
	// Severity is the mean of own awards minus the others': below zero is severe.
	Severity *Estimate
	Spread   *float64  // standard deviation of own awards
	Peers    *float64  // and of the others' on the same answers: where it is much larger the reviewer avoids the ends
	Exact    *float64  // share of pairs with others that are the same
	Halo     *Estimate // mean correlation between the criteria of a question: near 1, one impression colours all
	Drift    *Estimate // change of severity in 30 days: below zero, ever more severe
	// Calibrations are how often the reviewer's first award of a calibration is the agreed one.
	Calibrations     int
	CalibrationExact *float64
}

// ReviewerReport is what reviewers' statistics rest on.
type ReviewerReport struct {
	Reviewers []*ReviewerStatistics
	Truncated bool // there are older awards than the newest 20,000, which are left out
}

// Reviewers tells how each reviewer of a job role's scored sessions judges. A job role that is not visible is NotFound.
func (s *Service) Reviewers(ctx context.Context, actor policy.Actor, in RatingInput) (*ReviewerReport, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReviewAssign)
	if err != nil {
		return nil, err
	}
	marks, more, err := in.marks(ctx, scope)
	if err != nil {
		return nil, err
	}
	trials, err := calibrated(ctx, scope)
	if err != nil {
		return nil, err
	}
	return &ReviewerReport{Reviewers: reviewers(marks, trials), Truncated: more}, nil
}

func reviewers(given []mark, trials map[gid.ID]trial) []*ReviewerStatistics {
	marks, units, names := table(given, mark.share)
	byReviewer := map[gid.ID][]mark{}
	at := map[string]time.Time{} // of each reviewer's award for a unit
	for _, m := range given {
		byReviewer[m.reviewer] = append(byReviewer[m.reviewer], m)
		at[m.unit()+m.reviewer.String()] = m.at
	}
	all := []*ReviewerStatistics{}
	for id, own := range byReviewer {
		column, _ := slices.BinarySearch(names, id.String())
		r := &ReviewerStatistics{ReviewerID: id, Awards: len(own), Halo: halo(own)}
		r.compare(marks, column)
		r.Drift = drift(marks.Residuals(column), func(row int) time.Time { return at[units[row]+names[column]] })
		if t := trials[id]; t.of > 0 {
			share := float64(t.exact) / float64(t.of)
			r.Calibrations, r.CalibrationExact = t.of, &share
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *ReviewerStatistics) int {
		return cmp.Or(cmp.Compare(b.Awards, a.Awards), cmp.Compare(a.ReviewerID.String(), b.ReviewerID.String()))
	})
	return all
}

// compare fills in how the reviewer of a column stands beside the others.
func (r *ReviewerStatistics) compare(marks psychometrics.Marks, column int) {
	if s := marks.Severity(column, level); s != nil {
		r.Severity, r.Shared = estimate(s.Residual, s.Interval, s.N, leastShared), s.N
	}
	if s := marks.Spread(column); s != nil && s.N >= leastShared {
		r.Spread, r.Peers = s.SD, s.Peers
	}
	same, pairs := 0, 0
	for _, row := range marks {
		for other, award := range row {
			if other != column && award != nil && row[column] != nil {
				pairs++
				if *award == *row[column] {
					same++
				}
			}
		}
	}
	if pairs >= leastShared {
		share := float64(same) / float64(pairs)
		r.Exact = &share
	}
}

// halo is the mean over questions, weighted by their pairs of criteria.
func halo(own []mark) *Estimate {
	byQuestion := map[string][]psychometrics.Mark{}
	for _, m := range own {
		question := m.version.String() + m.ref
		byQuestion[question] = append(byQuestion[question], psychometrics.Mark{Unit: m.session.String(), Rater: m.criterion, Value: m.share()})
	}
	sum, pairs, n := 0.0, 0, 0
	for _, question := range byQuestion {
		slices.Reverse(question) // the newest is last and counts
		marks, _, _ := psychometrics.Arrange(question)
		if h := marks.Halo(); h != nil {
			sum, pairs, n = sum+h.Correlation*float64(h.Pairs), pairs+h.Pairs, n+h.N
		}
	}
	if pairs == 0 {
		return nil
	}
	return estimate(sum/float64(pairs), nil, n, leastShared)
}

func drift(residuals []*float64, at func(row int) time.Time) *Estimate {
	var seen []psychometrics.Observation
	for row, r := range residuals {
		if r != nil {
			seen = append(seen, psychometrics.Observation{Day: float64(at(row).Unix()) / (24 * 60 * 60), Residual: *r})
		}
	}
	d := psychometrics.DriftOf(seen, level)
	if d == nil {
		return nil
	}
	return estimate(d.Slope, d.Interval, d.N, leastDrift)
}

// trial is how often a reviewer's awards of calibrations were the agreed ones.
type trial struct{ exact, of int }

func calibrated(ctx context.Context, scope tenant.Scope) (map[gid.ID]trial, error) {
	trials := map[gid.ID]trial{}
	text := `SELECT a.reviewer_id, a.scores, c.scores FROM calibration_attempts a
		JOIN calibrations c ON c.organization_id = a.organization_id AND c.id = a.calibration_id WHERE a.organization_id = @org`
	err := eachRow(ctx, scope, text, nil, func(scan func(...any) error) error {
		var (
			reviewer    gid.ID
			given, want []byte
		)
		if err := scan(&reviewer, &given, &want); err != nil {
			return err
		}
		t, err := compareTrial(given, want)
		trials[reviewer] = trial{trials[reviewer].exact + t.exact, trials[reviewer].of + t.of}
		return err
	})
	return trials, err
}

func compareTrial(given, want []byte) (t trial, err error) {
	var own, agreed []*content.CalibrationScore
	if err := json.Unmarshal(given, &own); err != nil {
		return t, fmt.Errorf("read calibration: %w", err)
	}
	if err := json.Unmarshal(want, &agreed); err != nil {
		return t, fmt.Errorf("read calibration: %w", err)
	}
	for _, a := range agreed {
		for _, o := range own {
			if o.Criterion == a.Criterion {
				t.of++
				if o.Points == a.Points {
					t.exact++
				}
			}
		}
	}
	return t, nil
}
