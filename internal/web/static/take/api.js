// The one place that knows the API: every GraphQL text of the page, and what its faults mean.
import { seconds } from './words.js';

/**
 * What the server can do beyond the plain sitting. The page is made for all of it and asks only for what is switched on.
 */
export const FEATURES = {
  sections: false, // currentSection, currentQuestion, sectionDeadline, questionDeadline, pausedAt; enterSection, enterQuestion, submitSection
  flags: false, // flags; flagQuestion
  device: false, // device on saves and on the sitting
  heartbeat: false, // heartbeat
  signals: false, // Sitting.signals; recordSignals
  uploads: false, // beginUpload
  language: false, // Sitting.language
};

/**
 * @typedef {{choices: string[], number: string|null, text: string|null}} Answer
 * @typedef {{question: string, revision: number, answer: Answer, savedAt: string}} Stored
 * @typedef {{key: string, text: string, html: string}} Choice
 * @typedef {{ref: string, kind: string, promptHtml: string, choices: Choice[], unit: string, points: number, timeHint: string,
 *   language: string, starter: string, maxSeconds: number}} Question
 * @typedef {{title: string, instructionsHtml: string, timeLimit: string, order: string, navigation: string, questions: Question[],
 *   number?: number, state?: string, deadline?: string|null}} Section
 * @typedef {{id: string, state: string, title: string, instructionsHtml: string, questionCount: number, timeLimit: string, expiresAt: string,
 *   startedAt: string|null, deadline: string|null, endedAt: string|null, serverTime: string, sections: Section[], responses: Stored[],
 *   receipt: {hash: string, submittedAt: string}|null, accommodation: {requestable: boolean, contact: string}|null,
 *   currentSection?: number|null, currentQuestion?: string|null, sectionDeadline?: string|null, questionDeadline?: string|null,
 *   pausedAt?: string|null, flags?: string[], device?: string|null, signals?: string[], language?: string|null}} Sitting
 * @typedef {{question: string, revision: number, savedAt: string, deadline: string}} Acknowledgement
 */

/** A fault in the page's own terms. */
export class Fault extends Error {
  /**
   * @param {'network'|'signin'|'missing'|'denied'|'later'|'stale'|'closed'|'early'|'ended'|'refused'} kind
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
 * What a mutation did, or the first of its faults.
 * @param {any} payload
 */
function done(payload) {
  const [error] = payload?.errors ?? [];
  if (error) throw new Fault(kinds[error.code] ?? 'refused', error.message, error.current ?? undefined);
  return payload;
}

const when = (/** @type {boolean} */ has, /** @type {string} */ fields) => (has ? fields : '');

const answerFields = 'question revision savedAt answer { choices number text }';

const clockFields = () => `id state deadline endedAt serverTime timeLimit
  ${when(FEATURES.sections, 'currentSection currentQuestion sectionDeadline questionDeadline pausedAt')}
  ${when(FEATURES.device, 'device')}`;

const sittingFields = () => `${clockFields()} title instructionsHtml questionCount expiresAt startedAt
  receipt { hash submittedAt } accommodation { requestable contact }
  ${when(FEATURES.flags, 'flags')} ${when(FEATURES.signals, 'signals')} ${when(FEATURES.language, 'language')}
  responses { ${answerFields} }
  sections(language: $language) {
    title instructionsHtml timeLimit order navigation ${when(FEATURES.sections, 'number state deadline')}
    questions { ref kind promptHtml choices { key text html } unit points timeHint language starter maxSeconds }
  }`;

/**
 * Everything of the sitting.
 * @param {string} id
 * @param {string} language
 * @returns {Promise<Sitting>}
 */
export async function readSitting(id, language) {
  const { sitting } = await send(`query Sitting($id: ID!, $language: Locale) { sitting(id: $id) { ${sittingFields()} } }`, { id, language });
  if (!sitting) throw new Fault('missing', 'no such sitting');
  return sitting;
}

/**
 * Only where it stands and what the clock says.
 * @param {string} id
 * @returns {Promise<Sitting>}
 */
export async function readClock(id) {
  const { sitting } = await send(`query Clock($id: ID!) { sitting(id: $id) { ${clockFields()} } }`, { id });
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

/** @param {string} id @returns {Promise<void>} */
export async function start(id) {
  const { startSitting } = await send('mutation Start($input: StartSittingInput!) { startSitting(input: $input) { sitting { id } errors { code message } } }', { input: { id, idempotencyKey: `take-start-${id}` } });
  done(startSitting);
}

const errorFields = `errors { code message ... on StaleResponseError { current { ${answerFields} } } }`;

/**
 * Saves one answer.
 * @param {string} sittingId
 * @param {{question: string, revision: number, clientKey: string, answer: Answer}} save
 * @param {string} device
 * @returns {Promise<Acknowledgement>}
 */
export async function save(sittingId, save, device) {
  const input = { sittingId, ...save, ...(FEATURES.device ? { device } : {}) };
  const { saveResponse } = await send(`mutation Save($input: SaveResponseInput!) {
    saveResponse(input: $input) { acknowledgement { question revision savedAt deadline } ${errorFields} } }`, { input });
  return done(saveResponse).acknowledgement;
}

/** @param {string} id @returns {Promise<void>} */
export async function submit(id) {
  const { submitSitting } = await send('mutation Submit($input: SubmitSittingInput!) { submitSitting(input: $input) { sitting { id } errors { code message } } }', { input: { id, idempotencyKey: `take-submit-${id}` } });
  done(submitSitting);
}

/** @param {string} sittingId @param {number} section */
export async function enterSection(sittingId, section) {
  if (!FEATURES.sections) return;
  const { enterSection } = await send('mutation EnterSection($input: EnterSectionInput!) { enterSection(input: $input) { errors { code message } } }', { input: { sittingId, section } });
  done(enterSection);
}

/** @param {string} sittingId @param {string} question */
export async function enterQuestion(sittingId, question) {
  if (!FEATURES.sections) return;
  const { enterQuestion } = await send('mutation EnterQuestion($input: EnterQuestionInput!) { enterQuestion(input: $input) { errors { code message } } }', { input: { sittingId, question } });
  done(enterQuestion);
}

/** @param {string} sittingId @param {number} section */
export async function submitSection(sittingId, section) {
  if (!FEATURES.sections) return;
  const { submitSection } = await send('mutation SubmitSection($input: SubmitSectionInput!) { submitSection(input: $input) { errors { code message } } }', { input: { sittingId, section } });
  done(submitSection);
}

/** @param {string} sittingId @param {string} question @param {boolean} flagged */
export async function flagQuestion(sittingId, question, flagged) {
  if (!FEATURES.flags) return;
  const { flagQuestion } = await send('mutation Flag($input: FlagQuestionInput!) { flagQuestion(input: $input) { errors { code message } } }', { input: { sittingId, question, flagged } });
  done(flagQuestion);
}

/** @param {string} sittingId @param {string} device */
export async function heartbeat(sittingId, device) {
  if (!FEATURES.heartbeat) return;
  await send('mutation Heartbeat($input: HeartbeatInput!) { heartbeat(input: $input) { errors { code message } } }', { input: { sittingId, device } });
}

/** @param {string} sittingId @param {{kind: string, clientAt: string, durationMs: number, question: string, clientKey: string}[]} signals */
export async function recordSignals(sittingId, signals) {
  if (!FEATURES.signals) return;
  const { recordSignals } = await send('mutation Signals($input: RecordSignalsInput!) { recordSignals(input: $input) { errors { code message } } }', { input: { sittingId, signals } });
  done(recordSignals);
}

/**
 * Sends a recording and gives its id; only where the server takes files.
 * @param {string} sittingId
 * @param {string} question
 * @param {Blob} recording
 * @returns {Promise<string>}
 */
export async function upload(sittingId, question, recording) {
  const { beginUpload } = await send('mutation Upload($input: BeginUploadInput!) { beginUpload(input: $input) { upload { id } url errors { code message } } }', {
    input: { sittingId, question, name: 'recording.webm', size: recording.size },
  });
  const { upload, url } = done(beginUpload);
  let response;
  try {
    response = await fetch(url, { method: 'PUT', body: recording, headers: { 'Assay-Requested-With': 'take' } });
  } catch {
    throw new Fault('network', 'no answer');
  }
  if (!response.ok) throw new Fault(response.status < 500 ? 'refused' : 'later', `status ${response.status}`);
  return upload.id;
}

/** The whole time of a sitting in seconds. */
export const allowed = (/** @type {Sitting} */ s) => seconds(s.timeLimit);
