// Signs in, asks, reads, invites and accepts in a real browser, and looks at each page on the way.
//
//   node journey.mjs ADDRESS FOLDER BROWSER
//
// ADDRESS is a running development server with its demonstration organizations, FOLDER takes the screenshots and
// BROWSER is a Chromium. What a page must hold is demanded at each step; the first that is missing ends the journey.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [address, folder, browserPath] = process.argv.slice(2);
assert.ok(address && folder && browserPath, 'usage: node journey.mjs ADDRESS FOLDER BROWSER');
mkdirSync(folder, { recursive: true });

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = [360, 768, 1440];
const schemes = ['light', 'dark'];
const password = 'assay';

const browser = await chromium.launch({
  executablePath: browserPath,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});

/** What the pages complained of, and the answers that they are allowed to complain about. */
const complaints = [];
let expected = [];

/** A browser of somebody's own, with its page. */
async function visitor() {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (message) => {
    const text = message.text();
    if (!['error', 'warning'].includes(message.type())) return;
    if (expected.some((status) => text.includes(`status of ${status}`))) return;
    complaints.push(`${page.url()}: ${text}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`));
  page.on('dialog', async (dialog) => {
    complaints.push(`${page.url()}: a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  return page;
}

/** Does something during which the browser may report answers with these statuses. */
async function expecting(statuses, act) {
  expected = statuses;
  await act();
  expected = [];
}

/** Takes the page's pictures, and demands that nothing is cut off and that axe finds nothing serious. */
async function look(page, name, { exclude = [] } = {}) {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      const height = Math.min(4000, await page.evaluate(() => document.documentElement.scrollHeight));
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true, clip: { x: 0, y: 0, width, height } });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(over <= 0, `${name} is ${over} px too wide at ${width} px`);
      if (width !== 768) await accessible(page, `${name} at ${width} px, ${colorScheme}`, exclude);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function accessible(page, where, exclude) {
  await page.evaluate(axe);
  const found = await page.evaluate(
    (leaveOut) => window.axe.run({ exclude: leaveOut }, { resultTypes: ['violations'] }),
    exclude.map((selector) => [selector]),
  );
  const serious = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact));
  const told = serious.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.map((n) => `${n.target} ${n.html.slice(0, 160)}`).join('\n    ')}`);
  assert.equal(serious.length, 0, `axe on ${where}:\n  ${told.join('\n  ')}`);
}

/** Demands that the page's first heading says something. */
async function headed(page, heading) {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

async function signIn(page, email, secret = password) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Asks the API with the page's cookie, as a page of ours would. */
async function ask(page, query, variables = {}) {
  const answer = await page.context().request.post(`${address}/graphql`, {
    headers: { 'X-Requested-With': 'journey', Accept: 'application/json' },
    data: { query, variables },
  });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

async function invite(page, templateId, candidate) {
  const { inviteCandidate } = await ask(page, `mutation($input: InviteCandidateInput!) {
    inviteCandidate(input: $input) { session { id } errors { code message } }
  }`, { input: { templateId, candidate } });
  assert.deepEqual(inviteCandidate.errors, []);
}

// The start page, before and at sign-in; a wrong password is said.
const page = await visitor();
await page.goto(`${address}/`);
await headed(page, /role to a released report/);
await look(page, 'start-signed-out');
await page.getByRole('link', { name: 'Sign in' }).click();
await headed(page, 'Sign in');
await look(page, 'provider');
await expecting([403], async () => {
  await signIn(page, 'recruiter@demo.example', 'wrong');
  await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
});
await look(page, 'provider-wrong-password');
await signIn(page, 'recruiter@demo.example');
await page.waitForURL(`${address}/`);
const { organization } = await ask(page, `{ organization {
  name
  templates(first: 5, filter: { state: PUBLISHED }) { nodes { id name } }
  provisional: reports(first: 1, filter: { state: PROVISIONAL }) { nodes { id candidate { name } } }
  released: reports(first: 1, filter: { state: RELEASED }) { nodes { id candidate { name } } }
} }`);
await headed(page, organization.name);
await page.getByText('recruiter@demo.example').waitFor();
await look(page, 'start-signed-in');

// GraphiQL runs its first query and shows data.
await page.goto(`${address}/graphiql`);
const run = page.locator('.graphiql-execute-button');
const [answered] = await Promise.all([
  page.waitForResponse((r) => r.url() === `${address}/graphql` && r.request().postData().includes('query Start')),
  run.click(),
]);
const first = await answered.json();
assert.equal(first.errors, undefined, JSON.stringify(first.errors));
assert.equal(first.data.organization.name, organization.name);
await page.waitForFunction((name) => {
  const shown = document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue() ?? '';
  return shown.includes(name) && !shown.includes('"errors"');
}, organization.name);
await page.evaluate(() => document.fonts.ready);
// What is inside the frame is GraphiQL's own.
await look(page, 'graphiql', { exclude: ['#graphiql'] });
// The documentation scrolls in a pane of its own, so that what is below it stays in sight; and headers go along.
await page.locator('.graphiql-sidebar button').first().click();
await page.locator('.graphiql-doc-explorer').waitFor();
assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), 'GraphiQL is taller than the window');
await page.locator('.graphiql-sidebar button').first().click();
await page.getByRole('button', { name: 'Headers' }).click();
await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .CodeMirror').click();
await page.keyboard.insertText('{"Assay-Organization": "nowhere"}');
await expecting([404], async () => {
  await run.click();
  await page.waitForFunction(() => (document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue() ?? '').includes('no such organization'));
});

// A report that waits for its reviewer, one that is released, a page that is not there, and the mailbox with a name that tries to be a script.
const [waiting] = organization.provisional.nodes;
await page.goto(`${address}/reports/${waiting.id}`);
await headed(page, waiting.candidate.name);
await page.getByText('Waits for a reviewer').first().waitFor();
await look(page, 'report-provisional');
const [report] = organization.released.nodes;
await page.goto(`${address}/reports/${report.id}`);
await headed(page, report.candidate.name);
await page.getByText(/released on \d/).waitFor();
await look(page, 'report');
// The same report to take along, by the page's own links.
for (const [link, kind] of [['PDF (A4)', 'pdf'], ['PDF (Letter)', 'pdf'], ['CSV', 'csv'], ['JSON', 'json']]) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: link, exact: true }).click()]);
  assert.equal(await download.failure(), null, link);
  assert.match(download.suggestedFilename(), new RegExp(`^${report.candidate.name}.*\\(\\d+\\)\\.${kind}$`));
}
await page.getByRole('link', { name: 'Deutsch' }).click();
await page.getByRole('heading', { level: 2, name: 'Ergebnis' }).waitFor();
await expecting([404], async () => {
  await page.goto(`${address}/Bewerbungsunterlagenaufbewahrungsfristen`);
  await headed(page, 'There is no such page.');
});
await look(page, 'not-found');
const template = organization.templates.nodes[0];
const long = 'Donaudampfschifffahrtsgesellschaftskapitänswitwe';
await invite(page, template.id, { email: 'witwe@example.com', name: `<script>alert(1)</script> ${long}` });
await invite(page, template.id, { email: 'candidate@demo.example', name: long });
await page.goto(`${address}/dev/mail`);
await headed(page, 'Development mailbox');
await page.locator('article', { hasText: 'witwe@example.com' }).first().locator('summary').click();
await page.getByText(`<script>alert(1)</script> ${long}`).first().waitFor();
await look(page, 'mailbox');
const link = await page.locator('article', { hasText: 'candidate@demo.example' }).first().getByRole('link').getAttribute('href');
assert.match(link, new RegExp(`^${address}/take/[A-Za-z0-9_-]{43}$`));

// Signing out ends the session here and asks the provider to end it there: who comes back gives the password again.
const [farewell] = await Promise.all([
  page.waitForRequest((r) => r.url().startsWith(`${address}/dev/idp/logout?`)),
  page.getByRole('button', { name: 'Sign out' }).click(),
]);
assert.ok(new URL(farewell.url()).searchParams.get('id_token_hint'), 'the provider is told whose session ends');
await headed(page, /role to a released report/);
await assert.rejects(ask(page, '{ viewer { email } }'), /UNAUTHENTICATED/);
assert.equal((await page.context().cookies()).length, 0, 'a cookie is left');
await page.getByRole('link', { name: 'Sign in' }).click();
await headed(page, 'Sign in');

// The candidate opens the link, signs in and accepts.
await page.goto(link);
await headed(page, 'You are invited to an assessment');
await look(page, 'take-signed-out');
await page.getByRole('link', { name: 'Sign in' }).click();
await signIn(page, 'candidate@demo.example');
await page.waitForURL(link);
await look(page, 'take-signed-in');
await page.getByRole('button', { name: 'Accept the invitation' }).click();
await page.waitForURL(`${address}/sittings/ses_*`);
await headed(page, template.name);
await page.getByText('Nothing has started yet.').waitFor();
await look(page, 'accepted');
await page.goto(`${address}/`);
await headed(page, 'Welcome');
await look(page, 'start-candidate');

// A link that nobody sent.
await expecting([404], async () => {
  await page.goto(`${address}/take/${'A'.repeat(43)}`);
  await page.getByRole('button', { name: 'Accept the invitation' }).click();
  await page.getByText('give this number').waitFor();
});
await look(page, 'unknown-link');

// The whole sign-in by keyboard alone.
const keys = await visitor();
await keys.goto(`${address}/`);
await tabTo(keys, 'Skip to the content');
await tabTo(keys, 'Sign in');
await keys.keyboard.press('Enter');
await headed(keys, 'Sign in');
await tabTo(keys, 'E-mail');
await keys.keyboard.type('analyst@demo.example');
await tabTo(keys, 'Password');
await keys.keyboard.type(password);
await keys.keyboard.press('Enter');
await headed(keys, organization.name);
await keys.goto(`${address}/reports/${report.id}`);
await headed(keys, 'Report');
assert.ok(!(await keys.content()).includes(report.candidate.name), 'the analyst reads a name');
await look(keys, 'report-analyst');
await tabTo(keys, 'Sign out');
await keys.keyboard.press('Enter');
await headed(keys, /role to a released report/);

/** Presses Tab until something of this name has the focus, and demands that it shows. */
async function tabTo(on, name) {
  for (let i = 0; i < 60; i++) {
    await on.keyboard.press('Tab');
    const at = await on.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      const box = e.getBoundingClientRect();
      return {
        name: (e.labels?.[0] ?? e).textContent.trim(),
        visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.left >= 0 && box.width > 0,
      };
    });
    if (at.name !== name) continue;
    assert.ok(at.visible, `the focus on ${name} does not show`);
    return;
  }
  assert.fail(`${name} is out of reach of the keyboard on ${on.url()}`);
}

assert.deepEqual(complaints, [], 'the console');
await browser.close();
console.log(`done: the pictures are in ${folder}`);
