package psychometrics

import "slices"

// Choice is what one person chose on a choice item. The zero choice was not reached.
type Choice struct {
	Reached bool
	Options []string // what was ticked; none if it was reached and omitted
}

// Option is how one option of a choice item worked.
type Option struct {
	Name    string
	Correct bool
	Chosen  int      // persons
	Share   *float64 // of those who reached the item, from 0 to 1
	// Rest is the correlation of having chosen the option with the score on the other items: above zero for the right
	// one, below zero for a distractor that works.
	Rest  *float64
	Flags []OptionFlag
}

// OptionFlag says why a person should look at an option.
type OptionFlag string

// The usual rules of distractor review (Haladyna & Downing 1993); they are for reading, nothing acts on them.
const (
	NonFunctioning OptionFlag = "NON_FUNCTIONING" // a distractor chosen by less than 5 %
	CheckKey       OptionFlag = "CHECK_KEY"       // a distractor that good people choose: its correlation is above 0, or not below the key's
)

// Options tabulates the options of a choice item, in the order given.
//
// Choices and rest have one entry for each person, in the same order; rest is what Scores.Rest gives for the item, and
// persons without one count in shares alone. Lists of different length give no table. With several correct options an
// option is compared with the one of the lowest correlation.
func Options(options, correct []string, choices []Choice, rest []*float64) []Option {
	if len(choices) != len(rest) {
		return nil
	}
	table := make([]Option, len(options))
	for i, name := range options {
		table[i] = tally(name, choices, rest)
		table[i].Correct = slices.Contains(correct, name)
	}
	key := weakestKey(table)
	for i := range table {
		table[i].Flags = table[i].flags(key)
	}
	return table
}

func tally(name string, choices []Choice, rest []*float64) Option {
	option, reached := Option{Name: name}, 0
	var chose, others []float64
	for i, choice := range choices {
		if !choice.Reached {
			continue
		}
		reached++
		ticked := 0.0
		if slices.Contains(choice.Options, name) {
			option.Chosen++
			ticked = 1
		}
		if rest[i] != nil {
			chose, others = append(chose, ticked), append(others, *rest[i])
		}
	}
	option.Share = ratio(float64(option.Chosen), float64(reached))
	option.Rest = Correlation(chose, others)
	return option
}

// weakestKey is the lowest correlation of a correct option, nil if there is none.
func weakestKey(table []Option) *float64 {
	var lowest *float64
	for _, option := range table {
		if option.Correct && option.Rest != nil && (lowest == nil || *option.Rest < *lowest) {
			lowest = option.Rest
		}
	}
	return lowest
}

func (o Option) flags(key *float64) []OptionFlag {
	if o.Correct {
		return nil
	}
	var flags []OptionFlag
	if o.Share != nil && below(*o.Share, .05) {
		flags = append(flags, NonFunctioning)
	}
	if o.Rest != nil && (below(0, *o.Rest) || key != nil && !below(*o.Rest, *key)) {
		flags = append(flags, CheckKey)
	}
	return flags
}
