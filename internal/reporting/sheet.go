// Package reporting is what a report shows, apart from how it came about and where it is shown.
//
// A Sheet holds everything that a report's page, its PDF, its CSV and its JSON say. It is plain values: what belongs in
// it is decided by the rooms that fill it, among them what its reader may see and that nothing in it tells how much time
// a sitting had. What is absent says why, by a Reason. The package knows words and figures, and will never read a row.
package reporting

import (
	"time"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// Sheet is one revision of a report as one reader may see it.
type Sheet struct {
	Head        Head        `json:"head"`
	Overall     Overall     `json:"overall"`
	Uncertainty Uncertainty `json:"uncertainty"`
	Standing    Standing    `json:"standing"`
	Sections    []*Section  `json:"sections"`
	Skills      []*Skill    `json:"skills"`
	NotAssessed []*MustHave `json:"mustHavesNotAssessed"`
	Findings    Findings    `json:"findings"`
	Questions   []*Question `json:"questions"`
	Integrity   Integrity   `json:"integrity"`
	Notes       []string    `json:"notes"` // what else a reader must know, in the organization's language
}

// Head is whose report it is, of what, and when.
type Head struct {
	ReportID     gid.ID           `json:"reportId"`
	Candidate    string           `json:"candidate,omitempty"` // empty for who may not read candidates
	JobRole      string           `json:"jobRole"`
	Assessment   string           `json:"assessment"`
	Version      int              `json:"version"`
	TakenOn      Day              `json:"takenOn"` // the day, and never the hour
	ComputedAt   time.Time        `json:"computedAt"`
	Revision     int              `json:"revision"`
	State        term.ReportState `json:"state"`
	Superseded   bool             `json:"superseded"` // a later revision counts
	ReleasedAt   *time.Time       `json:"releasedAt,omitempty"`
	ReleasedBy   string           `json:"releasedBy,omitempty"`
	Organization string           `json:"organization"`
	Locale       string           `json:"locale"`
	TimeZone     string           `json:"timeZone"`
}

// Overall is the result as a whole.
type Overall struct {
	Percent     Number  `json:"percent"`
	Points      Number  `json:"points"`
	Maximum     Number  `json:"maximum"`
	Band        string  `json:"band"` // empty while it is provisional
	Bands       []*Band `json:"bands"`
	Cut         int     `json:"cutPercent"`
	Passed      bool    `json:"passed"` // means nothing while it is provisional
	Provisional bool    `json:"provisional"`
	Waiting     int     `json:"waiting"` // answers that nobody has scored yet
}

// Band is a named range of results.
type Band struct {
	Name string `json:"name"`
	Min  int    `json:"minPercent"`
}

// Interval is a range in percent.
type Interval struct {
	Low  Number `json:"low"`
	High Number `json:"high"`
}

// Uncertainty is how exactly the result is known.
type Uncertainty struct {
	Interval   *Interval `json:"interval,omitempty"`
	SEM        Number    `json:"sem"`   // in percent
	Level      int       `json:"level"` // how many of a hundred such intervals hold the true result
	Method     Method    `json:"method,omitempty"`
	Borderline bool      `json:"borderline"` // the cut is no farther than one standard error
	Absent     Reason    `json:"absent,omitempty"`
}

// Method is how a standard error came about.
type Method string

// The methods: from the reliability of the results so far, from the number of questions, from a model of answers.
const (
	FromReliability Method = "RELIABILITY"
	FromQuestions   Method = "BINOMIAL"
	FromModel       Method = "MODEL"
)

// Values lists every method.
func (Method) Values() []string {
	return []string{string(FromReliability), string(FromQuestions), string(FromModel)}
}

// Standing is where the result lies among others'.
type Standing struct {
	Group      string `json:"group,omitempty"`
	N          int    `json:"n"`
	AsOf       Day    `json:"asOf,omitzero"`
	Percentile *int   `json:"percentile,omitempty"` // from 1 to 99
	Histogram  []int  `json:"histogram,omitempty"`  // in equal buckets from 0 to 100 percent
	Hidden     Reason `json:"hidden,omitempty"`
	Minimum    int    `json:"minimum,omitempty"` // that the norm group needs, where it has too few
}

// Reason is why a part of a report is absent.
type Reason string

// The reasons.
const (
	NotComputed Reason = "NOT_COMPUTED" // this revision was computed without it
	TooFew      Reason = "TOO_FEW"      // too few results to say it from
	NoGroup     Reason = "NO_GROUP"     // the assessment has no norm group
	StillOpen   Reason = "STILL_OPEN"   // the result is provisional
	NotAllowed  Reason = "NOT_ALLOWED"  // this reader may not see it
	NoneFound   Reason = "NONE_FOUND"   // it was looked for, and nothing stands out
)

// Values lists every reason.
func (Reason) Values() []string {
	return []string{string(NotComputed), string(TooFew), string(NoGroup), string(StillOpen), string(NotAllowed), string(NoneFound)}
}

// Count is a sum of points, and what is missing in it.
type Count struct {
	Percent    Number `json:"percent"`
	Points     Number `json:"points"`
	Maximum    Number `json:"maximum"`
	Omitted    int    `json:"omitted"`
	NotReached int    `json:"notReached"`
	NotScored  int    `json:"notScored"`
}

// Open reports whether nothing in it is scored yet, so that its percentage says nothing.
func (c Count) Open() bool { return c.NotScored > 0 && c.Points == 0 }

// Section is a part of the assessment.
type Section struct {
	Title string `json:"title"`
	Count
	TimeUsed *Number `json:"timeUsed,omitempty"` // percent of its allowed time; never minutes, from which extra time could be told
}

// Skill is how a skill went.
type Skill struct {
	Name string `json:"name"`
	Count
	Questions  int       `json:"questions,omitempty"` // that name it; 0 if they were not counted
	MustHave   *MustHave `json:"mustHave,omitempty"`
	Sufficient *bool     `json:"sufficient,omitempty"` // whether the evidence suffices; nil if nobody looked
	Interval   *Interval `json:"interval,omitempty"`
}

// MustHave is a skill that the job role demands.
type MustHave struct {
	Name        string `json:"name"`
	Weight      int    `json:"weight"`
	Description string `json:"description,omitempty"`
}

// Findings are what stands out.
type Findings struct {
	Strengths []*Finding `json:"strengths"`
	WeakSpots []*Finding `json:"weakSpots"`
	Absent    Reason     `json:"absent,omitempty"`
}

// Finding is one thing that stands out, with the answers that show it.
type Finding struct {
	Skill    string   `json:"skill"`
	Text     string   `json:"text"`
	Evidence []*Quote `json:"evidence"`
	NextStep string   `json:"nextStep,omitempty"`
}

// Quote is a part of an answer.
type Quote struct {
	Question string `json:"question"` // its reference, such as 1.2
	Text     string `json:"text"`
}

// Question is one question with the trace of its points.
type Question struct {
	Ref       string            `json:"ref"`
	Section   string            `json:"section"`
	Title     string            `json:"title"`
	Kind      term.QuestionKind `json:"kind"`
	Status    term.ItemStatus   `json:"status"`
	Points    Number            `json:"points"`
	Maximum   Number            `json:"maximum"`
	Dropped   bool              `json:"dropped,omitempty"` // it counts for nobody, whatever was awarded
	Trace     []*Entry          `json:"trace"`
	Execution *Execution        `json:"execution,omitempty"` // of code answers
}

// Entry is who or what awarded which points, for which criterion, on what evidence. Of several awards for a criterion all
// stand here, also those that do not count.
type Entry struct {
	Criterion   string           `json:"criterion"`
	Text        string           `json:"text"`
	Weight      int              `json:"weight"`
	Points      Number           `json:"points"`
	Maximum     Number           `json:"maximum"`
	Source      term.ScoreSource `json:"source"`
	By          string           `json:"by,omitempty"`          // a person's name, or a model with its version
	ConfirmedBy string           `json:"confirmedBy,omitempty"` // who confirmed what a model proposed
	Evidence    string           `json:"evidence,omitempty"`
	Comment     string           `json:"comment,omitempty"`
	SetAside    bool             `json:"setAside,omitempty"`    // it does not count
	NotScorable bool             `json:"notScorable,omitempty"` // nobody could say: neither points nor zero
	WholeAnswer bool             `json:"wholeAnswer,omitempty"` // nothing was quoted: the answer as a whole is the evidence
}

// Execution is what became of running a code answer.
type Execution struct {
	State  ExecutionState `json:"state"`
	Passed int            `json:"passed"` // tests
	Tests  int            `json:"tests"`
}

// ExecutionState is whether a code answer was run.
type ExecutionState string

// The states of an execution. Whether code runs is never guessed.
const (
	NotExecuted ExecutionState = "NOT_EXECUTED"
	Executed    ExecutionState = "EXECUTED"
	Failed      ExecutionState = "FAILED"
)

// Values lists every state.
func (ExecutionState) Values() []string {
	return []string{string(NotExecuted), string(Executed), string(Failed)}
}

// Integrity is what was recorded of how the assessment was taken. It stands apart and never changed a point.
type Integrity struct {
	Verdict  term.IntegrityVerdict `json:"verdict,omitempty"`
	Comment  string                `json:"comment,omitempty"`
	JudgedBy string                `json:"judgedBy,omitempty"`
	JudgedOn Day                   `json:"judgedOn,omitzero"`
	Signals  []*Signal             `json:"signals"`
	Absent   Reason                `json:"absent,omitempty"`
}

// Signal is how often something was recorded.
type Signal struct {
	Kind  term.IntegritySignal `json:"kind"`
	Count int                  `json:"count"`
}
