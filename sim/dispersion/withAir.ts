/**
 * Any kind of plant, in the air: what its physics gives off is carried by puffs or particles in its weather, and instruments
 * on the site smell it. A plant whose file has no `air` is left as it is, to the bit.
 */
import { dirname, join } from 'node:path';
import type { Problem, Result, TruthEvent } from '../../models/contract/index.ts';
import { type Located, readTextFile } from '../../models/document/index.ts';
import type { Built, CommonSpec, CompilePlantOptions, Outline, Physics, PlantKind, Weather } from '../plant/index.ts';
import { compileScene } from '../site/index.ts';
import { PlantAir } from './air.ts';
import { airAsBuilt } from './asBuilt.ts';
import type { SiteCameras } from './cameras.ts';
import { createCarrier } from './carrier.ts';
import { checkAir, checkRecorded } from './check.ts';
import { drawAir } from './drawn.ts';
import { clearDetector, strikeDetector } from './faults.ts';
import { inView } from './inView.ts';
import { airTags, compileAir, createAirState, placeOf } from './model.ts';
import { type AirSpec, airShape, type InAir } from './spec.ts';
import { compileWeather, WeatherSeries, type WeatherSpec } from './weather/index.ts';

/** What stands beside a kind's own physics once it is in the air. */
export interface InAirPhysics {
  readonly air?: PlantAir;
  readonly cameras?: SiteCameras;
}

export function withAir<S extends CommonSpec, P extends Physics>(
  kind: PlantKind<S, P>,
): PlantKind<S & InAir, P & InAirPhysics> {
  const schema = (kind.schema as unknown as { extend(shape: object): PlantKind<S & InAir>['schema'] }).extend(airShape);
  const outlined = <O extends Outline>(spec: S & InAir, outline: O, { exact = false }: CompilePlantOptions): O =>
    spec.air
      ? {
          ...outline,
          instruments: airTags(spec),
          asBuilt: { ...outline.asBuilt, air: drawAir(airAsBuilt(spec.air), spec.air['as-built'], spec.site, exact) },
        }
      : outline;
  return {
    ...kind,
    schema,
    gather(doc) {
      const inner = kind.gather ? (kind.gather(doc) as Result<Located<S & InAir>>) : { ok: true as const, value: doc };
      return inner.ok ? gatherWeather(inner.value) : inner;
    },
    check(doc): Problem[] {
      const recorded = checkRecorded(doc);
      if (recorded.length > 0) return recorded;
      const problems = kind.check(doc as Located<S>);
      return [...problems, ...checkAir(doc)];
    },
    ...(kind.outline
      ? {
          outline: (spec: S & InAir, options: CompilePlantOptions) =>
            outlined(spec, kind.outline!(spec, options), options),
        }
      : {}),
    build(spec, options): Built<P & InAirPhysics> {
      const built = kind.build(spec, options);
      if (!spec.air) return built as Built<P & InAirPhysics>;
      const physics = inAir(spec, spec.air, built.physics, options);
      const first = spec.instruments.length + spec.air.instruments.length;
      return { ...outlined(spec, built, options), physics: inView(spec, physics, first, options) };
    },
  };
}

function inAir<P extends Physics>(
  spec: CommonSpec & InAir,
  airSpec: AirSpec,
  inner: P,
  options: CompilePlantOptions,
): P & InAirPhysics {
  const own = inner.weather ? undefined : new WeatherSeries(compileWeather(airSpec.weather!, options.seed));
  const weather: Weather = inner.weather ?? own!;
  const plant = compileAir(airSpec, options, options.tick_s ?? spec.time.step, inner.sources ?? [], spec.site);
  const state = createAirState(plant);
  const scene = spec.site && compileScene(spec.site);
  const gas = createCarrier(plant, scene, options.seed, weather.air.roughness_m);
  const air = new PlantAir(plant, state, gas, weather, scene && ((...segment) => scene.cast(...segment)));
  air.start();
  const nInner = spec.instruments.length;

  const over: Physics & InAirPhysics = {
    air,
    weather,
    step(timeUs) {
      own?.moveTo(timeUs);
      inner.step(timeUs);
      air.step(inner.emissions && ((out) => inner.emissions!(out)));
    },
    trueValue: (tag) => (tag < nInner ? inner.trueValue(tag) : state.reading[tag - nInner]!),
    apply(command, timeUs, truth) {
      const why = inner.apply(command, timeUs, truth);
      if (why === undefined && command.kind === 'leak.open') placeLeak(truth, command.leak);
      return why;
    },
    applyToAir: (command, timeUs, truth) => air.apply(command, timeUs, truth),
    report(timeUs, truth) {
      inner.report(timeUs, truth);
      air.report(timeUs, truth);
    },
    controlValue: (control) => inner.controlValue(control),
    leakArea_m2: (leak, rate) => inner.leakArea_m2(leak, rate),
    fault(tag, form, size) {
      if (tag < nInner) return `${spec.instruments[tag]!.tag} is no gas detector: ${form} does not strike it`;
      return strikeDetector(plant, state, tag - nInner, form, size);
    },
    clearFault(tag) {
      if (tag >= nInner) clearDetector(state, tag - nInner);
    },
    failed(tag) {
      const i = tag - nInner;
      return i >= 0 && (plant.instruments[i]!.failed?.(state.memory, plant.memoryAt[i]!) ?? false);
    },
    save: () => [...inner.save(), ...mine()],
    load(parts) {
      const n = parts.length - mine().length;
      inner.load(parts.slice(0, n));
      gas.load(parts[n]!);
      new Uint8Array(state.buffer).set(parts[n + 1]!);
      if (own) new Uint8Array(own.state.buffer).set(parts[n + 2]!);
    },
    ...(inner.identity ? { identity: () => [...inner.identity!(), ...mine()] } : {}),
    violations: () => [...inner.violations(), ...air.violations()],
  };
  // What a kind's physics has beside this stays reachable, its getters included.
  return Object.assign(Object.create(inner), over) as P & InAirPhysics;

  function mine(): Uint8Array[] {
    const copies = [gas.save(), new Uint8Array(state.buffer.slice(0))];
    return own ? [...copies, new Uint8Array(own.state.buffer.slice(0))] : copies;
  }

  /** The truth of an opening says where on the site its gas leaves, where the site knows. */
  function placeLeak(truth: TruthEvent[], leak: string): void {
    const opened = truth[truth.length - 1];
    if (opened?.kind !== 'leak.opened' || opened.ref !== leak) return;
    const element = inner.gasLeavesAt?.(opened.unit) ?? opened.unit;
    // A leak that is a source of its own leaves where that does; else its gas comes from where its liquid lies.
    const k = [...plant.placed].findIndex((i) => plant.sources[i]!.id === leak);
    const fraction = options.leaks?.find((l) => l.id === leak)?.fraction;
    const place = k >= 0 ? plant.sourcePlace[k] : placeOf(airSpec, element, fraction);
    if (place) truth[truth.length - 1] = { ...opened, place_m: [place[0], place[1], place[2]], source: element };
  }
}

/** Reads a file of recorded weather into the spec. */
function gatherWeather<S extends InAir>(doc: Located<S>): Result<Located<S>> {
  const problems: Problem[] = [];
  const filled = (weather: WeatherSpec | undefined, path: readonly PropertyKey[]): WeatherSpec | undefined => {
    const { recorded } = weather ?? {};
    if (!weather || !recorded || recorded.text !== '') return weather;
    const read = readTextFile(join(dirname(doc.file), recorded.file));
    if (read.ok) return { ...weather, recorded: { ...recorded, text: read.value.text } };
    // Without the path of this machine.
    const why = read.problems[0]!.found.replace(/, open '.*$/, '');
    const expected = 'a CSV file, by its path from this one';
    problems.push(doc.problemAt([...path, 'recorded'], `"${recorded.file}" (${why})`, expected));
    return weather;
  };
  const { weather, air } = doc.value;
  const value = {
    ...doc.value,
    ...(weather ? { weather: filled(weather, ['weather']) } : {}),
    ...(air?.weather ? { air: { ...air, weather: filled(air.weather, ['air', 'weather']) } } : {}),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: { ...doc, value } };
}
