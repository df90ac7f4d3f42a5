package main

import (
	"context"
	"fmt"
	"os"

	"github.com/assay-hq/assay/internal/tenant"
)

// doctorCommand looks whether what is derived is what it is derived from.
type doctorCommand struct {
	Repair bool `help:"Count anew what is wrong."`
	JSON   bool `name:"json" help:"Print the result as JSON."`
}

// diagnosis is what the doctor found.
type diagnosis struct {
	Wrong    int            `json:"wrong"` // counters
	Repaired bool           `json:"repaired"`
	Counters []tenant.Drift `json:"counters,omitempty"`
}

// String is the diagnosis in a line.
func (d diagnosis) String() string {
	switch {
	case d.Wrong == 0:
		return "every counter comes to what its rows say"
	case d.Repaired:
		return fmt.Sprintf("%d counters were wrong and are counted anew", d.Wrong)
	}
	return fmt.Sprintf("%d counters are wrong, the first is %s %s: what it counts came to %+d more", d.Wrong,
		d.Counters[0].Metric, d.Counters[0].Label, d.Counters[0].Missing)
}

// Run compares, and exits with 1 if something is wrong and was not repaired.
func (c *doctorCommand) Run(ctx context.Context) error {
	cfg, err := readConfig(false)
	if err != nil {
		return err
	}
	a, err := openReady(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.store.Close()
	found, err := c.examine(ctx, a.store)
	if err != nil {
		return err
	}
	if err := tell(os.Stdout, c.JSON, found); err != nil {
		return err
	}
	if found.Wrong > 0 && !found.Repaired {
		return fmt.Errorf("run assay doctor --repair")
	}
	return nil
}

func (c *doctorCommand) examine(ctx context.Context, store *tenant.Store) (diagnosis, error) {
	drift, err := store.TallyDrift(ctx)
	if err != nil || len(drift) == 0 || !c.Repair {
		return diagnosis{Wrong: len(drift), Counters: drift}, err
	}
	if err := store.RebuildTallies(ctx); err != nil {
		return diagnosis{}, err
	}
	return diagnosis{Wrong: len(drift), Repaired: true, Counters: drift}, nil
}
