package psychometrics_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
	"github.com/google/go-cmp/cmp"
)

// TestItems_LSAT6 holds the item statistics of the R package ltm; discrimination is the correlation with the other
// items, which is far below the one with the total.
func TestItems_LSAT6(t *testing.T) {
	want := []struct{ p, logit, total, rest, deleted string }{
		{".924", "2.497979", ".362010", ".112833", ".275356"},
		{".709", ".890532", ".566772", ".153178", ".237584"},
		{".553", ".212799", ".618440", ".172779", ".216799"},
		{".763", "1.169198", ".534418", ".144428", ".245933"},
		{".870", "1.900959", ".435366", ".121596", ".266294"},
	}
	items := lsat6Scores(t).Items()
	for j, w := range want {
		item := items[j]
		name := fmt.Sprintf("item %d, ", j+1)
		has(t, name+"difficulty", item.Difficulty, w.p)
		close(t, name+"logit", math.Log(*item.Difficulty/(1-*item.Difficulty)), w.logit)
		has(t, name+"item-total", item.ItemTotal, w.total)
		has(t, name+"item-rest", item.ItemRest, w.rest)
		has(t, name+"alpha if deleted", item.AlphaIfDeleted, w.deleted)
		if item.Reached != 1000 || item.Omitted != 0 || item.NotReached != 0 {
			t.Errorf("%s%d reached, %d omitted, %d not reached", name, item.Reached, item.Omitted, item.NotReached)
		}
	}
}

// TestItems_attitude holds psych::alpha's statistics of continuous items.
func TestItems_attitude(t *testing.T) {
	rest := strings.Fields(".67126206 .74210971 .56071111 .71444550 .78627559 .26503434 .46081055")
	deleted := strings.Fields(".80976021 .79691746 .82784777 .80303098 .79538657 .86387231 .84046487")
	for j, item := range attitudeScores(t).Items() {
		has(t, fmt.Sprintf("item %d, item-rest", j+1), item.ItemRest, rest[j])
		has(t, fmt.Sprintf("item %d, alpha if deleted", j+1), item.AlphaIfDeleted, deleted[j])
		if item.Biserial != nil {
			t.Errorf("item %d has points between none and all, and a biserial correlation", j+1)
		}
	}
}

func TestItems_quiz(t *testing.T) {
	want := []struct{ p, total, rest, deleted, d string }{
		{".65", ".674772", ".435072", ".476821", ".8"},
		{".60", ".653560", ".396383", ".497545", "1.0"},
		{".60", ".517402", ".217427", ".594308", ".6"},
		{".60", ".653560", ".396383", ".497545", ".6"},
		{".50", ".566982", ".272681", ".566515", ".6"},
	}
	for j, item := range quizScores().Items() {
		w, name := want[j], fmt.Sprintf("item %d, ", j+1)
		has(t, name+"difficulty", item.Difficulty, w.p)
		has(t, name+"item-total", item.ItemTotal, w.total)
		has(t, name+"item-rest", item.ItemRest, w.rest)
		has(t, name+"alpha if deleted", item.AlphaIfDeleted, w.deleted)
		close(t, name+"upper less lower 27 %", item.Extremes.D, w.d)
		if item.Extremes.Group != 5 {
			t.Errorf("%sgroups of %d, want 5", name, item.Extremes.Group)
		}
	}
}

func TestItems_delta_and_biserial(t *testing.T) {
	rows := numbers(t, "1 1 / 1 1 / 0 0 / 0 1")
	item := full(rows, 1).Items()[0]
	has(t, "delta of one half", item.Delta, "13")
	// r = 1/√3, p = 1/2, φ(0) = 1/√(2π)
	has(t, "biserial", item.Biserial, "0.7236012546")
	if extreme := full(numbers(t, "1 1 / 1 0"), 1).Items()[0]; extreme.Delta != nil || extreme.Biserial != nil || extreme.ItemRest != nil {
		t.Error("an item that everybody solves has a delta, a biserial correlation or a discrimination")
	}
}

// TestItems_tells_omitted_from_not_reached: an omitted item counts as zero, one that was not reached counts nowhere.
func TestItems_tells_omitted_from_not_reached(t *testing.T) {
	right, wrong := psychometrics.Answered(2), psychometrics.Answered(0)
	blank, never := psychometrics.Omitted(), psychometrics.NotReached()
	scores := psychometrics.Scores{Max: []float64{2, 2, 2}, Persons: [][]psychometrics.Cell{
		{right, right, right}, {right, wrong, blank}, {wrong, wrong, wrong}, {right, right, never}, {right, never, never},
	}}
	third := scores.Items()[2]
	if third.Reached != 3 || third.Omitted != 1 || third.NotReached != 2 {
		t.Errorf("%d reached, %d omitted, %d not reached", third.Reached, third.Omitted, third.NotReached)
	}
	has(t, "difficulty of those who reached it", third.Difficulty, "0.3333333333")
	has(t, "item-rest of those who reached it", third.ItemRest, "0.8660254038")
	var shares []string
	for _, share := range scores.Rest(2) {
		shares = append(shares, fmt.Sprint(*share))
	}
	if diff := cmp.Diff([]string{"1", "0.5", "0", "1", "1"}, shares); diff != "" {
		t.Errorf("shares of the reached rest (-want +got):\n%s", diff)
	}
	if r := scores.Reliability(.95); r.N != 3 {
		t.Errorf("reliability over %d persons, want the 3 who reached everything", r.N)
	}
	if points, reached := never.Points(); reached || points != 0 {
		t.Errorf("a cell that was not reached has %v points, reached %v", points, reached)
	}
	if (psychometrics.Cell{}) != never {
		t.Error("the zero cell was reached")
	}
}

func TestItems_flags(t *testing.T) {
	// Forty persons, of whom the better half solves the last three items. The first item is solved by all but the best one,
	// the second by the two worst, the third by eleven of the better half and nine of the others.
	var rows [][]float64
	for i := range 40 {
		row := []float64{1, 0, 0, 0, 0, 0}
		for j := 3; j < 6 && i < 20; j++ {
			row[j] = 1
		}
		if i < 11 || i >= 31 {
			row[2] = 1
		}
		rows = append(rows, row)
	}
	rows[0][0], rows[38][1], rows[39][1] = 0, 1, 1
	want := [][]psychometrics.ItemFlag{
		{psychometrics.TooEasy, psychometrics.Negative}, {psychometrics.TooHard, psychometrics.Negative},
		{psychometrics.Weak}, nil, nil, nil,
	}
	for j, item := range full(rows, 1).Items() {
		if diff := cmp.Diff(want[j], item.Flags); diff != "" {
			t.Errorf("item %d, p %v, r %v (-want +got):\n%s", j+1, *item.Difficulty, *item.ItemRest, diff)
		}
	}
}

func TestItems_without_a_table(t *testing.T) {
	ragged := psychometrics.Scores{Max: []float64{1, 1}, Persons: [][]psychometrics.Cell{{psychometrics.Answered(1)}}}
	if ragged.Items() != nil || ragged.Reliability(.95) != nil || ragged.Alpha() != nil || ragged.Omega() != nil || ragged.Rest(0)[0] != nil {
		t.Error("a table whose rows have not one cell for each item has statistics")
	}
	empty := psychometrics.Scores{Max: []float64{1, 1}}
	if item := empty.Items()[0]; item.Difficulty != nil || item.Extremes != nil || item.AlphaIfDeleted != nil || item.Flags != nil {
		t.Error("an item that nobody has seen has statistics")
	}
	if full(numbers(t, "1 1"), 1).Rest(2)[0] != nil {
		t.Error("there is a rest to an item outside the table")
	}
}

func TestOptions_quiz(t *testing.T) {
	// For each item its options from A to D: chosen, share, correlation with the rest.
	want := [][]struct {
		chosen      int
		share, rest string
	}{
		{{13, ".65", ".435072"}, {3, ".15", "-.102558"}, {2, ".10", "-.217010"}, {2, ".10", "-.352642"}},
		{{1, ".05", "-.436215"}, {12, ".60", ".396383"}, {4, ".20", "-.040456"}, {3, ".15", "-.232262"}},
		{{2, ".10", "-.088764"}, {3, ".15", "-.218404"}, {12, ".60", ".217427"}, {3, ".15", "-.005327"}},
		{{3, ".15", "-.118963"}, {2, ".10", "-.229249"}, {3, ".15", "-.232262"}, {12, ".60", ".396383"}},
		{{10, ".50", ".272681"}, {4, ".20", "-.077909"}, {4, ".20", "-.077909"}, {2, ".10", "-.246712"}},
	}
	letters := strings.Split("ABCD", "")
	for j := range want {
		table := psychometrics.Options(letters, []string{quizKey[j : j+1]}, quizChoices(j), quizScores().Rest(j))
		for i, option := range table {
			name := fmt.Sprintf("item %d, option %s, ", j+1, option.Name)
			if option.Chosen != want[j][i].chosen || option.Correct != (letters[i] == quizKey[j:j+1]) || option.Flags != nil {
				t.Errorf("%schosen %d times, correct %v, flags %v", name, option.Chosen, option.Correct, option.Flags)
			}
			has(t, name+"share", option.Share, want[j][i].share)
			has(t, name+"rest", option.Rest, want[j][i].rest)
		}
	}
}

func quizChoices(item int) []psychometrics.Choice {
	var choices []psychometrics.Choice
	for _, answers := range strings.Fields(quiz) {
		choices = append(choices, psychometrics.Choice{Reached: true, Options: []string{answers[item : item+1]}})
	}
	return choices
}

func TestOptions_flags(t *testing.T) {
	ticked := func(options ...string) psychometrics.Choice {
		return psychometrics.Choice{Reached: true, Options: options}
	}
	rest := func(shares ...float64) []*float64 { return marks([][]float64{shares})[0] }
	letters := []string{"A", "B", "C"}
	flags := func(table []psychometrics.Option) [][]psychometrics.OptionFlag {
		var out [][]psychometrics.OptionFlag
		for _, option := range table {
			out = append(out, option.Flags)
		}
		return out
	}
	t.Run("a distractor that the better ones choose", func(t *testing.T) {
		choices := []psychometrics.Choice{ticked("B"), ticked("B"), ticked("A"), ticked("A")}
		got := flags(psychometrics.Options(letters, []string{"A"}, choices, rest(.9, .8, .3, .2)))
		want := [][]psychometrics.OptionFlag{nil, {psychometrics.CheckKey}, {psychometrics.NonFunctioning}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("flags (-want +got):\n%s", diff)
		}
	})
	t.Run("a distractor that is bad, and no worse than the key", func(t *testing.T) {
		choices := []psychometrics.Choice{ticked("C"), ticked("A"), ticked("B"), ticked("C")}
		got := flags(psychometrics.Options(letters, []string{"A"}, choices, rest(.9, .1, .2, .8)))
		if diff := cmp.Diff([][]psychometrics.OptionFlag{nil, {psychometrics.CheckKey}, {psychometrics.CheckKey}}, got); diff != "" {
			t.Errorf("flags (-want +got):\n%s", diff)
		}
	})
	t.Run("several ticks, an omission, and one who never came so far", func(t *testing.T) {
		choices := []psychometrics.Choice{ticked("A", "B"), ticked("B"), ticked(), {}}
		table := psychometrics.Options(letters, []string{"A", "B"}, choices, rest(.9, .5, .1, .4))
		has(t, "share of A", table[0].Share, "0.3333333333")
		has(t, "share of B", table[1].Share, "0.6666666667")
	})
	t.Run("lists of different length", func(t *testing.T) {
		if table := psychometrics.Options(letters, nil, nil, rest(.5)); table != nil {
			t.Errorf("got %v", table)
		}
	})
	t.Run("nobody reached it", func(t *testing.T) {
		table := psychometrics.Options(letters, []string{"A"}, []psychometrics.Choice{{}}, rest(.5))
		if table[1].Share != nil || table[1].Rest != nil || table[1].Flags != nil {
			t.Errorf("got %+v", table[1])
		}
	})
}
