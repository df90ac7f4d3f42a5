// After the end: candidates see what was recorded of them and what was concluded from it, and object to that and to their
// result, on the page.
//
//   node objections.mjs ADDRESS FOLDER BROWSER
//
// as sitting.mjs.
import assert from 'node:assert/strict';
import { ask, browser, complaints, headed, look } from './browser.mjs';
import { accept, assessment, change, desk, eventually, heard, leaves, listen, node, nodes, question, sittingOf, staff } from './stage.mjs';

const slot = await question('A choice', 'SINGLE_CHOICE', {
  prompt: 'Which?', modelAnswer: 'A.', choices: [{ key: 'a', text: 'A', correct: true }, { key: 'b', text: 'B' }],
});
const template = await assessment('Objections', [{ title: 'One', timeLimit: 'PT1H', slots: [slot] }], { signals: ['FOCUS_LOST', 'PASTED'] });
const page = await accept(template, { locale: 'en-GB' });
await page.getByLabel('I have read').check();
await page.getByRole('button', { name: 'Start the assessment' }).click();
await headed(page, 'Question 1 of 1');
await page.getByRole('radio', { name: 'B' }).check();
await page.getByText(/^Saved at /).waitFor();
await leaves(page, { hidden: true, forMs: 2_100 });

// Handing in takes along what was noticed a moment ago.
await page.getByRole('article').getByRole('button', { name: 'Review and hand in' }).click();
await page.getByRole('button', { name: 'Hand in', exact: true }).click();
await page.getByRole('dialog').getByRole('button', { name: 'Hand in', exact: true }).click();
await headed(page, 'Your assessment is handed in');
await page.getByRole('heading', { name: 'What was recorded' }).waitFor();
await page.getByText('Show what was recorded (1)').click();
const row = page.getByRole('row', { name: /The page was in the background/ });
assert.match(await row.textContent(), /^The page was in the background \(\d+ seconds\).*, \d\d:\d\d:\d\d1$/);

// An objection: an empty one is said, one that is sent stands there with when it is answered.
await listen(page);
const object = page.getByText('Object to what was recorded, or explain it');
await object.click();
await page.getByRole('button', { name: 'Send the objection' }).click();
await page.getByRole('alert').filter({ hasText: 'Please write what you object to.' }).waitFor();
await look(page, 'objection-form');
await page.getByLabel('What do you object to, and why?').fill('Somebody rang the bell.');
await page.getByRole('button', { name: 'Send the objection' }).click();
await page.getByText(/^You get an answer by /).waitFor();
await heard(page, 'Your objection was sent.');
assert.equal(await object.count(), 0, 'a second objection can be written while one waits');
assert.equal(await page.evaluate(() => document.activeElement.className), 'notice ', 'the focus is not where the objection is');

// A person answers and concludes; the result is released, and can be objected to as well.
const admin = await staff('admin');
const session = sittingOf(page);
const { organization } = await ask(admin, '{ organization { contests(filter: {state: OPEN}, last: 1) { nodes { id } } } }');
await change(admin, 'judgeIntegrity', { sessionId: session, verdict: 'EXPLAINED', comment: 'The bell.' });
await change(admin, 'answerContest', { id: organization.contests.nodes[0].id, answer: 'Thank you,\nthat explains it.' });
await eventually(async () => {
  const { node: found } = await ask(desk, 'query($id: ID!) { node(id: $id) { ... on CandidateSession { report { id } } } }', { id: session });
  await change(desk, 'releaseReport', { id: found.report.id });
});
await page.reload();
await page.getByRole('heading', { name: 'Your result' }).waitFor();
await page.getByText('A person looked at it: there is an explanation.').waitFor();
await page.getByText('that explains it.').waitFor();
await object.waitFor();
await page.getByText('Object to the result', { exact: true }).click();
await page.getByLabel('What do you object to, and why?').last().fill('B is right too.');
await page.getByRole('button', { name: 'Send the objection' }).last().click();
await page.getByText('B is right too.').waitFor();
await page.getByText(/^You get an answer by /).waitFor();
await look(page, 'objection-result');
await page.getByLabel('Language').selectOption('de');
await page.getByText(/^Sie bekommen bis .* eine Antwort\.$/).waitFor();
await look(page, 'objection-result-de');
assert.equal((await nodes(page, 'table')).length, 1);
await node(page, 'heading', 'Was aufgezeichnet wurde');

assert.deepEqual(complaints, [], 'the console');
await browser.close();
