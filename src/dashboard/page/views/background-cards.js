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
 * The warm-up that runs or ran last; nothing where none had anything to do.
 * @param {Ui} ui
 * @param {OverviewView} overview
 */
export function warmUpCard({ t, format }, { warmUp, to }) {
  if (warmUp === null) return null;
  const { state, startedAt, planned, done, warmed, fresh, sourceMs } = warmUp;
  return card(
    t('warmUp.title'),
    facts([
      [t('warmUp.began'), format.ago(startedAt, to)],
      [
        t('warmUp.done'),
        [t('warmUp.doneValue', { done, count: planned }), bar(planned ? done / planned : 1)],
      ],
      [t('warmUp.warmed'), format.number(warmed)],
      [t('warmUp.fresh'), format.number(fresh)],
      [t('warmUp.others'), format.number(done - warmed - fresh)],
      [t('warmUp.source'), format.duration(sourceMs)],
    ]),
    { tools: badge(t(`warmUp.${state}`), TONES[state]) },
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
