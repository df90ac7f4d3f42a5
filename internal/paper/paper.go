// Package paper is what a candidate may see of a published template, frozen.
//
// Publishing makes a Paper once; every sitting of that version reads the same bytes. It can hold no key, rubric,
// model answer or person, because it has no field for one. The package is pure.
package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/assay-hq/assay/internal/term"
)

// Paper is the candidate's side of a template version.
type Paper struct {
	Title        string     `json:"title"`
	Instructions string     `json:"instructions"` // Markdown
	Sections     []*Section `json:"sections"`
}

// Section is a part of a paper.
type Section struct {
	Title        string      `json:"title"`
	Instructions string      `json:"instructions"` // Markdown
	TimeLimit    int         `json:"timeLimitSeconds"`
	Questions    []*Question `json:"questions"`
}

// Question is one question as it is asked.
type Question struct {
	Ref      string            `json:"ref"` // its place, "section.question", counted from 1
	Kind     term.QuestionKind `json:"kind"`
	Prompt   string            `json:"prompt"` // Markdown
	Choices  []*Choice         `json:"choices,omitempty"`
	Unit     string            `json:"unit,omitempty"` // of a numeric answer
	Points   int               `json:"points"`
	TimeHint int               `json:"timeHintSeconds,omitempty"`
}

// Choice is one option.
type Choice struct {
	Key  string `json:"key"`
	Text string `json:"text"` // Markdown
}

// Ref names the place of a question, both counted from 0.
func Ref(section, question int) string { return fmt.Sprintf("%d.%d", section+1, question+1) }

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

// Count is how many questions the paper asks.
func (p *Paper) Count() int {
	n := 0
	for _, s := range p.Sections {
		n += len(s.Questions)
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
