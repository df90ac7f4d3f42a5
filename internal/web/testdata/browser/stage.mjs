// What the scripts about sittings share: staff who make assessments, candidates who accept them, and how a page is heard.
import assert from 'node:assert/strict';
import { address, ask, signIn, visitor } from './browser.mjs';

/** What a page may complain of while it has no network. */
export const noNetwork = ['ERR_INTERNET_DISCONNECTED', 'ERR_FAILED'];

/** A member of the demonstration organization, signed in. */
export async function staff(name) {
  const page = await visitor();
  await page.goto(`${address}/login?return_to=/`);
  await signIn(page, `${name}@demo.example`);
  await page.waitForURL(`${address}/`);
  return page;
}

/** Does a mutation of one input and gives what it selects. */
export async function change(page, name, input, fields = '') {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
  return (await ask(page, `mutation($input: ${type}!) { ${name}(input: $input) { ${fields} errors { code message field } } }`, { input }))[name];
}

export const desk = await staff('recruiter');

const kinds = ['MULTIPLE_CHOICE', 'ORDERING', 'NUMERIC', 'SHORT_TEXT', 'LONG_TEXT', 'CODE', 'SPOKEN'];
const fields = kinds.map((kind) => `${kind}: questions(first: 1, filter: {kind: ${kind}, state: PUBLISHED}) { nodes { id } }`);
const { organization: own } = await ask(desk, `{ organization { jobRoles(first: 1) { nodes { id } } skills(first: 1) { nodes { id } } ${fields.join(' ')} } }`);

/** A slot with a question of the demonstration. */
export const of = (kind) => ({ questionId: own[kind].nodes[0].id, points: 5 });

/** Publishes a question of one's own and gives a slot with it. */
export async function question(title, kind, content) {
  const { question: made } = await change(desk, 'createQuestion', {
    title, kind, category: 'TECHNICAL', level: 'ENTRY', content: { skillIds: [own.skills.nodes[0].id], ...content },
  }, 'question { id }');
  await change(desk, 'publishQuestion', { id: made.id });
  return { questionId: made.id, points: 5 };
}

/** Publishes an assessment of these sections and gives its id. */
export async function assessment(name, sections, more = {}) {
  const { template } = await change(desk, 'createTemplate', {
    jobRoleId: own.jobRoles.nodes[0].id, name,
    content: {
      instructions: 'Please work **alone**.\n\n- Paper\n- and pencil are welcome.', sections, cutPercent: 50, feedback: 'SECTIONS',
      bands: [{ name: 'all', minPercent: 0 }], accommodation: { requestable: true, contact: 'ada.helper@demo.example' }, ...more,
    },
  }, 'template { id }');
  await change(desk, 'publishTemplate', { id: template.id });
  return template.id;
}

/** Invites the candidate, who accepts in a browser of their own, and gives the page of the sitting. */
export async function accept(templateId, options = {}, more = {}) {
  const { link } = await change(desk, 'inviteCandidate', {
    templateId, ownMail: true, candidate: { email: 'candidate@demo.example', name: 'Cosima Kandidat' }, ...more,
  }, 'link');
  const page = await visitor(options);
  await page.goto(link);
  const [enter, take] = (more.language ?? options.locale ?? 'en').startsWith('de') ? ['Anmelden', 'Einladung annehmen'] : ['Sign in', 'Accept the invitation'];
  await page.getByRole('link', { name: enter }).click();
  await signIn(page, 'candidate@demo.example');
  await page.getByRole('button', { name: take }).click();
  await page.waitForURL(`${address}/sittings/ses_*`);
  return page;
}

export const sittingOf = (page) => page.url().split('/').pop();

/** Something of the page's sitting, as the server has it. */
export async function sitting(page, fields) {
  return (await ask(page, `query($id: ID!) { sitting(id: $id) { ${fields} } }`, { id: sittingOf(page) })).sitting;
}

/** Waits until something is as it should be, and gives what is thrown if it never is. */
export async function eventually(look, patience = 20_000) {
  for (const end = Date.now() + patience; ;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((again) => setTimeout(again, 250));
    }
  }
}

/** What a live region said since the page was opened; the page keeps only the last announcements. */
export async function listen(page) {
  await page.evaluate(() => {
    window.heard = [];
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) window.heard.push(node.textContent);
    }).observe(document.getElementById('announcements'), { childList: true });
  });
}

export const heard = (page, text) => page.waitForFunction((t) => window.heard.some((line) => line.includes(t)), text);

/** The accessibility tree's nodes of a role, as assistive technology is told of them. */
export async function nodes(page, role) {
  const client = await page.context().newCDPSession(page);
  const { nodes: all } = await client.send('Accessibility.getFullAXTree');
  await client.detach();
  return all.filter((n) => !n.ignored && n.role?.value === role).map(({ name, description, value, properties = [] }) => ({
    name: name?.value ?? '', description: description?.value ?? '', value: value?.value, ...Object.fromEntries(properties.map((p) => [p.name, p.value.value])),
  }));
}

/** The accessibility tree's one node of a role and name. */
export async function node(page, role, name) {
  const all = await nodes(page, role);
  const found = all.filter((n) => (name instanceof RegExp ? name.test(n.name) : n.name === name));
  assert.equal(found.length, 1, `${found.length} nodes are a ${role} named ${name}; there are ${all.map((n) => JSON.stringify(n.name))}`);
  return found[0];
}

/** Makes a page look as if it were left, in another window or in the background, and come back to. */
export async function leaves(page, { hidden, forMs, meanwhile = async () => {} }) {
  const pretend = (away) => page.evaluate(([a, h]) => {
    const visible = a && h ? 'hidden' : 'visible';
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visible });
    document.hasFocus = () => !a;
    if (h) document.dispatchEvent(new Event('visibilitychange'));
    window.dispatchEvent(new Event(a ? 'blur' : 'focus'));
  }, [away, hidden]);
  await pretend(true);
  await meanwhile();
  await page.waitForTimeout(forMs);
  await pretend(false);
}
