/**
 * Who is suspected, as an alarm says it: by the posterior of the inverse model, or by the rule of thumb against which
 * the model is held, which names what stands nearest to the instrument with the highest mean excess over the window and knows no doubt.
 */
import type { Score } from '../../models/contract/index.ts';
import type { GasSensor, SourceEstimate, SourceEvidence } from '../features/index.ts';

/** Suspects that an alarm lists, and from which probability on. */
const MOST = 6;
const LEAST = 0.01;

export interface Suspicion {
  /** Diagonal of the ground that the candidates cover [m]. */
  readonly ground_m: number;
  of(estimate: SourceEstimate): { where: NonNullable<Score['where']>; because: string };
}

export function createSuspicion(evidence: SourceEvidence, placeBy: 'plume' | 'nearest-sensor'): Suspicion {
  const { candidates, sensors, named } = evidence.background.blocks.site;
  const span = (list: readonly number[]) => Math.max(...list) - Math.min(...list);
  const ground_m = Math.hypot(span(candidates.map((c) => c.x_m)), span(candidates.map((c) => c.y_m))) || 1;
  const middles = sensors.map(middle);
  const { wind } = evidence.background.blocks;

  function nearest(): { best: number; x: number; y: number } {
    let loudest = 0;
    for (let s = 1; s < sensors.length; s += 1)
      if (evidence.meanExcess[s]! > evidence.meanExcess[loudest]!) loudest = s;
    const [x, y] = middles[loudest]!;
    const away = (c: number) => Math.hypot(candidates[c]!.x_m - x, candidates[c]!.y_m - y);
    let best = 0;
    for (let c = 1; c < candidates.length; c += 1) if (away(c) < away(best)) best = c;
    return { best, x, y };
  }

  function likeliest(): { source: string; probability: number }[] {
    const mass = evidence.posterior();
    return candidates
      .map(({ id }, c) => ({ source: id, probability: Math.min(1, mass[c]!) }))
      .sort((a, b) => b.probability - a.probability)
      .filter((s) => s.probability >= LEAST)
      .slice(0, MOST);
  }

  return {
    ground_m,
    of(e) {
      const rule = placeBy === 'nearest-sensor' ? nearest() : undefined;
      const c = candidates[rule?.best ?? e.best]!;
      const x = named ? c.x_m : (rule?.x ?? e.x_m);
      const y = named ? c.y_m : (rule?.y ?? e.y_m);
      const percent = Math.round(100 * e.probability);
      const place = named ? c.id : `x ${x.toFixed(1)} m, y ${y.toFixed(1)} m`;
      const doubt = named ? `${percent} %` : `95 % in ${e.credible} of ${candidates.length} cells`;
      return {
        where: {
          sigma_m: e.sigma_m,
          place_m: [x, y, c.z_m],
          ...(named ? { source: c.id } : {}),
          ...(named && !rule ? { probability: Math.min(1, e.probability) } : {}),
          ...(rule ? {} : { region: { middle_m: [e.x_m, e.y_m], ...e.region } }),
          ...(named && !rule ? { suspects: likeliest() } : {}),
          ...(Number.isFinite(wind[0]) && !rule ? { wind_m_s: [wind[0]!, wind[1]!] } : {}),
        },
        because: rule ? `nearest to the highest reading ${place}` : `most likely ${place} (${doubt})`,
      };
    },
  };
}

function middle({ points_m }: GasSensor): readonly [number, number] {
  let [x, y] = [0, 0];
  for (let p = 0; p < points_m.length; p += 3) {
    x += points_m[p]!;
    y += points_m[p + 1]!;
  }
  return [(3 * x) / points_m.length, (3 * y) / points_m.length];
}
