/** The real crude-line behind a Drive: commands due at a scan, as a scenario's runner would give them. */
import { fileURLToPath } from 'node:url';
import { type Command, type Control, type Frame, unwrap } from '../../../models/contract/index.ts';
import { toUnit } from '../../../models/kernel/index.ts';
import { asLiquid, createSim, readPlant, type LiquidSim as Sim } from '../../../sim/index.ts';
import type { Drive } from '../../../sim/io/index.ts';

const SPEC = asLiquid(
  unwrap(readPlant(fileURLToPath(new URL('../../../models/plants/crude-line.yaml', import.meta.url)))).value,
);

export interface SmallScenario {
  readonly seed?: number;
  readonly scans: number;
  /** Commands before the scan of this number. */
  readonly due?: Readonly<Record<number, readonly Command[]>>;
}

export interface PlantDrive extends Drive {
  readonly sim: Sim;
}

/** A leak of 1 % or so in the third pipe from scan 5 on, and a pump that changes speed at scan 12. */
export const LEAK_AND_SPEED: SmallScenario = {
  seed: 7,
  scans: 40,
  due: {
    5: [{ kind: 'leak.open', leak: 'leak-1', area_m2: 2e-4, growth_s: 2 }],
    12: [{ kind: 'set', element: 'PU-101', property: 'speed', value: 0.97 }],
  },
};

export function plantDrive(scenario: SmallScenario): PlantDrive {
  const sim = createSim(SPEC, {
    seed: scenario.seed ?? 1,
    leaks: [{ id: 'leak-1', pipe: 'P-3', fraction: 0.37, dischargeCoefficient: 0.62 }],
  });
  let scan = 0;
  return {
    sim,
    layout: sim.layout,
    controls: sim.model.controls,
    asBuilt: sim.model.asBuilt,
    advance(frame: Frame) {
      if (scan === scenario.scans) return false;
      scan += 1;
      const refused = sim.apply(scenario.due?.[scan] ?? []);
      if (refused.length > 0) throw new Error(refused.join('; '));
      sim.scan(frame);
      return true;
    },
    command: (commands) => sim.apply(commands),
    drainTruth: () => sim.drainTruth(),
    controlValue: (control) => controlValue(sim, control),
  };
}

function controlValue(sim: Sim, control: Control): number {
  const value = sim.controlValue(control);
  return control.unit === '' ? value : toUnit(value, control.unit);
}
