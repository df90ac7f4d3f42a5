// What is shown when nothing can be answered any more: the receipt, an end of another kind, a fault, the result.
import { readFeedback } from './api.js';
import { copyButton, fact, h, notice } from './dom.js';
import { shown } from './editors.js';
import { addObjections } from './objections.js';
import { isEmpty } from './outbox.js';
import { exact, hour, moment, t } from './words.js';

/**
 * @typedef {import('./api.js').Sitting} Sitting
 * @typedef {{question: import('./api.js').Question & {n: number}, answer: import('./api.js').Answer}} Late
 */

const plain = (/** @type {string} */ title, /** @type {string} */ text) => h('div', { class: 'narrow' }, h('h1', {}, title), h('p', {}, text));

/**
 * The page of a sitting that ended.
 * @param {Sitting} sitting
 * @param {Late[]} late changes that did not arrive in time
 * @param {boolean} ranOut whether this page saw the clock end it
 */
export function ended(sitting, late, ranOut) {
  switch (sitting.state) {
    case 'EXPIRED': return plain(t('expired'), t('expiredText', { time: moment(sitting.expiresAt) }));
    case 'CANCELLED': return plain(t('cancelled'), t('cancelledText'));
    case 'DECLINED': return plain(t('declined'), t('declinedText'));
    case 'VOIDED': return plain(t('voided'), t('voidedText'));
    default: return submitted(sitting, late, ranOut || late.length > 0);
  }
}

/**
 * @param {Sitting} sitting
 * @param {Late[]} late
 * @param {boolean} ranOut
 */
function submitted(sitting, late, ranOut) {
  const saved = sitting.responses.filter((r) => !isEmpty(r.answer)).map((r) => r.savedAt).sort();
  const page = h('div', { class: 'narrow' },
    h('h1', {}, t(ranOut ? 'ranOut' : 'submitted')),
    h('p', {}, t(ranOut ? 'ranOutText' : 'submittedText')),
    h('p', {}, t('arrived', { n: saved.length }), saved.length ? ` ${t('arrivedLast', { time: hour(saved[saved.length - 1]) })}` : ''),
    late.length ? lateAnswers(late) : null,
    sitting.receipt ? receipt(sitting) : null,
    sitting.redirectUrl ? h('p', {}, h('a', { class: 'button', href: sitting.redirectUrl, rel: 'noreferrer' }, t('onward'))) : null);
  if (sitting.state === 'RELEASED') addFeedback(sitting, page);
  if (sitting.startedAt) addObjections(sitting, page);
  return page;
}

/** @param {Late[]} late */
function lateAnswers(late) {
  return notice('warn', h('p', {}, t('late', { n: late.length })),
    ...late.map(({ question, answer }) => h('details', {}, h('summary', {}, `${t('reviewQuestion')} ${question.n}`), shown(question, answer))),
    h('p', {}, t('lateText')));
}

/** @param {Sitting} sitting */
function receipt(sitting) {
  const { hash, submittedAt } = /** @type {{hash: string, submittedAt: string}} */ (sitting.receipt);
  const text = [`${t('receipt')}: ${sitting.title}`, `${sitting.id}`, `${t('receiptTime')}: ${exact(submittedAt)} (${submittedAt})`, `${t('receiptHash')}: ${hash}`].join('\n');
  return h('section', { class: 'card receipt' },
    h('h2', {}, t('receipt')), h('p', {}, t('receiptText')),
    h('dl', { class: 'facts' },
      fact(t('receiptTime'), h('time', { datetime: submittedAt }, exact(submittedAt))),
      fact(t('receiptAnswers'), String(sitting.responses.filter((r) => !isEmpty(r.answer)).length)),
      fact(t('receiptHash'), h('code', {}, hash))),
    h('div', { class: 'tools' }, copyButton(text), h('button', { type: 'button', class: 'plain-button', onclick: () => print() }, t('print'))));
}

/**
 * @param {Sitting} sitting
 * @param {HTMLElement} page
 */
async function addFeedback(sitting, page) {
  const feedback = await readFeedback(sitting.id).catch(() => null);
  if (!feedback) return;
  const { passed, sections } = feedback;
  page.querySelector('h1')?.after(h('section', { class: 'card' },
    h('h2', {}, t('feedback')),
    passed === null && !sections.length ? h('p', {}, t('feedbackNone')) : null,
    passed === null ? null : h('p', {}, h('strong', {}, t(passed ? 'feedbackPassed' : 'feedbackNotPassed'))),
    sections.length ? h('table', {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('feedbackSection')), h('th', { scope: 'col', class: 'n' }, t('feedbackShare')))),
      h('tbody', {}, ...sections.map((s) => h('tr', {}, h('th', { scope: 'row' }, s.title), h('td', { class: 'n' }, `${s.percent} %`))))) : null,
    h('p', { class: 'quiet' }, t('feedbackAt', { time: moment(feedback.releasedAt) }))));
}

/**
 * What stands in the way, and what to do about it.
 * @param {string} kind
 * @param {{again: () => void}} on
 */
export function fault(kind, on) {
  const texts = /** @type {Record<string, string>} */ ({ signin: 'faultSignin', missing: 'faultMissing', denied: 'faultDenied', network: 'faultNetwork' });
  const hopeless = kind === 'missing' || kind === 'denied';
  return h('div', { class: 'narrow' }, h('h1', {}, t(texts[kind] ?? 'faultLater')),
    kind === 'signin' ? signInLink() : hopeless ? null : h('button', { type: 'button', onclick: on.again }, t('again')));
}

/** The way to sign in that leads back here. */
export const signInLink = () => h('a', { class: 'button', href: `/login?return_to=${encodeURIComponent(location.pathname)}` }, t('signIn'));
