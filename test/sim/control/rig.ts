/** Control without a plant: tags that a test sets, actuators that remember what they were told. */
import { z } from 'zod';
import type { Command, Control as Commandable, Frame, TruthEvent } from '../../../models/contract/index.ts';
import { compileControl, createControl } from '../../../sim/control/index.ts';
import { controlShape } from '../../../sim/plant/controlSpec.ts';
import type { CommonSpec, Physics, PlantModel } from '../../../sim/plant/index.ts';

export const SCAN_US = 1_000_000;

export interface Rig {
  readonly control: ReturnType<typeof createControl>;
  readonly truth: TruthEvent[];
  /** What each `element.property` stands at; pumps under `.run` and `.trip`. */
  readonly at: Map<string, number>;
  /** Commands in the order in which the plant got them. */
  readonly got: { readonly timeUs: number; readonly command: Command }[];
  readonly value: Float32Array;
  readonly quality: Uint8Array;
  timeUs: number;
  /** Publishes the values of the tags, and lets control act on them in the next tick. */
  scan(...values: number[]): void;
  set(element: string, property: Extract<Command, { kind: 'set' }>['property'], value: number): string | undefined;
  pump(element: string, action: 'start' | 'stop' | 'trip'): string | undefined;
  what(name: string): number;
}

const ELEMENTS = ['V-1', 'V-2', 'V-3'];

/** Tags L-1 to L-4 in m, 0 to 10; valves V-1 to V-3 at half, pumps PU-1 and PU-2 at full speed. */
export function rig(written: z.input<z.ZodObject<typeof controlShape>>, scan_s = 1): Rig {
  const part = z.strictObject(controlShape).parse(written);
  const tags = ['L-1', 'L-2', 'L-3', 'L-4'];
  const spec = {
    ...part,
    time: { step: scan_s, scan: scan_s },
    stations: [{ id: 'RTU-1' }],
    instruments: tags.map((tag) => ({ tag, station: 'RTU-1', measures: 'level', at: tag, unit: 'm', range: [0, 10] })),
  } as unknown as CommonSpec;
  const at = new Map<string, number>();
  const controls: Commandable[] = [];
  const add = (element: string, property: Commandable['property'], unit: string, value: number) => {
    controls.push({ station: 'RTU-1', element, property, unit, description: '' });
    at.set(`${element}.${property}`, value);
  };
  for (const v of ELEMENTS) add(v, 'opening', '%', 0.5);
  for (const p of ['PU-1', 'PU-2']) {
    add(p, 'speed', '%', 1);
    add(p, 'run', '', 1);
    add(p, 'trip', '', 0);
  }
  const truth: TruthEvent[] = [];
  const got: Rig['got'] = [];
  const value = new Float32Array(4).fill(5);
  const quality = new Uint8Array(4);
  const physics = {
    trueValue: (tag: number) => value[tag]!,
    controlValue: (c: Pick<Commandable, 'element' | 'property'>) => at.get(`${c.element}.${c.property}`)!,
    apply(command: Command, timeUs: number) {
      got.push({ timeUs, command: { ...command } });
      if (command.kind === 'set') {
        if (!(command.value >= 0 && command.value <= 1.3)) return `${command.value} cannot be`;
        at.set(`${command.element}.${command.property}`, command.value);
      }
      if (command.kind === 'pump') {
        at.set(`${command.element}.run`, command.action === 'start' ? 1 : 0);
        if (command.action !== 'stop') at.set(`${command.element}.trip`, command.action === 'trip' ? 1 : 0);
      }
      return undefined;
    },
  } as unknown as Physics;
  const plant = { tagScale: new Float64Array(4).fill(1), tagOffset: new Float64Array(4) } as unknown as PlantModel;
  const control = createControl(compileControl(spec, controls), plant, physics);
  control.prime();
  const r: Rig = {
    control,
    truth,
    at,
    got,
    value,
    quality,
    timeUs: 0,
    scan(...values) {
      values.forEach((v, i) => {
        value[i] = v;
      });
      r.timeUs += Math.round(scan_s * 1e6);
      control.see({ value, quality, timeUs: r.timeUs } as unknown as Frame);
      control.step(r.timeUs, truth);
    },
    set: (element, property, v) => control.apply({ kind: 'set', element, property, value: v }, r.timeUs, truth),
    pump: (element, action) => control.apply({ kind: 'pump', element, action }, r.timeUs, truth),
    what: (name) => at.get(name)!,
  };
  return r;
}
