// Words, dates and numbers in the reader's language. Each language is one table of strings.
import en from './strings.en.js';
import de from './strings.de.js';

/** @type {Record<string, Record<string, any>>} */
const tables = { en, de };

let language = 'en';
let locale = 'en';

/** The languages that the page speaks, each by its own name. */
export const languages = Object.entries(tables).map(([code, table]) => ({ code, name: table.languageName }));

/** @returns the language of the page */
export const spoken = () => language;

/**
 * Chooses the first of the wanted languages that there is a table for.
 * @param {readonly (string|null|undefined)[]} wanted
 */
export function choose(wanted) {
  for (const tag of wanted) {
    const base = tag?.toLowerCase().split('-')[0];
    if (!tag || !base || !tables[base]) continue;
    [language, locale] = [base, tag];
    break;
  }
  // Numbers and dates as the person's own region writes them, where the browser knows it.
  locale = navigator.languages?.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? locale;
  document.documentElement.lang = language;
}

/**
 * A string of the table with its values filled in. One that counts has a form for each plural.
 * @param {string} key
 * @param {Record<string, any>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  let text = tables[language][key] ?? tables.en[key] ?? key;
  if (typeof text === 'object') text = text[new Intl.PluralRules(language).select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? value.toLocaleString(locale) : String(value);
  });
}

/**
 * Why something was refused, in the reader's words; null where the tables have none and the server's have to do.
 * @param {string} code of the fault
 * @param {string} field that it is about; empty if about none
 * @returns {string|null}
 */
export function worded(code, field) {
  const key = [`why_${code}_${field}`, `why_${code}`].find((name) => tables[language][name]);
  return key ? t(key) : null;
}

/** The time of day. */
export const hour = (/** @type {Date|number|string} */ at) => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(new Date(at));

/** A day and a time, with the time zone: it is the reader's own. */
export const moment = (/** @type {Date|number|string} */ at) => new Intl.DateTimeFormat(locale, {
  weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short',
}).format(new Date(at));

/** A day and a time to the second, where there are many. */
export const stamp = (/** @type {Date|number|string} */ at) => new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' }).format(new Date(at));

/** A day and a time to the second, as a receipt needs it. */
export const exact = (/** @type {Date|number|string} */ at) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long' }).format(new Date(at));

/**
 * A length of time in words: "1 hour 30 minutes", "45 seconds".
 * @param {number} seconds
 */
export function lasting(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const parts = [];
  if (hours) parts.push(t('hours', { n: hours }));
  if (minutes) parts.push(t('minutes', { n: minutes }));
  if (!hours && (rest || !parts.length)) parts.push(t('seconds', { n: rest }));
  return parts.join(' ');
}

/**
 * A length of time as a clock shows it: 1:05:09 or 05:09.
 * @param {number} seconds
 */
export function digits(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

/**
 * The seconds of an ISO 8601 duration of hours, minutes and seconds.
 * @param {string} text
 */
export function seconds(text) {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text ?? '');
  if (!found) return 0;
  const [days, hours, minutes, rest] = found.slice(1).map((n) => Number(n ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + rest;
}

/**
 * What a person wrote as a number, as the API reads it; null if it is none. Both a comma and a point begin the
 * fraction, and spaces may group digits; "1.234,5" is ambiguous and therefore none.
 * @param {string} written
 */
export function decimal(written) {
  const plain = written.trim().replace(/[\s\u00a0\u202f]/g, '').replace(/^[−–]/, '-').replace(',', '.');
  if (!/^[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?$/.test(plain) || plain.length > 40) return null;
  return plain;
}

/** A number of the API as the reader's language writes it. */
export const written = (/** @type {string} */ number) => (language === 'de' ? number.replace('.', ',') : number);
