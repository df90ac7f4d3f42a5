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
	Trace   []*TraceEntry     `json:"trace"`
}

// TraceEntry is who or what awarded which points, for which criterion, on what evidence. Points and maximum are on the
// criterion's own scale; weight is its share beside the other criteria.
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
}

// reviewed are a reviewer's scores, by the place of their question and in the rubric's order.
type reviewed map[string][]*criterionScore

// result computes the document from verdicts and, for what they leave open, a reviewer's scores.
func (f *frozen) result(verdicts []*verdict, by reviewed) *Result {
	doc := &Result{CutPercent: f.key.CutPercent, Bands: f.key.Bands}
	var items []scoring.Item
	byRef := map[string]*verdict{}
	for _, v := range verdicts {
		byRef[v.item.Ref] = v
	}
	for i, section := range f.key.Sections {
		for _, item := range section.Items {
			q := questionResult(byRef[item.Ref], by[item.Ref])
			q.Section = section.Title
			doc.Questions = append(doc.Questions, q)
			items = append(items, scoring.Item{
				Section: strconv.Itoa(i), Skills: skillIDs(item), Max: q.Maximum, Awarded: q.Awarded, Status: scoring.Status(q.Status),
			})
		}
	}
	sum := scoring.Summarise(items, f.summary())
	doc.Provisional, doc.Band, doc.Passed, doc.Overall = sum.Provisional, sum.Band, sum.Passed, total(sum.Overall)
	for i, g := range sum.Sections {
		doc.Sections = append(doc.Sections, &GroupResult{Title: f.key.Sections[i].Title, Total: total(g.Total)})
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

func questionResult(v *verdict, scores []*criterionScore) *QuestionResult {
	q := &QuestionResult{
		Ref: v.item.Ref, Title: v.item.Title, Kind: v.item.Kind, Status: v.status,
		Awarded: v.points, Maximum: scoring.Of(v.item.Points), Trace: []*TraceEntry{},
	}
	if v.status != term.ItemNotScored {
		q.Trace = append(q.Trace, &TraceEntry{
			Criterion: wholeAnswer, Text: "the answer as a whole", Weight: 1, Points: v.points, Maximum: q.Maximum,
			Source: v.source, Evidence: evidence(v.answer), Comment: v.reason,
		})
		return q
	}
	levels := make([]scoring.CriterionScore, len(scores))
	for i, s := range scores {
		q.Trace = append(q.Trace, s.trace())
		levels[i] = s.level()
	}
	if points, ok := scoring.RubricScore(q.Maximum, levels); ok {
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
