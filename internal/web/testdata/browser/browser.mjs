// What the scripts of this folder share: a browser, its visitors, and how a page is looked at.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [address, folder, browserPath] = process.argv.slice(2);
assert.ok(address && folder && browserPath, 'usage: node SCRIPT ADDRESS FOLDER BROWSER');
mkdirSync(folder, { recursive: true });

export { address };

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = [360, 768, 1440];
const schemes = ['light', 'dark'];

/** The password of every demonstration account. */
export const password = 'assay';

export const browser = await chromium.launch({
  executablePath: browserPath,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  ],
});

/** What the pages complained of. */
export const complaints = [];

/** A browser of somebody's own, with its page. */
export async function visitor(options = {}) {
  const context = await browser.newContext(options);
  return openPage(context);
}

/** Another page of somebody's browser. */
export async function openPage(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('console', (message) => {
    const text = message.text();
    if (!['error', 'warning'].includes(message.type())) return;
    if ((expected.get(page) ?? []).some((part) => text.includes(part))) return;
    complaints.push(`${page.url()}: ${text}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`));
  page.on('dialog', async (dialog) => {
    complaints.push(`${page.url()}: a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  return page;
}

/** What a page is allowed to complain about, in part. */
const expected = new Map();

/** Lets a page complain in words that hold one of the parts while something is done. */
export async function expecting(page, parts, act) {
  expected.set(page, parts);
  try {
    return await act();
  } finally {
    expected.delete(page);
  }
}

/** Takes the page's pictures, and demands that nothing is cut off and that axe finds nothing serious. */
export async function look(page, name) {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      const height = Math.min(4000, await page.evaluate(() => document.documentElement.scrollHeight));
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true, clip: { x: 0, y: 0, width, height } });
      await fits(page, name, width);
      if (width !== 768) await accessible(page, `${name} at ${width} px, ${colorScheme}`);
    }
  }
  // The narrowest phone, which is also 1280 px at 400 %.
  await page.setViewportSize({ width: 320, height: 640 });
  await fits(page, name, 320);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}

async function fits(page, name, width) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${name} is ${over} px too wide at ${width} px`);
}

/** Demands that axe finds nothing serious. */
export async function accessible(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact));
  const told = serious.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.map((n) => `${n.target} ${n.html.slice(0, 160)} ${n.failureSummary}`).join('\n    ')}`);
  assert.equal(serious.length, 0, `axe on ${where}:\n  ${told.join('\n  ')}`);
}

/** Demands that the page's first heading says something. */
export async function headed(page, heading) {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

export async function signIn(page, email) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Asks the API with the page's cookie, as a page of ours would. */
export async function ask(page, query, variables = {}) {
  const answer = await page.context().request.post(`${address}/graphql`, {
    headers: { 'X-Requested-With': 'test', Accept: 'application/json' },
    data: { query, variables },
  });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  for (const payload of Object.values(data)) assert.deepEqual(payload?.errors ?? [], []);
  return data;
}

/** Presses Tab until something of this role and name has the focus, and demands that it shows. */
export async function tabTo(page, name, { key = 'Tab', most = 80 } = {}) {
  const seen = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press(key);
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      const around = e.closest('.choice') ? getComputedStyle(e.closest('.choice')) : style;
      const box = e.getBoundingClientRect();
      const shows = (s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
      return {
        name: (e.getAttribute('aria-label') ?? (e.labels?.[0] ?? e).textContent).trim(),
        visible: (shows(style) || shows(around)) && box.left >= 0 && box.width > 0 && box.bottom > 0 && box.top < innerHeight,
      };
    });
    seen.push(at.name.slice(0, 40));
    if (!(name instanceof RegExp ? name.test(at.name) : at.name === name)) continue;
    assert.ok(at.visible, `the focus on ${name} does not show`);
    return;
  }
  assert.fail(`${name} is out of reach of the keyboard on ${page.url()}: ${seen.join(' | ')}`);
}
