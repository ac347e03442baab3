/**
 * A plant in full for people and scripts: its pipes, equipment, stations and tags, and what they show at rest.
 */

import { fromUnit, toUnit } from '../../models/kernel/index.ts';
import { compileModel, createSim, type LiquidSpec, type LocatedPlant } from '../../sim/index.ts';
import { isUsUnit } from '../import/index.ts';
import { inUnit, show, type Trade, tidy, tradeUnit, unitOf } from './display.ts';
import { gasSections } from './gasText.ts';
import { storeSections } from './storeText.ts';
import { textTable } from './table.ts';
import { tanksSections } from './tanksText.ts';
import { waterSections } from './waterText.ts';

/** What a kind of plant says of itself beside its stations and tags. */
export interface KindText {
  readonly sections: readonly string[];
  /** Beside the spec: what was computed. */
  readonly document: Readonly<Record<string, unknown>>;
}

export function describePlant(
  plant: LocatedPlant,
  options: { readonly units?: Trade; readonly seed?: number },
): { document: unknown; text: string } {
  const spec = plant.value;
  const trade = options.units ?? (spec.instruments.some((t) => isUsUnit(t.unit)) ? 'us' : 'si');
  const seed = options.seed ?? 1;
  const model = compileModel(spec, { seed });
  const own =
    spec.kind === 'liquid'
      ? liquidSections(spec, seed, trade)
      : spec.kind === 'gas'
        ? gasSections(spec, seed, trade)
        : spec.kind === 'tanks'
          ? tanksSections(spec, trade)
          : spec.kind === 'store'
            ? storeSections(spec, trade)
            : waterSections(spec, model.asBuilt, trade);
  const tags = model.layout.tags.map((t) => {
    const unit = tradeUnit(t.unit, options.units);
    const scaled = (x: number) => (t.unit === '' ? x : tidy(toUnit(fromUnit(x, t.unit), unit)));
    return { ...t, shownUnit: unit, shownRange: t.range.map(scaled) };
  });
  const sections = [
    `plant ${spec.plant}: ${spec.about}`,
    ...own.sections,
    textTable(
      ['station', 'unit id', `kp [${unitOf('distance', trade)}]`, 'tags'],
      model.layout.stations.map((s) => [
        s.id,
        s.unitId,
        s.position_m === undefined ? '' : inUnit(s.position_m, 'distance', trade),
        tags.filter((t) => t.station === s.id).length,
      ]),
    ),
    textTable(
      ['tag', 'station', 'measures', 'at', 'range', 'unit', 'samples per scan'],
      tags.map((t) => [t.id, t.station, t.quantity, t.element, t.shownRange.join(' to '), t.shownUnit, t.width]),
    ),
  ];
  return {
    document: {
      kind: 'plant',
      plant: spec.plant,
      about: spec.about,
      ...own.document,
      stations: model.layout.stations,
      tags,
      spec,
    },
    text: sections.join('\n\n'),
  };
}

function liquidSections(spec: LiquidSpec, seed: number, trade: Trade): KindText {
  const { model, physics } = createSim(spec, { seed });
  const { state } = physics;
  const { network, networkSpec } = physics.model;
  const perMetre = network.density_kg_m3 * network.gravity_m_s2;
  const u = (shown: Parameters<typeof unitOf>[0]) => unitOf(shown, trade);

  const nodes = spec.nodes.map((n) => {
    const i = network.nodeIndex.get(n.id)!;
    const pressure_Pa = perMetre * (state.network.nodeHead_m[i]! - network.nodeElevation_m[i]!);
    return { id: n.id, kp_m: n.kp, elevation_m: network.nodeElevation_m[i]!, pressureAtRest_Pa: pressure_Pa };
  });
  const pipes = model.asBuilt.pipes.map((p) => {
    const pipe = networkSpec.pipes.find((x) => x.id === p.id)!;
    return {
      id: p.id,
      from: p.from,
      to: p.to,
      length_m: pipe.length_m,
      insideDiameter_m: pipe.diameter_m,
      wall_m: p.wallThickness_m!,
      waveSpeed_m_s: pipe.waveSpeed_m_s,
    };
  });
  const length_m = pipes.reduce((sum, p) => sum + p.length_m, 0);
  const sections = [
    `${show(length_m, 'distance', trade)} of pipe, design flow ${show(spec['design-flow'], 'flow', trade)}; ` +
      `${spec.fluid.name}: ${show(spec.fluid.density, 'density', trade)}, ${show(spec.fluid.viscosity, 'kinematic-viscosity', trade)}`,
    textTable(
      ['node', `kp [${u('distance')}]`, `elevation [${u('length')}]`, `at rest [${u('pressure')}]`],
      nodes.map((n) => [
        n.id,
        n.kp_m === undefined ? '' : inUnit(n.kp_m, 'distance', trade),
        inUnit(n.elevation_m, 'length', trade),
        inUnit(n.pressureAtRest_Pa, 'pressure', trade),
      ]),
    ),
    textTable(
      [
        'pipe',
        'from',
        'to',
        `length [${u('distance')}]`,
        `inside [${u('small-length')}]`,
        `wall [${u('small-length')}]`,
        `wave speed [${u('speed')}]`,
      ],
      pipes.map((p) => [
        p.id,
        p.from,
        p.to,
        inUnit(p.length_m, 'distance', trade),
        inUnit(p.insideDiameter_m, 'small-length', trade),
        inUnit(p.wall_m, 'small-length', trade),
        inUnit(p.waveSpeed_m_s, 'speed', trade),
      ]),
    ),
    textTable(
      ['equipment', 'kind', 'from', 'to', 'at the start'],
      [
        ...spec.pumps.map((p) => [
          p.id,
          'pump',
          p.from,
          p.to,
          p.running ? `runs at ${inUnit(p.speed, 'fraction', trade)} %` : 'stands by',
        ]),
        ...spec.valves.map((v) => [v.id, 'valve', v.from, v.to, `${inUnit(v.opening, 'fraction', trade)} % open`]),
        ...spec['check-valves'].map((v) => [v.id, 'check valve', v.from, v.to, '']),
        ...spec.tanks.map((t) => [
          t.id,
          'tank',
          '',
          '',
          `${show(t.level, 'length', trade)} of ${show(t['max-level'], 'length', trade)}`,
        ]),
        ...spec.controllers.map((c) => [c.id, c.kind, c.node, c.valve, 'automatic']),
      ],
    ),
  ];
  return { sections, document: { length_m, nodes, pipes } };
}
