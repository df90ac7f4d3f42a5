package archtest

// Rules are all rules of the house.
func Rules() []Rule {
	rules := []Rule{
		{"rooms", everyPackageHasARoom},
		{"floors", floors},
		{"sole importers", soleImporters},
		{"operations begin with a scope", beginsWithScope},
		{"no init", noInit},
		{"no globals", globals},
		{"plain names", plainNames},
		{"package comments", packageComments},
	}
	for _, b := range bans {
		rules = append(rules, b.rule())
	}
	return rules
}

// Exceptions are the declarations that break a rule for a reason. One that is needed no longer fails the test.
func Exceptions() []Exception {
	return []Exception{
		{"panic", "internal/gid.Source.next", "a random source that ends is a fault of the programmer, and an id made without it would be guessable"},
		{"panic", "internal/web.Site.recovered", "net/http asks for an aborted handler to be passed on as it is"},
	}
}
