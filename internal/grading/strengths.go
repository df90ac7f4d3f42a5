package grading

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/clockentry"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/assay-hq/assay/internal/scoring"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

// Finding is a skill that lies above or below the same person's result by more than measurement explains.
type Finding struct {
	SkillID  gid.ID
	Name     string
	Percent  Percent
	Evidence []*Evidence
	NextStep *string // what to ask in an interview; only of what is weak
}

// Evidence is an answer that shows it.
type Evidence struct {
	Ref     string
	Title   string
	Status  term.ItemStatus
	Awarded scoring.Points
	Maximum scoring.Points
	Quote   string // words or choices of the answer; empty where it has none
}

const (
	mostEvidence = 3   // answers that show one finding
	longestQuote = 300 // characters
)

// describe says beside results what is read and not frozen: how well each skill is known, what stands out, and how the
// time was spent. It is two statements however many reports there are.
func describe(ctx context.Context, scope tenant.Scope, readings []*Reading) error {
	times, err := readTimes(ctx, scope, readings)
	if err != nil {
		return err
	}
	for _, r := range readings {
		r.fact.describe(r.doc)
		if err := times.share(r.row.SessionID, r.fact.frozen, r.doc); err != nil {
			return err
		}
	}
	return nil
}

// describe says how well each skill of a result is known, and which stand out.
func (f fact) describe(doc *Result) {
	doc.Strengths, doc.WeakSpots = []*Finding{}, []*Finding{}
	answered := answersBySkill(f.frozen.key, doc)
	own, ownSEM := doc.Overall.Percent.float(), f.sem()
	if ownSEM == nil {
		ownSEM = errorOf(doc.Questions)
	}
	for _, s := range doc.Skills {
		asked := answered[s.SkillID]
		sem := s.know(asked, f.alpha(), len(doc.Questions))
		if doc.Provisional || !s.Sufficient || s.Total.NotReached > 0 || sem == nil || ownSEM == nil {
			continue // what time did not reach says nothing of the skill
		}
		switch psychometrics.ContrastOf(s.Total.Percent.float(), own, *sem, *ownSEM, psychometrics.Z95) {
		case psychometrics.Strength:
			doc.Strengths = append(doc.Strengths, strength(f.frozen.key, s, asked))
		case psychometrics.Weakness:
			doc.WeakSpots = append(doc.WeakSpots, weakness(f.frozen.key, s, asked))
		}
	}
}

// answersBySkill are the scored questions of each skill, in the order of the result.
func answersBySkill(k *key.Key, doc *Result) map[gid.ID][]*QuestionResult {
	skills := map[string][]*key.Skill{}
	for _, item := range k.Items() {
		skills[item.Ref] = item.Skills
	}
	answered := map[gid.ID][]*QuestionResult{}
	for _, q := range doc.Questions {
		if q.Dropped || q.Status != term.ItemScored && q.Status != term.ItemOmitted {
			continue
		}
		for _, s := range skills[q.Ref] {
			answered[s.ID] = append(answered[s.ID], q)
		}
	}
	return answered
}

// know says how well a skill is known from its scored questions, and gives its standard error in percent; nil if that
// cannot be told. The reliability of a part of the test is that of the whole, made as short (Spearman and Brown).
func (s *SkillResult) know(asked []*QuestionResult, alpha *float64, all int) *float64 {
	s.Items = len(asked)
	var reliability *float64
	if alpha != nil && all > 0 {
		reliability = psychometrics.SpearmanBrown(*alpha, float64(s.Items)/float64(all))
	}
	s.Sufficient = psychometrics.Sufficient(float64(s.Items), reliability)
	sem := errorOf(asked)
	if sem != nil {
		band := psychometrics.Band(s.Total.Percent.float(), *sem, psychometrics.Z95)
		s.Low, s.High = new(percentOf(band.Lower)), new(percentOf(band.Upper))
	}
	return sem
}

// errorOf is the standard error of a share of points in percent, as if each question were right or wrong, which is the most
// that it can be: √(p(1−p)/(k−1)), where k is how many questions of equal weight know as much, and p the share after one
// more question that is right and one that is wrong, so that five of five are not known exactly. Nil for fewer than two.
func errorOf(asked []*QuestionResult) *float64 {
	points, most, squares := 0.0, 0.0, 0.0
	for _, q := range asked {
		points += float64(q.Awarded)
		most += float64(q.Maximum)
		squares += float64(q.Maximum) * float64(q.Maximum)
	}
	if most == 0 {
		return nil
	}
	k := most * most / squares
	if k < 2 {
		return nil
	}
	p := (k*points/most + 1) / (k + 2)
	return new(100 * math.Sqrt(p*(1-p)/(k-1)))
}

// share of a question's points.
func (q *QuestionResult) share() float64 {
	if q.Maximum == 0 {
		return 0
	}
	return float64(q.Awarded) / float64(q.Maximum)
}

// strength shows a skill by its best answers.
func strength(k *key.Key, s *SkillResult, asked []*QuestionResult) *Finding {
	best := slices.Clone(asked)
	slices.SortStableFunc(best, func(a, b *QuestionResult) int { return cmp.Compare(b.share(), a.share()) })
	best = slices.DeleteFunc(best, func(q *QuestionResult) bool { return q.Awarded == 0 })
	return finding(k, s, best)
}

// weakness shows a skill by its worst answers, and says what to ask.
func weakness(k *key.Key, s *SkillResult, asked []*QuestionResult) *Finding {
	worst := slices.Clone(asked)
	slices.SortStableFunc(worst, func(a, b *QuestionResult) int { return cmp.Compare(a.share(), b.share()) })
	worst = slices.DeleteFunc(worst, func(q *QuestionResult) bool { return q.Awarded == q.Maximum })
	found := finding(k, s, worst)
	for _, q := range worst {
		if found.NextStep = nextStep(k.Item(q.Ref)); found.NextStep != nil {
			break
		}
	}
	return found
}

func finding(k *key.Key, s *SkillResult, shown []*QuestionResult) *Finding {
	found := &Finding{SkillID: s.SkillID, Name: s.Name, Percent: s.Total.Percent, Evidence: []*Evidence{}}
	for _, q := range shown[:min(len(shown), mostEvidence)] {
		found.Evidence = append(found.Evidence, &Evidence{
			Ref: q.Ref, Title: q.Title, Status: q.Status, Awarded: q.Awarded, Maximum: q.Maximum, Quote: quote(k.Item(q.Ref), q),
		})
	}
	return found
}

// nextStep is what to ask about a question in an interview: its first follow-up, or else what weak answers often do.
func nextStep(item *key.Item) *string {
	switch {
	case item == nil:
		return nil
	case len(item.Content.FollowUps) > 0:
		return &item.Content.FollowUps[0].Prompt
	case len(item.Content.Pitfalls) > 0:
		return &item.Content.Pitfalls[0]
	default:
		return nil
	}
}

// quote is what of an answer a key or a person went by: options by their texts.
func quote(item *key.Item, q *QuestionResult) string {
	for _, e := range q.Trace() {
		if text := e.Evidence; text != "" {
			if item != nil && len(item.Content.Choices) > 0 {
				text = chosen(item.Content, text)
			}
			return cut(text, longestQuote)
		}
	}
	return ""
}

func chosen(c *content.Question, keys string) string {
	texts := strings.Split(keys, ", ")
	for i, name := range texts {
		for _, choice := range c.Choices {
			if choice.Key == name {
				texts[i] = choice.Text
			}
		}
	}
	return strings.Join(texts, "; ")
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// MustHaveResult is a skill that the job role demands, with what came of it.
type MustHaveResult struct {
	MustHave *ent.JobRoleSkill
	Status   MustHaveStatus
	Result   *SkillResult // nil if it was not assessed
}

// MustHaveStatus is whether a demanded skill was assessed.
type MustHaveStatus string

// The statuses.
const (
	MustHaveAssessed    MustHaveStatus = "ASSESSED"
	MustHaveNotAssessed MustHaveStatus = "NOT_ASSESSED"
)

// Values lists every status.
func (MustHaveStatus) Values() []string {
	return []string{string(MustHaveAssessed), string(MustHaveNotAssessed)}
}

// MustHaves holds a result against what its job role demands.
func MustHaves(demanded []*ent.JobRoleSkill, doc *Result) []*MustHaveResult {
	list := make([]*MustHaveResult, len(demanded))
	for i, d := range demanded {
		list[i] = &MustHaveResult{MustHave: d, Status: MustHaveNotAssessed}
		for _, s := range doc.Skills {
			if s.SkillID == d.SkillID {
				list[i].Status, list[i].Result = MustHaveAssessed, s
			}
		}
	}
	return list
}

// times are the ledgers of ended sessions, to tell how their time was spent.
type times struct {
	sessions map[gid.ID]*ent.Session
	ledgers  map[gid.ID][]*ent.ClockEntry
}

func readTimes(ctx context.Context, scope tenant.Scope, readings []*Reading) (*times, error) {
	ids := make([]gid.ID, len(readings))
	for i, r := range readings {
		ids[i] = r.row.SessionID
	}
	t := &times{sessions: map[gid.ID]*ent.Session{}, ledgers: map[gid.ID][]*ent.ClockEntry{}}
	sessions, err := scope.Sessions().Where(tenant.In(session.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	for _, s := range sessions {
		t.sessions[s.ID] = s
	}
	lines, err := scope.ClockEntries().Where(tenant.In(clockentry.FieldSessionID, ids)).Order(clockentry.ByNumber()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read clock ledgers: %w", err)
	}
	for _, l := range lines {
		t.ledgers[l.SessionID] = append(t.ledgers[l.SessionID], l)
	}
	return t, nil
}

// share says of each section which share of its time was used: the share of the whole allowed time, as a session's timeline
// tells it, beside the share that the section has in the plan. Nothing else of the ledger is in it, so that it tells no more
// of how much time there was than the timeline does. Sections are found by their titles, in order.
func (t *times) share(id gid.ID, f *frozen, doc *Result) error {
	row := t.sessions[id]
	if row == nil || row.EndedAt == nil || len(t.ledgers[id]) == 0 {
		return nil
	}
	asked := f.paper.For(row.Seed)
	plan := tenant.PlanOf(asked)
	c, err := tenant.Replay(asked, t.ledgers[id])
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	next := 0
	for i, part := range c.Parts {
		if next == len(doc.Sections) || doc.Sections[next].Title != asked.Sections[i].Title {
			continue
		}
		shown := doc.Sections[next]
		next++
		if part.Entered && plan[i].Limit > 0 && c.Allowed() > 0 {
			share := float64(part.Used) / float64(c.Allowed()) * float64(plan.Limit()) / float64(plan[i].Limit)
			shown.TimeShare = new(math.Round(min(1, share)*100) / 100)
		}
	}
	return nil
}
