// Package content holds the shapes in which authored text is written, kept and frozen.
//
// They are plain records with a canonical JSON form, shared by the tables, by the frozen documents and by the
// API's inputs. The package holds no rules: internal/authoring judges them.
package content

import (
	"strings"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// Question is everything a revision of a question says.
type Question struct {
	Prompt        string              `json:"prompt"` // Markdown
	Choices       []*Choice           `json:"choices,omitempty"`
	PartialCredit *term.PartialCredit `json:"partialCredit,omitempty"`
	Numeric       *NumericKey         `json:"numeric,omitempty"`
	Accepted      []string            `json:"accepted,omitempty"` // short text: answers that need no reviewer
	Criteria      []*Criterion        `json:"criteria"`
	ModelAnswer   string              `json:"modelAnswer"` // Markdown
	Pitfalls      []string            `json:"pitfalls"`
	FollowUps     []*FollowUp         `json:"followUps"`
	TimeHint      int                 `json:"timeHintSeconds"`
	SkillIDs      []gid.ID            `json:"skillIds"`
}

// Choice is one option of a choice question.
type Choice struct {
	Key     string `json:"key"`
	Text    string `json:"text"` // Markdown
	Correct bool   `json:"correct"`
}

// NumericKey is the right number with its tolerance; both are decimal numerals, so that nothing is lost to binary.
type NumericKey struct {
	Value     string             `json:"value"`
	Mode      term.ToleranceMode `json:"mode"`
	Tolerance string             `json:"tolerance"`
	Unit      string             `json:"unit,omitempty"`
}

// Criterion is one point of assessment, with its weight and behaviourally anchored levels.
type Criterion struct {
	Key    string   `json:"key"`
	Text   string   `json:"text"`
	Weight int      `json:"weight"`
	Levels []*Level `json:"levels"`
}

// Level anchors a number of points of a criterion in observable behaviour.
type Level struct {
	Points int    `json:"points"`
	Anchor string `json:"anchor"`
}

// Maximum is the highest number of points among the criterion's levels.
func (c *Criterion) Maximum() int {
	most := 0
	for _, l := range c.Levels {
		most = max(most, l.Points)
	}
	return most
}

// FollowUp is a further question, with the condition that triggers it.
type FollowUp struct {
	When   string `json:"when"`
	Prompt string `json:"prompt"`
}

// Template is everything a draft of an assessment template says.
type Template struct {
	Instructions string              `json:"instructions"` // Markdown
	Sections     []*Section          `json:"sections"`
	CutPercent   int                 `json:"cutPercent"`
	Bands        []*Band             `json:"bands"`
	Feedback     term.FeedbackPolicy `json:"feedback"`
}

// Section is a timed part of a template.
type Section struct {
	Title        string  `json:"title"`
	Instructions string  `json:"instructions"` // Markdown
	TimeLimit    int     `json:"timeLimitSeconds"`
	Slots        []*Slot `json:"slots"`
}

// Slot is the place of one question in a section, and what it is worth.
type Slot struct {
	QuestionID gid.ID `json:"questionId"`
	Points     int    `json:"points"`
}

// Band names a range of results from a percentage upwards.
type Band struct {
	Name       string `json:"name"`
	MinPercent int    `json:"minPercent"`
}

// Answer is what a candidate answered; the question's kind tells which part counts.
type Answer struct {
	Choices []string `json:"choices,omitempty"`
	Number  *string  `json:"number,omitempty"`
	Text    *string  `json:"text,omitempty"`
}

// Blank reports whether the answer says nothing: the candidate saw the question and left it open.
func (a *Answer) Blank() bool {
	return a == nil || len(a.Choices) == 0 && (a.Number == nil || *a.Number == "") && (a.Text == nil || *a.Text == "")
}

// spaced keeps what can be shown; the control characters that pasted text brings along become a space.
func spaced(r rune) rune {
	if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f {
		return ' '
	}
	return r
}

// Normalize brings an answer into the one form that is kept: an empty part is an absent one.
func (a *Answer) Normalize() {
	if len(a.Choices) == 0 {
		a.Choices = nil
	}
	if a.Number != nil && *a.Number == "" {
		a.Number = nil
	}
	if a.Text != nil {
		clean := strings.Map(spaced, strings.ToValidUTF8(*a.Text, "\uFFFD"))
		a.Text = &clean
	}
	if a.Text != nil && *a.Text == "" {
		a.Text = nil
	}
}
