#!/bin/sh
# Starts bin/assay on free ports in a temporary folder, runs the audit of GraphQL over HTTP against it, ends it.
set -eu

root=$(pwd)
folder=$(mktemp -d)
pid=

finish() {
	code=$?
	if [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null; then
		wait "$pid" || true
	fi
	[ "$code" = 0 ] || tail -n 50 "$folder/log" 2>/dev/null || true
	rm -rf "$folder"
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Two ports that are free now; both are held until both are known, so they differ.
set -- $(node -e '
	const net = require("node:net")
	const servers = [net.createServer(), net.createServer()]
	Promise.all(servers.map(s => new Promise(done => s.listen(0, "127.0.0.1", done)))).then(() => {
		console.log(servers.map(s => s.address().port).join(" "))
		servers.forEach(s => s.close())
	})')
address=127.0.0.1:$1 admin=127.0.0.1:$2

cd "$folder"
ASSAY_ADDR=$address ASSAY_ADMIN_ADDR=$admin "$root/bin/assay" serve --dev >log 2>&1 </dev/null &
pid=$!
cd "$root"

(cd graph/audit && npm ci --no-audit --no-fund --loglevel=error </dev/null)

# Waits for readiness, at most two minutes, and stops at once if the server ends.
node -e '
	const [url, pid] = process.argv.slice(1)
	const until = Date.now() + 120_000
	const look = async () => {
		try { process.kill(Number(pid), 0) } catch { console.error("the server ended before it was ready"); process.exit(1) }
		const ready = await fetch(url).then(r => r.ok, () => false)
		if (ready) return
		if (Date.now() > until) { console.error("the server was not ready in two minutes"); process.exit(1) }
		setTimeout(look, 100)
	}
	look()' "http://$admin/readyz" "$pid"

node graph/audit/run.mjs "http://$address/graphql"
