/**
 * Limits of gas instruments, as every safety system has them: 20 % and 40 % of the lower explosive limit, toxic limits in ppm,
 * ppm·m and LEL·m along beams; over zero, over the background, or as a rise within a time. A group raises when so many of its
 * members are at the limit at once (1oo1, 1oo2, 2oo3 …): the score is the m-th highest ratio. An instrument that is not
 * usable has no vote, so that 2oo3 becomes 2oo2 while one is out of service.
 *
 * Source: IEC 60079-29-2 (levels), ISA-TR84.00.07 (voting).
 */
import type { Frame, FrameLayout, Score } from '../../models/contract/index.ts';
import { type Dimension, UNITS } from '../../models/kernel/index.ts';
import type { MethodOf } from '../recipe.ts';
import type { Context, Running } from './method.ts';
import { createSuspicion } from './suspicion.ts';

const GAS: readonly (Dimension | undefined)[] = ['fraction', 'explosive-share', 'gas-column', 'explosive-column'];

/** Layout indices of the tags that this method looks at. */
export function gasTags(spec: MethodOf<'gas-level'>, layout: FrameLayout): number[] {
  const asked = spec.groups?.flat() ?? spec.tags;
  return layout.tags.flatMap((t, i) => {
    const isGas = t.quantity === 'concentration' || t.quantity === 'column';
    return (asked ? asked.includes(t.id) : isGas) && GAS.includes(UNITS[t.unit]?.dimension) ? [i] : [];
  });
}

export function createGasLevel(spec: MethodOf<'gas-level'>, context: Context): Running {
  const { layout, clean, arena, asBuilt } = context;
  const lowerLimit = asBuilt?.air?.gas.lowerLimit;
  const { dimension, value } = spec.level;
  const bySite = spec.over === 'background' || spec.within !== undefined;
  const background = bySite
    ? context.background({
        background: spec.background,
        average_s: spec.average,
        ...(spec['learn-weather'] === undefined ? {} : { learnWeather_s: spec['learn-weather'] }),
      })
    : undefined;
  const sensors = background?.blocks.site.sensors ?? [];
  /** The limit in SI of the tag's own unit; undefined where it cannot be compared. */
  const limitOf = (tag: number): number | undefined => {
    const own = UNITS[layout.tags[tag]!.unit]?.dimension;
    if (own === dimension) return value;
    if (lowerLimit === undefined) return undefined;
    if (own === 'fraction' && dimension === 'explosive-share') return value * lowerLimit;
    if (own === 'explosive-share' && dimension === 'fraction') return value / lowerLimit;
    if (own === 'gas-column' && dimension === 'explosive-column') return value * lowerLimit;
    if (own === 'explosive-column' && dimension === 'gas-column') return value / lowerLimit;
    return undefined;
  };
  const evidence = spec.suspect === 'none' ? undefined : context.latestEvidence();
  const suspicion = evidence && spec.suspect !== 'none' ? createSuspicion(evidence, spec.suspect) : undefined;
  const members = gasTags(spec, layout).flatMap((tag) => {
    const limit = limitOf(tag);
    const sensor = sensors.findIndex((s) => s.tag === tag);
    return limit === undefined || (bySite && sensor < 0) ? [] : [{ tag, limit, sensor }];
  });
  const groups = spec.groups
    ? spec.groups.map((ids) => members.filter((m) => ids.includes(layout.tags[m.tag]!.id)))
    : [members];
  const n = members.length;
  const ratio = arena.f64(n); // reading/limit (members)
  const shown = arena.f64(n); // the reading in SI of its tag (members)
  const window =
    spec.within === undefined ? 0 : Math.max(2, Math.round(spec.within / (background?.blocks.block_s ?? 1)) + 1);
  const past = arena.f64(n * window); // (members, window) ring of block readings in SI
  const kept = arena.f64(1); // blocks put into it
  const at = groups.map((g) => g.map((m) => members.indexOf(m)));
  const seats = at.reduce((sum, g) => sum + g.length, 0);
  const sorted = groups.map((g) => new Float64Array(g.length));

  function rise(i: number, now: number): number {
    let lowest = now;
    for (let k = 0; k < Math.min(window, kept[0]! + 1); k += 1) {
      const x = past[i * window + k]!;
      if (x < lowest) lowest = x;
    }
    return now - lowest;
  }

  function readBlocks(): void {
    const b = background!;
    if (b.blocks.ended[0] === 0) return;
    const slot = kept[0]! % Math.max(1, window);
    for (let i = 0; i < n; i += 1) {
      const { sensor, limit } = members[i]!;
      const { share } = sensors[sensor]!;
      const reading = (spec.over === 'background' ? b.excess[sensor]! : b.blocks.gas[sensor]!) / share;
      if (window > 0) past[i * window + slot] = reading;
      const stands = window > 0 ? rise(i, reading) : reading;
      // A limit below what the instrument can tell from nothing is no limit.
      const least = (spec.sigma * b.sigma[sensor]!) / share;
      shown[i] = stands;
      ratio[i] = Number.isFinite(stands) ? stands / Math.max(limit, least) : 0;
    }
    kept[0] = kept[0]! + 1;
  }

  /** Share of the instruments that have a vote; those of a group too small to raise have none. */
  function able(): number {
    let voting = 0;
    for (let g = 0; g < at.length; g += 1) {
      let usable = 0;
      for (let k = 0; k < at[g]!.length; k += 1) usable += clean.usable[members[at[g]![k]!]!.tag]!;
      if (usable >= spec.votes) voting += usable;
    }
    return n === 0 ? 0 : Math.min(1, voting / seats);
  }

  return {
    reset() {},
    step(_frame: Frame, score: Score) {
      if (background) readBlocks();
      else
        for (let i = 0; i < n; i += 1) {
          const { tag, limit } = members[i]!;
          shown[i] = clean.value[tag]!;
          ratio[i] = clean.usable[tag] === 1 ? shown[i]! / limit : 0;
        }
      let worst = -1;
      score.able = able();
      for (let g = 0; g < groups.length; g += 1) {
        const list = sorted[g]!;
        if (list.length < spec.votes) continue;
        for (let k = 0; k < list.length; k += 1) list[k] = ratio[at[g]![k]!]!;
        list.sort();
        const vote = list[list.length - spec.votes]!;
        if (vote > score.value) {
          score.value = vote;
          worst = g;
        }
      }
      if (worst >= 0 && score.value >= 1) explain(worst, score);
    },
  };

  function explain(g: number, score: Score): void {
    const loud = at[g]!.filter((i) => ratio[i]! >= 1)
      .sort((a, b) => ratio[b]! - ratio[a]!)
      .slice(0, 4)
      .map((i) => {
        const { id, unit } = layout.tags[members[i]!.tag]!;
        return `${id} ${(shown[i]! / UNITS[unit]!.factor).toPrecision(3)} ${unit}`;
      });
    const what =
      spec.within === undefined ? (spec.over === 'zero' ? '' : ' over background') : ` within ${spec.within} s`;
    score.because = `${loud.join(', ')}${what}: ${spec.votes} of ${groups[g]!.length} asked for`;
    if (!evidence || !suspicion || !(background?.blocks.ended[0] === 1 || spec['on-delay'] > 0)) return;
    const suspect = suspicion.of(evidence.estimate());
    score.where = suspect.where;
    score.because += `; ${suspect.because}`;
  }
}
