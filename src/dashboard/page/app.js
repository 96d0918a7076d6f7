import { createApi } from './api.js';
import { autoRefresh } from './auto-refresh.js';
import { h, replace } from './dom.js';
import { frame } from './frame.js';
import { announcer } from './parts/announcer.js';
import { closeDialogs } from './parts/dialog.js';
import { parseHash } from './router.js';
import { chosenLanguage } from './text/choose-language.js';
import { formats } from './text/format.js';
import { translator } from './text/translate.js';
import { applyTheme } from './theme.js';
import { createUi, explain } from './ui.js';
import { VIEWS } from './views/index.js';

/** @import { SettingsView } from '../api/contract.js' */
/** @import { Api } from './api.js' */
/** @import { View } from './parts/region.js' */

applyTheme();
await start();

async function start() {
  const api = createApi();
  try {
    run(api, await api.view('settings', {}));
  } catch (failure) {
    showFailure(failure);
  }
}

/** @param {Api} api @param {SettingsView} settings */
function run(api, settings) {
  const language = chosenLanguage(settings.language);
  const { element: toasts, announce } = announcer();
  /** @type {View | undefined} */
  let view;
  const refresh = async () => {
    refreshing.restart();
    if (await view?.refresh()) shell.updated(Date.now());
  };
  const ui = createUi({ language, api, settings, announce, refresh });
  const refreshing = autoRefresh(refresh);
  const shell = frame(ui, language, refreshing.toggle);
  document.documentElement.lang = language;
  replace(document.body, shell.element, toasts);

  const navigate = (/** @type {boolean} */ byReader) => {
    closeDialogs();
    view?.destroy();
    const route = parseHash(location.hash);
    const current = VIEWS.find(({ id }) => id === route.view) ?? VIEWS[0];
    view = current.create(ui, route.params);
    shell.show(current.id, view, byReader);
    void refresh();
  };
  addEventListener('hashchange', () => navigate(true));
  navigate(false);
}

/** The page before there is a frame: nothing is known yet but the browser's language. @param {unknown} failure */
function showFailure(failure) {
  const language = chosenLanguage(null);
  const t = translator(language, formats(language).number);
  replace(
    document.body,
    h(
      'main',
      { class: 'main' },
      h(
        'div',
        { class: 'notice error', role: 'alert' },
        h('p', {}, h('strong', {}, t('state.failed')), ' ', explain(t, failure)),
        h('button', { type: 'button', class: 'button', onclick: () => location.reload() }, t('state.retry')),
      ),
    ),
  );
}
