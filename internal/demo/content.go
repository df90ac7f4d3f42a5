package demo

import (
	"maps"
	"slices"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// seedSaid is what simulated candidates say to a question of the shipped catalogue. It is kept in step with the
// catalogue: criteria and the points of their levels are the same, in the same order. Choices need no words.
type seedSaid struct {
	mistakes []string // wrong numbers that people really give
	criteria []seedCriterion
}

// seedCriterion is a point of assessment, by its key. Its levels stand in ascending order and begin at nothing.
type seedCriterion struct {
	key    string
	levels []seedLevel
}

// seedLevel is what a candidate of a level writes, and what a reviewer remarks on it. A level without words is a point
// that the candidate did not think of.
type seedLevel struct {
	points       int
	says, remark string
}

// seedQuestion is a question of the shipped catalogue with what is said to it.
type seedQuestion struct {
	*catalogue.Question
	seedSaid
}

// seedAllSaid is what is said, by the key of the question.
func seedAllSaid() map[string]seedSaid {
	all := maps.Clone(seedBackendSaid)
	maps.Copy(all, seedInfrastructureSaid)
	maps.Copy(all, seedSecuritySaid)
	return all
}

// seedBank joins the questions of a catalogue with what is said to them.
func seedBank(doc *catalogue.Document) map[string]*seedQuestion {
	said, bank := seedAllSaid(), map[string]*seedQuestion{}
	for _, q := range doc.Questions {
		bank[q.Key] = &seedQuestion{q, said[q.Key]}
	}
	return bank
}

// seedOtherPart is what the second organization takes of a catalogue: the skills and the questions that its template
// asks, with a role of its own.
func seedOtherPart(doc *catalogue.Document) *catalogue.Document {
	part := &catalogue.Document{Format: doc.Format, Skills: doc.Skills, Roles: []*catalogue.Role{seedOtherRole()}}
	keys := seedOtherTemplate.questions()
	for _, q := range doc.Questions {
		if slices.Contains(keys, q.Key) {
			part.Questions = append(part.Questions, q)
		}
	}
	return part
}

// seedTemplate is an assessment template that the demonstration makes.
type seedTemplate struct {
	role               string // its key
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
	question string // its key
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
			section.Slots = append(section.Slots, &content.Slot{QuestionID: new(questions[slot.question]), Points: slot.points})
		}
		d.Sections = append(d.Sections, section)
	}
	return d
}

// questions are the keys of the template's questions, in their order.
func (t seedTemplate) questions() []string {
	var keys []string
	for _, section := range t.sections {
		for _, slot := range section.slots {
			keys = append(keys, slot.question)
		}
	}
	return keys
}
