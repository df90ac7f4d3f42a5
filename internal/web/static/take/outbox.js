// Answers on their way: what was written here, what was tried, and what the server acknowledged.
//
// Each question has at most two values that are not acknowledged: the one that was tried (with the revision and the key
// it was tried with, so that trying again is the same save) and a fresher one. They leave in the order in which they were
// written, and one after the other.
import { Fault, batchSize, save, saveAll } from './api.js';

/**
 * @typedef {import('./api.js').Answer} Answer
 * @typedef {import('./api.js').Stored} Stored
 * @typedef {'empty'|'saved'|'waiting'|'saving'|'offline'|'failing'|'conflict'|'refused'|'closed'} State
 */

const settle = 800; // ms without a keystroke before a text is sent
const longest = 4_000; // ms after which it is sent although somebody still types
const delays = [1_000, 2_000, 4_000, 8_000, 15_000];

/** An answer that says nothing. @returns {Answer} */
export const nothing = () => ({ choices: [], number: null, text: null, upload: null });

/** Whether an answer says nothing. */
export const isEmpty = (/** @type {Answer|null|undefined} */ a) => !a || (!a.choices.length && !a.number && !a.text && !a.upload);

/** Whether two answers say the same. */
export const same = (/** @type {Answer|null|undefined} */ a, /** @type {Answer|null|undefined} */ b) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));

const plain = (/** @type {Answer|null|undefined} */ a) => [a?.choices ?? [], a?.number || null, a?.text || null, a?.upload || null];

/** One question's answer. */
class Entry {
  /** @param {string} ref */
  constructor(ref) {
    this.ref = ref;
    /** @type {Stored|null} */
    this.acknowledged = null;
    /** @type {{key: string, revision: number, answer: Answer}|null} */
    this.tried = null;
    /** @type {Answer|null} */
    this.fresh = null;
    this.base = 0; // the revision that whoever wrote the fresh answer had seen
    /** @type {Stored|null} what the server has instead, while there is a conflict */
    this.theirs = null;
    this.conflict = false;
    this.refused = ''; // why it cannot be saved as it is
    this.held = false; // whether its editor says that itself
    this.order = 0; // when it was written first since it was acknowledged
    this.due = 0;
    this.since = 0;
    this.sending = false;
  }

  get unsent() {
    return this.tried !== null || this.fresh !== null;
  }

  /** @returns {Answer|null} the newest that was written here or read from the server */
  get answer() {
    return this.fresh ?? this.tried?.answer ?? this.acknowledged?.answer ?? null;
  }
}

/** Everything that is on its way. */
export class Outbox extends EventTarget {
  /**
   * @param {string} sitting
   * @param {import('./vault.js').Vault} vault
   * @param {string} device
   */
  constructor(sitting, vault, device) {
    super();
    this.sitting = sitting;
    this.vault = vault;
    this.device = device;
    /** @type {Map<string, Entry>} */
    this.entries = new Map();
    this.order = 0;
    this.failures = 0;
    this.failingSince = 0;
    /** @type {Fault['kind']|null} why nothing is sent */
    this.trouble = null;
    this.closed = false;
    /** @type {Map<string, string>} what was refused because nothing was taken, and why */
    this.turnedAway = new Map();
    this.held = false;
    /** @type {Promise<void>|null} */
    this.pumping = null;
    this.timer = 0;
    this.pumpFailed = false;
    addEventListener('online', () => this.hurry());
    addEventListener('offline', () => this.changed());
  }

  /** @param {string} ref @returns {Entry} */
  entry(ref) {
    let entry = this.entries.get(ref);
    if (!entry) this.entries.set(ref, entry = new Entry(ref));
    return entry;
  }

  /**
   * Takes what the server has and what the device kept.
   * @param {Stored[]} stored
   * @param {Map<string, any>} kept
   */
  load(stored, kept) {
    for (const response of stored) {
      const entry = this.entry(response.question);
      if ((entry.acknowledged?.revision ?? 0) <= response.revision) entry.acknowledged = response;
    }
    for (const [name, { tried, fresh, order, base }] of kept) {
      if (!name.startsWith('answer:')) continue;
      const entry = this.entry(name.slice('answer:'.length));
      if (entry.unsent) continue;
      Object.assign(entry, { tried, fresh, order, base });
      this.order = Math.max(this.order, order);
    }
    this.changed();
    this.hurry();
  }

  /**
   * Takes what a person wrote.
   * @param {string} ref
   * @param {Answer} answer
   * @param {{typing?: boolean, hold?: string}} [how] `hold` says why it cannot be saved as it is
   */
  edit(ref, answer, how = {}) {
    if (this.closed) return;
    const entry = this.entry(ref);
    if (same(answer, entry.answer ?? nothing())) return;
    entry.refused = how.hold ?? '';
    entry.held = !!how.hold;
    const known = entry.tried?.answer ?? entry.acknowledged?.answer ?? nothing();
    // What was written upon an older revision must never pass as written upon one that came from elsewhere meanwhile.
    if (!entry.unsent) entry.base = entry.acknowledged?.revision ?? 0;
    entry.fresh = same(answer, known) ? null : answer;
    const now = performance.now();
    if (!entry.order) entry.order = ++this.order;
    entry.since ||= now;
    entry.due = how.typing ? Math.min(now + settle, entry.since + longest) : now;
    if (!entry.unsent) entry.order = entry.since = 0;
    this.keep(entry);
    this.changed(ref);
    this.schedule();
  }

  /** @param {Entry} entry */
  keep(entry) {
    const { tried, fresh, order, base, ref } = entry;
    return this.vault.put(`answer:${ref}`, entry.unsent ? { tried, fresh, order, base } : null);
  }

  /**
   * How an answer stands, in one word.
   * @param {string} ref
   * @returns {State}
   */
  state(ref) {
    const entry = this.entries.get(ref);
    if (!entry || (!entry.unsent && !entry.acknowledged)) return 'empty';
    if (!entry.unsent) return 'saved';
    if (this.closed) return 'closed';
    if (entry.conflict) return 'conflict';
    if (entry.refused) return 'refused';
    if (this.offline) return 'offline';
    if (this.failures) return 'failing';
    return entry.sending ? 'saving' : 'waiting';
  }

  /** Whether the network is what is missing. */
  get offline() {
    return !navigator.onLine || (this.failures > 0 && this.trouble === 'network');
  }

  /** @returns {Entry[]} what is not acknowledged, in the order in which it was written */
  get unsent() {
    return [...this.entries.values()].filter((e) => e.unsent).sort((a, b) => a.order - b.order);
  }

  /** @returns {Entry[]} */
  get conflicts() {
    return [...this.entries.values()].filter((e) => e.conflict);
  }

  /** @param {string} [ref] */
  changed(ref) {
    this.dispatchEvent(new CustomEvent('change', { detail: ref }));
  }

  /** Sends at once what can be sent. */
  hurry() {
    for (const entry of this.unsent) entry.due = 0;
    this.schedule(0);
  }

  /** @param {number} [delay] */
  schedule(delay) {
    clearTimeout(this.timer);
    const next = this.sendable()[0];
    if (!next || this.held || this.closed) return;
    const backoff = this.failures ? delays[Math.min(this.failures, delays.length) - 1] : 0;
    this.timer = window.setTimeout(() => this.pump(), delay ?? Math.max(backoff, next.due - performance.now(), 0));
  }

  /** What may leave, the next first: what was written first, unless somebody still types it. */
  sendable() {
    const can = this.unsent.filter((e) => !e.conflict && !e.refused);
    const ready = can.filter((e) => e.tried || e.due <= performance.now());
    return ready.length ? ready : can.sort((a, b) => a.due - b.due);
  }

  /** Sends until nothing is left or something stands in the way. */
  pump() {
    this.pumping ??= this.run().finally(() => {
      this.pumping = null;
      this.schedule();
    });
    return this.pumping;
  }

  async run() {
    for (;;) {
      const ready = this.sendable().filter((e) => e.tried || e.due <= performance.now()).slice(0, batchSize);
      if (!ready.length || this.closed || this.held) return;
      if (!await this.send(ready)) return;
    }
  }

  /**
   * @param {Entry[]} entries
   * @returns {Promise<boolean>} whether to go on with the next
   */
  async send(entries) {
    for (const entry of entries) await this.attempt(entry);
    for (const { ref } of entries) this.changed(ref);
    let results;
    try {
      results = await this.deliver(entries);
    } catch (fault) {
      results = entries.map(() => fault);
    }
    let on = true;
    this.pumpFailed = false;
    entries.forEach((entry, i) => {
      entry.sending = false;
      const result = /** @type {any} */ (results)[i];
      if (result instanceof Fault) on = this.failed(entry, result) && on;
      else this.acknowledge(entry, { question: entry.ref, revision: result.revision, savedAt: result.savedAt, answer: /** @type {any} */ (entry.tried).answer }, result.deadline);
      this.changed(entry.ref);
    });
    return on;
  }

  /** Makes what an entry has the value that is tried. @param {Entry} entry */
  async attempt(entry) {
    entry.sending = true;
    if (entry.tried) return;
    entry.tried = { key: crypto.randomUUID(), revision: entry.base, answer: /** @type {Answer} */ (entry.fresh) };
    entry.fresh = null;
    entry.since = 0;
    await this.keep(entry); // first the key is on disk, so that a crash repeats this save instead of making another
  }

  /** One answer by itself, several of them together. @param {Entry[]} entries */
  async deliver(entries) {
    const saves = entries.map(({ ref, tried }) => {
      const { key, revision, answer } = /** @type {NonNullable<Entry['tried']>} */ (tried);
      return { question: ref, revision, clientKey: key, answer };
    });
    return saves.length === 1 ? [await save(this.sitting, saves[0], this.device)] : saveAll(this.sitting, saves, this.device);
  }

  /**
   * @param {Entry} entry
   * @param {Stored} stored
   * @param {string} deadline
   */
  acknowledge(entry, stored, deadline) {
    if ((entry.acknowledged?.revision ?? 0) <= stored.revision) entry.acknowledged = stored;
    entry.tried = null;
    entry.base = stored.revision;
    if (!entry.unsent) entry.order = 0;
    this.turnedAway.delete(entry.ref);
    this.keep(entry);
    const back = this.failures > 0;
    [this.failures, this.trouble] = [0, null];
    this.dispatchEvent(new CustomEvent('acknowledged', { detail: { deadline, back } }));
  }

  /**
   * @param {Entry} entry
   * @param {Fault} fault
   */
  failed(entry, fault) {
    switch (fault.kind) {
      case 'stale':
        entry.conflict = true;
        entry.theirs = fault.more ?? null;
        entry.acknowledged = entry.theirs;
        if (same(entry.answer, entry.theirs?.answer ?? nothing())) this.resolve(entry.ref, 'theirs');
        else this.dispatchEvent(new CustomEvent('conflict', { detail: entry.ref }));
        return true;
      case 'refused':
        entry.refused = fault.message;
        entry.fresh ??= entry.tried?.answer ?? null;
        entry.base = entry.tried?.revision ?? entry.base;
        entry.tried = null;
        this.keep(entry);
        this.dispatchEvent(new CustomEvent('refused', { detail: entry.ref }));
        return true;
      case 'elsewhere':
        if (!this.held) this.dispatchEvent(new CustomEvent('elsewhere'));
        this.held = true;
        return false;
      case 'closed':
      case 'ended':
      case 'missing':
        this.turnedAway.set(entry.ref, fault.message);
        if (this.closed) return false;
        this.closed = true;
        this.dispatchEvent(new CustomEvent('closed', { detail: fault.kind }));
        return false;
      default:
        this.trouble = fault.kind;
        if (this.pumpFailed) return false; // the others of a batch that did not arrive
        this.pumpFailed = true;
        if (!this.failures++) this.failingSince = Date.now();
        if (this.failures === 1) this.dispatchEvent(new CustomEvent('trouble', { detail: fault.kind }));
        this.changed();
        return false;
    }
  }

  /**
   * Ends a conflict.
   * @param {string} ref
   * @param {'mine'|'theirs'} keep
   */
  resolve(ref, keep) {
    const entry = this.entry(ref);
    const mine = entry.answer ?? nothing();
    const unsent = entry.fresh ?? entry.tried?.answer ?? mine;
    entry.conflict = false;
    entry.theirs = null;
    entry.tried = null;
    entry.fresh = keep === 'mine' ? unsent : null;
    entry.base = entry.acknowledged?.revision ?? 0;
    entry.due = 0;
    if (!entry.unsent) entry.order = 0;
    this.keep(entry);
    this.changed(ref);
    this.schedule();
  }

  /**
   * Sends everything, as far as that is possible now.
   * @returns {Promise<boolean>} whether nothing is left
   */
  async flush() {
    await this.pumping;
    for (const entry of this.unsent) entry.due = 0;
    await this.pump();
    return this.unsent.length === 0;
  }

  /**
   * Goes on after answers were turned away: the clock stood, or their part is over.
   * @param {boolean} again whether they may be tried again
   */
  reopen(again) {
    for (const [ref, why] of this.turnedAway) if (!again) this.entry(ref).refused = why;
    this.turnedAway.clear();
    this.closed = false;
    this.changed();
    this.schedule();
  }

  /** Sends nothing any more until it is released: another tab has the sitting. */
  hold(/** @type {boolean} */ held) {
    this.held = held;
    if (!held) this.hurry();
  }
}
