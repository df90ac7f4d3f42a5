package policy

import (
	"slices"
	"time"

	"github.com/assay-hq/assay/internal/gid"
)

// Role is a named set of actions. Built-in roles are listed in policy.csv.
type Role string

// The built-in roles. The last three are never a member's: an API key, a candidate and Assay itself have them.
const (
	Owner         Role = "owner"
	Admin         Role = "admin"
	Recruiter     Role = "recruiter"
	HiringManager Role = "hiring_manager"
	Reviewer      Role = "reviewer"
	Analyst       Role = "analyst"
	Integration   Role = "integration"
	Candidate     Role = "candidate"
	System        Role = "system"
)

// Roles are all built-in roles, in the order of the golden matrix.
var Roles = []Role{Owner, Admin, Recruiter, HiringManager, Reviewer, Analyst, Integration, Candidate, System}

// MemberRoles are the roles that a member of an organization can have.
var MemberRoles = []Role{Owner, Admin, Recruiter, HiringManager, Reviewer, Analyst}

// Identity is who signed in: what an identity provider vouches for.
type Identity struct {
	Issuer        string
	Subject       string
	Email         string // normalized: lower case, no surrounding space
	EmailVerified bool
	Name          string
}

// IsZero reports whether nobody signed in.
func (i Identity) IsZero() bool { return i.Issuer == "" && i.Subject == "" }

// LinkIssuer is the issuer of identities that a link alone vouches for. It is no URL, so that no provider can have it.
const LinkIssuer = "link"

// LinkIdentity is a candidate who showed a link that was sent to them. Its address is not verified by a provider, so
// that it never joins a membership.
func LinkIdentity(candidate gid.ID, email, name string) Identity {
	return Identity{Issuer: LinkIssuer, Subject: candidate.String(), Email: email, Name: name}
}

// Is reports whether both are the same sign-in of the same issuer.
func (i Identity) Is(other Identity) bool {
	return i.Issuer == other.Issuer && i.Subject == other.Subject
}

// Actor is who asks, as far as the policy cares. The zero Actor is nobody.
//
// A person has an Identity and, where they are a member of the organization they act in, Org, ID and Roles.
// An API key has Org, ID, the role Integration and Granted. Assay itself has Org and the role System.
type Actor struct {
	Identity Identity
	Org      gid.ID    // the organization acted in; zero for someone who is only a candidate
	ID       gid.ID    // the member or API key; zero for Assay itself
	Roles    []Role    // as the membership row says at this request
	Granted  []Action  // what an API key was granted; nothing else has it
	Limited  bool      // whether only JobRoles are visible
	JobRoles []gid.ID  // the job roles of a limited membership
	Address  string    // where the request came from, for the audit
	Received time.Time // when the request reached the process, with its monotonic reading
}

// Worker is the actor of background work in an organization.
func Worker(org gid.ID) Actor { return Actor{Org: org, Roles: []Role{System}} }

// IsNobody reports whether nobody is behind the request.
func (a Actor) IsNobody() bool { return a.Identity.IsZero() && a.ID.IsZero() && len(a.Roles) == 0 }

// Has reports whether the actor has a role.
func (a Actor) Has(r Role) bool { return slices.Contains(a.Roles, r) }

// Label names the actor for the audit: `mem_…`, `key_…`, `system`, or `identity` for someone who is only a candidate.
func (a Actor) Label() string {
	switch {
	case !a.ID.IsZero():
		return a.ID.String()
	case a.Has(System):
		return string(System)
	default:
		return "identity"
	}
}
