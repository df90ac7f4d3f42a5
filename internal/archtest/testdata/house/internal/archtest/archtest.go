// Package archtest stands beside the house and may import anything.
package archtest

import _ "github.com/casbin/casbin/v2"
