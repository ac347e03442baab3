/**
 * What a line detector derives once from the layout and the as-built data: the chain of pressure stations along the line,
 * the spans of pipe between neighbours, and the sections between flow meters.
 */
import type { AsBuilt, FrameLayout } from '../../models/contract/index.ts';
import { darcyFactor } from '../../models/physics/index.ts';
import { type LineHeat, readLineHeat } from './heatPack.ts';

const G = 9.80665;

/** A stretch of plain pipe between two neighbouring pressure tags, with nothing but pipe in it. */
export interface Span {
  /** Tag indices of its two pressures, upstream first. */
  readonly up: number;
  readonly down: number;
  readonly start_m: number;
  readonly length_m: number;
  readonly area_m2: number;
  readonly diameter_m: number;
  readonly waveSpeed_m_s: number;
  /** Travel time of a wave in liquid at rest [s]. */
  readonly travel_s: number;
  /** Darcy factor at design flow. */
  readonly friction: number;
  /** Head loss at design flow [m] and the exponent n of hf = c Q^n there. */
  readonly designLoss_m: number;
  readonly exponent: number;
  /** Elevation of the two tags [m]. */
  readonly upElevation_m: number;
  readonly downElevation_m: number;
  /** True where plain pipe goes on behind that tag, so that a passing wave is not reflected there. */
  readonly upInLine: boolean;
  readonly downInLine: boolean;
}

/** Everything between two flow meters. */
export interface Section {
  readonly id: string;
  /** Tag indices. */
  readonly inFlow: number;
  readonly outFlow: number;
  readonly start_m: number;
  readonly end_m: number;
  /** Indices of the spans inside, upstream first. */
  readonly spans: readonly number[];
}

export interface Line {
  readonly density_kg_m3: number;
  readonly designFlow_m3_s: number;
  readonly spans: readonly Span[];
  readonly sections: readonly Section[];
  readonly gravity_m_s2: number;
  /** Where the as-built data know of heat. */
  readonly heat: LineHeat | undefined;
}

/** Reads the line out of what a control room knows; undefined where the plant is not a line with pressures. */
export function readLine(layout: FrameLayout, asBuilt: AsBuilt | undefined): Line | undefined {
  const fluid = asBuilt?.fluid;
  const designFlow_m3_s = asBuilt?.designFlow_m3_s;
  if (!asBuilt || !fluid || designFlow_m3_s === undefined) return undefined;
  const pipes = asBuilt.pipes.flatMap(({ waveSpeed_m_s, roughness_m, start_m, ...p }) =>
    waveSpeed_m_s === undefined || roughness_m === undefined || start_m === undefined
      ? []
      : [{ ...p, waveSpeed_m_s, roughness_m, start_m }],
  );
  // The pipes of a network have no place along a line.
  if (pipes.length < asBuilt.pipes.length) return undefined;
  const pressureAt = new Map<string, number>();
  layout.tags.forEach((t, i) => {
    if (t.quantity === 'pressure' && !pressureAt.has(t.element)) pressureAt.set(t.element, i);
  });
  const elevation = new Map(asBuilt.nodes.map((n) => [n.id, n.elevation_m]));
  const touching = (node: string) => pipes.filter((p) => p.from === node || p.to === node).length;
  const linked = (node: string) => asBuilt.links.some((l) => l.from === node || l.to === node);
  const inLine = (node: string) => touching(node) === 2 && !linked(node);

  const spans: Span[] = [];
  for (const first of pipes) {
    const up = pressureAt.get(first.from);
    if (up === undefined) continue;
    // Pipes in series without a tag between them make one span; diameter and speed are then averages by length and time.
    const chain = [first];
    let node = first.to;
    while (!pressureAt.has(node)) {
      const last = chain[chain.length - 1]!;
      const next = inLine(node) ? pipes.find((p) => p.from === node && p !== last) : undefined;
      if (!next) break;
      chain.push(next);
      node = next.to;
    }
    const down = pressureAt.get(node);
    if (down === undefined) continue;
    const length_m = chain.reduce((s, p) => s + p.length_m, 0);
    const travel_s = chain.reduce((s, p) => s + p.length_m / p.waveSpeed_m_s, 0);
    const volume_m3 = chain.reduce((s, p) => s + (Math.PI / 4) * p.insideDiameter_m ** 2 * p.length_m, 0);
    const area_m2 = volume_m3 / length_m;
    const diameter_m = Math.sqrt((4 * area_m2) / Math.PI);
    const roughness_m = chain.reduce((s, p) => s + p.roughness_m * p.length_m, 0) / length_m;
    const loss = (q: number) => {
      const v = q / area_m2;
      const f = darcyFactor((v * diameter_m) / fluid.kinematicViscosity_m2_s, roughness_m / diameter_m);
      return { f, h: (f * length_m * v * v) / (diameter_m * 2 * G) };
    };
    const design = loss(designFlow_m3_s);
    const above = loss(designFlow_m3_s * 1.01);
    spans.push({
      up,
      down,
      start_m: first.start_m,
      length_m,
      area_m2,
      diameter_m,
      waveSpeed_m_s: length_m / travel_s,
      travel_s,
      friction: design.f,
      designLoss_m: design.h,
      exponent: Math.log(above.h / design.h) / Math.log(1.01),
      upElevation_m: elevation.get(first.from) ?? 0,
      downElevation_m: elevation.get(node) ?? 0,
      upInLine: inLine(first.from),
      downInLine: inLine(node),
    });
  }
  spans.sort((a, b) => a.start_m - b.start_m);

  const meters = layout.tags
    .map((t, i) => ({ tag: i, position_m: t.position_m, quantity: t.quantity }))
    .filter(
      (m): m is { tag: number; position_m: number; quantity: 'flow' } =>
        m.quantity === 'flow' && m.position_m !== undefined,
    )
    .sort((a, b) => a.position_m - b.position_m);
  const sections: Section[] = [];
  for (let i = 0; i + 1 < meters.length; i += 1) {
    const a = meters[i]!;
    const b = meters[i + 1]!;
    const inside = spans
      .map((_, k) => k)
      .filter(
        (k) => spans[k]!.start_m >= a.position_m - 1 && spans[k]!.start_m + spans[k]!.length_m <= b.position_m + 1,
      );
    const covered = inside.reduce((s, k) => s + spans[k]!.length_m, 0);
    if (inside.length === 0 || Math.abs(covered - (b.position_m - a.position_m)) > 0.02 * covered) continue;
    sections.push({
      id: `${layout.tags[a.tag]!.id}..${layout.tags[b.tag]!.id}`,
      inFlow: a.tag,
      outFlow: b.tag,
      start_m: a.position_m,
      end_m: b.position_m,
      spans: inside,
    });
  }
  if (spans.length === 0) return undefined;
  return {
    density_kg_m3: fluid.density_kg_m3,
    designFlow_m3_s,
    spans,
    sections,
    gravity_m_s2: G,
    heat: readLineHeat(layout, asBuilt, spans),
  };
}
