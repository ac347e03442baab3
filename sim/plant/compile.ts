/**
 * The part of a plant that every kind shares, compiled: layout, instruments with their drawn errors, stations with their
 * clocks.
 */
import { CONTACTS, createLayout, type LayoutSpec } from '../../models/contract/index.ts';
import { digestJson, type Stream, secondsToUs, seeded, UNITS } from '../../models/kernel/index.ts';
import type { PlantModel } from './model.ts';
import type { CompilePlantOptions, Outline } from './physics.ts';
import type { CommonSpec, InstrumentSpec } from './spec.ts';

const YEAR_US = 31_557_600e6;

const fill = <T>(list: readonly T[], f: (item: T, i: number) => number) => Float64Array.from(list, f);

function layoutOf(spec: CommonSpec, tags: readonly InstrumentSpec[], positionOf: Outline['positionOf']): LayoutSpec {
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
    tags: tags.map((t) => {
      const width = t.rate === undefined ? 1 : Math.round(t.rate * spec.time.scan);
      const span = t.range[1] - t.range[0];
      const position = positionOf(t.at);
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

/** Compiles what surrounds the physics. Throws on what the kind's check should have refused. */
export function compilePlant(spec: CommonSpec, kind: string, built: Outline, options: CompilePlantOptions): PlantModel {
  const tick_s = options.tick_s ?? spec.time.step;
  const tags = [...spec.instruments, ...(built.instruments ?? [])];
  const layout = createLayout(layoutOf(spec, tags, built.positionOf));
  const run = seeded(options.seed);
  const calibration = seeded(spec['as-built'].seed).stream('calibration');
  const span = (t: InstrumentSpec) => t.range[1] - t.range[0];
  const noisy = options.noiseless ? 0 : 1;
  const ring = new Int32Array(tags.length + 1);
  layout.tags.forEach((t, i) => {
    ring[i + 1] = ring[i]! + 2 * t.width;
  });
  const tagStreams = (name: string): Stream[] => tags.map((t) => run.stream(`${t.tag}/${name}`));
  const helper = (tag: string | undefined) => tags.findIndex((t) => t.tag === tag);
  const clock = spec.stations.map((s) => run.stream(`${s.id}/clock`));
  return {
    kind,
    name: spec.plant,
    about: spec.about,
    designFlow_m3_s: spec['design-flow'],
    tickUs: secondsToUs(tick_s),
    scanTicks: Math.round(spec.time.scan / tick_s),
    scanUs: layout.scanUs,
    layout,
    controls: built.controls,
    asBuilt: built.asBuilt,
    leaks: built.leaks,
    digest: digestJson({ spec, options: { ...options, tick_s } }),

    tagScale: fill(tags, (t) => (t.unit === '' ? 1 : 1 / UNITS[t.unit]!.factor)),
    tagOffset: fill(tags, (t) => (t.unit === '' ? 0 : -(UNITS[t.unit]!.offset ?? 0) / UNITS[t.unit]!.factor)),
    tagTemperature: Int32Array.from(tags, (t) => helper(t.basis === 'standard' ? t.temperature : undefined)),
    tagPressure: Int32Array.from(tags, (t) => helper(t.basis === 'standard' ? t.pressure : undefined)),
    tagLag_us: fill(tags, (t) => t.lag * 1e6),
    tagLagGain: fill(tags, (t, i) => (t.lag > 0 ? 1 - Math.exp(-layout.tags[i]!.periodUs / (t.lag * 1e6)) : 1)),
    tagNoise: fill(tags, (t) => noisy * t.noise * span(t)),
    tagBias: fill(tags, (t) => t.accuracy * span(t) * calibration.stream(`${t.tag}/bias`).normal(0)),
    tagDrift_per_us: fill(tags, (t) => (t.drift * span(t) * calibration.stream(`${t.tag}/drift`).normal(0)) / YEAR_US),
    tagLow: fill(tags, (t) => t.range[0]),
    tagHigh: fill(tags, (t) => t.range[1]),
    tagStep: fill(tags, (t) => span(t) / (2 ** (options.noiseless ? 44 : t.bits) - 1)),
    tagDeadband: fill(tags, (t) => (t.deadband === undefined || options.noiseless ? -1 : t.deadband * span(t))),
    tagSilence_us: fill(tags, (t) => t['report-at-least'] * 1e6),
    tagJitter_us: fill(tags, (t) => noisy * t.jitter * 1e6),
    tagPeriodUs: fill(layout.tags, (t) => t.periodUs),
    tagContact: Uint8Array.from(tags, (t) => (CONTACTS.includes(t.measures) ? 1 : 0)),
    tagWidth: Int32Array.from(layout.tags, (t) => t.width),
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
