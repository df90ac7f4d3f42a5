// Small helpers to build the page: elements, safe HTML, announcements and dialogs.
import { t } from './words.js';
import { quietly } from './signals.js';

/**
 * Makes an element. Properties that begin with "on" are listeners, `true` sets an empty attribute, and false, null and
 * undefined leave it out.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {any}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') /** @type {any} */ (element).value = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

/** The server made the HTML of prompts safe once, when it was published; this is the only door through which it comes in. */
const trusted = /** @type {any} */ (window).trustedTypes?.createPolicy('assay', { createHTML: (/** @type {string} */ s) => s });

/**
 * Makes an element of HTML that the API calls safe.
 * @param {string} tag
 * @param {Record<string, any>} properties
 * @param {string} safe
 */
export function rich(tag, properties, safe) {
  const element = h(tag, properties);
  element.innerHTML = trusted ? trusted.createHTML(safe) : safe;
  for (const a of element.querySelectorAll('a')) Object.assign(a, { target: '_blank', rel: 'noreferrer' });
  // Code and tables that are wider than a phone scroll by themselves, also by keyboard.
  for (const pre of element.querySelectorAll('pre')) pre.tabIndex = 0;
  for (const table of element.querySelectorAll('table')) {
    const wide = h('div', { class: 'wide', tabindex: '0' });
    table.replaceWith(wide);
    wide.append(table);
  }
  return element;
}

let count = 0;
/** A fresh id for an element. */
export const fresh = (/** @type {string} */ name) => `${name}-${++count}`;

const polite = h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite', id: 'announcements' });
const urgent = h('div', { class: 'unseen', role: 'alert', id: 'alerts' });

/** Puts the live regions into the page; they must be there before the first announcement. */
export function openLiveRegions() {
  document.body.append(polite, urgent);
}

/**
 * Says something to whoever listens to the page. Each announcement is a paragraph of its own, so that two of them in a
 * row are both read.
 * @param {string} text
 * @param {{urgent?: boolean}} [how]
 */
export function announce(text, how = {}) {
  const region = how.urgent ? urgent : polite;
  const line = h('p', {}, text);
  region.append(line);
  while (region.childElementCount > 3) region.firstElementChild?.remove();
}

/**
 * Moves the reading position to an element, and the view to its top.
 * @param {HTMLElement|null|undefined} element
 */
export function lead(element) {
  if (!element) return;
  if (!element.matches('button, a, input, textarea, select')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  const top = element.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight * 0.6) element.scrollIntoView({ block: 'start' });
}

/**
 * Asks in a dialog and gives the name of the chosen answer; Escape gives the last one's.
 * @param {{title: string, body: (Node|string)[], answers: {name: string, label: string, plain?: boolean}[]}} question
 * @returns {Promise<string>}
 */
export function ask({ title, body, answers }) {
  const label = fresh('dialog');
  const away = answers[answers.length - 1].name;
  const dialog = /** @type {HTMLDialogElement} */ (h('dialog', { 'aria-labelledby': label },
    h('h2', { id: label, tabindex: '-1' }, title),
    ...body,
    h('div', { class: 'actions' }, ...answers.map((a) => h('button', {
      type: 'button', class: a.plain ? 'plain-button' : null, onclick: () => dialog.close(a.name),
    }, a.label))),
  ));
  document.body.append(dialog);
  return quietly(() => new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue || away);
    });
    dialog.showModal();
    /** @type {HTMLElement} */ (dialog.querySelector('h2')).focus();
  }));
}

/**
 * A notice in words that stays beside what it is about.
 * @param {string} kind
 * @param {...(Node|string|null|false)} children
 */
export const notice = (kind, ...children) => h('div', { class: `notice ${kind}` }, ...children);

/** The text of a labelled fact. */
export const fact = (/** @type {string} */ name, /** @type {Node|string} */ value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));

/** How many characters a text has, as the server counts them. */
export const characters = (/** @type {string} */ text) => [...text].length;

/** The button that copies a text and says so. */
export function copyButton(/** @type {string} */ text) {
  const button = h('button', { type: 'button', class: 'plain-button' }, t('copy'));
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce(t('copied'));
      button.textContent = t('copied');
    } catch {
      announce(t('copyFailed'));
    }
  });
  return button;
}
