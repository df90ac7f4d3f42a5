#!/bin/sh
# Makes sure that programs beside Go are there: tools.sh [postgres] [chromium] [node]
#
# What is missing is installed through apt-get where that is allowed (root on Debian or a relative). Otherwise one
# line says what will be skipped for want of it; with CI=true, where nothing may be skipped, that is a failure.
set -eu

has_postgres() {
	[ -n "${ASSAY_TEST_POSTGRES_URL:-}" ] && return 0
	for program in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb; do
		[ -x "$program" ] && return 0
	done
	return 1
}

has_chromium() {
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

has_node() {
	command -v node >/dev/null && command -v npm >/dev/null
}

may_install() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# install NAME PACKAGE...: quiet unless it fails
install() {
	name=$1
	shift
	log=$(mktemp)
	echo "installing $name"
	if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}

# need NAME WHAT-IS-SKIPPED PACKAGE...
need() {
	name=$1 skipped=$2
	shift 2
	"has_$name" && return 0
	if may_install && install "$name" "$@" && "has_$name"; then
		return 0
	fi
	echo "$name is not installed: $skipped"
	[ "${CI:-}" != true ]
}

for tool in "$@"; do
	case $tool in
	postgres) need postgres "tests on PostgreSQL are skipped; tests on SQLite run" postgresql ;;
	chromium) need chromium "tests in a real browser are skipped" chromium ;;
	node) need node "the audit of GraphQL over HTTP cannot run" nodejs npm ;;
	*)
		echo "tools.sh: unknown tool $tool" >&2
		exit 2
		;;
	esac
done
