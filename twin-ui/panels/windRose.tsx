/** Wind of the last hour as a rose of sixteen directions that it came from, and where it comes from now. */
import { UNUSABLE } from '../../models/contract/index.ts';
import { fromUnit } from '../../models/kernel/index.ts';
import { short } from '../state/format.ts';
import { useDesk } from './context.ts';

const PARTS = 16;
const HOUR_s = 3600;
const LOOKS = 240;
const R = 34;

export function WindRose() {
  const desk = useDesk();
  desk.watch('beat');
  const { store, scene, timeUs } = desk.shown!;
  const { wind } = scene;
  if (!wind) return null;
  const { tags, scanUs } = store.layout;
  const direction = tags.findIndex((t) => t.id === wind.direction);
  const speed = tags.findIndex((t) => t.id === wind.speed);
  if (direction < 0 || speed < 0) return null;
  const seq = store.seqAt(timeUs);
  /** Clockwise from north. */
  const from = (s: number): number => {
    if (((store.quality(direction, s) ?? UNUSABLE) & UNUSABLE) !== 0) return Number.NaN;
    const rad = fromUnit(store.value(direction, s), tags[direction]!.unit);
    return wind.reads === 'from-clockwise-of-north' ? rad : Math.PI * 1.5 - rad;
  };
  const every = Math.max(1, Math.round((HOUR_s * 1e6) / scanUs / LOOKS));
  const counts = new Float64Array(PARTS);
  for (let k = 0; k < LOOKS; k += 1) {
    const a = from(seq - k * every);
    if (!Number.isFinite(a)) continue;
    const part = ((Math.round((a / (2 * Math.PI)) * PARTS) % PARTS) + PARTS) % PARTS;
    counts[part] = counts[part]! + 1;
  }
  const most = Math.max(1, ...counts);
  const now = from(seq);
  const petal = (i: number, r: number) => {
    const w = Math.PI / PARTS;
    const a = (2 * Math.PI * i) / PARTS;
    const p = (t: number) => `${(r * Math.sin(t)).toFixed(1)} ${(-r * Math.cos(t)).toFixed(1)}`;
    return `M0 0L${p(a - w)}L${p(a + w)}Z`;
  };
  const said = Number.isFinite(now)
    ? `${short(store.value(speed, seq))} ${tags[speed]!.unit} · ${Math.round(((((now * 180) / Math.PI) % 360) + 360) % 360)}°`
    : desk.say('scene.calm');
  return (
    <figure class="rose" aria-label={`${desk.say('scene.wind')}: ${said}`}>
      <svg viewBox="-44 -44 88 88" role="img" aria-label={said}>
        <circle r={R} />
        <text y={-36}>{desk.say('scene.north')}</text>
        {[...counts].map((n, i) => n > 0 && <path key={i} d={petal(i, (R * n) / most)} />)}
        {Number.isFinite(now) && (
          <path class="now" transform={`rotate(${(now * 180) / Math.PI})`} d={`M0 ${-R - 6}V0M-4 -8L0 0L4 -8`} />
        )}
      </svg>
      <figcaption>{said}</figcaption>
    </figure>
  );
}
