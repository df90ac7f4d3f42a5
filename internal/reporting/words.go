package reporting

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed words/*.json
var wordFiles embed.FS

// Words are everything that a report says, in one language. Verbs of fmt are numbered, so that each language has its own
// order; enumerations are maps by their values.
type Words struct {
	Language          string
	OtherLanguage     string
	Months            []string
	Day               string
	Moment            string
	DecimalPoint      string
	Percent           string
	Skip              string
	SignOut           string
	Report            string
	ReportOf          string
	Version           string
	TakenOn           string
	Computed          string
	Revision          string
	ReleasedOn        string
	ReleasedBy        string
	States            map[string]string
	Superseded        string
	Contents          string
	Downloads         string
	Numbers           string
	Page              string
	Accessible        string
	Unprintable       string
	Result            string
	SoFar             string
	Points            string
	Of                string
	Passed            string
	NotPassed         string
	Cut               string
	BandFrom          string
	BandsAre          string
	Nothing           string
	Band              string
	From              string
	Share             string
	Provisional       string
	WaitsOne          string
	WaitsMany         string
	OnlyScored        string
	Between           string
	Uncertainty       string
	Uncertain         string
	Methods           map[string]string
	Borderline        string
	UncertaintyAbsent map[string]string
	Standing          string
	Group             string
	Tallest           string
	Percentile        string
	People            string
	Theirs            string
	Bucket            string
	StandingAbsent    map[string]string
	Sections          string
	Section           string
	PointsHead        string
	PercentHead       string
	TimeHead          string
	NotScoredN        string
	OmittedN          string
	NotReachedN       string
	TimeTitle         string
	TimeDesc          string
	TimeScale         string
	TimeAbsent        string
	Skills            string
	Skill             string
	SkillsTitle       string
	SkillsDesc        string
	SkillsScale       string
	SkillsNone        string
	MustHave          string
	MustHaveN         string
	NoMustHave        string
	QuestionOne       string
	QuestionMany      string
	EvidenceHead      string
	Sufficient        string
	Insufficient      string
	Unknown           string
	IntervalHead      string
	NotAssessed       string
	NotAssessedText   string
	Strengths         string
	WeakSpots         string
	Findings          string
	NoStrengths       string
	NoWeakSpots       string
	InQuestion        string
	NextStep          string
	FindingsAbsent    map[string]string
	Questions         string
	QuestionsTrace    string
	CriterionHead     string
	ByHead            string
	TraceHead         string
	Weight            string
	Waits             string
	ConfirmedBy       string
	SetAside          string
	NotScorable       string
	Dropped           string
	Someone           string
	Sources           map[string]string
	Statuses          map[string]string
	Kinds             map[string]string
	Executions        map[string]string
	Integrity         string
	IntegrityText     string
	IntegrityAbsent   map[string]string
	VerdictHead       string
	Verdicts          map[string]string
	JudgedBy          string
	SignalHead        string
	CountHead         string
	Signals           map[string]string
	NoSignals         string
	Notes             string
}

// Languages are those in which reports are written; the first serves whoever speaks none of them.
func Languages() []string { return []string{"en", "de"} }

// LanguageOf is the report's language for a locale such as de-AT.
func LanguageOf(locale string) string {
	tongue, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), "-")
	for _, l := range Languages() {
		if l == tongue {
			return l
		}
	}
	return Languages()[0]
}

// wordsOf reads a language's table.
func wordsOf(language string) (*Words, error) {
	text, err := wordFiles.ReadFile("words/" + language + ".json")
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	w, d := new(Words), json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(w); err != nil {
		return nil, fmt.Errorf("read words of %s: %w", language, err)
	}
	return w, nil
}
