// Package catalogue is the document in which skills, job roles, questions and templates travel between organizations.
//
// One YAML or JSON document names everything by stable keys. The package reads it strictly, with the line and the
// path of every fault, writes it in one canonical form, and gives its JSON Schema. It is pure and holds no rules of
// what good content is: internal/authoring judges that and brings documents in and out of an organization.
package catalogue

import (
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/term"
)

// Format is what the first line of a document of this form says.
const Format = "assay-catalogue/1"

// Document is a catalogue. What it does not name stays as it is when it is imported.
//
// The tag catalogue says which fields a document must have, and which hold keys. In its canonical form, which Read
// gives, an optional list without entries is nil, and any other list is not.
type Document struct {
	Format    string      `json:"format" catalogue:"required"`
	Skills    []*Skill    `json:"skills,omitempty"`
	Roles     []*Role     `json:"roles,omitempty"`
	Questions []*Question `json:"questions,omitempty"`
	Templates []*Template `json:"templates,omitempty"`
}

// Skill is a competency; its parent is another skill's key.
type Skill struct {
	Key         string `json:"key" catalogue:"required,key"`
	Name        string `json:"name" catalogue:"required"`
	Description string `json:"description,omitempty"`
	Parent      string `json:"parent,omitempty" catalogue:"key"`
}

// Role is a job role.
type Role struct {
	Key                     string             `json:"key" catalogue:"required,key"`
	Title                   string             `json:"title" catalogue:"required"`
	Status                  term.JobRoleStatus `json:"status" catalogue:"required"`
	Level                   term.Level         `json:"level" catalogue:"required"`
	Summary                 string             `json:"summary,omitempty"`
	Department              string             `json:"department,omitempty"`
	Location                string             `json:"location,omitempty"`
	ExternalJobID           string             `json:"externalJobId,omitempty"`
	Responsibilities        []string           `json:"responsibilities,omitempty"`
	MustHaveSkills          []*RoleSkill       `json:"mustHaveSkills,omitempty"`
	PreferredQualifications []string           `json:"preferredQualifications,omitempty"`
	PreparationTips         []string           `json:"preparationTips,omitempty"` // for candidates
}

// RoleSkill is a skill that a role demands, by the skill's key.
type RoleSkill struct {
	Skill       string `json:"skill" catalogue:"required,key"`
	Weight      int    `json:"weight" catalogue:"required"`
	Description string `json:"description,omitempty"`
}

// Question is an entry of the question bank; skills are keys.
type Question struct {
	Key      string                `json:"key" catalogue:"required,key"`
	Title    string                `json:"title" catalogue:"required"`
	State    term.PublicationState `json:"state" catalogue:"required"`
	Kind     term.QuestionKind     `json:"kind" catalogue:"required"`
	Category term.Category         `json:"category" catalogue:"required"`
	Level    term.Level            `json:"level" catalogue:"required"`
	Language string                `json:"language" catalogue:"required"`
	Skills   []string              `json:"skills,omitempty" catalogue:"key"`
	Content  *content.Question     `json:"content" catalogue:"required"`
	Draft    *content.Question     `json:"draft,omitempty"` // the open draft beside published content
}

// Template is an assessment template; its role is a role's key.
type Template struct {
	Key           string                 `json:"key" catalogue:"required,key"`
	Name          string                 `json:"name" catalogue:"required"`
	State         term.PublicationState  `json:"state" catalogue:"required"`
	Mode          term.TemplateMode      `json:"mode" catalogue:"required"`
	Role          string                 `json:"role" catalogue:"required,key"`
	Instructions  string                 `json:"instructions,omitempty"` // Markdown
	Sections      []*Section             `json:"sections" catalogue:"required"`
	SkillWeights  []*SkillWeight         `json:"skillWeights,omitempty"`
	CutPercent    int                    `json:"cutPercent" catalogue:"required"`
	Bands         []*content.Band        `json:"bands" catalogue:"required"`
	ScoringRules  []*content.ScoringRule `json:"scoringRules,omitempty"`
	Feedback      term.FeedbackPolicy    `json:"feedback" catalogue:"required"`
	TotalLimit    *int                   `json:"totalLimitSeconds,omitempty"`
	AttemptLimit  *int                   `json:"attemptLimit,omitempty"`
	FollowUpLimit *int                   `json:"followUpLimit,omitempty"`
	Signals       []term.IntegritySignal `json:"signals,omitempty"`
	Accommodation *content.Accommodation `json:"accommodation,omitempty"`
	Provenance    *content.Provenance    `json:"provenance,omitempty"`

	DisconnectCredit *int `json:"disconnectCreditSeconds,omitempty"`
}

// SkillWeight is how often a point of a question of the skill counts; the skill is a key.
type SkillWeight struct {
	Skill  string `json:"skill" catalogue:"required,key"`
	Weight int    `json:"weight" catalogue:"required"`
}

// Section is a timed part of a template.
type Section struct {
	Title        string             `json:"title" catalogue:"required"`
	Instructions string             `json:"instructions,omitempty"` // Markdown
	TimeLimit    int                `json:"timeLimitSeconds" catalogue:"required"`
	Order        *term.SectionOrder `json:"order,omitempty"`
	Navigation   *term.Navigation   `json:"navigation,omitempty"`
	Weight       *int               `json:"weight,omitempty"`
	Slots        []*Slot            `json:"slots" catalogue:"required"`
}

// Slot is the place of one question, by its key, or of several drawn from a pool, and what each is worth.
type Slot struct {
	Question string `json:"question,omitempty" catalogue:"key"`
	Draw     *Draw  `json:"draw,omitempty"`
	Points   int    `json:"points" catalogue:"required"`

	TimeLimit *int `json:"timeLimitSeconds,omitempty"`
}

// Draw takes a number of questions from a list of keys or from what a filter finds at publication.
type Draw struct {
	Count     int      `json:"count" catalogue:"required"`
	Questions []string `json:"questions,omitempty" catalogue:"key"`
	Filter    *Filter  `json:"filter,omitempty"`
}

// Filter finds published questions; every part that is there must hold; skills are keys.
type Filter struct {
	Kind     *term.QuestionKind `json:"kind,omitempty"`
	Category *term.Category     `json:"category,omitempty"`
	Level    *term.Level        `json:"level,omitempty"`
	Language *string            `json:"language,omitempty"`
	Skills   []string           `json:"skills,omitempty" catalogue:"key"`
}
