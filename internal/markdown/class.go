package markdown

import "regexp"

// codeClass is the class by which a block of code names its language.
var codeClass = regexp.MustCompile(`^language-[a-zA-Z0-9+#_-]{1,40}$`)
