package pdf

import (
	"strconv"
	"strings"

	"github.com/assay-hq/assay/internal/chart"
	"github.com/assay-hq/assay/internal/reporting"
)

// whole writes everything, in the page's order.
func (d *document) whole() {
	d.top()
	d.result()
	d.skills()
	d.sections()
	d.findings()
	d.questions()
	d.integrity()
	d.notes()
}

func normal() style { return style{size: body, ink: chart.Strong} }

func faint() style { return style{size: body, ink: chart.Quiet} }

func strong() style { return style{size: body, bold: true, ink: chart.Strong} }

// top is the first line: who, for which role, which assessment and version, when.
func (d *document) top() {
	h := d.s.Head
	d.y = margin
	name := style{size: title, bold: true, ink: chart.Strong}
	d.font(name)
	d.pdf.Bookmark(d.r.Title(h), 0, 0)
	d.say(d.r.Title(h), name)
	d.y -= .2 * title
	d.say(d.r.Subtitle(h), style{size: 11, ink: chart.Strong})
	d.say(d.r.Provenance(h), style{size: small, ink: chart.Quiet})
	d.y -= .35 * small
	d.accessible()
	if h.Superseded {
		d.callout(d.r.Superseded)
	}
}

// accessible says where the page is that a screen reader can read.
func (d *document) accessible() {
	if d.address == "" {
		return
	}
	s := style{size: small, ink: chart.Quiet}
	for _, l := range d.lines(d.r.Accessible+" "+d.address+".", d.width, s) {
		d.write(margin, d.y+s.size, l, s)
		d.pdf.LinkString(margin, d.y, d.measure(l, s), s.size*leading, d.address)
		d.y += s.size * leading
	}
	d.y += 6
}

func (d *document) result() {
	o := d.s.Overall
	figure := func(f chart.Frame) *chart.Figure { return d.r.ResultFigure(d.s, f) }
	d.heading(d.r.Result, 0, huge*leading+40)
	score := style{size: huge, bold: true, ink: chart.Strong}
	d.write(margin, d.y+huge*.9, d.r.Score(o), score)
	x := margin + d.measure(d.r.Score(o), score) + 22
	said := strong()
	said.size = large - 1
	for i, line := range d.lines(strings.Join(d.r.Outcome(o), " · "), d.width-x+margin, said) {
		d.write(x, d.y+12+float64(i)*said.size*leading, line, said)
	}
	d.write(x, d.y+huge*.9, d.r.TotalPoints(o), faint())
	d.y += huge*leading + 4
	if o.Provisional {
		d.callout(d.r.OnlyScored)
	}
	if d.s.Uncertainty.Borderline {
		d.callout(d.r.Borderline)
	}
	d.figure(figure)
	d.say(d.r.BandList(o), normal())
	d.say(d.r.Exactness(d.s.Uncertainty), normal())
	if d.s.Standing.Hidden == "" {
		d.say(d.r.Comparison(d.s.Standing), normal())
	}
}

func (d *document) skills() {
	d.heading(d.r.SkillsTitle, 0, d.skillsHigh(0, min(3, len(d.s.Skills))))
	if len(d.s.Skills) == 0 {
		d.say(d.r.SkillsNone, faint())
	}
	for from := 0; from < len(d.s.Skills); {
		to := len(d.s.Skills)
		d.need(d.skillsHigh(from, min(from+3, to)))
		for to > from+3 && d.y+d.skillsHigh(from, to) > d.bottom {
			to--
		}
		d.figure(func(f chart.Frame) *chart.Figure { return d.r.SomeSkills(d.s, from, to, f) })
		from = to
	}
	if len(d.s.Skills) > 0 {
		d.numbers(d.r.SkillsFigure(d.s, d.frame()).Table, []float64{.22, .14, .1, .17, .11, .14, .12})
	}
	if len(d.s.NotAssessed) > 0 {
		d.heading(d.r.NotAssessed, 1, 3*body*leading)
		d.say(d.r.NotAssessedText, faint())
		for _, m := range d.s.NotAssessed {
			d.say("• "+m.Name+", "+d.r.MustHaveOf(m)+sentence(m.Description), normal())
		}
	}
}

// skillsHigh is how high a figure of some of the skills is.
func (d *document) skillsHigh(from, to int) float64 {
	return d.height(func(f chart.Frame) *chart.Figure { return d.r.SomeSkills(d.s, from, to, f) })
}

// sentence is a description after a colon, or nothing.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

// numbers writes a figure's table: its first column is text, and the others are numbers.
func (d *document) numbers(t chart.Table, parts []float64) {
	var columns []column
	for i, head := range t.Head {
		columns = append(columns, column{head: head, part: parts[i], right: i > 0})
	}
	var rows [][]cell
	for _, r := range t.Rows {
		var row []cell
		for _, text := range r {
			row = append(row, plain(text))
		}
		rows = append(rows, row)
	}
	d.table(columns, rows)
}

func (d *document) sections() {
	d.heading(d.r.Sections, 0, 5*body*leading)
	columns := []column{{head: d.r.Section, part: .54}, {head: d.r.PointsHead, part: .18, right: true}, {head: d.r.PercentHead, part: .12, right: true}, {head: d.r.TimeHead, part: .16, right: true}}
	var rows [][]cell
	for _, s := range d.s.Sections {
		name := plain(s.Title)
		if missing := d.r.Missing(s.Count); len(missing) > 0 {
			name = append(name, quiet(strings.Join(missing, " · ")))
		}
		used := "–"
		if s.TimeUsed != nil {
			used = d.r.PercentOf(*s.TimeUsed)
		}
		rows = append(rows, []cell{name, plain(d.r.PointsOf(s.Points, s.Maximum)), plain(d.r.ShareOf(s.Count)), plain(used)})
	}
	d.table(columns, rows)
	time := func(f chart.Frame) *chart.Figure { return d.r.TimeFigure(d.s, f) }
	if high := d.height(time); high > 0 {
		d.heading(d.r.TimeTitle, 1, high)
		d.figure(time)
	} else {
		d.say(d.r.TimeAbsent, faint())
	}
}

func (d *document) findings() {
	d.heading(d.r.Words.Findings, 0, 5*body*leading)
	f := d.s.Findings
	if f.Absent != "" {
		d.say(d.r.FindingsAbsent[string(f.Absent)], faint())
		return
	}
	d.found(d.r.Strengths, d.r.NoStrengths, f.Strengths)
	d.found(d.r.WeakSpots, d.r.NoWeakSpots, f.WeakSpots)
}

func (d *document) found(head, none string, list []*reporting.Finding) {
	d.heading(head, 1, 4*body*leading)
	if len(list) == 0 {
		d.say(none, faint())
	}
	for _, f := range list {
		d.need(3 * body * leading)
		d.say(f.Skill, strong())
		d.say(f.Text, normal())
		for _, q := range f.Evidence {
			d.quote(q)
		}
		if f.NextStep != "" {
			d.say(d.r.Next(f), normal())
		}
		d.y += 4
	}
}

// quote writes a part of an answer with a bar beside it.
func (d *document) quote(q *reporting.Quote) {
	lines := d.lines("“"+strings.TrimSpace(q.Text)+"” ("+d.r.From(q)+")", d.width-24, faint())
	for _, l := range lines {
		d.need(body * leading)
		(&canvas{d: d}).Box(margin+10, d.y, 1.2, body*leading, chart.Rule)
		d.write(margin+18, d.y+body, l, faint())
		d.y += body * leading
	}
	d.y += 4
}

func (d *document) questions() {
	d.heading(d.r.QuestionsTrace, 0, 10*body*leading)
	columns := []column{{head: d.r.CriterionHead, part: .28}, {head: d.r.PointsHead, part: .12, right: true}, {head: d.r.ByHead, part: .18}, {head: d.r.TraceHead, part: .42}}
	for _, q := range d.s.Questions {
		rows := d.trace(q)
		d.heading(q.Ref+"  "+q.Title, 1, 3*small*leading+d.begins(columns, rows))
		d.say(d.r.Asked(q), style{size: small, ink: chart.Quiet})
		if q.Execution != nil {
			d.say(d.r.Ran(q.Execution), style{size: small, ink: chart.Quiet})
		}
		if len(rows) == 0 {
			d.say(d.r.Unscored(q), normal())
			continue
		}
		d.table(columns, rows)
	}
}

func (d *document) trace(q *reporting.Question) (rows [][]cell) {
	for _, e := range q.Trace {
		rows = append(rows, []cell{plain(d.r.Weighed(e)), plain(d.r.PointsFor(e)), plain(d.r.Awarder(e)), evidence(e)})
	}
	return rows
}

// evidence is what a criterion's points rest on: the quoted answer, and below it what was said of it.
func evidence(e *reporting.Entry) cell {
	var c cell
	if e.Evidence != "" {
		c = append(c, paragraph{"“" + strings.TrimSpace(e.Evidence) + "”", faint()})
	}
	if e.Comment != "" {
		c = append(c, paragraph{e.Comment, normal()})
	}
	return c
}

func (d *document) integrity() {
	d.heading(d.r.Words.Integrity, 0, 6*body*leading)
	i := d.s.Integrity
	if i.Absent != "" {
		d.say(d.r.IntegrityAbsent[string(i.Absent)], faint())
		return
	}
	d.say(d.r.IntegrityText, faint())
	d.say(d.r.VerdictHead+": "+d.r.Judged(i), strong())
	d.say(i.Comment, normal())
	if len(i.Signals) == 0 {
		d.say(d.r.NoSignals, normal())
		return
	}
	var rows [][]cell
	for _, s := range i.Signals {
		rows = append(rows, []cell{plain(d.r.Noticed(s)), plain(strconv.Itoa(s.Count))})
	}
	d.table([]column{{head: d.r.SignalHead, part: .4}, {head: d.r.CountHead, part: .15, right: true}}, rows)
}

func (d *document) notes() {
	if len(d.s.Notes) > 0 {
		d.heading(d.r.Words.Notes, 0, 3*body*leading)
		for _, n := range d.s.Notes {
			d.say(n, normal())
		}
	}
	if d.lost {
		d.gap(body)
		d.say(d.r.Unprintable, faint())
	}
}
