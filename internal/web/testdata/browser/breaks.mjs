// Breaks that were granted: what is left of them, taking one, coming back, one that ends by itself; and that nobody is watched
// during a break.
//
//   node breaks.mjs ADDRESS FOLDER BROWSER
//
// as sitting.mjs.
import assert from 'node:assert/strict';
import { browser, complaints, headed, look } from './browser.mjs';
import { accept, assessment, change, eventually, leaves, nodes, of, sitting, sittingOf, staff } from './stage.mjs';

const template = await assessment('Breaks', [{ title: 'One', timeLimit: 'PT1H', slots: [of('LONG_TEXT'), of('SHORT_TEXT')] }], { signals: ['FOCUS_LOST'] });
const admin = await staff('admin');

/** A sitting in German with time for breaks, begun. */
async function begun(breaks) {
  const page = await accept(template, { locale: 'de-DE' });
  await change(admin, 'grantAccommodation', { sessionId: sittingOf(page), breaks, reason: 'As agreed.' });
  await page.reload();
  await page.getByText('Die Zeit läuft ab dem Beginn und steht nur in Ihren Pausen.').waitFor();
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Prüfung beginnen' }).click();
  await headed(page, 'Frage 1 von 2');
  return page;
}

const page = await begun('PT10M');
const rest = page.getByRole('button', { name: 'Pause machen' });
await page.getByText('Sie haben noch 10 Minuten für Pausen.').waitFor();
assert.equal((await nodes(page, 'button')).find((b) => b.name === 'Pause machen').description, 'Sie haben noch 10 Minuten für Pausen.');
await page.getByRole('textbox').fill('Vor der Pause.');
await page.getByText(/^Gespeichert um /).waitFor();
await look(page, 'break-left');

// The clock stands during a break, and whoever leaves the page then did nothing that is recorded.
await rest.click();
await headed(page, 'Sie machen Pause');
await page.getByText('Die Uhr steht. Ihre Antworten sind gespeichert.').waitFor();
await page.getByText(/^Es geht um \d\d:\d\d .*weiter\.$/).waitFor();
const { remaining } = await sitting(page, 'remaining');
await leaves(page, { hidden: true, forMs: 2_500 });
await look(page, 'break-de');
assert.equal((await sitting(page, 'remaining')).remaining, remaining, 'the clock ran during the break');
await page.getByRole('button', { name: 'Jetzt weitermachen' }).click();
await headed(page, 'Frage 1 von 2');
assert.equal(await page.getByRole('textbox').inputValue(), 'Vor der Pause.');
await page.getByText(/^Sie haben noch [1-9] Minuten( \d+ Sekunden?)? für Pausen\.$/).waitFor();

// Afterwards it is recorded again.
await leaves(page, { hidden: true, forMs: 2_500 });
await eventually(async () => {
  const { signals } = await sitting(page, 'signals { kind question }');
  assert.deepEqual(signals, [{ kind: 'FOCUS_LOST', question: '1.1' }], 'what was recorded');
});
await page.close();

// A break that takes all that is left ends by itself.
const short = await begun('PT8S');
await short.getByText('Sie haben noch 8 Sekunden für Pausen.').waitFor();
await short.getByRole('button', { name: 'Pause machen' }).click();
await headed(short, 'Sie machen Pause');
await headed(short, 'Frage 1 von 2');
await short.getByText('Es ist keine Zeit für Pausen mehr übrig.').waitFor();
assert.equal(await short.getByRole('button', { name: 'Pause machen' }).count(), 0);
await look(short, 'break-none-de');

assert.deepEqual(complaints, [], 'the console');
await browser.close();
