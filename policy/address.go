package policy

import (
	"slices"
	"strings"
)

// longestAddress is what a mail path takes, in bytes (RFC 5321, 4.5.3.1.3, less its brackets).
const longestAddress = 254

// NormalAddress lowers an e-mail address and refuses those that two systems could read differently: several @, spaces,
// control or non-ASCII characters (before lowering, which makes k of a Kelvin sign), punycode.
func NormalAddress(address string) (string, bool) {
	address = strings.TrimSpace(address)
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),:;<>[\]`, r) }
	if strings.ContainsFunc(address, odd) {
		return "", false
	}
	address = strings.ToLower(address)
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || domain == "" || len(address) > longestAddress || strings.ContainsAny(domain, "@") {
		return "", false
	}
	puny := func(label string) bool { return label == "" || strings.HasPrefix(label, "xn--") }
	return address, !slices.ContainsFunc(strings.Split(domain, "."), puny)
}
