/**
 * In which order a line is brought to rest, so that the way to safety makes no surge of its own and leaves no column parted.
 *
 * 1. Pumps and compressors that feed the leak or draw from its piece, the one farthest downstream first: stopped the other
 *    way round, the booster would empty the suction behind a pump that gives no more.
 * 2. Valves from upstream to downstream, each when the wave of the pumps upstream of it has come to it, x/a after the last of
 *    those nearest to it was stopped. Sooner, it is shut against the whole flow and makes Joukowsky's Δh = aΔv/g; much later,
 *    what the wave has slowed goes on running out behind the last crest, and the column parts there.
 * 3. A valve with no pump upstream of it has nothing to wait for but its own stroke: it is shut no sooner than 2L/a.
 *
 * Source: Wylie & Streeter, Fluid Transients in Systems (1993), ch. 1 (Joukowsky, 2L/a) and ch. 10 (valve stroking);
 * Thorley, Fluid Transients in Pipeline Systems (2004), ch. 5 (order of stopping pumps in series). x is the way along pipes,
 * L the length that is shut in, a the slowest as-built wave speed of it.
 */
import type { AsBuilt, ShutdownStep } from '../../models/contract/index.ts';
import { describe, type Isolation } from './isolation.ts';
import type { NetworkEdge, PlantNetwork } from './network.ts';

export const SHUTDOWN_RULE =
  'pumps first, the farthest downstream before the others; then valves from upstream to downstream, each when the wave of the pumps upstream of it has come to it';
export const SHUTDOWN_SOURCE =
  'Wylie & Streeter, Fluid Transients in Systems (1993), ch. 1 and 10; Thorley, Fluid Transients in Pipeline Systems (2004), ch. 5';

export interface ShutdownSettings {
  readonly pumpInterval_s: number;
  readonly stroke_s: number;
  readonly strokes_s: Readonly<Record<string, number>>;
}

/** Wave speed where nobody keeps it: of steel pipes filled with liquid, rounded down. */
const WAVE_SPEED_m_s = 1000;

export function shutdownOrder(
  network: PlantNetwork,
  leak: string,
  isolation: Isolation,
  asBuilt: AsBuilt,
  settings: ShutdownSettings,
): ShutdownStep[] {
  const away = distances(network);
  const near = (e: NetworkEdge) => Math.min(away.get(e.from) ?? 0, away.get(e.to) ?? 0);
  const shut = new Set(isolation.close);
  // With nothing shut: whatever can send to the leak, or draws from where the leak is.
  const joined = new Set(describe(network, leak, []).isolated);
  const piece = new Set(isolation.isolated);
  const byDistance = (a: NetworkEdge, b: NetworkEdge) => near(b) - near(a) || (a.id < b.id ? -1 : 1);
  const pumps = network.edges
    .filter((e) => e.kind === 'pump' || e.kind === 'compressor')
    .filter((e) => joined.has(e.to) || piece.has(e.from))
    .sort(byDistance);
  const steps: ShutdownStep[] = pumps.map((e, i) => ({
    element: e.id,
    action: 'stop',
    at_s: i * settings.pumpInterval_s,
    takes_s: 0,
    because: i === 0 ? 'the farthest downstream, so that no pump draws on a suction that is not fed' : 'feeds the leak',
  }));
  const last_s = steps.at(-1)?.at_s ?? 0;
  const { length_m, waveSpeed_m_s } = pieceOf(isolation, asBuilt);
  const passage_s = length_m / waveSpeed_m_s;
  const valves = network.edges
    .filter((e) => shut.has(e.id) && e.kind !== 'pump' && e.kind !== 'compressor')
    .sort((a, b) => -byDistance(a, b));
  for (const e of valves) {
    const takes_s = settings.strokes_s[e.id] ?? settings.stroke_s;
    const x = near(e);
    const upstream = pumps.filter((p) => near(p) <= x);
    const nearest_m = upstream.reduce((most, p) => Math.max(most, near(p)), Number.NEGATIVE_INFINITY);
    const stopped = upstream.filter((p) => near(p) === nearest_m).map((p) => p.id);
    const stopped_s = steps.reduce((t, s) => (stopped.includes(s.element) ? Math.max(t, s.at_s) : t), 0);
    const travel_s = (x - nearest_m) / waveSpeed_m_s;
    const alone_s = last_s + Math.max(0, 2 * passage_s - takes_s);
    steps.push({
      element: e.id,
      action: 'close',
      at_s: Math.round(stopped.length > 0 ? stopped_s + travel_s : alone_s),
      takes_s,
      because:
        stopped.length > 0
          ? `the wave of ${stopped.join(' and ')} comes to it ${travel_s.toFixed(0)} s after the stop`
          : `no pump is upstream of it: shut no sooner than 2L/a = ${(2 * passage_s).toFixed(0)} s`,
    });
  }
  return steps;
}

/** Length of pipe that is shut in [m], and the slowest wave speed in it [m/s]. */
export function pieceOf(isolation: Isolation, asBuilt: AsBuilt): { length_m: number; waveSpeed_m_s: number } {
  const inside = new Set(isolation.isolatedPipes);
  const pipes = asBuilt.pipes.filter((p) => inside.has(p.id));
  return {
    length_m: pipes.reduce((l, p) => l + p.length_m, 0),
    waveSpeed_m_s:
      pipes.length === 0 ? WAVE_SPEED_m_s : Math.min(...pipes.map((p) => p.waveSpeed_m_s ?? WAVE_SPEED_m_s)),
  };
}

/** Way along pipes from the nearest source from which something may come [m], by what passes where (Bellman & Ford). */
function distances(network: PlantNetwork): Map<string, number> {
  const fed = network.sources.filter((s) => network.edges.some((e) => e.from === s));
  const away = new Map(fed.map((s) => [s, 0]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const e of network.edges) {
      const from = away.get(e.from);
      if (from !== undefined && from + e.length_m < (away.get(e.to) ?? Number.POSITIVE_INFINITY)) {
        away.set(e.to, from + e.length_m);
        changed = true;
      }
    }
  }
  return away;
}
