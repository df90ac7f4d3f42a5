// Package event names what happens, in the words integrations see.
//
// A type is a noun and a past participle; its name is stable. The package holds no behaviour: the scope
// writes events, feeds and webhooks read them.
package event

// Type is the stable name of a kind of event.
type Type string

// The types of events.
const (
	SkillCreated        Type = "skill.created"
	SkillUpdated        Type = "skill.updated"
	SkillMerged         Type = "skill.merged"
	JobRoleCreated      Type = "job_role.created"
	JobRoleUpdated      Type = "job_role.updated"
	QuestionCreated     Type = "question.created"
	QuestionRevised     Type = "question.revised"
	QuestionPublished   Type = "question.published"
	QuestionApproved    Type = "question.approved"
	QuestionRetired     Type = "question.retired"
	TemplateCreated     Type = "template.created"
	TemplateRevised     Type = "template.revised"
	TemplatePublished   Type = "template.published"
	TemplateApproved    Type = "template.approved"
	TemplateRetired     Type = "template.retired"
	CatalogueExported   Type = "catalogue.exported"
	CatalogueImported   Type = "catalogue.imported"
	OrganizationChanged Type = "organization.changed"
	SessionInvited      Type = "session.invited"
	SessionAccepted     Type = "session.accepted"
	SessionStarted      Type = "session.started"
	SessionSubmitted    Type = "session.submitted"
	SessionExpired      Type = "session.expired"
	SessionCancelled    Type = "session.cancelled"
	SessionPaused       Type = "session.paused"
	SessionResumed      Type = "session.resumed"
	SessionReopened     Type = "session.reopened"
	SessionReminded     Type = "session.reminded"
	SessionResent       Type = "session.resent"
	SessionRescheduled  Type = "session.rescheduled"
	SessionDeclined     Type = "session.declined"
	SessionVoided       Type = "session.voided"
	SessionScored       Type = "session.scored"
	CandidateErased     Type = "candidate.erased"
	IntegrityJudged     Type = "integrity.judged"
	ContestOpened       Type = "contest.opened"
	ContestAnswered     Type = "contest.answered"
	ReviewAssigned      Type = "review.assigned"
	ReviewSubmitted     Type = "review.submitted"
	ReviewDeclined      Type = "review.declined"
	ReviewWithdrawn     Type = "review.withdrawn"
	ReviewShort         Type = "review.reviewer_lacked"
	AdjudicationCalled  Type = "review.adjudication_called"
	ConsensusRecorded   Type = "consensus.recorded"
	ReviewRuleSet       Type = "review_rule.set"
	ReviewRuleRemoved   Type = "review_rule.removed"
	CalibrationAdded    Type = "calibration.added"
	CalibrationRetired  Type = "calibration.retired"
	CalibrationAnswered Type = "calibration.answered"
	ReportComputed      Type = "report.computed"
	ReportReleased      Type = "report.released"
	ReportRevised       Type = "report.revised"
	VersionRescored     Type = "version.rescored"
	ReportWithdrawn     Type = "report.withdrawn"
	MemberAdded         Type = "member.added"
	MemberJoined        Type = "member.joined"
	APIKeyCreated       Type = "api_key.created"
	APIKeyRotated       Type = "api_key.rotated"
	APIKeyRevoked       Type = "api_key.revoked"
)

// Types lists every type, for whoever asks for some of them.
func Types() []Type {
	return []Type{
		SkillCreated, SkillUpdated, SkillMerged, JobRoleCreated, JobRoleUpdated, QuestionCreated, QuestionRevised, QuestionPublished,
		QuestionApproved, QuestionRetired, TemplateCreated, TemplateRevised, TemplatePublished, TemplateApproved, TemplateRetired,
		CatalogueExported, CatalogueImported, OrganizationChanged, SessionInvited, SessionAccepted, SessionStarted, SessionSubmitted,
		SessionExpired, SessionCancelled, SessionPaused, SessionResumed, SessionReopened, SessionReminded, SessionResent, SessionRescheduled, SessionDeclined, SessionVoided,
		SessionScored, CandidateErased, IntegrityJudged, ContestOpened, ContestAnswered, ReviewAssigned, ReviewSubmitted,
		ReviewDeclined, ReviewWithdrawn, ReviewShort, AdjudicationCalled, ConsensusRecorded, ReviewRuleSet, ReviewRuleRemoved,
		CalibrationAdded, CalibrationRetired, CalibrationAnswered, ReportComputed, ReportReleased, ReportRevised, ReportWithdrawn, VersionRescored,
		MemberAdded, MemberJoined, APIKeyCreated,
		APIKeyRotated, APIKeyRevoked,
	}
}
