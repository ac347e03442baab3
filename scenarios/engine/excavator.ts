/** A machine against a pipe, at the time that the scenario is bound: a leak of the area that its blow opens, or none. */
import { blowArea_m2, diggingForce_N, type PipeWall, punctureResistance_N } from '../../sim/index.ts';
import type { BoundAction, Report } from './bind.ts';
import { extremes } from './draw.ts';
import type { PlantContext } from './plant.ts';
import type { EntrySpec } from './spec.ts';

/** The tooth's path while it is stopped [m], of blowArea_m2. */
const PATH_m = 0.1;

export function bindExcavator(
  entry: Extract<EntrySpec, { excavator: string }>,
  path: readonly PropertyKey[],
  plant: PlantContext,
  report: Report,
): readonly BoundAction[] {
  const { on, tooth } = entry;
  const at = 'pipe' in on ? on.pipe : plant.pipeAt(extremes(on.kp)[0]!)?.pipe;
  const pipe = plant.asBuilt.pipes.find((p) => p.id === at);
  // A place that is none has been told of already.
  if (at !== undefined && !pipe && plant.pipes.some((p) => p.id === at))
    report([...path, 'on'], `"${at}", a vessel`, 'a pipe: excavators strike pipes');
  if (!pipe) return [];
  const wall_m = entry.wall ?? pipe.wallThickness_m;
  if (wall_m === undefined) {
    report(path, `${pipe.id} of unknown wall`, 'its thickness under "wall"', 'such as wall: 4 mm');
    return [];
  }
  const steel: PipeWall = {
    diameter_m: pipe.insideDiameter_m + 2 * wall_m,
    wall_m,
    strength_Pa: entry.strength,
  };
  const teeth = { length_m: tooth.length, width_m: tooth.width };
  const force_N =
    entry['mass-t'] === undefined ? (entry['energy-kJ']! * 1e3) / PATH_m : diggingForce_N(entry['mass-t'] * 1e3);
  const area_m2 = Math.min(
    blowArea_m2({ energy_J: force_N * PATH_m, path_m: PATH_m }, steel, teeth),
    plant.largestLeak_m2(pipe.id),
  );
  const kN = (x: number) => `${Math.round(x / 1e3)} kN`;
  const struck = `an excavator strikes ${pipe.id} with ${kN(force_N)}, which withstands ${kN(punctureResistance_N(steel, teeth))}`;
  const what =
    area_m2 > 0 ? `${struck}: a hole of ${Number((area_m2 * 1e6).toPrecision(3))} mm2` : `${struck}: no hole`;
  const note = { kind: 'note' as const, ref: entry.excavator, what };
  if (!(area_m2 > 0)) return [note];
  return [
    note,
    {
      kind: 'leak',
      leak: entry.excavator,
      place: on,
      size: { kind: 'area', value: area_m2 },
      growth: 0,
      dischargeCoefficient: entry['discharge-coefficient'],
      backPressure_Pa: 0,
    },
  ];
}
