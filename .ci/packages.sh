#!/bin/sh
# Installs the npm packages that tests use, where npm is and they are not there yet. Without them those tests are
# skipped, which with CI=true is a failure.
set -eu

command -v npm >/dev/null || exit 0
for folder in graph/audit internal/web/testdata/browser; do
	[ -d "$folder/node_modules" ] && continue
	(cd "$folder" && npm ci --no-audit --no-fund --loglevel=error </dev/null >/dev/null) || {
		echo "the npm packages of $folder could not be installed; its tests are skipped"
		[ "${CI:-}" != true ]
	}
done
