// The candidate's page: decides what is shown, and keeps clock, answers and tabs together.
import { Fault, decline, endBreak, followClock, heartbeat, readClock, readPauseNote, readSitting, start, submit, trip } from './api.js';
import { instructions, practice } from './begin.js';
import { distrustClock, serverNow, setClock } from './clock.js';
import { announce, h, lead, notice, openLiveRegions } from './dom.js';
import { ended, fault, signInLink } from './end.js';
import { Outbox, same } from './outbox.js';
import { Run, beginning } from './run.js';
import { Noticed, watch } from './signals.js';
import { Tabs } from './tabs.js';
import { Vault } from './vault.js';
import { choose, hour, languages, lasting, seconds, spoken, t } from './words.js';

const root = /** @type {HTMLElement} */ (document.getElementById('sitting'));
const id = root.dataset.id ?? '';
const usual = 15_000; // ms between two looks at the server's clock, unless it says otherwise
const running = ['IN_PROGRESS', 'PAUSED'];

const ends = ['SUBMITTED', 'RELEASED', 'EXPIRED', 'CANCELLED', 'DECLINED', 'VOIDED'];

class Page {
  /** @param {Vault} vault */
  constructor(vault) {
    this.vault = vault;
    this.device = deviceName();
    this.outbox = new Outbox(id, vault, this.device);
    this.noticed = new Noticed(id, (unsent) => { vault.put('signals', unsent.length ? unsent : null); });
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
    this.claimed = false;
    this.following = new AbortController();
    this.troubled = h('div', { class: 'trouble', role: 'status' });
    this.told = h('div', { class: 'trouble' });
    this.warned = h('div', { class: 'trouble warned' });
    this.passingSince = Infinity;
    this.tabs = new Tabs(id, {
      taken: async () => {
        await soon(this.outbox.flush());
        this.outbox.hold(true);
        this.elsewhere();
      },
      handed: () => this.refresh(),
      ended: () => { if (!this.over) this.reload(); },
    });
    this.outbox.addEventListener('closed', () => this.closed());
    this.outbox.addEventListener('elsewhere', () => this.lose());
    this.outbox.addEventListener('acknowledged', (e) => {
      const { deadline } = /** @type {CustomEvent} */ (e).detail;
      if (this.sitting?.deadline && Math.abs(Date.parse(deadline) - Date.parse(this.sitting.deadline)) > 1_000) this.look();
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
    this.follow();
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
    this.warned.replaceChildren();
    root.replaceChildren(this.languageBar(), this.troubled, this.told, view.element, this.warned);
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
      let sitting = await readSitting(id, spoken());
      setClock(sitting.serverTime);
      if (!sessionStorage.getItem('assay-language') && sitting.language && this.invitersLanguage(sitting.language)) sitting = await readSitting(id, spoken());
      if (!this.claimed && running.includes(sitting.state)) {
        // Whoever opens the page takes the sitting to this device; what reads it again later does not.
        if (sitting.device !== this.device) await start(id, this.device).catch((problem) => { if (['network', 'later', 'signin'].includes(problem.kind)) throw problem; });
        this.claimed = true;
        this.second(sitting);
        sitting.device = this.device;
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

  /** Records that the sitting was opened here while another device had it, if that is recorded. @param {import('./api.js').Sitting} sitting */
  second({ device, recordedSignals }) {
    if (!device || device === this.device || !recordedSignals.includes('SECOND_DEVICE')) return;
    this.noticed.add('SECOND_DEVICE', serverNow(), 0);
    this.noticed.send();
  }

  /** Speaks the language that the inviter chose. @param {string} language @returns whether it is another one */
  invitersLanguage(language) {
    const before = spoken();
    choose([language, ...navigator.languages]);
    translateFrame();
    return spoken() !== before;
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
    this.noticed.load(kept.get('signals') ?? []);
    this.noticed.send();
    if (sitting.device && sitting.device !== this.device) this.tabs.active = false;
    if (!this.tabs.active) return this.elsewhere();
    if (sitting.state === 'PAUSED') return this.pause();
    this.outbox.reopen(true);
    this.run();
  }

  instruct() {
    const sitting = /** @type {import('./api.js').Sitting} */ (this.sitting);
    this.show({
      element: instructions(sitting, {
        durable: this.vault.durable,
        practise: () => this.show(practice({ done: () => this.instruct() })),
        start: async () => {
          if (early(sitting.opensAt)) {
            const { opensAt } = await readSitting(id, spoken()); // it may have been changed meanwhile
            if (early(opensAt)) throw new Fault('early', 'not open yet', opensAt);
          }
          await start(id, this.device).catch((problem) => { if (problem.kind !== 'ended') throw problem; });
          this.claimed = true;
          await this.reload();
        },
        decline: async (/** @type {string} */ reason) => {
          await decline(id, reason).catch((problem) => { if (problem.kind !== 'ended') throw problem; });
          await this.reload();
        },
        reload: () => this.reload(),
        problem: (/** @type {unknown} */ problem) => this.problem(problem),
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
        await soon(this.noticed.send());
        await submit(id).catch((problem) => { if (!['ended', 'closed'].includes(problem.kind)) throw problem; });
        await this.closed();
      },
      reload: () => this.reload(),
      problem: (problem) => this.problem(problem),
    });
    run.begin();
    this.running = run;
    this.stopWatching();
    this.stopWatching = watch({ kinds: sitting.recordedSignals, question: () => run.current?.ref ?? '', now: serverNow, noticed: this.noticed });
    this.show(run);
    this.tick();
  }

  /** The clock stands: why, and until when. A break ends by a button too. */
  async pause() {
    const sitting = /** @type {import('./api.js').Sitting} */ (this.sitting);
    this.stopWatching(); // who has a break may do as they like
    this.outbox.hold(true);
    this.outbox.reopen(true);
    const resting = sitting.pauseReason === 'BREAK';
    const why = t(`pause_${sitting.pauseReason ?? 'NONE'}`);
    const note = h('p', { class: 'lines' });
    this.show({
      element: h('div', { class: 'narrow' }, h('h1', {}, t(resting ? 'breakTitle' : 'paused')),
        resting ? null : h('p', {}, why), note,
        h('p', {}, t(resting ? 'breakText' : 'pausedText')),
        h('p', {}, t('pausedLeft', { time: lasting(seconds(sitting.remaining)) })),
        sitting.resumesAt && (resting || Date.parse(sitting.resumesAt) - serverNow() < 86_400_000) ? h('p', {}, t('pausedUntil', { time: hour(sitting.resumesAt) })) : null,
        resting ? h('button', { type: 'button', onclick: async () => {
          await endBreak(id).catch((problem) => this.problem(problem));
          await this.reload();
        } }, t('breakEnd')) : null),
    });
    if (!resting) note.textContent = await readPauseNote(id).catch(() => '');
  }

  /** Another tab or device has the sitting now. */
  elsewhere() {
    this.stopWatching(); // the other one watches
    this.following.abort(); // a browser has few connections for all its tabs
    const unsent = this.outbox.unsent.length > 0;
    this.show({
      element: h('div', { class: 'narrow' }, h('h1', {}, t('elsewhere')), h('p', {}, t(unsent ? 'elsewhereUnsent' : 'elsewhereText')),
        h('button', { type: 'button', onclick: () => this.takeOver() }, t('elsewhereBack'))),
    });
  }

  async takeOver() {
    try {
      await start(id, this.device);
    } catch (problem) {
      if (problem instanceof Fault && !['ended', 'closed'].includes(problem.kind)) return this.problem(problem);
    }
    this.tabs.take();
    this.outbox.hold(false);
    await this.outbox.flush();
    await this.reload();
  }

  /** Another device took the sitting. */
  lose() {
    if (this.over || !this.tabs.active) return;
    this.tabs.active = false;
    this.outbox.hold(true);
    announce(t('elsewhere'), { urgent: true });
    this.elsewhere();
  }

  /** What to do about something that was not done. @param {unknown} problem */
  problem(problem) {
    if (!(problem instanceof Fault)) throw problem;
    switch (problem.kind) {
      case 'elsewhere': return this.lose();
      case 'network': return this.warn(t('faultNetwork'), { passing: true });
      case 'later': return this.warn(t('faultLater'), { passing: true });
      case 'refused': return this.warn(problem.message);
      case 'signin':
        this.outbox.trouble = 'signin';
        return this.showTrouble();
      default: // the server stands elsewhere than this page thinks
        this.reload();
    }
  }

  tick() {
    const sitting = this.sitting;
    const slept = Date.now() - this.ticked > 5_000;
    this.ticked = Date.now();
    if (slept) this.seen(); // the computer slept: the monotonic clock may have too
    this.view?.tick?.();
    if (trip.came > this.passingSince) this.warned.replaceChildren();
    if (performance.now() - this.looked > (seconds(sitting?.heartbeatEvery ?? '') * 1_000 || usual)) this.look();
    if (!sitting || this.over || sitting.state !== 'IN_PROGRESS' || !sitting.deadline) return;
    const passed = [sitting.sectionDeadline, sitting.questionDeadline].some((d) => d && serverNow() > Date.parse(d));
    if (passed && performance.now() - this.looked > 2_000) {
      this.outbox.hurry(); // within the grace
      this.look(); // the server moves on, and the page with it
    }
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
    this.outbox.closed = false;
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
    if (now.state === 'IN_PROGRESS' && now.deadline && Date.parse(now.deadline) > serverNow()) {
      this.outbox.reopen(false); // only a part is over
      return this.reload();
    }
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
    this.following.abort();
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
    let before = 0;
    const questions = sitting.sections.flatMap((s) => {
      const first = before + 1;
      before += s.questionCount;
      return s.questions.map((q, i) => ({ ...q, n: first + i }));
    });
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

  /** Says that this page is there and looks at the server's clock. */
  async look() {
    this.looked = performance.now();
    if (!this.sitting || this.over || !this.tabs.active || !running.includes(this.sitting.state)) return;
    let now;
    try {
      now = await heartbeat(id, this.device);
    } catch (problem) {
      if (problem instanceof Fault && problem.kind === 'signin') this.outbox.trouble = 'signin';
      this.showTrouble();
      return;
    }
    if (this.outbox.trouble === 'signin') this.outbox.trouble = null;
    setClock(now.serverTime);
    this.take(now);
  }

  /** Hears at once of what changes; without a stream the page learns it when it looks. */
  async follow() {
    for (;;) {
      const follows = this.sitting && !this.over && this.tabs.active && running.includes(this.sitting.state) && navigator.onLine;
      this.following = new AbortController();
      if (follows) await followClock(id, (now) => this.take(now), this.following.signal).catch(() => {});
      await new Promise((again) => setTimeout(again, follows ? 5_000 : 1_000));
    }
  }

  /** @param {import('./api.js').Sitting} now */
  take(now) {
    const sitting = /** @type {import('./api.js').Sitting} */ (this.sitting);
    const moving = this.view === this.running && this.running?.moving;
    if (this.over || !this.tabs.active || moving || Date.parse(now.serverTime) < Date.parse(sitting.serverTime)) return;
    if (now.device && now.device !== this.device) return this.lose();
    const asked = (/** @type {any} */ s) => s.sections.map((/** @type {any} */ one) => [one.state, one.currentQuestion]);
    const moved = JSON.stringify([now.state, now.pauseReason, now.resumesAt, now.accommodated?.state, asked(now)])
      !== JSON.stringify([sitting.state, sitting.pauseReason, sitting.resumesAt, sitting.accommodated?.state, asked(sitting)]);
    if (moved) {
      const here = sitting.currentSection && now.sections[sitting.currentSection - 1];
      if (sitting.state === 'PAUSED' && now.state === 'IN_PROGRESS') announce(t('resumed'));
      else if (now.state === 'IN_PROGRESS' && here && here.state === 'RAN_OUT') announce(t('partOver'), { urgent: true });
      this.reload();
      return;
    }
    const more = now.deadline && sitting.deadline ? Date.parse(now.deadline) - Date.parse(sitting.deadline) : 0;
    if (more > 1_000) this.tell(t('moreTime', { time: lasting(more / 1000) }));
    const { sections, accommodated, ...clock } = now;
    Object.assign(sitting, clock);
    sections.forEach((section, i) => Object.assign(sitting.sections[i], section));
    if (accommodated) sitting.accommodated = Object.assign(sitting.accommodated ?? {}, accommodated);
    this.view?.tick?.();
    this.showTrouble();
  }

  /** Says something good for a while, in words that are seen and heard. @param {string} text */
  tell(text) {
    announce(text);
    this.told.replaceChildren(notice('', h('p', {}, text)));
    setTimeout(() => this.told.replaceChildren(), 60_000);
  }

  /**
   * Says for a while that something was not done, beside whatever is shown.
   * @param {string} text
   * @param {{passing?: boolean}} [how] what passes is over with the next answer of the server
   */
  warn(text, { passing = false } = {}) {
    announce(text, { urgent: true });
    this.passingSince = passing ? performance.now() : Infinity;
    const said = notice('warn', h('p', {}, text));
    this.warned.replaceChildren(said);
    setTimeout(() => said.remove(), 20_000);
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

/** Waits for something, though not for long. @param {Promise<any>} what */
const soon = (what) => Promise.race([what, new Promise((done) => setTimeout(done, 3_000))]);

/** Whether something opens only later. @param {string|null} opensAt */
const early = (opensAt) => opensAt !== null && serverNow() < Date.parse(opensAt);

/** A name for this browser, which all its tabs share: among themselves they agree without the server. */
function deviceName() {
  const made = crypto.randomUUID?.() ?? Math.random().toString(36).slice(2);
  for (const store of [() => localStorage, () => sessionStorage]) {
    try {
      const name = store().getItem('assay-device') ?? made;
      store().setItem('assay-device', name);
      return name;
    } catch {
      // This browser keeps nothing there.
    }
  }
  return made;
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
