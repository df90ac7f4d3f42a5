// After the end: what was recorded of how the sitting was taken, and how to object to that or to the result.
import { Fault, object, readRecord } from './api.js';
import { announce, fresh, h, lead, notice } from './dom.js';
import { lasting, moment, seconds, stamp, t } from './words.js';

/**
 * @typedef {import('./api.js').Sitting} Sitting
 * @typedef {import('./api.js').Objection} Objection
 */

/**
 * Adds to the page of a sitting that ended what was recorded, and the ways to object.
 * @param {Sitting} sitting
 * @param {HTMLElement} page
 * @param {HTMLElement|null} [before] what was there of it
 */
export async function addObjections(sitting, page, before = null) {
  const record = await readRecord(sitting.id).catch(() => null);
  if (!record) return;
  const of = (/** @type {Objection['subject']} */ subject) => objections(subject, sitting.id, record.contests.filter((c) => c.subject === subject),
    () => addObjections(sitting, page, all));
  const all = h('div', {},
    sitting.recordedSignals.length ? h('section', {}, h('h2', {}, t('noticed')), ...noticed(sitting, record), ...of('INTEGRITY')) : null,
    sitting.state === 'RELEASED' ? h('section', {}, h('h2', {}, t('objectScore')), ...of('SCORE')) : null);
  if (before) before.replaceWith(all);
  else page.append(all);
  if (before) lead(all.querySelector('.notice'));
}

/**
 * What was recorded, and what a person concluded from it.
 * @param {Sitting} sitting
 * @param {import('./api.js').Recorded} record
 */
function noticed({ sections }, { signals, verdict }) {
  if (!signals.length) return [h('p', {}, t('noticedNothing'))];
  const refs = sections.flatMap((s) => Array.from({ length: s.questionCount }, (_, i) => s.questions[i]?.ref ?? ''));
  const row = (/** @type {import('./api.js').Noted} */ s) => h('tr', {},
    h('th', { scope: 'row' }, t(`noticed_${s.kind}`), seconds(s.lasted) ? ` (${lasting(seconds(s.lasted))})` : ''),
    h('td', {}, stamp(s.at)),
    h('td', { class: 'n' }, s.question ? String(refs.indexOf(s.question) + 1) : ''));
  return [
    h('p', {}, t('noticedText')),
    verdict && verdict !== 'NOT_EVALUATED' ? h('p', {}, h('strong', {}, t(`verdict_${verdict}`))) : '',
    h('details', { class: 'noticed' }, h('summary', {}, t('noticedAll', { n: signals.length })), h('div', { class: 'wide', tabindex: '0', role: 'group', 'aria-label': t('noticed') }, h('table', {},
      h('thead', {}, h('tr', {}, ...['noticedWhat', 'noticedWhen'].map((key) => h('th', { scope: 'col' }, t(key))), h('th', { scope: 'col', class: 'n' }, t('reviewQuestion')))),
      h('tbody', {}, ...signals.map(row))))),
  ];
}

/**
 * How one's objections stand, the newest first, and the form for one, unless one waits for its answer.
 * @param {Objection['subject']} subject
 * @param {string} sittingId
 * @param {Objection[]} made
 * @param {() => Promise<void>} again
 */
function objections(subject, sittingId, made, again) {
  const waits = made.some((c) => c.state === 'OPEN');
  return [...made.map(standing), waits ? '' : form(subject, sittingId, again)];
}

/** @param {Objection} c */
const standing = (c) => notice('', h('p', {}, h('strong', {}, t('objectSent', { time: moment(c.createdAt) }))),
  h('p', { class: 'lines' }, c.statement),
  c.answeredAt ? h('p', {}, h('strong', {}, t('objectAnswered', { time: moment(c.answeredAt) }))) : h('p', {}, t('objectDue', { time: moment(c.dueAt) })),
  c.answer ? h('p', { class: 'lines' }, c.answer) : null);

/**
 * @param {Objection['subject']} subject
 * @param {string} sittingId
 * @param {() => Promise<void>} again
 */
function form(subject, sittingId, again) {
  const [id, wrong] = [fresh('objection'), fresh('wrong')];
  const area = h('textarea', { id, rows: 4, maxlength: 4000, 'aria-describedby': wrong });
  const problem = h('p', { id: wrong, class: 'wrong', role: 'alert' });
  const send = async () => {
    problem.textContent = area.value.trim() ? '' : t('objectMissing');
    if (problem.textContent) return area.focus();
    try {
      await object({ sittingId, subject, statement: area.value.trim() });
    } catch (fault) {
      const kind = fault instanceof Fault ? fault.kind : 'later';
      if (kind === 'ended') return again(); // it was sent before, and only the answer was lost
      problem.textContent = kind === 'refused' ? /** @type {Fault} */ (fault).message : t(kind === 'network' ? 'objectNetwork' : 'faultLater');
      return area.focus();
    }
    announce(t('objectDone'));
    await again();
  };
  return h('details', {}, h('summary', {}, t(`object_${subject}`)),
    h('p', {}, t('objectText')),
    h('div', { class: 'field' }, h('label', { for: id }, t('objectWhy')), area, problem),
    h('button', { type: 'button', class: 'plain-button', onclick: send }, t('objectSend')));
}
