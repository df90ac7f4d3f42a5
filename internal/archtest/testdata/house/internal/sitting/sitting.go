// Package sitting talks to candidates.
package sitting

import (
	_ "github.com/assay-hq/assay/graph"             // breaks: floors
	_ "github.com/assay-hq/assay/internal/account"  // breaks: floors
	_ "github.com/assay-hq/assay/internal/archtest" // breaks: sole importers
	_ "github.com/assay-hq/assay/internal/dbtest"   // breaks: sole importers
	_ "github.com/assay-hq/assay/internal/key"      // breaks: floors
)
