/** The card: what came out, what was asked, and what any detector could have reached. */
import type { Card, Verdict } from '../../models/contract/index.ts';
import { short } from '../state/format.ts';
import { useDesk } from './context.ts';
import { Scroll } from './scroll.tsx';

export function ScoreCard() {
  const desk = useDesk();
  desk.watch('state', 'events');
  const card = desk.player.value?.shown.card;
  return (
    <div class="card">
      <h2>{desk.say('card.title')}</h2>
      {card ? (
        <CardTable card={card} />
      ) : (
        <p class="none">{desk.say(desk.shown?.over ? 'card.hidden' : 'card.none')}</p>
      )}
    </div>
  );
}

const GLYPHS = { pass: '✓', acceptable: '~', fail: '✕', 'not-applicable': '–' } as const;

function CardTable({ card }: { readonly card: Card }) {
  const desk = useDesk();
  return (
    <Scroll label={desk.say('card.title')}>
      {card.status !== 'valid' && <p class="none">{card.because}</p>}
      <table data-test="card">
        <thead>
          <tr>
            <th scope="col">{desk.say('card.what')}</th>
            <th scope="col">{desk.say('card.actual')}</th>
            <th scope="col">{desk.say('card.target')}</th>
            <th scope="col">{desk.say('card.bound')}</th>
            <th scope="col">{desk.say('card.efficiency')}</th>
          </tr>
        </thead>
        <tbody>
          {card.verdicts.map((v) => {
            const bound = v.criterion === 'latency' ? boundOf(card, v.of) : null;
            return (
              <tr key={`${v.criterion}-${v.of}`} class={v.status} title={v.because}>
                <th scope="row">
                  <span class="glyph" aria-label={desk.say(`card.status.${v.status}`)} role="img">
                    {GLYPHS[v.status]}
                  </span>{' '}
                  {v.criterion}
                  {v.of !== '' && <small> {v.of}</small>}
                </th>
                <td>{figure(v)}</td>
                <td>{v.target === null || v.criterion === 'detected' ? '' : `≤\u00a0${short(v.target)}`}</td>
                <td>{bound === null ? '' : short(bound)}</td>
                <td>{bound === null || v.actual === null ? '' : short(Math.min(1, bound / v.actual), 2)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {card.floors.map((f) => (
        <p class="floor" key={f.recipe}>
          {desk.say('card.floor', { recipe: f.recipe })}:{' '}
          {f.verdicts
            .filter((v) => v.actual !== null)
            .slice(0, 3)
            .map((v) => `${v.criterion} ${figure(v)}`)
            .join(' · ') || desk.say('card.never')}
        </p>
      ))}
    </Scroll>
  );
}

/** Least mean latency: by the process as it wanders where that is known. */
export function boundOf(card: Card, leak: string): number | null {
  const bound = card.bounds?.find((b) => b.of === leak);
  return bound ? (bound.realisable?.stationary_s ?? bound.clairvoyant.stationary_s) : null;
}

function figure(v: Verdict): string {
  if (v.criterion === 'detected' && v.actual !== null) return v.actual >= 1 ? GLYPHS.pass : GLYPHS.fail;
  const interval = v.interval ? ` [${short(v.interval.low, 2)}, ${short(v.interval.high, 2)}]` : '';
  return `${short(v.actual)}${v.unit === '' ? '' : ` ${v.unit}`}${interval}`;
}
