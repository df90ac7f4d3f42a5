// The sitting itself: one question a screen, the overview of all, the review before handing in.
import { Fault, allowed, enterQuestion, enterSection, playback, submitSection, takeBreak, upload } from './api.js';
import { contactOf } from './begin.js';
import { Timer, timerBar } from './clock.js';
import { announce, ask, fresh, h, lead, notice, rich } from './dom.js';
import { answers, editor, shown } from './editors.js';
import { Flags } from './flags.js';
import { nothing } from './outbox.js';
import { givenBreaks, support } from './support.js';
import { hour, lasting, seconds, spoken, t } from './words.js';

/**
 * @typedef {import('./api.js').Sitting} Sitting
 * @typedef {import('./api.js').Question & {section: number, index: number, n: number, hidden?: boolean}} Placed one that the server does not
 *   show yet is hidden and has only its number
 * @typedef {{last: Record<number, string>, timerHidden: boolean, flags: Record<string, boolean>}} Place where somebody was in each section, and
 *   the flags that are not acknowledged yet
 */

/** @returns {Place} */
export const beginning = () => ({ last: {}, timerHidden: false, flags: {} });

export class Run {
  /**
   * @param {{sitting: import('./api.js').Sitting, place: Place, outbox: import('./outbox.js').Outbox, durable: () => boolean,
   *   keep: (place: Place) => void, submit: () => Promise<void>, reload: () => Promise<void>, problem: (fault: unknown) => void}} given
   */
  constructor({ sitting, place, outbox, durable, keep, submit, reload, problem }) {
    this.reload = reload;
    this.problem = problem;
    this.place = place;
    this.outbox = outbox;
    this.durable = durable;
    this.keepPlace = keep;
    this.submit = submit;
    this.flags = new Flags(sitting.id, place.flags, () => this.keep(), (fault) => this.problem(fault));
    this.adopt(sitting);
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
    listen('refused', (e) => announce(this.saveText(e.detail)));
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
      h('div', { class: 'bar' }, timerBar(this.timers, place.timerHidden, (hidden) => { place.timerHidden = hidden; this.keep(); }), this.breakButton(), this.navButton),
      this.nav, this.article);
  }

  /** Takes the sitting as it stands now. @param {Sitting} sitting */
  adopt(sitting) {
    this.sitting = this.sitting ? Object.assign(this.sitting, sitting) : sitting;
    this.sitting.flags = this.flags.over(this.sitting.flags);
    /** @type {Placed[]} */
    this.questions = [];
    this.sitting.sections.forEach((s, section) => {
      for (let index = 0; index < s.questionCount; index++) {
        const q = s.questions[index] ?? { ref: `${s.number}#${index + 1}`, hidden: true };
        this.questions.push({ ...q, section, index, n: this.questions.length + 1 });
      }
    });
    if (this.current) this.current = this.questions.find((q) => q.ref === this.current?.ref) ?? this.current;
  }

  makeTimers() {
    const of = (/** @type {string|null|undefined} */ text) => (text ? Date.parse(text) : null);
    const { sitting } = this;
    return [
      new Timer({ name: t('timerSitting'), short: t('timerSittingShort'), deadline: () => of(sitting.deadline), whole: () => allowed(sitting) }),
      new Timer({ name: t('timerSection'), short: t('timerSectionShort'), deadline: () => (sitting.sections.length > 1 ? of(sitting.sectionDeadline) : null), whole: () => seconds(this.here.timeLimit) }),
      new Timer({ name: t('timerQuestion'), short: t('timerQuestionShort'), deadline: () => of(sitting.questionDeadline), whole: () => seconds(this.current?.timeLimit ?? '') }),
    ];
  }

  /** The section where the clock runs. */
  get here() {
    return this.sitting.sections[(this.sitting.currentSection ?? 1) - 1];
  }

  /** Shows the question where somebody was, or the first of their section that they may answer. */
  begin() {
    const can = this.questions.filter((q) => q.section === this.here.number - 1 && this.isOpen(q));
    this.show(can.find((q) => q.ref === this.place.last[q.section]) ?? can[0] ?? this.questions[0]);
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

  /** Whether a section is closed for good. @param {number} section */
  isClosed(section) {
    return ['HANDED_IN', 'RAN_OUT'].includes(this.sitting.sections[section].state);
  }

  /** Whether a question can be opened, be it that its section is entered with it. @param {Placed} q */
  isOpen(q) {
    if (q.hidden || this.isClosed(q.section)) return false;
    return !this.isForward(q.section) || q.ref === this.sitting.sections[q.section].currentQuestion;
  }

  /** The section that can be entered after this one, without going round. @param {number} section */
  following(section) {
    const { sections } = this.sitting;
    return sections.slice(section + 1).find((s) => s.state === 'OPEN') ?? null;
  }

  /** Whether any other section can still be entered. @param {number} section */
  hasOthers(section) {
    return this.sitting.sections.some((s, i) => i !== section && s.state === 'OPEN');
  }

  /** @param {Placed} q */
  isAnswered(q) {
    const entry = this.outbox.entries.get(q.ref);
    return !entry?.refused && answers(q, entry?.answer ?? null);
  }

  /** @param {Placed} q */
  isFlagged(q) {
    return this.sitting.flags.includes(q.ref);
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

  /** Leads to a question, into its section if need be. @param {Placed} q */
  async go(q) {
    if (this.sitting.sections[q.section] === this.here) return this.show(q);
    if (await this.enter(q.section)) this.show(this.questions.find((o) => o.ref === q.ref) ?? q);
  }

  /** @param {Placed} q */
  show(q) {
    this.editor?.close?.();
    this.current = q;
    this.reviewing = false;
    this.place.last[q.section] = q.ref;
    this.keep();
    const section = this.sitting.sections[q.section];
    const [prompt, save] = [fresh('prompt'), fresh('save')];
    this.save = h('div', { class: 'save', id: save });
    this.editor = editor(q, this.outbox.entries.get(q.ref)?.answer ?? null, {
      label: prompt, describedby: save, recordable: true,
      upload: (recording) => upload(this.sitting.id, q.ref, recording),
      play: (id) => playback(this.sitting.id, id),
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
      const { flags } = this.sitting;
      this.sitting.flags = flagged ? [...flags, q.ref] : flags.filter((ref) => ref !== q.ref);
      flag.setAttribute('aria-pressed', String(flagged));
      this.showOverview();
      this.flags.set(q.ref, flagged);
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
    return h('div', { class: 'actions' },
      before?.section === q.section && this.isOpen(before) ? h('button', { type: 'button', class: 'plain-button', onclick: () => this.show(before) }, t('back')) : null,
      h('button', { type: 'button', onclick: () => this.next(q) }, t(this.onward(q))));
  }

  /** What comes after a question, by the name of its button. @param {Placed} q */
  onward(q) {
    if (this.questions[q.n]?.section === q.section) return 'next';
    if (this.isForward(q.section)) return this.hasOthers(q.section) ? 'nextPart' : 'toReview';
    return this.following(q.section) ? 'toPart' : 'toReview';
  }

  /** @param {Placed} q */
  async next(q) {
    const after = this.questions[q.n];
    switch (this.onward(q)) {
      case 'next': return this.isForward(q.section) ? this.advance(q, after) : this.show(after);
      case 'nextPart': return this.finish(q.section);
      case 'toPart': return this.enterAnew(/** @type {import('./api.js').Section} */ (this.following(q.section)).number - 1);
      default: return this.review();
    }
  }

  /** Goes on to the next question of a part that goes forward only. @param {Placed} q @param {Placed} after */
  async advance(q, after) {
    if (!this.isAnswered(q) && !await this.sure('onTitle', [h('p', {}, `${t('onOpen')} ${t('onText')}`)], 'on')) return;
    if (await this.move((given) => enterQuestion({ ...given, question: after.ref }, spoken()))) this.begin();
  }

  /** Hands in a part for good; the server says which is the next. @param {number} section */
  async finish(section) {
    const part = this.questions.filter((o) => o.section === section);
    if (!await this.sure('partTitle', [h('p', {}, t('partText')), ...this.openAndFlagged(part, 'part')], 'nextPart')) return;
    if (await this.move((given) => submitSection({ ...given, section: section + 1 }, spoken()))) this.begin();
  }

  /** Enters a part where somebody was last, or at its first question. @param {number} section */
  async enterAnew(section) {
    if (await this.enter(section)) this.begin();
  }

  /**
   * Goes to another part, after saying what that means: its clock begins, or a part that goes forward only is closed.
   * @param {number} section
   */
  async enter(section) {
    const { here } = this;
    const to = this.sitting.sections[section];
    const closes = here.navigation === 'FORWARD_ONLY';
    const left = this.questions.filter((o) => o.section === here.number - 1);
    const says = [
      h('p', {}, t('enterFacts', { questions: t('nQuestions', { n: to.questionCount }), time: lasting(seconds(to.remaining)) })),
      to.navigation === 'FORWARD_ONLY' ? h('p', {}, t('partForward')) : null,
      h('p', {}, t(closes ? 'enterCloses' : 'enterKeeps', { title: here.title })),
      ...(closes ? this.openAndFlagged(left, 'part') : []),
    ].filter(Boolean);
    if ((closes || !to.questions.length) && !await this.sure('enterTitle', /** @type {Node[]} */ (says), 'enter', { title: to.title })) return false;
    return this.move((given) => enterSection({ ...given, section: section + 1 }, spoken()));
  }

  /**
   * @param {string} title
   * @param {Node[]} body
   * @param {string} yes
   * @param {Record<string, any>} [values]
   */
  async sure(title, body, yes, values = {}) {
    return await ask({ title: t(title, values), body, answers: [{ name: 'yes', label: t(yes) }, { name: 'stay', label: t('stay'), plain: true }] }) === 'yes';
  }

  /**
   * Does what moves the clock. What was written before leaves first: afterwards the server may not take it any more.
   * @param {(given: {sittingId: string, device: string}) => Promise<Sitting>} act
   * @returns {Promise<boolean>} whether it was done and the page stays
   */
  async move(act) {
    if (this.moving) return false;
    this.moving = true;
    try {
      await this.outbox.flush();
      if (this.outbox.unsent.some((e) => !e.refused && !e.conflict)) throw new Fault('network', 'not everything is saved');
      const sitting = await act({ sittingId: this.sitting.id, device: this.outbox.device });
      this.outbox.load(sitting.responses, new Map());
      this.adopt(sitting);
      if (sitting.state === 'IN_PROGRESS') return true;
      await this.reload();
    } catch (fault) {
      this.problem(fault);
    } finally {
      this.moving = false;
    }
    return false;
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
    const more = support(this.sitting, { reload: this.reload, problem: this.problem });
    if (!contact && !more) return '';
    return h('details', { class: 'help' }, h('summary', {}, t('help')), contact ? h('p', {}, t('helpContact'), ' ', contactOf(contact)) : null, more);
  }

  /** The button that stops the clock for a break, where somebody was given breaks. */
  breakButton() {
    if (!givenBreaks(this.sitting)) return null;
    const left = seconds(this.sitting.breaksLeft);
    if (!left) return h('span', { class: 'quiet' }, t('breakNone'));
    const says = h('span', { class: 'quiet', id: fresh('breaks') }, t('breakLeft', { time: lasting(left) }));
    return h('span', { class: 'breaks' }, says, ' ', h('button', { type: 'button', class: 'plain-button small', 'aria-describedby': says.id, onclick: async () => {
      await this.outbox.flush();
      try {
        await takeBreak(this.sitting.id, this.outbox.device);
        await this.reload();
      } catch (fault) {
        if (fault instanceof Fault && fault.kind === 'ended') announce(t('breakNone'), { urgent: true });
        this.problem(fault);
      }
    } }, t('breakTake')));
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
    this.nav.replaceChildren(h('h2', {}, t('overview')), ...this.sitting.sections.map((section, i) => this.partOf(section, i)),
    this.legend(),
    h('button', { type: 'button', class: 'plain-button', onclick: () => this.review() }, t('toReview')));
    if (held) /** @type {HTMLElement|null} */ (this.nav.querySelector(`[data-ref="${CSS.escape(held)}"]`))?.focus();
  }

  /**
   * A part in the overview: its questions once it was entered, before that how many there are.
   * @param {import('./api.js').Section} section
   * @param {number} i
   */
  partOf(section, i) {
    const several = this.sitting.sections.length > 1;
    const stands = several ? t(`part_${section.state}`, { time: lasting(Math.ceil(seconds(section.remaining) / 60) * 60) }) : '';
    return h('section', {}, h('h3', {}, section.title),
      stands ? h('p', { class: 'quiet stands' }, stands) : null,
      section.questions.length ? h('ol', { class: 'places' }, ...this.questions.filter((q) => q.section === i).map((q) => h('li', {}, this.placeButton(q))))
        : h('p', { class: 'quiet stands' }, t('partHidden', { n: section.questionCount })),
      section.state === 'OPEN' ? h('button', { type: 'button', class: 'plain-button small', 'data-ref': `part-${i}`, onclick: () => this.enterAnew(i) }, t('enterPart', { n: i + 1 })) : null);
  }

  /** @param {Placed} q */
  placeButton(q) {
    const open = this.isOpen(q);
    const current = q === this.current && !this.reviewing;
    return h('button', {
      type: 'button', class: `place ${this.sign(q)}${this.isFlagged(q) ? ' flagged' : ''}`, 'data-ref': q.ref,
      'aria-current': current ? 'step' : null, 'aria-disabled': open ? null : 'true',
      'aria-label': `${t('question', { n: q.n, of: this.questions.length })}: ${this.inWords(q)}`,
      onclick: () => { if (open) this.go(q); },
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
    const apart = this.sitting.sections.filter((s) => s.state === 'OPEN' && !s.questions.length);
    for (const { title } of apart) facts.push(h('p', {}, h('strong', {}, t('reviewApart', { title }))));
    if (this.questions.every((q) => this.isAnswered(q))) facts.unshift(h('p', {}, t('reviewAll')));
    if (unsaved) facts.push(h('p', {}, t('reviewUnsaved', { n: unsaved })));
    this.summary?.replaceChildren(notice('', ...facts));
  }

  /** @param {Placed} q */
  reviewRow(q) {
    const name = t('question', { n: q.n, of: this.questions.length });
    return h('tr', { 'data-ref': q.ref },
      h('th', { scope: 'row' }, this.isOpen(q) ? h('button', { type: 'button', class: 'link', onclick: () => this.go(q) }, name) : name),
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
    this.flags.close();
    this.editor?.close?.();
    this.aborter.abort();
  }
}
