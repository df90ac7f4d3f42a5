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
	Prompt         string              `json:"prompt"` // Markdown
	Choices        []*Choice           `json:"choices,omitempty"`
	CorrectOrder   []string            `json:"correctOrder,omitempty"`   // ordering: the keys of the choices, first to last
	ShuffleChoices bool                `json:"shuffleChoices,omitempty"` // each session sees the choices in an order of its own
	PartialCredit  *term.PartialCredit `json:"partialCredit,omitempty"`
	Mapping        *Mapping            `json:"mapping,omitempty"` // bounds of a choice whose options carry points
	Numeric        *NumericKey         `json:"numeric,omitempty"`
	Accepted       []string            `json:"accepted,omitempty"` // short text: answers that need no reviewer
	Code           *Code               `json:"code,omitempty"`
	Spoken         *Spoken             `json:"spoken,omitempty"`
	Criteria       []*Criterion        `json:"criteria"`
	ModelAnswer    string              `json:"modelAnswer"` // Markdown
	Pitfalls       []string            `json:"pitfalls"`
	FollowUps      []*FollowUp         `json:"followUps"`
	TimeHint       int                 `json:"timeHintSeconds"`
	SkillIDs       []gid.ID            `json:"skillIds" catalogue:"-"` // a catalogue names skills by key, beside the content
	Translations   []*Translation      `json:"translations,omitempty"`
	Provenance     *Provenance         `json:"provenance,omitempty"`
}

// Choice is one option of a choice question, or one thing to be put in order.
type Choice struct {
	Key      string  `json:"key"`
	Text     string  `json:"text"` // Markdown
	Correct  bool    `json:"correct"`
	Points   *string `json:"points,omitempty"`   // what choosing it is worth under MAPPED, a decimal numeral, perhaps below zero
	Feedback string  `json:"feedback,omitempty"` // Markdown, for the candidate who chose it
}

// Mapping bounds the sum of the points of the chosen options, as a QTI mapping does. All are decimal numerals; the
// upper bound is what the full points of the slot stand for.
type Mapping struct {
	LowerBound string `json:"lowerBound"`
	UpperBound string `json:"upperBound"`
	Default    string `json:"default"` // of an option without points
}

// NumericKey is the right number with its tolerance; both are decimal numerals, so that nothing is lost to binary.
type NumericKey struct {
	Value     string             `json:"value"`
	Mode      term.ToleranceMode `json:"mode"`
	Tolerance string             `json:"tolerance"`
	Unit      string             `json:"unit,omitempty"`
}

// Code is what a code answer starts from, and the tests that it must pass where a runner is there to run it.
type Code struct {
	Language    string      `json:"language"` // as editors call it: go, python, sql
	Starter     string      `json:"starter,omitempty"`
	Tests       []*CodeTest `json:"tests,omitempty"`
	CPULimit    *int        `json:"cpuLimitMilliseconds,omitempty"` // of each test; the runner's own, if absent
	MemoryLimit *int        `json:"memoryLimitMegabytes,omitempty"` // of each test; the runner's own, if absent
}

// CodeTest is an input for a program and what it must print. Candidates see it as an example unless it is hidden.
type CodeTest struct {
	Name       string                `json:"name"`
	Stdin      string                `json:"stdin,omitempty"`
	Expected   string                `json:"expectedOutput"`
	Weight     int                   `json:"weight"`
	Hidden     bool                  `json:"hidden,omitempty"`
	Comparison term.OutputComparison `json:"comparison"`
}

// Spoken is what is asked of a spoken answer.
type Spoken struct {
	MaxSeconds int `json:"maxSeconds"`
}

// Translation is what a candidate reads of a question, in another language.
type Translation struct {
	Language string        `json:"language"`
	Prompt   string        `json:"prompt"` // Markdown
	Choices  []*ChoiceText `json:"choices,omitempty"`
}

// ChoiceText is an option in another language.
type ChoiceText struct {
	Key      string `json:"key"`
	Text     string `json:"text"`               // Markdown
	Feedback string `json:"feedback,omitempty"` // Markdown
}

// Provenance says where a text comes from and who stands for it.
type Provenance struct {
	Author     string       `json:"author,omitempty"`
	Reviewer   string       `json:"reviewer,omitempty"`
	Date       string       `json:"date,omitempty"` // of the review, or else of the writing: 2006-01-02
	References []*Reference `json:"references,omitempty"`
}

// Reference is a source that a text rests on.
type Reference struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
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
	Instructions  string                 `json:"instructions"` // Markdown
	Sections      []*Section             `json:"sections"`
	SkillWeights  []*SkillWeight         `json:"skillWeights,omitempty"`
	CutPercent    int                    `json:"cutPercent"`
	Bands         []*Band                `json:"bands"`
	ScoringRules  []*ScoringRule         `json:"scoringRules,omitempty"`
	Feedback      term.FeedbackPolicy    `json:"feedback"`
	TotalLimit    *int                   `json:"totalLimitSeconds,omitempty"` // the most that all sections together may plan
	AttemptLimit  *int                   `json:"attemptLimit,omitempty"`
	FollowUpLimit *int                   `json:"followUpLimit,omitempty"` // interview: the most follow-ups after one answer
	Signals       []term.IntegritySignal `json:"signals,omitempty"`
	Accommodation *Accommodation         `json:"accommodation,omitempty"`
	Provenance    *Provenance            `json:"provenance,omitempty"`

	DisconnectCredit *int `json:"disconnectCreditSeconds,omitempty"` // the most time that lost connections give back to one sitting
}

// Section is a timed part of a template.
type Section struct {
	Title        string             `json:"title"`
	Instructions string             `json:"instructions"` // Markdown
	TimeLimit    int                `json:"timeLimitSeconds"`
	Order        *term.SectionOrder `json:"order,omitempty"`      // fixed, if absent
	Navigation   *term.Navigation   `json:"navigation,omitempty"` // free, if absent
	Weight       *int               `json:"weight,omitempty"`     // percent of the result; all sections have one or none
	Slots        []*Slot            `json:"slots"`
}

// Slot is the place of one question in a section, or of several drawn from a pool, and what each is worth.
type Slot struct {
	QuestionID *gid.ID `json:"questionId,omitempty"`
	Revision   *int    `json:"revision,omitempty"` // of the question; the published one at publication, if absent
	Draw       *Draw   `json:"draw,omitempty"`
	Points     int     `json:"points"`
	TimeLimit  *int    `json:"timeLimitSeconds,omitempty"` // of each question here, in a forward-only section
}

// Draw takes a number of questions from a pool: a list, or what a filter finds at publication.
type Draw struct {
	Count       int         `json:"count"`
	QuestionIDs []gid.ID    `json:"questionIds,omitempty"`
	Filter      *PoolFilter `json:"filter,omitempty"`
}

// PoolFilter finds published questions; every part that is there must hold.
type PoolFilter struct {
	Kind     *term.QuestionKind `json:"kind,omitempty"`
	Category *term.Category     `json:"category,omitempty"`
	Level    *term.Level        `json:"level,omitempty"`
	Language *string            `json:"language,omitempty"`
	SkillIDs []gid.ID           `json:"skillIds,omitempty"` // any of them
}

// SkillWeight is how often a point of a question of the skill counts in the result, beside 1 for any other.
type SkillWeight struct {
	SkillID gid.ID `json:"skillId"`
	Weight  int    `json:"weight"`
}

// ScoringRule is the partial credit of a kind of question in this template, whatever the questions say.
type ScoringRule struct {
	Kind          term.QuestionKind  `json:"kind"`
	PartialCredit term.PartialCredit `json:"partialCredit"`
}

// Accommodation says whether candidates may ask for accommodation, and names the person who helps.
type Accommodation struct {
	Requestable bool   `json:"requestable"`
	Contact     string `json:"contact,omitempty"`
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
	Upload  *gid.ID  `json:"upload,omitempty"` // the recording of a spoken answer
}

// Blank reports whether the answer says nothing: the candidate saw the question and left it open.
func (a *Answer) Blank() bool {
	return a == nil || len(a.Choices) == 0 && (a.Number == nil || *a.Number == "") && (a.Text == nil || *a.Text == "") && a.Upload == nil
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

// Part is a piece of an uploaded file, by the name that the blob store knows it by.
type Part struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// ScoreEntry is what a key, a rule or a runner awarded one answer, on what evidence. Points are in millionths.
type ScoreEntry struct {
	Ref      string           `json:"ref"`
	Status   term.ItemStatus  `json:"status"`
	Source   term.ScoreSource `json:"source"`
	Points   int64            `json:"points"`
	Maximum  int64            `json:"maximum"`
	Evidence string           `json:"evidence,omitempty"`
	Comment  string           `json:"comment,omitempty"`
}

// KeyFix mends one thing in a published key; exactly one part says what. Ref is a question's place on the paper.
type KeyFix struct {
	Ref          string         `json:"ref,omitempty"`
	Drop         bool           `json:"drop,omitempty"`         // the question counts for nobody
	Credit       bool           `json:"credit,omitempty"`       // whoever was asked has its full points
	Correct      []string       `json:"correct,omitempty"`      // the right choices; of an ordering, the right order
	Numeric      *NumericKey    `json:"numeric,omitempty"`      // the right number
	Accepted     []string       `json:"accepted,omitempty"`     // the accepted short texts
	Points       *int           `json:"points,omitempty"`       // what the question is worth
	SkillWeights []*SkillWeight `json:"skillWeights,omitempty"` // all of them, anew
	CutPercent   *int           `json:"cutPercent,omitempty"`
	Bands        []*Band        `json:"bands,omitempty"` // all of them, anew
}

// CalibrationScore is the level that a calibration's answer reached on one criterion.
type CalibrationScore struct {
	Criterion string `json:"criterion"`
	Points    int    `json:"points"`
	Comment   string `json:"comment,omitempty"`
}

// TestResult is what became of one test of a code answer. The output is of the program, or of the compiler or the standard
// error where that tells more; it can be shown, and may be cut.
type TestResult struct {
	Name         string           `json:"name"`
	Passed       bool             `json:"passed"`
	Outcome      term.TestOutcome `json:"outcome"`
	Output       string           `json:"output,omitempty"`
	Milliseconds int              `json:"milliseconds,omitempty"` // of CPU time
	KiB          int              `json:"kib,omitempty"`
}
