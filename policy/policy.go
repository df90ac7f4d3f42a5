// Package policy decides who may do what: role, organization, action.
//
// Casbin reads model.conf and policy.csv and is asked once for each pair when a Policy is made; a check is then
// a look-up in those answers. The package does no I/O beyond its embedded files and knows nothing of rows:
// which rows an allowed actor sees is the scope's matter.
package policy

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var rulesText string

// everyOrganization is asked for when the built-in roles are computed; it can be no organization's id.
const everyOrganization = "o:*"

// Policy answers whether an actor may do an action. It is immutable and safe for concurrent use.
type Policy struct {
	allowed map[Role]map[Action]bool
}

// New computes each built-in role's actions from the embedded policy; a fault in the files is an error.
func New() (*Policy, error) {
	enforcer, err := newEnforcer()
	if err != nil {
		return nil, fmt.Errorf("load policy: %w", err)
	}
	p := &Policy{allowed: make(map[Role]map[Action]bool, len(Roles))}
	for _, role := range Roles {
		set := make(map[Action]bool, len(Actions))
		for _, action := range Actions {
			ok, err := enforcer.Enforce("r:"+string(role), everyOrganization, string(action))
			if err != nil {
				return nil, fmt.Errorf("enforce %s %s: %w", role, action, err)
			}
			if ok {
				set[action] = true
			}
		}
		p.allowed[role] = set
	}
	return p, nil
}

func newEnforcer() (*casbin.Enforcer, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, err
	}
	return casbin.NewEnforcer(m, stringadapter.NewAdapter(rulesText))
}

// Allows reports whether one of the actor's roles has the action. An API key needs it granted as well.
func (p *Policy) Allows(actor Actor, action Action) bool {
	for _, role := range actor.Roles {
		if p.allowed[role][action] {
			return role != Integration || slices.Contains(actor.Granted, action)
		}
	}
	return false
}

// Limits reports whether an actor who has the action sees only their job roles: because the membership says so, or
// because they have the action as a hiring manager alone.
func (p *Policy) Limits(actor Actor, action Action) bool {
	if actor.Limited {
		return true
	}
	manager := false
	for _, role := range actor.Roles {
		if p.allowed[role][action] {
			if role != HiringManager {
				return false
			}
			manager = true
		}
	}
	return manager
}

// RoleAllows reports whether a role has an action.
func (p *Policy) RoleAllows(role Role, action Action) bool { return p.allowed[role][action] }
