/** A long line as engineers draw it: elevation and hydraulic head against distance, with its gauges, leaks and estimates. */
import { useMemo } from 'preact/hooks';
import type { PlantScene, ScenePlace } from '../../models/contract/index.ts';
import { PRIORITY_SHAPES } from '../design/tokens.ts';
import { estimates, trueLeaks } from '../state/leakPlaces.ts';
import { Readings } from '../state/readings.ts';
import { useDesk } from './context.ts';

const W = 1000;
const H = 110;
const LEFT = 6;
const TOP = 8;
const BOTTOM = 18;

export function Strip({ scene, place }: { readonly scene: PlantScene; readonly place: ScenePlace }) {
  const desk = useDesk();
  desk.watch('beat');
  const shown = desk.shown!;
  const readings = useMemo(() => new Readings(scene, place, shown.store.layout), [place]);
  readings.look(shown, 'pressure');
  const [west, , low, east, , high] = place.bounds_m;
  const heads = readings.heads;
  const gas = scene.kind === 'gas';
  // A gas line's head means nothing; its pressure has the drawing's height to itself.
  const all = heads.map((h) => h.value);
  const top = gas ? high + (high - low) : Math.max(high, ...all);
  const y = (v: number) => TOP + ((H - TOP - BOTTOM) * (top - v)) / (top - low || 1);
  const least = Math.min(...all);
  const most = Math.max(...all);
  const yHead = (v: number) => (gas ? TOP + 0.5 * (H - TOP - BOTTOM) * (1 - (v - least) / (most - least || 1)) : y(v));
  const x = (v: number) => LEFT + ((W - 2 * LEFT) * (v - west)) / (east - west || 1);
  const ground = place.pipes.flatMap((p) => p.path_m);
  const km = Math.ceil((east - west) / 6000) * 1000 || 1000;
  const step = km >= 5000 ? Math.ceil(km / 5000) * 5000 : km;
  const ticks = Array.from({ length: Math.floor(Math.max(0, east) / step) + 1 }, (_, i) => i * step);
  return (
    <figure class="strip" aria-label={desk.say('scene.strip')}>
      <svg viewBox={`0 0 ${W} ${H}`} preserveAspectRatio="none" role="img" aria-label={desk.say('scene.strip')}>
        <path
          class="earth"
          d={`M${ground.map((p) => `${x(p[0]).toFixed(1)} ${y(p[2]).toFixed(1)}`).join('L')}L${W - LEFT} ${H - BOTTOM}L${LEFT} ${H - BOTTOM}Z`}
        />
        {heads.length > 1 && (
          <path
            class="head"
            d={`M${heads.map((h) => `${x(h.place[0]).toFixed(1)} ${yHead(h.value).toFixed(1)}`).join('L')}`}
          />
        )}
        {heads.map((h) => (
          <rect key={h.place[0]} class="gauge" x={x(h.place[0]) - 2} y={yHead(h.value) - 2} width={4} height={4} />
        ))}
        {desk.has('estimate') &&
          estimates(place, desk.board.value).map((e) => (
            <g key={e.alarm} class={`estimate p${e.priority}`}>
              {e.reach && (
                <rect
                  x={x(e.reach[0]![0])}
                  y={TOP}
                  width={Math.max(2, x(e.reach.at(-1)![0]) - x(e.reach[0]![0]))}
                  height={H - TOP - BOTTOM}
                />
              )}
              <path d={`M${x(e.place[0])} ${TOP}V${H - BOTTOM}`} />
            </g>
          ))}
        {desk.has('truth') &&
          desk.player.value!.capabilities.truth &&
          trueLeaks(place, shown.truth, shown.timeUs).map((l) => (
            <path key={l.ref} class="trueLine" d={`M${x(l.place[0])} ${TOP}V${H - BOTTOM}`} />
          ))}
      </svg>
      <div class="ticks" aria-hidden="true">
        {ticks.map((t) => (
          <span key={t} style={{ left: `${(100 * x(t)) / W}%` }}>
            {step >= 1000 ? `${t / 1000} km` : `${t} m`}
          </span>
        ))}
      </div>
      <figcaption>
        <span class="key head" /> {desk.say(gas ? 'scene.pressure' : 'scene.head')} <span class="key earth" />{' '}
        {desk.say('scene.ground')}
        {estimates(place, desk.board.value).map((e) => (
          <span key={e.alarm} class={`p${e.priority}`}>
            {' '}
            {PRIORITY_SHAPES[e.priority]} {e.said}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
