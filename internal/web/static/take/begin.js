// Before the start: what to know, what is recorded, whom to ask for help, practice, consent.
import { Fault, allowed } from './api.js';
import { ask, fact, fresh, h, lead, notice, rich } from './dom.js';
import { editor } from './editors.js';
import { givenBreaks, support } from './support.js';
import { lasting, moment, seconds, t } from './words.js';

const kinds = ['SINGLE_CHOICE', 'MULTIPLE_CHOICE', 'ORDERING', 'NUMERIC', 'SHORT_TEXT', 'LONG_TEXT', 'CODE', 'SPOKEN'];

/**
 * The instructions, with the button that starts.
 * @param {import('./api.js').Sitting} sitting
 * @param {{start: () => Promise<void>, decline: (reason: string) => Promise<void>, reload: () => Promise<void>, practise: () => void, problem: (fault: unknown) => void, durable: boolean}} on
 */
export function instructions(sitting, on) {
  const wrong = fresh('wrong');
  const box = h('input', { type: 'checkbox', 'aria-describedby': wrong });
  const problem = h('p', { id: wrong, class: 'wrong', role: 'alert' });
  const button = h('button', { type: 'button', class: 'large' }, t('start'));
  const problemIs = (/** @type {string} */ text) => {
    problem.textContent = text;
    box.setAttribute('aria-invalid', String(!box.checked));
  };
  box.addEventListener('change', () => problemIs(''));
  button.addEventListener('click', async () => {
    if (!box.checked) {
      problemIs(t('consentMissing'));
      box.focus();
      return;
    }
    button.setAttribute('aria-disabled', 'true');
    button.textContent = t('starting');
    try {
      await on.start();
    } catch (fault) {
      const opensAt = fault instanceof Fault && fault.kind === 'early' && fault.more;
      problem.textContent = opensAt ? t('opensAtText', { time: moment(opensAt) }) : fault instanceof Fault && fault.kind === 'network' ? t('faultNetwork') : t('faultLater');
      button.removeAttribute('aria-disabled');
      button.textContent = t('start');
    }
  });
  return h('div', { class: 'narrow' },
    h('h1', {}, sitting.title),
    h('p', { class: 'lead' }, t('welcome')),
    h('dl', { class: 'facts' },
      fact(t('factTime'), lasting(allowed(sitting))),
      fact(t('factQuestions'), t('nQuestions', { n: sitting.questionCount })),
      sitting.opensAt ? fact(t('factOpens'), moment(sitting.opensAt)) : null,
      fact(t('factBefore'), moment(sitting.expiresAt))),
    sitting.sections.length > 1 ? parts(sitting) : null,
    on.durable ? null : notice('warn', h('p', {}, t('notDurable'))),
    sitting.instructionsHtml ? h('section', {}, h('h2', {}, t('fromThem')), rich('div', { class: 'rich' }, sitting.instructionsHtml)) : null,
    h('section', {}, h('h2', {}, t('about')), h('ul', {}, h('li', {}, t(givenBreaks(sitting) ? 'aboutTimeBreaks' : 'aboutTime')), h('li', {}, t('aboutSaving')), h('li', {}, t('aboutEnd')))),
    h('section', {}, h('h2', {}, t('recorded')), h('p', {}, t('recordedAnswers')), ...recorded(sitting)),
    h('section', {}, h('h2', {}, t('help')), ...help(sitting), support(sitting, on)),
    h('section', {}, h('h2', {}, t('practice')), h('p', {}, t('practiceText')),
      h('button', { type: 'button', class: 'plain-button', onclick: on.practise }, t('practiceOpen'))),
    h('div', { class: 'consent' }, h('label', { class: 'choice' }, box, h('span', {}, t('consent'))), problem, button),
    h('p', { class: 'quiet' }, t('declineText'), ' ', h('button', { type: 'button', class: 'link', onclick: () => refuse(on) }, t('decline'))));
}

/** The parts with their own times, as they will come. @param {import('./api.js').Sitting} sitting */
function parts({ sections }) {
  return h('section', {}, h('h2', {}, t('parts')), h('p', {}, t('partsText')), h('ol', {}, ...sections.map((s) => h('li', {},
    h('strong', {}, s.title), ` – ${t('nQuestions', { n: s.questionCount })}, ${lasting(seconds(s.timeLimit))}. `, s.navigation === 'FORWARD_ONLY' ? t('partForward') : ''))));
}

/**
 * Asks why somebody declines, and declines. A reason that cannot be taken stays, with what is wrong with it.
 * @param {{decline: (reason: string) => Promise<void>, problem: (fault: unknown) => void}} on
 * @param {string} [written]
 * @param {string} [problem]
 */
async function refuse(on, written = '', problem = '') {
  const [id, wrong, most] = [fresh('reason'), fresh('wrong'), 500];
  const area = h('textarea', { id, rows: 3, maxlength: most, value: written, 'aria-describedby': wrong, 'aria-invalid': String(problem !== '') });
  const chosen = await ask({
    title: t('declineTitle'), body: [h('p', {}, t('declineAsk')), h('div', { class: 'field' }, h('label', { for: id }, t('declineReason')), area, h('p', { id: wrong, class: 'wrong' }, problem))],
    answers: [{ name: 'yes', label: t('decline') }, { name: 'no', label: t('cancel'), plain: true }],
  });
  if (chosen !== 'yes') return;
  try {
    await on.decline(area.value.trim() || t('declineNoReason'));
  } catch (fault) {
    if (fault instanceof Fault && fault.kind === 'refused') return refuse(on, area.value, fault.message);
    on.problem(fault);
  }
}

/** @param {import('./api.js').Sitting} sitting */
function recorded(sitting) {
  const signals = sitting.recordedSignals;
  if (!signals.length) return [h('p', {}, t('recordedNothing'))];
  return [h('p', {}, t('recordedSignals')), h('ul', {}, ...signals.map((s) => h('li', {}, t(`signal_${s}`))))];
}

/** @param {import('./api.js').Sitting} sitting */
function help({ accommodation }) {
  const contact = accommodation?.contact;
  if (!contact) return [h('p', {}, `${t('helpAsk')} ${t('helpNone')}`)];
  return [h('p', {}, t('helpAsk')), h('p', {}, t('helpContact'), ' ', contactOf(contact))];
}

/** Whoever helps, with a link where it is an address. @param {string} contact */
export function contactOf(contact) {
  const address = /^[^\s@<>]+@[^\s@<>]+$/.test(contact) ? h('a', { href: `mailto:${contact}` }, contact) : contact;
  return h('strong', {}, address);
}

/** The questions to practise with, in the reader's language. @returns {import('./api.js').Question[]} */
function examples() {
  const escape = (/** @type {string} */ text) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
  return kinds.map((kind) => {
    const options = /** @type {any} */ (t(`try_${kind}_options`).split('|'));
    return {
      ref: `practice-${kind}`, kind, promptHtml: `<p>${escape(t(`try_${kind}`))}</p>`, points: 0, timeHint: '',
      choices: ['SINGLE_CHOICE', 'MULTIPLE_CHOICE', 'ORDERING'].includes(kind) ? options.map((/** @type {string} */ text, /** @type {number} */ i) => ({ key: String(i), text, html: escape(text) })) : [],
      unit: kind === 'NUMERIC' ? t('try_NUMERIC_unit') : '', language: kind === 'CODE' ? 'Python' : '',
      starter: kind === 'CODE' ? 'def total(a, b):\n\treturn' : '', maxSeconds: kind === 'SPOKEN' ? 30 : 0,
    };
  });
}

/**
 * The practice: each kind of question, one after the other, without a server and without a clock.
 * @param {{done: () => void}} on
 */
export function practice(on) {
  const questions = examples();
  /** @type {Map<string, any>} */
  const written = new Map();
  let at = 0;
  /** @type {import('./editors.js').Editor|null} */
  let open = null;
  const root = h('div', { class: 'narrow' });
  const show = (/** @type {number} */ next) => {
    open?.close?.();
    if (next < 0 || next >= questions.length) return on.done();
    at = next;
    const question = questions[at];
    const [prompt, note] = [fresh('prompt'), fresh('note')];
    open = editor(question, written.get(question.ref) ?? null, {
      label: prompt, describedby: note, recordable: true, change: (answer) => written.set(question.ref, answer),
    });
    root.replaceChildren(
      h('p', { class: 'where' }, t('practiceTitle')),
      h('h1', { tabindex: '-1' }, t('practiceOne', { n: at + 1, of: questions.length, kind: t(`kind_${question.kind}`) })),
      rich('div', { class: 'rich prompt', id: prompt }, question.promptHtml),
      open.element,
      h('p', { class: 'save', id: note }, t('practiceNote')),
      h('div', { class: 'actions' },
        at > 0 ? h('button', { type: 'button', class: 'plain-button', onclick: () => show(at - 1) }, t('back')) : null,
        at + 1 < questions.length ? h('button', { type: 'button', onclick: () => show(at + 1) }, t('next')) : null,
        h('button', { type: 'button', class: at + 1 < questions.length ? 'plain-button' : null, onclick: () => show(-1) }, t('practiceDone'))));
    if (root.isConnected) lead(root.querySelector('h1'));
  };
  show(0);
  return { element: root, close: () => open?.close?.() };
}
