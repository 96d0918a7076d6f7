import { clearAll } from '../actions/clearing.js';
import { switchCache } from '../actions/switches.js';
import { h } from '../dom.js';
import { figures } from '../parts/card.js';
import { emptyState, region } from '../parts/region.js';
import { rangeLinks, rangeOf } from '../parts/tools.js';
import { shadowCard, warmUpCard } from './background-cards.js';
import { overviewCharts } from './overview-charts.js';
import { savedCard, storeCard } from './overview-cards.js';
import { overviewNotices } from './overview-notices.js';

/** @import { OverviewView } from '../../api/contract.js' */
/** @import { Ui } from '../ui.js' */
/** @import { View } from '../parts/region.js' */

/** How often a warm-up that runs is looked at, in milliseconds. */
const FOLLOW_EVERY_MS = 2_000;

/**
 * What the cache does, at a glance and over time.
 * @param {Ui} ui
 * @param {URLSearchParams} params
 * @returns {View}
 */
export function overviewView(ui, params) {
  const range = rangeOf(params, '24h');
  const charts = overviewCharts(ui);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let following;
  const follow = (/** @type {OverviewView} */ overview) => {
    clearTimeout(following);
    if (overview.warmUp?.state !== 'running') return;
    const look = () => (document.hidden ? follow(overview) : void part.refresh());
    following = setTimeout(look, FOLLOW_EVERY_MS);
  };
  const part = region(ui, {
    load: async (signal) => {
      const [overview, settings] = await Promise.all([
        ui.api.view('overview', { range }, signal),
        ui.api.view('settings', {}, signal),
      ]);
      return { overview, enabled: settings.cacheEnabled };
    },
    render: ({ overview, enabled }) => {
      charts.update(overview);
      follow(overview);
      return h(
        'div',
        { class: 'stack' },
        overviewNotices(ui, overview, enabled),
        headline(ui, overview),
        overview.totals.requests === 0
          ? h(
              'div',
              { class: 'card' },
              emptyState(ui.t('overview.noRequests'), ui.t('overview.noRequestsHint')),
            )
          : h('div', { class: 'grid' }, charts.traffic),
        h(
          'div',
          { class: 'grid' },
          savedCard(ui, overview),
          storeCard(ui, overview),
          warmUpCard(ui, overview),
          shadowCard(ui, overview),
          charts.state,
        ),
        ui.settings.readOnly ? null : steering(ui, overview, enabled),
      );
    },
  });
  const destroy = () => {
    clearTimeout(following);
    part.destroy();
    charts.destroy();
  };
  return { ...part, destroy, tools: rangeLinks(ui, 'overview', range) };
}

/** @param {Ui} ui @param {OverviewView} overview */
function headline(ui, { savedToday, saved30Days, totals }) {
  const { t, format } = ui;
  const { hit, miss, coalesced, stale } = totals.outcomes;
  const p95 = (/** @type {number | null} */ ms) => t('overview.p95', { time: format.duration(ms) });
  return figures([
    { label: t('overview.savedToday'), value: format.duration(savedToday.totalMs) },
    { label: t('overview.saved30Days'), value: format.duration(saved30Days.totalMs) },
    {
      label: t('overview.hitRatio'),
      value: format.percent(totals.hitRatio),
      note: t('overview.hitsOf', { hits: hit, count: hit + miss + coalesced + stale }),
    },
    { label: t('overview.requests'), value: format.number(totals.requests) },
    { label: t('overview.hitTime'), value: format.duration(totals.hit.p50Ms), note: p95(totals.hit.p95Ms) },
    {
      label: t('overview.missTime'),
      value: format.duration(totals.miss.p50Ms),
      note: p95(totals.miss.p95Ms),
    },
  ]);
}

/** @param {Ui} ui @param {OverviewView} overview @param {boolean} enabled */
function steering(ui, { store }, enabled) {
  const { t } = ui;
  const all = { entries: store.entries, bytes: store.entryBytes };
  const button = (/** @type {string} */ label, /** @type {() => Promise<void>} */ act) =>
    h(
      'button',
      { type: 'button', class: 'button quiet-danger', 'data-key': label, onclick: () => void act() },
      label,
    );
  return h(
    'div',
    { class: 'buttons' },
    button(t('cache.empty'), () => clearAll(ui, all)),
    enabled ? button(t('cache.switchOff'), () => switchCache(ui, false)) : null,
  );
}
