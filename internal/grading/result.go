package grading

import (
	"strconv"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/term"
)

// Result is the document of a report: everything that the numbers come from, frozen when it was computed.
type Result struct {
	Provisional bool              `json:"provisional"`
	Overall     Total             `json:"overall"`
	Band        string            `json:"band"`
	Passed      bool              `json:"passed"`
	CutPercent  int               `json:"cutPercent"`
	Bands       []*content.Band   `json:"bands"`
	Sections    []*GroupResult    `json:"sections"`
	Skills      []*SkillResult    `json:"skills"`
	Questions   []*QuestionResult `json:"questions"`

	mended int // how many of the key's mendings it counts
	// What stands out is read with the norm group as it is, and not frozen.
	Strengths []*Finding `json:"-"`
	WeakSpots []*Finding `json:"-"`
}

// Total is a sum of points; both sides are micro-units, the percentage micro-percent of what is decided.
type Total struct {
	Awarded    scoring.Points `json:"awarded"`
	Maximum    scoring.Points `json:"maximum"`
	Percent    Percent        `json:"percent"`
	Omitted    int            `json:"omitted"`
	NotReached int            `json:"notReached"`
	NotScored  int            `json:"notScored"`
}

// GroupResult is the result of a section.
type GroupResult struct {
	Title     string   `json:"title"`
	Total     Total    `json:"total"`
	TimeShare *float64 `json:"-"` // of its time, 0 to 1 in hundredths; nil if that is not known
}

// SkillResult is the result of a skill: of every question that names it, whole.
type SkillResult struct {
	SkillID gid.ID `json:"skillId"`
	Name    string `json:"name"`
	Total   Total  `json:"total"`

	// How well it is known is read with the norm group as it is, and not frozen.
	Items      int      `json:"-"` // questions of it that were scored
	Sufficient bool     `json:"-"` // whether that is evidence enough
	Low        *Percent `json:"-"` // where the result without error lies, nineteen times in twenty
	High       *Percent `json:"-"`
}

// QuestionResult is the result of one question with the trace of its points.
type QuestionResult struct {
	Ref     string            `json:"ref"`
	Section string            `json:"section"`
	Title   string            `json:"title"`
	Kind    term.QuestionKind `json:"kind"`
	Status  term.ItemStatus   `json:"status"`
	Awarded scoring.Points    `json:"awarded"`
	Maximum scoring.Points    `json:"maximum"`
	Upload  *gid.ID           `json:"upload,omitempty"` // the recording that was heard
	// A further reviewer was heard: the median of what people awarded counts, in place of the mean.
	Adjudicated bool          `json:"adjudicated,omitempty"`
	Dropped     bool          `json:"dropped,omitempty"`   // it counts for nobody, whatever was awarded
	Whole       *WholeAward   `json:"whole,omitempty"`     // what a key or a rule awarded
	Awards      []*TraceEntry `json:"trace,omitempty"`     // what people or tests awarded
	Run         *Execution    `json:"execution,omitempty"` // of code, what running it came to
}

// WholeAward is what a key or a rule awarded for the answer as a whole: all points of the question that there are. Most
// questions have nothing else, and so it is kept without what follows from the question. Documents from before it was kept
// so have an entry of the trace in its place.
type WholeAward struct {
	Source   term.ScoreSource `json:"source"`
	Evidence string           `json:"evidence,omitempty"`
	Comment  string           `json:"comment,omitempty"`
}

// Trace is who or what awarded which points of the question. Where a mended key decides what people had awarded, their awards
// stand here as well, and do not count.
func (q *QuestionResult) Trace() []*TraceEntry {
	entries := make([]*TraceEntry, 0, len(q.Awards)+1)
	if q.Whole == nil {
		return append(entries, q.Awards...)
	}
	entries = append(entries, &TraceEntry{
		Criterion: wholeAnswer, Text: "the answer as a whole", Weight: 1, Points: q.Awarded, Maximum: q.Maximum,
		Source: q.Whole.Source, Evidence: q.Whole.Evidence, Comment: q.Whole.Comment,
	})
	for _, e := range q.Awards {
		aside := *e
		aside.SetAside = true
		entries = append(entries, &aside)
	}
	return entries
}

// byKey is what a key or a rule awarded; nil if neither did.
func (q *QuestionResult) byKey() *WholeAward {
	if q.Whole == nil && len(q.Awards) == 1 { // as it was kept before
		if e := q.Awards[0]; e.Source == term.SourceKey || e.Source == term.SourceRule {
			return &WholeAward{Source: e.Source, Evidence: e.Evidence, Comment: e.Comment}
		}
	}
	return q.Whole
}

// TraceEntry is who or what awarded which points, for which criterion, on what evidence. Points and maximum are on the
// criterion's own scale; weight is its share beside the other criteria. Of several awards of one criterion all stand here,
// also those that were set aside, by a consensus or because a further reviewer is still to be heard.
type TraceEntry struct {
	Criterion string           `json:"criterion"`
	Text      string           `json:"text"`
	Weight    int              `json:"weight"`
	Points    scoring.Points   `json:"points"`
	Maximum   scoring.Points   `json:"maximum"`
	Source    term.ScoreSource `json:"source"`
	AwardedBy *gid.ID          `json:"awardedBy,omitempty"`
	Evidence  string           `json:"evidence"`
	Comment   string           `json:"comment"`

	SetAside    bool `json:"setAside,omitempty"`    // it does not count
	NotScorable bool `json:"notScorable,omitempty"` // the reviewer could not judge it
	WholeAnswer bool `json:"wholeAnswer,omitempty"` // nothing was quoted: all of the answer is the evidence
}

// Counts reports whether the points are among those that count.
func (e *TraceEntry) Counts() bool { return !e.SetAside }

// result computes the document from verdicts and, for what they leave open, what people said; without anybody, by is nil.
func (f *frozen) result(verdicts []*verdict, by *panel) *Result {
	byRef := make(map[string]*verdict, len(verdicts))
	for _, v := range verdicts {
		byRef[v.item.Ref] = v
	}
	said := by.standings()
	questions := make([]*QuestionResult, 0, len(verdicts))
	for _, section := range f.key.Sections {
		for _, item := range section.Items {
			q := questionResult(byRef[item.Ref], said[item.Ref])
			q.Section = section.Title
			questions = append(questions, q)
		}
	}
	return f.sum(questions)
}

// sum adds up what the questions of a session came to, in the key's order. What was dropped is shown and not counted.
func (f *frozen) sum(questions []*QuestionResult) *Result {
	doc := &Result{CutPercent: f.key.CutPercent, Bands: f.key.Bands, Questions: questions, mended: f.mended}
	items, next := make([]scoring.Item, 0, len(questions)), 0
	for i, section := range f.key.Sections {
		for _, item := range section.Items {
			q := questions[next]
			next++
			if !q.Dropped {
				items = append(items, scoring.Item{
					Section: strconv.Itoa(i), Skills: skillIDs(item), Max: q.Maximum, Awarded: q.Awarded, Status: scoring.Status(q.Status),
				})
			}
		}
	}
	sum := scoring.Summarise(items, f.summary())
	doc.Provisional, doc.Band, doc.Passed, doc.Overall = sum.Provisional, sum.Band, sum.Passed, total(sum.Overall)
	for _, g := range sum.Sections {
		place, _ := strconv.Atoi(g.Name) // as it was written above
		doc.Sections = append(doc.Sections, &GroupResult{Title: f.key.Sections[place].Title, Total: total(g.Total)})
	}
	doc.Skills = skillResults(f.key, sum.Skills)
	return doc
}

// summary is how the key turns items into a result; sections go by their place, skills by their id.
func (f *frozen) summary() scoring.Summary {
	config := scoring.Summary{
		Bands: bands(f.key.Bands), CutPercent: f.key.CutPercent, SkillWeights: map[string]int{}, SectionShares: map[string]int{},
	}
	for i, s := range f.key.Sections {
		if s.Weight != nil {
			config.SectionShares[strconv.Itoa(i)] = *s.Weight
		}
	}
	for _, w := range f.key.SkillWeights {
		config.SkillWeights[w.SkillID.String()] = w.Weight
	}
	return config
}

// questionResult is a question's result; what people said is left out of it while it is sealed.
func questionResult(v *verdict, said *standing) *QuestionResult {
	q := &QuestionResult{
		Ref: v.item.Ref, Title: v.item.Title, Kind: v.item.Kind, Status: v.status,
		Awarded: v.points, Maximum: scoring.Of(v.item.Points), Dropped: v.item.Dropped, Upload: v.recording(), Run: v.run,
	}
	if v.source == term.SourceRunner {
		q.Awards = v.run.trace()
		return q
	}
	if v.status != term.ItemNotScored {
		q.Whole = &WholeAward{Source: v.source, Evidence: v.evidence(), Comment: v.reason}
		return q
	}
	if said == nil || said.sealed() {
		return q
	}
	q.Adjudicated = said.adjudicated
	levels := make([]scoring.CriterionScore, len(said.criteria))
	for i, c := range said.criteria {
		q.Awards = append(q.Awards, c.trace(said.settled(), evidence(v.answer))...)
		levels[i] = c.score()
	}
	if points, ok := scoring.RubricScore(q.Maximum, levels); ok && said.settled() {
		q.Status, q.Awarded = term.ItemScored, points
	}
	return q
}

func skillIDs(item *key.Item) []string {
	ids := make([]string, len(item.Skills))
	for i, s := range item.Skills {
		ids[i] = s.ID.String()
	}
	return ids
}

func skillResults(k *key.Key, groups []scoring.Group) []*SkillResult {
	named := map[string]*key.Skill{}
	for _, item := range k.Items() {
		for _, s := range item.Skills {
			named[s.ID.String()] = s
		}
	}
	results := make([]*SkillResult, len(groups))
	for i, g := range groups {
		s := named[g.Name]
		results[i] = &SkillResult{SkillID: s.ID, Name: s.Name, Total: total(g.Total)}
	}
	return results
}

func bands(list []*content.Band) []scoring.Band {
	bands := make([]scoring.Band, len(list))
	for i, b := range list {
		bands[i] = scoring.Band{Name: b.Name, MinPercent: b.MinPercent}
	}
	return bands
}

func total(t scoring.Total) Total {
	return Total{
		Awarded: t.Awarded, Maximum: t.Max, Percent: Percent(t.PercentMicro),
		Omitted: t.Omitted, NotReached: t.NotReached, NotScored: t.NotScored,
	}
}
