/**
 * What alarms claim of themselves, held against the truth: does the 95 % interval that goes with a place or a rate hold the true one as
 * often as it says, and how wide must it be for that? Coverage without width flatters whoever claims everything.
 *
 *   along a line    position ± 1.96 σ                     rate    q ± 1.96 σ, or the ends that the alarm gives
 *   on a site       the ellipse that the alarm gives, else a disc of 1.731 σ (σ the root mean square radius, χ² of two freedoms)
 */
import type { AlarmEvent, Card, Claim, LeakBound, Verdict } from '../../models/contract/index.ts';
import { proportionInterval } from '../../models/kernel/index.ts';
import type { SummaryRow } from './ensemble.ts';
import type { Leak } from './leak.ts';
import { number, withUnit } from './text.ts';

const NORMAL_95 = 1.959964;
/** √(χ²₂(0.95)/2). */
const DISC_95 = 1.730818;

export function placeClaim(where: NonNullable<AlarmEvent['where']>, leak: Leak): Claim | undefined {
  const { place_m, position_m, sigma_m, region } = where;
  if (place_m && leak.place_m) {
    const [x, y] = leak.place_m;
    if (region) {
      const { middle_m, axes_m, angle_rad } = region;
      const [dx, dy] = [x - middle_m[0], y - middle_m[1]];
      const along = dx * Math.cos(angle_rad) + dy * Math.sin(angle_rad);
      const across = dy * Math.cos(angle_rad) - dx * Math.sin(angle_rad);
      // An ellipse without breadth holds what lies on it.
      const share = (d: number, axis: number) => (d === 0 ? 0 : (d / axis) ** 2);
      const covered = share(along, axes_m[0]) + share(across, axes_m[1]) <= 1;
      return { covered, width: 2 * Math.sqrt(axes_m[0] * axes_m[1]) };
    }
    const covered = Math.hypot(place_m[0] - x, place_m[1] - y) <= DISC_95 * sigma_m;
    return { covered, width: 2 * DISC_95 * sigma_m };
  }
  if (position_m === undefined) return undefined;
  const half = NORMAL_95 * sigma_m;
  return { covered: Math.abs(position_m - leak.position_m) <= half, width: 2 * half };
}

/** The width is in percent of the true rate. */
export function rateClaim(rate: NonNullable<AlarmEvent['rate']>, true_kg_s: number): Claim {
  const half = NORMAL_95 * rate.sigma_kg_s;
  const low = rate.low_kg_s ?? Math.max(0, rate.massRate_kg_s - half);
  const high = rate.high_kg_s ?? rate.massRate_kg_s + half;
  return { covered: low <= true_kg_s && true_kg_s <= high, width: (100 * (high - low)) / true_kg_s };
}

type Row = Omit<SummaryRow, 'recipe' | 'scenario'>;

/** Rows `location-coverage` and `rate-coverage`, and how near the errors come to their Cramér–Rao bounds, by leak. */
export function claimRows(cards: readonly Card[], level: number): Row[] {
  const verdicts = cards.flatMap((c) => c.verdicts);
  const names = new Set(verdicts.map((v) => v.of));
  return [...names].flatMap((of) => [
    ...coverage(verdicts, of, 'location', level),
    ...coverage(verdicts, of, 'rate', level),
    ...bounded(cards, of, 'location', (p) => p.position_m),
    ...bounded(cards, of, 'rate', (p) => 100 * p.rate),
  ]);
}

function coverage(verdicts: readonly Verdict[], of: string, criterion: string, level: number): Row[] {
  const claims = verdicts.flatMap((v) => (v.criterion === criterion && v.of === of && v.claim ? [v.claim] : []));
  const n = claims.length;
  if (n === 0) return [];
  const k = claims.filter((c) => c.covered).length;
  const mean = claims.reduce((s, c) => s + c.width, 0) / n;
  const unit = criterion === 'location' ? 'm' : '%';
  const interval = proportionInterval(k, n, level);
  const verdict =
    interval.high < 0.95
      ? ' Too sure of itself.'
      : interval.low > 0.95
        ? ' Surer than it says; it could claim less.'
        : '';
  return [
    {
      criterion: `${criterion}-coverage`,
      of,
      status: 'not-applicable',
      actual: k / n,
      target: null,
      interval,
      unit: 'probability',
      runs: n,
      because: `${k} of ${n} claimed 95 % intervals held the true ${criterion === 'location' ? 'place' : 'rate'}; their mean width is ${withUnit(number(mean), unit)}.${verdict}`,
    },
  ];
}

function bounded(
  cards: readonly Card[],
  of: string,
  criterion: string,
  pick: (place: NonNullable<LeakBound['place']>) => number,
): Row[] {
  const pairs = cards.flatMap((card) => {
    const place = card.bounds?.find((b) => b.of === of)?.place;
    const error = card.verdicts.find((v) => v.criterion === criterion && v.of === of)?.actual;
    return place && typeof error === 'number' ? [{ bound: pick(place), error, by: place.by }] : [];
  });
  if (pairs.length === 0) return [];
  const rms = (value: (p: { bound: number; error: number }) => number) =>
    Math.sqrt(pairs.reduce((s, p) => s + value(p) ** 2, 0) / pairs.length);
  const bound = rms((p) => p.bound);
  const error = rms((p) => p.error);
  const unit = criterion === 'location' ? 'm' : '%';
  const text = (v: number) => withUnit(number(v), unit);
  return [
    {
      criterion: `${criterion}-bound`,
      of,
      status: 'not-applicable',
      actual: bound,
      target: null,
      unit,
      runs: pairs.length,
      because: `Cramér–Rao: no unbiased estimate from ${pairs[0]!.by === 'air' ? 'its gas at the instruments' : 'the front of its wave'} scatters less; the errors are ${text(error)}, ${number(error / bound)} times that (root mean squares over what was found).`,
    },
  ];
}

/** Beside the error on a card; empty where there is no bound. */
export function boundClause(place: LeakBound['place'], criterion: string): string {
  if (!place) return '';
  const what = place.by === 'air' ? 'Its gas at the instruments' : 'The front of its wave';
  if (criterion === 'location') return ` ${what} allows ${number(place.position_m)} m (Cramér–Rao).`;
  return criterion === 'rate' ? ` ${what} allows ${number(100 * place.rate)} % (Cramér–Rao).` : '';
}
