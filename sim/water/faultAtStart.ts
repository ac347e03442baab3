/** A network that has no valid solution when the plant starts is a mistake in its file: told with the line of a node concerned. */
import { ProblemError } from '../../models/contract/index.ts';
import type { EpanetFault } from '../../models/physics/epanet/index.ts';
import type { InpNetwork } from '../../models/physics/index.ts';
import type { WaterSpec } from './spec.ts';

const EXPECTED: Record<EpanetFault['kind'], string> = {
  disconnected: 'a way from a reservoir or tank to every node that draws',
  'negative-pressure': 'pressures that are not negative where water is drawn',
  'not-converged': 'a network for which EPANET finds a solution',
  engine: 'a network for which EPANET finds a solution',
};

export function faultAtStart(spec: WaterSpec, inp: InpNetwork, fault: EpanetFault): ProblemError {
  const node = fault.nodes[0] ?? '';
  const section = ['JUNCTIONS', 'TANKS', 'RESERVOIRS'].find((s) => inp.lines.has(`${s}/${node}`));
  const path = section ? `${section}/${node}` : '';
  return new ProblemError([
    {
      file: spec.network.file,
      line: inp.lines.get(path) ?? 1,
      column: 1,
      path,
      found: fault.sentence,
      expected: EXPECTED[fault.kind],
    },
  ]);
}
