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
	FeedbackSkills   FeedbackPolicy = "SKILLS"
)

// Values lists every policy.
func (FeedbackPolicy) Values() []string {
	return []string{string(FeedbackNone), string(FeedbackOutcome), string(FeedbackSections), string(FeedbackSkills)}
}

// SessionState is where a candidate's session stands.
type SessionState string

// The states of a session.
const (
	Invited    SessionState = "INVITED"
	Expired    SessionState = "EXPIRED"
	Cancelled  SessionState = "CANCELLED"
	InProgress SessionState = "IN_PROGRESS"
	Paused     SessionState = "PAUSED"
	Submitted  SessionState = "SUBMITTED"
	InReview   SessionState = "IN_REVIEW"
	Scored     SessionState = "SCORED"
	Released   SessionState = "RELEASED"
	Declined   SessionState = "DECLINED"
	Voided     SessionState = "VOIDED"
)

// Values lists every state.
func (SessionState) Values() []string {
	return []string{
		string(Invited), string(Expired), string(Cancelled), string(InProgress), string(Paused),
		string(Submitted), string(InReview), string(Scored), string(Released), string(Declined), string(Voided),
	}
}

// Running reports whether a started session has not ended yet: its clock runs, or is stopped for a while.
func (s SessionState) Running() bool { return s == InProgress || s == Paused }

// ClockKind is what an entry of a session's clock ledger says.
type ClockKind string

// The kinds of clock entry. RAN_OUT is the end of the sitting by the clock, the others with that word the end of a part of
// it. GRANTED gives time by a person, CREDITED by the server for what was no fault of the candidate's.
const (
	ClockStarted          ClockKind = "STARTED"
	ClockSectionEntered   ClockKind = "SECTION_ENTERED"
	ClockQuestionEntered  ClockKind = "QUESTION_ENTERED"
	ClockSectionSubmitted ClockKind = "SECTION_SUBMITTED"
	ClockSectionRanOut    ClockKind = "SECTION_RAN_OUT"
	ClockPaused           ClockKind = "PAUSED"
	ClockResumed          ClockKind = "RESUMED"
	ClockGranted          ClockKind = "GRANTED"
	ClockCredited         ClockKind = "CREDITED"
	ClockDisconnected     ClockKind = "DISCONNECTED"
	ClockReconnected      ClockKind = "RECONNECTED"
	ClockTakenOver        ClockKind = "TAKEN_OVER"
	ClockReopened         ClockKind = "REOPENED"
	ClockSubmitted        ClockKind = "SUBMITTED"
	ClockRanOut           ClockKind = "RAN_OUT"
)

// Values lists every kind.
func (ClockKind) Values() []string {
	return []string{
		string(ClockStarted), string(ClockSectionEntered), string(ClockQuestionEntered), string(ClockSectionSubmitted), string(ClockSectionRanOut),
		string(ClockPaused), string(ClockResumed), string(ClockGranted), string(ClockCredited), string(ClockDisconnected), string(ClockReconnected),
		string(ClockTakenOver), string(ClockReopened), string(ClockSubmitted), string(ClockRanOut),
	}
}

// ClockReason is why a person or the server stopped a clock or gave time.
type ClockReason string

// The reasons. NONE stands where none is asked.
const (
	ReasonNone          ClockReason = "NONE"
	ReasonTechnical     ClockReason = "TECHNICAL"
	ReasonInterruption  ClockReason = "INTERRUPTION"
	ReasonEmergency     ClockReason = "EMERGENCY"
	ReasonBreak         ClockReason = "BREAK"
	ReasonOrganizer     ClockReason = "ORGANIZER"
	ReasonAccommodation ClockReason = "ACCOMMODATION"
	ReasonDisconnect    ClockReason = "DISCONNECT"
	ReasonOutage        ClockReason = "OUTAGE"
)

// Values lists every reason.
func (ClockReason) Values() []string {
	return []string{
		string(ReasonNone), string(ReasonTechnical), string(ReasonInterruption), string(ReasonEmergency), string(ReasonBreak),
		string(ReasonOrganizer), string(ReasonAccommodation), string(ReasonDisconnect), string(ReasonOutage),
	}
}

// AccommodationState is where a request for accommodation stands.
type AccommodationState string

// The states of an accommodation. CHANGED is granted, and not as it was asked for.
const (
	AccommodationRequested AccommodationState = "REQUESTED"
	AccommodationGranted   AccommodationState = "GRANTED"
	AccommodationChanged   AccommodationState = "CHANGED"
	AccommodationDeclined  AccommodationState = "DECLINED"
	AccommodationWithdrawn AccommodationState = "WITHDRAWN"
)

// Values lists every state.
func (AccommodationState) Values() []string {
	return []string{
		string(AccommodationRequested), string(AccommodationGranted), string(AccommodationChanged),
		string(AccommodationDeclined), string(AccommodationWithdrawn),
	}
}

// UploadState is where an uploaded file stands.
type UploadState string

// The states of an upload. REJECTED was refused by its content or by the virus scan.
const (
	UploadOpen     UploadState = "OPEN"
	UploadComplete UploadState = "COMPLETE"
	UploadRejected UploadState = "REJECTED"
)

// Values lists every state.
func (UploadState) Values() []string {
	return []string{string(UploadOpen), string(UploadComplete), string(UploadRejected)}
}

// ScanState is what a virus scan said of an uploaded file.
type ScanState string

// The states of a scan. NOT_SCANNED is its own value: where no scanner is configured nobody says that a file is clean.
const (
	NotScanned ScanState = "NOT_SCANNED"
	ScanClean  ScanState = "CLEAN"
	ScanFound  ScanState = "INFECTED"
)

// Values lists every state.
func (ScanState) Values() []string {
	return []string{string(NotScanned), string(ScanClean), string(ScanFound)}
}

// IntegrityVerdict is what a person concluded from a session's signals.
type IntegrityVerdict string

// The verdicts. NOT_EVALUATED stands until a person writes another.
const (
	NotEvaluated IntegrityVerdict = "NOT_EVALUATED"
	Explained    IntegrityVerdict = "EXPLAINED"
	NoConcern    IntegrityVerdict = "NO_CONCERN"
	Concern      IntegrityVerdict = "CONCERN"
)

// Values lists every verdict.
func (IntegrityVerdict) Values() []string {
	return []string{string(NotEvaluated), string(Explained), string(NoConcern), string(Concern)}
}

// ContestSubject is what a candidate contests.
type ContestSubject string

// What can be contested.
const (
	ContestIntegrity ContestSubject = "INTEGRITY"
	ContestScore     ContestSubject = "SCORE"
)

// Values lists every subject.
func (ContestSubject) Values() []string {
	return []string{string(ContestIntegrity), string(ContestScore)}
}

// ContestState is where a candidate's contest stands.
type ContestState string

// The states of a contest.
const (
	ContestOpen     ContestState = "OPEN"
	ContestAnswered ContestState = "ANSWERED"
)

// Values lists every state.
func (ContestState) Values() []string {
	return []string{string(ContestOpen), string(ContestAnswered)}
}

// OutputComparison is how what a program printed is compared with what was expected.
type OutputComparison string

// The comparisons of output. TRIMMED forgives white space at the ends of lines and of the whole, EXACT nothing.
const (
	TrimmedOutput OutputComparison = "TRIMMED"
	ExactOutput   OutputComparison = "EXACT"
)

// Values lists every comparison.
func (OutputComparison) Values() []string {
	return []string{string(TrimmedOutput), string(ExactOutput)}
}

// ScoreSource is who or what awarded a score.
type ScoreSource string

// The sources of a score. RULE is a rule that needs no key, such as nothing for an omitted text; RUNNER ran code against
// tests; CONSENSUS is what people agreed on afterwards, beside what each of them had awarded.
const (
	SourceKey       ScoreSource = "KEY"
	SourceReviewer  ScoreSource = "REVIEWER"
	SourceRule      ScoreSource = "RULE"
	SourceRunner    ScoreSource = "RUNNER"
	SourceConsensus ScoreSource = "CONSENSUS"
)

// Values lists every source.
func (ScoreSource) Values() []string {
	return []string{string(SourceKey), string(SourceReviewer), string(SourceRule), string(SourceRunner), string(SourceConsensus)}
}

// ReviewState is where a reviewer's assignment stands.
type ReviewState string

// The states of a review. DECLINED by its reviewer, WITHDRAWN by whoever assigns.
const (
	ReviewAssigned  ReviewState = "ASSIGNED"
	ReviewSubmitted ReviewState = "SUBMITTED"
	ReviewDeclined  ReviewState = "DECLINED"
	ReviewWithdrawn ReviewState = "WITHDRAWN"
)

// Values lists every state.
func (ReviewState) Values() []string {
	return []string{string(ReviewAssigned), string(ReviewSubmitted), string(ReviewDeclined), string(ReviewWithdrawn)}
}

// ReviewKind is why a review was assigned.
type ReviewKind string

// The kinds of review. ADJUDICATION is by a further reviewer, called where the regular ones are far apart.
const (
	ReviewRegular      ReviewKind = "REGULAR"
	ReviewAdjudication ReviewKind = "ADJUDICATION"
)

// Values lists every kind.
func (ReviewKind) Values() []string {
	return []string{string(ReviewRegular), string(ReviewAdjudication)}
}

// ReviewSpread is what one reviewer gets of a template's sessions.
type ReviewSpread string

// The spreads. SESSION: all answers of a session; QUESTION: a question's answers across sessions; SKILL: a skill's.
const (
	SpreadSession  ReviewSpread = "SESSION"
	SpreadQuestion ReviewSpread = "QUESTION"
	SpreadSkill    ReviewSpread = "SKILL"
)

// Values lists every spread.
func (ReviewSpread) Values() []string {
	return []string{string(SpreadSession), string(SpreadQuestion), string(SpreadSkill)}
}

// RescoringState is where a re-scoring stands.
type RescoringState string

// The states of a re-scoring.
const (
	RescoringApplying RescoringState = "APPLYING"
	RescoringApplied  RescoringState = "APPLIED"
)

// Values lists every state.
func (RescoringState) Values() []string {
	return []string{string(RescoringApplying), string(RescoringApplied)}
}

// ExecutionState is where a run of a code answer stands.
type ExecutionState string

// The states of a run. FAILED: the runner could not run it, and a person has to judge.
const (
	ExecutionQueued   ExecutionState = "QUEUED"
	ExecutionRunning  ExecutionState = "RUNNING"
	ExecutionExecuted ExecutionState = "EXECUTED"
	ExecutionFailed   ExecutionState = "FAILED"
)

// Values lists every state.
func (ExecutionState) Values() []string {
	return []string{string(ExecutionQueued), string(ExecutionRunning), string(ExecutionExecuted), string(ExecutionFailed)}
}

// TestOutcome is what became of one test of a code answer.
type TestOutcome string

// The outcomes. OUTPUT_LIMIT printed more than is taken.
const (
	TestPassed       TestOutcome = "PASSED"
	TestWrongOutput  TestOutcome = "WRONG_OUTPUT"
	TestTimeLimit    TestOutcome = "TIME_LIMIT"
	TestOutputLimit  TestOutcome = "OUTPUT_LIMIT"
	TestCompileError TestOutcome = "COMPILE_ERROR"
	TestRuntimeError TestOutcome = "RUNTIME_ERROR"
)

// Values lists every outcome.
func (TestOutcome) Values() []string {
	return []string{
		string(TestPassed), string(TestWrongOutput), string(TestTimeLimit), string(TestOutputLimit), string(TestCompileError), string(TestRuntimeError),
	}
}

// ReportState is where a report stands.
type ReportState string

// The states of a report. PROVISIONAL waits for a person's score; WITHDRAWN was released and taken back.
const (
	ReportProvisional ReportState = "PROVISIONAL"
	ReportReady       ReportState = "READY"
	ReportReleased    ReportState = "RELEASED"
	ReportWithdrawn   ReportState = "WITHDRAWN"
)

// Values lists every state.
func (ReportState) Values() []string {
	return []string{string(ReportProvisional), string(ReportReady), string(ReportReleased), string(ReportWithdrawn)}
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

// What mails are about.
const (
	MailInvitation MailKind = "INVITATION"
	MailReminder   MailKind = "REMINDER"
	MailSignIn     MailKind = "SIGN_IN"
	MailReview     MailKind = "REVIEW"
)

// Values lists every kind.
func (MailKind) Values() []string {
	return []string{string(MailInvitation), string(MailReminder), string(MailSignIn), string(MailReview)}
}
