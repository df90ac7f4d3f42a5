// The candidate's page: decides what is shown, and keeps clock, answers and tabs together.
import { FEATURES, Fault, enterSection, heartbeat, readClock, readSitting, start, submit } from './api.js';
import { instructions, practice } from './begin.js';
import { distrustClock, serverNow, setClock } from './clock.js';
import { announce, h, lead, notice, openLiveRegions } from './dom.js';
import { ended, fault, signInLink } from './end.js';
import { Outbox, same } from './outbox.js';
import { Run, beginning } from './run.js';
import { watch } from './signals.js';
import { Tabs } from './tabs.js';
import { Vault } from './vault.js';
import { choose, languages, spoken, t } from './words.js';

const root = /** @type {HTMLElement} */ (document.getElementById('sitting'));
const id = root.dataset.id ?? '';
const every = 15_000; // ms between two looks at the server's clock

const ends = ['SUBMITTED', 'RELEASED', 'EXPIRED', 'CANCELLED', 'DECLINED', 'VOIDED'];

class Page {
  /** @param {Vault} vault */
  constructor(vault) {
    this.vault = vault;
    this.device = deviceName();
    this.outbox = new Outbox(id, vault, this.device);
    /** @type {import('./api.js').Sitting|null} */
    this.sitting = null;
    /** @type {{element: HTMLElement, close?: () => void, tick?: () => void}|null} */
    this.view = null;
    this.place = beginning();
    this.ranOut = false;
    this.over = false;
    this.ticked = Date.now();
    this.looked = 0;
    this.retry = 0;
    this.stopWatching = () => {};
    this.troubled = h('div', { class: 'trouble', role: 'status' });
    this.tabs = new Tabs(id, {
      taken: async () => {
        await Promise.race([this.outbox.flush(), new Promise((done) => setTimeout(done, 3_000))]);
        this.outbox.hold(true);
        this.elsewhere();
      },
      handed: () => this.refresh(),
      ended: () => { if (!this.over) this.reload(); },
    });
    this.outbox.addEventListener('closed', () => this.closed());
    this.outbox.addEventListener('acknowledged', (e) => {
      const { deadline } = /** @type {CustomEvent} */ (e).detail;
      if (this.sitting?.deadline && deadline !== this.sitting.deadline) this.look();
    });
    for (const type of ['trouble', 'acknowledged', 'change']) this.outbox.addEventListener(type, () => this.showTrouble());
    document.addEventListener('visibilitychange', () => this.seen());
    addEventListener('online', () => this.look());
    addEventListener('pageshow', (e) => { if (e.persisted) this.reload(); });
    addEventListener('beforeunload', (e) => {
      // Only where something would be lost: the browser kept nothing and the server does not have it.
      if (!this.vault.durable && this.outbox.unsent.length && !this.over) e.preventDefault();
    });
    setInterval(() => this.tick(), 250);
    setInterval(() => this.look(), every);
  }

  /**
   * Puts a view into the page and leads there.
   * @param {{element: HTMLElement, close?: () => void, tick?: () => void}} view
   */
  show(view) {
    const first = !this.view; // a page that just opened begins where browsers begin
    if (this.view !== view) this.view?.close?.();
    this.view = view;
    root.removeAttribute('aria-busy');
    root.replaceChildren(this.languageBar(), this.troubled, view.element);
    const heading = view.element.querySelector('h1');
    document.title = [heading?.textContent, this.sitting?.title].filter((s, i, all) => s && all.indexOf(s) === i).join(' · ');
    if (!first) lead(heading);
  }

  languageBar() {
    const select = h('select', { 'aria-label': t('language') }, ...languages.map((l) => h('option', { value: l.code, lang: l.code }, l.name)));
    select.value = spoken();
    select.addEventListener('change', async () => {
      sessionStorage.setItem('assay-language', select.value);
      choose([select.value]);
      translateFrame();
      await this.reload();
      /** @type {HTMLElement|null} */ (root.querySelector('select'))?.focus();
    });
    return h('div', { class: 'language' }, select);
  }

  /** Reads everything and shows what there is to be shown. */
  async reload() {
    clearTimeout(this.retry);
    try {
      const sitting = await readSitting(id, spoken());
      setClock(sitting.serverTime);
      if (FEATURES.language && !sessionStorage.getItem('assay-language')) {
        choose([sitting.language, ...navigator.languages]);
        translateFrame();
      }
      this.sitting = sitting;
      await this.route();
    } catch (problem) {
      if (!(problem instanceof Fault)) throw problem;
      if (this.view && ['network', 'later'].includes(problem.kind)) return;
      this.show({ element: fault(problem.kind, { again: () => this.reload() }) });
      if (['network', 'later'].includes(problem.kind)) this.retry = window.setTimeout(() => this.reload(), 4_000);
    }
  }

  /** Takes what another tab saved last, without disturbing what is shown. */
  async refresh() {
    const sitting = await readSitting(id, spoken()).catch(() => null);
    if (!sitting || !(this.view instanceof Run)) return;
    setClock(sitting.serverTime);
    this.outbox.load(sitting.responses, new Map());
    this.view.refresh();
  }

  async route() {
    const sitting = /** @type {import('./api.js').Sitting} */ (this.sitting);
    if (ends.includes(sitting.state)) return this.end();
    if (sitting.state === 'INVITED') return this.instruct();
    const kept = await this.vault.all();
    this.place = { ...this.place, ...kept.get('place') };
    this.outbox.load(sitting.responses, kept);
    if (!this.tabs.active) return this.elsewhere();
    if (sitting.state === 'PAUSED') return this.pause();
    if (FEATURES.sections && !sitting.currentSection) {
      await enterSection(id, 1);
      sitting.currentSection = 1;
    }
    this.run();
  }

  instruct() {
    const sitting = /** @type {import('./api.js').Sitting} */ (this.sitting);
    this.show({
      element: instructions(sitting, {
        durable: this.vault.durable,
        practise: () => this.show(practice({ done: () => this.instruct() })),
        start: async () => {
          await start(id).catch((problem) => { if (problem.kind !== 'ended') throw problem; });
          await this.reload();
        },
      }),
    });
  }

  run() {
    const sitting = /** @type {import('./api.js').Sitting} */ (this.sitting);
    this.outbox.hold(false);
    const run = new Run({
      sitting, place: this.place, outbox: this.outbox, durable: () => this.vault.durable,
      keep: (place) => { this.vault.put('place', place); },
      submit: async () => {
        await submit(id).catch((problem) => { if (!['ended', 'closed'].includes(problem.kind)) throw problem; });
        await this.closed();
      },
    });
    run.begin();
    this.stopWatching();
    this.stopWatching = watch({ sitting: id, kinds: sitting.signals ?? [], question: () => run.current?.ref ?? '', now: serverNow });
    this.show(run);
    this.tick();
  }

  pause() {
    this.outbox.hold(true);
    this.show({ element: h('div', { class: 'narrow' }, h('h1', {}, t('paused')), h('p', {}, t('pausedText'))) });
  }

  /** Another tab or device has the sitting now. */
  elsewhere() {
    const unsent = this.outbox.unsent.length > 0;
    this.show({
      element: h('div', { class: 'narrow' }, h('h1', {}, t('elsewhere')), h('p', {}, t(unsent ? 'elsewhereUnsent' : 'elsewhereText')),
        h('button', { type: 'button', onclick: () => this.takeOver() }, t('elsewhereBack'))),
    });
  }

  async takeOver() {
    this.tabs.take();
    this.outbox.hold(false);
    await this.outbox.flush();
    await this.reload();
  }

  tick() {
    const sitting = this.sitting;
    const slept = Date.now() - this.ticked > 5_000;
    this.ticked = Date.now();
    if (slept) this.seen(); // the computer slept: the monotonic clock may have too
    this.view?.tick?.();
    if (!sitting || this.over || sitting.state !== 'IN_PROGRESS' || !sitting.deadline) return;
    const passed = [sitting.sectionDeadline, sitting.questionDeadline].some((d) => d && serverNow() > Date.parse(d));
    if (passed && performance.now() - this.looked > 2_000) this.look(); // the server moves on, and the page with it
    if (serverNow() < Date.parse(sitting.deadline)) return;
    this.over = this.ranOut = true;
    this.finishing();
  }

  /** The time is over: what is still here leaves within the grace, then the server says how it ended. */
  async finishing() {
    this.outbox.hurry();
    const says = h('p', { role: 'status' }, t('overWait'));
    this.show({ element: h('div', { class: 'narrow' }, h('h1', {}, t('ranOut')), says) });
    for (;;) {
      try {
        const now = await readClock(id);
        setClock(now.serverTime);
        if (now.state !== 'IN_PROGRESS' || now.deadline && Date.parse(now.deadline) > serverNow()) break;
        says.textContent = t('overWait');
      } catch (problem) {
        if (problem instanceof Fault && problem.kind === 'signin') says.replaceChildren(t('faultSignin'), ' ', signInLink());
        else says.textContent = t('overOffline');
      }
      await new Promise((done) => setTimeout(done, 1_000));
    }
    this.over = false; // time may have been granted in the last moment
    await this.reload();
  }

  /** The server takes no more answers; why, it says itself. */
  async closed() {
    if (this.over) return;
    const now = await readClock(id).catch(() => null);
    if (!now) {
      setTimeout(() => this.closed(), 2_000);
      return;
    }
    setClock(now.serverTime);
    if (now.state === 'PAUSED') this.outbox.closed = false;
    if (now.state === 'IN_PROGRESS') {
      this.over = this.ranOut = true;
      return this.finishing();
    }
    await this.reload();
  }

  async end() {
    const sitting = /** @type {import('./api.js').Sitting} */ (this.sitting);
    const wasOpen = !this.over;
    this.over = true;
    const late = await this.late(sitting);
    this.stopWatching();
    this.outbox.closed = true;
    this.show({ element: ended(sitting, late, this.ranOut) });
    if (wasOpen) {
      await this.vault.destroy();
      this.tabs.end();
    }
  }

  /** What was written here and is not what the server has. @param {import('./api.js').Sitting} sitting */
  async late(sitting) {
    if (!this.outbox.closed) this.outbox.load(sitting.responses, await this.vault.all());
    const questions = sitting.sections.flatMap((s) => s.questions).map((q, i) => ({ ...q, n: i + 1 }));
    return questions.flatMap((question) => {
      const entry = this.outbox.entries.get(question.ref);
      const stored = sitting.responses.find((r) => r.question === question.ref);
      return entry?.unsent && entry.answer && !same(entry.answer, stored?.answer) ? [{ question, answer: entry.answer }] : [];
    });
  }

  seen() {
    if (document.visibilityState === 'hidden') {
      if (this.outbox.held) return;
      this.outbox.hurry();
      this.outbox.pump(); // at once: the timers of a hidden page may never come
      return;
    }
    distrustClock();
    this.look();
  }

  /** Looks at the server's clock: time may have been granted, the sitting paused, ended or taken by another device. */
  async look() {
    if (!this.sitting || this.over || !this.tabs.active || !['IN_PROGRESS', 'PAUSED'].includes(this.sitting.state)) return;
    this.looked = performance.now();
    let now;
    try {
      await heartbeat(id, this.device);
      now = await readClock(id);
    } catch (problem) {
      if (problem instanceof Fault && problem.kind === 'signin') this.outbox.trouble = 'signin';
      this.showTrouble();
      return;
    }
    if (this.outbox.trouble === 'signin') this.outbox.trouble = null;
    setClock(now.serverTime);
    this.take(now);
  }

  /** @param {import('./api.js').Sitting} now */
  take(now) {
    const sitting = /** @type {import('./api.js').Sitting} */ (this.sitting);
    if (now.state !== sitting.state || now.currentSection !== sitting.currentSection) {
      if (sitting.state === 'PAUSED' && now.state === 'IN_PROGRESS') announce(t('resumed'));
      else if (now.state === sitting.state) announce(t('partOver'), { urgent: true });
      this.reload();
      return;
    }
    if (now.device && now.device !== this.device) {
      this.tabs.active = false;
      this.outbox.hold(true);
      this.elsewhere();
      return;
    }
    if (now.deadline && sitting.deadline && Date.parse(now.deadline) - Date.parse(sitting.deadline) > 1_000) announce(t('moreTime'));
    Object.assign(sitting, now);
    this.showTrouble();
  }

  /** Says in one place what stands in the way of everything, not only of one answer. */
  showTrouble() {
    const { outbox } = this;
    const signin = outbox.trouble === 'signin' && !this.over;
    const text = signin ? t(this.vault.durable ? 'faultSignin' : 'faultSigninMemory') : '';
    if (this.troubled.textContent.startsWith(text) && !!text === this.troubled.hasChildNodes()) return;
    this.troubled.replaceChildren(...(text ? [notice('warn', h('p', {}, text), this.vault.durable ? signInLink() : '')] : []));
  }
}

/** A name for this tab's device that outlives a reload. */
function deviceName() {
  const name = sessionStorage.getItem('assay-device') ?? crypto.randomUUID?.() ?? Math.random().toString(36).slice(2);
  sessionStorage.setItem('assay-device', name);
  return name;
}

/** The frame around the page comes from the server in English. */
function translateFrame() {
  const say = (/** @type {string} */ selector, /** @type {string} */ text) => {
    const element = document.querySelector(selector);
    if (element) element.textContent = text;
  };
  say('.skip', t('skip'));
  say('header form button', t('signOut'));
}

choose([sessionStorage.getItem('assay-language'), ...navigator.languages]);
translateFrame();
openLiveRegions();
root.textContent = t('loading');
const page = new Page(await Vault.open(id));
page.tabs.take();
await page.reload();
