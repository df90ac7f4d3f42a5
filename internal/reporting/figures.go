package reporting

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/internal/chart"
)

// ResultFigure draws the result on its interval, on the norm group's distribution where there is one.
func (r *Reader) ResultFigure(s *Sheet, fr chart.Frame) *chart.Figure {
	o := s.Overall
	in := chart.Result{
		Title: r.Result, Percent: o.Percent.float(), Open: o.Provisional, Value: r.Score(o), Cut: float64(o.Cut),
		CutText: fmt.Sprintf(r.Cut, r.PercentOf(Of(o.Cut))), Counts: s.shownHistogram(), Group: r.groupText(s.Standing), Table: r.resultTable(s),
	}
	if i := s.Uncertainty.Interval; i != nil {
		in.Interval, in.Between = i.plain(), r.Range(*i)
	}
	for _, b := range o.Bands {
		in.Bands = append(in.Bands, chart.Band{Name: b.Name, Min: float64(b.Min)})
	}
	in.Desc = strings.Join([]string{in.Value, strings.Join(r.Outcome(o), ", "), r.Exactness(s.Uncertainty), r.Comparison(s.Standing), r.NormGroup(s.Standing)}, ". ")
	return chart.NewResult(fr, in)
}

func (i *Interval) plain() *chart.Interval {
	if i == nil {
		return nil
	}
	return &chart.Interval{Low: i.Low.float(), High: i.High.float()}
}

// shownHistogram is the norm group's distribution, if it may be shown.
func (s *Sheet) shownHistogram() []int {
	if s.Standing.Hidden != "" {
		return nil
	}
	return s.Standing.Histogram
}

// groupText is what stands below the distribution: whose it is, or why there is none.
func (r *Reader) groupText(s Standing) string {
	if s.Hidden != "" {
		return r.Comparison(s)
	}
	most := 0
	for _, n := range s.Histogram {
		most = max(most, n)
	}
	if most == 0 {
		return r.NormGroup(s)
	}
	return r.NormGroup(s) + " " + fmt.Sprintf(r.Tallest, most)
}

// resultTable is the figure's numbers: bands, and the norm group's buckets.
func (r *Reader) resultTable(s *Sheet) chart.Table {
	counts := s.shownHistogram()
	if len(counts) == 0 {
		t := chart.Table{Caption: r.Result, Head: []string{r.Band, r.Words.From}}
		for _, b := range s.Overall.Bands {
			t.Rows = append(t.Rows, []string{b.Name, r.PercentOf(Of(b.Min))})
		}
		return t
	}
	t := chart.Table{Caption: r.groupText(s.Standing), Head: []string{r.Result, r.Band, r.People}}
	own := chart.Bucket(s.Overall.Percent.float(), len(counts))
	for i, n := range counts {
		low := i * 100 / len(counts)
		says := fmt.Sprintf(r.Bucket, low, (i+1)*100/len(counts))
		if i == own {
			says += " (" + r.Theirs + ")"
		}
		t.Rows = append(t.Rows, []string{says, s.Overall.bandAt(low), strconv.Itoa(n)})
	}
	return t
}

// bandAt names the band that a percentage lies in.
func (o Overall) bandAt(percent int) (name string) {
	for _, b := range o.Bands {
		if percent >= b.Min {
			name = b.Name
		}
	}
	return name
}

// SkillsFigure draws the skills against the role's must-haves; nil if there are none.
func (r *Reader) SkillsFigure(s *Sheet, fr chart.Frame) *chart.Figure {
	return r.SomeSkills(s, 0, len(s.Skills), fr)
}

// SomeSkills draws the skills from one to before another, on the scales of all: for paper that does not hold them at once.
func (r *Reader) SomeSkills(s *Sheet, from, to int, fr chart.Frame) *chart.Figure {
	if from == to {
		return nil
	}
	in := chart.Bars{Title: r.SkillsTitle, Desc: r.SkillsDesc, Scale: r.SkillsScale, Table: r.skillTable(s)}
	for i, k := range s.Skills {
		if k.MustHave != nil {
			in.Weigh, in.Heaviest = r.MustHave, max(in.Heaviest, k.MustHave.Weight)
		}
		if i >= from && i < to {
			in.Rows = append(in.Rows, r.skillRow(k))
		}
	}
	return chart.NewBars(fr, in)
}

func (r *Reader) skillRow(k *Skill) chart.Row {
	row := chart.Row{Name: k.Name, Note: r.skillNote(k), Value: r.ShareOf(k.Count), Interval: k.Interval.plain(), Doubtful: k.Sufficient != nil && !*k.Sufficient}
	if k.Open() {
		row.Value, row.Interval = strings.Join(r.Missing(k.Count), ", "), nil
	} else {
		percent := k.Percent.float()
		row.Percent = &percent
	}
	if k.MustHave != nil {
		row.Weight, row.Weighs = k.MustHave.Weight, r.MustHaveOf(k.MustHave)
	}
	return row
}

// skillNote is what stands below a skill's name.
func (r *Reader) skillNote(k *Skill) string {
	var parts []string
	if n := r.QuestionsOf(k); n != "" {
		parts = append(parts, n)
	}
	if k.Sufficient != nil && !*k.Sufficient {
		parts = append(parts, r.Insufficient)
	}
	if !k.Open() {
		parts = append(parts, r.Missing(k.Count)...)
	}
	return strings.Join(parts, " · ")
}

func (r *Reader) skillTable(s *Sheet) chart.Table {
	t := chart.Table{Caption: r.SkillsTitle, Head: []string{r.Skill, r.PointsHead, r.PercentHead, r.IntervalHead, r.Questions, r.EvidenceHead, r.MustHave}}
	for _, k := range s.Skills {
		between, weight, asked := "–", "–", "–"
		if k.Questions > 0 {
			asked = strconv.Itoa(k.Questions)
		}
		if k.Interval != nil {
			between = r.Range(*k.Interval)
		}
		if k.MustHave != nil {
			weight = strconv.Itoa(k.MustHave.Weight)
		}
		t.Rows = append(t.Rows, []string{
			k.Name, r.PointsOf(k.Points, k.Maximum), r.ShareOf(k.Count), between, asked, r.EvidenceOf(k), weight,
		})
	}
	return t
}

// TimeFigure draws the share of its allowed time that each section took; nil if nothing is known of it.
func (r *Reader) TimeFigure(s *Sheet, fr chart.Frame) *chart.Figure {
	in := chart.Bars{Title: r.TimeTitle, Desc: r.TimeDesc, Scale: r.TimeScale}
	in.Table = chart.Table{Caption: r.TimeTitle, Head: []string{r.Section, r.TimeHead}}
	for _, part := range s.Sections {
		if part.TimeUsed == nil {
			continue
		}
		percent, says := part.TimeUsed.float(), r.PercentOf(*part.TimeUsed)
		in.Rows = append(in.Rows, chart.Row{Name: part.Title, Percent: &percent, Value: says})
		in.Table.Rows = append(in.Table.Rows, []string{part.Title, says})
	}
	if len(in.Rows) == 0 {
		return nil
	}
	return chart.NewBars(fr, in)
}
