// Package job holds the arguments of background jobs.
//
// A job is enqueued in the commit of the change that needs it and worked afterwards, at least once; its
// handler is an operation that may be repeated. The package holds no behaviour.
package job

import (
	"time"

	"github.com/assay-hq/assay/internal/gid"
)

// Args is what every job carries: which kind of work, for which organization.
type Args interface {
	Kind() string
	Tenant() gid.ID
}

// Gathered is a job of which one is enough for each span of time, however often it is asked for with the same arguments:
// it is worked when the span is over, after whatever asked for it in the span. Its type is comparable.
type Gathered interface {
	Args
	Span() time.Duration
	Until(end time.Time) Args // the job of the span that ends then
}

// ScoreSession scores a submitted session by key and computes its report when nothing waits for a person.
type ScoreSession struct {
	OrganizationID gid.ID `json:"organization_id"`
	SessionID      gid.ID `json:"session_id"`
}

// Kind is the job's name in the queue.
func (ScoreSession) Kind() string { return "score_session" }

// Tenant is the organization the job works for.
func (j ScoreSession) Tenant() gid.ID { return j.OrganizationID }

// RunCode takes the run of a code answer a step on: hands it over to the runner, or asks what became of it. Called is for a
// runner that said that something is new: it asks once, and leaves the waiting to the job that handed over.
type RunCode struct {
	OrganizationID gid.ID `json:"organization_id"`
	ExecutionID    gid.ID `json:"execution_id"`
	Called         bool   `json:"called,omitempty"`
}

// Kind is the job's name in the queue.
func (RunCode) Kind() string { return "run_code" }

// Tenant is the organization the job works for.
func (j RunCode) Tenant() gid.ID { return j.OrganizationID }

// DeleteFiles deletes the bytes of files whose rows are gone.
type DeleteFiles struct {
	OrganizationID gid.ID   `json:"organization_id"`
	Blobs          []string `json:"blobs"`
}

// Kind is the job's name in the queue.
func (DeleteFiles) Kind() string { return "delete_files" }

// Tenant is the organization the job works for.
func (j DeleteFiles) Tenant() gid.ID { return j.OrganizationID }

// SendMail sends one kept mail.
type SendMail struct {
	OrganizationID gid.ID `json:"organization_id"`
	MailID         gid.ID `json:"mail_id"`
}

// Kind is the job's name in the queue.
func (SendMail) Kind() string { return "send_mail" }

// Tenant is the organization the job works for.
func (j SendMail) Tenant() gid.ID { return j.OrganizationID }

// Rescore brings the reports of a version up to a mending of its key.
type Rescore struct {
	OrganizationID gid.ID `json:"organization_id"`
	RescoringID    gid.ID `json:"rescoring_id"`
}

// Kind is the job's name in the queue.
func (Rescore) Kind() string { return "rescore" }

// Tenant is the organization the job works for.
func (j Rescore) Tenant() gid.ID { return j.OrganizationID }

// RefreshNorm computes anew what the reports of a template version come to together.
type RefreshNorm struct {
	OrganizationID gid.ID `json:"organization_id"`
	VersionID      gid.ID `json:"version_id"`
	// The end of the span in which it was asked for.
	End time.Time `json:"end,omitzero"`
}

// Kind is the job's name in the queue.
func (RefreshNorm) Kind() string { return "refresh_norm" }

// Tenant is the organization the job works for.
func (j RefreshNorm) Tenant() gid.ID { return j.OrganizationID }

// Span is how long a norm group may lag behind its reports.
func (RefreshNorm) Span() time.Duration { return time.Minute }

// Until is the job of the span that ends then.
func (j RefreshNorm) Until(end time.Time) Args {
	j.End = end
	return j
}
