// What is not an answer arrives too, however the network breaks: flags, what was noticed of how the sitting is taken, and a
// recording in parts.
//
//   node network.mjs ADDRESS FOLDER BROWSER
//
// as sitting.mjs.
import assert from 'node:assert/strict';
import { browser, complaints, expecting, headed } from './browser.mjs';
import { accept, assessment, eventually, leaves, noNetwork, of, sitting } from './stage.mjs';

const template = await assessment('Broken network', [{ title: 'One', timeLimit: 'PT1H', slots: [of('LONG_TEXT'), of('SPOKEN')] }], { signals: ['FOCUS_LOST'] });
const page = await accept(template, { locale: 'en-GB' });
await page.getByLabel('I have read').check();
await page.getByRole('button', { name: 'Start the assessment' }).click();
await headed(page, 'Question 1 of 2');

/** Cuts off the requests that hold a word, or what is answered to them. */
const cut = (word, how) => page.route('**/graphql', async (route) => {
  if (!route.request().postData()?.includes(word)) return route.fallback();
  if (how === 'the answer') await route.fetch();
  return route.abort();
});
const flagged = page.getByRole('button', { name: /^Question 1 of 2: .*flagged/ });
const recorded = async () => (await sitting(page, 'signals { kind question }')).signals;
const once = [{ kind: 'FOCUS_LOST', question: '1.1' }];

// A flag and a signal without a network: shown and kept, also if the page is loaded anew before.
await expecting(page, noNetwork, async () => {
  await cut('flagQuestion');
  await cut('recordSignals');
  await page.getByRole('button', { name: 'Flag for review' }).click();
  await flagged.waitFor();
  const tried = page.waitForRequest((r) => !!r.postData()?.includes('recordSignals'));
  await leaves(page, { hidden: true, forMs: 1_500 });
  await tried;
  await page.reload();
  await flagged.waitFor();
  assert.deepEqual((await sitting(page, 'flags')).flags, [], 'the flag arrived, so that nothing was shown');
  assert.deepEqual(await recorded(), [], 'the signal arrived, so that nothing was shown');

  // The network is back, and the first answers are lost: what was stored is not stored twice.
  await page.unroute('**/graphql');
  await cut('recordSignals', 'the answer');
  await eventually(async () => assert.deepEqual((await sitting(page, 'flags')).flags, ['1.1'], 'the flag never arrived'));
  await eventually(async () => assert.deepEqual(await recorded(), once, 'the signal never arrived'));
  const acknowledged = page.waitForResponse((r) => !!r.request().postData()?.includes('recordSignals'));
  await page.unroute('**/graphql');
  await acknowledged;
});
assert.deepEqual(await recorded(), once, 'a signal whose answer was lost is stored twice');

// A recording in parts: one is lost on its way, and of the last one the answer. The page asks where the upload stands, goes
// on there, and sends nothing twice.
await page.getByRole('article').getByRole('button', { name: 'Next', exact: true }).click();
await headed(page, 'Question 2 of 2');
let size = 0;
await page.route('**/graphql', async (route) => {
  if (!route.request().postData()?.includes('beginUpload')) return route.continue();
  const response = await route.fetch();
  const json = await response.json();
  size = route.request().postDataJSON().variables.input.size;
  json.data.beginUpload.begun.partSize = Math.ceil(size / 3);
  return route.fulfill({ response, json });
});
await page.evaluate(() => {
  const real = window.fetch;
  window.sent = [];
  window.fetch = async (url, how) => {
    if (!String(url).includes('/files/upload/')) return real(url, how);
    const n = window.sent.push(`${how.method} ${how.headers['Upload-Offset'] ?? ''}`.trim());
    if (n === 3) throw new TypeError('it never leaves');
    const answer = await real(url, how);
    if (n === 6) throw new TypeError('it arrives, and the answer does not');
    return answer;
  };
});
await page.getByRole('button', { name: 'Record', exact: true }).click();
await page.getByRole('timer', { name: 'Length of the recording' }).filter({ hasText: '00:02' }).waitFor();
await page.getByRole('button', { name: 'Stop' }).click();
await page.getByText('Sending the recording…').waitFor();
await page.getByText('The recording is stored.').waitFor();
await page.getByText(/^Saved at /).waitFor();
const third = Math.ceil(size / 3);
assert.deepEqual(await page.evaluate(() => window.sent), ['HEAD', 'PATCH 0', `PATCH ${third}`, 'HEAD', `PATCH ${third}`, `PATCH ${2 * third}`, 'HEAD'], 'what was sent');
const { uploads, responses } = await sitting(page, 'uploads { id state size } responses { question answer { upload } }');
assert.deepEqual(uploads.map((u) => [u.state, u.size]), [['COMPLETE', size]]);
assert.equal(responses.find((r) => r.question === '1.2').answer.upload, uploads[0].id);
await page.getByRole('button', { name: 'Record', exact: true }).waitFor();

// The question for the microphone takes the focus and hides the page for a while. That is not recorded, what follows is.
await page.evaluate(() => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (what) => {
    await new Promise((allow) => { window.allow = allow; });
    return ask(what);
  };
});
await leaves(page, { hidden: true, forMs: 2_000, meanwhile: () => page.evaluate(() => [...document.querySelectorAll('button')].find((b) => b.textContent === 'Record').click()) });
await page.evaluate(() => window.allow());
await page.getByText('Recording runs.').waitFor();
await page.waitForTimeout(1_200);
await leaves(page, { hidden: true, forMs: 1_500 });
await page.getByRole('button', { name: 'Stop' }).click();
await eventually(async () => assert.deepEqual(await recorded(), [...once, { kind: 'FOCUS_LOST', question: '1.2' }], 'what was recorded'));

assert.deepEqual(complaints, [], 'the console');
await browser.close();
