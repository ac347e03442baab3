/**
 * The scorer of the BattLeDIM competition (2020), to the cent.
 *
 *   a report (pipe, time) finds the nearest leak not yet found with start ≤ t ≤ end and x ≤ 300 m:
 *       + 0.80 €/m³ · (volume from t to the end of the year) − 500 € · x/300 m
 *   near a leak that was found already: 0        near none: − 500 €, a false positive        never found: 0
 *
 * x is the distance along pipes between the middles of two pipes, 0 on the same. Being late costs only the water that is lost until then, and a
 * false alarm costs as little as a wrong dig: read the false positives beside the euros.
 * Source: Vrachimis et al., Battle of the Leakage Detection and Isolation Methods, J. Water Resour. Plann. Manage. 148 (2022), and the organisers' code.
 */

export const BATTLEDIM = {
  reach_m: 300,
  water_per_m3: 0.8,
  crew: 500,
  /** Of the flows: 5 min. */
  step_s: 300,
} as const;

export interface CompetitionLeak {
  readonly pipe: string;
  /** First and last step of the year in which it runs; step 0 is the first flow of the year. Before the year: negative. */
  readonly startStep: number;
  readonly endStep: number;
  /** Flow of each step of the year [m³/h] (steps). */
  readonly flow_m3_h: Float64Array;
}

export interface Report {
  readonly pipe: string;
  readonly step: number;
}

export interface ReportScore {
  readonly report: Report;
  /** The leak that it found; undefined for a repeat or a false positive. */
  readonly found?: string;
  readonly distance_m?: number;
  readonly score: number;
  readonly kind: 'true-positive' | 'repeat' | 'false-positive';
}

export interface CompetitionScore {
  readonly reports: readonly ReportScore[];
  readonly total: number;
  /** Of all leaks found at their first instant on their own pipe. */
  readonly perfect: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/** Scores reports by time, equal ones in their order. `distance_m(a, b)` between two pipes; Infinity where no way leads. */
export function scoreBattledim(
  leaks: readonly CompetitionLeak[],
  reports: readonly Report[],
  distance_m: (a: string, b: string) => number,
): CompetitionScore {
  const found = new Set<CompetitionLeak>();
  const inTime = [...reports].sort((a, b) => a.step - b.step);
  const scored = inTime.map((report): ReportScore => {
    const near = leaks
      .filter((l) => l.startStep <= report.step && report.step <= l.endStep)
      .map((leak) => ({ leak, x: leak.pipe === report.pipe ? 0 : distance_m(report.pipe, leak.pipe) }))
      .filter(({ x }) => x <= BATTLEDIM.reach_m)
      .sort((a, b) => a.x - b.x);
    if (near.length === 0) return { report, score: -BATTLEDIM.crew, kind: 'false-positive' };
    const fresh = near.find(({ leak }) => !found.has(leak));
    if (!fresh) return { report, score: 0, kind: 'repeat' };
    found.add(fresh.leak);
    const { leak, x } = fresh;
    const saved = BATTLEDIM.water_per_m3 * volumeFrom(leak, report.step) - (BATTLEDIM.crew * x) / BATTLEDIM.reach_m;
    return { report, found: leak.pipe, distance_m: x, score: saved, kind: 'true-positive' };
  });
  const countOf = (kind: ReportScore['kind']) => scored.filter((s) => s.kind === kind).length;
  return {
    reports: scored,
    total: scored.reduce((sum, s) => sum + s.score, 0),
    perfect: leaks.reduce((sum, l) => sum + BATTLEDIM.water_per_m3 * volumeFrom(l, Math.max(0, l.startStep)), 0),
    truePositives: countOf('true-positive'),
    falsePositives: countOf('false-positive'),
    falseNegatives: leaks.length - found.size,
  };
}

/** Water that runs from a step on to the end of the year [m³]. */
function volumeFrom(leak: CompetitionLeak, step: number): number {
  let sum = 0;
  for (let i = Math.max(0, step); i < leak.flow_m3_h.length; i += 1) sum += leak.flow_m3_h[i]!;
  return (sum * BATTLEDIM.step_s) / 3600;
}

export interface PipeOfNetwork {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly length_m: number;
}

/** Distance along pipes between the middles of two: the shortest way between their ends and half of each. Valves and pumps are no way. */
export function pipeDistances(pipes: readonly PipeOfNetwork[]): (a: string, b: string) => number {
  const byId = new Map(pipes.map((p) => [p.id, p]));
  const ways = new Map<string, { to: string; length_m: number }[]>();
  for (const { from, to, length_m } of pipes) {
    ways.set(from, [...(ways.get(from) ?? []), { to, length_m }]);
    ways.set(to, [...(ways.get(to) ?? []), { to: from, length_m }]);
  }
  const known = new Map<string, Map<string, number>>();
  function fromNode(start: string): Map<string, number> {
    let reached = known.get(start);
    if (reached) return reached;
    reached = new Map([[start, 0]]);
    const done = new Set<string>();
    for (;;) {
      let next: string | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const [node, d] of reached)
        if (!done.has(node) && d < least) {
          least = d;
          next = node;
        }
      if (next === undefined) break;
      done.add(next);
      for (const { to, length_m } of ways.get(next) ?? [])
        if (least + length_m < (reached.get(to) ?? Number.POSITIVE_INFINITY)) reached.set(to, least + length_m);
    }
    known.set(start, reached);
    return reached;
  }
  return (a, b) => {
    if (a === b) return 0;
    const p = byId.get(a);
    const q = byId.get(b);
    if (!p || !q) return Number.POSITIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    // From the second's ends: leaks are few, and their trees are kept.
    for (const start of [q.from, q.to]) {
      const reached = fromNode(start);
      for (const end of [p.from, p.to]) least = Math.min(least, reached.get(end) ?? Number.POSITIVE_INFINITY);
    }
    return least + p.length_m / 2 + q.length_m / 2;
  };
}
