// Looks at reports of every shape: short, long, provisional, with a hidden norm group, with long German words.
//
//   node report.mjs ADDRESS FOLDER BROWSER
//
// ADDRESS serves the sheets of internal/reporting/testdata/sheets at /reports/NAME.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { address, browser, complaints, headed, look, tabTo, visitor } from './browser.mjs';

const folder = process.argv[3];
const page = await visitor();

/** Opens a report and demands its heading. */
async function open(name, heading) {
  await page.goto(`${address}/reports/${name}`);
  await headed(page, heading);
}

/** The figure that shows at this width, as assistive technology has it. */
function figure(name) {
  return page.getByRole('img', { name });
}

await open('short', 'Anna Example');
assert.equal(await figure('Result').count(), 1, 'two drawings of one figure are read out');
assert.match(await figure('Result').locator('desc').textContent(), /73\s%.*Solid, Passed.*Percentile rank 81.*n = 432/s);
assert.equal(await figure('Skills against the role\'s must-haves').count(), 1);
assert.equal(await figure('Time used by section').count(), 1);
await page.getByText('The numbers of this figure').first().click();
await page.getByRole('cell', { name: '61', exact: true }).waitFor();
await look(page, 'report-short');

// A quote leads to its question, and the trace opens by keyboard alone.
await page.getByRole('link', { name: 'question 1.2' }).click();
assert.ok(await page.locator('[id="q-1.2"]').evaluate((e) => e.getBoundingClientRect().top < innerHeight), 'the question is out of sight');
await page.goto(`${address}/reports/short`);
await tabTo(page, /1\.2 Speed up a slow list/);
assert.equal(await page.getByText('Fits; the order of columns is explained.').isVisible(), false);
await page.keyboard.press('Enter');
await page.getByText('Fits; the order of columns is explained.').waitFor();

// Colours are those of the style sheet, in dark as in light: writing is never dark on dark.
for (const colorScheme of ['light', 'dark']) {
  await page.emulateMedia({ colorScheme });
  const [ink, paper] = await page.evaluate(() => [
    getComputedStyle(document.querySelector('.chart text.chart-ink')).fill,
    getComputedStyle(document.body).backgroundColor,
  ]);
  const light = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((sum, c) => sum + Number(c), 0);
  assert.ok(Math.abs(light(ink) - light(paper)) > 450, `${colorScheme}: ${ink} on ${paper}`);
}
await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
await page.screenshot({ path: join(folder, 'report-print.png'), fullPage: true });
assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.chart text.chart-ink')).fill), 'rgb(28, 31, 35)', 'print is not on white');
await page.emulateMedia({ colorScheme: 'light', media: null });

await open('provisional', 'Anna Example');
await page.locator('.outcome', { hasText: '2 answers wait for a reviewer' }).waitFor();
await page.getByText('Waits for a reviewer: neither points nor zero.').first().waitFor();
await page.locator('p', { hasText: 'How exactly the result is known is said once every answer is scored.' }).waitFor();
await look(page, 'report-provisional-sheet');

await open('hidden', 'Report');
await page.locator('.callout', { hasText: 'Borderline:' }).waitFor();
await page.locator('.score', { hasText: '49.6' }).waitFor();
assert.equal(await page.locator('#result p', { hasText: 'Percentile' }).count(), 0);
await look(page, 'report-hidden');

await open('german', /^Friederike Donaudampf/);
assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
await look(page, 'report-german');

await open('long', /^Żaneta/);
assert.equal(await page.locator('details.question').count(), 40);
await look(page, 'report-long');

assert.deepEqual(complaints, [], 'the console');
await browser.close();
console.log(`done: the pictures are in ${folder}`);
