// Putting things in order: by buttons, which say what happened, or by dragging with a pointer.
import { announce, fresh, h, rich } from './dom.js';
import { nothing } from './outbox.js';
import { t } from './words.js';

/**
 * @param {import('./api.js').Question} question
 * @param {import('./editors.js').Setting} setting
 * @returns {import('./editors.js').Editor}
 */
export function ordering(question, { label, describedby, change }) {
  const hint = fresh('hint');
  const list = h('ol', { class: 'ordering', 'aria-labelledby': label, 'aria-describedby': `${hint} ${describedby}` });
  const open = h('p', { class: 'quiet' }, t('orderOpen'));
  const keep = h('button', { type: 'button', class: 'plain-button', onclick: () => {
    tell();
    announce(t('orderKept'));
    list.querySelector('button')?.focus();
  } }, t('orderKeep'));
  const undecided = h('div', { class: 'undecided' }, open, keep);

  /** @type {Map<string, HTMLElement>} */
  const items = new Map(question.choices.map((c) => [c.key, item(c)]));
  const keys = () => [...list.children].map((li) => /** @type {HTMLElement} */ (li).dataset.key ?? '');
  const name = (/** @type {HTMLElement} */ li) => li.querySelector('.rich')?.textContent?.trim() ?? '';

  function tell() {
    undecided.hidden = true;
    change({ ...nothing(), choices: keys() }, { typing: true });
  }

  /** Buttons that lead nowhere stay where they are, so that the focus does too. */
  function edges() {
    const all = [...list.children];
    all.forEach((li, i) => {
      const [up, down] = li.querySelectorAll('button');
      up.setAttribute('aria-disabled', String(i === 0));
      down.setAttribute('aria-disabled', String(i === all.length - 1));
    });
  }

  /**
   * @param {HTMLElement} li
   * @param {number} by
   * @param {HTMLElement} button
   */
  function move(li, by, button) {
    const all = [...list.children];
    const to = all.indexOf(li) + by;
    if (to < 0 || to >= all.length) return;
    if (by < 0) all[to].before(li);
    else all[to].after(li);
    button.focus(); // moving an element in the page takes its focus away
    moved(li);
  }

  /** @param {HTMLElement} li */
  function moved(li) {
    edges();
    tell();
    announce(t('orderMoved', { what: name(li), n: keys().indexOf(li.dataset.key ?? '') + 1, of: items.size }));
  }

  /** @param {import('./api.js').Choice} c */
  function item(c) {
    const text = rich('span', { class: 'rich' }, c.html);
    const what = text.textContent?.trim() ?? '';
    const grip = h('span', { class: 'grip', 'aria-hidden': 'true' }, '⠿');
    const up = h('button', { type: 'button', class: 'step', 'aria-label': t('orderUp', { what }) }, '↑');
    const down = h('button', { type: 'button', class: 'step', 'aria-label': t('orderDown', { what }) }, '↓');
    const li = h('li', { 'data-key': c.key }, grip, text, h('span', { class: 'steps' }, up, down));
    up.addEventListener('click', () => move(li, -1, up));
    down.addEventListener('click', () => move(li, 1, down));
    drag(li, grip);
    return li;
  }

  /**
   * Lets a pointer drag an entry by its grip. The document listens, since an entry that moves in the page loses its pointer.
   * @param {HTMLElement} li
   * @param {HTMLElement} grip
   */
  function drag(li, grip) {
    grip.addEventListener('pointerdown', (e) => {
      if (e.button !== 0) return;
      e.preventDefault();
      const before = keys().join();
      const aborter = new AbortController();
      const listen = (/** @type {string} */ type, /** @type {(e: any) => void} */ act) => document.addEventListener(type, act, { signal: aborter.signal });
      li.classList.add('dragged');
      listen('pointermove', ({ pointerId, clientY }) => { if (pointerId === e.pointerId) follow(li, clientY); });
      const drop = (/** @type {PointerEvent} */ { pointerId }) => {
        if (pointerId !== e.pointerId) return;
        aborter.abort();
        li.classList.remove('dragged');
        if (keys().join() !== before) moved(li);
      };
      listen('pointerup', drop);
      listen('pointercancel', drop);
    });
  }

  /** Puts an entry before the first other one whose middle is below the pointer. */
  function follow(/** @type {HTMLElement} */ li, /** @type {number} */ y) {
    const below = [...list.children].find((other) => {
      const box = other.getBoundingClientRect();
      return other !== li && y < box.top + box.height / 2;
    });
    if (li.nextElementSibling !== (below ?? null)) list.insertBefore(li, below ?? null);
  }

  return {
    element: h('div', {}, h('p', { class: 'quiet', id: hint }, t('order')), list, undecided),
    set: (answer) => {
      const order = answer.choices.length ? answer.choices : question.choices.map((c) => c.key);
      const now = /** @type {HTMLElement[]} */ (order.map((key) => items.get(key)).filter(Boolean));
      if (keys().join() !== order.join()) list.replaceChildren(...now);
      undecided.hidden = answer.choices.length > 0;
      edges();
    },
  };
}
