package fault // breaks: package comments

import _ "github.com/assay-hq/assay/internal/gid" // breaks: floors

const Code = 1
