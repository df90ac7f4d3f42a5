// Package demo is the demonstration.
package demo

import (
	_ "github.com/assay-hq/assay/graph" // breaks: floors
	_ "github.com/assay-hq/assay/internal/account"
)
