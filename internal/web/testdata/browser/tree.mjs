// What assistive technology is told of timer and editors: names, roles, states and what is announced, as the browser's own
// accessibility tree has it.
//
//   node tree.mjs ADDRESS FOLDER BROWSER
//
// as sitting.mjs.
import assert from 'node:assert/strict';
import { browser, complaints, headed } from './browser.mjs';
import { accept, assessment, heard, listen, node, nodes, of } from './stage.mjs';

const page = await accept(await assessment('Tree', [{ title: 'One', timeLimit: 'PT1H', slots: [of('LONG_TEXT'), of('SHORT_TEXT')] }]), { locale: 'en-GB' });
await headed(page, 'Tree');

/** Demands these properties of the one node of a role and name. */
async function is(role, name, want = {}) {
  const found = await node(page, role, name);
  for (const [key, value] of Object.entries(want)) {
    if (value instanceof RegExp) assert.match(String(found[key]), value, `${key} of the ${role} ${name}`);
    else assert.deepEqual(found[key] ?? false, value, `${key} of the ${role} ${name}`);
  }
}

const names = async (role) => (await nodes(page, role)).map((n) => n.name);
const next = async (heading) => {
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await headed(page, heading);
};

// The live regions are there before anything is said in them.
await listen(page);
assert.ok((await nodes(page, 'alert')).some((n) => n.live === 'assertive'), 'no region for what is urgent');
assert.ok((await nodes(page, 'status')).some((n) => n.live === 'polite'), 'no region for what is not urgent');

// Each kind of question, in the practice.
await page.getByRole('button', { name: 'Practise the kinds of questions' }).click();
await headed(page, /one choice$/);
await is('radiogroup', /fewest days/, { description: /^Choose one\./ });
assert.deepEqual(await names('radio'), ['January', 'February', 'April', 'December']);
await page.getByRole('radio', { name: 'February' }).check();
await is('radio', 'February', { checked: 'true' });

await next(/several choices$/);
await is('group', /can fly/, { description: /^Choose all that apply\./ });
assert.deepEqual(await names('checkbox'), ['Swallow', 'Bat', 'Horse', 'Bumblebee']);

await next(/putting in order$/);
await is('list', /meals of a day/, { description: /^Move the entries with the buttons, or drag them\./ });
await is('button', 'Move up: Dinner', { disabled: true });
await is('button', 'Move down: Dinner', { disabled: false, focusable: true });
await page.getByRole('button', { name: 'Move down: Dinner' }).press('Enter');
await heard(page, 'Dinner: now 2 of 3');
await is('button', 'Move down: Dinner', { focused: true });
await is('button', 'Move up: Breakfast', { disabled: true });

await next(/a number$/);
await is('textbox', 'Number in minutes', { description: /hour and a half.*For example 42 or 3\.5/, invalid: 'false' });
await page.getByRole('textbox').fill('many');
await page.getByRole('textbox').press('Tab');
await heard(page, 'This is not a number yet');
await is('textbox', 'Number in minutes', { description: /This is not a number yet/, invalid: 'true' });

await next(/a short text$/);
await is('textbox', 'Your answer', { description: /capital of France.*0 of 1,000 characters/, multiline: true });
await next(/a long text$/);
await is('textbox', 'Your answer', { description: /last weekend.*0 of 20,000 characters/, multiline: true });

await next(/code$/);
await is('textbox', 'Code in Python', { description: /sum of two numbers.*Escape in the code switches it off/, multiline: true });
await is('switch', 'The Tab key indents', { checked: 'false' });
await page.getByRole('switch').check();
await heard(page, 'The Tab key indents now. Escape switches that off.');
await is('switch', 'The Tab key indents', { checked: 'true' });

await next(/a spoken answer$/);
await is('group', 'Recording', { description: /weather/ });
await is('textbox', 'Write your answer instead', { multiline: true });
const says = page.getByRole('group', { name: 'Recording' }).getByRole('status');
assert.equal(await says.textContent(), 'No recording yet. At most 30 seconds.');
await page.getByRole('button', { name: 'Record', exact: true }).click();
await says.filter({ hasText: 'Recording runs.' }).waitFor();
await is('button', 'Stop', { focused: true });
const length = await node(page, 'timer', 'Length of the recording');
assert.ok(!length.live || length.live === 'off', 'the length of a recording must not speak every second');
await page.getByRole('button', { name: 'Stop' }).click();
await says.filter({ hasText: /^Recorded: / }).waitFor();
await page.getByRole('button', { name: 'Back to the instructions' }).click();

// The timer of a sitting that runs, and where the answer stands.
await page.getByLabel('I have read').check();
await page.getByRole('button', { name: 'Start the assessment' }).click();
await headed(page, 'Question 1 of 2');
await is('group', 'Time');
const timer = await node(page, 'timer', 'Time left for the whole assessment');
assert.ok(!timer.live || timer.live === 'off', 'a timer must not speak every second');
await is('button', 'Hide the timer', { expanded: true });
await page.getByRole('button', { name: 'Hide the timer' }).click();
await is('button', 'Show the timer', { expanded: false, focused: true });
await is('navigation', 'All questions');
await is('button', 'Question 1 of 2: open');
await is('button', 'Flag for review', { pressed: 'false' });
await page.getByRole('button', { name: 'Flag for review' }).click();
await is('button', 'Flag for review', { pressed: 'true' });
await is('button', 'Question 1 of 2: open, flagged');
await page.getByRole('textbox').fill('An answer.');
await page.getByText(/^Saved at /).waitFor();
await is('textbox', 'Your answer', { description: /Saved at/ });
await is('button', 'Question 1 of 2: answered, flagged');

assert.deepEqual(complaints, [], 'the console');
await browser.close();
