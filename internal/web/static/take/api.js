// The one place that knows the API: every GraphQL text of the page, and what its faults mean.
import { seconds, worded } from './words.js';

/**
 * @typedef {{choices: string[], number: string|null, text: string|null, upload: string|null}} Answer
 * @typedef {{question: string, revision: number, answer: Answer, savedAt: string}} Stored
 * @typedef {{key: string, text: string, html: string}} Choice
 * @typedef {{ref: string, kind: string, promptHtml: string, choices: Choice[], unit: string, points: number, timeHint: string,
 *   language: string, starter: string, maxSeconds: number, timeLimit?: string, examples?: {name: string, stdin: string, output: string}[]}} Question
 * @typedef {{number: number, title: string, instructionsHtml: string, state: 'OPEN'|'CURRENT'|'HANDED_IN'|'RAN_OUT', questionCount: number,
 *   timeLimit: string, remaining: string, order: string, navigation: string, currentQuestion: string|null, questions: Question[]}} Section
 * @typedef {{id: string, state: string, requestable?: boolean, request: string, askedPercent: number, askedTime: string, askedBreaks: string,
 *   extraPercent: number, extraTime: string, breaks: string, notes: string, contact: string, explanation: string}} Accommodated
 * @typedef {{id: string, state: string, title: string, instructionsHtml: string, questionCount: number, timeLimit: string, opensAt: string|null,
 *   expiresAt: string, startedAt: string|null, deadline: string|null, endedAt: string|null, serverTime: string, sections: Section[],
 *   responses: Stored[], receipt: {hash: string, submittedAt: string}|null, accommodation: {requestable: boolean, contact: string}|null,
 *   accommodated: Accommodated|null, breaksLeft: string, currentSection: number|null, sectionDeadline: string|null, questionDeadline: string|null, remaining: string,
 *   pausedAt: string|null, pauseReason: string|null, resumesAt: string|null, flags: string[], device: string, recordedSignals: string[],
 *   language: string|null, redirectUrl: string|null, heartbeatEvery: string}} Sitting
 * @typedef {{question: string, revision: number, savedAt: string, deadline: string, sectionDeadline: string|null}} Acknowledgement
 * @typedef {{question: string, revision: number, clientKey: string, answer: Answer}} Save
 * @typedef {{kind: string, question: string|null, at: string, lasted: string}} Noted
 * @typedef {{subject: 'INTEGRITY'|'SCORE', state: 'OPEN'|'ANSWERED', statement: string, createdAt: string, dueAt: string, answer: string|null,
 *   answeredAt: string|null}} Objection
 * @typedef {{signals: Noted[], verdict: string|null, contests: Objection[]}} Recorded
 */

/** A fault in the page's own terms. */
export class Fault extends Error {
  /**
   * @param {'network'|'signin'|'missing'|'denied'|'later'|'stale'|'closed'|'early'|'ended'|'elsewhere'|'refused'} kind
   * @param {string} message
   * @param {any} [more]
   */
  constructor(kind, message, more) {
    super(message);
    this.kind = kind;
    this.more = more;
  }
}

/** @type {Record<string, any>} */
const kinds = {
  UNAUTHENTICATED: 'signin', NOT_FOUND: 'missing', FORBIDDEN: 'denied', STALE: 'stale', DEADLINE_PASSED: 'closed', NOT_STARTED: 'early',
  CONFLICT: 'ended', EXPIRED: 'ended', INVALID: 'refused', IDEMPOTENCY_MISMATCH: 'refused', BAD_USER_INPUT: 'refused',
};

const patience = 20_000;

/** When the last answer came, and how long it took: what the clock is set by. */
export const trip = { sent: 0, came: 0 };

/**
 * Asks the API with the cookie of whoever signed in.
 * @param {string} query
 * @param {Record<string, any>} variables
 */
async function send(query, variables) {
  const body = JSON.stringify({ query, variables });
  const aborter = new AbortController();
  const late = setTimeout(() => aborter.abort(), patience);
  trip.sent = performance.now();
  /** @type {any} */
  let answer;
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Assay-Requested-With': 'take' },
      body,
      signal: aborter.signal,
      // What is on its way when the page is left still arrives; browsers limit how much.
      keepalive: document.visibilityState === 'hidden' && body.length < 30_000,
    });
    answer = await response.json();
  } catch {
    throw new Fault('network', 'no answer');
  } finally {
    clearTimeout(late);
  }
  trip.came = performance.now();
  const [error] = answer.errors ?? [];
  if (error) throw new Fault(kinds[error.extensions?.code] ?? 'later', error.message);
  return answer.data;
}

/**
 * What an error of a mutation means, in the reader's words where the page has some, else in the server's.
 * @param {any} error
 */
function meant({ code, message, field, current }) {
  const elsewhere = code === 'CONFLICT' && field?.[0] === 'device';
  const names = (field ?? []).filter((/** @type {string} */ name) => !/^\d+$/.test(name)); // of a batch, without the places
  return new Fault(elsewhere ? 'elsewhere' : kinds[code] ?? 'refused', worded(code, names.at(-1) ?? '') ?? message, current ?? undefined);
}

/**
 * What a mutation did, or the first of its faults.
 * @param {any} payload
 */
function done(payload) {
  const [error] = payload?.errors ?? [];
  if (error) throw meant(error);
  return payload;
}

const answerFields = 'question revision savedAt answer { choices number text upload }';

const clockFields = `id state deadline endedAt serverTime timeLimit remaining currentSection sectionDeadline questionDeadline
  pausedAt pauseReason resumesAt device sections { number state remaining currentQuestion }
  accommodated { state extraPercent extraTime breaks explanation } breaksLeft`;

const sittingFields = `id state deadline endedAt serverTime timeLimit remaining currentSection sectionDeadline questionDeadline
  pausedAt pauseReason resumesAt device title instructionsHtml questionCount opensAt expiresAt startedAt language redirectUrl heartbeatEvery
  receipt { hash submittedAt } accommodation { requestable contact } recordedSignals flags
  accommodated { id state request askedPercent askedTime askedBreaks extraPercent extraTime breaks notes contact explanation } breaksLeft
  responses { ${answerFields} }
  sections(language: $language) {
    number title instructionsHtml state questionCount timeLimit remaining order navigation currentQuestion
    questions { ref kind promptHtml choices { key text html } unit points timeHint language starter maxSeconds timeLimit examples { name stdin output } }
  }`;

/**
 * Does a mutation of one input that gives the whole sitting, as it stands afterwards.
 * @param {string} name
 * @param {string} type
 * @param {Record<string, any>} input
 * @param {string} language
 * @returns {Promise<Sitting>}
 */
async function move(name, type, input, language) {
  const data = await send(`mutation Move($input: ${type}!, $language: Locale) { ${name}(input: $input) { sitting { ${sittingFields} } errors { code message field } } }`, { input, language });
  return done(data[name]).sitting;
}

/**
 * Does a mutation of one input and gives what it selects.
 * @param {string} name
 * @param {string} type
 * @param {Record<string, any>} input
 * @param {string} fields
 */
async function change(name, type, input, fields) {
  const data = await send(`mutation Change($input: ${type}!) { ${name}(input: $input) { ${fields} errors { code message field } } }`, { input });
  return done(data[name]);
}

/**
 * Everything of the sitting.
 * @param {string} id
 * @param {string} language
 * @returns {Promise<Sitting>}
 */
export async function readSitting(id, language) {
  const { sitting } = await send(`query Sitting($id: ID!, $language: Locale) { sitting(id: $id) { ${sittingFields} } }`, { id, language });
  if (!sitting) throw new Fault('missing', 'no such sitting');
  return sitting;
}

/**
 * Only where it stands and what the clock says.
 * @param {string} id
 * @returns {Promise<Sitting>}
 */
export async function readClock(id) {
  const { sitting } = await send(`query Clock($id: ID!) { sitting(id: $id) { ${clockFields} } }`, { id });
  if (!sitting) throw new Fault('missing', 'no such sitting');
  return sitting;
}

/**
 * What was released of the result.
 * @param {string} id
 * @returns {Promise<{releasedAt: string, passed: boolean|null, sections: {title: string, percent: number}[]}|null>}
 */
export async function readFeedback(id) {
  const { sitting } = await send('query Feedback($id: ID!) { sitting(id: $id) { feedback { releasedAt passed sections { title percent } } } }', { id });
  return sitting?.feedback ?? null;
}

/**
 * What was recorded of how it was taken, what a person concluded from that, and the objections.
 * @param {string} id
 * @returns {Promise<Recorded|null>}
 */
export async function readRecord(id) {
  const { sitting } = await send(`query Record($id: ID!) { sitting(id: $id) {
    signals { kind question at lasted } verdict contests { subject state statement createdAt dueAt answer answeredAt } } }`, { id });
  return sitting;
}

/** @param {{sittingId: string, subject: Objection['subject'], statement: string}} input */
export const object = (input) => change('contestSitting', 'ContestSittingInput', input, '');

/**
 * Why the clock stands, in the words of whoever stopped it.
 * @param {string} id
 * @returns {Promise<string>}
 */
export async function readPauseNote(id) {
  const { sitting } = await send('query Pause($id: ID!) { sitting(id: $id) { ledger { kind note } } }', { id });
  return sitting?.ledger.findLast((/** @type {any} */ e) => e.kind === 'PAUSED')?.note ?? '';
}

/**
 * Starts the sitting, or takes one that runs to this device.
 * @param {string} id
 * @param {string} device
 */
export const start = (id, device) => change('startSitting', 'StartSittingInput', { id, device }, '');

/** @param {string} id @param {string} reason */
export const decline = (id, reason) => change('declineInvitation', 'DeclineInvitationInput', { id, reason }, '');

/** @param {string} id */
export const submit = (id) => change('submitSitting', 'SubmitSittingInput', { id }, '');

const acknowledged = 'acknowledgement { question revision savedAt deadline sectionDeadline }';
const saveErrors = `errors { code message field ... on StaleResponseError { current { ${answerFields} } } }`;

/**
 * Saves one answer.
 * @param {string} sittingId
 * @param {Save} save
 * @param {string} device
 * @returns {Promise<Acknowledgement>}
 */
export async function save(sittingId, save, device) {
  const { saveResponse } = await send(`mutation Save($input: SaveResponseInput!) { saveResponse(input: $input) { ${acknowledged} ${saveErrors} } }`, { input: { sittingId, ...save, device } });
  return done(saveResponse).acknowledgement;
}

/** The most answers that one request takes. */
export const batchSize = 50;

/**
 * Saves several answers, and gives for each in their order an acknowledgement or a fault.
 * @param {string} sittingId
 * @param {Save[]} responses
 * @param {string} device
 * @returns {Promise<(Acknowledgement|Fault)[]>}
 */
export async function saveAll(sittingId, responses, device) {
  const { saveResponses } = await send(`mutation SaveAll($input: SaveResponsesInput!) { saveResponses(input: $input) {
    results { ${acknowledged} ${saveErrors} } errors { code message field } } }`, { input: { sittingId, responses, device } });
  return done(saveResponses).results.map((/** @type {any} */ r) => (r.errors.length ? meant(r.errors[0]) : r.acknowledgement));
}

/** @param {{sittingId: string, section: number, device: string}} input @param {string} language */
export const enterSection = (input, language) => move('enterSection', 'EnterSectionInput', input, language);

/** @param {{sittingId: string, question: string, device: string}} input @param {string} language */
export const enterQuestion = (input, language) => move('enterQuestion', 'EnterQuestionInput', input, language);

/** @param {{sittingId: string, section: number, device: string}} input @param {string} language */
export const submitSection = (input, language) => move('submitSection', 'SubmitSectionInput', input, language);

/** @param {string} sittingId @param {string} question @param {boolean} flagged */
export const flagQuestion = (sittingId, question, flagged) => change('flagQuestion', 'FlagQuestionInput', { sittingId, question, flagged }, '');

/** @param {string} sittingId @param {string} device */
export const takeBreak = (sittingId, device) => change('takeBreak', 'TakeBreakInput', { sittingId, device }, '');

/** @param {string} sittingId */
export const endBreak = (sittingId) => change('endBreak', 'EndBreakInput', { sittingId }, '');

/**
 * Says that the page is there, and gives how the clock stands.
 * @param {string} sittingId
 * @param {string} device
 * @returns {Promise<Sitting>}
 */
export async function heartbeat(sittingId, device) {
  return (await change('heartbeat', 'HeartbeatInput', { sittingId, device }, `sitting { ${clockFields} }`)).sitting;
}

/**
 * Follows the clock until it is aborted or the stream ends: the server tells at once what changes.
 * @param {string} id
 * @param {(now: Sitting) => void} on
 * @param {AbortSignal} signal
 */
export async function followClock(id, on, signal) {
  const response = await fetch('/graphql', {
    method: 'POST', credentials: 'same-origin', cache: 'no-store', signal,
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', 'Assay-Requested-With': 'take' },
    body: JSON.stringify({ query: `subscription Clock($id: ID!) { sittingClock(id: $id) { ${clockFields} } }`, variables: { id } }),
  });
  if (!response.ok || !response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const line = text.slice(0, end).split('\n').find((l) => l.startsWith('data:'))?.slice(5).trim();
      const now = line ? JSON.parse(line).data?.sittingClock : null;
      if (now) on(now);
    }
  }
}

/** @param {string} sittingId @param {import('./signals.js').Signal[]} signals */
export const recordSignals = (sittingId, signals) => change('recordSignals', 'RecordSignalsInput', { sittingId, signals }, '');

/** @param {{sittingId: string, request: string, extraPercent?: number, breaks?: string}} input */
export const requestAccommodation = (input) => change('requestAccommodation', 'RequestAccommodationInput', input, '');

/** @param {string} sittingId */
export const withdrawAccommodation = (sittingId) => change('withdrawAccommodationRequest', 'WithdrawAccommodationRequestInput', { sittingId }, '');

/**
 * An address that plays a recording of one's own.
 * @param {string} sittingId
 * @param {string} uploadId
 * @returns {Promise<string>}
 */
export async function playback(sittingId, uploadId) {
  const { link } = await change('createOwnPlaybackLink', 'CreateOwnPlaybackLinkInput', { sittingId, uploadId }, 'link { url }');
  return own(link.url);
}

/** The path of one of the server's own addresses: the page asks nobody else. @param {string} address */
const own = (address) => {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
};

/** Where a recording goes, as long as this page is open: what arrived is not sent again. @type {WeakMap<Blob, {id: string, url: string, most: number}>} */
const begun = new WeakMap();
const waits = [1_000, 2_000, 4_000, 8_000];

/**
 * Sends a recording in parts and gives its id. A connection that breaks off goes on where the server stands.
 * @param {string} sittingId
 * @param {string} question
 * @param {Blob} recording
 * @returns {Promise<string>}
 */
export async function upload(sittingId, question, recording) {
  let place = begun.get(recording);
  if (!place) {
    const name = `recording.${/mp4|ogg/.exec(recording.type)?.[0] ?? 'webm'}`;
    const { begun: made } = await change('beginUpload', 'BeginUploadInput', { sittingId, question, name, size: recording.size, idempotencyKey: crypto.randomUUID() }, 'begun { upload { id } url partSize }');
    place = { id: made.upload.id, url: own(made.url), most: made.partSize };
    begun.set(recording, place);
  }
  for (let failures = 0, at = -1; at < recording.size;) {
    try {
      at = at < 0 ? await part(place.url, 'HEAD', 0) : await part(place.url, 'PATCH', at, recording.slice(at, at + place.most));
      failures = 0;
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.kind === 'refused') begun.delete(recording);
      if (!(fault instanceof Fault) || fault.kind !== 'network' || failures >= waits.length) throw fault;
      await new Promise((again) => setTimeout(again, waits[failures]));
      failures++;
      at = -1; // the server says how much arrived
    }
  }
  return place.id;
}

/**
 * Sends a part, or asks how much is there.
 * @param {string} url
 * @param {'HEAD'|'PATCH'} method
 * @param {number} offset
 * @param {Blob} [body]
 * @returns {Promise<number>} where the upload stands
 */
async function part(url, method, offset, body) {
  const headers = { 'Tus-Resumable': '1.0.0', 'Assay-Requested-With': 'take', ...(body ? { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' } : {}) };
  const response = await fetch(url, { method, headers, body, credentials: 'same-origin', cache: 'no-store' }).catch(() => { throw new Fault('network', 'no answer'); });
  const stands = Number(response.headers.get('Upload-Offset') ?? NaN);
  const moved = response.status === 409 && stands > offset; // the part had arrived, only its answer had not
  if (!response.ok && !moved) throw new Fault(response.status >= 500 ? 'network' : 'refused', worded('INVALID', 'upload') ?? `status ${response.status}`);
  return stands;
}

/** The whole time of a sitting in seconds. */
export const allowed = (/** @type {Sitting} */ s) => seconds(s.timeLimit);
