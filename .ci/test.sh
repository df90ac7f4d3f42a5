#!/bin/sh
# Runs go test with the arguments given, and ends with what was skipped and a count.
#
# Packages that pass show their one line, packages that fail everything they said. With CI=true a skipped test is
# a failure.
set -eu

status=$(mktemp)
trap 'rm -f "$status"' EXIT
{
	code=0
	go test -v "$@" 2>&1 || code=$?
	echo "$code" >"$status"
} | awk -v ci="${CI:-}" '
	function tell(all,   i) {
		for (i = 1; i <= n; i++)
			if (all) print held[i]
		n = 0
	}
	/^ *--- PASS: / { passed++; next }
	/^ *--- FAIL: / { failed++ }
	/^ *--- SKIP: / { skipped++; why = held[n]; sub(/^ *[a-z0-9_]*\.go:[0-9]*: /, "", why); name[skipped] = $3 ": " why }
	/^(=== RUN|=== PAUSE|=== CONT|=== NAME|PASS$)/ { next }
	/^ok  \t/ { tell(0); print; fflush(); next }
	/^FAIL\t/ { tell(1); print; fflush(); next }
	/^\?   \t|no test files\]$|^\t.*coverage: 0\.0% of statements$/ { n = 0; next }
	/^FAIL$/ { next }
	{ held[++n] = $0 }
	END {
		tell(1)
		if (skipped) {
			print "skipped:"
			for (i = 1; i <= skipped; i++) print "  " name[i]
		} else print "nothing was skipped"
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		if (ci == "true" && skipped) {
			print "with CI=true nothing may be skipped"
			exit 1
		}
	}'
exit "$(cat "$status")"
