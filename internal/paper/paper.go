// Package paper is what a candidate may see of a published template, frozen.
//
// Publishing makes a Paper once; every sitting of that version reads the same bytes. It can hold no key, rubric,
// model answer or person, because it has no field for one. The package is pure.
package paper

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/draw"
	"github.com/assay-hq/assay/internal/term"
)

// Paper is the candidate's side of a template version. It holds every question that may be asked; For tells which one
// session is asked.
type Paper struct {
	Title            string                 `json:"title"`
	Instructions     string                 `json:"instructions"` // Markdown
	InstructionsHTML string                 `json:"instructionsHtml,omitempty"`
	Mode             term.TemplateMode      `json:"mode,omitempty"`         // an assessment, if absent
	AttemptLimit     *int                   `json:"attemptLimit,omitempty"` // how often one candidate may be invited
	Signals          []term.IntegritySignal `json:"signals,omitempty"`
	Accommodation    *content.Accommodation `json:"accommodation,omitempty"`
	DisconnectCredit int                    `json:"disconnectCreditSeconds,omitempty"` // the most that lost connections give back
	Sections         []*Section             `json:"sections"`
}

// Section is a part of a paper.
type Section struct {
	Title            string            `json:"title"`
	Instructions     string            `json:"instructions"` // Markdown
	InstructionsHTML string            `json:"instructionsHtml,omitempty"`
	TimeLimit        int               `json:"timeLimitSeconds"`
	Order            term.SectionOrder `json:"order,omitempty"`      // fixed, if absent
	Navigation       term.Navigation   `json:"navigation,omitempty"` // free, if absent
	Questions        []*Question       `json:"questions"`
	Draws            []draw.Pool       `json:"draws,omitempty"` // of some of the questions only a number is asked
}

// Question is one question as it is asked.
type Question struct {
	Ref            string            `json:"ref"` // its place, "section.question", counted from 1
	Kind           term.QuestionKind `json:"kind"`
	Prompt         string            `json:"prompt"` // Markdown
	PromptHTML     string            `json:"promptHtml,omitempty"`
	Choices        []*Choice         `json:"choices,omitempty"`
	ShuffleChoices bool              `json:"shuffleChoices,omitempty"`
	Unit           string            `json:"unit,omitempty"`       // of a numeric answer
	Language       string            `json:"language,omitempty"`   // that code is written in
	Starter        string            `json:"starter,omitempty"`    // what code begins with
	Examples       []*Example        `json:"examples,omitempty"`   // of what code must print; hidden tests are not here
	MaxSeconds     int               `json:"maxSeconds,omitempty"` // of a spoken answer
	Points         int               `json:"points"`
	TimeHint       int               `json:"timeHintSeconds,omitempty"`
	TimeLimit      int               `json:"timeLimitSeconds,omitempty"` // in a forward-only section
	Translations   []*Translation    `json:"translations,omitempty"`
}

// Choice is one option, or one thing to be put in order.
type Choice struct {
	Key  string `json:"key"`
	Text string `json:"text"` // Markdown
	HTML string `json:"html,omitempty"`
}

// Example is an input of a program with what it must print.
type Example struct {
	Name   string `json:"name"`
	Stdin  string `json:"stdin,omitempty"`
	Output string `json:"output"`
}

// Translation is a question in another language.
type Translation struct {
	Language   string    `json:"language"`
	Prompt     string    `json:"prompt"` // Markdown
	PromptHTML string    `json:"promptHtml,omitempty"`
	Choices    []*Choice `json:"choices,omitempty"`
}

// Ref names the place of a question, both counted from 0.
func Ref(section, question int) string { return fmt.Sprintf("%d.%d", section+1, question+1) }

// ByPlace orders places: "2.10" comes after "2.9".
func ByPlace(a, b string) int {
	as, aq, _ := strings.Cut(a, ".")
	bs, bq, _ := strings.Cut(b, ".")
	return cmp.Or(len(as)-len(bs), strings.Compare(as, bs), len(aq)-len(bq), strings.Compare(aq, bq))
}

// Encode writes the paper in its one canonical form.
func (p *Paper) Encode() ([]byte, error) { return json.Marshal(p) }

// Decode reads what Encode wrote.
func Decode(data []byte) (*Paper, error) {
	p := new(Paper)
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("read paper: %w", err)
	}
	return p, nil
}

// Hash is the SHA-256 of both frozen documents, in hexadecimal: the identity of what was published.
func Hash(paper, key []byte) string {
	h := sha256.New()
	// The length keeps two documents apart whatever they hold.
	fmt.Fprintf(h, "%d\n", len(paper))
	h.Write(paper)
	h.Write(key)
	return hex.EncodeToString(h.Sum(nil))
}

// Question finds a question by its place; nil if there is none.
func (p *Paper) Question(ref string) *Question {
	for _, s := range p.Sections {
		for _, q := range s.Questions {
			if q.Ref == ref {
				return q
			}
		}
	}
	return nil
}

// Count is how many questions the paper asks of one candidate.
func (p *Paper) Count() int {
	n := 0
	for _, s := range p.Sections {
		n += len(s.Questions)
		for _, d := range s.Draws {
			n -= max(0, len(d.Refs)-d.Count)
		}
	}
	return n
}

// TimeLimit is the sitting's time in seconds: the sum over the sections.
func (p *Paper) TimeLimit() int {
	n := 0
	for _, s := range p.Sections {
		n += s.TimeLimit
	}
	return n
}

// HasChoice reports whether a key is one of the question's options.
func (q *Question) HasChoice(key string) bool {
	for _, c := range q.Choices {
		if c.Key == key {
			return true
		}
	}
	return false
}
