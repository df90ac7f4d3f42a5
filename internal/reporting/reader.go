package reporting

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/assay-hq/assay/internal/term"
)

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00a0"

// Reader is whoever reads a sheet: their language and their time zone.
type Reader struct {
	*Words
	Language string
	zone     *time.Location
}

// For is a reader of a language, one of Languages, in a time zone of the IANA list; an unknown zone is UTC.
func For(language, zone string) (*Reader, error) {
	w, err := wordsOf(LanguageOf(language))
	if err != nil {
		return nil, err
	}
	place, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		place = time.UTC
	}
	return &Reader{Words: w, Language: LanguageOf(language), zone: place}, nil
}

// Date writes a day.
func (r *Reader) Date(d Day) string {
	return fmt.Sprintf(r.Day, d.Day(), r.Months[d.Month()-1], d.Year())
}

// Moment writes a time to the minute, with its zone.
func (r *Reader) Moment(t time.Time) string {
	t = t.In(r.zone)
	return fmt.Sprintf(r.Words.Moment, r.Date(DayOf(t, r.zone)), t.Format("15:04 MST"))
}

// PercentOf writes a percentage in whole numbers: a result is never known more exactly.
func (r *Reader) PercentOf(n Number) string { return r.percentWith(n, 0) }

func (r *Reader) percentWith(n Number, decimals int) string {
	return strings.ReplaceAll(fmt.Sprintf(r.Percent, r.decimal(rounded(n, decimals))), " ", nbsp)
}

// Amount writes points with at most two decimals.
func (r *Reader) Amount(n Number) string { return r.decimal(rounded(n, 2)) }

// decimal writes a number as the language does.
func (r *Reader) decimal(n Number) string {
	return strings.Replace(n.Decimal(), ".", r.DecimalPoint, 1)
}

// rounded is a number to so many decimals, half away from zero as people round.
func rounded(n Number, decimals int) Number {
	unit := one
	for range decimals {
		unit /= 10
	}
	return Number(half(big.NewRat(int64(n), int64(unit)))) * unit
}

func half(r *big.Rat) int64 {
	n, _ := new(big.Int).SetString(r.FloatString(0), 10) // what it wrote itself is a number
	return n.Int64()
}

// ResultOf writes the result in whole percent, with decimals only where rounding would lift it over a threshold that it
// does not reach: nobody fails a cut at 50 % with "50 %".
func (r *Reader) ResultOf(o Overall) string {
	decimals := 0
	for decimals < 6 && lifts(o, rounded(o.Percent, decimals)) {
		decimals++
	}
	return r.percentWith(o.Percent, decimals)
}

// lifts reports whether a rounded percentage reaches a threshold that the exact one does not.
func lifts(o Overall, shown Number) bool {
	reaches := func(threshold int) bool { return shown >= Of(threshold) && o.Percent < Of(threshold) }
	if reaches(o.Cut) {
		return true
	}
	for _, b := range o.Bands {
		if reaches(b.Min) {
			return true
		}
	}
	return false
}

// Title is whose report it is.
func (r *Reader) Title(h Head) string {
	if h.Candidate == "" {
		return r.Report
	}
	return h.Candidate
}

// Subtitle says for which role, on which assessment, and when.
func (r *Reader) Subtitle(h Head) string {
	return strings.Join([]string{
		h.JobRole, h.Assessment + ", " + fmt.Sprintf(r.Version, h.Version), fmt.Sprintf(r.TakenOn, r.Date(h.TakenOn)),
	}, " · ")
}

// Provenance says which revision it is, when it was computed, and whether it was released.
func (r *Reader) Provenance(h Head) string {
	state := r.States[string(h.State)]
	if h.State == term.ReportReleased && h.ReleasedAt != nil {
		state = fmt.Sprintf(r.ReleasedOn, r.Moment(*h.ReleasedAt))
		if h.ReleasedBy != "" {
			state = fmt.Sprintf(r.ReleasedBy, r.Moment(*h.ReleasedAt), h.ReleasedBy)
		}
	}
	return strings.Join([]string{h.Organization, fmt.Sprintf(r.Revision, h.Revision), fmt.Sprintf(r.Computed, r.Moment(h.ComputedAt)), state}, " · ")
}

// Score is the result as a number, so far or finally.
func (r *Reader) Score(o Overall) string {
	if o.Provisional {
		return fmt.Sprintf(r.SoFar, r.ResultOf(o))
	}
	return r.ResultOf(o)
}

// Outcome is the result in words: band, passed or not, or how many answers it waits for.
func (r *Reader) Outcome(o Overall) []string {
	if o.Provisional {
		return []string{r.Provisional, r.count(o.Waiting, r.WaitsOne, r.WaitsMany)}
	}
	said := r.NotPassed
	if o.Passed {
		said = r.Passed
	}
	return []string{o.Band, said + " (" + fmt.Sprintf(r.Cut, r.PercentOf(Of(o.Cut))) + ")"}
}

// BandList names the bands with their minima.
func (r *Reader) BandList(o Overall) string {
	var named []string
	for _, b := range o.ascending() {
		named = append(named, fmt.Sprintf(r.BandFrom, b.Name, r.PercentOf(Of(b.Min))))
	}
	return fmt.Sprintf(r.BandsAre, strings.Join(named, ", "))
}

// Unscored says why a question has no trace: nobody has scored it yet, or there was nothing to score.
func (r *Reader) Unscored(q *Question) string {
	if q.Status == term.ItemNotScored {
		return r.Waits
	}
	return r.Nothing
}

func (r *Reader) count(n int, single, many string) string {
	if n == 1 {
		return single
	}
	return fmt.Sprintf(many, n)
}

// PointsOf writes points of points.
func (r *Reader) PointsOf(points, maximum Number) string {
	return fmt.Sprintf(r.Of, r.Amount(points), r.Amount(maximum))
}

// TotalPoints writes points of points with their unit.
func (r *Reader) TotalPoints(o Overall) string {
	return fmt.Sprintf(r.Points, r.Amount(o.Points), r.Amount(o.Maximum))
}

// Range writes an interval.
func (r *Reader) Range(i Interval) string {
	return fmt.Sprintf(r.Between, r.PercentOf(i.Low), r.PercentOf(i.High))
}

// Exactness says how exactly the result is known, or why nobody says so.
func (r *Reader) Exactness(u Uncertainty) string {
	if u.Interval == nil {
		return r.UncertaintyAbsent[string(u.Absent)]
	}
	return fmt.Sprintf(r.Uncertain, r.PercentOf(u.Interval.Low), r.PercentOf(u.Interval.High), u.Level, r.percentWith(u.SEM, 1), r.Methods[string(u.Method)])
}

// Comparison says where the result lies among others', or why nobody says so.
func (r *Reader) Comparison(s Standing) string {
	if s.Percentile == nil {
		return r.reason(r.StandingAbsent[string(s.Hidden)], s.Minimum)
	}
	return fmt.Sprintf(r.Percentile, *s.Percentile)
}

// reason fills the number in where a reason has one.
func (r *Reader) reason(text string, n int) string {
	if strings.Contains(text, "%[1]d") {
		return fmt.Sprintf(text, n)
	}
	return text
}

// NormGroup names the norm group with its size and date; empty if there is none to show.
func (r *Reader) NormGroup(s Standing) string {
	if s.Group == "" || s.Hidden != "" {
		return ""
	}
	return fmt.Sprintf(r.Group, s.Group, s.N, r.Date(s.AsOf))
}

// ShareOf writes the percentage of a count, or a dash where nothing of it is scored.
func (r *Reader) ShareOf(c Count) string {
	if c.Open() {
		return "–"
	}
	return r.PercentOf(c.Percent)
}

// Missing lists what is missing in a count.
func (r *Reader) Missing(c Count) []string {
	var out []string
	for _, m := range []struct {
		n    int
		says string
	}{{c.NotScored, r.NotScoredN}, {c.Omitted, r.OmittedN}, {c.NotReached, r.NotReachedN}} {
		if m.n > 0 {
			out = append(out, fmt.Sprintf(m.says, m.n))
		}
	}
	return out
}

// QuestionsOf writes how many questions name a skill; nothing if they were not counted.
func (r *Reader) QuestionsOf(s *Skill) string {
	if s.Questions == 0 {
		return ""
	}
	return r.count(s.Questions, r.QuestionOne, r.QuestionMany)
}

// EvidenceOf says whether what is known of a skill suffices.
func (r *Reader) EvidenceOf(s *Skill) string {
	switch {
	case s.Sufficient == nil:
		return r.Unknown
	case *s.Sufficient:
		return r.Sufficient
	default:
		return r.Insufficient
	}
}

// MustHaveOf writes how much the role asks for a skill.
func (r *Reader) MustHaveOf(m *MustHave) string {
	if m == nil {
		return r.NoMustHave
	}
	return fmt.Sprintf(r.MustHaveN, m.Weight)
}

// Asked says of which kind a question is, how it ended, and what it earned.
func (r *Reader) Asked(q *Question) string {
	points := r.Amount(q.Points)
	if q.Status == term.ItemNotScored {
		points = "–" // neither points nor zero
	}
	said := []string{
		q.Section, r.named(r.Kinds, string(q.Kind)), r.named(r.Statuses, string(q.Status)), fmt.Sprintf(r.Points, points, r.Amount(q.Maximum)),
	}
	if q.Dropped {
		said = append(said, r.Dropped)
	}
	return strings.Join(said, " · ")
}

// named is an enumeration's value in the language; one that the table does not know yet is shown as it is stored.
func (r *Reader) named(table map[string]string, value string) string {
	if text := table[value]; text != "" {
		return text
	}
	return strings.ToLower(strings.ReplaceAll(value, "_", " "))
}

// Weighed is what was assessed, with its weight where weights differ.
func (r *Reader) Weighed(e *Entry) string {
	if e.Weight == 1 {
		return e.Text
	}
	return e.Text + " (" + fmt.Sprintf(r.Weight, e.Weight) + ")"
}

// PointsFor writes the points of an award; of what nobody could judge there are none.
func (r *Reader) PointsFor(e *Entry) string {
	if e.NotScorable {
		return "–"
	}
	return r.PointsOf(e.Points, e.Maximum)
}

// Awarder says who or what awarded the points, who confirmed them, and whether they do not count.
func (r *Reader) Awarder(e *Entry) string {
	said := r.named(r.Sources, string(e.Source))
	if e.By != "" {
		said += ": " + e.By
	}
	if e.ConfirmedBy != "" {
		said += ", " + fmt.Sprintf(r.ConfirmedBy, e.ConfirmedBy)
	}
	if e.NotScorable {
		said += "; " + r.NotScorable
	}
	if e.SetAside {
		said += "; " + r.SetAside
	}
	return said
}

// Ran says what became of running a code answer.
func (r *Reader) Ran(e *Execution) string {
	text := r.named(r.Executions, string(e.State))
	if e.State == Executed {
		return fmt.Sprintf(text, e.Passed, e.Tests)
	}
	return text
}

// Judged is what a person concluded from the signals.
func (r *Reader) Judged(i Integrity) string {
	said := r.named(r.Verdicts, string(i.Verdict))
	if i.JudgedBy != "" {
		said += " (" + fmt.Sprintf(r.Words.JudgedBy, i.JudgedBy, r.Date(i.JudgedOn)) + ")"
	}
	return said
}

// Noticed names a kind of signal.
func (r *Reader) Noticed(s *Signal) string { return r.named(r.Signals, string(s.Kind)) }

// From names the answer that a quote stands in.
func (r *Reader) From(q *Quote) string { return fmt.Sprintf(r.InQuestion, q.Question) }

// Next is what a finding leads to.
func (r *Reader) Next(f *Finding) string { return fmt.Sprintf(r.NextStep, f.NextStep) }
