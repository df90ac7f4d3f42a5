// The sitting itself: one question a screen, the overview of all, the review before handing in.
import { FEATURES, Fault, allowed, enterQuestion, enterSection, flagQuestion, submitSection, upload } from './api.js';
import { contactOf } from './begin.js';
import { Timer, timerBar } from './clock.js';
import { announce, ask, fresh, h, lead, notice, rich } from './dom.js';
import { answers, editor, shown } from './editors.js';
import { nothing } from './outbox.js';
import { hour, lasting, seconds, t } from './words.js';

/**
 * @typedef {import('./api.js').Question & {section: number, index: number, n: number}} Placed
 * @typedef {{current: string, flags: string[], reached: Record<number, number>, finished: number[], timerHidden: boolean}} Place
 */

/** @returns {Place} */
export const beginning = () => ({ current: '', flags: [], reached: {}, finished: [], timerHidden: false });

export class Run {
  /**
   * @param {{sitting: import('./api.js').Sitting, place: Place, outbox: import('./outbox.js').Outbox, durable: () => boolean,
   *   keep: (place: Place) => void, submit: () => Promise<void>}} given
   */
  constructor({ sitting, place, outbox, durable, keep, submit }) {
    this.sitting = sitting;
    this.place = place;
    this.outbox = outbox;
    this.durable = durable;
    this.keepPlace = keep;
    this.submit = submit;
    /** @type {Placed[]} */
    this.questions = [];
    sitting.sections.forEach((s, section) => s.questions.forEach((q, index) => this.questions.push({ ...q, section, index, n: this.questions.length + 1 })));
    if (FEATURES.flags) place.flags = sitting.flags ?? [];
    /** @type {import('./editors.js').Editor|null} */
    this.editor = null;
    this.comparing = false;
    this.aborter = new AbortController();
    const wide = matchMedia('(min-width: 64rem)'); // there is room for the overview beside the question
    this.overviewOpen = wide.matches;
    wide.addEventListener('change', () => {
      this.overviewOpen = wide.matches;
      this.showOverview();
    }, { signal: this.aborter.signal });
    const listen = (/** @type {string} */ type, /** @type {(e: any) => void} */ act) => outbox.addEventListener(type, act, { signal: this.aborter.signal });
    listen('change', (e) => this.answered(e.detail));
    listen('trouble', (e) => {
      if (e.detail === 'network') announce(t(durable() ? 'lost' : 'lostMemory'));
      else if (e.detail !== 'signin') announce(t('faultLater'));
    });
    listen('conflict', (e) => this.compare(e.detail));
    listen('acknowledged', (e) => {
      if (e.detail.back) this.wasAway = true;
      if (this.wasAway && !outbox.unsent.length) {
        this.wasAway = false;
        announce(t('backAgain'));
      }
    });
    this.wasAway = false;
    this.timers = this.makeTimers();
    this.article = h('article', {});
    this.nav = h('nav', { id: 'overview', 'aria-label': t('overview') });
    this.navButton = h('button', { type: 'button', class: 'plain-button small', 'aria-controls': 'overview', onclick: () => this.toggleOverview() });
    this.element = h('div', { class: 'run' },
      h('div', { class: 'bar' }, timerBar(this.timers, place.timerHidden, (hidden) => { place.timerHidden = hidden; this.keep(); }), this.navButton),
      this.nav, this.article);
  }

  makeTimers() {
    const of = (/** @type {string|null|undefined} */ text) => (text ? Date.parse(text) : null);
    const { sitting } = this;
    return [
      new Timer({ name: t('timerSitting'), short: t('timerSittingShort'), deadline: () => of(sitting.deadline), whole: () => allowed(sitting) }),
      new Timer({ name: t('timerSection'), short: t('timerSectionShort'), deadline: () => of(sitting.sectionDeadline), whole: () => seconds(sitting.sections[this.current.section].timeLimit) }),
      new Timer({ name: t('timerQuestion'), short: t('timerQuestionShort'), deadline: () => of(sitting.questionDeadline), whole: () => seconds(this.current.timeHint) }),
    ];
  }

  /** Shows the question where somebody was, or the first that is open. */
  begin() {
    const here = this.questions.find((q) => q.ref === this.place.current && this.isOpen(q));
    this.show(here ?? this.questions.find((q) => this.isOpen(q)) ?? this.questions[0]);
  }

  tick() {
    for (const timer of this.timers) timer.tick();
    const state = this.current && this.outbox.state(this.current.ref);
    if (state === 'failing') this.showSave();
  }

  keep() {
    this.keepPlace(this.place);
  }

  // Where one may go.

  /** @param {number} section */
  isForward(section) {
    return this.sitting.sections[section].navigation === 'FORWARD_ONLY';
  }

  /** Whether what comes after a section is closed until it is finished. @param {number} section */
  isGate(section) {
    return this.isForward(section) || FEATURES.sections;
  }

  /** @param {number} section */
  isFinished(section) {
    const now = this.sitting.currentSection;
    return FEATURES.sections && now ? section < now - 1 : this.place.finished.includes(section);
  }

  /** Whether a question can be opened. @param {Placed} q */
  isOpen(q) {
    for (let s = 0; s < q.section; s++) if (this.isGate(s) && !this.isFinished(s)) return false;
    if (!this.isGate(q.section)) return true;
    if (this.isFinished(q.section)) return false;
    return !this.isForward(q.section) || q.index === this.reached(q.section);
  }

  /** How far somebody went in a part that goes forward only, counted from 0. @param {number} section */
  reached(section) {
    const { currentSection, currentQuestion } = this.sitting;
    if (!FEATURES.sections || currentSection !== section + 1 || !currentQuestion) return this.place.reached[section] ?? 0;
    return this.questions.find((q) => q.ref === currentQuestion)?.index ?? 0;
  }

  /** @param {Placed} q */
  isAnswered(q) {
    const entry = this.outbox.entries.get(q.ref);
    return !entry?.refused && answers(q, entry?.answer ?? null);
  }

  /** @param {Placed} q */
  isFlagged(q) {
    return this.place.flags.includes(q.ref);
  }

  /** The state of a question in words. @param {Placed} q */
  inWords(q) {
    return [
      this.isAnswered(q) ? t('stateAnswered') : t('stateOpen'),
      this.isFlagged(q) ? t('stateFlagged') : '',
      this.isOpen(q) ? '' : t('stateLocked'),
    ].filter(Boolean).join(', ');
  }

  /** @param {Placed} q */
  sign(q) {
    if (!this.isOpen(q)) return 'locked';
    return this.isAnswered(q) ? 'answered' : 'open';
  }

  // The question.

  /** @param {Placed} q */
  show(q) {
    this.editor?.close?.();
    this.current = q;
    this.reviewing = false;
    this.place.current = q.ref;
    this.keep();
    const section = this.sitting.sections[q.section];
    const [prompt, save] = [fresh('prompt'), fresh('save')];
    this.save = h('div', { class: 'save', id: save });
    this.editor = editor(q, this.outbox.entries.get(q.ref)?.answer ?? null, {
      label: prompt, describedby: save, recordable: FEATURES.uploads,
      upload: (recording) => upload(this.sitting.id, q.ref, recording).then(() => {}),
      change: (answer, how) => this.write(q, answer, how),
    });
    const heading = h('h1', { tabindex: '-1' }, t('question', { n: q.n, of: this.questions.length }));
    this.article.replaceChildren(
      h('p', { class: 'where' }, this.sitting.sections.length > 1 ? t('part', { n: q.section + 1, of: this.sitting.sections.length, title: section.title }) : section.title),
      q.index === 0 ? this.sectionNotes(section) : '',
      heading,
      h('p', { class: 'quiet' }, [t('points', { n: q.points }), seconds(q.timeHint) ? t('timeHint', { time: lasting(seconds(q.timeHint)) }) : ''].filter(Boolean).join(' · ')),
      rich('div', { class: 'rich prompt', id: prompt }, q.promptHtml),
      this.editor.element, this.save, this.tools(q), this.actions(q), this.help());
    document.title = `${heading.textContent} · ${this.sitting.title}`;
    this.showSave();
    this.showOverview();
    this.tick();
    if (this.element.isConnected) lead(heading);
  }

  /** Shows what was saved elsewhere meanwhile, unless something was written here. */
  refresh() {
    const entry = this.outbox.entries.get(this.current.ref);
    if (entry && !entry.unsent) this.editor?.set(entry.answer ?? nothing());
    this.showSave();
    this.showOverview();
  }

  /** @param {import('./api.js').Section} section */
  sectionNotes(section) {
    return h('div', { class: 'card' },
      section.instructionsHtml ? rich('div', { class: 'rich' }, section.instructionsHtml) : null,
      h('p', { class: 'quiet' }, [t('partPlanned', { time: lasting(seconds(section.timeLimit)) }), section.navigation === 'FORWARD_ONLY' ? t('partForward') : ''].filter(Boolean).join(' ')));
  }

  /**
   * @param {Placed} q
   * @param {import('./api.js').Answer} answer
   * @param {import('./editors.js').How} [how]
   */
  write(q, answer, how) {
    // Code that is still the given code is no answer, unless there was one that it replaces.
    const entry = this.outbox.entries.get(q.ref);
    const untouched = q.kind === 'CODE' && answer.text === q.starter && !entry?.answer;
    if (!untouched) this.outbox.edit(q.ref, answer, how);
  }

  /** @param {Placed} q */
  tools(q) {
    const flag = h('button', { type: 'button', class: 'plain-button flag', 'aria-pressed': String(this.isFlagged(q)) }, t('flag'));
    flag.addEventListener('click', () => {
      const flagged = !this.isFlagged(q);
      this.place.flags = flagged ? [...this.place.flags, q.ref] : this.place.flags.filter((ref) => ref !== q.ref);
      flag.setAttribute('aria-pressed', String(flagged));
      this.keep();
      this.showOverview();
      flagQuestion(this.sitting.id, q.ref, flagged).catch(() => {}); // the mark is kept here; it helps nobody to hear of it
    });
    const clear = h('button', { type: 'button', class: 'plain-button', onclick: () => {
      this.write(q, nothing());
      this.editor?.set(nothing());
      announce(t('cleared'));
    } }, t('clear'));
    return h('div', { class: 'tools' }, flag, clear);
  }

  /** @param {Placed} q */
  actions(q) {
    const before = this.questions[q.n - 2];
    const after = this.questions[q.n];
    const label = !after ? t('toReview') : after.section !== q.section && this.isGate(q.section) ? t('nextPart') : t('next');
    return h('div', { class: 'actions' },
      before && this.isOpen(before) ? h('button', { type: 'button', class: 'plain-button', onclick: () => this.show(before) }, t('back')) : null,
      h('button', { type: 'button', onclick: () => this.next(q) }, label));
  }

  /** @param {Placed} q */
  async next(q) {
    const after = this.questions[q.n];
    if (!after) return this.review();
    if (!this.isGate(q.section)) return this.show(after);
    if (!await this.mayLeave(q, after)) return;
    try {
      await this.leave(q, after);
    } catch (fault) {
      announce(fault instanceof Fault && fault.kind === 'network' ? t('faultNetwork') : t('faultLater'), { urgent: true });
      return;
    }
    this.show(after);
  }

  /**
   * Asks before something is left for good: a part always, a question if it has no answer.
   * @param {Placed} q
   * @param {Placed} after
   */
  async mayLeave(q, after) {
    const ends = after.section !== q.section;
    if (!ends && (!this.isForward(q.section) || this.isAnswered(q))) return true;
    const part = this.questions.filter((o) => o.section === q.section);
    const body = ends ? [h('p', {}, t('partText')), ...this.openAndFlagged(part, 'part')] : [h('p', {}, `${t('onOpen')} ${t('onText')}`)];
    const chosen = await ask({
      title: t(ends ? 'partTitle' : 'onTitle'), body,
      answers: [{ name: 'on', label: t(ends ? 'nextPart' : 'on') }, { name: 'stay', label: t('stay'), plain: true }],
    });
    return chosen === 'on';
  }

  /**
   * @param {Placed} q
   * @param {Placed} after
   */
  async leave(q, after) {
    const { id } = this.sitting;
    if (after.section === q.section) {
      if (this.isForward(q.section)) {
        await enterQuestion(id, after.ref);
        if (FEATURES.sections) this.sitting.currentQuestion = after.ref;
        this.place.reached[q.section] = after.index;
      }
      return;
    }
    if (FEATURES.sections) await this.outbox.flush(); // afterwards the server takes nothing of this part
    await submitSection(id, q.section + 1);
    await enterSection(id, after.section + 1);
    if (FEATURES.sections) Object.assign(this.sitting, { currentSection: after.section + 1, currentQuestion: after.ref });
    this.place.finished.push(q.section);
  }

  /**
   * @param {Placed[]} questions
   * @param {'part'|'review'} where
   */
  openAndFlagged(questions, where) {
    const open = questions.filter((q) => !this.isAnswered(q)).length;
    const flagged = questions.filter((q) => this.isFlagged(q)).length;
    return [open ? h('p', {}, t(`${where}Open`, { n: open })) : null, flagged ? h('p', {}, t(`${where}Flagged`, { n: flagged })) : null].filter(Boolean);
  }

  /** Whom to ask is never further away than the question. */
  help() {
    const contact = this.sitting.accommodation?.contact;
    return contact ? h('details', { class: 'help' }, h('summary', {}, t('help')), h('p', {}, t('helpContact'), ' ', contactOf(contact))) : '';
  }

  // How the answer stands.

  /** @param {string|undefined} ref */
  answered(ref) {
    if (this.reviewing) return ref && this.showReviewRow(ref);
    if (!ref || ref === this.current?.ref) this.showSave();
    this.showOverview();
  }

  /** The state of an answer in a sentence. @param {string} ref */
  saveText(ref) {
    const entry = this.outbox.entries.get(ref);
    const state = this.outbox.state(ref);
    const memory = !this.durable() && (state === 'offline' || state === 'failing') ? 'Memory' : '';
    return t(`save_${state}${memory}`, {
      time: state === 'saved' ? hour(entry?.acknowledged?.savedAt ?? 0) : lasting((Date.now() - this.outbox.failingSince) / 1000),
      why: entry?.refused,
    });
  }

  showSave() {
    if (!this.save || !this.current) return;
    const { ref } = this.current;
    const state = this.outbox.state(ref);
    const held = state === 'refused' && this.outbox.entry(ref).held; // the editor says why
    const text = held ? t('save_waiting') : this.saveText(ref);
    if (this.save.dataset.text === text) return;
    Object.assign(this.save.dataset, { text, state });
    const decide = state === 'conflict' ? h('button', { type: 'button', class: 'plain-button small', onclick: () => this.compare(ref) }, t('conflictDecide')) : null;
    this.save.replaceChildren(text, ...(decide ? [' ', decide] : []));
  }

  /** Shows both versions of an answer and lets the person choose. @param {string} ref */
  async compare(ref) {
    const q = this.questions.find((o) => o.ref === ref);
    const entry = this.outbox.entries.get(ref);
    if (!q || !entry?.conflict || this.comparing) return;
    this.comparing = true;
    const theirs = entry.theirs;
    const chosen = await ask({
      title: t('conflictTitle'),
      body: [
        h('p', {}, t('conflictText', { n: q.n })),
        h('div', { class: 'versions' },
          h('section', { class: 'card' }, h('h3', {}, t('conflictMine')), shown(q, entry.answer)),
          h('section', { class: 'card' }, h('h3', {}, t('conflictTheirs', { time: theirs ? hour(theirs.savedAt) : '–' })), shown(q, theirs?.answer ?? null))),
      ],
      answers: [{ name: 'mine', label: t('conflictKeepMine') }, { name: 'theirs', label: t('conflictKeepTheirs'), plain: true }, { name: 'later', label: t('conflictLater'), plain: true }],
    });
    this.comparing = false;
    if (chosen !== 'later') {
      this.outbox.resolve(ref, /** @type {'mine'|'theirs'} */ (chosen));
      if (this.current?.ref === ref && !this.reviewing) this.editor?.set(this.outbox.entry(ref).answer ?? nothing());
    }
    const [other] = this.outbox.conflicts.filter((e) => e.ref !== ref);
    if (other) this.compare(other.ref);
  }

  // The overview.

  toggleOverview() {
    this.overviewOpen = !this.overviewOpen;
    this.showOverview();
  }

  showOverview() {
    const answered = this.questions.filter((q) => this.isAnswered(q)).length;
    this.navButton.textContent = this.overviewOpen ? t('overviewHide') : t('overviewShow', { answered, of: this.questions.length });
    this.navButton.setAttribute('aria-expanded', String(this.overviewOpen));
    this.nav.hidden = !this.overviewOpen;
    const held = this.nav.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.ref : null;
    this.nav.replaceChildren(h('h2', {}, t('overview')), ...this.sitting.sections.map((section, i) => h('section', {},
      h('h3', {}, section.title),
      h('ol', { class: 'places' }, ...this.questions.filter((q) => q.section === i).map((q) => h('li', {}, this.placeButton(q)))))),
    this.legend(),
    h('button', { type: 'button', class: 'plain-button', onclick: () => this.review() }, t('toReview')));
    if (held) /** @type {HTMLElement|null} */ (this.nav.querySelector(`[data-ref="${CSS.escape(held)}"]`))?.focus();
  }

  /** @param {Placed} q */
  placeButton(q) {
    const open = this.isOpen(q);
    const current = q === this.current && !this.reviewing;
    return h('button', {
      type: 'button', class: `place ${this.sign(q)}${this.isFlagged(q) ? ' flagged' : ''}`, 'data-ref': q.ref,
      'aria-current': current ? 'step' : null, 'aria-disabled': open ? null : 'true',
      'aria-label': `${t('question', { n: q.n, of: this.questions.length })}: ${this.inWords(q)}`,
      onclick: () => { if (open) this.show(q); },
    }, String(q.n));
  }

  legend() {
    const locked = this.questions.some((q) => !this.isOpen(q));
    const signs = [['answered', 'stateAnswered'], ['open', 'stateOpen'], ['open flagged', 'stateFlagged'], ...(locked ? [['locked', 'stateLocked']] : [])];
    return h('ul', { class: 'legend', 'aria-label': t('legend') }, ...signs.map(([sign, word]) => h('li', {}, h('span', { class: `place ${sign}`, 'aria-hidden': 'true' }), ' ', t(word))));
  }

  // The review.

  review() {
    this.editor?.close?.();
    this.editor = null;
    this.reviewing = true;
    const heading = h('h1', { tabindex: '-1' }, t('review'));
    const status = h('div', { role: 'status' });
    const hand = h('button', { type: 'button', class: 'large', onclick: () => this.handIn(hand, status) }, t('submit'));
    this.summary = h('div', {});
    this.rows = h('tbody', {});
    this.article.replaceChildren(heading, h('p', {}, t('reviewText')), this.summary,
      h('table', { class: 'review' },
        h('thead', {}, h('tr', {}, ...['reviewQuestion', 'reviewState', 'reviewSaved'].map((key) => h('th', { scope: 'col' }, t(key))))),
        this.rows),
      status,
      h('div', { class: 'actions' }, h('button', { type: 'button', class: 'plain-button', onclick: () => this.begin() }, t('reviewBack')), hand));
    this.rows.replaceChildren(...this.questions.map((q) => this.reviewRow(q)));
    this.showSummary();
    this.showOverview();
    document.title = `${t('review')} · ${this.sitting.title}`;
    lead(heading);
  }

  showSummary() {
    const unsaved = this.outbox.unsent.length;
    const facts = this.openAndFlagged(this.questions, 'review');
    if (this.questions.every((q) => this.isAnswered(q))) facts.unshift(h('p', {}, t('reviewAll')));
    if (unsaved) facts.push(h('p', {}, t('reviewUnsaved', { n: unsaved })));
    this.summary?.replaceChildren(notice('', ...facts));
  }

  /** @param {Placed} q */
  reviewRow(q) {
    const name = t('question', { n: q.n, of: this.questions.length });
    return h('tr', { 'data-ref': q.ref },
      h('th', { scope: 'row' }, this.isOpen(q) ? h('button', { type: 'button', class: 'link', onclick: () => this.show(q) }, name) : name),
      h('td', {}, h('span', { class: `place ${this.sign(q)}${this.isFlagged(q) ? ' flagged' : ''}`, 'aria-hidden': 'true' }), ' ', this.inWords(q)),
      h('td', {}, this.saveText(q.ref)));
  }

  /** @param {string} ref */
  showReviewRow(ref) {
    const q = this.questions.find((o) => o.ref === ref);
    const row = this.rows?.querySelector(`tr[data-ref="${CSS.escape(ref)}"]`);
    if (!q || !row) return;
    row.lastElementChild.textContent = this.saveText(ref);
    this.showSummary();
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} status
   */
  async handIn(button, status) {
    const [conflict] = this.outbox.conflicts;
    if (conflict) {
      status.replaceChildren(notice('warn', h('p', {}, t('submitConflict'))));
      return this.compare(conflict.ref);
    }
    const refused = this.outbox.unsent.filter((e) => e.refused);
    const chosen = await ask({
      title: t('submitTitle'),
      body: [...this.openAndFlagged(this.questions, 'review'), refused.length ? h('p', { class: 'wrong' }, t('submitRefused', { n: refused.length })) : '', h('p', {}, t('submitText'))],
      answers: [{ name: 'yes', label: t('submit') }, { name: 'no', label: t('cancel'), plain: true }],
    });
    if (chosen !== 'yes' || button.getAttribute('aria-disabled')) return;
    button.setAttribute('aria-disabled', 'true');
    status.replaceChildren(h('p', {}, t('submitting')));
    try {
      await this.outbox.flush();
      if (this.outbox.unsent.some((e) => !e.refused) && !this.outbox.closed) status.replaceChildren(notice('warn', h('p', {}, t('submitUnsent'))));
      else await this.submit();
    } catch {
      status.replaceChildren(notice('warn', h('p', {}, t('submitFailed'))));
    }
    button.removeAttribute('aria-disabled');
  }

  close() {
    this.editor?.close?.();
    this.aborter.abort();
  }
}
