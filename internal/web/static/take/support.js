// Asking for more time, breaks or something else. Only who decides on it sees it.
import { Fault, requestAccommodation, withdrawAccommodation } from './api.js';
import { announce, fresh, h, notice } from './dom.js';
import { lasting, seconds, t } from './words.js';

/**
 * @typedef {{reload: () => Promise<void>, problem: (fault: unknown) => void}} On
 */

/** How many seconds somebody was given for breaks. @param {import('./api.js').Sitting} sitting */
export const givenBreaks = ({ accommodated }) => (accommodated && ['GRANTED', 'CHANGED'].includes(accommodated.state) ? seconds(accommodated.breaks) : 0);

/**
 * How a request stands, or the form to make one; null where the assessment takes none.
 * @param {import('./api.js').Sitting} sitting
 * @param {On} on
 */
export function support(sitting, on) {
  const given = sitting.accommodated;
  const open = sitting.accommodation?.requestable && (!given || ['DECLINED', 'WITHDRAWN'].includes(given.state));
  if (!given && !open) return null;
  return h('div', {}, given ? standing(sitting, given, on) : null, open ? form(sitting, on) : null);
}

/**
 * @param {import('./api.js').Sitting} sitting
 * @param {import('./api.js').Accommodated} given
 * @param {On} on
 */
function standing(sitting, given, on) {
  const granted = ['GRANTED', 'CHANGED'].includes(given.state);
  const facts = granted ? [
    given.extraPercent ? t('supportPercent', { n: given.extraPercent }) : '',
    seconds(given.extraTime) ? t('supportTime', { time: lasting(seconds(given.extraTime)) }) : '',
    seconds(given.breaks) ? t('supportBreaks', { time: lasting(seconds(given.breaks)) }) : '',
    given.notes,
  ].filter(Boolean) : [];
  return notice('', h('p', {}, h('strong', {}, t(`support_${given.state}`))),
    facts.length ? h('ul', {}, ...facts.map((text) => h('li', {}, text))) : null,
    given.request ? h('p', { class: 'lines' }, `${t('supportYours')} ${given.request}`) : null,
    given.explanation ? h('p', { class: 'lines' }, given.explanation) : null,
    given.state === 'REQUESTED' ? h('button', { type: 'button', class: 'plain-button small', onclick: () => act(() => withdrawAccommodation(sitting.id), on) }, t('supportWithdraw')) : null);
}

/**
 * @param {import('./api.js').Sitting} sitting
 * @param {On} on
 */
function form(sitting, on) {
  const [text, percent, breaks, wrong] = ['request', 'percent', 'breaks', 'wrong'].map(fresh);
  const area = h('textarea', { id: text, rows: 4, maxlength: 4000, 'aria-describedby': wrong });
  const choice = (/** @type {string} */ id, /** @type {number[]} */ values, /** @type {(n: number) => string} */ name) => h('select', { id },
    h('option', { value: '' }, t('supportNone')), ...values.map((n) => h('option', { value: n }, name(n))));
  const more = choice(percent, [10, 25, 50, 75, 100], (n) => t('supportPercent', { n }));
  const rest = choice(breaks, [5, 10, 15, 20, 30, 45, 60], (n) => lasting(n * 60));
  const problem = h('p', { id: wrong, class: 'wrong', role: 'alert' });
  const wrongIs = (/** @type {string} */ text) => {
    problem.textContent = text;
    area.focus();
  };
  const send = () => {
    if (!area.value.trim()) return wrongIs(t('supportMissing'));
    problem.textContent = '';
    act(() => requestAccommodation({
      sittingId: sitting.id, request: area.value.trim(), ...(more.value ? { extraPercent: Number(more.value) } : {}), ...(rest.value ? { breaks: `PT${rest.value}M` } : {}),
    }), { ...on, problem: (fault) => (fault instanceof Fault && fault.kind === 'refused' ? wrongIs(fault.message) : on.problem(fault)) });
  };
  return h('details', {}, h('summary', {}, t('supportAsk')),
    h('div', { class: 'field' }, h('label', { for: text }, t('supportText')), area, problem),
    h('div', { class: 'field' }, h('label', { for: percent }, t('supportMore')), more),
    h('div', { class: 'field' }, h('label', { for: breaks }, t('supportRest')), rest),
    h('button', { type: 'button', class: 'plain-button', onclick: send }, t('supportSend')));
}

/**
 * @param {() => Promise<any>} change
 * @param {On} on
 */
async function act(change, on) {
  try {
    await change();
  } catch (fault) {
    return on.problem(fault);
  }
  announce(t('supportDone'));
  await on.reload();
}
