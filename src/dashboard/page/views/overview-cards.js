import { h } from '../dom.js';
import { badge, bar, card, facts } from '../parts/card.js';

/** @import { OverviewView, StoreView, WatermarksView } from '../../api/contract.js' */
/** @import { Children } from '../dom.js' */
/** @import { Ui } from '../ui.js' */

/** From this share of a limit on, its bar is drawn as full. */
const NEARLY_FULL = 0.9;

/** @type {Record<StoreView['state'], 'ok' | 'danger'>} */
const STORE_TONES = { open: 'ok', unavailable: 'danger', closed: 'danger' };

/** @type {Record<WatermarksView['state'], 'ok' | 'danger' | 'plain'>} */
const WATERMARK_TONES = { ok: 'ok', off: 'plain', failed: 'danger', 'timed out': 'danger' };

/**
 * How the time saved is made up, with what is left out of it.
 * @param {Ui} ui
 * @param {OverviewView} overview
 */
export function savedCard({ t, format }, { totals: { saved } }) {
  const time = format.duration;
  return card(t('overview.savedCard'), [
    h('p', { class: 'muted small card-hint' }, t('overview.savedHint')),
    facts([
      [t('overview.saved.gained'), time(saved.gainedMs)],
      [t('overview.saved.lost'), time(saved.lostMs)],
      [t('overview.saved.total'), h('strong', {}, time(saved.totalMs))],
      [t('overview.saved.coalesced'), time(saved.coalescedMs)],
      [t('overview.saved.stale'), time(saved.staleMs)],
      [t('overview.saved.overhead'), time(saved.overheadMs)],
      [t('overview.saved.unknown'), format.number(saved.unknownHits)],
    ]),
  ]);
}

/** @param {Ui} ui @param {OverviewView} overview */
export function storeCard(ui, overview) {
  const { store, log, to } = overview;
  const { t, format } = ui;
  const { activeEntries: active, expiredEntries: expired } = store;
  return card(
    t('store.title'),
    facts([
      [t('store.entries'), t('store.entriesValue', { active, expired })],
      [t('store.size'), ofLimit(ui, store.entryBytes, store.maxBytes)],
      [t('store.memory'), memoryOf(ui, store.memory)],
      [t('store.database'), format.bytes(store.databaseBytes)],
      [t('store.wal'), format.bytes(store.walBytes)],
      [t('store.waiting'), [format.number(store.waitingWrites), waitingLog(ui, log.waiting)]],
      [
        t('store.cleanup'),
        store.lastCleanupAt === null ? t('store.never') : format.ago(store.lastCleanupAt, to),
      ],
      [t('watermarks.title'), watermarksOf(ui, overview)],
    ]),
    { tools: badge(t(`store.${store.state}`), STORE_TONES[store.state]) },
  );
}

/** @param {Ui} ui @param {OverviewView} overview @returns {Children} */
function watermarksOf({ t, format }, { watermarks: { state, lastSuccessAt, everyMs }, to }) {
  const shown = badge(t(`watermarks.${state}`), WATERMARK_TONES[state]);
  if (state === 'off') return shown;
  const values = { time: format.ago(lastSuccessAt, to), every: format.duration(everyMs) };
  return [shown, ' ', h('span', { class: 'muted small' }, t('watermarks.last', values))];
}

/** @param {Ui} ui @param {StoreView['memory']} memory @returns {Children} */
function memoryOf(ui, { entries, bytes, maxBytes }) {
  if (maxBytes === null) return ui.t('store.noMemory');
  const share = bytes / maxBytes;
  const size = ui.t('store.ofLimit', { size: ui.format.bytes(bytes), limit: ui.format.bytes(maxBytes) });
  return [ui.t('store.entriesAndSize', { count: entries, size }), bar(share, tone(share))];
}

/** @param {Ui} ui @param {number} bytes @param {number} maxBytes @returns {Children} */
function ofLimit({ t, format }, bytes, maxBytes) {
  const share = maxBytes === 0 ? 1 : bytes / maxBytes;
  return [
    t('store.ofLimit', { size: format.bytes(bytes), limit: format.bytes(maxBytes) }),
    bar(share, tone(share)),
  ];
}

/** @param {number} share */
function tone(share) {
  return share >= NEARLY_FULL ? 'full' : 'used';
}

/** @param {Ui} ui @param {number} waiting */
function waitingLog({ t }, waiting) {
  return waiting === 0
    ? null
    : h('span', { class: 'muted small' }, ` · ${t('log.waiting', { count: waiting })}`);
}
