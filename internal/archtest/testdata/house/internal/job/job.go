// Package job holds arguments; its row lets it name ids.
package job

import _ "github.com/assay-hq/assay/internal/gid"
