/**
 * A plant spec to a read-only model: the network with its leaks split in, the instruments with their drawn errors, and
 * the as-built data that a detector may know.
 */
import {
  type AsBuilt,
  type Control,
  createLayout,
  type LayoutSpec,
  type Problem,
  type Result,
} from '../../models/contract/index.ts';
import { type Located, readDocument, readTextFile } from '../../models/document/index.ts';
import { digestJson, nearest, type Stream, secondsToUs, seeded, UNITS } from '../../models/kernel/index.ts';
import {
  compileNetwork,
  type LinkSpec,
  type NetworkSpec,
  type NodeSpec,
  type PipeSpec,
  splitPipe,
  waveSpeed_m_s,
} from '../../models/physics/index.ts';
import { type LeakModel, type PlantModel, SOURCE } from './model.ts';
import { type InstrumentSpec, type PlantSpec, plantSchema } from './spec.ts';

const GRAVITY_M_S2 = 9.80665;
const YEAR_US = 31_557_600e6;

/** A place where a leak may open: a fraction of a pipe, or a distance along the line. */
export interface LeakSite {
  readonly id: string;
  readonly pipe: string;
  readonly fraction: number;
  readonly dischargeCoefficient: number;
  /** Pressure head of what lies outside [m of the liquid], default 0. */
  readonly backHead_m?: number;
  /** Area of a leak that is open already when the plant starts, and has been for long [m²]. */
  readonly openArea_m2?: number;
}

export interface CompilePlantOptions {
  readonly seed: number;
  readonly leaks?: readonly LeakSite[];
  /** Overrides the plant's own tick. */
  readonly tick_s?: number;
  readonly friction?: 'fixed' | 'per-pipe' | 'per-cell';
  /** As-built data equal the simulator's own, clocks and instruments keep their errors. */
  readonly exact?: boolean;
}

export type LocatedPlant = Located<PlantSpec>;

/** Reads a plant file; every mistake with its place, references between parts included. */
export function readPlant(path: string): Result<LocatedPlant> {
  const text = readTextFile(path);
  return text.ok ? parsePlant(text.value.file, text.value.text) : text;
}

export function parsePlant(file: string, text: string): Result<LocatedPlant> {
  const read = readDocument(file, text, plantSchema);
  if (!read.ok) return read;
  const problems = checkReferences(read.value);
  return problems.length > 0 ? { ok: false, problems } : read;
}

function checkReferences(doc: LocatedPlant): Problem[] {
  const { value: spec, problemAt } = doc;
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  const declare = (list: readonly { id: string }[], key: string) => {
    list.forEach((item, i) => {
      const before = seen.get(item.id);
      if (before) problems.push(problemAt([key, i, 'id'], `"${item.id}"`, `a new name`, `${before} already bears it`));
      seen.set(item.id, `${key}[${i}]`);
    });
  };
  declare(spec.nodes, 'nodes');
  declare(spec.tanks, 'tanks');
  const nodes = [...spec.nodes, ...spec.tanks].map((n) => n.id);
  declare(spec.pipes, 'pipes');
  declare(spec.pumps, 'pumps');
  declare(spec.valves, 'valves');
  declare(spec['check-valves'], 'check-valves');
  declare(spec.controllers, 'controllers');
  const need = (path: PropertyKey[], name: string, known: readonly string[], what: string) => {
    if (known.includes(name)) return;
    const near = nearest(name, known);
    problems.push(
      problemAt(
        path,
        `"${name}"`,
        `the name of a ${what}`,
        near ? `did you mean "${near}"?` : `known: ${known.slice(0, 12).join(', ')}`,
      ),
    );
  };
  for (const key of ['pipes', 'pumps', 'valves', 'check-valves'] as const) {
    spec[key].forEach((link, i) => {
      need([key, i, 'from'], link.from, nodes, 'node or tank');
      need([key, i, 'to'], link.to, nodes, 'node or tank');
      if (link.from === link.to) problems.push(problemAt([key, i, 'to'], `"${link.to}"`, 'another node than "from"'));
    });
  }
  for (const key of ['nodes', 'tanks'] as const) {
    spec[key].forEach((n, i) => {
      if (n.elevation === undefined && !(spec.profile && n.kp !== undefined)) {
        problems.push(problemAt([key, i], `"${n.id}" without an elevation`, 'an elevation, or a kp and a profile'));
      }
    });
  }
  spec.profile?.forEach((p, i) => {
    const before = spec.profile?.[i - 1];
    if (before && !(p.kp > before.kp))
      problems.push(problemAt(['profile', i, 'kp'], `${p.kp} m after ${before.kp} m`, 'distances that grow'));
  });
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp]));
  spec.pipes.forEach((p, i) => {
    const a = kpOf.get(p.from);
    const b = kpOf.get(p.to);
    if (p.length === undefined && (a === undefined || b === undefined || a === b)) {
      problems.push(problemAt(['pipes', i], `pipe "${p.id}" without a length`, 'a length, or ends with different kp'));
    }
    const merged = { ...spec['pipe-defaults'], ...p };
    for (const key of [
      'outside-diameter',
      'wall',
      'roughness',
      'youngs-modulus',
      'poisson-ratio',
      'restraint',
    ] as const) {
      if (merged[key] === undefined)
        problems.push(problemAt(['pipes', i], `pipe "${p.id}" without ${key}`, `${key} here or under pipe-defaults`));
    }
    if (
      merged['outside-diameter'] !== undefined &&
      merged.wall !== undefined &&
      merged['outside-diameter'] <= 2 * merged.wall
    ) {
      problems.push(
        problemAt(
          ['pipes', i],
          `a wall of ${merged.wall} m`,
          `less than half of the outside diameter ${merged['outside-diameter']} m`,
        ),
      );
    }
  });
  const stations = spec.stations.map((s) => s.id);
  const units = new Map<number, string>();
  spec.stations.forEach((s, i) => {
    const other = units.get(s.unit);
    if (other)
      problems.push(
        problemAt(['stations', i, 'unit'], `unit ${s.unit}`, 'a Modbus unit id of its own', `${other} has it`),
      );
    units.set(s.unit, s.id);
    if (s['poll-latency'] >= spec.time.scan)
      problems.push(problemAt(['stations', i, 'poll-latency'], `${s['poll-latency']} s`, 'less than the scan'));
  });
  spec.controllers.forEach((c, i) => {
    need(
      ['controllers', i, 'valve'],
      c.valve,
      spec.valves.map((v) => v.id),
      'valve',
    );
    need(['controllers', i, 'node'], c.node, nodes, 'node');
  });
  const tags = new Map<string, number>();
  spec.instruments.forEach((t, i) => {
    const before = tags.get(t.tag);
    if (before !== undefined)
      problems.push(
        problemAt(['instruments', i, 'tag'], `"${t.tag}"`, 'a new tag', `instruments[${before}] already bears it`),
      );
    tags.set(t.tag, i);
    need(['instruments', i, 'station'], t.station, stations, 'station');
    const known: Record<string, readonly string[]> = {
      pressure: nodes,
      temperature: nodes,
      flow: [
        ...spec.pipes.flatMap((p) => [p.id, `${p.id}/end`]),
        ...spec.pumps.map((p) => p.id),
        ...spec.valves.map((v) => v.id),
      ],
      level: spec.tanks.map((x) => x.id),
      speed: spec.pumps.map((p) => p.id),
      running: spec.pumps.map((p) => p.id),
      opening: spec.valves.map((v) => v.id),
    };
    if (t.measures === 'other')
      problems.push(problemAt(['instruments', i, 'measures'], '"other"', 'a quantity that this plant has'));
    else need(['instruments', i, 'at'], t.at, known[t.measures] ?? [], `place with a ${t.measures}`);
    const dimension = {
      pressure: 'pressure',
      temperature: 'temperature',
      flow: 'flow',
      level: 'length',
      speed: 'fraction',
      opening: 'fraction',
      running: '',
      other: '',
    }[t.measures];
    if (dimension && UNITS[t.unit]?.dimension !== dimension)
      problems.push(problemAt(['instruments', i, 'unit'], `"${t.unit}"`, `a unit of ${dimension}`));
    if (!(t.range[1] > t.range[0]))
      problems.push(problemAt(['instruments', i, 'range'], `[${t.range.join(', ')}]`, 'a range that rises'));
    if (t.rate !== undefined) {
      const width = t.rate * spec.time.scan;
      if (Math.abs(width - Math.round(width)) > 1e-9 || width < 1 || width > 1000) {
        problems.push(
          problemAt(['instruments', i, 'rate'], `${t.rate} per s`, 'a whole number of samples per scan, at most 1000'),
        );
      }
    }
  });
  const ticks = spec.time.scan / spec.time.step;
  if (Math.abs(ticks - Math.round(ticks)) > 1e-9)
    problems.push(
      problemAt(['time', 'step'], `${spec.time.step} s`, `a step that divides the scan of ${spec.time.scan} s`),
    );
  return problems;
}

/** Elevation at a distance by the profile, flat beyond its ends. */
function profileAt(spec: PlantSpec, kp: number): number {
  const points = spec.profile ?? [];
  let before = points[0];
  for (const p of points) {
    if (p.kp >= kp)
      return !before || p.kp === before.kp
        ? p.elevation
        : before.elevation + ((kp - before.kp) / (p.kp - before.kp)) * (p.elevation - before.elevation);
    before = p;
  }
  return before?.elevation ?? 0;
}

function elevationOf(spec: PlantSpec, n: { elevation?: number; kp?: number }): number {
  return n.elevation ?? profileAt(spec, n.kp ?? 0);
}

interface PipeBuild {
  readonly spec: PipeSpec;
  readonly wall_m: number;
  readonly start_m: number;
  readonly roughness_m: number;
}

function buildPipes(spec: PlantSpec): PipeBuild[] {
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp]));
  let run_m = 0;
  return spec.pipes.map((p) => {
    const m = { ...spec['pipe-defaults'], ...p };
    const wall_m = m.wall!;
    const diameter_m = m['outside-diameter']! - 2 * wall_m;
    const a = kpOf.get(p.from);
    const b = kpOf.get(p.to);
    const length_m = p.length ?? Math.abs(b! - a!);
    const start_m = a ?? run_m;
    run_m = start_m + length_m;
    const restraint = (
      { anchored: 'anchored-throughout', upstream: 'anchored-upstream', joints: 'expansion-joints' } as const
    )[m.restraint!];
    const speed =
      p['wave-speed'] ??
      waveSpeed_m_s({
        bulkModulus_Pa: spec.fluid['bulk-modulus'],
        density_kg_m3: spec.fluid.density,
        youngsModulus_Pa: m['youngs-modulus']!,
        diameter_m,
        wallThickness_m: wall_m,
        poisson: m['poisson-ratio']!,
        restraint,
      });
    const roughness_m = m.roughness!;
    return {
      spec: {
        id: p.id,
        from: p.from,
        to: p.to,
        length_m,
        diameter_m,
        waveSpeed_m_s: speed,
        friction: { kind: 'roughness', roughness_m },
      },
      wall_m,
      start_m,
      roughness_m,
    };
  });
}

function buildNetwork(spec: PlantSpec, pipes: readonly PipeBuild[]): NetworkSpec {
  const nodes: NodeSpec[] = [
    ...spec.nodes.map((n): NodeSpec => ({ id: n.id, kind: 'junction', elevation_m: elevationOf(spec, n) })),
    ...spec.tanks.map(
      (t): NodeSpec => ({
        id: t.id,
        kind: 'tank',
        elevation_m: elevationOf(spec, t),
        area_m2: (Math.PI / 4) * t.diameter ** 2,
        level_m: t.level,
        minLevel_m: 0,
        maxLevel_m: t['max-level'],
      }),
    ),
  ];
  const links: LinkSpec[] = [
    ...spec.pumps.map(
      (p): LinkSpec => ({
        id: p.id,
        kind: 'pump',
        from: p.from,
        to: p.to,
        curve: { kind: 'points', points: p.curve.map(([flow_m3_s, head_m]) => ({ flow_m3_s, head_m })) },
        checkValve: p['check-valve'],
        speed: p.running ? p.speed : 0,
        rampPerS: 1 / p['start-time'],
        ...(p.inertia === undefined ? {} : { inertia_kg_m2: p.inertia }),
        ratedSpeed_rad_s: p['rated-speed'],
        efficiency: p.efficiency,
      }),
    ),
    ...spec.valves.map(
      (v): LinkSpec => ({
        id: v.id,
        kind: 'valve',
        from: v.from,
        to: v.to,
        diameter_m: v.diameter,
        lossCoefficient: v['loss-coefficient'],
        characteristic: { kind: v.characteristic },
        opening: v.opening,
        strokeTime_s: v['stroke-time'],
      }),
    ),
    ...spec['check-valves'].map(
      (v): LinkSpec => ({
        id: v.id,
        kind: 'check-valve',
        from: v.from,
        to: v.to,
        diameter_m: v.diameter,
        lossCoefficient: v['loss-coefficient'],
      }),
    ),
  ];
  const atmosphere_Pa = 101_325;
  return {
    name: spec.plant,
    fluid: {
      density_kg_m3: spec.fluid.density,
      kinematicViscosity_m2_s: spec.fluid.viscosity,
      vapourHead_m: (spec.fluid['vapour-pressure'] - atmosphere_Pa) / (spec.fluid.density * GRAVITY_M_S2),
    },
    nodes,
    pipes: pipes.map((p) => p.spec),
    links,
  };
}

/** Splits every leak's pipe at its exact place; several leaks may share a pipe, and a leak may sit on a pipe's end. */
function addLeaks(
  spec: PlantSpec,
  base: NetworkSpec,
  pipes: readonly PipeBuild[],
  sites: readonly LeakSite[],
): { network: NetworkSpec; places: { site: LeakSite; node: string; position_m: number; elevation_m: number }[] } {
  let network = base;
  const places: { site: LeakSite; node: string; position_m: number; elevation_m: number }[] = [];
  for (const pipe of pipes) {
    const own = sites.filter((s) => s.pipe === pipe.spec.id).sort((a, b) => a.fraction - b.fraction);
    let rest = pipe.spec.id;
    let done = 0;
    let lastNode = pipe.spec.from;
    for (const site of own) {
      const position_m = pipe.start_m + site.fraction * pipe.spec.length_m;
      if (site.fraction <= 0 || site.fraction >= 1 || site.fraction === done) {
        const node = site.fraction <= 0 ? pipe.spec.from : site.fraction >= 1 ? pipe.spec.to : lastNode;
        const at = network.nodes.find((n) => n.id === node);
        places.push({ site, node, position_m, elevation_m: at && at.kind !== 'reservoir' ? at.elevation_m : 0 });
        continue;
      }
      const node = `leak:${site.id}`;
      const split = splitPipe(network, rest, (site.fraction - done) / (1 - done), node);
      if (!split.ok) throw new Error(split.problems.join(' '));
      const elevation_m = spec.profile ? profileAt(spec, position_m) : interpolated(split.value, node);
      network = {
        ...split.value,
        nodes: split.value.nodes.map((n) => (n.id === node && n.kind === 'junction' ? { ...n, elevation_m } : n)),
      };
      places.push({ site, node, position_m, elevation_m });
      rest = `${rest}.b`;
      done = site.fraction;
      lastNode = node;
    }
  }
  const orifices = places.map((p) => ({
    id: p.site.id,
    node: p.node,
    dischargeCoefficient: p.site.dischargeCoefficient,
    backHead_m: p.site.backHead_m ?? 0,
    area_m2: p.site.openArea_m2 ?? 0,
  }));
  return { network: { ...network, orifices }, places };
}

function interpolated(network: NetworkSpec, node: string): number {
  const n = network.nodes.find((x) => x.id === node);
  return n && n.kind === 'junction' ? n.elevation_m : 0;
}

function drawAsBuilt(spec: PlantSpec, pipes: readonly PipeBuild[], exact: boolean): AsBuilt {
  const chance = seeded(spec['as-built'].seed).stream('as-built');
  const u = spec['as-built'];
  const factor = (name: string, sigma: number) => (exact ? 1 : 1 + sigma * chance.stream(name).normal(0));
  // One survey and one fluid sample serve the whole line, so most of the error is common; a third varies from pipe to pipe.
  const common = factor('wave-speed', u['wave-speed'] * Math.sqrt(8 / 9));
  const roughnessCommon = factor('roughness', u.roughness * Math.sqrt(8 / 9));
  return {
    plant: spec.plant,
    exact,
    designFlow_m3_s: spec['design-flow'],
    fluid: {
      density_kg_m3: spec.fluid.density * factor('density', u.density),
      kinematicViscosity_m2_s: spec.fluid.viscosity,
      bulkModulus_Pa: spec.fluid['bulk-modulus'],
    },
    nodes: [...spec.nodes, ...spec.tanks].map((n) => ({
      id: n.id,
      elevation_m: elevationOf(spec, n),
      ...(n.kp === undefined ? {} : { position_m: n.kp }),
    })),
    pipes: pipes.map((p) => ({
      id: p.spec.id,
      from: p.spec.from,
      to: p.spec.to,
      length_m: p.spec.length_m,
      insideDiameter_m: p.spec.diameter_m * factor(`diameter/${p.spec.id}`, u.diameter),
      wallThickness_m: p.wall_m,
      roughness_m: p.roughness_m * roughnessCommon * factor(`roughness/${p.spec.id}`, u.roughness / 3),
      waveSpeed_m_s: p.spec.waveSpeed_m_s * common * factor(`wave-speed/${p.spec.id}`, u['wave-speed'] / 3),
      start_m: p.start_m,
    })),
    links: [
      ...spec.pumps.map((p) => ({ id: p.id, kind: 'pump' as const, from: p.from, to: p.to })),
      ...spec.valves.map((v) => ({ id: v.id, kind: 'valve' as const, from: v.from, to: v.to })),
      ...spec['check-valves'].map((v) => ({ id: v.id, kind: 'check-valve' as const, from: v.from, to: v.to })),
    ],
    uncertainty: { waveSpeed: u['wave-speed'], roughness: u.roughness, diameter: u.diameter, density: u.density },
  };
}

function buildLayout(spec: PlantSpec): LayoutSpec {
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp]));
  const pipeEnds = new Map(spec.pipes.flatMap((p) => [[p.id, p.from] as const, [`${p.id}/end`, p.to] as const]));
  for (const l of [...spec.pumps, ...spec.valves]) pipeEnds.set(l.id, l.to);
  const scanUs = secondsToUs(spec.time.scan);
  return {
    plant: spec.plant,
    scanUs,
    stations: spec.stations.map((s) => ({
      id: s.id,
      unitId: s.unit,
      ...(s.kp === undefined ? {} : { position_m: s.kp }),
      clockAccuracy_s: s['clock-offset'],
    })),
    tags: spec.instruments.map((t) => {
      const width = t.rate === undefined ? 1 : Math.round(t.rate * spec.time.scan);
      const span = t.range[1] - t.range[0];
      const position = kpOf.get(t.at) ?? kpOf.get(pipeEnds.get(t.at) ?? '');
      return {
        id: t.tag,
        station: t.station,
        quantity: t.measures,
        unit: t.unit,
        range: t.range,
        width,
        periodUs: scanUs / width,
        noise: t.noise * span,
        accuracy: t.accuracy * span,
        element: t.at,
        ...(position === undefined ? {} : { position_m: position }),
      };
    }),
  };
}

function buildControls(spec: PlantSpec): Control[] {
  const stationAt = (kp: number | undefined) =>
    spec.stations.reduce(
      (best, s) => (Math.abs((s.kp ?? 0) - (kp ?? 0)) < Math.abs((best.kp ?? 0) - (kp ?? 0)) ? s : best),
      spec.stations[0]!,
    ).id;
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp]));
  return [
    ...spec.pumps.flatMap((p): Control[] => {
      const station = stationAt(kpOf.get(p.to));
      return [
        { station, element: p.id, property: 'speed', unit: '%', description: `speed set point of ${p.id}` },
        { station, element: p.id, property: 'run', unit: '', description: `${p.id}: 1 starts, 0 stops` },
        { station, element: p.id, property: 'trip', unit: '', description: `${p.id}: 1 trips` },
      ];
    }),
    ...spec.valves.map(
      (v): Control => ({
        station: stationAt(kpOf.get(v.from)),
        element: v.id,
        property: 'opening',
        unit: '%',
        description: `opening of ${v.id}`,
      }),
    ),
    ...spec.controllers.map(
      (c): Control => ({
        station: stationAt(kpOf.get(c.node)),
        element: c.id,
        property: 'setPoint',
        unit: 'bar',
        description: `set point of ${c.id}`,
      }),
    ),
  ];
}

const fill = <T>(list: readonly T[], f: (item: T, i: number) => number) => Float64Array.from(list, f);
const ints = <T>(list: readonly T[], f: (item: T, i: number) => number) => Int32Array.from(list, f);

/** Compiles a plant. Throws on what `parsePlant` should have refused. */
export function compilePlant(spec: PlantSpec, options: CompilePlantOptions): PlantModel {
  const tick_s = options.tick_s ?? spec.time.step;
  const pipes = buildPipes(spec);
  const sites = options.leaks ?? [];
  const { network: networkSpec, places } = addLeaks(spec, buildNetwork(spec, pipes), pipes, sites);
  const compiled = compileNetwork(networkSpec, {
    timeStep_s: tick_s,
    gravity_m_s2: GRAVITY_M_S2,
    friction: options.friction ?? spec.friction,
    frictionRefreshSteps: Math.max(1, Math.round(spec.time.scan / tick_s)),
  });
  if (!compiled.ok) throw new Error(compiled.problems.join(' '));
  const network = compiled.value;
  const layout = createLayout(buildLayout(spec));
  const run = seeded(options.seed);
  const calibration = seeded(spec['as-built'].seed).stream('calibration');
  const tags = spec.instruments;
  const span = (t: InstrumentSpec) => t.range[1] - t.range[0];
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp ?? 0]));
  const link = (id: string) => network.linkIndex.get(id)!;
  /** A pipe that leaks split: its first part carries the start, its last part the end. */
  const firstPart = (id: string): number => network.pipeIndex.get(id) ?? firstPart(`${id}.a`);
  const lastPart = (id: string): number => network.pipeIndex.get(id) ?? lastPart(`${id}.b`);
  const sources = tags.map((t): [number, number] => {
    switch (t.measures) {
      case 'pressure':
        return [SOURCE.nodePressure, network.nodeIndex.get(t.at)!];
      case 'flow':
        if (t.at.endsWith('/end')) return [SOURCE.pipeEnd, lastPart(t.at.slice(0, -4))];
        return network.linkIndex.has(t.at) ? [SOURCE.link, link(t.at)] : [SOURCE.pipeStart, firstPart(t.at)];
      case 'temperature':
        return [SOURCE.temperature, network.nodeIndex.get(t.at)!];
      case 'level':
        return [SOURCE.tankLevel, network.nodeIndex.get(t.at)!];
      case 'opening':
        return [SOURCE.opening, link(t.at)];
      default:
        return [SOURCE.speed, link(t.at)];
    }
  });
  const ring = new Int32Array(tags.length + 1);
  layout.tags.forEach((t, i) => {
    ring[i + 1] = ring[i]! + 2 * t.width;
  });
  const tagStreams = (kind: string): Stream[] => tags.map((t) => run.stream(`${t.tag}/${kind}`));
  const leaks = places.map(
    (p): LeakModel => ({
      id: p.site.id,
      on: p.site.pipe,
      position_m: p.position_m,
      node: network.nodeIndex.get(p.node)!,
      orifice: network.orificeIndex.get(p.site.id)!,
      dischargeCoefficient: p.site.dischargeCoefficient,
      elevation_m: p.elevation_m,
      openArea_m2: p.site.openArea_m2 ?? 0,
    }),
  );
  const clock = spec.stations.map((s) => run.stream(`${s.id}/clock`));
  return {
    name: spec.plant,
    about: spec.about,
    designFlow_m3_s: spec['design-flow'],
    tickUs: secondsToUs(tick_s),
    scanTicks: Math.round(spec.time.scan / tick_s),
    scanUs: layout.scanUs,
    network,
    networkSpec,
    layout,
    controls: buildControls(spec),
    asBuilt: drawAsBuilt(spec, pipes, options.exact ?? false),
    leaks,
    digest: digestJson({ spec, options: { ...options, tick_s } }),

    density_kg_m3: spec.fluid.density,
    pumpLink: ints(spec.pumps, (p) => link(p.id)),
    pumpSpeed0: fill(spec.pumps, (p) => (p.running ? p.speed : 0)),
    pumpSpeedRunning: fill(spec.pumps, (p) => p.speed),
    pumpWander: fill(spec.pumps, (p) => p['speed-wander']),
    pumpStream: spec.pumps.map((p) => run.stream(`${p.id}/wander`)),
    valveLink: ints(spec.valves, (v) => link(v.id)),
    tankNode: ints(spec.tanks, (t) => network.nodeIndex.get(t.id)!),
    tankLevel0_m: fill(spec.tanks, (t) => t.level),
    tankHold_s: fill(spec.tanks, (t) => t['hold-level-over'] ?? 0),
    controllerId: spec.controllers.map((c) => c.id),
    controllerLink: ints(spec.controllers, (c) => link(c.valve)),
    controllerNode: ints(spec.controllers, (c) => network.nodeIndex.get(c.node)!),
    controllerGain_per_Pa: fill(spec.controllers, (c) => c['gain-per-bar'] / 1e5),
    controllerIntegral_s: fill(spec.controllers, (c) => c['integral-time']),
    inletTemperature_K: spec.fluid['inlet-temperature'],
    groundTemperature_K: spec.fluid['ground-temperature'],
    coolingLength_m: spec.fluid['cooling-length'],

    tagSource: Uint8Array.from(sources, (s) => s[0]),
    tagElement: ints(sources, (s) => s[1]),
    tagPosition_m: fill(tags, (t) => kpOf.get(t.at) ?? 0),
    tagScale: fill(tags, (t) => (t.unit === '' ? 1 : 1 / UNITS[t.unit]!.factor)),
    tagOffset: fill(tags, (t) => (t.unit === '' ? 0 : -(UNITS[t.unit]!.offset ?? 0) / UNITS[t.unit]!.factor)),
    tagLag_us: fill(tags, (t) => t.lag * 1e6),
    tagLagGain: fill(tags, (t, i) => (t.lag > 0 ? 1 - Math.exp(-layout.tags[i]!.periodUs / (t.lag * 1e6)) : 1)),
    tagNoise: fill(tags, (t) => t.noise * span(t)),
    tagBias: fill(tags, (t) => t.accuracy * span(t) * calibration.stream(`${t.tag}/bias`).normal(0)),
    tagDrift_per_us: fill(tags, (t) => (t.drift * span(t) * calibration.stream(`${t.tag}/drift`).normal(0)) / YEAR_US),
    tagLow: fill(tags, (t) => t.range[0]),
    tagHigh: fill(tags, (t) => t.range[1]),
    tagStep: fill(tags, (t) => span(t) / (2 ** t.bits - 1)),
    tagDeadband: fill(tags, (t) => (t.deadband === undefined ? -1 : t.deadband * span(t))),
    tagSilence_us: fill(tags, (t) => t['report-at-least'] * 1e6),
    tagJitter_us: fill(tags, (t) => t.jitter * 1e6),
    tagPeriodUs: fill(layout.tags, (t) => t.periodUs),
    tagWidth: ints(layout.tags, (t) => t.width),
    tagRing: ring,
    tagStation: Int32Array.from(layout.stationOf),
    noiseStream: tagStreams('noise'),
    jitterStream: tagStreams('jitter'),
    faultStream: tagStreams('fault'),
    stationLatencyUs: fill(spec.stations, (s) => Math.round(s['poll-latency'] * 1e6)),
    stationOffsetUs: fill(spec.stations, (s, i) => Math.round(s['clock-offset'] * 1e6 * clock[i]!.normal(0))),
    stationDrift: fill(spec.stations, (s, i) => s['clock-drift'] * clock[i]!.normal(1)),
    tagIndex: new Map(tags.map((t, i) => [t.tag, i])),
    stationIndex: new Map(spec.stations.map((s, i) => [s.id, i])),
  };
}
