// Package term holds the domain's enumerations, spelled as GraphQL and the databases spell them.
//
// Each type lists its values, so that a column, a check and a schema enum can be compared with it in tests.
// The package holds no behaviour.
package term

// QuestionKind is how a question is answered.
type QuestionKind string

// The kinds of question.
const (
	SingleChoice   QuestionKind = "SINGLE_CHOICE"
	MultipleChoice QuestionKind = "MULTIPLE_CHOICE"
	Numeric        QuestionKind = "NUMERIC"
	ShortText      QuestionKind = "SHORT_TEXT"
	LongText       QuestionKind = "LONG_TEXT"
	Ordering       QuestionKind = "ORDERING"
	Code           QuestionKind = "CODE"
	Spoken         QuestionKind = "SPOKEN"
)

// Values lists every kind.
func (QuestionKind) Values() []string {
	return []string{
		string(SingleChoice), string(MultipleChoice), string(Numeric), string(ShortText), string(LongText),
		string(Ordering), string(Code), string(Spoken),
	}
}

// Keyed reports whether answers of this kind are scored by a key alone, without a person.
func (k QuestionKind) Keyed() bool {
	return k == SingleChoice || k == MultipleChoice || k == Numeric || k == Ordering
}

// Chosen reports whether an answer of this kind names choices.
func (k QuestionKind) Chosen() bool { return k == SingleChoice || k == MultipleChoice || k == Ordering }

// Category is what a question is about.
type Category string

// The categories of question.
const (
	Behavioral   Category = "BEHAVIORAL"
	Technical    Category = "TECHNICAL"
	SystemDesign Category = "SYSTEM_DESIGN"
	Culture      Category = "CULTURE"
	Screening    Category = "SCREENING"
)

// Values lists every category.
func (Category) Values() []string {
	return []string{string(Behavioral), string(Technical), string(SystemDesign), string(Culture), string(Screening)}
}

// Level is the seniority that a question or a job role is meant for.
type Level string

// The levels, from the most junior.
const (
	Foundation  Level = "FOUNDATION"
	Entry       Level = "ENTRY"
	Experienced Level = "EXPERIENCED"
	Senior      Level = "SENIOR"
)

// Values lists every level.
func (Level) Values() []string {
	return []string{string(Foundation), string(Entry), string(Experienced), string(Senior)}
}

// PartialCredit is what a partly right answer to a choice or an ordering earns.
type PartialCredit string

// The rules of partial credit. None of them rewards ticking everything. ADJACENT_PAIRS is for ordering, MAPPED for
// choices that carry points of their own, the others for a multiple choice; ALL_OR_NOTHING serves every kind.
const (
	AllOrNothing  PartialCredit = "ALL_OR_NOTHING"
	SubtractWrong PartialCredit = "SUBTRACT_WRONG"
	SubtractEqual PartialCredit = "SUBTRACT_EQUAL"
	AdjacentPairs PartialCredit = "ADJACENT_PAIRS"
	Mapped        PartialCredit = "MAPPED"
)

// Values lists every rule.
func (PartialCredit) Values() []string {
	return []string{string(AllOrNothing), string(SubtractWrong), string(SubtractEqual), string(AdjacentPairs), string(Mapped)}
}

// ToleranceMode is how far a numeric answer may be from the key.
type ToleranceMode string

// The modes of tolerance; RELATIVE is in percent of the key.
const (
	Exact    ToleranceMode = "EXACT"
	Absolute ToleranceMode = "ABSOLUTE"
	Relative ToleranceMode = "RELATIVE"
)

// Values lists every mode.
func (ToleranceMode) Values() []string {
	return []string{string(Exact), string(Absolute), string(Relative)}
}

// JobRoleStatus tells whether a job role takes new candidates.
type JobRoleStatus string

// The states of a job role.
const (
	Open   JobRoleStatus = "OPEN"
	Closed JobRoleStatus = "CLOSED"
)

// Values lists every status.
func (JobRoleStatus) Values() []string { return []string{string(Open), string(Closed)} }

// PublicationState is where a question or a template stands between draft and retirement.
type PublicationState string

// The states of publication. PUBLISHED may have an open draft of the next version beside it.
const (
	Draft     PublicationState = "DRAFT"
	Published PublicationState = "PUBLISHED"
	Retired   PublicationState = "RETIRED"
)

// Values lists every state.
func (PublicationState) Values() []string {
	return []string{string(Draft), string(Published), string(Retired)}
}

// TemplateMode is what a template is for.
type TemplateMode string

// The modes of a template.
const (
	Assessment TemplateMode = "ASSESSMENT"
	Interview  TemplateMode = "INTERVIEW"
	Practice   TemplateMode = "PRACTICE"
)

// Values lists every mode.
func (TemplateMode) Values() []string {
	return []string{string(Assessment), string(Interview), string(Practice)}
}

// SectionOrder is the order in which a section's questions are asked.
type SectionOrder string

// The orders. SHUFFLED is another one for each session, and always the same one for the same session.
const (
	Fixed    SectionOrder = "FIXED"
	Shuffled SectionOrder = "SHUFFLED"
)

// Values lists every order.
func (SectionOrder) Values() []string { return []string{string(Fixed), string(Shuffled)} }

// Navigation is how a candidate moves through a section.
type Navigation string

// The ways to move.
const (
	Free        Navigation = "FREE"
	ForwardOnly Navigation = "FORWARD_ONLY"
)

// Values lists every way.
func (Navigation) Values() []string { return []string{string(Free), string(ForwardOnly)} }

// IntegritySignal is something that a sitting may record of how it was taken. It never changes points.
type IntegritySignal string

// The signals.
const (
	FocusLost      IntegritySignal = "FOCUS_LOST"
	Pasted         IntegritySignal = "PASTED"
	FullScreenLeft IntegritySignal = "FULL_SCREEN_LEFT"
	SecondDevice   IntegritySignal = "SECOND_DEVICE"
)

// Values lists every signal.
func (IntegritySignal) Values() []string {
	return []string{string(FocusLost), string(Pasted), string(FullScreenLeft), string(SecondDevice)}
}

// FeedbackPolicy is what a candidate sees of a released report.
type FeedbackPolicy string

// The feedback policies, each showing more than the one before.
const (
	FeedbackNone     FeedbackPolicy = "NONE"
	FeedbackOutcome  FeedbackPolicy = "OUTCOME"
	FeedbackSections FeedbackPolicy = "SECTIONS"
)

// Values lists every policy.
func (FeedbackPolicy) Values() []string {
	return []string{string(FeedbackNone), string(FeedbackOutcome), string(FeedbackSections)}
}

// SessionState is where a candidate's session stands.
type SessionState string

// The states of a session.
const (
	Invited    SessionState = "INVITED"
	Expired    SessionState = "EXPIRED"
	Cancelled  SessionState = "CANCELLED"
	InProgress SessionState = "IN_PROGRESS"
	Submitted  SessionState = "SUBMITTED"
	InReview   SessionState = "IN_REVIEW"
	Scored     SessionState = "SCORED"
	Released   SessionState = "RELEASED"
)

// Values lists every state.
func (SessionState) Values() []string {
	return []string{
		string(Invited), string(Expired), string(Cancelled), string(InProgress),
		string(Submitted), string(InReview), string(Scored), string(Released),
	}
}

// ClockKind is what an entry of a session's clock ledger says.
type ClockKind string

// The kinds of clock entry.
const (
	ClockStarted   ClockKind = "STARTED"
	ClockSubmitted ClockKind = "SUBMITTED"
	ClockRanOut    ClockKind = "RAN_OUT"
)

// Values lists every kind.
func (ClockKind) Values() []string {
	return []string{string(ClockStarted), string(ClockSubmitted), string(ClockRanOut)}
}

// ScoreSource is who or what awarded a score.
type ScoreSource string

// The sources of a score. RULE is a rule that needs no key, such as nothing for an omitted text.
const (
	SourceKey      ScoreSource = "KEY"
	SourceReviewer ScoreSource = "REVIEWER"
	SourceRule     ScoreSource = "RULE"
)

// Values lists every source.
func (ScoreSource) Values() []string {
	return []string{string(SourceKey), string(SourceReviewer), string(SourceRule)}
}

// ReviewState is where a reviewer's assignment stands.
type ReviewState string

// The states of a review.
const (
	ReviewAssigned  ReviewState = "ASSIGNED"
	ReviewSubmitted ReviewState = "SUBMITTED"
)

// Values lists every state.
func (ReviewState) Values() []string {
	return []string{string(ReviewAssigned), string(ReviewSubmitted)}
}

// ReportState is where a report stands.
type ReportState string

// The states of a report. PROVISIONAL waits for a person's score.
const (
	ReportProvisional ReportState = "PROVISIONAL"
	ReportReady       ReportState = "READY"
	ReportReleased    ReportState = "RELEASED"
)

// Values lists every state.
func (ReportState) Values() []string {
	return []string{string(ReportProvisional), string(ReportReady), string(ReportReleased)}
}

// ItemStatus is how one question or criterion ended.
type ItemStatus string

// The ends of a question. NOT_REACHED was never answered because time ran out before it.
const (
	ItemScored     ItemStatus = "SCORED"
	ItemOmitted    ItemStatus = "OMITTED"
	ItemNotReached ItemStatus = "NOT_REACHED"
	ItemNotScored  ItemStatus = "NOT_SCORED"
)

// Values lists every status.
func (ItemStatus) Values() []string {
	return []string{string(ItemScored), string(ItemOmitted), string(ItemNotReached), string(ItemNotScored)}
}

// MailKind is what a mail is about.
type MailKind string

// MailInvitation asks a candidate to take an assessment.
const MailInvitation MailKind = "INVITATION"

// Values lists every kind.
func (MailKind) Values() []string { return []string{string(MailInvitation)} }
