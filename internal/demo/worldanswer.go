package demo

import (
	"math"
	"math/rand/v2"
	"strings"

	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/term"
)

// worldAnswer is what a candidate answers to a question in its place.
type worldAnswer struct {
	worldItem
	answer *content.Answer
	open   bool        // only a reviewer can score it
	levels []seedLevel // of a text: the level reached on each criterion
}

// worldAbility draws a candidate's ability in each skill, on the logit scale: much in common, something of its own.
// Nobody is invited who knows nothing at all.
func worldAbility(random *rand.Rand, skills []*catalogue.Skill) map[string]float64 {
	general := max(-0.9, 0.25+0.65*random.NormFloat64())
	ability := map[string]float64{}
	for _, s := range skills {
		ability[s.Key] = general + 0.45*random.NormFloat64()
	}
	return ability
}

// worldDifficulty is how hard questions of a level are, on the same scale.
func worldDifficulty(l term.Level) float64 {
	switch l {
	case term.Foundation:
		return -1.1
	case term.Entry:
		return -0.6
	case term.Senior:
		return 0.4
	default:
		return -0.1
	}
}

// lead is by how much a candidate's ability exceeds a question's difficulty.
func (s *worldSitting) lead(q *seedQuestion) float64 {
	sum := 0.0
	for _, key := range q.Skills {
		sum += s.ability[key]
	}
	return sum/float64(len(q.Skills)) - worldDifficulty(q.Level)
}

// worldLogistic turns a lead into a probability.
func worldLogistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// worldOmits is how often a question is left open by somebody who does not know the answer.
const worldOmits = 0.06

// think makes up the answer to a question.
func (s *worldSitting) think(item worldItem) worldAnswer {
	a := worldAnswer{worldItem: item, answer: new(content.Answer)}
	lead := s.lead(item.question)
	right := s.random.Float64() < worldLogistic(1.3*lead)
	if !right && s.random.Float64() < worldOmits {
		return a
	}
	switch item.question.Kind {
	case term.SingleChoice:
		a.answer.Choices = []string{s.pick(item.question.Content.Choices, right)}
	case term.MultipleChoice:
		a.answer.Choices = s.tick(item.question.Content.Choices, 0.5+0.5*worldLogistic(1.3*lead+0.4))
	case term.Numeric:
		number := item.question.Content.Numeric.Value
		if !right {
			number = worldAny(s.random, item.question.mistakes)
		}
		a.answer.Number = &number
	case term.ShortText:
		if right {
			text := worldAny(s.random, item.question.Content.Accepted)
			a.answer.Text = &text
			break
		}
		s.write(&a, lead)
	default:
		s.write(&a, lead)
	}
	return a
}

func worldAny(random *rand.Rand, list []string) string { return list[random.IntN(len(list))] }

// pick is the right choice or a wrong one.
func (s *worldSitting) pick(choices []*content.Choice, right bool) string {
	var keys []string
	for _, c := range choices {
		if c.Correct == right {
			keys = append(keys, c.Key)
		}
	}
	return worldAny(s.random, keys)
}

// tick judges each choice, rightly with a probability; who would tick nothing ticks the first.
func (s *worldSitting) tick(choices []*content.Choice, rightly float64) []string {
	var keys []string
	for _, c := range choices {
		if c.Correct == (s.random.Float64() < rightly) {
			keys = append(keys, c.Key)
		}
	}
	if len(keys) == 0 {
		return []string{choices[0].Key}
	}
	return keys
}

// worldOpenings are how some candidates begin.
var worldOpenings = []string{"", "", "", "", "", "My answer in short:", "From my own work:", "I hope I read the question rightly.", "Some thoughts, in order."}

// write composes a text of what a candidate of this ability says on each criterion.
func (s *worldSitting) write(a *worldAnswer, lead float64) {
	var parts []string
	for _, c := range a.question.criteria {
		x := worldLogistic(1.3*(lead+0.6*s.random.NormFloat64()) + 0.35)
		level := c.levels[min(len(c.levels)-1, int(x*float64(len(c.levels))))]
		a.levels = append(a.levels, level)
		if level.says != "" {
			parts = append(parts, level.says)
		}
	}
	if len(parts) == 0 {
		return
	}
	opening := worldAny(s.random, worldOpenings)
	if opening != "" && a.question.Kind == term.LongText {
		parts = append([]string{opening}, parts...)
	}
	text := strings.Join(parts, "\n\n")
	a.answer.Text, a.open = &text, true
}

// scores is what a reviewer who reads the answer finds in it.
func (a worldAnswer) scores() []*grading.CriterionScoreInput {
	scores := make([]*grading.CriterionScoreInput, len(a.levels))
	for i, level := range a.levels {
		scores[i] = &grading.CriterionScoreInput{
			Question: a.ref, Criterion: a.question.criteria[i].key, Points: level.points, Comment: level.remark,
		}
		if level.says != "" {
			quote := worldQuote(level.says)
			scores[i].Evidence = &quote
		}
	}
	return scores
}

// worldQuote is the first sentence of a longer text, or the whole of a short one.
func worldQuote(text string) string {
	const short = 120
	if first, _, long := strings.Cut(text, ". "); long && len(text) > short {
		return first + "."
	}
	return text
}

// worldGiven and worldFamily make the candidates' names.
var (
	worldGiven = []string{
		"Ada", "Amara", "Anton", "Bilal", "Carla", "Chen", "Clara", "Dario", "Elif", "Emeka", "Farah", "Felix", "Greta", "Hana", "Hugo",
		"Ilya", "Ingrid", "Ivo", "Jamila", "Joao", "Kaito", "Katya", "Lars", "Leila", "Linh", "Luca", "Maia", "Mateo", "Mina", "Nadia",
		"Niko", "Noor", "Olga", "Omar", "Paula", "Priya", "Rafael", "Rosa", "Sanna", "Tomas", "Uma", "Viktor", "Wanjiru", "Yusuf", "Zoe",
	}
	worldFamily = []string{
		"Abebe", "Almeida", "Andersson", "Bakker", "Banerjee", "Bauer", "Castillo", "Costa", "Diallo", "Dubois", "Eriksen", "Farouk",
		"Fischer", "Garcia", "Haddad", "Horvat", "Ito", "Jansen", "Kaya", "Kim", "Kovacs", "Kumar", "Lopes", "Marino", "Mensah", "Meyer",
		"Moreau", "Nakamura", "Novak", "Nowak", "Okafor", "Oliveira", "Petrov", "Popescu", "Rossi", "Sato", "Silva", "Svensson", "Tran", "Yilmaz",
	}
)
