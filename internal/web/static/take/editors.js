// An editor for each kind of question. An editor shows an answer and tells of each change; it knows nothing of saving.
import { announce, ask, characters, fresh, h, rich } from './dom.js';
import { isEmpty, nothing } from './outbox.js';
import { ordering } from './order.js';
import { recorder } from './recorder.js';
import { decimal, t, written } from './words.js';

/**
 * @typedef {import('./api.js').Answer} Answer
 * @typedef {import('./api.js').Question} Question
 * @typedef {{typing?: boolean, hold?: string}} How `hold` says in words why this cannot be saved as it is
 * @typedef {{label: string, describedby: string, change: (answer: Answer, how?: How) => void, upload?: (recording: Blob) => Promise<string>,
 *   play?: (upload: string) => Promise<string>, recordable?: boolean}} Setting
 * @typedef {{element: HTMLElement, set: (answer: Answer) => void, close?: () => void}} Editor
 */

const longestShort = 1_000;
const longestLong = 20_000;

/** @type {Record<string, (question: Question, setting: Setting) => Editor>} */
const makers = {
  SINGLE_CHOICE: (question, setting) => choice(question, setting, 'radio'),
  MULTIPLE_CHOICE: (question, setting) => choice(question, setting, 'checkbox'),
  ORDERING: ordering,
  NUMERIC: numeric,
  SHORT_TEXT: (_, setting) => text(setting, { rows: 2, most: longestShort }),
  LONG_TEXT: (_, setting) => text(setting, { rows: 10, most: longestLong }),
  CODE: code,
  SPOKEN: spoken,
};

/**
 * The editor of a question, with an answer in it.
 * @param {Question} question
 * @param {Answer|null} answer
 * @param {Setting} setting
 * @returns {Editor}
 */
export function editor(question, answer, setting) {
  const made = makers[question.kind](question, setting);
  made.set(answer ?? nothing());
  return made;
}

/** Whether an answer is one: code that is still the given code is none. */
export const answers = (/** @type {Question} */ question, /** @type {Answer|null} */ answer) => !isEmpty(answer)
  && !(question.kind === 'CODE' && answer?.text === question.starter);

/**
 * @param {Question} question
 * @param {Setting} setting
 * @param {'radio'|'checkbox'} type
 * @returns {Editor}
 */
function choice(question, { label, describedby, change }, type) {
  const name = fresh('choice');
  const hint = fresh('hint');
  const inputs = question.choices.map((c) => /** @type {HTMLInputElement} */ (h('input', { type, name, value: c.key })));
  const element = h('div', { role: type === 'radio' ? 'radiogroup' : 'group', 'aria-labelledby': label, 'aria-describedby': `${hint} ${describedby}` },
    h('p', { class: 'quiet', id: hint }, t(type === 'radio' ? 'chooseOne' : 'chooseSeveral')),
    ...question.choices.map((c, i) => h('label', { class: 'choice' }, inputs[i], rich('span', { class: 'rich' }, c.html))));
  element.addEventListener('change', () => {
    change({ ...nothing(), choices: inputs.filter((i) => i.checked).map((i) => i.value) }, { typing: true });
  });
  return { element, set: (answer) => inputs.forEach((i) => { i.checked = answer.choices.includes(i.value); }) };
}

/**
 * @param {Question} question
 * @param {Setting} setting
 * @returns {Editor}
 */
function numeric(question, { label, describedby, change }) {
  const [id, hint, wrong] = [fresh('number'), fresh('hint'), fresh('wrong')];
  const name = question.unit ? t('numberIn', { unit: question.unit }) : t('number');
  const input = h('input', {
    id, type: 'text', inputmode: 'decimal', autocomplete: 'off', spellcheck: 'false', class: 'number',
    'aria-describedby': `${label} ${hint} ${wrong} ${describedby}`,
  });
  const problem = h('p', { id: wrong, class: 'wrong', hidden: true }, t('numberWrong'));
  const judge = () => {
    const bad = input.value.trim() !== '' && decimal(input.value) === null;
    problem.hidden = !bad;
    input.setAttribute('aria-invalid', String(bad));
    return bad;
  };
  input.addEventListener('input', () => {
    // While somebody writes, "-" and "3," are not wrong yet: the page says so when they leave the field.
    const number = input.value.trim() === '' ? null : decimal(input.value) ?? input.value.trim();
    const bad = number !== null && decimal(number) === null;
    if (!bad) judge();
    change({ ...nothing(), number }, { typing: true, hold: bad ? t('numberWrong') : undefined });
  });
  input.addEventListener('change', () => { if (judge()) announce(t('numberWrong')); });
  const element = h('div', { class: 'field' },
    h('label', { for: id }, name),
    h('span', { class: 'beside' }, input, question.unit ? h('span', { 'aria-hidden': 'true' }, question.unit) : null),
    h('p', { class: 'quiet', id: hint }, t('numberHint')), problem);
  return {
    element,
    set: (answer) => {
      input.value = written(answer.number ?? '');
      judge();
    },
  };
}

/**
 * @param {Setting} setting
 * @param {{rows: number, most: number, name?: string}} size
 * @returns {Editor}
 */
function text({ label, describedby, change }, { rows, most, name }) {
  const [id, count] = [fresh('text'), fresh('count')];
  const area = h('textarea', { id, rows, 'aria-describedby': `${label} ${count} ${describedby}` });
  const counter = h('p', { class: 'quiet', id: count });
  const show = () => {
    const n = characters(area.value);
    const over = n - most;
    counter.textContent = over > 0 ? t('tooLong', { n: over }) : t('characters', { n, of: most });
    counter.className = over > 0 ? 'wrong' : 'quiet';
    area.setAttribute('aria-invalid', String(over > 0));
    return over > 0 ? t('tooLong', { n: over }) : undefined;
  };
  area.addEventListener('input', () => {
    const hold = show();
    change({ ...nothing(), text: area.value || null }, { typing: true, hold });
  });
  return {
    element: h('div', { class: 'field' }, h('label', { for: id }, name ?? t('yourAnswer')), area, counter),
    set: (answer) => {
      if (area.value !== (answer.text ?? '')) area.value = answer.text ?? '';
      show();
    },
  };
}

let tabIndents = false;

/** Languages whose own spelling differs from their key's. */
const spelled = /** @type {Record<string, string>} */ ({ javascript: 'JavaScript', typescript: 'TypeScript', sql: 'SQL', php: 'PHP', csharp: 'C#', cpp: 'C++', html: 'HTML', css: 'CSS' });
const nameOf = (/** @type {string} */ key) => spelled[key] ?? key.charAt(0).toUpperCase() + key.slice(1);

/**
 * @param {Question} question
 * @param {Setting} setting
 * @returns {Editor}
 */
function code(question, { label, describedby, change }) {
  const [id, hint] = [fresh('code'), fresh('hint')];
  const area = /** @type {HTMLTextAreaElement} */ (h('textarea', {
    id, rows: 14, class: 'code', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', wrap: 'off', 'aria-describedby': `${label} ${hint} ${describedby}`,
  }));
  const box = /** @type {HTMLInputElement} */ (h('input', { type: 'checkbox', role: 'switch', 'aria-describedby': hint }));
  const turn = (/** @type {boolean} */ on) => {
    if (tabIndents !== on) announce(t(on ? 'codeTabOn' : 'codeTabOff'));
    tabIndents = box.checked = on;
  };
  box.checked = tabIndents;
  box.addEventListener('change', () => turn(box.checked));
  const tell = () => change({ ...nothing(), text: area.value || null }, { typing: true, hold: tooLong(area.value) });
  area.addEventListener('input', tell);
  area.addEventListener('keydown', (e) => {
    if (!tabIndents || e.isComposing) return;
    if (e.key === 'Escape') turn(false);
    if (e.key !== 'Tab' || e.ctrlKey || e.altKey || e.metaKey) return;
    e.preventDefault();
    if (e.shiftKey) outdent(area);
    else document.execCommand('insertText', false, '\t'); // keeps the browser's undo
  });
  const reset = question.starter ? h('button', { type: 'button', class: 'plain-button small', onclick: async () => {
    const chosen = await ask({ title: t('codeReset'), body: [h('p', {}, t('codeResetText'))], answers: [{ name: 'yes', label: t('codeReset') }, { name: 'no', label: t('cancel'), plain: true }] });
    if (chosen !== 'yes') return;
    area.value = question.starter;
    tell();
    area.focus();
  } }, t('codeReset')) : null;
  return {
    element: h('div', { class: 'field' },
      ...(question.examples ?? []).map(example),
      h('label', { for: id }, question.language ? t('codeIn', { language: nameOf(question.language) }) : t('code')),
      area,
      h('div', { class: 'tools' }, h('label', { class: 'switch' }, box, h('span', {}, t('codeTab'))), reset),
      h('p', { class: 'quiet', id: hint }, t('codeTabHint'))),
    set: (answer) => {
      const value = answer.text ?? question.starter ?? '';
      if (area.value !== value) area.value = value;
    },
  };
}

/** What code must print for an input. */
function example(/** @type {{name: string, stdin: string, output: string}} */ e) {
  const part = (/** @type {string} */ name, /** @type {string} */ value) => [h('dt', {}, t(name)), h('dd', {}, h('pre', { tabindex: '0' }, value))];
  return h('section', { class: 'example', 'aria-label': t('example', { name: e.name }) }, h('p', {}, t('example', { name: e.name })),
    h('dl', {}, ...(e.stdin ? part('exampleIn', e.stdin) : []), ...part('exampleOut', e.output)));
}

const tooLong = (/** @type {string} */ value) => (characters(value) > longestLong ? t('tooLong', { n: characters(value) - longestLong }) : undefined);

/** Takes the indentation of one step off the line with the cursor. */
function outdent(/** @type {HTMLTextAreaElement} */ area) {
  const at = area.selectionStart;
  const begin = area.value.lastIndexOf('\n', at - 1) + 1;
  const step = /^(\t| {1,4})/.exec(area.value.slice(begin))?.[0].length ?? 0;
  if (!step) return;
  area.setSelectionRange(begin, begin + step);
  document.execCommand('delete');
  area.setSelectionRange(Math.max(begin, at - step), Math.max(begin, at - step));
}

/**
 * @param {Question} question
 * @param {Setting} setting
 * @returns {Editor}
 */
function spoken(question, setting) {
  const possible = setting.recordable && 'MediaRecorder' in window && navigator.mediaDevices?.getUserMedia;
  /** @type {Answer} */
  let now = nothing();
  const tell = (/** @type {Partial<Answer>} */ part, /** @type {How} */ how = {}) => {
    now = { ...now, ...part };
    setting.change(now, how);
  };
  const name = possible ? t('spokenWrite') : t('yourAnswer');
  const writing = text({ ...setting, change: (answer, how) => tell({ text: answer.text }, how) }, { rows: 8, most: longestLong, name });
  const voice = possible ? recorder({
    most: question.maxSeconds || 120, describedby: setting.label, upload: setting.upload,
    done: (upload) => tell({ upload }), drop: () => tell({ upload: null }),
    play: setting.play && (() => /** @type {any} */ (setting.play)(now.upload)),
  }) : null;
  return {
    element: h('div', {}, voice?.element, h('p', { class: 'quiet' }, possible ? t('spokenWriteHint') : t('spokenWriteOnly')), writing.element),
    set: (answer) => {
      now = answer;
      writing.set(answer);
      voice?.stored(answer.upload !== null);
    },
    close: voice?.close,
  };
}

/**
 * An answer as it is shown beside another.
 * @param {Question} question
 * @param {Answer|null} answer
 */
export function shown(question, answer) {
  if (isEmpty(answer) || !answer) return h('p', { class: 'quiet' }, t('noAnswer'));
  if (answer.choices.length) {
    const tag = question.kind === 'ORDERING' ? 'ol' : 'ul';
    return h(tag, {}, ...answer.choices.map((key) => rich('li', {}, question.choices.find((c) => c.key === key)?.html ?? '')));
  }
  if (answer.number) return h('p', {}, `${written(answer.number)} ${question.unit}`);
  if (question.kind === 'CODE') return h('pre', { tabindex: '0' }, answer.text ?? '');
  return h('div', {}, answer.upload ? h('p', {}, t('recordSent')) : null, h('p', { class: 'lines rich' }, answer.text ?? ''));
}

