package insight

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent/template"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// DistributionInput asks for the current reports of a job role, of one of its templates if that is given, whose
// sittings ended from From (included) to To (excluded).
type DistributionInput struct {
	JobRoleID  gid.ID
	TemplateID *gid.ID
	From, To   *time.Time
}

// Distribution tells how scores spread over the current reports that are ready or released, without those of sessions
// that were made void. Percentages are rounded
// to two decimals, half away from zero, and are nil if there is no report.
type Distribution struct {
	Count          int // how many reports all of it rests on
	MeanPercent    *float64
	MedianPercent  *float64
	LowestPercent  *float64
	HighestPercent *float64
	Buckets        []*Bucket    // ten of ten percent each, from the lowest, whether or not they are empty
	Bands          []*BandCount // the bands that have reports, from the one with the lowest
}

// Bucket counts reports from FromPercent (included) to ToPercent (excluded, but for 100).
type Bucket struct {
	FromPercent int
	ToPercent   int
	Count       int
}

// BandCount counts the reports of a band.
type BandCount struct {
	Name  string
	Count int
}

// ScoreDistribution tells how the candidates of a job role scored. A job role that is not visible, or a template
// that is not one of its own, is NotFound.
func (s *Service) ScoreDistribution(ctx context.Context, actor policy.Actor, in DistributionInput) (*Distribution, error) {
	scope, err := s.tenant.As(ctx, actor, policy.InsightRead)
	if err != nil {
		return nil, err
	}
	if err := visibleRole(ctx, scope, in.JobRoleID); err != nil {
		return nil, err
	}
	if in.TemplateID != nil {
		if err := templateOf(ctx, scope, *in.TemplateID, in.JobRoleID); err != nil {
			return nil, err
		}
	}
	var spread spread
	if err := eachRow(ctx, scope, in.statement(), in.args(), spread.read); err != nil {
		return nil, err
	}
	return spread.distribution(), nil
}

// statement gives how many reports have which percentage and band: from the counters where the span is one of whole days in
// UTC, and from the rows where it is not.
func (in DistributionInput) statement() string {
	of := ""
	if in.TemplateID != nil {
		of = ` AND template_version_id IN (SELECT id FROM template_versions WHERE organization_id = @org AND template_id = @template)`
	}
	if wholeDays(in.From, in.To) {
		return tenant.Tallied(ofRoleByDay + of)
	}
	return `SELECT @metric, percent, band, COUNT(*) FROM reports
		WHERE organization_id = @org AND job_role_id = @role AND superseded_at IS NULL AND state IN ('READY', 'RELEASED')
		AND ended_at >= @from AND ended_at < @to
		AND session_id NOT IN (SELECT id FROM sessions WHERE organization_id = @org AND state = 'VOIDED')` + of + `
		GROUP BY percent, band`
}

func (in DistributionInput) args() tenant.Args {
	args := tenant.Args{"role": in.JobRoleID, "metric": tenant.ScoreTally}
	if in.TemplateID != nil {
		args["template"] = *in.TemplateID
	}
	if wholeDays(in.From, in.To) {
		return days(args, in.From, in.To)
	}
	return span(args, in.From, in.To)
}

// templateOf demands that a template is visible and the role's.
func templateOf(ctx context.Context, scope tenant.Scope, id, role gid.ID) error {
	_, err := tenant.Only[gid.ID]("template")(scope.Templates().Where(template.ID(id), template.JobRoleID(role)).OnlyID(ctx))
	return err
}

// spread is how many reports have which percentage, in millionths of a percent, and which band.
type spread []share

type share struct {
	percent int64
	band    string
	count   int
}

func (s *spread) read(scan func(...any) error) error {
	var (
		metric string
		next   share
	)
	if err := scan(&metric, &next.percent, &next.band, &next.count); err != nil {
		return err
	}
	if next.count != 0 { // counters of what was taken back come to nothing
		*s = append(*s, next)
	}
	return nil
}

func (s spread) distribution() *Distribution {
	slices.SortFunc(s, func(a, b share) int { return cmp.Or(cmp.Compare(a.percent, b.percent), cmp.Compare(a.band, b.band)) })
	d := &Distribution{Buckets: make([]*Bucket, 10), Bands: []*BandCount{}}
	for i := range d.Buckets {
		d.Buckets[i] = &Bucket{FromPercent: 10 * i, ToPercent: 10 * (i + 1)}
	}
	var sum int64
	for _, one := range s {
		d.Count, sum = d.Count+one.count, sum+one.percent*int64(one.count)
		d.Buckets[min(one.percent/10_000_000, 9)].Count += one.count
		d.count(one)
	}
	if d.Count == 0 {
		return d
	}
	d.MeanPercent, d.MedianPercent = percent(sum, d.Count), percent(s.at((d.Count+1)/2)+s.at(d.Count/2+1), 2)
	d.LowestPercent, d.HighestPercent = percent(s[0].percent, 1), percent(s[len(s)-1].percent, 1)
	return d
}

// count adds reports to their band's; bands come in the order of their lowest percentages.
func (d *Distribution) count(one share) {
	for _, b := range d.Bands {
		if b.Name == one.band {
			b.Count += one.count
			return
		}
	}
	d.Bands = append(d.Bands, &BandCount{Name: one.band, Count: one.count})
}

// at is the percentage of the report in a place, counted from 1 and from below.
func (s spread) at(place int) int64 {
	for _, one := range s {
		if place -= one.count; place <= 0 {
			return one.percent
		}
	}
	return 0
}

// percent is a sum of n millionths of a percent, shared out and rounded to two decimals.
func percent(sum int64, n int) *float64 {
	value := math.Round(float64(sum)/float64(n)/10_000) / 100
	return &value
}
