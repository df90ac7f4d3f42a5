// Records a spoken answer. What is recorded stays in this page until it is sent; in the practice it is not sent at all.
import { Fault } from './api.js';
import { announce, fresh, h } from './dom.js';
import { quietly } from './signals.js';
import { digits, lasting, t } from './words.js';

/**
 * @param {{most: number, describedby: string, upload?: (recording: Blob) => Promise<string>, done?: (id: string) => void, drop?: () => void, play?: () => Promise<string>}} setting
 * @returns {{element: HTMLElement, stored: (has: boolean) => void, close: () => void}}
 */
export function recorder({ most, describedby, upload, done, drop: dropped, play }) {
  /** @type {MediaRecorder|null} */
  let running = null;
  /** @type {Blob|null} */
  let recording = null;
  let address = '';
  let began = 0;
  let ticking = 0;
  let closed = false;

  const id = fresh('recorder');
  const says = h('p', { class: 'save', role: 'status' }, t('recordNone', { time: lasting(most) }));
  const length = h('span', { class: 'digits', role: 'timer', 'aria-label': t('recordTime'), hidden: true });
  const button = h('button', { type: 'button', onclick: () => (running ? running.stop() : begin()) }, t('record'));
  const retry = h('button', { type: 'button', class: 'plain-button', hidden: true, onclick: () => send() }, t('again'));
  const drop = h('button', { type: 'button', class: 'plain-button', hidden: true, onclick: () => {
    forget();
    dropped?.();
    says.textContent = t('recordNone', { time: lasting(most) });
    button.focus();
  } }, t('recordDrop'));
  const listen = h('button', { type: 'button', class: 'plain-button', hidden: true, onclick: async () => {
    try {
      player.src = await /** @type {any} */ (play)();
      player.hidden = false;
      listen.hidden = true;
      player.focus();
    } catch {
      announce(t('faultLater'));
    }
  } }, t('recordListen'));
  const player = h('audio', { controls: true, 'aria-label': t('recordPlay'), hidden: true });

  function forget() {
    URL.revokeObjectURL(address);
    [recording, address] = [null, ''];
    player.removeAttribute('src');
    player.hidden = drop.hidden = retry.hidden = length.hidden = listen.hidden = true;
  }

  async function begin() {
    let stream;
    try {
      // The browser's question takes the focus; that is none of the candidate's doing.
      stream = await quietly(() => navigator.mediaDevices.getUserMedia({ audio: true }));
    } catch {
      says.textContent = t('recordDenied');
      return;
    }
    if (closed) return stream.getTracks().forEach((track) => track.stop());
    forget();
    const type = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'].find((kind) => MediaRecorder.isTypeSupported(kind));
    const made = new MediaRecorder(stream, type ? { mimeType: type, audioBitsPerSecond: 48_000 } : {});
    /** @type {Blob[]} */
    const parts = [];
    made.addEventListener('dataavailable', (e) => parts.push(e.data));
    made.addEventListener('stop', () => {
      stream.getTracks().forEach((track) => track.stop());
      ended(new Blob(parts, { type: made.mimeType }));
    });
    running = made;
    began = performance.now();
    made.start(1_000);
    button.textContent = t('recordStop');
    length.hidden = false;
    says.textContent = t('recordOn');
    ticking = window.setInterval(tick, 250);
    tick();
  }

  function tick() {
    const passed = (performance.now() - began) / 1000;
    length.textContent = t('recordOf', { time: digits(Math.floor(Math.min(passed, most))), most: digits(most) });
    if (passed < most || running?.state !== 'recording') return;
    running.stop();
    announce(t('recordFull'));
  }

  /** @param {Blob} whole */
  function ended(whole) {
    clearInterval(ticking);
    running = null;
    if (closed) return;
    button.textContent = t('record');
    if (!whole.size) { // it was stopped at once, or the microphone gave nothing
      length.hidden = true;
      says.textContent = t('recordEmpty');
      return;
    }
    recording = whole;
    address = URL.createObjectURL(whole);
    player.src = address;
    player.hidden = drop.hidden = false;
    says.textContent = t('recordDone', { time: lasting((performance.now() - began) / 1000) });
    send();
  }

  async function send() {
    if (!upload || !recording) return;
    says.textContent = t('recordSending');
    retry.hidden = true;
    const sent = recording;
    try {
      const id = await upload(sent);
      if (sent !== recording) return; // it was deleted or made anew meanwhile
      done?.(id);
      says.textContent = t('recordSent');
    } catch (fault) {
      if (sent !== recording) return;
      const refused = fault instanceof Fault && ['refused', 'closed', 'ended'].includes(fault.kind);
      says.textContent = refused ? fault.message : t('recordFailed');
      retry.hidden = false;
    }
  }

  return {
    element: h('div', { class: 'card recorder', role: 'group', 'aria-labelledby': id, 'aria-describedby': describedby },
      h('h2', { id }, t('recorder')),
      h('div', { class: 'tools' }, button, length, retry, listen, drop), says, player),
    // What the server has of an earlier time, while nothing was recorded here.
    stored: (has) => {
      if (recording || running) return;
      listen.hidden = !has || !play || !player.hidden;
      drop.hidden = !has;
      if (has) says.textContent = t('recordSent');
    },
    close: () => {
      closed = true;
      clearInterval(ticking);
      if (running?.state === 'recording') running.stop();
      URL.revokeObjectURL(address);
    },
  };
}
