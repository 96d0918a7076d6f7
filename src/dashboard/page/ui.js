import { ApiError } from './api.js';
import { formats } from './text/format.js';
import { translator } from './text/translate.js';

/** @import { ActionBodies, ActionName, ActionResult, SettingsView } from '../api/contract.js' */
/** @import { Api } from './api.js' */
/** @import { Formats } from './text/format.js' */
/** @import { Translate } from './text/translate.js' */

/**
 * What every part of the page is given.
 * @typedef {object} Ui
 * @property {Translate} t
 * @property {Formats} format
 * @property {Api} api
 * @property {SettingsView} settings
 * @property {(message: string) => void} announce
 * @property {(failure: unknown) => string} explain
 * @property {() => Promise<void>} refresh the whole view
 * @property {<Name extends ActionName>(name: Name, body: ActionBodies[Name]) => Promise<ActionResult>} act
 */

/**
 * @param {object} parts
 * @param {string} parts.language
 * @param {Api} parts.api
 * @param {SettingsView} parts.settings
 * @param {(message: string) => void} parts.announce
 * @param {() => Promise<void>} parts.refresh
 * @returns {Ui}
 */
export function createUi({ language, api, settings, announce, refresh }) {
  const format = formats(language);
  const t = translator(language, format.number);
  return {
    t,
    format,
    api,
    settings,
    announce,
    refresh,
    explain: (failure) => explain(t, failure),
    act: (name, body) => api.act(name, body),
  };
}

/**
 * What went wrong, in a sentence for whoever looks at the page.
 * @param {Translate} t
 * @param {unknown} failure
 */
export function explain(t, failure) {
  if (!(failure instanceof ApiError)) return t('error.network');
  if (failure.message !== '') return failure.message;
  return failure.status === 401 || failure.status === 403
    ? t('error.forbidden')
    : t('error.status', { status: String(failure.status) });
}
