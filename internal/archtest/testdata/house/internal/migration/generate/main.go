// Generate is a tool and may use the tests' databases.
package main

import _ "github.com/assay-hq/assay/internal/dbtest"

func main() {}
