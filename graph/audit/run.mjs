// Runs every public GraphQL over HTTP audit against a server: node run.mjs <url> [bearer token]
// Prints each audit that fails and a closing count; exits 1 if one failed. Introspection must be on.
import { auditServer } from 'graphql-http';

const [url, token] = process.argv.slice(2);
if (!url) {
  console.error('usage: node run.mjs <url> [bearer token]');
  process.exit(2);
}

function fetchFn(input, init = {}) {
  const headers = new Headers(init.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  return fetch(input, { ...init, headers });
}

const results = await auditServer({ url, fetchFn }).catch((error) => {
  console.error(`could not reach ${url}: ${error.cause?.message || error.message}`);
  process.exit(2);
});
const failures = results.filter((result) => result.status !== 'ok');
for (const { id, name, reason } of failures) console.log(`${id} ${name}: ${reason}`);
console.log(`${results.length - failures.length} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
