package demo

import (
	"slices"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// seedQuestion is a question of the demonstration with what the simulated candidates answer to it.
type seedQuestion struct {
	key, title string
	kind       term.QuestionKind
	category   term.Category
	level      term.Level
	skills     []string // names of skills
	seconds    int      // the time hint
	prompt     string
	choices    []seedChoice
	credit     term.PartialCredit
	number     content.NumericKey
	accepted   []string
	mistakes   []string // wrong numbers that people really give
	criteria   []seedCriterion
	model      string
	pitfalls   []string
	followUps  []content.FollowUp
}

// seedChoice is one option of a choice question.
type seedChoice struct {
	key, text string
	correct   bool
}

// seedCriterion is a point of assessment. Its levels stand in ascending order and begin at nothing.
type seedCriterion struct {
	key, text string
	weight    int
	levels    []seedLevel
}

// seedLevel anchors points; beside the anchor stands what a candidate of that level writes, and what a reviewer
// remarks on it. A level without words is a point that the candidate did not think of.
type seedLevel struct {
	points       int
	anchor       string
	says, remark string
}

// draft is the question as authors write it.
func (q *seedQuestion) draft(skills map[string]gid.ID) *content.Question {
	c := &content.Question{
		Prompt: q.prompt, Accepted: q.accepted, ModelAnswer: q.model, Pitfalls: q.pitfalls, TimeHint: q.seconds,
		Criteria: []*content.Criterion{}, FollowUps: []*content.FollowUp{},
	}
	for _, ch := range q.choices {
		c.Choices = append(c.Choices, &content.Choice{Key: ch.key, Text: ch.text, Correct: ch.correct})
	}
	if q.credit != "" {
		credit := q.credit
		c.PartialCredit = &credit
	}
	if q.kind == term.Numeric {
		number := q.number
		c.Numeric = &number
	}
	for _, cr := range q.criteria {
		c.Criteria = append(c.Criteria, cr.draft())
	}
	for _, f := range q.followUps {
		c.FollowUps = append(c.FollowUps, &content.FollowUp{When: f.When, Prompt: f.Prompt})
	}
	for _, name := range q.skills {
		c.SkillIDs = append(c.SkillIDs, skills[name])
	}
	return c
}

func (c seedCriterion) draft() *content.Criterion {
	d := &content.Criterion{Key: c.key, Text: c.text, Weight: c.weight}
	for _, l := range c.levels {
		d.Levels = append(d.Levels, &content.Level{Points: l.points, Anchor: l.anchor})
	}
	return d
}

// seedQuestions are all questions of the demonstration.
func seedQuestions() []seedQuestion {
	return slices.Concat(seedBackendQuestions, seedInfrastructureQuestions, seedSecurityQuestions)
}

// seedTemplate is an assessment template of the demonstration.
type seedTemplate struct {
	name, instructions string
	cut                int
	feedback           term.FeedbackPolicy
	sections           []seedSection
}

// seedSection is a timed part of a template.
type seedSection struct {
	title, instructions string
	minutes             int
	slots               []seedSlot
}

// seedSlot is the place of a question, and what it is worth.
type seedSlot struct {
	question string
	points   int
}

// draft is the template as authors write it.
func (t seedTemplate) draft(questions map[string]gid.ID) *content.Template {
	d := &content.Template{
		Instructions: t.instructions, CutPercent: t.cut, Feedback: t.feedback,
		Bands: []*content.Band{
			{Name: "strong", MinPercent: 80}, {Name: "solid", MinPercent: 62},
			{Name: "developing", MinPercent: 42}, {Name: "not yet", MinPercent: 0},
		},
	}
	for _, s := range t.sections {
		section := &content.Section{Title: s.title, Instructions: s.instructions, TimeLimit: 60 * s.minutes}
		for _, slot := range s.slots {
			section.Slots = append(section.Slots, &content.Slot{QuestionID: questions[slot.question], Points: slot.points})
		}
		d.Sections = append(d.Sections, section)
	}
	return d
}

// seedRole is a job role of the demonstration with its template.
type seedRole struct {
	title, summary, department, location string
	level                                term.Level
	responsibilities, preferred          []string
	skills                               []seedMustHave
	template                             seedTemplate
}

// seedMustHave is a skill that a role demands.
type seedMustHave struct {
	name        string
	weight      int
	description string
}
