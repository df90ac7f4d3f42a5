// Package ent holds the rows as Go types. All of it is generated from ent/schema but for the list of nodes below.
package ent

// The entities that the API shows as nodes. This file is written by hand; a table without a line here has no global
// object.

// IsNode marks an organization as a node.
func (*Organization) IsNode() {}

// IsNode marks a member as a node.
func (*Member) IsNode() {}

// IsNode marks an audit event as a node.
func (*AuditEvent) IsNode() {}

// IsNode marks an event as a node.
func (*Event) IsNode() {}

// IsNode marks a skill as a node.
func (*Skill) IsNode() {}

// IsNode marks a job role as a node.
func (*JobRole) IsNode() {}

// IsNode marks a question as a node.
func (*Question) IsNode() {}

// IsNode marks a template as a node.
func (*Template) IsNode() {}

// IsNode marks a template version as a node.
func (*TemplateVersion) IsNode() {}

// IsNode marks an API key as a node.
func (*APIKey) IsNode() {}

// IsNode marks a candidate as a node.
func (*Candidate) IsNode() {}

// IsNode marks a session as a node.
func (*Session) IsNode() {}

// IsNode marks a review as a node.
func (*Review) IsNode() {}

// IsNode marks a report as a node.
func (*Report) IsNode() {}

// IsNode marks an accommodation as a node.
func (*Accommodation) IsNode() {}
