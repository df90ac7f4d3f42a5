package gid

// Kind is the code of an entity type inside an ID; zero is no kind. Codes are kept in rows and never reused.
type Kind uint16

// The kinds of entity, in the order in which they were added.
const (
	Organization Kind = iota + 1
	Member
	Candidate
	Binding
	Skill
	JobRole
	JobRoleSkill
	Question
	QuestionRevision
	Template
	TemplateVersion
	Session
	ClockEntry
	Response
	ResponseRevision
	Score
	Review
	Report
	AuditEvent
	Event
	Mail
	APIKey
	Once
	TemplateUse
	QuestionSkill
	VersionUse
	Exposure
	Flag
	Accommodation
	Upload
	Signal
	Disposition
	Contest
	SignInLink
	Presence
	Outage
	ScoreSheet
	Rescoring
	ReviewRule
	Calibration
	CalibrationAttempt
	Norm
	ReportShare
	Execution
)

// prefixes is indexed by Kind.
var prefixes = [...]string{
	"", "org", "mem", "can", "bnd", "skl", "rol", "rsk", "qst", "qrv", "tpl", "tpv", "ses", "clk", "rsp", "rrv",
	"scr", "rev", "rpt", "aud", "evt", "mai", "key", "onc", "tus",
	"qsk", "vus", "exp", "flg", "acc", "upl", "sig", "dsp", "cts", "sil", "prs", "out",
	"ssh", "rsc", "rru", "cal", "cat", "nrm", "shr", "exe",
}

// Prefix is the three letters that stand before an ID of this kind; an unknown kind has none.
func (k Kind) Prefix() string {
	if int(k) >= len(prefixes) {
		return ""
	}
	return prefixes[k]
}
