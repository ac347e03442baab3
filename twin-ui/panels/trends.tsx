/** Trends of chosen tags beside each other, with one crosshair; another run may be laid over, aligned at the leak's start. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunSummary, TruthEvent } from '../../models/contract/index.ts';
import { getJson, type Shown } from '../player/index.ts';
import { clock, reading } from '../state/format.ts';
import { type Chart, createChart } from './chart.ts';
import { useDesk } from './context.ts';

const MOST = 6;
const SPANS_s = [300, 900, 3600, 4 * 3600, 0] as const;
const SYNC = 'leaktwin';

/** What a plant is watched by first: two pressures, two flows, then levels and gas. */
export function suggested(tags: Shown['store']['layout']['tags']): string[] {
  const of = (quantity: string, n: number) => {
    const all = tags.filter((t) => t.quantity === quantity);
    return n >= all.length ? all : [all[0]!, ...all.slice(-(n - 1))];
  };
  const picked = [...of('pressure', 2), ...of('flow', 2), ...of('concentration', 2), ...of('level', 2), ...tags];
  return [...new Set(picked.map((t) => t.id))].slice(0, 4);
}

export function Trends() {
  const desk = useDesk();
  const shown = desk.shown!;
  const { tags } = shown.store.layout;
  const [span_s, setSpan] = useState<number>(900);
  const [runs, setRuns] = useState<readonly RunSummary[]>([]);
  const { selected, trends, compare } = desk.picture.value;
  const chosen = (trends ?? suggested(tags)).filter((id) => tags.some((t) => t.id === id));
  const all = selected !== undefined && !chosen.includes(selected) ? [...chosen, selected] : chosen;
  const charts = all.slice(-MOST);
  const shift = shiftOf(shown, desk.other.value, desk.player.value!.capabilities.truth);
  const offer = async () => {
    try {
      setRuns((await getJson<{ runs: RunSummary[] }>(desk.host.asking, '/api/runs')).runs);
    } catch (error) {
      desk.announce((error as Error).message);
    }
  };
  return (
    <>
      <div class="bar">
        <h2>{desk.say('trend.title')}</h2>
        <label>
          {desk.say('trend.add')}
          <select
            value=""
            onChange={(e) => {
              const id = e.currentTarget.value;
              if (id !== '') desk.change({ trends: [...chosen.filter((x) => x !== id), id].slice(-MOST) });
              e.currentTarget.value = '';
            }}
          >
            <option value="">+</option>
            {tags.map((t) => (
              <option key={t.id}>{t.id}</option>
            ))}
          </select>
        </label>
        <label>
          {desk.say('trend.span')}
          <select value={span_s} onChange={(e) => setSpan(Number(e.currentTarget.value))}>
            {SPANS_s.map((s) => (
              <option key={s} value={s}>
                {s === 0 ? desk.say('trend.all') : s >= 3600 ? `${s / 3600} h` : `${s / 60} min`}
              </option>
            ))}
          </select>
        </label>
        <label>
          {desk.say('trend.compare')}
          <select
            value={compare ?? ''}
            onFocus={() => void offer()}
            onChange={(e) => void desk.compare(e.currentTarget.value === '' ? undefined : e.currentTarget.value)}
          >
            <option value="">{desk.say('trend.compareNone')}</option>
            {compare !== undefined && !runs.some((r) => r.id === compare) && <option>{compare}</option>}
            {runs.map((r) => (
              <option key={r.id} value={r.id}>
                {r.scenario} · {r.recipe} · {r.seed}
              </option>
            ))}
          </select>
        </label>
        {desk.other.value && (
          <span class="none">{desk.say(shift === undefined ? 'trend.unaligned' : 'trend.aligned')}</span>
        )}
      </div>
      {charts.length === 0 && <p class="none">{desk.say('trend.empty')}</p>}
      <div class="charts">
        {charts.map((id) => (
          <Trend
            key={id}
            id={id}
            span_s={span_s}
            shiftUs={shift ?? 0}
            remove={() => {
              desk.change({ trends: chosen.filter((x) => x !== id) });
              if (selected === id) desk.select(undefined);
            }}
          />
        ))}
      </div>
    </>
  );
}

/** By how much the other run's times are moved, so that both first leaks open together. */
function shiftOf(shown: Shown, other: Shown | undefined, knows: boolean): number | undefined {
  const first = (truth: readonly TruthEvent[]) => truth.find((e) => e.kind === 'leak.opened')?.timeUs;
  const a = first(shown.truth);
  const b = other && first(other.truth);
  return knows && a !== undefined && b !== undefined ? a - b : undefined;
}

function Trend(props: { id: string; span_s: number; shiftUs: number; remove: () => void }) {
  const { id, span_s, shiftUs, remove } = props;
  const desk = useDesk();
  const into = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | undefined>(undefined);
  const [scale, setScale] = useState<readonly [number, number] | undefined>(undefined);
  const shown = desk.shown!;
  const { store } = shown;
  const i = store.layout.tags.findIndex((t) => t.id === id);
  const tag = store.layout.tags[i]!;
  desk.watch('beat');
  const theme = desk.theme.value;
  useEffect(() => {
    const made = createChart(
      into.current!,
      () => desk.tokens.peek(),
      SYNC,
      (timeUs) => desk.player.peek()?.seek?.(timeUs),
      (timeUs) => clock(timeUs),
    );
    chart.current = made;
    return () => made.destroy();
  }, [theme]);
  useEffect(() => {
    const box = into.current!;
    const made = chart.current!;
    made.resize(box.clientWidth, box.clientHeight);
    const spanUs = span_s * 1e6;
    // Around the shown time: what came before it, and some of what follows where there is any.
    const toUs =
      span_s === 0
        ? shown.lastUs
        : Math.min(shown.lastUs, Math.max(shown.timeUs + spanUs * 0.15, shown.firstUs + spanUs));
    const fromUs = span_s === 0 ? shown.firstUs : Math.max(shown.firstUs, toUs - spanUs);
    const buckets = Math.max(100, box.clientWidth);
    const other = desk.other.value;
    const k = other ? other.store.layout.tags.findIndex((t) => t.id === id) : -1;
    const second = other && k >= 0 ? other.store.series(k, fromUs - shiftUs, toUs - shiftUs, buckets) : undefined;
    made.show({
      own: store.series(i, fromUs, toUs, buckets),
      ...(second ? { other: { ...second, timeUs: second.timeUs.map((t) => t + shiftUs) } } : {}),
      range: tag.range,
      ...(scale ? { scale } : {}),
      fromUs,
      toUs,
      nowUs: shown.timeUs,
    });
  });
  const value = store.value(i, store.seqAt(shown.timeUs));
  return (
    <figure class={id === desk.picture.value.selected ? 'trend chosen' : 'trend'}>
      <figcaption>
        <button type="button" class="link" onClick={() => desk.select(id)}>
          {id}
        </button>
        <span class="value">
          {reading(value, tag.range)} {tag.unit}
        </span>
        <span class="grow" />
        {chart.current && chart.current.outside > 0 && (
          <small>{desk.say('trend.outside', { n: chart.current.outside })}</small>
        )}
        <details>
          <summary aria-label={desk.say('trend.range', { tag: id })}>↕</summary>
          <form
            onSubmit={(e) => {
              e.preventDefault();
              const form = new FormData(e.currentTarget);
              const [low, high] = [Number(form.get('low')), Number(form.get('high'))];
              if (high > low) setScale([low, high]);
            }}
          >
            <input name="low" type="number" step="any" required aria-label={desk.say('trend.least')} />
            <input name="high" type="number" step="any" required aria-label={desk.say('trend.most')} />
            <button type="submit">✓</button>
            <button type="button" onClick={() => setScale(undefined)}>
              {desk.say('trend.auto')}
            </button>
          </form>
        </details>
        <button type="button" aria-label={desk.say('trend.remove', { tag: id })} onClick={remove}>
          ×
        </button>
      </figcaption>
      <div class="plot" ref={into} role="img" aria-label={`${id}: ${reading(value, tag.range)} ${tag.unit}`} />
    </figure>
  );
}
