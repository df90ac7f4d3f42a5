package grading

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/norm"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// leastForPercentile is how many results it takes to compare one with.
const leastForPercentile = 100

// Reading is a report's document as its reader may see it, beside what is known of its version. Where its result stands and how
// exactly it is known are read and never frozen: the norm group grows, and says of when it is.
type Reading struct {
	ReportID gid.ID
	row      *ent.Report
	doc      *Result
	fact     fact
}

// Standing is where a result lies in its norm group, the results of the same version of the assessment.
type Standing struct {
	Percentile    *int // mid-percentile, 1 to 99
	NormGroup     string
	N             int
	ComputedAt    *time.Time
	HiddenBecause *HiddenReason

	tally [][2]int64
}

// Uncertainty is how exactly a result is known.
type Uncertainty struct {
	SEM           *Percent
	Low           *Percent
	High          *Percent
	Level         int // how many of a hundred such ranges hold the result without error
	Method        *ErrorMethod
	Borderline    bool // the cut is within one standard error
	HiddenBecause *HiddenReason
}

// ErrorMethod is where a standard error of measurement comes from.
type ErrorMethod string

// The methods.
const (
	ErrorOfNorm     ErrorMethod = "NORM"     // the spread and the reliability of the norm group
	ErrorOfBinomial ErrorMethod = "BINOMIAL" // how many questions were right, of how many
)

// Values lists every method.
func (ErrorMethod) Values() []string { return []string{string(ErrorOfNorm), string(ErrorOfBinomial)} }

// HiddenReason is why a number is not shown.
type HiddenReason string

// The reasons.
const (
	HiddenProvisional  HiddenReason = "PROVISIONAL"   // an answer still waits for a person
	HiddenNoGroup      HiddenReason = "NO_NORM_GROUP" // no norm group was computed yet
	HiddenTooFew       HiddenReason = "TOO_FEW"       // the norm group is too small
	HiddenNotEstimable HiddenReason = "NOT_ESTIMABLE" // the numbers there are do not tell
)

// Values lists every reason.
func (HiddenReason) Values() []string {
	return []string{string(HiddenProvisional), string(HiddenNoGroup), string(HiddenTooFew), string(HiddenNotEstimable)}
}

// confidence is the level of the ranges that are shown.
const confidence = 95

// Readings reads the documents of several reports with what is known of their versions; what is not visible is left out. It is
// five statements at most.
func (s *Service) Readings(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*Reading, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	rows, err := scope.Reports().Where(tenant.In(report.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find reports: %w", err)
	}
	facts, err := s.readFacts(ctx, scope, rows)
	if err != nil {
		return nil, err
	}
	list := make([]*Reading, len(rows))
	for i, row := range rows {
		doc, err := readResult(scope, row)
		if err != nil {
			return nil, err
		}
		list[i] = &Reading{ReportID: row.ID, row: row, doc: doc, fact: facts.of(row)}
	}
	return list, nil
}

// Standing is where the result stands among others'.
func (r *Reading) Standing() *Standing { return r.fact.place(r.row, r.doc) }

// Uncertainty is how exactly the result is known.
func (r *Reading) Uncertainty() *Uncertainty { return r.fact.uncertainty(r.doc) }

// facts are what is known of the versions of several reports.
type facts struct {
	versions map[gid.ID]*ent.TemplateVersion // without their documents
	frozen   map[gid.ID]*frozen
	norms    map[gid.ID]*ent.Norm
}

// readFacts reads them, in four statements.
func (s *Service) readFacts(ctx context.Context, scope tenant.Scope, rows []*ent.Report) (*facts, error) {
	ids := make([]gid.ID, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.TemplateVersionID)
	}
	f := &facts{versions: map[gid.ID]*ent.TemplateVersion{}, norms: map[gid.ID]*ent.Norm{}}
	var err error
	if f.frozen, err = s.pinned(ctx, scope, ids); err != nil {
		return nil, err
	}
	versions, err := scope.TemplateVersions().Where(tenant.In(templateversion.FieldID, ids)).
		Select(templateversion.FieldID, templateversion.FieldName, templateversion.FieldNumber).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find template versions: %w", err)
	}
	for _, v := range versions {
		f.versions[v.ID] = v
	}
	norms, err := scope.Norms().Where(tenant.In(norm.FieldTemplateVersionID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find norm groups: %w", err)
	}
	for _, n := range norms {
		f.norms[n.TemplateVersionID] = n
	}
	return f, nil
}

// fact is what is known of one version.
type fact struct {
	version *ent.TemplateVersion
	frozen  *frozen
	norm    *ent.Norm // nil before the first was computed
}

func (f *facts) of(row *ent.Report) fact {
	return fact{version: f.versions[row.TemplateVersionID], frozen: f.frozen[row.TemplateVersionID], norm: f.norms[row.TemplateVersionID]}
}

// place compares a result with the norm group.
func (f fact) place(row *ent.Report, doc *Result) *Standing {
	shown := &Standing{NormGroup: fmt.Sprintf("%s, version %d", f.version.Name, f.version.Number)}
	if f.norm != nil {
		shown.N, shown.ComputedAt = f.norm.Size, &f.norm.ComputedAt
	}
	switch {
	case doc.Provisional:
		shown.HiddenBecause = new(HiddenProvisional)
	case f.norm == nil:
		shown.HiddenBecause = new(HiddenNoGroup)
	case f.norm.Size < leastForPercentile:
		shown.HiddenBecause = new(HiddenTooFew)
	default:
		shown.tally = f.norm.Tally
		shown.Percentile = new(standingIn(f.norm.Tally, row.Percent).Shown())
	}
	return shown
}

func standingIn(tally [][2]int64, percent int64) scoring.Standing {
	var at scoring.Standing
	for _, pair := range tally {
		at.Of += int(pair[1])
		switch {
		case pair[0] < percent:
			at.Below += int(pair[1])
		case pair[0] == percent:
			at.Equal += int(pair[1])
		}
	}
	return at
}

// uncertainty says how exactly a result is known, from the norm group or else from the number of questions.
func (f fact) uncertainty(doc *Result) *Uncertainty {
	shown := &Uncertainty{Level: confidence}
	if doc.Provisional {
		shown.HiddenBecause = new(HiddenProvisional)
		return shown
	}
	sem, method := f.sem(), ErrorOfNorm
	if sem == nil {
		sem, method = binomial(f.frozen.key, doc), ErrorOfBinomial
	}
	if sem == nil {
		shown.HiddenBecause = new(f.unknown())
		return shown
	}
	score := doc.Overall.Percent.float()
	band := psychometrics.Band(score, *sem, psychometrics.Z95)
	shown.SEM, shown.Method = new(percentOf(*sem)), &method
	shown.Low, shown.High = new(percentOf(band.Lower)), new(percentOf(band.Upper))
	shown.Borderline = psychometrics.Borderline(score, float64(doc.CutPercent), *sem)
	return shown
}

// sem is the norm group's standard error of measurement in percent; nil if that is not known.
func (f fact) sem() *float64 {
	if f.norm == nil || f.norm.Size < leastForSEM || f.norm.Sem == nil {
		return nil
	}
	return new(Percent(*f.norm.Sem).float())
}

// alpha is the reliability of the test in the norm group; nil if that is not known.
func (f fact) alpha() *float64 {
	if f.norm == nil || f.norm.Size < leastForSEM || f.norm.Alpha == nil {
		return nil
	}
	return new(float64(*f.norm.Alpha) / 1_000_000)
}

func (f fact) unknown() HiddenReason {
	switch {
	case f.norm == nil:
		return HiddenNoGroup
	case f.norm.Size < leastForSEM:
		return HiddenTooFew
	default:
		return HiddenNotEstimable
	}
}

// binomial is Lord's standard error in percent, for tests whose questions are right or wrong and count alike. It is nil for
// any other, and where everything or nothing is right: the formula says zero there, which is not known.
func binomial(k *key.Key, doc *Result) *float64 {
	if k.Weighs() {
		return nil
	}
	items := map[string]*key.Item{}
	for _, item := range k.Items() {
		items[item.Ref] = item
	}
	all, n, right, worth := 0, 0, 0, scoring.Points(0)
	for _, q := range doc.Questions {
		item := items[q.Ref]
		if q.Dropped {
			continue
		}
		all++
		if item == nil || !rightOrWrong(item.Kind, item.Content) || worth != 0 && q.Maximum != worth {
			return nil
		}
		if worth = q.Maximum; item.Credited {
			continue // it counts, and measures nothing
		}
		if n++; q.Awarded == q.Maximum {
			right++
		}
	}
	sem := psychometrics.LordCSEM(float64(right), n)
	if sem == nil || *sem == 0 {
		return nil
	}
	return new(100 * *sem / float64(all))
}

// rightOrWrong reports whether an answer to a question earns all of its points or none.
func rightOrWrong(kind term.QuestionKind, c *content.Question) bool {
	rule := c.PartialCredit
	switch kind {
	case term.SingleChoice:
		return rule == nil || *rule != term.Mapped
	case term.MultipleChoice:
		return rule != nil && *rule == term.AllOrNothing
	case term.Ordering:
		return orderRule(rule) == scoring.ExactOrder
	case term.Numeric:
		return true
	default:
		return false
	}
}
