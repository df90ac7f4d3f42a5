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
	args, which := span(tenant.Args{"role": in.JobRoleID}, in.From, in.To), ""
	if in.TemplateID != nil {
		if err := templateOf(ctx, scope, *in.TemplateID, in.JobRoleID); err != nil {
			return nil, err
		}
		args["template"], which = *in.TemplateID, ofTemplate
	}
	var t tally
	if err := eachRow(ctx, scope, distributionHead+which+distributionTail, args, t.read); err != nil {
		return nil, err
	}
	return t.distribution(), nil
}

// templateOf demands that a template is visible and the role's.
func templateOf(ctx context.Context, scope tenant.Scope, id, role gid.ID) error {
	_, err := tenant.Only[gid.ID]("template")(scope.Templates().Where(template.ID(id), template.JobRoleID(role)).OnlyID(ctx))
	return err
}

// One row for each bucket and band in it. The middle is the one report, or the two, in the middle of all by percent.
const (
	distributionHead = `WITH ranked AS (
		SELECT percent, band, ROW_NUMBER() OVER (ORDER BY percent) AS place, COUNT(*) OVER () AS n
		FROM reports
		WHERE organization_id = @org AND job_role_id = @role AND superseded_at IS NULL AND state IN ('READY', 'RELEASED')
		AND ended_at >= @from AND ended_at < @to
		AND session_id NOT IN (SELECT id FROM sessions WHERE organization_id = @org AND state = 'VOIDED')`
	ofTemplate = ` AND template_version_id IN
		(SELECT id FROM template_versions WHERE organization_id = @org AND template_id = @template)`
	distributionTail = `)
	SELECT CASE WHEN percent >= 90000000 THEN 9 ELSE percent / 10000000 END AS bucket, band, COUNT(*),
		CAST(SUM(percent) AS BIGINT), MIN(percent), MAX(percent),
		COUNT(*) FILTER (WHERE place IN ((n + 1) / 2, (n + 2) / 2)),
		CAST(COALESCE(SUM(percent) FILTER (WHERE place IN ((n + 1) / 2, (n + 2) / 2)), 0) AS BIGINT)
	FROM ranked GROUP BY 1, 2`
)

// tally adds up the rows of the statement. Sums are in millionths of a percent.
type tally struct {
	buckets         [10]int
	bands           []band
	count, middle   int
	sum, middleSum  int64
	lowest, highest int64
}

type band struct {
	name   string
	count  int
	lowest int64
}

func (t *tally) read(scan func(...any) error) error {
	var (
		name                            string
		bucket, count, middle           int
		sum, lowest, highest, middleSum int64
	)
	if err := scan(&bucket, &name, &count, &sum, &lowest, &highest, &middle, &middleSum); err != nil {
		return err
	}
	if t.count == 0 {
		t.lowest = lowest
	}
	t.lowest, t.highest = min(t.lowest, lowest), max(t.highest, highest)
	t.count, t.middle, t.sum, t.middleSum = t.count+count, t.middle+middle, t.sum+sum, t.middleSum+middleSum
	t.buckets[bucket] += count
	for i := range t.bands {
		if t.bands[i].name == name {
			t.bands[i].count, t.bands[i].lowest = t.bands[i].count+count, min(t.bands[i].lowest, lowest)
			return nil
		}
	}
	t.bands = append(t.bands, band{name: name, count: count, lowest: lowest})
	return nil
}

func (t *tally) distribution() *Distribution {
	d := &Distribution{Count: t.count, Buckets: make([]*Bucket, len(t.buckets)), Bands: make([]*BandCount, len(t.bands))}
	for i, n := range t.buckets {
		d.Buckets[i] = &Bucket{FromPercent: 10 * i, ToPercent: 10 * (i + 1), Count: n}
	}
	slices.SortFunc(t.bands, func(a, b band) int {
		return cmp.Or(cmp.Compare(a.lowest, b.lowest), cmp.Compare(a.name, b.name))
	})
	for i, b := range t.bands {
		d.Bands[i] = &BandCount{Name: b.name, Count: b.count}
	}
	d.MeanPercent, d.MedianPercent = percent(t.sum, t.count), percent(t.middleSum, t.middle)
	d.LowestPercent, d.HighestPercent = percent(t.lowest, min(t.count, 1)), percent(t.highest, min(t.count, 1))
	return d
}

// percent is a sum of n millionths of a percent, shared out and rounded to two decimals; of nothing it is nil.
func percent(sum int64, n int) *float64 {
	if n == 0 {
		return nil
	}
	value := math.Round(float64(sum)/float64(n)/10_000) / 100
	return &value
}
