// What the server refuses is said where it was done, to eyes and ears, and in the reader's language.
//
//   node refusals.mjs ADDRESS FOLDER BROWSER
//
// as sitting.mjs.
import assert from 'node:assert/strict';
import { browser, complaints, expecting, headed, look } from './browser.mjs';
import { accept, assessment, change, desk, heard, listen, noNetwork, nodes, of, sitting, sittingOf } from './stage.mjs';

const template = await assessment('Ablehnungen', [{ title: 'One', timeLimit: 'PT1H', navigation: 'FORWARD_ONLY', slots: [of('NUMERIC'), of('SPOKEN')] }]);
const page = await accept(template, { locale: 'de-DE' });
await headed(page, 'Ablehnungen');

/** Demands that the page says something, and tells what it says instead. */
const seen = (text) => page.locator('#sitting, dialog').getByText(text).first().waitFor().catch(async () => {
  assert.fail(`the page does not say “${text}” but: ${await page.locator('#sitting').innerText()}`);
});

// Before the start: a request and a reason with characters that no database keeps.
await page.getByText('Um mehr Zeit, Pausen oder etwas anderes bitten').click();
await page.getByLabel('Was brauchen Sie?').fill('mehr\u0007Zeit');
await page.getByRole('button', { name: 'Anfrage senden' }).click();
await seen('Die Anfrage ist zu lang oder enthält Zeichen, die nicht gespeichert werden können.');
await look(page, 'refused-request-de');
await page.getByRole('button', { name: 'Die Prüfung ablehnen' }).click();
await page.getByLabel('Warum?').fill('kein\u0007Grund');
await page.getByRole('dialog').getByRole('button', { name: 'Die Prüfung ablehnen' }).click();
await seen('Der Grund ist zu lang oder enthält Zeichen, die nicht gespeichert werden können.');
assert.equal(await page.getByLabel('Warum?').inputValue(), 'kein\u0007Grund', 'the reason is gone');
await look(page, 'refused-reason-de');
await page.getByRole('dialog').getByRole('button', { name: 'Abbrechen' }).click();
assert.equal((await sitting(page, 'state')).state, 'INVITED');

// An answer, which is kept as it is written, and saved once it can be.
await page.getByRole('checkbox').check();
await page.getByRole('button', { name: 'Prüfung beginnen' }).click();
await headed(page, 'Frage 1 von 2');
await listen(page);
const number = page.getByRole('textbox', { name: /^Zahl/ });
await number.fill('3e99');
await seen('Nicht gespeichert: Das ist keine Zahl, wie sie gebraucht wird. Schreiben Sie sie mit Ziffern, zum Beispiel 42 oder 3,5.');
await heard(page, 'Nicht gespeichert: Das ist keine Zahl');
await look(page, 'refused-number-de');
assert.equal(await number.inputValue(), '3e99', 'what was written is gone');
await number.fill('3,5');
await page.getByText(/^Gespeichert um /).waitFor();

// A step that needs the server, without a network: it is said and can be taken again.
await expecting(page, noNetwork, async () => {
  await page.route('**/graphql', (route) => (route.request().postData()?.includes('enterQuestion') ? route.abort() : route.continue()));
  await page.getByRole('article').getByRole('button', { name: 'Weiter', exact: true }).click();
  await page.locator('.warned').getByText('Es gibt gerade keine Verbindung zum Server. Was Sie geschrieben haben, ist sicher; wir versuchen es weiter.').waitFor();
  assert.ok((await nodes(page, 'alert')).some((a) => a.live === 'assertive'), 'no region for what is urgent');
  await page.getByRole('alert').filter({ hasText: 'keine Verbindung' }).first().waitFor({ state: 'attached' });
  await look(page, 'refused-network-de');
  await page.unroute('**/graphql');
});
await page.getByRole('article').getByRole('button', { name: 'Weiter', exact: true }).click();
await headed(page, 'Frage 2 von 2');
await page.locator('.warned').getByText('keine Verbindung').waitFor({ state: 'detached' });

// A recording in which nothing is, as of a microphone that was stopped at once.
await page.evaluate(() => {
  MediaRecorder.prototype.addEventListener = function deaf(type, ...more) {
    if (type !== 'dataavailable') EventTarget.prototype.addEventListener.call(this, type, ...more);
  };
});
await page.getByRole('button', { name: 'Aufnehmen', exact: true }).click();
await page.getByRole('button', { name: 'Anhalten' }).click();
await seen('Es wurde nichts aufgenommen. Bitte versuchen Sie es noch einmal, oder schreiben Sie Ihre Antwort.');
await page.evaluate(() => { delete MediaRecorder.prototype.addEventListener; });

// A recording that is none.
await expecting(page, ['status of 4'], async () => {
  await page.evaluate(() => {
    const real = window.fetch;
    window.fetch = (url, how) => real(url, how.method === 'PATCH' ? { ...how, body: 'x'.repeat(how.body.size) } : how);
  });
  await page.getByRole('button', { name: 'Aufnehmen', exact: true }).click();
  await page.getByRole('timer', { name: 'Länge der Aufnahme' }).filter({ hasText: '00:01' }).waitFor();
  await page.getByRole('button', { name: 'Anhalten' }).click();
  await seen('Die Aufnahme konnte nicht übernommen werden. Bitte nehmen Sie noch einmal auf oder schreiben Sie Ihre Antwort.');
  await look(page, 'refused-recording-de');
});
await page.close();

// An invitation that was withdrawn while its page was open.
const late = await accept(template, { locale: 'de-DE' });
await late.getByRole('checkbox').check();
await change(desk, 'cancelSession', { id: sittingOf(late), reason: 'The job is taken.' });
await late.getByRole('button', { name: 'Prüfung beginnen' }).click();
await headed(late, /zurückgezogen/);

assert.deepEqual(complaints, [], 'the console');
await browser.close();
