package insight

import (
	"cmp"
	"context"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/policy"
)

// level is that of every interval.
const level = .95

// How many answers or awards a statistic needs to be shown; docs/measurement.md has them all.
const (
	leastUnits  = 30 // of agreement
	leastShared = 10 // of a reviewer beside the others
	leastDrift  = 20
)

// bootstraps is how often units are drawn again for the interval of alpha.
const bootstraps = 500

// Agreement is how far reviewers of the same answers agree, criterion by criterion.
type Agreement struct {
	Criteria  []*CriterionAgreement // those that at least two reviewers judged in some answer, the worst alpha first
	Truncated bool                  // there are older awards than the newest 20,000, which are left out
}

// CriterionAgreement is how far reviewers agree on one criterion of one revision of a question. What the data do not allow
// to compute is nil, and so are kappa, ICC and alpha of fewer than 30 answers.
type CriterionAgreement struct {
	QuestionID gid.ID
	Revision   int
	Title      string // what authors call the question
	Criterion  string
	Text       string
	Units      int      // answers that at least two judged
	Reviewers  int      // who judged them
	Exact      *float64 // share of pairs of awards that are the same
	Adjacent   *float64 // share of pairs that are one level apart
	// Kappa weighs disagreements by their square. With more than two reviewers it is the mean over pairs of reviewers
	// (Light 1971) and has no interval.
	Kappa *Estimate
	// ICC of one reviewer's award: ICC(2,1) where the same reviewers judged every answer, else ICC(1,1).
	ICC   *Estimate
	Panel bool      // the same reviewers judged every answer
	Alpha *Estimate // Krippendorff's, for levels as numbers
}

// Estimate is a statistic with its 95 % interval, where there is one, and how many answers it rests on.
type Estimate struct {
	Value     float64
	Low, High *float64
	N         int
}

// estimate is nil for less than the least number: an interval as wide as the scale misleads more than it tells.
func estimate(value float64, interval *psychometrics.Limits, n, least int) *Estimate {
	if n < least {
		return nil
	}
	e := &Estimate{Value: value, N: n}
	if interval != nil {
		e.Low, e.High = &interval.Lower, &interval.Upper
	}
	return e
}

// ReviewAgreement tells how far the reviewers of a job role's sessions agree. Only sessions that are scored count: nothing
// that is sealed shows. A job role that is not visible is NotFound.
func (s *Service) ReviewAgreement(ctx context.Context, actor policy.Actor, in RatingInput) (*Agreement, error) {
	scope, err := s.tenant.As(ctx, actor, policy.InsightRead)
	if err != nil {
		return nil, err
	}
	marks, more, err := in.marks(ctx, scope)
	if err != nil {
		return nil, err
	}
	documents, err := keys(ctx, scope, marks)
	if err != nil {
		return nil, err
	}
	a := &Agreement{Criteria: []*CriterionAgreement{}, Truncated: more}
	for place, group := range byCriterion(marks, documents) {
		if c := agreementOn(place, group.item, group.criterion, group.marks); c != nil {
			a.Criteria = append(a.Criteria, c)
		}
	}
	slices.SortFunc(a.Criteria, func(x, y *CriterionAgreement) int {
		return cmp.Or(cmp.Compare(worth(x.Alpha), worth(y.Alpha)), cmp.Compare(x.Title, y.Title), cmp.Compare(x.Criterion, y.Criterion),
			cmp.Compare(x.QuestionID.String(), y.QuestionID.String()), cmp.Compare(x.Revision, y.Revision))
	})
	return a, nil
}

// worth orders by a statistic; what has none comes last.
func worth(e *Estimate) float64 {
	if e == nil {
		return 2
	}
	return e.Value
}

// place is one criterion of one revision of a question, wherever it was asked.
type place struct {
	question  gid.ID
	revision  int
	criterion string
}

type judgements struct {
	item      *key.Item
	criterion *content.Criterion
	marks     []mark
}

func byCriterion(marks []mark, documents map[gid.ID]*key.Key) map[place]*judgements {
	groups := map[place]*judgements{}
	for _, m := range marks {
		k := documents[m.version]
		if k == nil {
			continue
		}
		item := k.Item(m.ref)
		if item == nil || item.Criterion(m.criterion) == nil {
			continue
		}
		at := place{item.QuestionID, item.Revision, m.criterion}
		if groups[at] == nil {
			groups[at] = &judgements{item: item, criterion: item.Criterion(m.criterion)}
		}
		groups[at].marks = append(groups[at].marks, m)
	}
	return groups
}

// agreementOn is nil if no answer was judged twice.
func agreementOn(at place, item *key.Item, criterion *content.Criterion, given []mark) *CriterionAgreement {
	steps := levels(criterion)
	marks, _, reviewers := table(given, func(m mark) float64 { return float64(m.points / int64(scoring.Point)) })
	pairs := marks.Agreement(steps.smallest)
	if pairs == nil {
		return nil
	}
	c := &CriterionAgreement{
		QuestionID: at.question, Revision: at.revision, Title: item.Title, Criterion: at.criterion, Text: criterion.Text,
		Units: pairs.Units, Reviewers: len(reviewers), Exact: &pairs.Exact, Adjacent: &pairs.Adjacent,
	}
	if alpha := marks.Krippendorff(psychometrics.Interval); alpha != nil {
		c.Alpha = estimate(alpha.Value, marks.KrippendorffInterval(psychometrics.Interval, level, bootstraps, drawn(at)), alpha.Units, leastUnits)
	}
	c.Kappa = lightsKappa(marks, steps)
	c.ICC, c.Panel = icc(marks)
	return c
}

// drawn makes the bootstrap of a criterion the same each time.
func drawn(at place) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(at.question.String() + at.criterion))
	return rand.New(rand.NewPCG(h.Sum64(), uint64(at.revision)))
}

// scale is the levels of a criterion: the least, the greatest, and the distance of the nearest two.
type scale struct {
	low, high int
	smallest  float64
}

func levels(c *content.Criterion) scale {
	points := make([]int, len(c.Levels))
	for i, l := range c.Levels {
		points[i] = l.Points
	}
	slices.Sort(points)
	s := scale{low: points[0], high: points[len(points)-1], smallest: 1}
	for i := 1; i < len(points); i++ {
		if gap := float64(points[i] - points[i-1]); i == 1 || gap < s.smallest {
			s.smallest = gap
		}
	}
	return s
}

// lightsKappa is the mean of the weighted kappas of all pairs of reviewers with answers in common.
func lightsKappa(marks psychometrics.Marks, s scale) *Estimate {
	var sum float64
	var all []*psychometrics.Kappa
	for a := range marks[0] {
		for b := range a {
			first, second := both(marks, a, b)
			if k := psychometrics.Tabulate(first, second, s.low, s.high).Kappa(psychometrics.Quadratic, level); k != nil {
				all, sum = append(all, k), sum+k.Value
			}
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return estimate(all[0].Value, all[0].Interval, int(all[0].N), leastUnits)
	}
	n := 0
	for _, k := range all {
		n += int(k.N)
	}
	return estimate(sum/float64(len(all)), nil, n, leastUnits)
}

// both are the marks of two reviewers on what both judged.
func both(marks psychometrics.Marks, a, b int) (first, second []int) {
	for _, row := range marks {
		if row[a] != nil && row[b] != nil {
			first, second = append(first, int(*row[a])), append(second, int(*row[b]))
		}
	}
	return first, second
}

// icc is that of single awards. Where reviewers differ from answer to answer their names mean nothing: the answers with the
// usual number of awards make a table without them.
func icc(marks psychometrics.Marks) (e *Estimate, panel bool) {
	rows := map[int]psychometrics.Marks{}
	for _, row := range marks {
		given := slices.DeleteFunc(slices.Clone(row), func(m *float64) bool { return m == nil })
		if len(given) > 1 {
			rows[len(given)] = append(rows[len(given)], given)
		}
	}
	usual := 0
	for n := range rows {
		if usual == 0 || len(rows[n]) > len(rows[usual]) || len(rows[n]) == len(rows[usual]) && n > usual {
			usual = n
		}
	}
	found := rows[usual].ICCs(level)
	if found == nil {
		return nil, false
	}
	if panel = usual == len(marks[0]); panel {
		return coefficient(found.TwoWay, found.N), true
	}
	return coefficient(found.OneWay, found.N), false
}

func coefficient(c *psychometrics.Coefficient, n int) *Estimate {
	if c == nil {
		return nil
	}
	return estimate(c.Value, c.Interval, n, leastUnits)
}
