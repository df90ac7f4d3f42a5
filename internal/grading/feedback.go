package grading

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Feedback is what a candidate may see of their released report: no key, no rubric, no model answer, no reviewer and
// no other candidate. What the template's feedback policy keeps back is absent.
type Feedback struct {
	ReleasedAt time.Time
	Passed     *bool
	Sections   []*SectionFeedback
	Areas      []*AreaFeedback
	WorkOn     []*WorkOn
}

// SectionFeedback is how a section went, in whole percent.
type SectionFeedback struct {
	Title   string
	Percent int
}

// AreaFeedback is how the questions of a skill went, in whole percent.
type AreaFeedback struct {
	Name    string
	Percent int
}

// WorkOn is a skill that lost points, with what the authors say to who chose these options.
type WorkOn struct {
	Name   string
	Advice []string
}

// The bounds of what a candidate is told to work on.
const (
	mostWork   = 3
	mostAdvice = 5
)

// Feedback reads the feedback on the candidate's own sitting: on the last of its reports that is released. It is nil until
// one is, after it was taken back, and where the session was made void.
func (s *Service) Feedback(ctx context.Context, actor policy.Actor, sitting gid.ID) (*Feedback, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.FeedbackRead, sitting)
	if err != nil {
		return nil, err
	}
	released, err := scope.Reports().Where(report.HasSessionWith(session.StateNEQ(term.Voided))).
		Order(report.ByNumber(entsql.OrderDesc())).Limit(1).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find report: %w", err)
	}
	if len(released) == 0 {
		return nil, nil
	}
	row := released[0]
	documents, err := s.published(ctx, scope, []gid.ID{row.TemplateVersionID})
	if err != nil {
		return nil, err
	}
	f := documents[row.TemplateVersionID]
	if f == nil {
		return nil, tenant.NotFound("sitting")
	}
	doc, err := decodeResult(row)
	if err != nil {
		return nil, err
	}
	answers, err := scope.LatestAnswers(ctx, []gid.ID{row.SessionID}, nil)
	if err != nil {
		return nil, err
	}
	return feedback(f.key, *row.ReleasedAt, doc, answers[row.SessionID]), nil
}

// feedback shows a result as far as the key's policy allows.
func feedback(k *key.Key, at time.Time, doc *Result, answers map[string]*content.Answer) *Feedback {
	shown := &Feedback{ReleasedAt: at, Sections: []*SectionFeedback{}, Areas: []*AreaFeedback{}, WorkOn: []*WorkOn{}}
	if k.Feedback == "" || k.Feedback == term.FeedbackNone {
		return shown
	}
	shown.Passed = &doc.Passed
	if k.Feedback == term.FeedbackSections || k.Feedback == term.FeedbackSkills {
		for _, g := range doc.Sections {
			shown.Sections = append(shown.Sections, &SectionFeedback{Title: g.Title, Percent: g.Total.Percent.whole()})
		}
	}
	if k.Feedback == term.FeedbackSkills {
		shown.skills(k, doc, answers)
	}
	return shown
}

// skills tells how the skills went that are known well enough, and what to work on.
func (f *Feedback) skills(k *key.Key, doc *Result, answers map[string]*content.Answer) {
	answered := answersBySkill(k, doc)
	known := slices.DeleteFunc(slices.Clone(doc.Skills), func(s *SkillResult) bool {
		return !psychometrics.Sufficient(float64(len(answered[s.SkillID])), nil)
	})
	for _, s := range known {
		f.Areas = append(f.Areas, &AreaFeedback{Name: s.Name, Percent: s.Total.Percent.whole()})
	}
	slices.SortStableFunc(known, func(a, b *SkillResult) int { return cmp.Compare(a.Total.Percent, b.Total.Percent) })
	for _, s := range known {
		if s.Total.Percent < hundred && len(f.WorkOn) < mostWork {
			f.WorkOn = append(f.WorkOn, &WorkOn{Name: s.Name, Advice: advice(k, answered[s.SkillID], answers)})
		}
	}
}

// advice is what the authors wrote for who chose the options that the candidate chose, of the questions that lost points.
// It is the one text of a key that is meant for candidates.
func advice(k *key.Key, asked []*QuestionResult, answers map[string]*content.Answer) []string {
	said := []string{}
	for _, q := range asked {
		item, answer := k.Item(q.Ref), answers[q.Ref]
		if item == nil || answer == nil || q.Awarded == q.Maximum || item.Kind != term.SingleChoice && item.Kind != term.MultipleChoice {
			continue
		}
		for _, c := range item.Content.Choices {
			if c.Feedback != "" && slices.Contains(answer.Choices, c.Key) && len(said) < mostAdvice && !slices.Contains(said, c.Feedback) {
				said = append(said, c.Feedback)
			}
		}
	}
	return said
}
