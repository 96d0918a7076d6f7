import { de } from './de.js';
import { en } from './en.js';

/** @import { Dictionary, Message, MessageKey } from './en.js' */
/** @typedef {Record<string, string | number>} Values `count` chooses between `one` and `other`. */
/** @typedef {(key: MessageKey, values?: Values) => string} Translate */

/**
 * To add a language: a file beside `en.js` with the same keys (the type check names those that miss), and a line here.
 * @type {Record<string, { name: string, messages: Dictionary }>}
 */
export const LANGUAGES = {
  en: { name: 'English', messages: en },
  de: { name: 'Deutsch', messages: de },
};

/**
 * The first of these languages that there is a dictionary for; English when there is none.
 * @param {readonly (string | null | undefined)[]} wanted BCP 47 tags, the most wanted first
 */
export function chooseLanguage(wanted) {
  const bases = wanted.map((tag) => tag?.toLowerCase().split('-')[0] ?? '');
  return bases.find((base) => Object.hasOwn(LANGUAGES, base)) ?? 'en';
}

/**
 * @param {string} language one of {@link LANGUAGES}
 * @param {(value: number) => string} formatNumber
 * @returns {Translate}
 */
export function translator(language, formatNumber) {
  const messages = (LANGUAGES[language] ?? LANGUAGES.en)?.messages ?? en;
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const template = pickForm(messages[key] ?? key, plural, values.count);
    return template.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = values[name];
      return typeof value === 'number' ? formatNumber(value) : (value ?? whole);
    });
  };
}

/**
 * @param {Message} message
 * @param {Intl.PluralRules} plural
 * @param {string | number | undefined} count
 */
function pickForm(message, plural, count) {
  if (typeof message === 'string') return message;
  return plural.select(Number(count)) === 'one' ? message.one : message.other;
}
