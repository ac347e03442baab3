/**
 * The line as YAML that people can read and go on with: the company's own numbers in the company's own units, a comment at
 * every assumption.
 */
import { toUnit } from '../../models/kernel/index.ts';
import type { Measure, Trade } from './columns.ts';
import type { Line, LineInstrument } from './line.ts';
import type { ModbusMap } from './modbusMap.ts';
import type { PipeClass, ProfilePoint } from './profile.ts';
import { insideDiameter_m, type Sizing } from './sizing.ts';

/** Units in which a trade writes what the company did not give. */
const UNITS_OF = {
  si: {
    length: 'm',
    small: 'mm',
    pressure: 'bar',
    flow: 'm3/h',
    temperature: 'degC',
    density: 'kg/m3',
    modulus: 'GPa',
    tank: '40 m',
    steel: '207 GPa',
  },
  us: {
    length: 'ft',
    small: 'in',
    pressure: 'psi',
    flow: 'bbl/h',
    temperature: 'degF',
    density: 'lb/ft3',
    modulus: 'ksi',
    tank: '130 ft',
    steel: '30000 ksi',
  },
} as const;

export interface FluidText {
  readonly name: string;
  readonly density_kg_m3: number;
  readonly viscosity_m2_s: number;
  readonly bulkModulus_Pa: number;
  /** Which of the three were given by the user. */
  readonly given: ReadonlySet<'density' | 'viscosity' | 'bulkModulus'>;
}

export interface PlantText {
  readonly name: string;
  readonly about: string;
  readonly sources: readonly string[];
  readonly trade: Trade;
  readonly flow_m3_s: number;
  readonly flowGiven: boolean;
  readonly fluid: FluidText;
  readonly points: readonly ProfilePoint[];
  readonly line: Line;
  readonly sizing: Sizing;
  readonly roughness_m: number;
}

const ASSUMED = '# ASSUMED';

/** Repeatability and lag of ordinary transmitters, where a list gives an accuracy at most. */
const TYPICAL = {
  pressure: { noise: 0.02, lag: '0.2 s', accuracy: 0.1 },
  flow: { noise: 0.1, lag: '0.5 s', accuracy: 0.25 },
  temperature: { noise: 0.03, lag: '20 s', accuracy: 0.2 },
  level: { noise: 0.02, lag: '2 s', accuracy: 0.1 },
  speed: { noise: 0.02, lag: '0 s', accuracy: 0.1 },
  opening: { noise: 0.05, lag: '0 s', accuracy: 0.5 },
  running: { noise: 0, lag: '0 s', accuracy: 0 },
  density: { noise: 0.02, lag: '5 s', accuracy: 0.1 },
  other: { noise: 0, lag: '0 s', accuracy: 0 },
} as const;

export function writePlant(p: PlantText): string {
  const u = UNITS_OF[p.trade];
  const { line, sizing, fluid } = p;
  const base = line.places[0]!.pipe;
  const assumedUnless = (given: boolean) => (given ? '' : ` ${ASSUMED}`);
  const out: string[] = [
    `# Made by "leaktwin import" from ${p.sources.join(', ')}.`,
    `# Lines marked ${ASSUMED.slice(2)} are not from your data: replace them by what you know.`,
    `plant: ${p.name}`,
    `about: ${JSON.stringify(p.about)}`,
    `design-flow: ${q(p.flow_m3_s, u.flow)}${assumedUnless(p.flowGiven)}`,
    '',
    'time: { step: 50 ms, scan: 1 s }',
    'friction: per-pipe',
    '',
    'fluid:',
    `  name: ${fluid.name}${assumedUnless(fluid.given.size === 3)}`,
    `  density: ${q(fluid.density_kg_m3, u.density)}${assumedUnless(fluid.given.has('density'))}`,
    `  viscosity: ${q(fluid.viscosity_m2_s, 'cSt')}${assumedUnless(fluid.given.has('viscosity'))}`,
    `  bulk-modulus: ${q(fluid.bulkModulus_Pa, u.modulus)}${assumedUnless(fluid.given.has('bulkModulus'))}`,
    `  vapour-pressure: ${q(35e3, p.trade === 'us' ? 'psi' : 'kPa')} ${ASSUMED}`,
    `  inlet-temperature: ${q(298.15, u.temperature)} ${ASSUMED}`,
    `  ground-temperature: ${q(288.15, u.temperature)} ${ASSUMED}`,
    '',
    `profile: # ${p.points.length} points keep the elevation within ${p.trade === 'us' ? '1.6 ft' : '0.5 m'} of the stationing`,
    ...p.points.map((x) => `  - { kp: ${m(x.kp)}, elevation: ${m(x.elevation)} }`),
    '',
    'pipe-defaults:',
    `  outside-diameter: ${m(base.outsideDiameter)}`,
    `  wall: ${m(base.wall)}${base.grade ? ` # ${base.grade}` : ''}`,
    `  roughness: ${base.roughness ? m(base.roughness) : `${q(p.roughness_m, u.small)} ${ASSUMED}: welded steel`}`,
    `  youngs-modulus: ${u.steel} ${ASSUMED}: steel`,
    `  poisson-ratio: 0.3 ${ASSUMED}: steel`,
    `  restraint: anchored ${ASSUMED}: buried`,
    '',
    'nodes:',
    ...line.nodes.map((n) => `  - { id: ${n.id}, kp: ${m(n.kp)} }${n.comment ? ` # ${n.comment}` : ''}`),
    '',
    `tanks: ${ASSUMED}`,
    ...sizing.tanks.map((t, i) => {
      const kp = line.places.at(i === 0 ? 0 : -1)!.kp;
      return `  - { id: ${t.id}, kp: ${m(kp)}, diameter: ${u.tank}, level: ${q(t.level_m, u.length)}, max-level: ${q(t.maxLevel_m, u.length)}, hold-level-over: 12 h }`;
    }),
    '',
    'pipes:',
    ...line.pipes.map(
      (x) =>
        `  - { id: ${x.id}, from: ${x.from}, to: ${x.to}${overrides(x.pipe, base)} }${x.pipe.grade && x.pipe !== base ? ` # ${x.pipe.grade}` : ''}`,
    ),
    '',
    'pumps:',
    ...line.pumps.flatMap((x) => {
      const head = sizing.pumpHead_m.get(x.kp_m)!;
      const point = (share: number) =>
        `[${q(share * p.flow_m3_s, u.flow)}, ${q((1.15 - 0.15 * share * share) * head, u.length)}]`;
      return [
        `  - id: ${x.id}`,
        `    from: ${x.from}`,
        `    to: ${x.to}`,
        `    curve: [${point(0)}, ${point(1)}, ${point(1.5)}] ${ASSUMED}: carries the design flow`,
        `    rated-speed: ${x.ratedSpeed_rpm ?? (p.trade === 'us' ? 1780 : 1480)} rpm ${ASSUMED}`,
        `    running: ${x.running}${x.running ? '' : ' # standby'}`,
      ];
    }),
    '',
    'valves:',
    ...line.valves.map((v) => {
      const delivery = v.use === 'delivery';
      const K = delivery ? sizing.deliveryLossCoefficient : 0.3;
      const opening = delivery ? sizing.deliveryOpening * 100 : 100;
      return `  - { id: ${v.id}, from: ${v.from}, to: ${v.to}, diameter: ${q(insideDiameter_m(v.pipe), u.small)}, loss-coefficient: ${n(K)}, opening: ${n(opening)} %, stroke-time: 60 s } ${ASSUMED}`;
    }),
  ];
  if (line.bypasses.length > 0) {
    out.push('', 'check-valves:');
    for (const b of line.bypasses)
      out.push(
        `  - { id: ${b.id}, from: ${b.from}, to: ${b.to}, diameter: ${q(insideDiameter_m(b.pipe), u.small)}, loss-coefficient: 1.5 } ${ASSUMED}: station bypass`,
      );
  }
  const delivery = line.valves.find((v) => v.use === 'delivery')!;
  out.push(
    '',
    'controllers:',
    `  - { id: PIC-OUT, kind: back-pressure, valve: ${delivery.id}, node: ${delivery.from}, gain-per-bar: 0.02, integral-time: 90 s } ${ASSUMED}`,
    '',
    'stations:',
    ...line.stations.map((s) => `  - { id: ${s.id}, unit: ${s.unitId}, kp: ${m(s.kp)} }`),
    '',
    `instruments: # noise and lag ${ASSUMED.slice(2)}: ordinary transmitters`,
    ...line.instruments.map(writeInstrument),
    '',
    `as-built: { seed: 1, wave-speed: 1 %, roughness: 20 %, diameter: 0.2 %, density: 0.5 % } ${ASSUMED}: what your data may be wrong by`,
  );
  return `${out.join('\n')}\n`;
}

function writeInstrument({ tag, at }: LineInstrument): string {
  // A list of tags holds no states of loops and interlocks.
  const typical = TYPICAL[tag.quantity as keyof typeof TYPICAL] ?? TYPICAL.other;
  const rpm = tag.unit === 'rpm';
  const range = rpm ? [0, 100] : tag.range;
  const unit = rpm ? '%' : tag.unit;
  const accuracy = tag.accuracy === undefined ? typical.accuracy : tag.accuracy * 100;
  const parts = [
    `tag: ${tag.tag}`,
    `station: ${tag.station}`,
    `measures: ${tag.quantity}`,
    `at: ${at}`,
    `unit: ${/^[\w/]+$/.test(unit) ? unit : `"${unit}"`}`,
    `range: [${range.join(', ')}]`,
    ...(typical.lag === '0 s' ? [] : [`lag: ${typical.lag}`]),
    ...(typical.noise === 0 ? [] : [`noise: ${typical.noise} %`]),
    ...(accuracy === 0 ? [] : [`accuracy: ${n(accuracy)} %`]),
  ];
  const notes = [
    tag.description,
    tag.accuracy === undefined && accuracy > 0 ? `accuracy ${ASSUMED.slice(2)}` : '',
  ].filter((x) => x !== '');
  return `  - { ${parts.join(', ')} }${notes.length > 0 ? ` # ${notes.join('; ').replace(/\s+/g, ' ')}` : ''}`;
}

function overrides(pipe: PipeClass, base: PipeClass): string {
  const parts: string[] = [];
  if (pipe.outsideDiameter.si !== base.outsideDiameter.si) parts.push(`outside-diameter: ${m(pipe.outsideDiameter)}`);
  if (pipe.wall.si !== base.wall.si) parts.push(`wall: ${m(pipe.wall)}`);
  if (pipe.roughness && pipe.roughness.si !== base.roughness?.si) parts.push(`roughness: ${m(pipe.roughness)}`);
  return parts.map((x) => `, ${x}`).join('');
}

/** The existing registers, tag by tag, for a detector that reads the real RTUs. */
export function writeModbusMap(name: string, map: ModbusMap, line: Line, source: string): string {
  const unitOf = new Map(line.instruments.map((x) => [x.tag.tag, x.tag.unit]));
  return [
    `# The Modbus registers of ${name} as they are today, made by "leaktwin import" from ${source}.`,
    '# The twin publishes its own map ("leaktwin registers"); this one is for reading the real RTUs.',
    '# address: as on the wire, from 0. Value in the unit given = raw · scale + offset.',
    `modbus-map: ${name}`,
    'tags:',
    ...map.tags
      .filter((t) => unitOf.has(t.tag))
      .map((t) => {
        const unit = unitOf.get(t.tag)!;
        return `  - { tag: ${t.tag}, unit-id: ${t.unitId}, table: ${t.table}, address: ${t.address}, type: ${t.type}, scale: ${t.scale}, offset: ${t.offset}, word-order: ${t.order}, unit: "${unit}" }`;
      }),
    '',
  ].join('\n');
}

/** A measure as the company wrote it. */
function m(x: Measure): string {
  return `${x.value} ${x.unit}`;
}

/** SI as a quantity in a unit, to five digits. */
function q(si: number, unit: string): string {
  return `${n(toUnit(si, unit))} ${unit}`;
}

function n(x: number): number {
  return Number(x.toPrecision(5));
}
