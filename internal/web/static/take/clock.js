// The timer: it follows the server's clock, says what it must say politely, and can be hidden.
import { trip } from './api.js';
import { announce, fresh, h } from './dom.js';
import { digits, lasting, t } from './words.js';

/** What the server's clock is ahead of this browser's monotonic one, in milliseconds. The wall clock here plays no part. */
let ahead = 0;
let sharpest = Infinity;
let setAt = 0;

/**
 * Sets the clock by an answer that just came. The quicker the answer the sharper it is; an old setting gives way anyway,
 * since a monotonic clock may stand still while a computer sleeps.
 * @param {string} serverTime
 */
export function setClock(serverTime) {
  const took = trip.came - trip.sent;
  if (took > sharpest && performance.now() - setAt < 120_000) return;
  [sharpest, setAt] = [took, performance.now()];
  ahead = Date.parse(serverTime) - (trip.sent + trip.came) / 2;
}

/** Forgets how sharp the clock was set, so that the next answer sets it whatever it says. */
export function distrustClock() {
  sharpest = Infinity;
}

/** @returns the server's time now, in milliseconds */
export const serverNow = () => performance.now() + ahead;

/**
 * @typedef {{name: string, short: string, deadline: () => number|null, whole: () => number}} Span
 */

/** A timer of one span: the sitting, a section or a question. */
export class Timer {
  /** @param {Span} span */
  constructor(span) {
    this.span = span;
    this.said = new Set();
    this.digits = h('span', { class: 'digits' });
    this.element = h('div', { class: 'timer', role: 'timer', 'aria-label': span.name }, h('span', { class: 'timer-name' }, span.short), ' ', this.digits);
    /** @type {number|null} */
    this.before = null;
  }

  /** @returns the seconds that are left, or null where no clock runs */
  left() {
    const deadline = this.span.deadline();
    return deadline === null ? null : (deadline - serverNow()) / 1000;
  }

  /** Shows the time, and announces each mark that was passed since it was shown last. */
  tick() {
    const left = this.left();
    this.element.hidden = left === null;
    if (left === null) return;
    const text = digits(left);
    if (this.digits.textContent !== text) this.digits.textContent = text;
    this.element.classList.toggle('soon', left <= 300);
    this.element.classList.toggle('last', left <= 60);
    for (const mark of this.marks()) this.pass(mark, left);
    this.before = left;
  }

  /** The marks of this span, in seconds: half, five minutes, one minute. */
  marks() {
    const half = this.span.whole() / 2;
    return [half, 300, 60].filter((mark, i) => i === 0 || mark < half);
  }

  /**
   * @param {number} mark
   * @param {number} left
   */
  pass(mark, left) {
    // Time that was granted puts a mark into the future again.
    if (left > mark + 5) this.said.delete(mark);
    if (this.before === null || this.before <= mark || left > mark || this.said.has(mark)) return;
    this.said.add(mark);
    const half = mark === this.span.whole() / 2;
    announce(t(half ? 'timeHalf' : 'timeLeft', { what: this.span.name, time: lasting(mark) }));
  }
}

/**
 * The timers with the button that hides them. Hidden ones still announce the marks.
 * @param {Timer[]} timers
 * @param {boolean} hidden
 * @param {(hidden: boolean) => void} remember
 */
export function timerBar(timers, hidden, remember) {
  const id = fresh('timers');
  const box = h('div', { class: 'timers', id }, ...timers.map((timer) => timer.element));
  const button = h('button', { type: 'button', class: 'plain-button small', 'aria-controls': id });
  const show = () => {
    box.classList.toggle('hidden', hidden);
    button.setAttribute('aria-expanded', String(!hidden));
    button.textContent = t(hidden ? 'timerShow' : 'timerHide');
  };
  button.addEventListener('click', () => {
    hidden = !hidden;
    show();
    remember(hidden);
  });
  show();
  return h('div', { class: 'timer-bar', role: 'group', 'aria-label': t('time') }, box, button);
}
