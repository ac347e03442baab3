/**
 * What TSNet cases do over time, by its documented rules [tc, ts, se, m]: duration, start, final opening, exponent. The value
 * at step i belongs to t = i Δt. Where TSNet's arrays have quirks (a pump closing by an even power opens again, a pulse runs on
 * a slightly stretched clock) they are kept, since its results have them. Facts: TSNet 0.3.0 documentation and PROVENANCE.md.
 */

export type Rule = readonly [number, number, number, number];

/** Share of opening of a closing valve. */
export function valveClosing([tc, ts, se, m]: Rule, t: number): number {
  if (tc === 0) return t - ts > 0 ? se : 1;
  const x = clamp((t - ts) / tc);
  return Math.max(se, Math.min(1, 1 - (1 - se) * x ** m));
}

/** Share of opening of an opening valve, or relative speed of a starting pump. */
export function opening([tc, ts, se, m]: Rule, t: number): number {
  if (tc === 0) return t - ts > 0 ? se : 0;
  return Math.min(se, Math.max(0, se * clamp((t - ts) / tc) ** m));
}

/** Relative speed of a stopping pump. */
export function pumpClosing([tc, ts, se, m]: Rule, t: number): number {
  const least = se === 0 ? 1e-4 : se;
  if (tc === 0) return t - ts > 0 ? least : 1;
  const s = (1 - (t - ts) / tc) ** m;
  return Number.isNaN(s) ? least : Math.max(least, Math.min(1, s));
}

/** Share of a burst that has developed. */
export function burstShare(ts: number, tc: number, t: number): number {
  if (tc === 0) return t > ts ? 1 : 0;
  return clamp((t - ts) / tc);
}

/** Demand pulse [tc, ts, tp, dp]: extra demand relative to the base; step i of n runs at t_f i/(n − 1). */
export function pulse([tc, ts, tp, dp]: Rule, x: number): number {
  const stay = tc - 2 * tp;
  if (x <= ts || x > ts + tc) return 0;
  if (tp === 0) return x <= ts + stay ? dp : 0;
  if (x <= ts + tp) return (dp * (x - ts)) / tp;
  if (x <= ts + tp + stay) return dp;
  return dp * (1 - (x - ts - tp - stay) / tp);
}

/** 1/K of TSNet's gate valve by share of opening. */
const GATE = [0, 0.0167, 0.0313, 0.0556, 0.1, 0.17, 0.333, 0.625, 1.25, 2.5, 5];

/** 1/K of a valve by share of opening: the default gate, or a table of percent and 1/K. */
export function inverseLoss(share: number, table?: readonly [readonly number[], readonly number[]]): number {
  if (!table) {
    const x = clamp(share) * 10;
    const i = Math.min(9, Math.floor(x));
    return GATE[i] + (x - i) * (GATE[i + 1] - GATE[i]);
  }
  const points = table[0].map((percent, i) => [percent / 100, table[1][i]] as const).sort((a, b) => a[0] - b[0]);
  if (share <= points[0][0]) return points[0][1];
  for (let i = 1; i < points.length; i++) {
    const [x1, y1] = points[i];
    const [x0, y0] = points[i - 1];
    if (share <= x1) return y0 + ((share - x0) / (x1 - x0)) * (y1 - y0);
  }
  return points[points.length - 1][1];
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
