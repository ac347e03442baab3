/** What a water network says of itself: how much of it there is, and what can be moved in it. */
import type { AsBuilt } from '../../models/contract/index.ts';
import { readInp } from '../../models/physics/index.ts';
import type { WaterSpec } from '../../sim/index.ts';
import { inUnit, show, type Trade, unitOf } from './display.ts';
import type { KindText } from './plantText.ts';
import { textTable } from './table.ts';

export function waterSections(spec: WaterSpec, asBuilt: AsBuilt, trade: Trade): KindText {
  const read = readInp(spec.network.text, spec.network.file);
  if (!read.ok) throw new Error(`${spec.plant} was read without its network being checked`);
  const inp = read.value;
  const length_m = asBuilt.pipes.reduce((sum, p) => sum + p.length_m, 0);
  const drawn_m3_s = inp.junctions.flatMap((j) => j.demands).reduce((sum, d) => sum + d.base_m3_s, 0);
  const m = unitOf('length', trade);
  const d = spec.demands;
  return {
    document: { length_m, network: spec.network.file, nodes: asBuilt.nodes.length, pipes: asBuilt.pipes.length },
    sections: [
      `${spec.network.file}: ${inp.junctions.length} junctions, ${inp.pipes.length} pipes of ` +
        `${show(length_m, 'distance', trade)} in all; base demand ${show(drawn_m3_s, 'flow', trade)}, ` +
        `design flow ${show(spec['design-flow'], 'flow', trade)}`,
      `demands vary by ${Math.round(d.variation * 100)} % at a node, ${Math.round(d.shared * 100)} % of that in common, ` +
        `over ${d['correlation-time'] / 60} min`,
      textTable(
        ['source', 'kind', `head or bottom [${m}]`, 'at the start'],
        [
          ...inp.reservoirs.map((r) => [r.id, 'reservoir', inUnit(r.head_m, 'length', trade), '']),
          ...inp.tanks.map((t) => [
            t.id,
            'tank',
            inUnit(t.elevation_m, 'length', trade),
            `${show(t.level_m, 'length', trade)} of ${show(t.maxLevel_m, 'length', trade)}`,
          ]),
        ],
      ),
      textTable(
        ['equipment', 'kind', 'from', 'to', 'at the start'],
        [
          ...inp.pumps.map((p) => [p.id, 'pump', p.from, p.to, p.status]),
          ...inp.valves.map((v) => [v.id, v.type, v.from, v.to, v.status]),
        ],
      ),
    ],
  };
}
