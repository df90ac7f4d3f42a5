package paper

import (
	"slices"

	"github.com/assay-hq/assay/internal/draw"
	"github.com/assay-hq/assay/internal/term"
)

// For is the paper of one session: what its seed draws, in the order that it shuffles. The same seed gives the same
// paper for ever; a question keeps its place as its name, wherever it is shown.
func (p *Paper) For(seed int64) *Paper {
	if p.same() {
		return p
	}
	own := *p
	own.Sections = make([]*Section, len(p.Sections))
	for i, s := range p.Sections {
		own.Sections[i] = s.present(seed, i)
	}
	return &own
}

// same reports whether every session is asked the whole paper in its own order.
func (p *Paper) same() bool {
	for _, s := range p.Sections {
		if s.Order == term.Shuffled || len(s.Draws) > 0 || slices.ContainsFunc(s.Questions, func(q *Question) bool { return q.ShuffleChoices }) {
			return false
		}
	}
	return true
}

func (s *Section) present(seed int64, place int) *Section {
	own := *s
	own.Draws = nil
	asked := draw.Asked(seed, place, s.refs(), s.Draws)
	if s.Order == term.Shuffled {
		asked = draw.Shuffle(seed, draw.Section(place), asked)
	}
	byRef := make(map[string]*Question, len(s.Questions))
	for _, q := range s.Questions {
		byRef[q.Ref] = q
	}
	own.Questions = make([]*Question, len(asked))
	for i, ref := range asked {
		own.Questions[i] = byRef[ref].present(seed)
	}
	return &own
}

// present shuffles the choices where the question wants it.
func (q *Question) present(seed int64) *Question {
	if !q.ShuffleChoices {
		return q
	}
	own := *q
	own.Choices = draw.Shuffle(seed, q.Ref, q.Choices)
	own.Translations = make([]*Translation, len(q.Translations))
	for i, t := range q.Translations {
		same := *t
		same.Choices = draw.Shuffle(seed, q.Ref, t.Choices)
		own.Translations[i] = &same
	}
	return &own
}

// In is the question in a language: its translation, or as it was written if it has none.
func (q *Question) In(language string) *Question {
	at := slices.IndexFunc(q.Translations, func(t *Translation) bool { return t.Language == language })
	if at < 0 {
		return q
	}
	own, t := *q, q.Translations[at]
	own.Prompt, own.PromptHTML = t.Prompt, t.PromptHTML
	if len(t.Choices) > 0 {
		own.Choices = t.Choices
	}
	return &own
}

// In is the paper in a language, where its questions are translated.
func (p *Paper) In(language string) *Paper {
	own := *p
	own.Sections = make([]*Section, len(p.Sections))
	for i, s := range p.Sections {
		same := *s
		same.Questions = make([]*Question, len(s.Questions))
		for j, q := range s.Questions {
			same.Questions[j] = q.In(language)
		}
		own.Sections[i] = &same
	}
	return &own
}

func (s *Section) refs() []string {
	refs := make([]string, len(s.Questions))
	for i, q := range s.Questions {
		refs[i] = q.Ref
	}
	return refs
}

// Drawn are the places of one session that were drawn from a pool.
func (p *Paper) Drawn(seed int64) []string {
	var drawn []string
	for i, s := range p.Sections {
		drawn = append(drawn, draw.Picked(seed, i, s.Draws)...)
	}
	return drawn
}
