// What is easily forgotten on the candidate's page: an invitation that is not open yet, what is left for breaks, a flag that
// is set without a network, a refusal in the reader's language, and a recording whose connection breaks off.
//
//   node details.mjs ADDRESS FOLDER BROWSER
//
// as sitting.mjs.
import assert from 'node:assert/strict';
import { address, ask, browser, complaints, expecting, headed, look, signIn, visitor } from './browser.mjs';

const noNetwork = ['ERR_INTERNET_DISCONNECTED', 'ERR_FAILED'];

async function staff(email) {
  const page = await visitor();
  await page.goto(`${address}/login?return_to=/`);
  await signIn(page, email);
  await page.waitForURL(`${address}/`);
  return page;
}

const [desk, admin] = [await staff('recruiter@demo.example'), await staff('admin@demo.example')];
const kinds = ['LONG_TEXT', 'SPOKEN'];
const { organization: own } = await ask(desk, `{ organization { jobRoles(first: 1) { nodes { id } }
  ${kinds.map((kind) => `${kind}: questions(first: 1, filter: {kind: ${kind}, state: PUBLISHED}) { nodes { id } }`).join(' ')} } }`);
const { createTemplate } = await ask(desk, 'mutation($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } errors { code message field } } }', {
  input: {
    jobRoleId: own.jobRoles.nodes[0].id, name: 'Details',
    content: {
      sections: [{ title: 'One', timeLimit: 'PT1H', slots: kinds.map((kind) => ({ questionId: own[kind].nodes[0].id, points: 5 })) }],
      cutPercent: 50, feedback: 'NONE', bands: [{ name: 'all', minPercent: 0 }],
    },
  },
});
await ask(desk, 'mutation($input: PublishTemplateInput!) { publishTemplate(input: $input) { errors { code message field } } }', { input: { id: createTemplate.template.id } });

/** Invites the candidate, accepts in a browser of its own and gives the page of the sitting with its id. */
async function accepted(options, more = {}) {
  const { inviteCandidate } = await ask(desk, 'mutation($input: InviteCandidateInput!) { inviteCandidate(input: $input) { link session { id } errors { code message field } } }', {
    input: { templateId: createTemplate.template.id, ownMail: true, candidate: { email: 'candidate@demo.example', name: 'Cosima Kandidat' }, ...more },
  });
  const page = await visitor(options);
  await page.goto(inviteCandidate.link);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await signIn(page, 'candidate@demo.example');
  await page.getByRole('button', { name: 'Accept the invitation' }).click();
  await page.waitForURL(`${address}/sittings/ses_*`);
  return { page, id: inviteCandidate.session.id };
}

// Before it opens the page says when that is, also to whoever presses the button.
const early = await accepted({}, { opensAt: new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+/, '') });
await early.page.getByText('Opens at').waitFor();
await early.page.getByLabel('I have read').check();
await early.page.getByRole('button', { name: 'Start the assessment' }).click();
await early.page.getByRole('alert').filter({ hasText: /It opens at .+ Please come back then/ }).waitFor();
await look(early.page, 'not-open-yet');
await early.page.close();

// The rest is German.
const { page, id } = await accepted({ locale: 'de-DE' });
await ask(admin, 'mutation($input: GrantAccommodationInput!) { grantAccommodation(input: $input) { errors { code message field } } }', { input: { sessionId: id, breaks: 'PT10M', reason: 'fair' } });
await page.getByRole('checkbox').check();
await page.getByRole('button', { name: 'Prüfung beginnen' }).click();
await headed(page, 'Frage 1 von 2');

// What is left for breaks stands beside their button, before and after one.
await page.getByText('Sie haben noch 10 Minuten für Pausen.').waitFor();
await look(page, 'break-left');
await page.getByRole('button', { name: 'Pause machen' }).click();
await headed(page, 'Sie machen Pause');
await page.waitForTimeout(1_500);
await page.getByRole('button', { name: 'Jetzt weitermachen' }).click();
await page.getByText(/Sie haben noch 9 Minuten \d+ Sekunden für Pausen\./).waitFor();

// What the server refuses is said in the reader's language.
const text = page.getByRole('textbox').first();
await text.fill('ein\u0007Ton');
await page.getByText('Nicht gespeichert: Der Text ist zu lang oder enthält Zeichen').first().waitFor();
await text.fill('ein Ton');
await page.getByText(/^Gespeichert um /).waitFor();

// A flag that is set without a network arrives, also if the page is loaded anew before.
const flags = async () => (await ask(page, 'query($id: ID!) { sitting(id: $id) { flags } }', { id })).sitting.flags;
await expecting(page, noNetwork, async () => {
  await page.route('**/graphql', (route) => (route.request().postData()?.includes('flagQuestion') ? route.abort() : route.continue()));
  await page.getByRole('button', { name: 'Zum Durchsehen vormerken' }).click();
  await page.getByRole('button', { name: /^Frage 1 von 2: .*vorgemerkt/ }).waitFor();
  assert.deepEqual(await flags(), []);
  await page.reload();
  await page.getByRole('button', { name: /^Frage 1 von 2: .*vorgemerkt/ }).waitFor();
  assert.deepEqual(await flags(), []);
  await page.unroute('**/graphql');
});
for (let tries = 0; (await flags()).length === 0; tries++) {
  assert.ok(tries < 40, 'the flag never arrived');
  await page.waitForTimeout(250);
}
assert.deepEqual(await flags(), ['1.1']);

// A part arrives and its answer is lost: the page asks where the upload stands, and sends nothing twice.
await page.getByRole('button', { name: 'Weiter', exact: true }).click();
await headed(page, 'Frage 2 von 2');
const asked = [];
await expecting(page, noNetwork, async () => {
  await page.route('**/files/upload/*', async (route) => {
    asked.push(route.request().method());
    const answer = await route.fetch();
    if (asked.length === 2) return route.abort();
    return route.fulfill({ response: answer });
  });
  await page.getByRole('button', { name: 'Aufnehmen', exact: true }).click();
  await page.getByRole('timer', { name: 'Länge der Aufnahme' }).filter({ hasText: '00:02' }).waitFor();
  await page.getByRole('button', { name: 'Anhalten' }).click();
  await page.getByText(/^Gespeichert um /).waitFor();
});
assert.deepEqual(asked, ['HEAD', 'PATCH', 'HEAD']);
const { sitting } = await ask(page, 'query($id: ID!) { sitting(id: $id) { uploads { id state } responses { question answer { upload } } } }', { id });
assert.deepEqual(sitting.uploads.map((u) => u.state), ['COMPLETE']);
assert.equal(sitting.responses.find((r) => r.question === '1.2').answer.upload, sitting.uploads[0].id);

assert.deepEqual(complaints, []);
await browser.close();
