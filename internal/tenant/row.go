package tenant

import (
	"context"
	"slices"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/accommodation"
	"github.com/assay-hq/assay/ent/apikey"
	"github.com/assay-hq/assay/ent/auditevent"
	"github.com/assay-hq/assay/ent/binding"
	"github.com/assay-hq/assay/ent/calibration"
	"github.com/assay-hq/assay/ent/calibrationattempt"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/clockentry"
	"github.com/assay-hq/assay/ent/contest"
	"github.com/assay-hq/assay/ent/disposition"
	"github.com/assay-hq/assay/ent/event"
	"github.com/assay-hq/assay/ent/execution"
	"github.com/assay-hq/assay/ent/exposure"
	"github.com/assay-hq/assay/ent/flag"
	"github.com/assay-hq/assay/ent/jobrole"
	"github.com/assay-hq/assay/ent/jobroleskill"
	"github.com/assay-hq/assay/ent/mail"
	"github.com/assay-hq/assay/ent/member"
	"github.com/assay-hq/assay/ent/norm"
	"github.com/assay-hq/assay/ent/organization"
	"github.com/assay-hq/assay/ent/presence"
	"github.com/assay-hq/assay/ent/question"
	"github.com/assay-hq/assay/ent/questionrevision"
	"github.com/assay-hq/assay/ent/questionskill"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/reportshare"
	"github.com/assay-hq/assay/ent/rescoring"
	"github.com/assay-hq/assay/ent/response"
	"github.com/assay-hq/assay/ent/review"
	"github.com/assay-hq/assay/ent/reviewrule"
	"github.com/assay-hq/assay/ent/score"
	"github.com/assay-hq/assay/ent/scoresheet"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/signal"
	"github.com/assay-hq/assay/ent/signinlink"
	"github.com/assay-hq/assay/ent/skill"
	"github.com/assay-hq/assay/ent/template"
	"github.com/assay-hq/assay/ent/templateuse"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/ent/versionuse"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// A scope's queries: each carries the organization and what the actor may see of it.

// Organizations are the one organization of the scope.
func (s Scope) Organizations() *ent.OrganizationQuery {
	return s.client.Organization.Query().Where(organization.ID(s.org))
}

// Members are the organization's members.
func (s Scope) Members() *ent.MemberQuery {
	return s.client.Member.Query().Where(member.OrganizationID(s.org), s.staff)
}

// Candidates are the candidates, where limited those of the visible job roles.
func (s Scope) Candidates() *ent.CandidateQuery {
	return s.client.Candidate.Query().Where(candidate.OrganizationID(s.org), s.candidates)
}

// Skills are the skills.
func (s Scope) Skills() *ent.SkillQuery {
	return s.client.Skill.Query().Where(skill.OrganizationID(s.org), s.staff)
}

// QuestionSkills say which skills the visible questions show.
func (s Scope) QuestionSkills() *ent.QuestionSkillQuery {
	return s.client.QuestionSkill.Query().Where(questionskill.OrganizationID(s.org), s.questions("question_id"))
}

// VersionUses say which revisions the visible published versions ask.
func (s Scope) VersionUses() *ent.VersionUseQuery {
	return s.client.VersionUse.Query().Where(versionuse.OrganizationID(s.org), s.ofVersions(versionuse.FieldTemplateVersionID))
}

// Exposures say which drawn questions the sessions of the visible published versions were asked.
func (s Scope) Exposures() *ent.ExposureQuery {
	return s.client.Exposure.Query().Where(exposure.OrganizationID(s.org), s.ofVersions(exposure.FieldTemplateVersionID))
}

// JobRoles are the visible job roles.
func (s Scope) JobRoles() *ent.JobRoleQuery {
	return s.client.JobRole.Query().Where(jobrole.OrganizationID(s.org), s.roles("id"))
}

// JobRoleSkills are the must-have skills of the visible job roles.
func (s Scope) JobRoleSkills() *ent.JobRoleSkillQuery {
	return s.client.JobRoleSkill.Query().Where(jobroleskill.OrganizationID(s.org), s.roles("job_role_id"))
}

// Questions are the question bank, where limited what the visible job roles' templates use.
func (s Scope) Questions() *ent.QuestionQuery {
	return s.client.Question.Query().Where(question.OrganizationID(s.org), s.questions("id"))
}

// QuestionRevisions are the revisions of the visible questions.
func (s Scope) QuestionRevisions() *ent.QuestionRevisionQuery {
	return s.client.QuestionRevision.Query().Where(questionrevision.OrganizationID(s.org), s.questions("question_id"))
}

// Templates are the templates of the visible job roles.
func (s Scope) Templates() *ent.TemplateQuery {
	return s.client.Template.Query().Where(template.OrganizationID(s.org), s.roles("job_role_id"))
}

// TemplateVersions are the published versions; for a candidate the one of the sitting.
func (s Scope) TemplateVersions() *ent.TemplateVersionQuery {
	return s.client.TemplateVersion.Query().Where(templateversion.OrganizationID(s.org), s.versions)
}

// Sessions are the sessions of the visible job roles; for a candidate the one sitting.
func (s Scope) Sessions() *ent.SessionQuery {
	return s.client.Session.Query().Where(session.OrganizationID(s.org), s.sessions("id"))
}

// ClockEntries are the clock ledgers of the visible sessions.
func (s Scope) ClockEntries() *ent.ClockEntryQuery {
	return s.client.ClockEntry.Query().Where(clockentry.OrganizationID(s.org), s.sessions("session_id"))
}

// Responses are the responses of the visible sessions.
func (s Scope) Responses() *ent.ResponseQuery {
	return s.client.Response.Query().Where(response.OrganizationID(s.org), s.sessions("session_id"))
}

// Scores are the scores of the visible sessions.
func (s Scope) Scores() *ent.ScoreQuery {
	return s.client.Score.Query().Where(score.OrganizationID(s.org), s.staff, s.sessions("session_id"))
}

// Reviews are the reviews; to score, only those assigned to the actor.
func (s Scope) Reviews() *ent.ReviewQuery {
	return s.client.Review.Query().Where(review.OrganizationID(s.org), s.reviews)
}

// ScoreSheets are what keys and rules awarded the visible sessions.
func (s Scope) ScoreSheets() *ent.ScoreSheetQuery {
	return s.client.ScoreSheet.Query().Where(scoresheet.OrganizationID(s.org), s.staff, s.sessions("session_id"))
}

// Rescorings are the mendings of the keys of the visible job roles' versions.
func (s Scope) Rescorings() *ent.RescoringQuery {
	return s.client.Rescoring.Query().Where(rescoring.OrganizationID(s.org), s.roles("job_role_id"))
}

// ReviewRules are the review rules of the visible job roles' templates.
func (s Scope) ReviewRules() *ent.ReviewRuleQuery {
	return s.client.ReviewRule.Query().Where(reviewrule.OrganizationID(s.org), s.roles("job_role_id"))
}

// Calibrations are the calibrations of the visible questions.
func (s Scope) Calibrations() *ent.CalibrationQuery {
	return s.client.Calibration.Query().Where(calibration.OrganizationID(s.org), s.questions("question_id"))
}

// CalibrationAttempts are how reviewers scored calibrations.
func (s Scope) CalibrationAttempts() *ent.CalibrationAttemptQuery {
	return s.client.CalibrationAttempt.Query().Where(calibrationattempt.OrganizationID(s.org), s.staff)
}

// Norms are the norm groups of the visible job roles' versions.
func (s Scope) Norms() *ent.NormQuery {
	return s.client.Norm.Query().Where(norm.OrganizationID(s.org), s.roles("job_role_id"))
}

// ReportShares are the links to the reports of the visible job roles.
func (s Scope) ReportShares() *ent.ReportShareQuery {
	return s.client.ReportShare.Query().Where(reportshare.OrganizationID(s.org), s.roles("job_role_id"))
}

// Executions are the runs of the visible sessions' code answers.
func (s Scope) Executions() *ent.ExecutionQuery {
	return s.client.Execution.Query().Where(execution.OrganizationID(s.org), s.staff, s.sessions("session_id"))
}

// Reports are the reports of the visible job roles; for a candidate the released one of the sitting.
func (s Scope) Reports() *ent.ReportQuery {
	return s.client.Report.Query().Where(report.OrganizationID(s.org), s.reports)
}

// Flags are the marks on questions of the visible sessions.
func (s Scope) Flags() *ent.FlagQuery {
	return s.client.Flag.Query().Where(flag.OrganizationID(s.org), s.sessions("session_id"))
}

// Presences say when the pages of the visible sessions were heard of last.
func (s Scope) Presences() *ent.PresenceQuery {
	return s.client.Presence.Query().Where(presence.OrganizationID(s.org), s.sessions("session_id"))
}

// Accommodations are the accommodations of the visible sessions; the permission to decide is what shows them to staff.
func (s Scope) Accommodations() *ent.AccommodationQuery {
	return s.client.Accommodation.Query().Where(accommodation.OrganizationID(s.org), s.sessions("session_id"))
}

// Uploads are the files of the visible sessions.
func (s Scope) Uploads() *ent.UploadQuery {
	return s.client.Upload.Query().Where(upload.OrganizationID(s.org), s.sessions("session_id"))
}

// Signals are what was recorded of the visible sessions.
func (s Scope) Signals() *ent.SignalQuery {
	return s.client.Signal.Query().Where(signal.OrganizationID(s.org), s.sessions("session_id"))
}

// Dispositions are what people concluded from the signals of the visible sessions.
func (s Scope) Dispositions() *ent.DispositionQuery {
	return s.client.Disposition.Query().Where(disposition.OrganizationID(s.org), s.sessions("session_id"))
}

// Contests are the objections of the visible sessions' candidates.
func (s Scope) Contests() *ent.ContestQuery {
	return s.client.Contest.Query().Where(contest.OrganizationID(s.org), s.sessions("session_id"))
}

// SignInLinks are the mailed links to come back to the visible sessions.
func (s Scope) SignInLinks() *ent.SignInLinkQuery {
	return s.client.SignInLink.Query().Where(signinlink.OrganizationID(s.org), s.sessions("session_id"))
}

// AuditEvents are the audit.
func (s Scope) AuditEvents() *ent.AuditEventQuery {
	return s.client.AuditEvent.Query().Where(auditevent.OrganizationID(s.org), s.staff)
}

// Events are the outgoing events that have their place.
func (s Scope) Events() *ent.EventQuery {
	return s.client.Event.Query().Where(event.OrganizationID(s.org), event.PositionNotNil(), s.staff)
}

// Mails are the kept mail.
func (s Scope) Mails() *ent.MailQuery {
	return s.client.Mail.Query().Where(mail.OrganizationID(s.org), s.staff)
}

// APIKeys are the API keys.
func (s Scope) APIKeys() *ent.APIKeyQuery {
	return s.client.APIKey.Query().Where(apikey.OrganizationID(s.org), s.staff)
}

// A transaction's builders: new rows and changes that carry the organization, the id and the time.

// NewMember begins a member.
func (tx Tx) NewMember() *ent.MemberCreate {
	return tx.client.Member.Create().SetID(tx.NewID(gid.Member)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeMember begins a change of one member; it touches nothing outside the organization.
func (tx Tx) ChangeMember(id gid.ID) *ent.MemberUpdate {
	return tx.client.Member.Update().Where(member.OrganizationID(tx.org), member.ID(id))
}

// NewCandidate begins a candidate.
func (tx Tx) NewCandidate() *ent.CandidateCreate {
	return tx.client.Candidate.Create().SetID(tx.NewID(gid.Candidate)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// NewSkill begins a skill.
func (tx Tx) NewSkill() *ent.SkillCreate {
	return tx.client.Skill.Create().SetID(tx.NewID(gid.Skill)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeSkill begins a change of one skill; it touches nothing outside the organization.
func (tx Tx) ChangeSkill(id gid.ID) *ent.SkillUpdate {
	return tx.client.Skill.Update().Where(skill.OrganizationID(tx.org), skill.ID(id))
}

// ChangeOrganization begins a change of the organization.
func (tx Tx) ChangeOrganization() *ent.OrganizationUpdate {
	return tx.client.Organization.Update().Where(organization.ID(tx.org))
}

// NewJobRole begins a job role.
func (tx Tx) NewJobRole() *ent.JobRoleCreate {
	return tx.client.JobRole.Create().SetID(tx.NewID(gid.JobRole)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeJobRole begins a change of one job role; it touches nothing outside the organization.
func (tx Tx) ChangeJobRole(id gid.ID) *ent.JobRoleUpdate {
	return tx.client.JobRole.Update().Where(jobrole.OrganizationID(tx.org), jobrole.ID(id))
}

// NewJobRoleSkill begins a must-have skill.
func (tx Tx) NewJobRoleSkill() *ent.JobRoleSkillCreate {
	return tx.client.JobRoleSkill.Create().SetID(tx.NewID(gid.JobRoleSkill)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// NewQuestion begins a question.
func (tx Tx) NewQuestion() *ent.QuestionCreate {
	return tx.client.Question.Create().SetID(tx.NewID(gid.Question)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeQuestion begins a change of one question; it touches nothing outside the organization.
func (tx Tx) ChangeQuestion(id gid.ID) *ent.QuestionUpdate {
	return tx.client.Question.Update().Where(question.OrganizationID(tx.org), question.ID(id))
}

// NewQuestionRevision begins a question revision.
func (tx Tx) NewQuestionRevision() *ent.QuestionRevisionCreate {
	return tx.client.QuestionRevision.Create().SetID(tx.NewID(gid.QuestionRevision)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeQuestionRevision begins a change of one question revision; it touches nothing outside the organization.
func (tx Tx) ChangeQuestionRevision(id gid.ID) *ent.QuestionRevisionUpdate {
	return tx.client.QuestionRevision.Update().Where(questionrevision.OrganizationID(tx.org), questionrevision.ID(id))
}

// AddJobRoleSkills writes in one statement which skills a job role demands.
func (tx Tx) AddJobRoleSkills(ctx context.Context, skills []*ent.JobRoleSkillCreate) error {
	return tx.client.JobRoleSkill.CreateBulk(skills...).Exec(ctx)
}

// AddQuestionSkills notes in one statement that a question shows these skills.
func (tx Tx) AddQuestionSkills(ctx context.Context, question gid.ID, skills []gid.ID) error {
	if len(skills) == 0 {
		return nil
	}
	rows := make([]*ent.QuestionSkillCreate, len(skills))
	for i, id := range skills {
		rows[i] = tx.client.QuestionSkill.Create().SetID(tx.NewID(gid.QuestionSkill)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now).
			SetQuestionID(question).SetSkillID(id)
	}
	return tx.client.QuestionSkill.CreateBulk(rows...).Exec(ctx)
}

// AddTemplateUses notes in two statements that a template uses these questions; what was noted before is left alone.
// The template is locked by whoever calls.
func (tx Tx) AddTemplateUses(ctx context.Context, template gid.ID, questions []gid.ID) error {
	known, err := tx.client.TemplateUse.Query().Where(templateuse.OrganizationID(tx.org), templateuse.TemplateID(template)).All(ctx)
	if err != nil {
		return err
	}
	seen := make(map[gid.ID]bool, len(known))
	for _, use := range known {
		seen[use.QuestionID] = true
	}
	var rows []*ent.TemplateUseCreate
	for _, id := range questions {
		if !seen[id] {
			seen[id] = true
			rows = append(rows, tx.client.TemplateUse.Create().SetID(tx.NewID(gid.TemplateUse)).SetOrganizationID(tx.org).
				SetCreatedAt(tx.Now).SetTemplateID(template).SetQuestionID(id))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.client.TemplateUse.CreateBulk(rows...).Exec(ctx)
}

// NewTemplate begins a template.
func (tx Tx) NewTemplate() *ent.TemplateCreate {
	return tx.client.Template.Create().SetID(tx.NewID(gid.Template)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeTemplate begins a change of one template; it touches nothing outside the organization.
func (tx Tx) ChangeTemplate(id gid.ID) *ent.TemplateUpdate {
	return tx.client.Template.Update().Where(template.OrganizationID(tx.org), template.ID(id))
}

// AddVersionUses notes in one statement which revisions a version asks.
func (tx Tx) AddVersionUses(ctx context.Context, uses []*ent.VersionUseCreate) error {
	return tx.client.VersionUse.CreateBulk(uses...).Exec(ctx)
}

// NewVersionUse begins the note that a version asks a revision.
func (tx Tx) NewVersionUse() *ent.VersionUseCreate {
	return tx.client.VersionUse.Create().SetID(tx.NewID(gid.VersionUse)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// NewTemplateVersion begins a template version.
func (tx Tx) NewTemplateVersion() *ent.TemplateVersionCreate {
	return tx.client.TemplateVersion.Create().SetID(tx.NewID(gid.TemplateVersion)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// NewSession begins a session, of which whoever watches the organization's hears.
func (tx Tx) NewSession() *ent.SessionCreate {
	id := tx.NewID(gid.Session)
	tx.Tell(id)
	return tx.client.Session.Create().SetID(id).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeSession begins a change of one session; it touches nothing outside the organization. Whoever watches the
// session hears of it.
func (tx Tx) ChangeSession(id gid.ID) *ent.SessionUpdate {
	return tx.tellChange(id, tx.client.Session.Update().Where(session.OrganizationID(tx.org), session.ID(id)))
}

// NewClockEntry begins a clock entry.
func (tx Tx) NewClockEntry() *ent.ClockEntryCreate {
	return tx.client.ClockEntry.Create().SetID(tx.NewID(gid.ClockEntry)).SetOrganizationID(tx.org)
}

// ChangeCandidate begins a change of one candidate; it touches nothing outside the organization.
func (tx Tx) ChangeCandidate(id gid.ID) *ent.CandidateUpdate {
	return tx.client.Candidate.Update().Where(candidate.OrganizationID(tx.org), candidate.ID(id))
}

// NewAccommodation begins an accommodation.
func (tx Tx) NewAccommodation() *ent.AccommodationCreate {
	return tx.client.Accommodation.Create().SetID(tx.NewID(gid.Accommodation)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeAccommodation begins a change of one accommodation; it touches nothing outside the organization.
func (tx Tx) ChangeAccommodation(id gid.ID) *ent.AccommodationUpdate {
	return tx.client.Accommodation.Update().Where(accommodation.OrganizationID(tx.org), accommodation.ID(id))
}

// NewUpload begins an upload.
func (tx Tx) NewUpload() *ent.UploadCreate {
	return tx.client.Upload.Create().SetID(tx.NewID(gid.Upload)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeUpload begins a change of one upload; it touches nothing outside the organization.
func (tx Tx) ChangeUpload(id gid.ID) *ent.UploadUpdate {
	return tx.client.Upload.Update().Where(upload.OrganizationID(tx.org), upload.ID(id))
}

// NewDisposition begins a disposition.
func (tx Tx) NewDisposition() *ent.DispositionCreate {
	return tx.client.Disposition.Create().SetID(tx.NewID(gid.Disposition)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// NewContest begins a contest.
func (tx Tx) NewContest() *ent.ContestCreate {
	return tx.client.Contest.Create().SetID(tx.NewID(gid.Contest)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeContest begins a change of one contest; it touches nothing outside the organization.
func (tx Tx) ChangeContest(id gid.ID) *ent.ContestUpdate {
	return tx.client.Contest.Update().Where(contest.OrganizationID(tx.org), contest.ID(id))
}

// NewSignInLink begins a link to come back by.
func (tx Tx) NewSignInLink() *ent.SignInLinkCreate {
	return tx.client.SignInLink.Create().SetID(tx.NewID(gid.SignInLink)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeSignInLink begins a change of one link to come back by; it touches nothing outside the organization.
func (tx Tx) ChangeSignInLink(id gid.ID) *ent.SignInLinkUpdate {
	return tx.client.SignInLink.Update().Where(signinlink.OrganizationID(tx.org), signinlink.ID(id))
}

// NewScore begins a score.
func (tx Tx) NewScore() *ent.ScoreCreate {
	return tx.client.Score.Create().SetID(tx.NewID(gid.Score)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// NewReview begins a review.
func (tx Tx) NewReview() *ent.ReviewCreate {
	return tx.client.Review.Create().SetID(tx.NewID(gid.Review)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeReview begins a change of one review; it touches nothing outside the organization.
func (tx Tx) ChangeReview(id gid.ID) *ent.ReviewUpdate {
	return tx.client.Review.Update().Where(review.OrganizationID(tx.org), review.ID(id))
}

// NewReport begins a report.
func (tx Tx) NewReport() *ent.ReportCreate {
	return tx.client.Report.Create().SetID(tx.NewID(gid.Report)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeReport begins a change of one report; it touches nothing outside the organization.
func (tx Tx) ChangeReport(id gid.ID) *ent.ReportUpdate {
	return tx.client.Report.Update().Where(report.OrganizationID(tx.org), report.ID(id))
}

// NewScoreSheet begins a score sheet.
func (tx Tx) NewScoreSheet() *ent.ScoreSheetCreate {
	return tx.client.ScoreSheet.Create().SetID(tx.NewID(gid.ScoreSheet)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// NewRescoring begins a re-scoring.
func (tx Tx) NewRescoring() *ent.RescoringCreate {
	return tx.client.Rescoring.Create().SetID(tx.NewID(gid.Rescoring)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeRescoring begins a change of one re-scoring; it touches nothing outside the organization.
func (tx Tx) ChangeRescoring(id gid.ID) *ent.RescoringUpdate {
	return tx.client.Rescoring.Update().Where(rescoring.OrganizationID(tx.org), rescoring.ID(id))
}

// NewReviewRule begins a review rule.
func (tx Tx) NewReviewRule() *ent.ReviewRuleCreate {
	return tx.client.ReviewRule.Create().SetID(tx.NewID(gid.ReviewRule)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeReviewRule begins a change of one review rule; it touches nothing outside the organization.
func (tx Tx) ChangeReviewRule(id gid.ID) *ent.ReviewRuleUpdate {
	return tx.client.ReviewRule.Update().Where(reviewrule.OrganizationID(tx.org), reviewrule.ID(id))
}

// NewCalibration begins a calibration.
func (tx Tx) NewCalibration() *ent.CalibrationCreate {
	return tx.client.Calibration.Create().SetID(tx.NewID(gid.Calibration)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeCalibration begins a change of one calibration; it touches nothing outside the organization.
func (tx Tx) ChangeCalibration(id gid.ID) *ent.CalibrationUpdate {
	return tx.client.Calibration.Update().Where(calibration.OrganizationID(tx.org), calibration.ID(id))
}

// NewCalibrationAttempt begins an attempt at a calibration.
func (tx Tx) NewCalibrationAttempt() *ent.CalibrationAttemptCreate {
	return tx.client.CalibrationAttempt.Create().SetID(tx.NewID(gid.CalibrationAttempt)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// NewNorm begins a norm group.
func (tx Tx) NewNorm() *ent.NormCreate {
	return tx.client.Norm.Create().SetID(tx.NewID(gid.Norm)).SetOrganizationID(tx.org)
}

// ChangeNorm begins a change of one norm group; it touches nothing outside the organization.
func (tx Tx) ChangeNorm(id gid.ID) *ent.NormUpdate {
	return tx.client.Norm.Update().Where(norm.OrganizationID(tx.org), norm.ID(id))
}

// NewReportShare begins a link to a report.
func (tx Tx) NewReportShare() *ent.ReportShareCreate {
	return tx.client.ReportShare.Create().SetID(tx.NewID(gid.ReportShare)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeReportShare begins a change of one link to a report; it touches nothing outside the organization.
func (tx Tx) ChangeReportShare(id gid.ID) *ent.ReportShareUpdate {
	return tx.client.ReportShare.Update().Where(reportshare.OrganizationID(tx.org), reportshare.ID(id))
}

// NewExecution begins a run of a code answer.
func (tx Tx) NewExecution() *ent.ExecutionCreate {
	return tx.client.Execution.Create().SetID(tx.NewID(gid.Execution)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeExecution begins a change of one run of a code answer; it touches nothing outside the organization.
func (tx Tx) ChangeExecution(id gid.ID) *ent.ExecutionUpdate {
	return tx.client.Execution.Update().Where(execution.OrganizationID(tx.org), execution.ID(id))
}

// NewMail begins a mail.
func (tx Tx) NewMail() *ent.MailCreate {
	return tx.client.Mail.Create().SetID(tx.NewID(gid.Mail)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeMail begins a change of one mail; it touches nothing outside the organization.
func (tx Tx) ChangeMail(id gid.ID) *ent.MailUpdate {
	return tx.client.Mail.Update().Where(mail.OrganizationID(tx.org), mail.ID(id))
}

// NewAPIKey begins an API key.
func (tx Tx) NewAPIKey() *ent.APIKeyCreate {
	return tx.client.APIKey.Create().SetID(tx.NewID(gid.APIKey)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now)
}

// ChangeAPIKey begins a change of one API key; it touches nothing outside the organization.
func (tx Tx) ChangeAPIKey(id gid.ID) *ent.APIKeyUpdate {
	return tx.client.APIKey.Update().Where(apikey.OrganizationID(tx.org), apikey.ID(id))
}

// DropJobRoleSkills takes away a job role's must-have skills, to be written anew.
func (tx Tx) DropJobRoleSkills(role gid.ID) *ent.JobRoleSkillDelete {
	return tx.client.JobRoleSkill.Delete().Where(jobroleskill.OrganizationID(tx.org), jobroleskill.JobRoleID(role))
}

// Visibility: which rows of its organization a scope sees.

// staff hides a table from candidates.
func (s Scope) staff(q *entsql.Selector) {
	if !s.candidate.IsZero() {
		q.Where(entsql.False())
	}
}

// roles limits a column of job roles to those of a limited membership; candidates see none.
func (s Scope) roles(column string) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		s.staff(q)
		if s.limited {
			q.Where(in(q.Dialect(), q.C(column), s.actor.JobRoles))
		}
	}
}

// sessions limits a column of sessions to the visible ones.
func (s Scope) sessions(column string) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		switch {
		case !s.candidate.IsZero():
			q.Where(entsql.EQ(q.C(column), s.session))
		case s.limited:
			q.Where(entsql.In(q.C(column), s.ofVisibleRoles(q, session.Table, session.FieldID)))
		}
	}
}

// candidates limits candidates to those with a visible session; a candidate sees themselves.
func (s Scope) candidates(q *entsql.Selector) {
	switch {
	case !s.candidate.IsZero():
		q.Where(entsql.EQ(q.C(candidate.FieldID), s.candidate))
	case s.limited:
		q.Where(entsql.In(q.C(candidate.FieldID), s.ofVisibleRoles(q, session.Table, session.FieldCandidateID)))
	}
}

// questions limits a column of questions to those that the visible job roles' templates use.
func (s Scope) questions(column string) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		s.staff(q)
		if !s.limited {
			return
		}
		uses := entsql.Dialect(q.Dialect()).Select(templateuse.FieldQuestionID).From(entsql.Table(templateuse.Table))
		uses.Where(entsql.And(
			entsql.EQ(uses.C(templateuse.FieldOrganizationID), s.org),
			entsql.In(uses.C(templateuse.FieldTemplateID), s.ofVisibleRoles(q, template.Table, template.FieldID)),
		))
		q.Where(entsql.In(q.C(column), uses))
	}
}

// ofVersions limits a column of template versions to those of the visible job roles; candidates see none.
func (s Scope) ofVersions(column string) func(*entsql.Selector) {
	return func(q *entsql.Selector) {
		s.staff(q)
		if s.limited {
			q.Where(entsql.In(q.C(column), s.ofVisibleRoles(q, templateversion.Table, templateversion.FieldID)))
		}
	}
}

// ofVisibleRoles selects a column of a table's rows that belong to the visible job roles.
func (s Scope) ofVisibleRoles(q *entsql.Selector, table, column string) *entsql.Selector {
	rows := entsql.Dialect(q.Dialect()).Select(column).From(entsql.Table(table))
	return rows.Where(entsql.And(
		entsql.EQ(rows.C(session.FieldOrganizationID), s.org),
		in(q.Dialect(), rows.C(session.FieldJobRoleID), s.actor.JobRoles),
	))
}

// versions limits template versions to the visible job roles; a candidate sees the sitting's.
func (s Scope) versions(q *entsql.Selector) {
	if !s.candidate.IsZero() {
		q.Where(entsql.EQ(q.C(templateversion.FieldID), s.version))
		return
	}
	s.roles(templateversion.FieldJobRoleID)(q)
}

// reviews limits reviews to the visible job roles, and to the actor's own where they are to be scored.
func (s Scope) reviews(q *entsql.Selector) {
	s.roles(review.FieldJobRoleID)(q)
	if s.action == policy.ReviewScore {
		q.Where(entsql.EQ(q.C(review.FieldReviewerID), s.actor.ID))
	}
}

// reports limits reports to the visible job roles; a candidate sees the sitting's, once released.
func (s Scope) reports(q *entsql.Selector) {
	if s.candidate.IsZero() {
		s.roles(report.FieldJobRoleID)(q)
		return
	}
	q.Where(entsql.And(
		entsql.EQ(q.C(report.FieldSessionID), s.session),
		entsql.EQ(q.C(report.FieldState), term.ReportReleased),
	))
}

// Locks: the aggregate that an operation changes is locked first, so that its rivals wait for the commit. On SQLite
// the transaction itself is the lock.

// LockOrganization holds the organization until the commit: for what must be judged over many of its rows, such as a
// tree.
func (tx Tx) LockOrganization(ctx context.Context) (*ent.Organization, error) {
	return tx.Organizations().Where(tx.forNoKeyUpdate).Only(ctx)
}

// LockJobRole reads a visible job role and holds it until the commit.
func (tx Tx) LockJobRole(ctx context.Context, id gid.ID) (*ent.JobRole, error) {
	return tx.JobRoles().Where(jobrole.ID(id), tx.forUpdate).Only(ctx)
}

// LockQuestion reads a visible question and holds it until the commit.
func (tx Tx) LockQuestion(ctx context.Context, id gid.ID) (*ent.Question, error) {
	return tx.Questions().Where(question.ID(id), tx.forUpdate).Only(ctx)
}

// LockSkills reads visible skills in the order of their ids and holds them until the commit.
func (tx Tx) LockSkills(ctx context.Context, ids []gid.ID) ([]*ent.Skill, error) {
	return tx.Skills().Where(In(skill.FieldID, ids), tx.forUpdate).Order(skill.ByID()).All(ctx)
}

// HoldSkills keeps visible skills as they are until the commit, beside others who do, in the order of their ids.
func (tx Tx) HoldSkills(ctx context.Context, ids []gid.ID) error {
	_, err := tx.Skills().Where(In(skill.FieldID, ids), tx.forShare).Order(skill.ByID()).Select(skill.FieldID).All(ctx)
	return err
}

// LockUnindexed reads questions without words and holds them until the commit.
func (tx Tx) LockUnindexed(ctx context.Context, limit int) ([]*ent.Question, error) {
	return tx.Questions().Where(question.Words(""), tx.forUpdate).Order(question.ByID()).Limit(limit).All(ctx)
}

// HoldQuestions reads visible questions in the order of their ids and keeps them as they are until the commit, beside
// others who do.
func (tx Tx) HoldQuestions(ctx context.Context, ids []gid.ID) ([]*ent.Question, error) {
	return tx.Questions().Where(In(question.FieldID, ids), tx.forShare).Order(question.ByID()).All(ctx)
}

// LockTemplate reads a visible template and holds it until the commit.
func (tx Tx) LockTemplate(ctx context.Context, id gid.ID) (*ent.Template, error) {
	return tx.Templates().Where(template.ID(id), tx.forUpdate).Only(ctx)
}

// LockSession reads a visible session and holds it until the commit.
func (tx Tx) LockSession(ctx context.Context, id gid.ID) (*ent.Session, error) {
	return tx.Sessions().Where(session.ID(id), tx.forUpdate).Only(ctx)
}

// LockReview reads a visible review and holds it until the commit.
func (tx Tx) LockReview(ctx context.Context, id gid.ID) (*ent.Review, error) {
	return tx.Reviews().Where(review.ID(id), tx.forUpdate).Only(ctx)
}

// LockAPIKey reads an API key and holds it until the commit.
func (tx Tx) LockAPIKey(ctx context.Context, id gid.ID) (*ent.APIKey, error) {
	return tx.APIKeys().Where(apikey.ID(id), tx.forUpdate).Only(ctx)
}

// HoldTemplate reads a visible template and keeps it as it is until the commit, beside others who do.
func (tx Tx) HoldTemplate(ctx context.Context, id gid.ID) (*ent.Template, error) {
	return tx.Templates().Where(template.ID(id), tx.forShare).Only(ctx)
}

// HoldJobRole reads a visible job role and keeps it as it is until the commit, beside others who do.
func (tx Tx) HoldJobRole(ctx context.Context, id gid.ID) (*ent.JobRole, error) {
	return tx.JobRoles().Where(jobrole.ID(id), tx.forShare).Only(ctx)
}

func (tx Tx) forShare(q *entsql.Selector) {
	if q.Dialect() == dialect.Postgres {
		q.ForShare()
	}
}

// forNoKeyUpdate lets others refer to the row meanwhile, as every row of an organization does.
func (tx Tx) forNoKeyUpdate(q *entsql.Selector) {
	if q.Dialect() == dialect.Postgres {
		q.For("NO KEY UPDATE")
	}
}

func (tx Tx) forUpdate(q *entsql.Selector) {
	if q.Dialect() == dialect.Postgres {
		q.ForUpdate()
	}
}

// CandidateByEmail reads a candidate by normalized address, whoever may see them: an inviter with limited sight may
// invite somebody whom another job role knows.
func (tx Tx) CandidateByEmail(ctx context.Context, email string) (*ent.Candidate, error) {
	return tx.client.Candidate.Query().Where(candidate.OrganizationID(tx.org), candidate.Email(email)).Only(ctx)
}

// CountAttempts counts the sessions of a candidate with a template, whoever may see them, without those that were
// cancelled, declined or made void, or expired. The candidate is locked: two invitations at once are counted one after the other.
func (tx Tx) CountAttempts(ctx context.Context, person, template gid.ID) (int, error) {
	if _, err := tx.client.Candidate.Query().Where(candidate.OrganizationID(tx.org), candidate.ID(person), tx.forNoKeyUpdate).Only(ctx); err != nil {
		return 0, err
	}
	return tx.client.Session.Query().Where(session.OrganizationID(tx.org), session.CandidateID(person), session.TemplateID(template),
		session.StateNotIn(term.Cancelled, term.Expired, term.Declined, term.Voided)).Count(ctx)
}

// Bind ties a sign-in to the candidate of the scope; doing it again changes nothing.
func (tx Tx) Bind(ctx context.Context, who policy.Identity) error {
	_, err := tx.Exec(ctx, `INSERT INTO bindings (id, organization_id, candidate_id, issuer, subject, created_at)
		VALUES (@id, @org, @candidate, @issuer, @subject, @now)
		ON CONFLICT (organization_id, issuer, subject, candidate_id) DO NOTHING`, Args{
		"id": tx.NewID(gid.Binding), "candidate": tx.candidate, "issuer": who.Issuer, "subject": who.Subject, "now": tx.Now,
	})
	return err
}

// Headline reads template versions without what was frozen, which is large and seldom shown.
func Headline(q *ent.TemplateVersionQuery) *ent.TemplateVersionSelect {
	columns := slices.DeleteFunc(slices.Clone(templateversion.Columns), func(c string) bool {
		return c == templateversion.FieldPaper || c == templateversion.FieldKey || c == templateversion.FieldContent
	})
	return q.Select(columns...)
}

// OwnBindings are the sign-ins of a candidate's scope.
func (s Scope) OwnBindings() *ent.BindingQuery {
	return s.client.Binding.Query().Where(binding.OrganizationID(s.org), binding.CandidateID(s.candidate))
}

// Expose notes in one statement that a session is asked these places of its paper, which were drawn.
func (tx Tx) Expose(ctx context.Context, row *ent.Session, refs []string) error {
	if len(refs) == 0 {
		return nil
	}
	rows := make([]*ent.ExposureCreate, len(refs))
	for i, ref := range refs {
		rows[i] = tx.client.Exposure.Create().SetID(tx.NewID(gid.Exposure)).SetOrganizationID(tx.org).SetCreatedAt(tx.Now).
			SetSessionID(row.ID).SetTemplateVersionID(row.TemplateVersionID).SetRef(ref)
	}
	return tx.client.Exposure.CreateBulk(rows...).Exec(ctx)
}

// SetFlag marks a question of a sitting or takes the mark away; doing it twice is harmless.
func (tx Tx) SetFlag(ctx context.Context, session gid.ID, ref string, flagged bool) error {
	text := `DELETE FROM flags WHERE organization_id = @org AND session_id = @session AND ref = @ref`
	if flagged {
		text = `INSERT INTO flags (id, organization_id, session_id, ref, at) VALUES (@id, @org, @session, @ref, @now) ON CONFLICT DO NOTHING`
	}
	_, err := tx.Exec(ctx, text, Args{"id": tx.NewID(gid.Flag), "session": session, "ref": ref, "now": tx.Now})
	return err
}

// AddClockEntries writes lines of a clock ledger in one statement.
func (tx Tx) AddClockEntries(ctx context.Context, rows []*ent.ClockEntryCreate) ([]*ent.ClockEntry, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	return tx.client.ClockEntry.CreateBulk(rows...).Save(ctx)
}

// AddScoreSheets writes score sheets.
func (tx Tx) AddScoreSheets(ctx context.Context, sheets []*ent.ScoreSheetCreate) error {
	return insert(tx, sheets, func(some []*ent.ScoreSheetCreate) error { return tx.client.ScoreSheet.CreateBulk(some...).Exec(ctx) })
}

// AddScores writes scores in one statement.
func (tx Tx) AddScores(ctx context.Context, scores []*ent.ScoreCreate) error {
	if len(scores) == 0 {
		return nil
	}
	return tx.client.Score.CreateBulk(scores...).Exec(ctx)
}
