// Package schema holds tables.
package schema

import _ "github.com/assay-hq/assay/policy" // breaks: floors
