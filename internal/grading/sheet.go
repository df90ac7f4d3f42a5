package grading

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/disposition"
	"github.com/assay-hq/assay/ent/jobroleskill"
	"github.com/assay-hq/assay/ent/signal"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/reporting"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// around is what a report's document says beside its result, as far as its reader may see it.
type around struct {
	organization *ent.Organization
	mustHaves    []*ent.JobRoleSkill
	named        map[gid.ID]string // members, for who may read them
	signals      bool              // whether the reader may see what was recorded
	counts       map[term.IntegritySignal]int
	verdict      *ent.Disposition // nil if nobody wrote one
}

// readAround reads it.
func readAround(ctx context.Context, scope tenant.Scope, row *ent.Report, may sees) (*around, error) {
	a := &around{named: map[gid.ID]string{}, counts: map[term.IntegritySignal]int{}}
	var err error
	if a.organization, err = scope.Organizations().Only(ctx); err != nil {
		return nil, fmt.Errorf("find organization: %w", err)
	}
	if may.role {
		a.mustHaves, err = scope.JobRoleSkills().Where(jobroleskill.JobRoleID(row.JobRoleID)).WithSkill().
			Order(jobroleskill.ByPosition(), jobroleskill.ByID()).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("find must-have skills: %w", err)
		}
	}
	if may.members {
		members, err := scope.Members().All(ctx)
		if err != nil {
			return nil, fmt.Errorf("find members: %w", err)
		}
		for _, m := range members {
			a.named[m.ID] = m.Name
		}
	}
	if a.signals = may.integrity; a.signals {
		err = a.readIntegrity(ctx, scope, row.SessionID)
	}
	return a, err
}

func (a *around) readIntegrity(ctx context.Context, scope tenant.Scope, session gid.ID) error {
	var counts []struct {
		Kind  term.IntegritySignal `json:"kind"`
		Count int                  `json:"count"`
	}
	err := scope.Signals().Where(signal.SessionID(session)).GroupBy(signal.FieldKind).Aggregate(ent.Count()).Scan(ctx, &counts)
	if err != nil {
		return fmt.Errorf("count signals: %w", err)
	}
	for _, c := range counts {
		a.counts[c.Kind] = c.Count
	}
	latest, err := scope.Dispositions().Where(disposition.SessionID(session)).Order(disposition.ByID(entsql.OrderDesc())).Limit(1).All(ctx)
	if err != nil {
		return fmt.Errorf("find disposition: %w", err)
	}
	if len(latest) > 0 {
		a.verdict = latest[0]
	}
	return nil
}

// Sheet is the document as its page, its PDF and its files show it. What this revision was computed without is absent
// with its reason.
func (d *Document) Sheet() *reporting.Sheet {
	s := &reporting.Sheet{
		Head: d.head(), Overall: d.overall(), Questions: []*reporting.Question{}, NotAssessed: []*reporting.MustHave{}, Notes: []string{},
		Uncertainty: d.reading.Uncertainty().sheet(), Standing: d.reading.Standing().sheet(d.around.zone()), Findings: d.findings(),
		Sections: []*reporting.Section{}, Skills: []*reporting.Skill{}, Integrity: d.around.integrity(),
	}
	for _, g := range d.Result.Sections {
		s.Sections = append(s.Sections, g.sheet())
	}
	d.skills(s)
	for _, q := range d.Result.Questions {
		s.Questions = append(s.Questions, d.around.question(q))
	}
	return s
}

func (g *GroupResult) sheet() *reporting.Section {
	shown := &reporting.Section{Title: g.Title, Count: g.Total.count()}
	if g.TimeShare != nil {
		shown.TimeUsed = new(reporting.Number(percentOf(100 * *g.TimeShare)))
	}
	return shown
}

// findings are what stands out; none, with the reason, where nothing does.
func (d *Document) findings() reporting.Findings {
	found := reporting.Findings{Strengths: sheetFindings(d.Result.Strengths), WeakSpots: sheetFindings(d.Result.WeakSpots)}
	switch {
	case d.Result.Provisional:
		found.Absent = reporting.StillOpen
	case !slices.ContainsFunc(d.Result.Skills, func(s *SkillResult) bool { return s.Sufficient }):
		found.Absent = reporting.TooFew
	case len(found.Strengths)+len(found.WeakSpots) == 0:
		found.Absent = reporting.NoneFound
	}
	return found
}

// sheetFindings shows findings by their questions and answers: what the skill came to stands with the skills.
func sheetFindings(list []*Finding) []*reporting.Finding {
	shown := make([]*reporting.Finding, len(list))
	for i, f := range list {
		shown[i] = &reporting.Finding{Skill: f.Name, Evidence: []*reporting.Quote{}}
		var titles []string
		for _, e := range f.Evidence {
			titles = append(titles, e.Title)
			if e.Quote != "" {
				shown[i].Evidence = append(shown[i].Evidence, &reporting.Quote{Question: e.Ref, Text: e.Quote})
			}
		}
		shown[i].Text = strings.Join(titles, "; ")
		if f.NextStep != nil {
			shown[i].NextStep = *f.NextStep
		}
	}
	return shown
}

// sheetReasons are a hidden number's reasons as a sheet says them.
var sheetReasons = map[HiddenReason]reporting.Reason{
	HiddenProvisional: reporting.StillOpen, HiddenNoGroup: reporting.NoGroup, HiddenTooFew: reporting.TooFew, HiddenNotEstimable: reporting.NoneFound,
}

func (u *Uncertainty) sheet() reporting.Uncertainty {
	shown := reporting.Uncertainty{Level: u.Level, Borderline: u.Borderline}
	if u.HiddenBecause != nil {
		shown.Absent = sheetReasons[*u.HiddenBecause]
		return shown
	}
	shown.Interval = &reporting.Interval{Low: reporting.Number(*u.Low), High: reporting.Number(*u.High)}
	shown.SEM, shown.Method = reporting.Number(*u.SEM), reporting.FromReliability
	if *u.Method == ErrorOfBinomial {
		shown.Method = reporting.FromQuestions
	}
	return shown
}

// buckets is how many parts the distribution of a norm group is drawn in.
const buckets = 20

func (s *Standing) sheet(zone *time.Location) reporting.Standing {
	shown := reporting.Standing{Group: s.NormGroup, N: s.N, Percentile: s.Percentile}
	if s.ComputedAt != nil {
		shown.AsOf = reporting.DayOf(*s.ComputedAt, zone)
	}
	if s.HiddenBecause != nil {
		if shown.Hidden = sheetReasons[*s.HiddenBecause]; shown.Hidden == reporting.TooFew {
			shown.Minimum = leastForPercentile
		}
		return shown
	}
	shown.Histogram = make([]int, buckets)
	for _, pair := range s.tally {
		shown.Histogram[min(int(pair[0]*buckets/int64(hundred)), buckets-1)] += int(pair[1])
	}
	return shown
}

// zone is the organization's.
func (a *around) zone() *time.Location {
	zone, err := time.LoadLocation(a.organization.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (d *Document) head() reporting.Head {
	row, org := d.Report, d.around.organization
	h := reporting.Head{
		ReportID: row.ID, JobRole: d.JobRole.Title, Assessment: d.Version.Name, Version: d.Version.Number,
		TakenOn: reporting.DayOf(row.EndedAt, d.around.zone()), ComputedAt: row.CreatedAt.UTC(), Revision: row.Number, State: row.State,
		Superseded: row.SupersededAt != nil, Organization: org.Name, Locale: org.Locale, TimeZone: org.TimeZone,
	}
	if d.Candidate != nil {
		h.Candidate = d.Candidate.Name
	}
	if row.ReleasedAt != nil {
		at := row.ReleasedAt.UTC()
		h.ReleasedAt = &at
	}
	if row.ReleasedBy != nil {
		h.ReleasedBy = d.around.named[*row.ReleasedBy]
	}
	return h
}

func (d *Document) overall() reporting.Overall {
	r := d.Result
	o := reporting.Overall{
		Percent: reporting.Number(r.Overall.Percent), Points: reporting.Number(r.Overall.Awarded), Maximum: reporting.Number(r.Overall.Maximum),
		Cut: r.CutPercent, Passed: r.Passed, Provisional: r.Provisional, Waiting: r.Overall.NotScored, Bands: []*reporting.Band{},
	}
	if !r.Provisional {
		o.Band = r.Band
	}
	for _, b := range r.Bands {
		o.Bands = append(o.Bands, &reporting.Band{Name: b.Name, Min: b.MinPercent})
	}
	return o
}

// skills fills in the skills with what the role demands of them, and what it demands and no question asked for.
func (d *Document) skills(s *reporting.Sheet) {
	assessed := map[gid.ID]*reporting.Skill{}
	for _, k := range d.Result.Skills {
		shown := k.sheet(d.Result.Provisional)
		assessed[k.SkillID] = shown
		s.Skills = append(s.Skills, shown)
	}
	for _, m := range d.around.mustHaves {
		demanded := &reporting.MustHave{Name: m.Edges.Skill.Name, Weight: m.Weight, Description: m.Description}
		if shown := assessed[m.SkillID]; shown != nil {
			shown.MustHave = demanded
			continue
		}
		s.NotAssessed = append(s.NotAssessed, demanded)
	}
}

func (k *SkillResult) sheet(provisional bool) *reporting.Skill {
	shown := &reporting.Skill{Name: k.Name, Count: k.Total.count(), Questions: k.Items}
	if provisional {
		return shown
	}
	shown.Sufficient = &k.Sufficient
	if k.Low != nil {
		shown.Interval = &reporting.Interval{Low: reporting.Number(*k.Low), High: reporting.Number(*k.High)}
	}
	return shown
}

func (t Total) count() reporting.Count {
	return reporting.Count{
		Percent: reporting.Number(t.Percent), Points: reporting.Number(t.Awarded), Maximum: reporting.Number(t.Maximum),
		Omitted: t.Omitted, NotReached: t.NotReached, NotScored: t.NotScored,
	}
}

func (a *around) question(q *QuestionResult) *reporting.Question {
	shown := &reporting.Question{
		Ref: q.Ref, Section: q.Section, Title: q.Title, Kind: q.Kind, Status: q.Status,
		Points: reporting.Number(q.Awarded), Maximum: reporting.Number(q.Maximum), Dropped: q.Dropped, Trace: []*reporting.Entry{},
	}
	for _, e := range q.Trace() {
		shown.Trace = append(shown.Trace, a.entry(e))
	}
	if q.Kind == term.Code && q.Status != term.ItemOmitted && q.Status != term.ItemNotReached {
		shown.Execution = q.Execution().sheet()
	}
	return shown
}

// sheet is what became of running a code answer; what still waits for the runner was not run yet.
func (e *Execution) sheet() *reporting.Execution {
	shown := &reporting.Execution{State: reporting.NotExecuted, Tests: len(e.Tests)}
	switch e.Status {
	case ExecutionExecuted:
		shown.State = reporting.Executed
	case ExecutionFailed:
		shown.State = reporting.Failed
	}
	for _, t := range e.Tests {
		if t.Passed {
			shown.Passed++
		}
	}
	return shown
}

func (a *around) entry(e *TraceEntry) *reporting.Entry {
	shown := &reporting.Entry{
		Criterion: e.Criterion, Text: e.Text, Weight: e.Weight, Points: number(e.Points), Maximum: number(e.Maximum),
		Source: e.Source, Evidence: e.Evidence, Comment: e.Comment,
		SetAside: e.SetAside, NotScorable: e.NotScorable, WholeAnswer: e.WholeAnswer,
	}
	if e.AwardedBy != nil {
		shown.By = a.named[*e.AwardedBy]
	}
	return shown
}

func number(p scoring.Points) reporting.Number { return reporting.Number(p) }

func (a *around) integrity() reporting.Integrity {
	if !a.signals {
		return reporting.Integrity{Signals: []*reporting.Signal{}, Absent: reporting.NotAllowed}
	}
	shown := reporting.Integrity{Verdict: term.NotEvaluated, Signals: []*reporting.Signal{}}
	for _, kind := range term.IntegritySignal("").Values() {
		if n := a.counts[term.IntegritySignal(kind)]; n > 0 {
			shown.Signals = append(shown.Signals, &reporting.Signal{Kind: term.IntegritySignal(kind), Count: n})
		}
	}
	if v := a.verdict; v != nil {
		shown.Verdict, shown.Comment, shown.JudgedBy, shown.JudgedOn = v.Verdict, v.Comment, a.named[v.WrittenBy], reporting.DayOf(v.CreatedAt, time.UTC)
	}
	return shown
}
