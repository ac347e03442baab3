/**
 * What a scenario may speak of: the plant's tags, stations, pipes and controls, read once per scenario.
 */
import type { AsBuilt, Control, FrameLayout, Result, Tag } from '../../models/contract/index.ts';
import { findDocument } from '../../models/document/index.ts';
import { compileModel, type LocatedPlant, type PlantSpec, parsePlant } from '../../sim/index.ts';
import type { Property } from './bind.ts';

export interface PipeSpan {
  readonly id: string;
  readonly start_m: number;
  readonly length_m: number;
}

export interface PlantContext {
  readonly spec: PlantSpec;
  readonly located: LocatedPlant;
  readonly layout: FrameLayout;
  /** Exact; what a detector gets is the run's own. */
  readonly asBuilt: AsBuilt;
  readonly controls: readonly Control[];
  readonly designFlow_m3_s: number;
  readonly hasWeather: boolean;
  /** Whether customers draw from it, so that a scenario may say how much. */
  readonly hasDemand: boolean;
  readonly pipes: readonly PipeSpan[];
  readonly tagIds: readonly string[];
  readonly stationIds: readonly string[];
  /** What `set` knows: elements, and `element.property` where one has several. */
  readonly movable: readonly string[];
  /** The control that a key of `set` names. */
  control(name: string): Control | undefined;
  tag(id: string): Tag | undefined;
  /** What of an element can be set. */
  property(element: string): Property | undefined;
  /** Density of what a pipe carries or a tank holds; 0 where that has no one answer. */
  densityAt(pipe: string): number;
  /** Largest hole that a pipe or tank can have [m²]: its bore; a tenth of a tank's bottom. */
  largestLeak_m2(pipe: string): number;
  /** The pipe at a distance along the line, and where on it. */
  pipeAt(kp_m: number): { readonly pipe: string; readonly fraction: number } | undefined;
}

/** Plants that were read already, by file and text: a suite of forty scenarios has six plants. */
export type PlantContexts = Map<string, Result<PlantContext>>;

/** A plant by name, or by path (from `near`, the scenario's own path, where there is one). */
export function readPlantContext(nameOrPath: string, near?: string, before?: PlantContexts): Result<PlantContext> {
  const found = findDocument('plant', nameOrPath, near);
  if (!found.ok) return found;
  const { file, text } = found.value;
  const key = `${file}\n${text}`;
  const known = before?.get(key);
  if (known) return known;
  const located = parsePlant(file, text);
  const read: Result<PlantContext> = located.ok ? { ok: true, value: plantContext(located.value) } : located;
  before?.set(key, read);
  return read;
}

export function plantContext(located: LocatedPlant): PlantContext {
  const spec = located.value;
  const { layout, controls, asBuilt } = compileModel(spec, { seed: 0, exact: true });
  // A tank leaks at a share of its height; it has no place along a line, and neither has the pipe of a network.
  const pipes = [
    ...asBuilt.pipes.map(({ id, start_m = Number.NaN, length_m }) => ({ id, start_m, length_m })),
    ...(asBuilt.tanks ?? []).map(({ id, height_m }) => ({ id, start_m: Number.NaN, length_m: height_m })),
  ];
  const tags = new Map(layout.tags.map((t) => [t.id, t]));
  const properties = new Map<string, Property>();
  const named = new Map<string, Control>();
  for (const c of controls) {
    if (c.property === 'run' || c.property === 'trip') continue;
    named.set(`${c.element}.${c.property}`, c);
    if (c.property !== 'speed' && c.property !== 'opening' && c.property !== 'setPoint' && c.property !== 'product')
      continue;
    properties.set(c.element, c.property);
    named.set(c.element, c);
  }
  const several = [...named].filter(([name, c]) => name !== c.element && isOfControl(c));
  return {
    spec,
    located,
    layout,
    asBuilt,
    controls,
    hasDemand: spec.kind === 'water',
    hasWeather: spec.weather !== undefined || spec.air !== undefined,
    designFlow_m3_s: asBuilt.designFlow_m3_s ?? Number.NaN,
    pipes,
    tagIds: [...tags.keys()],
    stationIds: layout.stations.map((s) => s.id),
    movable: [...properties.keys(), ...several.map(([name]) => name)],
    control: (name) => named.get(name),
    tag: (id) => tags.get(id),
    property: (element) => properties.get(element),
    densityAt: (pipe) =>
      asBuilt.tanks?.find((t) => t.id === pipe)?.density15_kg_m3 ?? asBuilt.fluid?.density_kg_m3 ?? 0,
    largestLeak_m2(id) {
      const pipe = asBuilt.pipes.find((p) => p.id === id);
      if (pipe) return (Math.PI / 4) * pipe.insideDiameter_m ** 2;
      const tank = asBuilt.tanks?.find((t) => t.id === id);
      return tank ? (Math.PI / 40) * tank.diameter_m ** 2 : Number.POSITIVE_INFINITY;
    },
    pipeAt(kp_m) {
      const pipe = pipes.find((p) => kp_m >= p.start_m && kp_m <= p.start_m + p.length_m);
      return pipe && { pipe: pipe.id, fraction: (kp_m - pipe.start_m) / pipe.length_m };
    },
  };
}

/** A property that only loops, interlocks and shutdown have. */
function isOfControl({ property }: Control): boolean {
  return property !== 'speed' && property !== 'opening' && property !== 'setPoint' && property !== 'product';
}
