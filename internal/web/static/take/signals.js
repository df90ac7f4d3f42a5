// Signals of how a sitting is taken, only those that its paper lists. They never change points, and the page says before
// the start which ones there are.
//
// What assistive technology does must not look like leaving. A screen reader's list of elements, an on-screen keyboard, a
// magnifier or dictation take the focus from a page that stays visible and go on acting on it: such an absence does not
// count. Nor does one while a dialog of ours or the browser's question for the microphone is open.
import { Fault, recordSignals } from './api.js';

const pause = 10_000; // ms between two attempts to send what was noticed
const batchSize = 50;

const shortest = 1_000; // ms; a notification that slides over a phone is no absence
const unfocused = 15_000; // ms that a visible page must be without focus and without any action on it

let quiet = 0;
let quietUntil = 0;

/**
 * Does something during which nothing is recorded: a native dialog, a permission prompt.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function quietly(act) {
  quiet++;
  try {
    return await act();
  } finally {
    quiet--;
    quietUntil = performance.now() + 1_000; // the browser gives the focus back a moment later
  }
}

const isQuiet = () => quiet > 0 || performance.now() < quietUntil;

/**
 * @typedef {{kind: string, at: string, lasted: string, question?: string, clientKey: string}} Signal
 */

/** What was noticed and is not acknowledged yet: kept on this device, and sent again until it is. */
export class Noticed {
  /**
   * @param {string} sitting
   * @param {(unsent: Signal[]) => void} keep
   */
  constructor(sitting, keep) {
    this.sitting = sitting;
    this.keep = keep;
    /** @type {Signal[]} */
    this.unsent = [];
    /** @type {Promise<void>|null} */
    this.sending = null;
    setInterval(() => this.send(), pause);
    for (const type of ['online', 'pagehide']) addEventListener(type, () => this.send());
  }

  /** Takes what was kept by an earlier page. @param {Signal[]} kept */
  load(kept) {
    this.unsent.unshift(...kept.filter(({ clientKey }) => !this.unsent.some((s) => s.clientKey === clientKey)));
  }

  /** @param {string} kind @param {number} at @param {number} durationMs @param {string} [question] */
  add(kind, at, durationMs, question) {
    this.unsent.push({ kind, at: new Date(at).toISOString(), lasted: `PT${Math.round(durationMs / 1000)}S`, question: question || undefined, clientKey: crypto.randomUUID() });
    this.keep(this.unsent);
  }

  /** Sends what there is; their keys make it harmless to send a signal again. */
  send() {
    this.sending ??= this.run().finally(() => { this.sending = null; });
    return this.sending;
  }

  async run() {
    for (let most = batchSize; this.unsent.length;) {
      const some = this.unsent.slice(0, most);
      try {
        await recordSignals(this.sitting, some);
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault;
        if (['network', 'later', 'signin'].includes(fault.kind)) return;
        if (fault.kind === 'refused' && some.length > 1) { // only the one that is refused is given up
          most = 1;
          continue;
        }
      }
      this.unsent = this.unsent.filter((s) => !some.includes(s));
      this.keep(this.unsent);
    }
  }
}

/**
 * Watches until the returned function is called. Who is away at that moment was not: their absence has no end here.
 * @param {{kinds: string[], question: () => string, now: () => number, noticed: Noticed}} what
 * @returns {() => void}
 */
export function watch({ kinds, question, now, noticed }) {
  if (!kinds.length) return () => {};
  const has = (/** @type {string} */ kind) => kinds.includes(kind);
  const aborter = new AbortController();
  const listen = (/** @type {EventTarget} */ on, /** @type {string} */ type, /** @type {(e: any) => void} */ act) => on.addEventListener(type, act, { signal: aborter.signal, capture: true });
  /** @type {{at: number, began: number, hidden: boolean, quiet: boolean, acted: boolean}|null} */
  let away = null;

  const record = (/** @type {string} */ kind, /** @type {number} */ at, /** @type {number} */ durationMs) => noticed.add(kind, at, durationMs, question());

  const leave = () => {
    away ??= { at: now(), began: performance.now(), hidden: false, quiet: isQuiet(), acted: false };
    away.hidden ||= document.visibilityState === 'hidden';
  };
  const comeBack = () => {
    if (!away || document.visibilityState === 'hidden' || !document.hasFocus()) return;
    const { at, began, hidden, quiet: asked, acted } = away;
    away = null;
    const took = performance.now() - began;
    const counts = hidden ? took >= shortest : took >= unfocused && !acted;
    if (counts && !asked && !isQuiet()) record('FOCUS_LOST', at, took);
  };
  if (has('FOCUS_LOST')) {
    listen(document, 'visibilitychange', () => (document.visibilityState === 'hidden' ? leave() : comeBack()));
    listen(window, 'blur', (e) => { if (e.target === window && !document.hasFocus()) leave(); });
    listen(window, 'focus', comeBack);
    for (const type of ['input', 'keydown', 'focusin', 'selectionchange', 'scroll']) listen(document, type, () => { if (away) away.acted = true; });
  }

  // Dictation and text expanders put text in by the clipboard too: only a paste that a person asked for counts.
  let asked = -Infinity;
  if (has('PASTED')) {
    listen(document, 'keydown', (e) => { if (e.isTrusted && ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'v' || e.shiftKey && e.key === 'Insert')) asked = performance.now(); });
    listen(document, 'contextmenu', () => { asked = performance.now() + 10_000; });
    listen(document, 'paste', (e) => { if (e.isTrusted && performance.now() - asked < 1_000) record('PASTED', now(), 0); });
  }
  let full = false;
  if (has('FULL_SCREEN_LEFT')) {
    listen(document, 'fullscreenchange', () => {
      if (full && !document.fullscreenElement && !isQuiet()) record('FULL_SCREEN_LEFT', now(), 0);
      full = document.fullscreenElement !== null;
    });
  }
  return () => aborter.abort();
}
