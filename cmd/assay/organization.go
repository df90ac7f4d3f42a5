package main

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/policy"
)

// organizationCommand manages organizations.
type organizationCommand struct {
	Create organizationCreateCommand `cmd:"" help:"Found an organization with its first owner, who signs in with the address given."`
}

// organizationCreateCommand founds an organization.
type organizationCreateCommand struct {
	Slug      string `arg:"" help:"Its name in headers and addresses: lower-case letters, digits and hyphens."`
	Name      string `required:"" help:"What people call it."`
	Owner     string `required:"" help:"The e-mail address of its first owner."`
	OwnerName string `help:"The first owner's name; the address, if absent."`
	Dev       bool   `help:"Use the development defaults."`
}

// Run founds it and prints its id.
func (c *organizationCreateCommand) Run(ctx context.Context) error {
	cfg, err := readConfig(c.Dev)
	if err != nil {
		return err
	}
	a, err := openReady(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.store.Close()
	address, plain := policy.NormalAddress(c.Owner)
	if !plain {
		return fmt.Errorf("%q is not a plain e-mail address in ASCII", c.Owner)
	}
	name := c.OwnerName
	if name == "" {
		name = address
	}
	id, err := a.store.Directory().NewOrganization(ctx, c.Slug, c.Name, address, name)
	if err != nil {
		return err
	}
	_, err = fmt.Println(id)
	return err
}
