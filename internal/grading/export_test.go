package grading

import (
	"time"

	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/key"
)

// Alpha is the reliability that the documents of reports tell of.
func Alpha(docs ...[]byte) (*float64, error) {
	var r reliability
	for _, doc := range docs {
		if err := r.add(doc); err != nil {
			return nil, err
		}
	}
	return r.alpha(), nil
}

// FeedbackOf is what a candidate sees of a result as the key's policy allows.
func FeedbackOf(k *key.Key, doc *Result, answers map[string]*content.Answer) *Feedback {
	return feedback(k, time.Time{}, doc, answers)
}

// NormStatements are what a norm group is computed from.
func NormStatements() []string { return []string{percentages, lastResults} }
