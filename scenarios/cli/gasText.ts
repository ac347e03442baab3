/** What a gas plant says of itself: nodes at the start, pipes, equipment and what is drawn. */
import { pipeLinePack_kg } from '../../models/physics/gas/index.ts';
import { createSim, type GasPlantSpec } from '../../sim/index.ts';
import { inUnit, show, type Trade, unitOf } from './display.ts';
import type { KindText } from './plantText.ts';
import { textTable } from './table.ts';

const ATMOSPHERE_Pa = 101_325;

export function gasSections(spec: GasPlantSpec, seed: number, trade: Trade): KindText {
  const { model, physics } = createSim(spec, { seed });
  const { network, standardDensity_kg_m3 } = physics.model;
  const state = physics.state.network;
  const u = (shown: Parameters<typeof unitOf>[0]) => unitOf(shown, trade);
  const nodes = [...spec.supplies, ...spec.nodes].map((n) => {
    const i = network.nodeIndex.get(n.id)!;
    return {
      id: n.id,
      kp_m: n.kp,
      elevation_m: network.pointElevation_m[i]!,
      pressureAtRest_Pa: state.pointPressure_Pa[i]! - ATMOSPHERE_Pa,
      temperatureAtRest_K: state.pointTemperature_K[i]!,
    };
  });
  const pipes = model.asBuilt.pipes.map((p) => {
    const i = network.pipeIndex.get(p.id)!;
    return {
      id: p.id,
      from: p.from,
      to: p.to,
      length_m: network.pipeLength_m[i]!,
      insideDiameter_m: network.pipeDiameter_m[i]!,
      wall_m: p.wallThickness_m,
      linePack_m3: pipeLinePack_kg(network, state, i) / standardDensity_kg_m3,
    };
  });
  const length_m = pipes.reduce((sum, p) => sum + p.length_m, 0);
  const pack_m3 = pipes.reduce((sum, p) => sum + p.linePack_m3, 0);
  const bar = (pressure_Pa: number) => inUnit(pressure_Pa, 'pressure', trade);
  const sections = [
    `${show(length_m, 'distance', trade)} of pipe, design flow ${show(spec['design-flow'], 'flow', trade)} of standard volume; ` +
      `${spec.gas.name}: ${standardDensity_kg_m3.toFixed(4)} kg per standard m3; line pack ${Math.round(pack_m3)} standard m3. ` +
      'Pressures are gauge, flows are of standard volume.',
    textTable(
      ['node', `kp [${u('distance')}]`, `elevation [${u('length')}]`, `at rest [${u('pressure')}]`, 'temperature'],
      nodes.map((n) => [
        n.id,
        n.kp_m === undefined ? '' : inUnit(n.kp_m, 'distance', trade),
        inUnit(n.elevation_m, 'length', trade),
        bar(n.pressureAtRest_Pa),
        show(n.temperatureAtRest_K, 'temperature', trade),
      ]),
    ),
    textTable(
      ['pipe', 'from', 'to', `length [${u('distance')}]`, `inside [${u('small-length')}]`, 'line pack [standard m3]'],
      pipes.map((p) => [
        p.id,
        p.from,
        p.to,
        inUnit(p.length_m, 'distance', trade),
        inUnit(p.insideDiameter_m, 'small-length', trade),
        Math.round(p.linePack_m3),
      ]),
    ),
    textTable(
      ['equipment', 'kind', 'from', 'to', 'at the start'],
      [
        ...spec.compressors.map((c) => [
          c.id,
          'compressor',
          c.from,
          c.to,
          c.running ? `holds ${show(c['discharge-pressure'], 'pressure', trade)}` : 'stands by',
        ]),
        ...spec.valves.map((v) => [
          v.id,
          'block valve',
          v.from,
          v.to,
          `${inUnit(v.opening, 'fraction', trade)} % open`,
        ]),
        ...spec.regulators.map((r) => [
          r.id,
          'regulator',
          r.from,
          r.to,
          `holds ${show(r['downstream-pressure'], 'pressure', trade)}`,
        ]),
        ...spec.withdrawals.map((w) => [
          w.id,
          'withdrawal',
          w.node,
          '',
          `${inUnit(w.opening, 'fraction', trade)} % of ${show(w.flow, 'flow', trade)}`,
        ]),
      ],
    ),
  ];
  return { sections, document: { length_m, nodes, pipes } };
}
