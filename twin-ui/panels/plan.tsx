/** The same plant as a flat drawing, for browsers without WebGL and for people who prefer it: every part of the scene in plan. */
import { useEffect, useMemo } from 'preact/hooks';
import type { PlantScene, ScenePlace, ScenePoint } from '../../models/contract/index.ts';
import { PRIORITY_SHAPES, ramp } from '../design/tokens.ts';
import { reading } from '../state/format.ts';
import { estimates, trueLeaks } from '../state/leakPlaces.ts';
import { onPath, Readings } from '../state/readings.ts';
import { useDesk } from './context.ts';

const W = 1000;
const H = 560;
const MARGIN = 60;
/** Pieces of a pipe, each with its own colour. */
const PIECES = 16;

export function Plan({ scene, place }: { readonly scene: PlantScene; readonly place: ScenePlace }) {
  const desk = useDesk();
  desk.watch('beat');
  const shown = desk.shown!;
  const theme = desk.theme.value;
  const { muted, selected } = desk.picture.value;
  const readings = useMemo(() => new Readings(scene, place, shown.store.layout), [place]);
  const what = desk.has('residual') ? 'residual' : 'pressure';
  readings.look(shown, what);
  const scale = readings.scale(what);
  useEffect(() => {
    desk.scale.value = scale;
  });
  const at = useMemo(() => projection(place), [place]);
  const colour = (v: number) => {
    if (muted || !scale || !Number.isFinite(v) || !(desk.has('pressure') || desk.has('residual')))
      return 'var(--steel)';
    const [r, g, b] = ramp(theme, (v - scale.low) / (scale.high - scale.low || 1), what === 'residual');
    return `rgb(${r * 255} ${g * 255} ${b * 255})`;
  };
  const seq = shown.store.seqAt(shown.timeUs);
  const layout = shown.store.layout;
  const unit = Math.abs(at([1, 0, 0])[0] - at([0, 0, 0])[0]);
  const round = (p: ScenePoint) =>
    at(p)
      .map((v) => v.toFixed(1))
      .join(',');
  return (
    <svg class="plan" viewBox={`0 0 ${W} ${H}`} aria-label={desk.say('scene.plan')} data-test="plan">
      {desk.has('buildings') &&
        place.solids.map((s, i) =>
          s.radius_m !== undefined && s.corners_m.length === 1 ? (
            <circle
              key={`${s.id}-${i}`}
              class="solid"
              cx={at([...s.corners_m[0]!, 0])[0]}
              cy={at([...s.corners_m[0]!, 0])[1]}
              r={s.radius_m * unit}
            />
          ) : (
            <polygon
              key={`${s.id}-${i}`}
              class={`solid ${s.kind}`}
              points={s.corners_m.map((c) => round([...c, 0])).join(' ')}
            />
          ),
        )}
      {place.pipes.map((p) => {
        const n = place.id === 'line' ? PIECES : 1;
        return (
          <g key={p.id}>
            {Array.from({ length: n }, (_, k) => {
              const a = onPath(p.path_m, k / n);
              const b = onPath(p.path_m, (k + 1) / n);
              const points = n === 1 ? p.path_m : [a, b];
              const middle: ScenePoint = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
              return (
                <polyline
                  key={k}
                  class="pipe"
                  points={points.map(round).join(' ')}
                  stroke={colour(readings.at(middle, what))}
                />
              );
            })}
          </g>
        );
      })}
      {place.tanks.map((t) => {
        const [x, y] = at(t.place_m);
        const level = readings.level(t.id, t.height_m);
        return (
          <g key={t.id} class="tank">
            <rect x={x - 14} y={y - 40} width={28} height={36} />
            {Number.isFinite(level) && (
              <rect class="liquid" x={x - 13} y={y - 5 - 34 * level} width={26} height={34 * level} />
            )}
            <text x={x} y={y - 45}>
              {t.id}
            </text>
          </g>
        );
      })}
      {place.machines.map((m) => {
        const [x, y] = at(m.place_m);
        const on = m.kind === 'valve' || m.kind === 'regulator' ? readings.opening(m.id) : readings.running(m.id);
        return (
          <g key={m.id} class={`machine ${on > 0 ? 'on' : on === 0 ? 'off' : 'unknown'}`}>
            {m.kind === 'valve' || m.kind === 'regulator' || m.kind === 'check-valve' ? (
              <path d={`M${x - 9} ${y - 6}L${x + 9} ${y + 6}V${y - 6}L${x - 9} ${y + 6}Z`} />
            ) : (
              <path
                d={`M${x - 8} ${y}A8 8 0 1 1 ${x + 8} ${y}A8 8 0 1 1 ${x - 8} ${y}M${x - 4} ${y - 6}L${x + 7} ${y}L${x - 4} ${y + 6}`}
              />
            )}
            {desk.has('labels') && (
              <text x={x} y={y + 20}>
                {m.id}
              </text>
            )}
          </g>
        );
      })}
      {desk.has('sensors') &&
        place.instruments.map((s) => {
          const i = layout.tags.findIndex((t) => t.id === s.tag);
          const tag = layout.tags[i]!;
          const [x, y] = at(s.place_m);
          const said = `${s.tag} ${reading(shown.store.value(i, seq), tag.range)} ${tag.unit}`;
          return (
            <g key={s.tag}>
              {s.to_m && <path class="beam" d={`M${x} ${y}L${at(s.to_m).join(' ')}`} />}
              {/* biome-ignore lint/a11y/useSemanticElements: an SVG has no button of its own */}
              <g
                role="button"
                tabIndex={0}
                aria-label={said}
                aria-pressed={s.tag === selected}
                class={s.tag === selected ? 'sensor chosen' : 'sensor'}
                onClick={() => desk.select(s.tag)}
                onKeyDown={(e) => {
                  if (e.key === 'Enter') desk.select(s.tag);
                }}
              >
                <title>{said}</title>
                <circle cx={x} cy={y} r={5} />
              </g>
            </g>
          );
        })}
      {desk.has('estimate') &&
        estimates(place, desk.board.value).map((e) => {
          const [x, y] = at(e.place);
          return (
            <g key={e.alarm} class={`estimate p${e.priority}`}>
              {e.reach && <path class="reach" d={`M${e.reach.map(round).join('L')}`} />}
              {e.region && (
                <ellipse
                  cx={at([...e.region.middle, 0] as ScenePoint)[0]}
                  cy={at([...e.region.middle, 0] as ScenePoint)[1]}
                  rx={Math.max(6, e.region.axes[0] * unit)}
                  ry={Math.max(6, e.region.axes[1] * unit)}
                  transform={`rotate(${(-e.region.angle_rad * 180) / Math.PI} ${at([...e.region.middle, 0] as ScenePoint).join(' ')})`}
                />
              )}
              <circle cx={x} cy={y} r={11} />
              <text x={x} y={y - 16}>
                {PRIORITY_SHAPES[e.priority]} {e.said}
              </text>
            </g>
          );
        })}
      {desk.has('truth') &&
        desk.player.value!.capabilities.truth &&
        trueLeaks(place, shown.truth, shown.timeUs).map((l) => {
          const [x, y] = at(l.place);
          return (
            <g key={l.ref} class="trueLeak">
              <path d={`M${x} ${y - 9}L${x + 9} ${y}L${x} ${y + 9}L${x - 9} ${y}Z`} />
              <text x={x} y={y + 24}>
                {l.ref}
              </text>
            </g>
          );
        })}
    </svg>
  );
}

/** Metres to the drawing; a line uses its height for the elevation, which a plan cannot show. */
function projection(place: ScenePlace): (p: ScenePoint) => readonly [number, number] {
  const [west, south, low, east, north, high] = place.bounds_m;
  if (place.id === 'line') {
    const rise = Math.max(1, high - low);
    const station = Math.max(1, (east - west) * 0.012);
    return ([x, y, z]) => [
      MARGIN + ((W - 2 * MARGIN) * (x - west)) / (east - west || 1),
      H - 160 - (0.35 * (H - 260) * (z - low)) / rise - (y / station) * 13,
    ];
  }
  const k = Math.min((W - 2 * MARGIN) / (east - west || 1), (H - 2 * MARGIN) / (north - south || 1));
  return ([x, y]) => [W / 2 + k * (x - (west + east) / 2), H / 2 - k * (y - (south + north) / 2)];
}
