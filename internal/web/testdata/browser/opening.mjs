// An invitation that is not open yet: the page says when it opens, in the candidate's own time zone, also to whoever presses
// the button; and once it is open it starts without a reload.
//
//   node opening.mjs ADDRESS FOLDER BROWSER
//
// as sitting.mjs.
import assert from 'node:assert/strict';
import { browser, complaints, headed, look } from './browser.mjs';
import { accept, assessment, change, desk, of, sitting, sittingOf } from './stage.mjs';

const template = await assessment('Opens tomorrow', [{ title: 'One', timeLimit: 'PT1H', slots: [of('LONG_TEXT')] }]);
const opensAt = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 86_400_000).toISOString().replace('.000', '');
const invited = { opensAt, timeZone: 'Europe/Berlin' };

/** The moment as somebody in a place reads it, in the words of the page. */
const there = (page, timeZone) => page.evaluate(([at, locale, zone]) => new Intl.DateTimeFormat(locale, {
  weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short', timeZone: zone,
}).format(new Date(at)), [opensAt, navigatorLocale, timeZone]);

let navigatorLocale = 'en-GB';
const page = await accept(template, { locale: 'en-GB', timezoneId: 'Asia/Kolkata' }, invited);
await headed(page, 'Opens tomorrow');
const here = await there(page, 'Asia/Kolkata');
assert.match(here, /GMT\+5:30/);
await page.getByText('Opens at').waitFor();
assert.equal(await page.locator('dt', { hasText: 'Opens at' }).locator('xpath=../dd').textContent(), here);
await page.getByLabel('I have read').check();
await page.getByRole('button', { name: 'Start the assessment' }).click();
await page.getByRole('alert').filter({ hasText: `The assessment opens at ${here}. Please come back then.` }).waitFor();
assert.equal((await sitting(page, 'state')).state, 'INVITED');
await look(page, 'not-open-yet');

// The same moment in another place and language.
navigatorLocale = 'de-DE';
const german = await accept(template, { locale: 'de-DE', timezoneId: 'America/New_York' }, invited);
await german.getByRole('checkbox').check();
await german.getByRole('button', { name: 'Prüfung beginnen' }).click();
await german.getByRole('alert').filter({ hasText: `Die Prüfung öffnet am ${await there(german, 'America/New_York')}. Bitte kommen Sie dann wieder.` }).waitFor();
await look(german, 'not-open-yet-de');
await german.close();

// Whoever waits on the page starts as soon as it is open, here because the recruiter opens it earlier.
await change(desk, 'changeInvitation', { id: sittingOf(page), opensAt: new Date(Date.now() - 60_000).toISOString() });
await page.getByRole('button', { name: 'Start the assessment' }).click();
await headed(page, 'Question 1 of 1');

assert.deepEqual(complaints, [], 'the console');
await browser.close();
