import { cancelWarmUp, runWarmUp } from '../actions/warm-up.js';
import { h } from '../dom.js';
import { badge, bar, card, facts } from '../parts/card.js';
import { name } from '../parts/name.js';

/** @import { OverviewView, WarmUpView } from '../../api/contract.js' */
/** @import { Ui } from '../ui.js' */

/** @type {Record<WarmUpView['state'], 'ok' | 'warning' | 'danger' | 'plain'>} */
const TONES = {
  running: 'ok',
  completed: 'ok',
  cancelled: 'plain',
  overtime: 'warning',
  'gave-up': 'danger',
  failed: 'danger',
  lost: 'danger',
};

/**
 * The warm-up that runs or ran last, with what can be done about it; nothing where the app has none.
 * @param {Ui} ui
 * @param {OverviewView} overview
 */
export function warmUpCard(ui, { warmUp, to }) {
  const { t, settings } = ui;
  if (warmUp === null && !settings.warmUp) return null;
  const { state } = warmUp ?? {};
  return card(
    t('warmUp.title'),
    [
      h('p', { class: 'muted small card-hint' }, t('warmUp.hint')),
      warmUp === null ? h('p', {}, t('warmUp.none')) : warmUpFacts(ui, warmUp, to),
      settings.warmUp && !settings.readOnly ? steering(ui, state === 'running') : null,
    ],
    { tools: state && badge(t(`warmUp.${state}`), TONES[state]) },
  );
}

/** @param {Ui} ui @param {WarmUpView} warmUp @param {number} now */
function warmUpFacts({ t, format }, { startedAt, planned, done, warmed, fresh, sourceMs }, now) {
  return facts([
    [t('warmUp.began'), format.ago(startedAt, now)],
    [t('warmUp.done'), [t('warmUp.doneValue', { done, count: planned }), bar(planned ? done / planned : 1)]],
    [t('warmUp.warmed'), format.number(warmed)],
    [t('warmUp.fresh'), format.number(fresh)],
    [t('warmUp.others'), format.number(done - warmed - fresh)],
    [t('warmUp.source'), format.duration(sourceMs)],
  ]);
}

/** @param {Ui} ui @param {boolean} isRunning */
function steering(ui, isRunning) {
  const [label, act] = isRunning
    ? [ui.t('warmUp.cancel'), () => cancelWarmUp(ui)]
    : [ui.t('warmUp.run'), () => runWarmUp(ui)];
  return h(
    'div',
    { class: 'buttons card-buttons' },
    h(
      'button',
      { type: 'button', class: 'button small', 'data-key': 'warm-up', onclick: () => void act() },
      label,
    ),
  );
}

/**
 * Stored reports that were out of date without anybody having said so; nothing where nobody looks for them.
 * @param {Ui} ui
 * @param {OverviewView} overview
 */
export function shadowCard({ t, format }, { shadow, to }) {
  if (shadow === null) return null;
  const found = shadow.differences.map(({ type, ageMs, foundAt }) =>
    h(
      'li',
      {},
      name(type),
      ' ',
      h(
        'span',
        { class: 'muted small' },
        t('shadow.difference', { age: format.duration(ageMs), time: format.ago(foundAt, to) }),
      ),
    ),
  );
  return card(t('shadow.title'), [
    h('p', { class: 'muted small card-hint' }, t('shadow.hint')),
    found.length === 0 ? h('p', {}, t('shadow.none')) : h('ul', {}, found),
  ]);
}
