package policy

// Action is something that an operation does, `noun.verb`.
type Action string

// Every action of the API.
const (
	OrganizationRead    Action = "organization.read"
	OrganizationWrite   Action = "organization.write"
	MemberRead          Action = "member.read"
	MemberManage        Action = "member.manage"
	AuditRead           Action = "audit.read"
	APIKeyManage        Action = "apikey.manage"
	SkillRead           Action = "skill.read"
	SkillWrite          Action = "skill.write"
	JobRoleRead         Action = "job_role.read"
	JobRoleWrite        Action = "job_role.write"
	QuestionRead        Action = "question.read"
	QuestionWrite       Action = "question.write"
	QuestionPublish     Action = "question.publish"
	TemplateRead        Action = "template.read"
	TemplateWrite       Action = "template.write"
	TemplatePublish     Action = "template.publish"
	CatalogueExport     Action = "catalogue.export"
	CatalogueImport     Action = "catalogue.import"
	CandidateRead       Action = "candidate.read"
	SessionRead         Action = "session.read"
	SessionInvite       Action = "session.invite"
	SessionCancel       Action = "session.cancel"
	SessionAdjust       Action = "session.adjust"
	EventRead           Action = "event.read"
	IntegrityRead       Action = "integrity.read"
	IntegrityJudge      Action = "integrity.judge"
	ContestAnswer       Action = "contest.answer"
	AccommodationDecide Action = "accommodation.decide"
	CandidateErase      Action = "candidate.erase"
	RecordingPlay       Action = "recording.play"
	ReviewAssign        Action = "review.assign"
	ReviewScore         Action = "review.score"
	ReviewConsensus     Action = "review.consensus"
	ReportRead          Action = "report.read"
	ReportRelease       Action = "report.release"
	ReportRescore       Action = "report.rescore"
	InsightRead         Action = "insight.read"
	CatalogueReindex    Action = "catalogue.reindex"
	SittingTake         Action = "sitting.take"
	FeedbackRead        Action = "feedback.read"
	SessionFinish       Action = "session.finish"
	SessionScore        Action = "session.score"
	MailSend            Action = "mail.send"
	FileKeep            Action = "file.keep"
)

// Actions are all actions, in the order of the golden matrix.
var Actions = []Action{
	OrganizationRead, OrganizationWrite, MemberRead, MemberManage, AuditRead, APIKeyManage,
	SkillRead, SkillWrite, JobRoleRead, JobRoleWrite,
	QuestionRead, QuestionWrite, QuestionPublish, TemplateRead, TemplateWrite, TemplatePublish,
	CatalogueExport, CatalogueImport,
	CandidateRead, CandidateErase, SessionRead, SessionInvite, SessionCancel, SessionAdjust, EventRead,
	AccommodationDecide, IntegrityRead, IntegrityJudge, ContestAnswer, RecordingPlay,
	ReviewAssign, ReviewScore, ReviewConsensus, ReportRead, ReportRelease, ReportRescore, InsightRead,
	SittingTake, FeedbackRead,
	CatalogueReindex, SessionFinish, SessionScore, MailSend, FileKeep,
}
