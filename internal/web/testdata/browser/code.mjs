// A question of code: what candidates see of its tests, and what they do not.
//
//   node code.mjs ADDRESS FOLDER BROWSER
//
// as sitting.mjs.
import assert from 'node:assert/strict';
import { browser, complaints, headed, look, tabTo } from './browser.mjs';
import { accept, assessment, eventually, node, question, sitting } from './stage.mjs';

const wide = 'a line of output that is much wider than a phone is, and must not make the page any wider than it is';
const slot = await question('Sum of a line', 'CODE', {
  prompt: 'Read numbers from **one line** and print their sum.', modelAnswer: 'print(sum(map(int, input().split())))',
  criteria: [{ key: 'right', text: 'prints the sum', weight: 1, levels: [{ points: 0, anchor: 'no' }, { points: 2, anchor: 'yes' }] }],
  code: {
    language: 'python', starter: 'numbers = input()\n',
    tests: [
      { name: 'two numbers', stdin: '1 2', expectedOutput: '3' },
      { name: 'nothing to read', expectedOutput: wide },
      { name: 'a secret one', stdin: '40 2', expectedOutput: 'forty-two', hidden: true },
    ],
  },
});
const page = await accept(await assessment('Code', [{ title: 'One', timeLimit: 'PT1H', slots: [slot] }]), { locale: 'en-GB' });
await page.getByLabel('I have read').check();
await page.getByRole('button', { name: 'Start the assessment' }).click();
await headed(page, 'Question 1 of 1');

// Each example stands by its name, with what the program reads, if anything, and prints; it can be read by keyboard where it is wide.
const [first, second] = [page.getByRole('region', { name: 'Example: two numbers' }), page.getByRole('region', { name: 'Example: nothing to read' })];
assert.deepEqual(await first.locator('dt, pre').allTextContents(), ['Input', '1 2', 'Output', '3']);
assert.deepEqual(await second.locator('dt, pre').allTextContents(), ['Output', wide]);
await node(page, 'region', 'Example: two numbers');
assert.equal((await page.content()).includes('secret'), false, 'a hidden test is on the page');
await look(page, 'code-examples');

// The given code is no answer yet; what is written is one, and the given code can be had again.
const code = page.getByRole('textbox', { name: 'Code in Python' });
assert.equal(await code.inputValue(), 'numbers = input()\n');
await page.getByText('No answer yet.').waitFor();
await tabTo(page, 'Code in Python');
await page.keyboard.press('Control+End');
await page.keyboard.type('print(sum(map(int, numbers.split())))');
await eventually(async () => {
  const { responses } = await sitting(page, 'responses { answer { text } }');
  assert.equal(responses[0]?.answer.text, 'numbers = input()\nprint(sum(map(int, numbers.split())))');
});
await page.getByRole('button', { name: 'Back to the given code' }).click();
await page.getByRole('dialog').getByRole('button', { name: 'Back to the given code' }).click();
await eventually(async () => assert.equal(await code.inputValue(), 'numbers = input()\n', 'the given code is not back'));
await page.getByRole('button', { name: 'Question 1 of 1: open' }).waitFor();

assert.deepEqual(complaints, [], 'the console');
await browser.close();
