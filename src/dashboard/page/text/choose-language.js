import { chooseLanguage } from './translate.js';

const STORED_AS = 'reports-cache.language';

/**
 * The reader's own choice, else that of the module, else the browser's.
 * @param {string | null} ofModule
 */
export function chosenLanguage(ofModule) {
  return chooseLanguage([readChoice(), ofModule, ...navigator.languages]);
}

/** Remembers the choice for this browser. @param {string} language */
export function storeLanguage(language) {
  try {
    localStorage.setItem(STORED_AS, language);
  } catch {
    // storage is forbidden; the language of the module stays
  }
}

function readChoice() {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}
