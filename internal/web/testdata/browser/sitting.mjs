// Takes whole sittings on the candidate's page in a real browser: every kind of question, a reload, a lost network, two
// tabs, a second device, the keyboard alone, the end of the time; and looks at each state on the way.
//
//   node sitting.mjs ADDRESS FOLDER BROWSER
//
// ADDRESS is a running development server with its demonstration organizations, FOLDER takes the screenshots and BROWSER
// is a Chromium. What the page must do is demanded at each step; the first thing that is missing ends the script.
import assert from 'node:assert/strict';
import { address, ask, browser, complaints, expecting, headed, look, openPage, signIn, tabTo, visitor } from './browser.mjs';
import { accept, assessment, change, desk, eventually, heard, listen, node, noNetwork, of, question, sitting, sittingOf, staff } from './stage.mjs';

const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

/** A question of our own, with what tends to break a layout. */
const wide = () => question('Lange Wörter', 'SINGLE_CHOICE', {
  prompt: `Was macht die **${long}**?\n\n\`\`\`go\nfunc main() { fmt.Println("a line of code that is much wider than a phone is, and must not make the page wider") }\n\`\`\`\n\n| Spalte | ${long} |\n|---|---|\n| a | b |`,
  modelAnswer: 'Die erste.',
  choices: [{ key: 'a', text: `Sie betreibt die ${long}`, correct: true }, { key: 'b', text: 'Sie verwaltet `Unterbeamte`' }, { key: 'c', text: 'Nichts davon' }],
});

// A recruiter makes an assessment of every kind of question.
const first = await wide();
const whole = await assessment(`Eignungsprüfung für ${long}`, [
  { title: `Grundlagen der ${long}`, instructions: 'Answer in **any** order.', timeLimit: 'PT1H', slots: [first, of('MULTIPLE_CHOICE'), of('ORDERING'), of('NUMERIC'), of('SHORT_TEXT')] },
  { title: 'In depth', timeLimit: 'PT2H', navigation: 'FORWARD_ONLY', slots: [of('LONG_TEXT'), of('CODE'), of('SPOKEN')] },
]);
const parted = await assessment('Three parts', [
  { title: 'Free', timeLimit: 'PT30M', slots: [first, of('SHORT_TEXT')] },
  { title: 'Forward', timeLimit: 'PT30M', navigation: 'FORWARD_ONLY', order: 'SHUFFLED', slots: [of('LONG_TEXT'), of('NUMERIC'), of('SPOKEN')] },
  { title: 'Last', timeLimit: 'PT20M', slots: [of('MULTIPLE_CHOICE')] },
], { signals: ['FOCUS_LOST', 'SECOND_DEVICE'] });
const twice = await assessment('Two minutes', [{ title: 'One', timeLimit: 'PT1M', slots: [first] }, { title: 'Two', timeLimit: 'PT1M', slots: [await wide()] }]);
const short = await assessment('One minute', [{ title: 'Quick', timeLimit: 'PT1M', slots: [first] }]);

/** Every stored answer, as the server has it. */
async function stored(page) {
  const { state, responses } = await sitting(page, 'state responses { question revision answer { choices number text } }');
  return { state, ...Object.fromEntries(responses.map((r) => [r.question, r])) };
}

/** Waits until an answer is stored as it should be. */
const assertStored = (on, ref, judge) => eventually(async () => judge((await stored(on))[ref].answer));

const saved = (page) => page.getByText(/^Saved at /).waitFor();
const at = (page, n) => headed(page, `Question ${n} of 8`);
const next = (page) => page.getByRole('button', { name: 'Next', exact: true }).click();

// Two sittings of a minute run out meanwhile: one with the network, one without.
const runOut = Promise.all([endsOnline(await accept(short)), endsOffline(await accept(short)), endsApart(await accept(twice))]);
runOut.catch(() => {}); // whoever waits for it hears of it

async function begin(page) {
  await page.getByLabel('I have read').check();
  await page.getByRole('button', { name: 'Start the assessment' }).click();
}

async function endsOnline(page) {
  await begin(page);
  await page.getByRole('radio', { name: /verwaltet/ }).check();
  await saved(page);
  await page.getByRole('heading', { level: 1, name: 'The time has ended' }).waitFor({ timeout: 90_000 });
  await page.getByText('Your receipt').waitFor();
  await page.getByText('1 answer was saved and counts.').waitFor();
  return page;
}

/** A part whose time is over leads to the next one; what was written in its last moment arrives. */
async function endsApart(page) {
  await begin(page);
  await headed(page, 'Question 1 of 2');
  await listen(page);
  await page.getByRole('radio', { name: /verwaltet/ }).check();
  await page.getByRole('heading', { level: 1, name: 'Question 2 of 2' }).waitFor({ timeout: 90_000 });
  await page.getByText('Its time is over.').waitFor();
  await page.getByRole('radio', { name: /Nichts/ }).check();
  await saved(page);
  const { '1.1': one, '2.1': two } = await stored(page);
  assert.deepEqual([one.answer.choices, two.answer.choices], [['b'], ['c']]);
  await page.close();
}

async function endsOffline(page) {
  await begin(page);
  await page.getByRole('radio', { name: /verwaltet/ }).check();
  await saved(page);
  await expecting(page, noNetwork, async () => {
    await page.context().setOffline(true);
    await page.getByRole('radio', { name: /Nichts/ }).check();
    await page.getByText('No connection. Your answer is kept on this device').waitFor();
    await page.getByText('The time is over, and there is no connection.').waitFor({ timeout: 90_000 });
    await page.waitForTimeout(6_000); // the grace ends too
    await page.context().setOffline(false);
  });
  await page.getByText('Your receipt').waitFor();
  await page.getByText('The last change to 1 answer did not arrive before the end:').waitFor();
  assert.deepEqual((await stored(page))['1.1'].answer.choices, ['b']);
  return page;
}

// The first page is small, and nothing of it comes from elsewhere.
const page = await accept(whole);
await headed(page, new RegExp(long));
let bytes = 0;
const client = await page.context().newCDPSession(page);
await client.send('Network.enable');
await client.send('Network.setCacheDisabled', { cacheDisabled: true });
client.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
page.on('request', (r) => assert.ok(r.url().startsWith(address) || r.url().startsWith('blob:'), `${r.url()} is not ours`));
await page.reload({ waitUntil: 'networkidle' });
await headed(page, new RegExp(long));
assert.ok(bytes > 10_000 && bytes < 100_000, `the first page takes ${bytes} bytes`);
await client.detach();

// What to know, in both languages, and the consent.
await page.getByText('ada.helper@demo.example').waitFor();
await page.getByText('3 hours', { exact: true }).waitFor();
await page.getByRole('button', { name: 'Start the assessment' }).click();
await page.getByRole('alert').filter({ hasText: 'Please tick the box' }).waitFor();
assert.equal((await stored(page)).state, 'INVITED');
await look(page, 'instructions-consent-missing');
await page.getByLabel('Language').selectOption('de');
await page.getByRole('heading', { name: 'Was aufgezeichnet wird' }).waitFor();
assert.equal(await page.locator('html').getAttribute('lang'), 'de');
await look(page, 'instructions-de');
await page.getByLabel('Sprache').selectOption('en');

// The practice shows every kind and asks the server nothing.
await page.getByRole('button', { name: 'Practise the kinds of questions' }).click();
let asked = 0;
const count = (r) => { if (r.method() === 'POST') asked++; };
page.on('request', count);
for (const kind of ['one choice', 'several choices', 'putting in order', 'a number', 'a short text', 'a long text', 'code', 'a spoken answer']) {
  await headed(page, new RegExp(`^Practice \\d of 8: ${kind}$`));
  await look(page, `practice-${kind.replaceAll(' ', '-')}`);
  if (kind === 'a spoken answer') break;
  await next(page);
}
assert.equal((await node(page, 'button', 'Record')).focusable, true);
await node(page, 'group', 'Recording');
await page.getByRole('button', { name: 'Record', exact: true }).click();
await page.getByText('Recording runs.').waitFor();
await page.getByRole('timer', { name: 'Length of the recording' }).filter({ hasText: '00:02 of 00:30' }).waitFor();
await look(page, 'practice-recording');
await page.getByRole('button', { name: 'Stop' }).click();
await page.getByText(/^Recorded: /).waitFor();
await page.waitForFunction(() => document.querySelector('audio').readyState > 0);
await page.getByLabel('Write your answer instead').fill('Sunny.');
await look(page, 'practice-recorded');
await page.getByRole('button', { name: 'Back to the instructions' }).click();
page.off('request', count);
assert.equal(asked, 0, 'the practice asked the server');

// Start, and every kind of question in the first part.
await page.getByLabel('I have read').check();
await page.getByRole('button', { name: 'Start the assessment' }).click();
await at(page, 1);
await listen(page);
const timer = await node(page, 'timer', 'Time left for the whole assessment');
assert.ok(!timer.live || timer.live === 'off', 'a timer must not speak every second');
await page.getByRole('timer', { name: 'Time left for the whole assessment' }).filter({ hasText: /^Time left 2:59:\d\d$/ }).waitFor();
await page.getByRole('button', { name: 'Hide the timer' }).click();
assert.equal(await page.getByRole('timer').count(), 0);
await page.getByRole('button', { name: 'Show the timer' }).click();
await look(page, 'question-single');
await page.getByText('No answer yet.').waitFor();
await page.getByRole('radio', { name: /betreibt/ }).check();
await saved(page);
assert.deepEqual((await stored(page))['1.1'].answer.choices, ['a']);
assert.match((await node(page, 'radiogroup', /Was macht die/)).description, /Choose one.*Saved at/);
await page.getByRole('button', { name: 'Clear my answer' }).click();
await saved(page);
assert.deepEqual((await stored(page))['1.1'].answer.choices, []);
await page.getByRole('radio', { name: /verwaltet/ }).check();
await page.getByRole('button', { name: 'Flag for review' }).click();
await page.getByRole('button', { name: 'Question 1 of 8: answered, flagged' }).waitFor();
await saved(page);

await next(page);
await at(page, 2);
await page.getByRole('checkbox').nth(0).check();
await page.getByRole('checkbox').nth(1).check();
await saved(page);
assert.equal((await stored(page))['1.2'].answer.choices.length, 2);
await look(page, 'question-multiple');

// Ordering by buttons, which say what happened and keep the focus, and by dragging.
await next(page);
await at(page, 3);
await look(page, 'question-ordering');
const down = page.getByRole('button', { name: /^Move down: / }).first();
const moved = (await down.getAttribute('aria-label')).replace('Move down: ', '');
await node(page, 'button', `Move down: ${moved}`);
await node(page, 'button', `Move up: ${moved}`);
await down.focus();
await page.keyboard.press('Enter');
await heard(page, `${moved}: now 2 of `);
assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), `Move down: ${moved}`);
await saved(page);
const byButtons = (await stored(page))['1.3'].answer.choices;
const keys = () => page.locator('.ordering li').evaluateAll((all) => all.map((li) => li.dataset.key));
assert.deepEqual(await keys(), byButtons);
const grip = await page.locator('.grip').first().boundingBox();
const last = await page.locator('.ordering li').last().boundingBox();
await page.mouse.move(grip.x + 5, grip.y + 5);
await page.mouse.down();
await page.mouse.move(last.x + 20, last.y + last.height - 4, { steps: 12 });
await page.mouse.up();
const dragged = await keys();
assert.deepEqual(dragged, [...byButtons.slice(1), byButtons[0]]);
await page.waitForFunction(() => document.querySelector('.save').dataset.state === 'waiting' || document.querySelector('.save').dataset.state === 'saved');
await saved(page);
await assertStored(page, '1.3', (a) => assert.deepEqual(a.choices, dragged));

// A number that is none is said and not sent; a comma is as good as a point.
await next(page);
await at(page, 4);
const number = page.getByRole('textbox', { name: /^Number/ });
await number.fill('about 12');
await number.press('Tab');
await page.getByText('This is not a number yet').first().waitFor();
await page.getByRole('button', { name: 'Question 4 of 8: open' }).waitFor();
await look(page, 'question-number-wrong');
await number.fill('12,5');
await assertStored(page, '1.4', (a) => assert.equal(a.number, '12.5'));

await next(page);
await at(page, 5);
await page.getByRole('textbox', { name: 'Your answer' }).fill('x'.repeat(1001));
await page.getByText('1 character too long').first().waitFor();
await look(page, 'question-too-long');
await page.getByRole('textbox', { name: 'Your answer' }).fill('short');
await assertStored(page, '1.5', (a) => assert.equal(a.text, 'short'));

// The second part goes forward only. Going back to the first is possible, going ahead is not.
await page.getByText('3 questions, shown when you enter').waitFor();
await page.getByRole('button', { name: 'Go on to the next part' }).click();
const entering = page.getByRole('dialog', { name: 'Enter the part “In depth”?' });
await entering.getByText('3 questions, 2 hours. Its time runs as soon as you enter it.').waitFor();
await entering.getByText('you go forward only').waitFor();
await look(page, 'enter-part');
await entering.getByRole('button', { name: 'Enter' }).click();
await at(page, 6);
assert.equal(await page.getByRole('button', { name: 'Back', exact: true }).count(), 0);
assert.equal(await page.getByRole('button', { name: 'Question 7 of 8: open, locked' }).getAttribute('aria-disabled'), 'true');
await page.getByRole('button', { name: 'Question 7 of 8: open, locked' }).click({ force: true });
await at(page, 6);
await look(page, 'question-forward');

// The network is cut for twenty seconds while somebody writes. What is written meanwhile is kept, encrypted, and arrives.
const area = page.getByRole('textbox', { name: 'Your answer' });
await area.fill('Before. ');
await saved(page);
await expecting(page, noNetwork, async () => {
  await page.context().setOffline(true);
  await area.press('End');
  for (let i = 0; i < 20; i++) {
    await page.keyboard.type(`word${i} `, { delay: 100 });
    await page.waitForTimeout(400);
  }
  await page.getByText('No connection. Your answer is kept on this device').waitFor();
  await heard(page, 'The connection is lost. Go on writing');
  await look(page, 'question-offline');
  const kept = await page.evaluate(async () => {
    const open = (r) => new Promise((done) => { r.onsuccess = () => done(r.result); });
    const db = await open(indexedDB.open('assay-take'));
    const all = await open(db.transaction('kept').objectStore('kept').getAll());
    const [key] = await open(db.transaction('keys').objectStore('keys').getAll());
    return { texts: all.map(({ data }) => new TextDecoder().decode(data)), extractable: key.extractable };
  });
  assert.ok(kept.texts.length > 0 && !kept.texts.some((text) => text.includes('word')), 'what is kept can be read');
  assert.equal(kept.extractable, false);
  await page.context().setOffline(false);
  await saved(page);
});
await heard(page, 'The connection is back. Everything is saved.');
await assertStored(page, '2.1', (a) => assert.match(a.text, /^Before\. word0 .* word19 $/));

// A reload in the middle, with something that was not sent, keeps everything and the place.
await expecting(page, noNetwork, async () => {
  await page.context().setOffline(true);
  await area.press('End');
  await page.keyboard.type('and after');
  await page.getByText('No connection. Your answer is kept on this device').waitFor();
  await page.waitForTimeout(500);
  await page.route('**/graphql', (route) => route.abort()); // the page loads, the API does not answer yet
  await page.context().setOffline(false);
  await page.reload();
  await headed(page, /no connection to the server/);
  await look(page, 'unreachable');
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'Try again' }).click();
});
await at(page, 6);
await listen(page);
assert.match(await area.inputValue(), /word19 and after$/);
await assertStored(page, '2.1', (a) => assert.match(a.text, /word19 and after$/));
await page.getByRole('button', { name: 'Question 1 of 8: answered, flagged' }).waitFor();

// A second device answered the same question: both versions are shown, and the person chooses.
const behind = await stored(page);
await ask(page, 'mutation($input: SaveResponseInput!) { saveResponse(input: $input) { errors { code message } } }', {
  input: { sittingId: sittingOf(page), question: '2.1', revision: behind['2.1'].revision, clientKey: 'phone', answer: { text: 'From the phone.' } },
});
await area.fill('From the desk.');
const dialog = page.getByRole('dialog', { name: 'Two versions of an answer' });
await dialog.getByText('From the phone.').waitFor();
await dialog.getByText('From the desk.').waitFor();
await look(page, 'conflict');
await page.keyboard.press('Escape');
await page.getByText('Not saved: this question was answered elsewhere too.').waitFor();
await look(page, 'conflict-later');
await page.getByRole('button', { name: 'Compare the versions' }).click();
await dialog.getByRole('button', { name: 'Keep what is written here' }).click();
await assertStored(page, '2.1', (a) => assert.equal(a.text, 'From the desk.'));

// Two tabs: the newest has the sitting, the other says so and can take it back.
const tab = await openPage(page.context());
await tab.goto(page.url());
await at(tab, 6);
await headed(page, /is open in a newer tab/);
await look(page, 'elsewhere');
await tab.getByRole('textbox', { name: 'Your answer' }).fill('From the new tab.');
await saved(tab);
await page.getByRole('button', { name: 'Go on here' }).click();
await at(page, 6);
await headed(tab, /is open in a newer tab/);
assert.equal(await area.inputValue(), 'From the new tab.');
await tab.close();

// Code: Tab leaves the field unless the switch is on, and Escape switches it off.
await next(page);
await at(page, 7);
await page.getByRole('button', { name: 'Question 6 of 8: answered, locked' }).waitFor();
assert.equal(await page.getByRole('button', { name: 'Back', exact: true }).count(), 0);
const code = page.getByRole('textbox', { name: /^Code/ });
assert.match((await node(page, 'textbox', /^Code/)).description, /No answer yet/);
await node(page, 'switch', 'The Tab key indents');
await code.press('Tab');
assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'TEXTAREA');
await page.getByRole('switch').check();
await code.fill('if (x) {');
await code.press('End');
await code.press('Enter');
await code.press('Tab');
await page.keyboard.type('return;');
assert.match(await code.inputValue(), /\n\treturn;$/);
await code.press('Escape');
assert.equal(await page.getByRole('switch').isChecked(), false);
await code.press('Tab');
assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'TEXTAREA');
await saved(page);
await look(page, 'question-code');

await next(page);
await at(page, 8);
await page.getByRole('button', { name: 'Record', exact: true }).click();
await page.getByText('Recording runs.').waitFor();
await page.getByRole('timer', { name: 'Length of the recording' }).filter({ hasText: '00:02 of ' }).waitFor();
await page.getByRole('button', { name: 'Stop' }).click();
await page.getByText('The recording is stored.').waitFor();
await saved(page);
await page.reload();
await at(page, 8);
await listen(page);
await page.getByRole('button', { name: 'Listen to it' }).click();
await page.waitForFunction(() => document.querySelector('audio').readyState > 0);
await look(page, 'question-spoken');
await page.getByRole('article').getByRole('button', { name: 'Finish this part' }).click();
await page.getByRole('dialog', { name: 'Finish this part?' }).getByRole('button', { name: 'Finish this part' }).click();
await at(page, 5);

// The review, in German too, and handing in.
await page.getByRole('article').getByRole('button', { name: 'Review and hand in' }).click();
await headed(page, 'Before you hand in');
await page.getByText('All questions have an answer.').waitFor();
await look(page, 'review');
await page.getByRole('button', { name: 'Question 1 of 8', exact: true }).click();
await at(page, 1);
await page.getByLabel('Language').selectOption('de');
await headed(page, 'Frage 1 von 8');
await look(page, 'question-de');
await page.getByRole('article').getByRole('button', { name: 'Weiter', exact: true }).waitFor();
await page.getByRole('navigation').getByRole('button', { name: 'Durchsehen und abgeben' }).click();
await headed(page, 'Vor der Abgabe');
await look(page, 'review-de');
await page.getByLabel('Sprache').selectOption('en');
await at(page, 1);
await page.getByRole('navigation').getByRole('button', { name: 'Review and hand in' }).click();
await page.getByRole('button', { name: 'Hand in', exact: true }).click();
await page.getByRole('dialog', { name: 'Hand in now?' }).waitFor();
await look(page, 'submit');
await page.getByRole('dialog').getByRole('button', { name: 'Hand in', exact: true }).click();
await headed(page, 'Your assessment is handed in');
const { receipt } = await sitting(page, 'receipt { hash }');
await page.getByText(receipt.hash).waitFor();
await look(page, 'receipt');
await page.waitForFunction(async () => {
  const open = (r) => new Promise((done) => { r.onsuccess = () => done(r.result); });
  const db = await open(indexedDB.open('assay-take'));
  const left = await Promise.all(['kept', 'keys'].map((name) => open(db.transaction(name).objectStore(name).count())));
  return left.every((n) => n === 0);
});
await page.reload();
await headed(page, 'Your assessment is handed in');

// The same by keyboard alone, from the instructions to the receipt.
const keyboard = await accept(whole);
await headed(keyboard, new RegExp(long));
await tabTo(keyboard, 'Practise the kinds of questions');
await keyboard.keyboard.press('Enter');
await headed(keyboard, /Practice 1 of 8/);
await tabTo(keyboard, 'Back to the instructions');
await keyboard.keyboard.press('Enter');
await headed(keyboard, new RegExp(long));
await tabTo(keyboard, /^I have read/);
await keyboard.keyboard.press('Space');
await tabTo(keyboard, 'Start the assessment');
await keyboard.keyboard.press('Enter');
const onward = async (n) => {
  await saved(keyboard);
  await tabTo(keyboard, 'Next');
  await keyboard.keyboard.press('Enter');
  await at(keyboard, n);
};
await at(keyboard, 1);
await tabTo(keyboard, /^Sie betreibt/);
await keyboard.keyboard.press('Space');
await keyboard.keyboard.press('ArrowDown');
await onward(2);
await tabTo(keyboard, /./);
await keyboard.keyboard.press('Space');
await onward(3);
await tabTo(keyboard, /^Move down: /);
await keyboard.keyboard.press('Enter');
await keyboard.keyboard.press('Enter');
await onward(4);
await tabTo(keyboard, /^Number/);
await keyboard.keyboard.type('42');
await onward(5);
await tabTo(keyboard, 'Your answer');
await keyboard.keyboard.type('by keyboard');
await saved(keyboard);
await tabTo(keyboard, 'Go on to the next part');
await keyboard.keyboard.press('Enter');
await tabTo(keyboard, 'Enter', { most: 3 });
await keyboard.keyboard.press('Enter');
await at(keyboard, 6);
await tabTo(keyboard, 'Your answer');
await keyboard.keyboard.type('a longer text by keyboard');
await onward(7);
await tabTo(keyboard, /^Code in/);
await keyboard.keyboard.press('End');
await keyboard.keyboard.type(' # by keyboard');
await onward(8);
await tabTo(keyboard, 'Write your answer instead');
await keyboard.keyboard.type('written instead');
await saved(keyboard);
await tabTo(keyboard, 'Flag for review');
await keyboard.keyboard.press('Space');
await tabTo(keyboard, 'Finish this part');
await keyboard.keyboard.press('Enter');
await tabTo(keyboard, 'Finish this part', { most: 3 });
await keyboard.keyboard.press('Enter');
await at(keyboard, 5);
await tabTo(keyboard, 'Review and hand in');
await keyboard.keyboard.press('Enter');
await headed(keyboard, 'Before you hand in');
await keyboard.getByText('All questions have an answer.').waitFor();
await tabTo(keyboard, 'Hand in');
await keyboard.keyboard.press('Enter');
await keyboard.getByRole('dialog', { name: 'Hand in now?' }).waitFor();
await tabTo(keyboard, 'Hand in', { most: 5 });
await keyboard.keyboard.press('Enter');
await headed(keyboard, 'Your assessment is handed in');
assert.equal(Object.keys(await stored(keyboard)).length, 1 + 8);
await keyboard.close();

// The timer announces half, five minutes and one minute, also when it is hidden. The browser's clock is moved, not the server's.
const late = await accept(whole);
await late.clock.install();
await late.reload();
await begin(late);
await at(late, 1);
await listen(late);
await late.getByRole('button', { name: 'Hide the timer' }).click();
for (const [time, words] of [['01:31:00', 'half the time, 1 hour 30 minutes'], ['02:55:10', '5 minutes'], ['02:59:10', '1 minute']]) {
  await late.clock.fastForward(time);
  await heard(late, `Time left for the whole assessment: ${words}`);
  await late.waitForFunction(() => document.querySelector('.timer').textContent.includes('2:59:')); // what the server says counts
}

// Signals: leaving is recorded, and what assistive technology, a prompt or a notification does is not.
await late.clock.fastForward('00:01:00');
const recorded = await late.evaluate(async (module) => {
  const { Noticed, quietly, watch } = await import(`${module}/signals.js`);
  const state = { visibilityState: 'visible', focus: true };
  Object.defineProperty(document, 'visibilityState', { get: () => state.visibilityState });
  document.hasFocus = () => state.focus;
  window.pretended = { state, quietly };
  window.noticed = new Noticed('ses_1', () => {});
  window.stop = watch({ kinds: ['FOCUS_LOST', 'PASTED'], question: () => '1.1', now: () => Date.now(), noticed: window.noticed });
}, await late.evaluate(() => document.querySelector('script[type=module]').src.replace('/main.js', '')));
assert.equal(recorded, undefined);
const sent = [];
await late.route('**/graphql', async (route) => {
  const { query, variables } = route.request().postDataJSON();
  if (!query.includes('recordSignals')) return route.continue();
  sent.push(...variables.input.signals);
  return route.fulfill({ json: { data: { recordSignals: { errors: [] } } } });
});
const hide = (hidden) => late.evaluate((h) => {
  Object.assign(window.pretended.state, { visibilityState: h ? 'hidden' : 'visible', focus: !h });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);
const blur = (away) => late.evaluate((a) => {
  window.pretended.state.focus = !a;
  window.dispatchEvent(new Event(a ? 'blur' : 'focus'));
}, away);
const absent = async (leave, time, act = async () => {}) => {
  await late.clock.fastForward(5_000);
  await leave(true);
  await act();
  await late.clock.fastForward(time);
  await leave(false);
};
await absent(hide, 500); // a notification
await absent(blur, 9_000); // a list of elements
await absent(blur, 60_000, () => late.evaluate(() => document.dispatchEvent(new Event('input')))); // dictation goes on
await late.evaluate(() => { window.pretended.quietly(() => new Promise((done) => { window.answered = done; })); });
await absent(hide, 9_000); // the question for the microphone
await late.evaluate(() => window.answered());
await late.evaluate(() => document.dispatchEvent(new ClipboardEvent('paste'))); // a text expander
await absent(hide, 9_000);
await absent(blur, 20_000);
await late.clock.fastForward(11_000);
await late.evaluate(() => { window.stop(); return window.noticed.send(); });
assert.deepEqual(sent.map((s) => [s.kind, s.question]), [['FOCUS_LOST', '1.1'], ['FOCUS_LOST', '1.1']], JSON.stringify(sent));
assert.ok(parseFloat(sent[0].lasted.slice(2)) >= 9 && parseFloat(sent[1].lasted.slice(2)) >= 20 && sent.every((s) => s.clientKey && s.at), JSON.stringify(sent));
await late.close();

// Signed out in the middle: the page says so, keeps what is written, and sends it after the next sign-in.
const out = await accept(whole, { locale: 'de-DE' });
await headed(out, new RegExp(long));
await out.getByLabel('Ich habe gelesen').check();
await out.getByRole('button', { name: 'Prüfung beginnen' }).click();
await headed(out, 'Frage 1 von 8');
await out.context().clearCookies();
await out.getByRole('radio', { name: /betreibt/ }).check();
await out.getByText('Sie sind abgemeldet.').waitFor();
await look(out, 'signed-out-de');
await out.getByRole('link', { name: 'Anmelden' }).click();
if (await out.getByLabel('E-mail').isVisible()) await signIn(out, 'candidate@demo.example');
await headed(out, 'Frage 1 von 8');
await out.getByText(/^Gespeichert um \d\d:\d\d/).waitFor();
assert.deepEqual((await stored(out))['1.1'].answer.choices, ['a']);

/** Shows a page as if the server said something else of its sitting. */
async function pretend(on, change) {
  await on.unroute('**/graphql');
  await on.route('**/graphql', async (route) => {
    if (route.request().headers().accept === 'text/event-stream') return route.fulfill({ status: 204 });
    const response = await route.fetch();
    const json = await response.json();
    for (const sitting of [json.data?.sitting, json.data?.heartbeat?.sitting]) if (sitting) Object.assign(sitting, change);
    await route.fulfill({ response, json });
  });
  await on.reload();
}

// Every other end, and a pause.
for (const [state, heading] of [['PAUSED', 'Die Uhr steht'], ['EXPIRED', /gilt nicht mehr/], ['CANCELLED', /zurückgezogen/], ['DECLINED', /abgelehnt/], ['VOIDED', /zählt nicht/]]) {
  await pretend(out, { state });
  await headed(out, heading);
  await look(out, `state-${state.toLowerCase()}-de`);
}
await pretend(out, {
  state: 'RELEASED', endedAt: '2026-03-01T10:00:00Z', receipt: { hash: 'f'.repeat(64), submittedAt: '2026-03-01T10:00:00Z' },
  feedback: { releasedAt: '2026-03-02T10:00:00Z', passed: true, sections: [{ title: long, percent: 80 }, { title: 'In depth', percent: 55 }] },
});
await out.getByText('Sie haben bestanden.').waitFor();
await look(out, 'state-released-de');
await out.close();

// Parts with clocks of their own. What is recorded and asked for is said before; a request is made, taken back and made again.
const parts = await accept(parted, { locale: 'en-GB' }, { redirectUrl: 'https://example.org/next' });
await headed(parts, 'Three parts');
await parts.getByText('When this page goes to the background').waitFor();
await parts.getByText('3 questions, 30 minutes').waitFor();
const request = async () => {
  await parts.getByText('Ask for more time, breaks or something else').click();
  await parts.getByLabel('What do you need?').fill('I need breaks.');
  await parts.getByLabel('Time for breaks').selectOption('10');
};
const sendRequest = async () => {
  await parts.getByRole('button', { name: 'Send the request' }).click();
  await parts.getByText('Your request was sent.').waitFor();
};
await request();
await look(parts, 'support-form');
await sendRequest();
await parts.getByRole('button', { name: 'Take the request back' }).click();
await parts.getByText('You took your request back.').waitFor();
await request();
await sendRequest();
const session = sittingOf(parts);
const admin = await staff('admin');
const { organization } = await ask(admin, '{ organization { accommodations(state: REQUESTED, last: 1) { nodes { id revision } } } }');
await change(admin, 'decideAccommodation', { ...organization.accommodations.nodes[0], decision: 'GRANT', reason: 'As you asked.' });
await parts.reload();
await parts.getByText('10 minutes for breaks').waitFor();
await begin(parts);
const part = (on, n) => headed(on, `Question ${n} of 6`);
const timerOf = (on, text) => on.getByRole('timer', { name: 'Time left for this part' }).filter({ hasText: text }).waitFor();
await part(parts, 1);
await listen(parts);
await timerOf(parts, /^This part (30:00|29:\d\d)$/);
await parts.getByRole('timer', { name: 'Time left for the whole assessment' }).filter({ hasText: /1:20:00|1:19:\d\d/ }).waitFor();
await parts.getByText('3 questions, shown when you enter').waitFor();
await parts.getByRole('radio', { name: /betreibt/ }).check();
await parts.getByRole('button', { name: 'Flag for review' }).click();
await saved(parts);
await look(parts, 'parts');

// Into the last part, which leaves the first open with its time, and back; the mark is on the server.
await parts.getByRole('button', { name: 'Go to part 3' }).click();
await parts.getByRole('dialog').getByText('keep the time that it has left').waitFor();
await parts.getByRole('dialog').getByRole('button', { name: 'Enter' }).click();
await part(parts, 6);
await timerOf(parts, /^This part (20:00|19:\d\d)$/);
await parts.getByText('30 minutes left').first().waitFor();
await parts.getByRole('button', { name: 'Question 1 of 6: answered, flagged' }).click();
await part(parts, 1);
await timerOf(parts, /^This part 29:\d\d$/);
const marked = await sitting(parts, 'flags currentSection sections { state remaining }');
assert.deepEqual([marked.flags, marked.currentSection, marked.sections.map((s) => s.state)], [['1.1'], 1, ['CURRENT', 'OPEN', 'OPEN']]);

// The organizer stops the clock, says why, and lets it go on; then gives time. The page follows without a reload.
const adjust = (name, input) => change(desk, name, { id: session, ...input });
await adjust('pauseSession', { reason: 'TECHNICAL', note: 'The power is off in the building.' });
await parts.getByRole('heading', { level: 1, name: 'The clock is stopped' }).waitFor({ timeout: 5_000 });
await parts.getByText('something did not work').waitFor();
await parts.getByText('The power is off in the building.').waitFor();
await look(parts, 'paused');
await adjust('resumeSession', {});
await parts.getByRole('heading', { level: 1, name: 'Question 1 of 6' }).waitFor({ timeout: 5_000 });
await heard(parts, 'The clock runs again.');
await adjust('grantTime', { time: 'PT10M', reason: 'TECHNICAL' });
await parts.getByText('You were given more time: 10 minutes.').first().waitFor({ timeout: 5_000 });
await timerOf(parts, /^This part 39:\d\d$/);
await look(parts, 'more-time');

// A break of one's own.
await parts.getByRole('button', { name: 'Take a break' }).click();
await headed(parts, 'You have a break');
await look(parts, 'break');
await parts.getByRole('button', { name: 'Go on now' }).click();
await part(parts, 1);

// Another device takes the sitting; this one says so at once, and takes it back.
const phone = await visitor();
await phone.goto(`${address}/login?return_to=/`);
await signIn(phone, 'candidate@demo.example');
await phone.waitForURL(`${address}/`);
await phone.goto(parts.url());
await part(phone, 1);
await parts.getByRole('heading', { level: 1, name: /on another device/ }).waitFor({ timeout: 5_000 });
await phone.getByRole('radio', { name: /verwaltet/ }).check();
await saved(phone);
await parts.getByRole('button', { name: 'Go on here' }).click();
await part(parts, 1);
assert.equal(await parts.getByRole('radio', { name: /verwaltet/ }).isChecked(), true);
await phone.getByRole('heading', { level: 1, name: /on another device/ }).waitFor({ timeout: 5_000 });
await phone.close();
const { signals } = await sitting(parts, 'signals { kind }');
assert.deepEqual(signals.map((s) => s.kind), ['SECOND_DEVICE']);

// Without the stream it is the refusal of a save that tells.
await parts.route('**/graphql', (route) => (route.request().headers().accept === 'text/event-stream' ? route.fulfill({ status: 204 }) : route.continue()));
await parts.reload();
await part(parts, 1);
await ask(parts, 'mutation($input: StartSittingInput!) { startSitting(input: $input) { errors { code message } } }', { input: { id: session, device: 'a phone' } });
await parts.getByRole('radio', { name: /betreibt/ }).check();
await parts.getByRole('heading', { level: 1, name: /on another device/ }).waitFor({ timeout: 5_000 });
await parts.getByText('Something that you wrote here could not be sent yet.').waitFor();
await parts.unroute('**/graphql');
await parts.getByRole('button', { name: 'Go on here' }).click();
await part(parts, 1);
await assertStored(parts, '1.1', (a) => assert.deepEqual(a.choices, ['a']));

// Several answers that waited without a network leave in one request.
let batches = 0;
parts.on('request', (r) => { if ((r.postData() ?? '').includes('saveResponses')) batches++; });
await expecting(parts, noNetwork, async () => {
  await parts.context().setOffline(true);
  await parts.getByRole('radio', { name: /Nichts/ }).check();
  await next(parts);
  await parts.getByRole('textbox', { name: 'Your answer' }).fill('Both of them.');
  await parts.getByText('No connection. Your answer is kept on this device').waitFor();
  await parts.waitForTimeout(1_000);
  await parts.context().setOffline(false);
  await saved(parts);
});
await assertStored(parts, '1.1', (a) => assert.deepEqual(a.choices, ['c']));
await assertStored(parts, '1.2', (a) => assert.equal(a.text, 'Both of them.'));
assert.ok(batches >= 1, 'nothing was sent together');

// A part that goes forward only, in an order of its own: one question after the other, and no way back.
await parts.getByRole('button', { name: 'Go on to the next part' }).click();
await parts.getByRole('dialog', { name: 'Enter the part “Forward”?' }).getByRole('button', { name: 'Enter' }).click();
for (const n of [3, 4, 5]) {
  await part(parts, n);
  assert.equal(await parts.getByRole('button', { name: 'Back', exact: true }).count(), 0);
  await parts.getByRole('article').getByRole('button', { name: n < 5 ? 'Next' : 'Finish this part' }).click();
  await parts.getByRole('dialog').getByText(/have no answer|has no answer/).waitFor();
  await parts.getByRole('dialog').getByRole('button', { name: n < 5 ? 'Go on' : 'Finish this part' }).click();
}
await part(parts, 6);
await parts.getByText('Handed in').waitFor();
await look(parts, 'part-handed-in');
await parts.getByRole('article').getByRole('button', { name: 'Review and hand in' }).click();
await parts.getByText('4 questions have no answer.').first().waitFor();
await parts.getByRole('button', { name: 'Hand in', exact: true }).click();
await parts.getByRole('dialog').getByRole('button', { name: 'Hand in', exact: true }).click();
await headed(parts, 'Your assessment is handed in');
assert.equal(await parts.getByRole('link', { name: 'Go on to the next page' }).getAttribute('href'), 'https://example.org/next');
await parts.close();

// Declined before the start, with a reason, in the language of the invitation.
const declined = await accept(parted, { locale: 'en-GB' }, { language: 'de' });
await declined.getByText('Die Teile').waitFor();
await declined.getByRole('button', { name: 'Die Prüfung ablehnen' }).click();
await declined.getByLabel('Warum?').fill('Ich habe schon etwas gefunden.');
await look(declined, 'decline-de');
await declined.getByRole('dialog').getByRole('button', { name: 'Die Prüfung ablehnen' }).click();
await headed(declined, 'Sie haben diese Prüfung abgelehnt');
await declined.close();

// Somebody else's sitting.
await desk.goto(page.url());
await headed(desk, /There is no such assessment|may not take assessments/);
await look(desk, 'not-yours');

const [online, offline] = await runOut;
await look(online, 'ran-out');
await look(offline, 'ran-out-offline');

assert.deepEqual(complaints, [], 'the console');
await browser.close();
console.log('done');
