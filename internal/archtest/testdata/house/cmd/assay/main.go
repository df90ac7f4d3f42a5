// Assay is the one binary.
package main

import (
	"time"

	_ "github.com/assay-hq/assay/internal/demo"
	_ "github.com/assay-hq/assay/internal/login/devidp"
	_ "github.com/assay-hq/assay/internal/web"
)

func main() { time.Now() }
