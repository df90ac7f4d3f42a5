#!/bin/sh
# Regenerates in place and fails if that changed anything, whatever git thinks of the tree.
#
# The comparison is with a copy made before, so that uncommitted work is no false alarm and an untracked generated
# file is no blind spot.
set -eu

folders="ent graph docs"
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT

copy() {
	for folder in $folders; do
		[ ! -d "$folder" ] || tar --exclude=node_modules -cf - "$folder" | tar -xf - -C "$before"
	done
}

copy
make --no-print-directory generate
changed=0
for folder in $folders; do
	[ -d "$folder" ] || continue
	mkdir -p "$before/$folder"
	diff -ruN --exclude=node_modules "$before/$folder" "$folder" >"$before/$folder.diff" || changed=1
	head -n 60 "$before/$folder.diff"
done
if [ "$changed" = 1 ]; then
	echo "generated files were not up to date; they are now: read the difference and commit it" >&2
	exit 1
fi
echo "generated files are up to date"
